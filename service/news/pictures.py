"""The pictures of an article's figures, drawn when it is released."""

from collections.abc import Mapping

from service.formats import PICTURES, Options
from tables.model import CONTENTS, Answer, Figure, Lang


def pictures(answer: Answer, figure: Figure, lang: Lang) -> Mapping[str, bytes]:
    """By ending; none of a plain table."""
    if figure.view == "table":
        return {}
    columns = across(answer, figure)
    options = Options(columns=columns, view=figure.view)
    return {form.extension: b"".join(form.write(answer, lang, options)) for form in PICTURES}


def across(answer: Answer, figure: Figure) -> tuple[str, ...]:
    """What stands across, as the page of the article has it: else the time."""
    time = answer.table.time.code
    wanted = figure.columns or (() if time in figure.rows else (time,))
    return tuple(code for code in wanted if code in answer.query.axes or code == CONTENTS)

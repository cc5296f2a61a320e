"""The pictures of an article, drawn when it is released: its figures, and the card it is shared by."""

from collections.abc import Mapping
from typing import Final

from service import texts
from service.cards import card, png
from service.formats import PICTURES, Options
from tables.model import CONTENTS, Answer, Article, Figure, Lang, Site

DRAWN: Final = ("svg", "png")


def figure_pictures(answer: Answer, figure: Figure, lang: Lang) -> Mapping[str, bytes]:
    """By ending; none of a plain table."""
    if figure.view == "table":
        return {}
    columns = across(answer, figure)
    options = Options(columns=columns, view=figure.view, title=figure.title[lang])
    return {form.extension: b"".join(form.write(answer, lang, options)) for form in PICTURES if form.extension in DRAWN}


def across(answer: Answer, figure: Figure) -> tuple[str, ...]:
    """What stands across, as the page of the article has it: else the time."""
    time = answer.table.time.code
    wanted = figure.columns or (() if time in figure.rows else (time,))
    return tuple(code for code in wanted if code in answer.query.axes or code == CONTENTS)


def article_card(site: Site, article: Article, lang: Lang) -> bytes:
    """With the first of its charts."""
    chart = next((path for name, path in sorted(article.files.items()) if name.endswith(f".{lang}.svg")), None)
    facts = (article.number, site.publisher[lang], texts.date(article.published, lang))
    return png(card(site, lang, article.title[lang], facts), chart.read_text("utf-8") if chart else "")

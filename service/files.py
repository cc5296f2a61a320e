"""The figures of a page as a file: the same address with an ending (ux §9)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from flask import Response

from service import answers, http, paper
from service.formats import FORMATS, PICTURES, Format, Options
from service.formats.format import WRITING
from service.sitekeys import SHAPES, View, view
from service.texts import COPENHAGEN
from tables.errors import NotFound
from tables.model import Lang, Text

BY_NAME: Final = {each.name: each for each in (*FORMATS, *PICTURES)}


@dataclass(frozen=True, slots=True)
class Ending:
    """A format and the options that make it what the ending promises."""

    format: Format
    options: Options
    laid: bool = False  # stands as on the page: its rows, columns and order


ENDINGS: Final[Mapping[str, Ending]] = {
    "csv": Ending(BY_NAME["tidy"], Options(delimiter=",", decimal=".")),
    "dk.csv": Ending(BY_NAME["tidy"], Options(delimiter=";", decimal=",", excel=True)),
    "json": Ending(BY_NAME["jsonstat2"], Options(ascii=True)),
    "xlsx": Ending(BY_NAME["xlsx"], Options(), laid=True),
    "parquet": Ending(BY_NAME["parquet"], Options()),
    "arrow": Ending(BY_NAME["arrow"], Options()),
    "ndjson": Ending(BY_NAME["ndjson"], Options()),
    "px": Ending(BY_NAME["px"], Options(), laid=True),
    "md": Ending(BY_NAME["markdown"], Options(), laid=True),
    "svg": Ending(BY_NAME["svg"], Options(), laid=True),
    "png": Ending(BY_NAME["png"], Options(), laid=True),
}
UNLISTED: Final[Mapping[str, Ending]] = {
    "vl.json": Ending(BY_NAME["vegalite"], Options(), laid=True)
}  # for our own page


def drawn_as(asked: View) -> Options:
    """How a chart is drawn: as the page shows it, in the colours of the site."""
    colours = asked.pin.catalogue.site.colours.get("series", ())
    return replace(asked.options, view=asked.shape, colours=tuple(colours))


def _area(asked: View) -> tuple[str, Text] | None:
    """The first subject on the way to the table."""
    tops = (each for each in asked.pin.catalogue.site.subjects if paper.subject((each,), asked.table.subject))
    return next(((each.id, each.text) for each in tops), None)


def answer(code: str, ending: str, lang: Lang) -> Response:
    chosen = {**ENDINGS, **UNLISTED}.get(ending.lower())
    if chosen is None:
        known = ", ".join(f".{each}" for each in ENDINGS)
        raise NotFound(f"Formatet .{ending} findes ikke; brug {known}.", f"There is no .{ending}; use {known}.")
    settings = http.counter().settings
    allowed = None if chosen.format.max_cells is None else min(chosen.format.max_cells, settings.max_cells)
    drawn = chosen.format in PICTURES
    asked = view(code, allowed=allowed, flat=not chosen.laid, shapes=SHAPES)
    options = (
        drawn_as(asked)
        if drawn
        else replace(chosen.options, address=settings.url, columns=asked.columns, sort=asked.sort, subject=_area(asked))
    )
    day = asked.release.updated.astimezone(COPENHAGEN).strftime("%Y-%m-%d")
    reply = http.Reply(
        asked.release.id,
        asked.release.updated,
        (asked.query.key, chosen.format.name, repr(options), lang, WRITING),
        chosen.format.media_type,
        {"Content-Disposition": f'attachment; filename="{asked.table.id}_{day}.{ending.lower()}"'},
        streamed=chosen.format.max_cells is None,
    )
    return answers.answer(asked.pin, answers.Ready(reply, asked.query, chosen.format, options, lang))

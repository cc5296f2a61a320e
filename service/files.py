"""The figures of a page as a file: the same address with an ending (ux §9)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from flask import Response

from service import http
from service.formats import FORMATS, Format, Options
from service.formats.format import WRITING
from service.sitekeys import view
from service.texts import COPENHAGEN
from tables.errors import NotFound
from tables.model import Lang

BY_NAME: Final = {each.name: each for each in FORMATS}


@dataclass(frozen=True, slots=True)
class Ending:
    """A format and the options that make it what the ending promises."""

    format: Format
    options: Options


ENDINGS: Final[Mapping[str, Ending]] = {
    "csv": Ending(BY_NAME["tidy"], Options(delimiter=",", decimal=".")),
    "dk.csv": Ending(BY_NAME["tidy"], Options(delimiter=";", decimal=",", excel=True)),
    "json": Ending(BY_NAME["jsonstat2"], Options(ascii=True)),
    "xlsx": Ending(BY_NAME["xlsx"], Options()),
    "parquet": Ending(BY_NAME["parquet"], Options()),
    "arrow": Ending(BY_NAME["arrow"], Options()),
    "ndjson": Ending(BY_NAME["ndjson"], Options()),
}


def answer(code: str, ending: str, lang: Lang) -> Response:
    chosen = ENDINGS.get(ending.lower())
    if chosen is None:
        known = ", ".join(f".{each}" for each in ENDINGS)
        raise NotFound(f"Formatet .{ending} findes ikke; brug {known}.", f"There is no .{ending}; use {known}.")
    settings = http.counter().settings
    allowed = None if chosen.format.max_cells is None else min(chosen.format.max_cells, settings.max_cells)
    asked = view(code, allowed=allowed, flat=True)
    write, options = chosen.format.write, replace(chosen.options, address=settings.url)
    day = asked.release.updated.astimezone(COPENHAGEN).strftime("%Y-%m-%d")
    reply = http.Reply(
        asked.release.id,
        asked.release.updated,
        (asked.query.key, chosen.format.name, repr(options), lang, WRITING),
        chosen.format.media_type,
        {"Content-Disposition": f'attachment; filename="{asked.table.id}_{day}.{ending.lower()}"'},
        streamed=chosen.format.max_cells is None,
    )
    bank = http.counter().bank
    return http.respond(asked.pin, reply, lambda: write(bank.read(asked.query), lang, options))

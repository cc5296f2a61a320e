"""An issued article, read back from its act."""

from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Final

from tables.catalog import copenhagen
from tables.model import Article, Contact, Correction, Text
from tables.news.record import RECORD, Record
from tables.news.source import Source, read_source, with_printed

PICTURES: Final = (".svg", ".png")


def read_article(folder: Path, updated: datetime) -> Article | None:
    """None where its sources are not what a release would have accepted."""
    da, en = (read_source(folder / f"news.{lang}.md", f"news.{lang}.md", lang) for lang in ("da", "en"))
    if da.faults or en.faults:
        return None
    told = Record((folder / RECORD).read_bytes())
    body = Text(*(with_printed(s.body, [each.printed for each in told.bound[s.lang]]) for s in (da, en)))
    return Article(
        folder.name,
        da.front["number"],
        Text(da.front["title"], en.front["title"]),
        da.front["subject"],
        da.front["tables"],
        Text(da.front["conditions"], en.front["conditions"]),
        _contacts(da, en),
        body,
        told.published,
        updated,
        documentation=da.front.get("documentation"),
        corrections=_corrections(da, en),
        bound=told.bound,
        figures=told.figures,
        files={path.name: path for path in sorted(folder.iterdir()) if path.suffix in PICTURES},
    )


def _contacts(da: Source, en: Source) -> tuple[Contact, ...]:
    pairs = zip_longest(da.front.get("contacts", ()), en.front.get("contacts", ()))
    return tuple(
        Contact(Text((one or other).name.da, (other or one).name.en), (one or other).email, (one or other).phone)
        for one, other in pairs
    )


def _corrections(da: Source, en: Source) -> tuple[Correction, ...]:
    """The newest first."""
    pairs = zip(da.front.get("corrections", ()), en.front.get("corrections", ()), strict=True)
    found = (Correction(copenhagen(one["at"]), Text(one["text"], other["text"])) for one, other in pairs)
    return tuple(sorted(found, key=lambda each: each.at, reverse=True))

"""The front matter of an article against what it names, and against the other language."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from tables.catalog import copenhagen
from tables.model import LANGUAGES, Lang
from tables.news.source import Source
from tables.schema.shape import meant

if TYPE_CHECKING:
    from tables.news.judge import Known

_SAME: Final = ("number", "subject", "documentation", "tables")


def check_front(article: str, sources: Mapping[Lang, Source], lang: Lang, known: "Known") -> None:
    """Faults go to the source of the language."""
    source, first = sources[lang], sources[LANGUAGES[0]]
    front = source.front
    if front.get("number", "").replace(":", "-") not in ("", article):
        _refuse(source, "number", f"'{front['number']}' is not the folder's; write {article.replace('-', ':', 1)}")
    _known(source, known)
    for at, correction in enumerate(front.get("corrections", ())):
        try:
            copenhagen(correction.get("at", ""))
        except ValueError as error:
            source.faults.append(source.document.fault(("corrections", at, "at"), str(error)))
    if source is not first:
        for key in _SAME:
            if key in front and front.get(key) != first.front.get(key):
                _refuse(source, key, f"is not what {first.name} says; the two are one article")
        if len(front.get("corrections", ())) != len(first.front.get("corrections", ())):
            _refuse(source, "corrections", f"are not as many as in {first.name}; tell each in both languages")


def _known(source: Source, known: "Known") -> None:
    front = source.front
    for key, names, kind in (
        ("subject", known.subjects, "a subject of site/subjects.yaml"),
        ("documentation", known.documentation, "a folder of documentation/"),
    ):
        if key in front and front[key] not in names:
            _refuse(source, key, f"'{front[key]}' is not {kind}; {meant(front[key], names)}")
    for at, table in enumerate(front.get("tables", ())):
        if table not in known.tables:
            what = f"'{table}' is not a table of the library; {meant(table, known.tables)}"
            source.faults.append(source.document.fault(("tables", at), what))


def _refuse(source: Source, key: str, what: str) -> None:
    source.faults.append(source.document.fault((key,), what))

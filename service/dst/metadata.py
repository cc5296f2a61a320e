"""Subjects, tables and tableinfo of DST v1, member for member in the recorded order (DST §4-6)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from service.formats.head import COPENHAGEN, INDHOLD, documentation, geography
from service.formats.head import listed as headline
from service.formats.jsonstat import dumped
from tables.bank import Catalogue
from tables.model import CONTENTS, Dimension, Lang, Release, Subject, Table

LONG_AGO: Final = 100_000  # days; more of them, and nothing is too old


@dataclass(frozen=True, slots=True)
class Row:
    """A line of `tables`, rendered once a catalogue and language."""

    release: Release
    shown: str


def updated(release: Release) -> str:
    """Local Danish time without a zone (DST §5)."""
    return release.updated.astimezone(COPENHAGEN).strftime("%Y-%m-%dT%H:%M:%S")


def unit(table: Table, lang: Lang) -> str:
    found = {measure.unit[lang] for measure in table.measures}
    return found.pop() if len(found) == 1 else "-"


def ordered(table: Table) -> tuple[Dimension, ...]:
    """DST §6: time last."""
    return (*(dimension for dimension in table.dimensions if not dimension.time), table.time)


def row(release: Release, lang: Lang) -> Row:
    table = release.table
    periods = table.time.values
    texts = [dimension.text[lang] for dimension in ordered(table)]
    if len(table.measures) > 1:
        texts.insert(-1, INDHOLD[lang])
    shown = {
        "id": table.id,
        "text": table.title[lang],
        "unit": unit(table, lang),
        "updated": updated(release),
        "firstPeriod": periods[0].text[lang],
        "latestPeriod": periods[-1].text[lang],
        "active": table.status == "active",
        "variables": texts,
    }
    return Row(release, dumped(shown))


def rows(catalogue: Catalogue, lang: Lang) -> tuple[Row, ...]:
    """All tables, closed ones too, in the order of the subject tree; each once."""
    return tuple(row(release, lang) for release in catalogue.releases.values())


def chosen(
    lines: Sequence[Row], branches: frozenset[str] | None, *, days: int | None, now: datetime, closed: bool
) -> bytes:
    """The lines all filters let through; none was updated in the past 0 days (DST §5)."""
    since = None if days is None or days > LONG_AGO else now - timedelta(days=max(days, 0))
    kept = (
        line.shown
        for line in lines
        if (closed or line.release.table.status == "active")
        and (branches is None or line.release.table.subject in branches)
        and (since is None or (days and line.release.updated >= since))
    )
    return f"[{','.join(kept)}]".encode()


def found(subjects: Sequence[Subject], wanted: str) -> Subject | None:
    for subject in subjects:
        if subject.id == wanted:
            return subject
        if below := found(subject.subjects, wanted):
            return below
    return None


def branch(subject: Subject) -> Iterator[str]:
    """A subject and all below it."""
    yield subject.id
    for below in subject.subjects:
        yield from branch(below)


@dataclass(frozen=True, slots=True)
class Tree:
    """How much of the subject tree is asked for."""

    recursive: bool = False
    include_tables: bool = False
    omit_inactive: bool = False
    omit_empty: bool = False


def tree(subjects: Sequence[Subject], lines: Sequence[Row], asked: Tree, lang: Lang, *, nested: bool) -> str:
    """`nested`: the subjects were asked for by id, so their children stand in them (DST §4)."""
    of_subject: dict[str, list[Row]] = {}
    for line in lines:
        of_subject.setdefault(line.release.table.subject, []).append(line)
    return _nodes(subjects, of_subject, asked, lang, depth=99 if asked.recursive else int(nested))


def _nodes(
    subjects: Sequence[Subject], lines: Mapping[str, Sequence[Row]], asked: Tree, lang: Lang, *, depth: int
) -> str:
    shown: list[str] = []
    for subject in subjects:
        below = [line.release.table for code in branch(subject) for line in lines.get(code, ())]
        active = not below or any(table.status == "active" for table in below)
        if (asked.omit_inactive and not active) or (asked.omit_empty and not below):
            continue
        node = dumped(
            {
                "id": subject.id,
                "description": subject.text[lang],
                "active": active,
                "hasSubjects": bool(subject.subjects),
            }
        )
        children = _nodes(subject.subjects, lines, asked, lang, depth=depth - 1) if depth else "[]"
        tables = ""
        if asked.include_tables:
            tables = f',"tables":[{",".join(line.shown for line in lines.get(subject.id, ()))}]'
        shown.append(f'{node[:-1]},"subjects":{children}{tables}}}')
    return f"[{','.join(shown)}]"


def tableinfo(release: Release, lang: Lang, base: str) -> bytes:
    table = release.table
    notes = [note for note in table.notes if not note.at]
    footnote = {
        "text": "\r\n".join(note.text[lang] for note in notes),
        "mandatory": any(note.mandatory for note in notes),
    }
    shown: dict[str, object] = {
        "id": table.id,
        "text": table.title[lang],
        "description": _description(table, lang),
        "unit": unit(table, lang),
        "suppressedDataValue": "0",
        "updated": updated(release),
        "active": table.status == "active",
        "contacts": [
            {"name": contact.name[lang], "phone": contact.phone, "mail": contact.email} for contact in table.contacts
        ],
        "documentation": _documentation(table, lang, base),
        "footnote": footnote if notes else None,
        "variables": list(_variables(table, lang)),
    }
    return dumped(shown).encode()


def _description(table: Table, lang: Lang) -> str:
    texts = [dimension.text[lang] for dimension in ordered(table)]
    if len(table.measures) > 1:
        texts.insert(-1, INDHOLD[lang])
    return headline(table.title[lang], texts, lang)


def _documentation(table: Table, lang: Lang, base: str) -> dict[str, str] | None:
    address = documentation(table, base, lang)
    if address is None or table.documentation is None:
        return None
    return {"id": str(uuid5(NAMESPACE_URL, table.documentation)), "url": address}


def _variables(table: Table, lang: Lang) -> Iterator[dict[str, object]]:
    area = geography(table)
    for dimension in ordered(table):
        if dimension.time and len(table.measures) > 1:
            yield {
                "id": CONTENTS,
                "text": INDHOLD[lang],
                "elimination": False,
                "time": False,
                "values": [{"id": measure.code, "text": measure.text[lang]} for measure in table.measures],
            }
        shown: dict[str, object] = {
            "id": dimension.code,
            "text": dimension.text[lang],
            "elimination": dimension.elimination is not None,
            "time": dimension.time,
        }
        if dimension.code == area:
            shown["map"] = dimension.map
        shown["values"] = [{"id": value.code, "text": value.text[lang]} for value in dimension.values]
        yield shown

"""One hand-written file being read: its document, its faults, and the small tables inside it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError

from tables.errors import CatalogError, Fault
from tables.schema import shaped
from tables.schema.shape import meant
from tables.schema.words import coded, single
from tables.yamlfile import Document, Place, read


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a block: its cells by column, and how far below the block's key it stands."""

    cells: Mapping[str, str]
    below: int


@dataclass(frozen=True, slots=True)
class Reading:
    """`shape` is what the schema could read; `faults` grows while the file is judged."""

    document: Document
    faults: list[Fault]
    shape: Any

    def refuse(self, path: Place, what: str, *, below: int = 0) -> None:
        self.faults.append(self.document.fault(path, what, below=below))

    def known(self, path: Place, written: str, known: Collection[str], kind: str) -> bool:
        """Whether it is among the known ones; if not, that is a fault with a suggestion."""
        if written in known:
            return True
        self.refuse(path, f"'{written}' is not {kind}; {meant(written, known)}")
        return False

    def raised(self) -> None:
        if self.faults:
            raise CatalogError(in_order(self.faults))


def opened(path: Path, name: str, schema: Schema) -> Reading:
    document = read(path, name)
    faults = list(document.faults)
    return Reading(document, faults, shaped(schema, document, faults))


def in_order(faults: Collection[Fault]) -> list[Fault]:
    """By file and line, each once."""
    return sorted(set(faults))


def rows(reading: Reading, path: Place, text: str, *, columns: Collection[str], free: bool = False) -> list[Row]:
    """The lines of a block cut by `;`, under a head that has code, da and en.

    `columns` are the others it may have; with `free`, any. Lines that are wrong are told and left out.
    """
    lines = [(below, line) for below, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines:
        reading.refuse(path, "has no lines; begin with the head: code ; da ; en")
        return []
    head = [cell.strip() for cell in lines[0][1].split(";")]
    if not _head(reading, path, head, lines[0][0], columns=None if free else columns):
        return []
    found: list[Row] = []
    for below, line in lines[1:]:
        cells = [cell.strip() for cell in line.split(";")]
        if len(cells) != len(head):
            reading.refuse(
                path, f"this line has {len(cells)} cells, the head {len(head)}; a text cannot hold a ;", below=below
            )
        elif _texts(reading, path, dict(zip(head, cells, strict=True)), below):
            found.append(Row(dict(zip(head, cells, strict=True)), below))
    if not found and len(lines) == 1:
        reading.refuse(path, "has a head but no values; write a line for each")
    return _once(reading, path, found)


def _head(reading: Reading, path: Place, head: list[str], below: int, *, columns: Collection[str] | None) -> bool:
    missing = [column for column in ("code", "da", "en") if column not in head]
    twice = sorted({column for column in head if head.count(column) > 1})
    unknown = [column for column in head if columns is not None and column not in ("code", "da", "en", *columns)]
    for column in missing:
        reading.refuse(path, f"the head lacks the column {column}; write code ; da ; en", below=below)
    for column in twice:
        reading.refuse(path, f"the head has '{column}' twice; keep one", below=below)
    for column in unknown:
        cure = meant(column, ["code", "da", "en", *(columns or ())])
        reading.refuse(path, f"'{column}' is not a column here; {cure}", below=below)
    return not missing and not twice and not unknown


def _texts(reading: Reading, path: Place, cells: Mapping[str, str], below: int) -> bool:
    before = len(reading.faults)
    for column, check in (("code", coded), ("da", single), ("en", single)):
        try:
            check(cells[column])
        except ValidationError as error:
            for message in error.messages:
                reading.refuse(path, f"{column} {message}", below=below)
    return len(reading.faults) == before


def _once(reading: Reading, path: Place, found: list[Row]) -> list[Row]:
    """A code stands once, also if only the case of its letters differs: clients compare so."""
    first: dict[str, Row] = {}
    for row in found:
        code = row.cells["code"]
        other = first.setdefault(folded(code), row)
        if other is not row:
            line = reading.document.line(path) + other.below
            kind = "is there twice" if other.cells["code"] == code else f"reads like '{other.cells['code']}'"
            reading.refuse(
                path, f"code '{code}' {kind}, first on line {line}; give one of them another code", below=row.below
            )
    return list(first.values())


def folded(code: str) -> str:
    """As PxWebApi publishes it and clients compare it: Æ→AE, Ø→O, Å→A, any case."""
    return code.upper().replace("Æ", "AE").replace("Ø", "O").replace("Å", "A")

"""A draft library against its cubes: every table's figures laid out, and what in them contradicts its description."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tables.catalog import Library
from tables.coherence import coherence
from tables.errors import CatalogError, Fault
from tables.grid import Grid, read_cube
from tables.model import Table
from tables.news.check import check_news

MARK: Final = "synteti"  # syntetisk, synthetic: how invented figures are called in both languages


@dataclass(frozen=True, slots=True)
class CheckReport:
    """`faults` forbid a release; `warnings` are for a person to look at. `tables` have been laid out and compared.

    `figures` are those of the articles: where each stands, what it is bound to, its value and what it prints.
    """

    tables: tuple[str, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    figures: tuple[str, ...] = ()


def check(library: Library, ids: Sequence[str] | None = None) -> CheckReport:
    """All tables and articles, or the tables named.

    A table without a cube is a fault where it is named, else worth a warning.
    """
    faults: list[Fault] = []
    warnings: list[Fault] = []
    checked = []
    for table_id in ids if ids is not None else library.tables:
        table = library.tables.get(table_id)
        if table is None:
            known = ", ".join(library.tables)
            faults.append(Fault(table_id, 0, "", f"is not a table of the library; known: {known}"))
            continue
        warnings += _described(library, table)
        path = library.folder / table_id / "cube.parquet"
        if ids is None and not path.is_file():
            warnings.append(Fault(f"{table_id}/cube.parquet", 0, "", "has no figures yet; build or import them"))
            continue
        try:
            found = check_cube(read_cube(path, table))
        except CatalogError as error:
            faults += error.faults
            continue
        checked.append(table_id)
        faults += found.faults
        warnings += found.warnings
    figures: list[str] = []
    for article, judged in check_news(library) if ids is None else ():
        faults += judged.faults
        warnings += judged.warnings
        figures += judged.told(article)
    return CheckReport(tuple(checked), tuple(faults), tuple(warnings), tuple(figures))


def check_cube(grid: Grid) -> CheckReport:
    """One table's figures among themselves; a release asks this of every cube before it masks."""
    found = coherence(grid)
    return CheckReport((grid.table.id,), tuple(found.faults), tuple(found.warnings))


def _described(library: Library, table: Table) -> Iterator[Fault]:
    file = f"{table.id}/table.yaml"
    if table.status == "active" and not any(table.id in entry.tables for entry in library.site.calendar):
        yield Fault("site/calendar.yaml", 0, "", f"{table.id} is in no entry; announce its releases")
    said = MARK in table.source.da.casefold()
    noted = any(note.mandatory and not note.at and MARK in note.text.da.casefold() for note in table.notes)
    if said and not noted:
        yield Fault(file, 0, "notes", "the source says syntetisk and no mandatory note of the table does; write one")

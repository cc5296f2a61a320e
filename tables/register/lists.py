"""The lists beside the cubes: errors, duplicates, warnings, and what each kommune is asked to look at (domain §4.5)."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
from duckdb import DuckDBPyConnection

from tables.register.plan import Inputs
from tables.register.scheme import Job, Scheme

# W1 unknown kommune, parent cases too; W2 18 or over in group 5 or 7; W3 a date that is none (domain §4.5)
WARNINGS: Final = """
CREATE TABLE warnings AS
SELECT k.source, k.id, k.kommune, 'W1' AS warning FROM kept k LEFT JOIN kommuner m USING (kommune) WHERE m.place IS NULL
UNION ALL
SELECT l.source, l.id, l.kommune, 'W2'
FROM linked l
JOIN episodes e ON e.person = l.person AND e.reported_in = l.kommune AND e.code = l.place AND e.part = l.part
WHERE NOT l.parent AND e.episode IN (SELECT episode FROM grown)
UNION ALL
SELECT source, id, kommune, 'W3' FROM kept WHERE undated
"""

ERRORS: Final = "SELECT id, rule FROM errors WHERE source = $source ORDER BY id"
DUPLICATES: Final = "SELECT discarded, kept FROM duplicates WHERE source = $source ORDER BY discarded"
WARNED: Final = "SELECT id, warning FROM warnings WHERE source = $source ORDER BY id, warning"
BY_KOMMUNE: Final = """
SELECT kommune, source, id, warning FROM warnings WHERE warning <> 'W1' ORDER BY kommune, source, id, warning
"""
NUMBERS: Final = "SELECT area, line, aar, number FROM cells WHERE tabel = $tabel"

SOURCES: Final = ("register", "placements")
SUFFIX: Final = ("", "_placements")
LISTS: Final = (
    ("errors", ("id", "rule"), ERRORS),
    ("duplicates", ("discarded", "kept"), DUPLICATES),
    ("warnings", ("id", "warning"), WARNED),
)
CHECKED: Final = {"ISBU02": "boern", "ISBU01": "indsatser"}  # the lists of numbers sent to each kommune

Tally = Mapping[str, int]  # rows by file
Cell = tuple[int, str]  # year and line of one kommune


def write_lists(con: DuckDBPyConnection, inputs: Inputs, folder: Path) -> Tally:
    """The lists of each register that was given; returns their rows by file."""
    con.execute(WARNINGS)
    tally: dict[str, int] = {}
    given = [source for source, path in enumerate((inputs.register, inputs.placements)) if path is not None]
    for name, header, query in LISTS:
        for source in given:
            rows: pa.Table = con.sql(query, params={"source": source}).to_arrow_table()
            tally[f"{name}{SUFFIX[source]}.csv"] = rows.num_rows
            _write(folder / f"{name}{SUFFIX[source]}.csv", header, _rows(rows))
    return tally


def write_kommuner(con: DuckDBPyConnection, scheme: Scheme, folder: Path) -> None:
    """What is sent to each kommune: its cells of ISBU02 and ISBU01 with the change, and its W2 and W3 rows."""
    told: dict[str, list[tuple[object, ...]]] = {kommune: [] for kommune in scheme.kommuner}
    for kommune, source, number, warning in _rows(con.sql(BY_KOMMUNE).to_arrow_table()):
        if kommune in told:
            told[str(kommune)].append((SOURCES[int(str(source))], number, warning))
    for kommune, rows in told.items():
        _write(folder / f"{kommune}-advarsler.csv", ("register", "id", "warning"), rows)
    for job in scheme.jobs:
        if job.plan.table in CHECKED:
            _write_numbers(con, job, scheme, folder)


def _write_numbers(con: DuckDBPyConnection, job: Job, scheme: Scheme, folder: Path) -> None:
    found = _rows(con.sql(NUMBERS, params={"tabel": job.plan.table}).to_arrow_table())
    numbers = {(str(area), str(line), int(str(year))): int(str(number)) for area, line, year, number in found}
    existing = [(year, line) for year in job.years for line in job.lines if job.exists(line, year)]
    header = ("tabel", "aar", "indsats", "vaerdi", "foer", "aendring")
    for kommune in scheme.kommuner:
        counted = {year for year in job.years if scheme.approvals.counts_under(year, kommune) == kommune}
        own = {(year, line): numbers.get((kommune, line, year), 0) for year, line in existing if year in counted}
        rows = [(job.plan.table, *row) for row in _compared(existing, own)]
        _write(folder / f"{kommune}-{CHECKED[job.plan.table]}.csv", header, rows)


def _compared(existing: Sequence[Cell], numbers: Mapping[Cell, int]) -> Iterator[tuple[object, ...]]:
    """Every cell that exists; empty where the kommune-year has no number, or the year before has none."""
    for year, line in existing:
        now, before = numbers.get((year, line)), numbers.get((year - 1, line))
        change = None if now is None or before is None else now - before
        yield year, line, now, before, change


def _rows(table: pa.Table) -> Iterator[tuple[object, ...]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)

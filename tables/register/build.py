"""One build: registers in, cubes and lists out, all of it or nothing."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import duckdb

from tables.catalog import read_library
from tables.errors import CatalogError, Fault, Refused
from tables.register.approvals import Approvals, read_approvals
from tables.register.codes import Codes, read_codes
from tables.register.counts import count
from tables.register.cubes import make_cube, write_cube
from tables.register.files import check_header
from tables.register.invariants import check
from tables.register.jobs import choose, find_kommuner
from tables.register.lists import write_kommuner, write_lists
from tables.register.plan import Inputs
from tables.register.population import Population, read_population
from tables.register.reports import MEASURE_COLUMNS, PLACEMENT_COLUMNS, TABLES, take_in
from tables.register.scheme import Job, Scheme
from tables.register.steps import make_episodes

MEMORY: Final = "800MB"  # of the database; with Python and the rows being read a process takes about 1.1 GB

Progress = Callable[[str, float], None]  # what is being done, and how much of all is done (0-1)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """`tables`: rows by cube. `left_out`: options a table lacks. `lists`: rows by file."""

    tables: Mapping[str, int]
    left_out: Mapping[str, Sequence[str]]
    lists: Mapping[str, int]


def build(
    library: Path,
    *,
    register: Path | None,
    placements: Path | None,
    approvals: Path | None,
    population: Path | None,
    out: Path,
    arrived_by: date | None = None,
    only: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Counts the tables of the library whose input is given, checks them, and puts them in `out`.

    With `arrived_by` only reports that had arrived by that day count; those without a date of arrival always do.
    `only`: the tables to count, where not all. Raises CatalogError for faults of files, Refused for a broken invariant;
    then `out` is as it was.
    """
    inputs = Inputs(register, placements, approvals, population, arrived_by)
    if register is None and placements is None:
        raise Refused("input", "Angiv et register eller anbringelser", "Give a register or placements")
    written = read_library(library)
    codes = read_codes(written.classifications)
    wanted = {name: table for name, table in written.tables.items() if only is None or name in only}
    jobs, left_out = choose(wanted, inputs, codes)
    scheme, persons = _settle(inputs, codes, jobs, find_kommuner(written.tables))
    fresh = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".build-", dir=out))
    try:
        with _connected(aside) as con:
            tables, lists = _make(con, inputs, scheme, persons, _Steps(progress, len(scheme.years), aside / "made"))
        _move(aside / "made", out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        if fresh and not any(out.iterdir()):
            out.rmdir()
    return BuildReport(tables, left_out, lists)


def _settle(
    inputs: Inputs, codes: Codes, jobs: tuple[Job, ...], kommuner: tuple[str, ...]
) -> tuple[Scheme, Population | None]:
    """The small inputs and the headers of the large ones; the faults of all files at once."""
    faults: list[Fault] = []
    approvals, population = Approvals(), None
    for path, columns in ((inputs.register, MEASURE_COLUMNS), (inputs.placements, PLACEMENT_COLUMNS)):
        with _collected(faults):
            if path is not None:
                check_header(path, columns)
    with _collected(faults):
        approvals = read_approvals(inputs.approvals, kommuner)
    shares = next((job for job in jobs if "population" in job.plan.needs), None)
    with _collected(faults):
        if shares and inputs.population:
            population = read_population(inputs.population, shares.total(shares.plan.area), kommuner, codes.areas)
    if faults:
        raise CatalogError(faults)
    return Scheme(jobs, codes, kommuner, approvals), population


@contextmanager
def _collected(faults: list[Fault]) -> Iterator[None]:
    """Reads on after the faults of one file, so that those of the next are told too."""
    try:
        yield
    except CatalogError as error:
        faults += error.faults


@contextmanager
def _connected(aside: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database on disk, so that a register larger than memory can be counted."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "temp_directory": str(aside / "spill"),
        "preserve_insertion_order": "false",
        "autoinstall_known_extensions": "false",
    }
    con = duckdb.connect(aside / "work.duckdb", config=settings)
    try:
        con.execute("SET enable_progress_bar = false")
        yield con
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise OSError(f"no room to count in {aside.parent}: free some disk space and build again") from error
    finally:
        con.close()


@dataclass(frozen=True, slots=True)
class _Steps:
    """Where the result is made, and how far we are: registers, steps, a piece for each year, writing."""

    heard: Progress | None
    years: int
    folder: Path

    def tell(self, what: str, done: float) -> None:
        if self.heard:
            self.heard(what, done / (self.years + 8))

    def part(self, what: str, before: int) -> Callable[[float], None]:
        return lambda share: self.tell(what, before + share)


def _take_all(con: duckdb.DuckDBPyConnection, inputs: Inputs, steps: _Steps) -> None:
    con.execute(TABLES)
    for source, path in enumerate((inputs.register, inputs.placements)):
        if path is not None:
            take_in(con, source, path, inputs.arrived_by, steps.part(path.name, source))


def _move(made: Path, out: Path) -> None:
    """Every file whole, one rename each; folders that were there stay."""
    for path in sorted(made.rglob("*")):
        if path.is_file():
            target = out / path.relative_to(made)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)


def _make(
    con: duckdb.DuckDBPyConnection, inputs: Inputs, scheme: Scheme, persons: Population | None, steps: _Steps
) -> tuple[dict[str, int], Mapping[str, int]]:
    _take_all(con, inputs, steps)
    for name, table in scheme.tables().items():
        con.from_arrow(table).create(name)
    steps.tell("episodes", 3)
    make_episodes(con)
    count(con, scheme.years, lambda year: steps.tell(str(year), 5 + scheme.years.index(year)))
    steps.tell("invariants", 5 + steps.years)
    check(con, scheme)
    steps.tell("cubes", 6 + steps.years)
    tables = {}
    for job in scheme.jobs:
        cube = make_cube(con, job, scheme, persons)
        write_cube(cube, steps.folder / job.plan.table / "cube.parquet")
        tables[job.plan.table] = cube.num_rows
    steps.tell("lists", 7 + steps.years)
    lists = write_lists(con, inputs, steps.folder)
    write_kommuner(con, scheme, steps.folder / "kommune")
    steps.tell("done", 8 + steps.years)
    return tables, lists

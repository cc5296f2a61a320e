"""The acts of the demo bank, as acts.yaml lists them, and what of a library each shows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tables.instants import at_wall
from tables.model import Table, Text
from tables.yamlfile import parse

_YEARS: Final = re.compile(r"(\d{4})-\d{4}")
WEEK: Final = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Slip:
    """Figures counted in the wrong place: some per cent of one cell, and of its total, stand in another."""

    table: str
    per_cent: int
    taken: Mapping[str, str]
    given: Mapping[str, str]
    total: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DemoAct:
    """`at` in Copenhagen wall time; `until` is the last year of tables that are still published.

    An act that does not count the register has no `arrived_by`; one of tables that are not counted from it has no
    `until` either. `news` are articles that come with it; `coming`: its date moves when it has passed.
    """

    at: str
    tables: tuple[str, ...]
    until: int | None = None
    arrived_by: date | None = None
    news: tuple[str, ...] = ()
    coming: bool = False
    title: Text | None = None
    notice: Text | None = None
    wording: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    slip: Slip | None = None


def read_acts() -> tuple[DemoAct, ...]:
    written = parse(files("tables.demo").joinpath("acts.yaml").read_text("utf-8"), "acts.yaml").data
    assert isinstance(written, list)  # noqa: S101  # our own file
    return tuple(_act(act) for act in written)


def _act(told: Mapping[str, Any]) -> DemoAct:
    slip = told.get("slip")
    return DemoAct(
        told["at"],
        tuple(told["tables"]),
        int(told["until"]) if "until" in told else None,
        date.fromisoformat(told["arrived_by"]) if "arrived_by" in told else None,
        tuple(told.get("news", ())),
        "coming" in told,
        Text(**told["title"]) if "title" in told else None,
        Text(**told["notice"]) if "notice" in told else None,
        {table: [(old, new) for old, new in pairs] for table, pairs in told.get("wording", {}).items()},
        Slip(**slip | {"per_cent": int(slip["per_cent"])}) if slip else None,
    )


def moved(act: DemoAct, now: datetime) -> DemoAct:
    """An act that is still to come, on the same weekday of the same month in the first year that is ahead."""
    found = act
    while found.coming and at_wall(found.at) <= now:
        found = replace(found, at=_next_year(found.at))
    return found


def _next_year(at: str) -> str:
    """The third Tuesday of a May stays one."""
    day, clock = date.fromisoformat(at[:10]), at[10:]
    first = date(day.year + 1, day.month, 1)
    first += timedelta(days=(day.weekday() - first.weekday()) % 7)
    found = first + (day.day - 1) // 7 * WEEK
    return f"{found if found.month == day.month else found - WEEK}{clock}"


def announce(library: Path, acts: Sequence[DemoAct], written: Sequence[DemoAct]) -> None:
    """The calendar of the library with the dates as they were moved."""
    path = library / "site" / "calendar.yaml"
    if not path.is_file():
        return
    text = path.read_text("utf-8")
    for act, before in zip(acts, written, strict=True):
        text = text.replace(f"at: {before.at}", f"at: {act.at}")
    path.write_text(text, "utf-8")


def describe(library: Path, packaged: Path, act: DemoAct, table: str) -> None:
    """What a table of the act says: as the library has it, but for the act's wording."""
    text = (packaged / table / "table.yaml").read_text("utf-8")
    for old, new in act.wording.get(table, ()):
        assert old in text, old  # noqa: S101  # our own files
        text = text.replace(old, new)
    (library / table / "table.yaml").write_text(text, "utf-8")


def make_slip(library: Path, wrong: Slip) -> None:
    """The cube of the table, with the slip in it."""
    path = library / wrong.table / "cube.parquet"
    cube = pq.read_table(path)
    rows = cube.to_pylist()
    spots = {tuple(row[code] for code in wrong.taken): row for row in rows}
    leaf = spots[tuple(wrong.taken.values())]
    moved_on = {name: leaf[name] * wrong.per_cent // 100 for name in cube.column_names if name not in wrong.taken}
    for end, sign in ((wrong.taken, -1), (wrong.given, 1)):
        for spot in (end, {**end, **wrong.total}):
            row = spots[tuple(spot[code] for code in wrong.taken)]
            for name, number in moved_on.items():
                row[name] += sign * number
    pq.write_table(pa.Table.from_pylist(rows, schema=cube.schema), path)


def growing(table: Table) -> bool:
    """Whether each act adds a year: yearly, not closed, and no estimates, whose years are those of the model."""
    yearly = all(code.isdecimal() and len(code) == 4 for code in table.time.codes)
    estimated = all(measure.kind == "estimate" for measure in table.measures)
    return table.status == "active" and yearly and not estimated


def set_time(library: Path, table: Table, until: int) -> None:
    """Let the years of a growing table end at `until`, in its table.yaml."""
    path = library / table.id / "table.yaml"
    text = path.read_text("utf-8")
    place = ("dimensions", table.dimensions.index(table.time), "time")
    line = parse(text, path.name).line(place) - 1
    lines = text.splitlines(keepends=True)
    lines[line] = _YEARS.sub(rf"\g<1>-{until}", lines[line], count=1)
    path.write_text("".join(lines), "utf-8")


def cut_cube(source: Path, target: Path, table: Table, until: int) -> None:
    """The cube of a growing table up to the year `until`; the last year there is stands in for those it lacks."""
    cube = pq.read_table(source)
    years = cube[table.time.code]
    last = int(pc.max(years).as_py())
    parts = [cube.filter(pc.less_equal(years, str(until)))]
    for year in range(last + 1, until + 1):
        newest = cube.filter(pc.equal(years, str(last)))
        place = cube.column_names.index(table.time.code)
        parts.append(newest.set_column(place, table.time.code, pa.array([str(year)] * len(newest), years.type)))
    pq.write_table(pa.concat_tables(parts), target)


def hold_back(library: Path, packaged: Path, until: int) -> None:
    """Only documentation of the years that an act shows, but the earliest of each statistic: tables lead to it."""
    for folder in (packaged / "documentation").iterdir():
        _, *later = sorted(folder.glob("*.yaml"))
        for source in later:
            target = library / source.relative_to(packaged)
            if int(source.stem) <= until:
                target.write_bytes(source.read_bytes())
            else:
                target.unlink(missing_ok=True)

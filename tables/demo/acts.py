"""The acts of the demo bank, as acts.yaml lists them, and what of a library each shows."""

import re
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Final

import pyarrow.compute as pc
import pyarrow.parquet as pq

from tables.model import Table
from tables.yamlfile import parse

_YEARS: Final = re.compile(r"(\d{4})-\d{4}")


@dataclass(frozen=True, slots=True)
class DemoAct:
    """`at` in Copenhagen wall time; `until` is the last year of tables that are still published.

    An act of tables that are not counted from the register has neither `until` nor `arrived_by`. `news` are articles
    that come with it.
    """

    at: str
    tables: tuple[str, ...]
    until: int | None = None
    arrived_by: date | None = None
    news: tuple[str, ...] = ()


def read_acts() -> tuple[DemoAct, ...]:
    written = parse(files("tables.demo").joinpath("acts.yaml").read_text("utf-8"), "acts.yaml").data
    assert isinstance(written, list)  # noqa: S101  # our own file
    return tuple(
        DemoAct(
            act["at"],
            tuple(act["tables"]),
            int(act["until"]) if "until" in act else None,
            date.fromisoformat(act["arrived_by"]) if "arrived_by" in act else None,
            tuple(act.get("news", ())),
        )
        for act in written
    )


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
    """The cube of a growing table without the years after `until`; a year is a period and compares as text."""
    cube = pq.read_table(source)
    pq.write_table(cube.filter(pc.less_equal(cube[table.time.code], str(until))), target)


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

"""Rows of a cube file laid over the cells of its table, and what is wrong with them cell by cell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tables.cubefile import NO_STATUS, Faults, numbers, places, statuses
from tables.model import Measure, Table

TOLD: Final = 10  # faults of one kind that are spelled out; the rest are counted
PERSONS: Final = "personer"
BESIDE: Final = (".n", ".max1", ".max2")  # what a mask needs of a magnitude; never published

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
_T = TypeVar("_T", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Rows:
    """What the file says of every cell: is there a row, has it a number, a status. Flat, row-major."""

    table: Table
    faults: Faults
    present: Flags
    numbers: Mapping[str, Numbers]
    known: Mapping[str, Flags]
    status: Mapping[str, Bytes]

    def tell(self, wrong: Flags, column: str, what: Callable[[int], str]) -> None:
        """A fault for each wrong cell, by its codes."""
        found = np.flatnonzero(wrong)
        for offset in found[:TOLD].tolist():
            codes = ", ".join(f"{dimension}={code}" for dimension, code in cell(self.table, offset).items())
            self.faults.add(codes, f"{column}: {what(offset)}")
        if len(found) > TOLD:
            self.faults.add("", f"{column}: and {len(found) - TOLD} more cells like the last one")


def cell(table: Table, offset: int) -> dict[str, str]:
    """The codes of a cell by its place in the grid."""
    spot = np.unravel_index(offset, table.shape)
    return {dim.code: dim.values[int(place)].code for dim, place in zip(table.dimensions, spot, strict=True)}


def size(table: Table) -> int:
    total = 1
    for length in table.shape:
        total *= length
    return total


def counted(table: Table) -> tuple[str, ...]:
    """The columns by which the rules of the table count persons, and which are no measures of it."""
    named = [str(rule.params.get("counted") or "") for rule in table.disclosure]
    listed = [count for rule in table.disclosure for count in rule.params.get("counts", ())]
    named += [count[key] for count in listed for key in ("count", "total") if key in count]
    measures = {measure.code for measure in table.measures}
    return tuple(dict.fromkeys(name for name in named if name and name not in measures))


def columns_of(measure: Measure) -> tuple[str, ...]:
    """The number columns of a measure in the cube; of a ratio numerator and denominator."""
    return (measure.numerator or "", measure.denominator or "") if measure.kind == "ratio" else (measure.code,)


def scatter(raw: pa.Table, table: Table, faults: Faults) -> Rows:
    """Rows in any order to their places: codes → place × stride → one scatter. Two rows of one cell are a fault."""
    _check_columns(raw.column_names, table, faults)
    offsets = _offsets(raw, table, faults)
    values: dict[str, Numbers] = {}
    known: dict[str, Flags] = {}
    states: dict[str, Bytes] = {}
    for name, decimals in _decimals(table).items():
        if name in raw.column_names and (read := numbers(raw.column(name), decimals, name, faults)):
            values[name] = _placed(read[0], offsets, np.zeros(size(table), np.int64))
            known[name] = _placed(read[1], offsets, np.zeros(size(table), bool))
    for measure in table.measures:
        name = f"{measure.code}.status"
        if name in raw.column_names and (stated := statuses(raw.column(name), name, faults)) is not None:
            states[measure.code] = _placed(stated, offsets, np.full(size(table), NO_STATUS, np.uint8))
    hits = np.bincount(offsets[offsets >= 0], minlength=size(table))
    rows = Rows(table, faults, hits > 0, values, known, states)
    rows.tell(hits > 1, "row", lambda offset: f"is there {hits[offset]} times; keep one")
    return rows


def _decimals(table: Table) -> dict[str, int]:
    """Every number column a cube may have, with the decimals it is kept with."""
    wanted = dict.fromkeys((PERSONS, *counted(table)), 0)
    for measure in table.measures:
        scale = 0 if measure.kind == "ratio" else measure.decimals
        wanted |= {measure.code + side: 0 if side == ".n" else scale for side in BESIDE}
        wanted |= dict.fromkeys(columns_of(measure), scale)
    return wanted


def _check_columns(names: list[str], table: Table, faults: Faults) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    for name in twice:
        faults.add(name, "the column is there twice; keep one")
    if twice:
        faults.settle()
    measured = {name for measure in table.measures for name in columns_of(measure)}
    required = {dimension.code for dimension in table.dimensions} | measured | set(counted(table))
    allowed = required | set(_decimals(table)) | {f"{measure.code}.status" for measure in table.measures}
    for name in sorted(required - set(names)):
        faults.add(name, "the column is missing; table.yaml asks for it")
    for name in sorted(set(names) - allowed):
        faults.add(name, "table.yaml knows no such column; take it out, or add it there")


def _offsets(raw: pa.Table, table: Table, faults: Faults) -> Numbers:
    """Each row's cell; -1 where a code is unknown, everywhere if a whole column cannot be read."""
    offsets = np.zeros(raw.num_rows, dtype=np.int64)
    lost = np.zeros(raw.num_rows, dtype=bool)
    for dimension in table.dimensions:
        found = None
        if dimension.code in raw.column_names:
            found = places(raw.column(dimension.code), dict(dimension.index), dimension.code, faults)
        if found is None:
            lost[:] = True
        else:
            lost |= found < 0
            offsets = offsets * len(dimension.values) + found
    offsets[lost] = -1
    return offsets


def _placed(column: NDArray[_T], offsets: Numbers, target: NDArray[_T]) -> NDArray[_T]:
    good = offsets >= 0
    target[offsets[good]] = column[good]
    return target


def check(rows: Rows, outside: Flags) -> None:
    """Cells that contradict the table: too small, beyond since and until, half a ratio, a figure that is none."""
    for measure in rows.table.measures:
        _check_minimum(rows, measure)
        guarded = columns_of(measure)[0]
        rows.tell(outside & (rows.numbers[guarded] != 0), guarded, lambda _: "a figure outside since and until")
        stated = rows.status.get(measure.code)
        if stated is not None:
            _check_status(rows, measure, stated)
        if measure.kind == "ratio":
            _check_ratio(rows, measure, outside)
    measured = {columns_of(measure)[0] for measure in rows.table.measures}
    figures = np.logical_or.reduce([rows.known[name] for name in sorted(measured)])
    for name in counted(rows.table):
        rows.tell(rows.numbers[name] < 0, name, lambda _: "fewer than no persons; count again")
        rows.tell(figures & ~rows.known[name], name, lambda _: "a figure without the number of persons behind it")


def _check_minimum(rows: Rows, measure: Measure) -> None:
    least = 0 if measure.kind == "ratio" else measure.minimum
    if least is None:
        return
    scale = 1 if measure.kind == "ratio" else 10**measure.decimals
    for name in columns_of(measure):
        values = rows.numbers[name]
        low = rows.known[name] & (values < least * scale)
        rows.tell(low, name, _below(values, scale, least))


def _below(values: Numbers, scale: int, least: int) -> Callable[[int], str]:
    return lambda offset: f"{values[offset] / scale:g} is below the minimum {least}"


def _check_status(rows: Rows, measure: Measure, stated: Bytes) -> None:
    without = rows.known[columns_of(measure)[0]] & np.isin(stated, (3, 4, 5))
    rows.tell(without, measure.code, lambda offset: f"a figure under status {stated[offset]}; take one of them out")


def _check_ratio(rows: Rows, measure: Measure, outside: Flags) -> None:
    top, below = columns_of(measure)
    figure = rows.known[top] | (~rows.present & (measure.missing == "zero"))
    lacking = figure & ~rows.known[below] & ~outside
    rows.tell(lacking, below, lambda _: "the denominator is missing; every figure needs one")
    most = 2**61 // factor(measure)
    rows.tell(rows.numbers[top] > most, top, lambda _: "too large to make a rate of")


def factor(measure: Measure) -> int:
    """What a quotient is multiplied by: per cent, scaled by the measure's decimals."""
    scale: int = 10**measure.decimals
    return 100 * scale

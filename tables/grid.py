"""The publisher's true cells: a cube file laid out over its table, checked for shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tables.cubefile import Faults, load
from tables.model import Measure, Status, Table
from tables.periods import within
from tables.scatter import Flags, Numbers, Rows, cell, check, columns_of, counted, factor, scatter, size

__all__ = ["Grid", "cell", "counted", "outside", "read_cube", "size"]


@dataclass(frozen=True, slots=True)
class Grid:
    """True numbers and statuses of every cell, flat and row-major over `table.shape`.

    `numbers` by measure, and by column for numerators, denominators and what only the mask counts; 0 where none.
    `status` by measure: OK, PROVISIONAL, NOT_APPLICABLE, MISSING, or CONFIDENTIAL where the source withheld it.
    """

    table: Table
    numbers: Mapping[str, NDArray[np.int64]]
    status: Mapping[str, NDArray[np.uint8]]


def read_cube(path: Path, table: Table) -> Grid:
    """The cube of a table; raises CatalogError with all faults of the file: columns, codes, rows, numbers."""
    faults = Faults(f"{path.parent.name}/{path.name}")
    rows = scatter(load(path, [dimension.code for dimension in table.dimensions], faults), table, faults)
    faults.settle()
    impossible = outside(table)
    check(rows, impossible)
    faults.settle()
    return _grid(rows, impossible)


def outside(table: Table) -> Flags:
    """The cells of values that do not exist in their period."""
    time = table.dimensions.index(table.time)
    found = np.zeros(table.shape, dtype=bool)
    for axis, dimension in enumerate(table.dimensions):
        for place, value in enumerate(dimension.values):
            if axis == time or not (value.since or value.until):
                continue
            gone = [not within(period, value.since, value.until) for period in table.time.codes]
            slab = np.moveaxis(found, (axis, time), (0, -1))[place]
            slab[..., gone] = True
    return found.reshape(-1)


def _grid(rows: Rows, impossible: Flags) -> Grid:
    values = dict(rows.numbers)
    states: dict[str, NDArray[np.uint8]] = {}
    for measure in rows.table.measures:
        status = _status(rows, measure)
        if measure.kind == "ratio":
            top, below = (values[column] for column in columns_of(measure))
            whole = np.logical_and(*(rows.known[column] for column in columns_of(measure)))
            status[whole & (below == 0)] = Status.NOT_APPLICABLE
            values[measure.code] = _rate(top, below, measure)
        status[impossible] = Status.NOT_APPLICABLE
        values[measure.code] = np.where(status < Status.NOT_APPLICABLE, values[measure.code], 0)
        states[measure.code] = status
    for number in values.values():
        number.flags.writeable = False
    for status in states.values():
        status.flags.writeable = False
    return Grid(rows.table, values, states)


def _status(rows: Rows, measure: Measure) -> NDArray[np.uint8]:
    known = np.logical_and.reduce([rows.known[name] for name in columns_of(measure)])
    absent = Status.OK if measure.missing == "zero" else Status.MISSING
    status = np.where(rows.present, np.where(known, Status.OK, Status.MISSING), absent).astype(np.uint8)
    stated = rows.status.get(measure.code)
    if stated is not None:
        empty = rows.present & ~known & np.isin(stated, (Status.NOT_APPLICABLE, Status.CONFIDENTIAL))
        status[empty] = stated[empty]
        status[known & (stated == Status.PROVISIONAL)] = Status.PROVISIONAL
    return status


def _rate(top: Numbers, below: Numbers, measure: Measure) -> Numbers:
    """100 · top / below, half up, in integers: ⌊(2·f·n + d) / (2·d)⌋."""
    safe = np.where(below > 0, below, 1)
    rate: Numbers = (2 * factor(measure) * top + safe) // (2 * safe)
    return rate

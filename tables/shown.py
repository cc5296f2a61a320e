"""What a release shows: true cells under their mask, with nothing left beneath a hidden one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tables.grid import Grid, size
from tables.model import Measure, Status, Table

ARRAY: Final = "shown.arrow"
CELLS: Final = "cells.parquet"
SPARSE: Final = 10  # per cent occupied; below it there is no array
LARGEST: Final = 2 * 10**8  # cells of an array


@dataclass(frozen=True, slots=True)
class Shown:
    """Numbers and statuses as the public has them, flat and row-major: 0 wherever the status has no number.

    `denominators`: of ratios, by column; they are public by themselves, and 0 where there is none.
    """

    table: Table
    values: Mapping[str, NDArray[np.int64]]
    status: Mapping[str, NDArray[np.uint8]]
    denominators: Mapping[str, NDArray[np.int64]]

    def hidden(self) -> int:
        """Cells of which something is hidden: all of them, whatever the reason."""
        return int(np.count_nonzero(np.logical_or.reduce([s == Status.CONFIDENTIAL for s in self.status.values()])))


def numbered(status: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where the public sees a number."""
    shown: NDArray[np.bool_] = status <= Status.REVISED
    return shown


def show(grid: Grid, mask: NDArray[np.uint8], hides: Mapping[str, NDArray[np.bool_]] | None = None) -> Shown:
    """The grid under its mask; a masked cell is hidden under every measure (law 3), `hides` under single ones."""
    values, states = {}, {}
    for measure in grid.table.measures:
        status = grid.status[measure.code].copy()
        hidden = mask > 0
        if hides and measure.code in hides:
            hidden = hidden | hides[measure.code]
        status[hidden & numbered(status)] = Status.CONFIDENTIAL
        values[measure.code] = np.where(numbered(status), grid.numbers[measure.code], 0)
        states[measure.code] = status
    below = {m.denominator: grid.numbers[m.denominator] for m in grid.table.measures if m.denominator}
    return Shown(grid.table, values, states, below)


def has_array(shown: Shown) -> bool:
    """Whether the release is answered from an array. Hidden cells count as occupied: what they hold plays no part."""
    total = size(shown.table)
    if total > LARGEST:
        return False
    taken = np.zeros(total, dtype=bool)
    for measure in shown.table.measures:
        status = shown.status[measure.code]
        taken |= (shown.values[measure.code] != 0) | (status == Status.CONFIDENTIAL)
        if measure.missing == "zero":
            taken |= status == Status.MISSING
        else:
            taken |= numbered(status)
    return int(np.count_nonzero(taken)) * 100 >= SPARSE * total


def read_shown(folder: Path, table: Table) -> Shown:
    """The cells of a release, from its folder."""
    denominators = tuple(dict.fromkeys(m.denominator for m in table.measures if m.denominator))
    columns = [name for m in table.measures for name in (m.code, f"{m.code}.status")] + list(denominators)
    array = folder / ARRAY
    if array.is_file() and not denominators:
        with pa.memory_map(str(array)) as source:
            cells = pa.Table.from_batches([pyarrow.ipc.open_file(source).get_batch(0)])
            return _shown(cells, table, denominators)
    return _shown(pq.read_table(folder / CELLS, columns=columns), table, denominators)


def _shown(cells: pa.Table, table: Table, denominators: tuple[str, ...]) -> Shown:
    return Shown(
        table,
        {measure.code: _integers(cells.column(measure.code)) for measure in table.measures},
        {measure.code: _bytes(cells.column(f"{measure.code}.status")) for measure in table.measures},
        {name: _integers(cells.column(name)) for name in denominators},
    )


def _integers(column: pa.ChunkedArray) -> NDArray[np.int64]:
    return np.array(pc.fill_null(column, 0).to_numpy(), dtype=np.int64)


def _bytes(column: pa.ChunkedArray) -> NDArray[np.uint8]:
    return np.array(column.to_numpy(), dtype=np.uint8)


def ratios(table: Table) -> tuple[Measure, ...]:
    return tuple(measure for measure in table.measures if measure.denominator)

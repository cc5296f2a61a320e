"""The cells of one period of a protection group, in one row: table after table, measure after measure.

A cell is in one of three states. NUMBER: it has a number, shown or to be hidden. ABSENT: zero by definition, so it is
in no line (NOT_APPLICABLE; or MISSING where every cell of its code is, as for a municipality that is left out).
UNKNOWN: any other MISSING cell; nobody but the attacker counts with it, as something from 0 upwards that never moves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tables.disclosure.method import counts
from tables.grid import Grid
from tables.model import Dimension, Measure, Status, Table

NUMBER: Final = 0
ABSENT: Final = 1
UNKNOWN: Final = 2


@dataclass(frozen=True, slots=True)
class Layer:
    """One measure of one table in the period; its cells stand from `start` on, row-major over `dimensions`."""

    table: Table
    measure: Measure
    start: int
    dimensions: tuple[Dimension, ...]
    places: NDArray[np.int64]  # of each cell, its place in the whole table

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(dimension.values) for dimension in self.dimensions)

    @property
    def index(self) -> NDArray[np.int64]:
        """The cells' places in the frame, shaped like the table."""
        return np.arange(self.start, self.start + len(self.places)).reshape(self.shape)

    @property
    def column(self) -> str:
        return counts(self.measure)

    @property
    def below(self) -> int:
        """The smallest count that is not small, in the measure's own integers."""
        limits = [int(rule.params["below"]) for rule in self.table.disclosure if rule.method == "threshold"]
        scale = 1 if self.measure.numerator else 10**self.measure.decimals
        return max(limits, default=1) * scale

    @property
    def counted(self) -> str | None:
        """The column of persons, where the measure itself counts something else."""
        return next((r.params["counted"] for r in self.table.disclosure if r.params.get("counted")), None)

    def axis(self, code: str) -> int | None:
        return next((axis for axis, dimension in enumerate(self.dimensions) if dimension.code == code), None)


@dataclass(frozen=True, slots=True)
class Frame:
    """`value` is the number the mask guards (of a ratio the numerator), `persons` the people behind the cell."""

    period: str
    layers: tuple[Layer, ...]
    value: NDArray[np.int64]
    persons: NDArray[np.int64]
    state: NDArray[np.uint8]

    @property
    def size(self) -> int:
        return len(self.value)

    def layer(self, table: str) -> Layer | None:
        return next((layer for layer in self.layers if layer.table.id == table), None)

    def at(self, cell: int) -> tuple[Layer, tuple[str, ...]]:
        """The layer of a cell and its codes."""
        layer = next(layer for layer in reversed(self.layers) if layer.start <= cell)
        where = np.unravel_index(cell - layer.start, layer.shape)
        codes = zip(layer.dimensions, where, strict=True)
        return layer, tuple(dimension.values[int(place)].code for dimension, place in codes)

    def name(self, cell: int) -> str:
        """«ISBU04 LANDSDEL=01 INDSATSER=7 2020»."""
        layer, codes = self.at(cell)
        parts = [f"{dimension.code}={code}" for dimension, code in zip(layer.dimensions, codes, strict=True)]
        return " ".join([layer.table.id, *parts, self.period])


def periods(grids: Mapping[str, Grid]) -> tuple[str, ...]:
    """Every period of any table, in order."""
    return tuple(sorted({code for grid in grids.values() for code in grid.table.time.codes}))


def frame(grids: Mapping[str, Grid], period: str) -> Frame:
    """The period's cells of all tables that have it, in the order of `grids`."""
    layers: list[Layer] = []
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]] = []
    start = 0
    for grid in grids.values():
        if period not in grid.table.time.index:
            continue
        places = slice_of(grid.table, period)
        dimensions = tuple(dimension for dimension in grid.table.dimensions if not dimension.time)
        for measure in (m for m in grid.table.measures if m.kind != "estimate"):
            layer = Layer(grid.table, measure, start, dimensions, places)
            layers.append(layer)
            parts.append(_numbers(grid, layer))
            start += len(places)
    columns = [np.concatenate(part) for part in zip(*parts, strict=True)]
    return Frame(period, tuple(layers), columns[0], columns[1], columns[2])


def slice_of(table: Table, period: str) -> NDArray[np.int64]:
    """The places of the period's cells in the table."""
    axis = next(axis for axis, dimension in enumerate(table.dimensions) if dimension.time)
    places = np.arange(int(np.prod(table.shape)), dtype=np.int64).reshape(table.shape)
    taken: NDArray[np.int64] = np.take(places, table.time.index[period], axis=axis).reshape(-1)
    return taken


def _numbers(grid: Grid, layer: Layer) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    status = grid.status[layer.measure.code][layer.places]
    state = np.full(len(status), NUMBER, dtype=np.uint8)
    state[status == Status.NOT_APPLICABLE] = ABSENT
    missing = (status == Status.MISSING).reshape(layer.shape)
    state[missing.reshape(-1)] = UNKNOWN
    state[left_out(missing, (state == ABSENT).reshape(layer.shape)).reshape(-1)] = ABSENT
    value: NDArray[np.int64] = grid.numbers[layer.column][layer.places] * (state == NUMBER)
    counted = layer.counted
    persons: NDArray[np.int64] = value
    if counted is not None:
        persons = grid.numbers[counted][layer.places] * (state == NUMBER)
    return value, persons, state


def left_out(missing: NDArray[np.bool_], absent: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The MISSING cells of a code none of whose cells has a number."""
    out = np.zeros(missing.shape, dtype=np.bool_)
    for axis in range(missing.ndim):
        others = tuple(other for other in range(missing.ndim) if other != axis)
        out |= (missing | absent).all(axis=others, keepdims=True) & missing
    return out

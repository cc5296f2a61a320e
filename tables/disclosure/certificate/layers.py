"""Released tables as the checker sees them, made from what is in memory instead of files."""

import numpy as np

from tables.disclosure.checker import HIDDEN, NUMBERS, Dimension, Layer, smallest
from tables.model import Dimension as Described
from tables.model import Measure
from tables.shown import Shown

Cell = tuple[Layer, int]


def layer_of(shown: Shown, measure: Measure) -> Layer:
    """A measure of a table as the checker would read it from its released files."""
    table = shown.table
    dimensions = [_dimension(dimension) for dimension in table.dimensions]
    steps = [int(np.prod(table.shape[axis + 1 :])) for axis in range(len(dimensions))]
    time = next(axis for axis, dimension in enumerate(table.dimensions) if dimension.time)
    status = shown.status[measure.code].tolist()
    number, scale = shown.values[measure.code].tolist(), 10**measure.decimals
    rates: dict[int, tuple[int, int, int]] = {}
    if measure.denominator:
        whole = shown.denominators[measure.denominator].tolist()
        rates = {o: (number[o], whole[o], 100 * scale) for o, s in enumerate(status) if s in NUMBERS}
    limits = [int(rule.params["below"]) for rule in table.disclosure if rule.method == "threshold"]
    return Layer(
        table.id,
        measure.code,
        measure.kind,
        dimensions[:time] + dimensions[time + 1 :],
        steps[:time] + steps[time + 1 :],
        dimensions[time],
        steps[time],
        status,
        number,
        rates,
        [{additive.dimension: additive.only} for additive in measure.additive_over],
        below=max(limits, default=1) * (1 if measure.denominator else scale),
        counted=any(rule.params.get("counted") for rule in table.disclosure if rule.method == "threshold"),
        promised=any(rule.method != "none" for rule in table.disclosure),
    )


def _dimension(told: Described) -> Dimension:
    children: dict[tuple[str, str], list[str]] = {}
    for value in told.values:
        if value.parent is not None and value.parent in told.index:
            children.setdefault((value.parent, value.nests), []).append(value.code)
    level = {value.code: value.level for value in told.values}
    above = {value.code: value.ancestors for value in told.values}
    return Dimension(told.code, told.codes, told.elimination, told.overlap, level, above, children)


def places(layer: Layer, period: str) -> list[int]:
    first = layer.time.place[period] * layer.step
    return [o for o in range(len(layer.status)) if (o // layer.step) % len(layer.time.codes) * layer.step == first]


def hidden_cells(layer: Layer, period: str) -> list[Cell]:
    if period not in layer.time.place:
        return []
    return [(layer, offset) for offset in places(layer, period) if layer.status[offset] == HIDDEN]


def widest(layer: Layer, offset: int) -> int:
    """The largest count that is published as this cell's rate."""
    rate, whole, factor = layer.rates[offset]
    return smallest(rate + 1, whole, factor) - 1


def period_of(layer: Layer, offset: int) -> str:
    return layer.time.codes[(offset // layer.step) % len(layer.time.codes)]


def in_order(cell: Cell) -> tuple[str, str, int]:
    return cell[0].table, cell[0].measure, cell[1]

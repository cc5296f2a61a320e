"""Whether the figures of one table agree with each other: totals with their parts, rates with their bounds."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from tables.errors import Fault
from tables.grid import Grid, cell, counted
from tables.model import Additive, Dimension, Measure, Status

TOLD: Final = 20  # findings of one kind told one by one; the rest are counted

# sum: parts make the total · rounded: but for rounding · distinct: largest part ≤ total ≤ sum · largest: only the first
Rule = Literal["sum", "rounded", "distinct", "largest"]
Numbers = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Layer:
    """One column of figures laid out over the table's shape, with the statuses that say which of them count."""

    grid: Grid
    name: str
    decimals: int
    numbers: Numbers
    status: Bytes


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong, and what is worth a look, of one cube."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Node:
    """A total and those of its parts that nest in it alike, as places in the dimension on `axis`."""

    axis: int
    place: int
    parts: tuple[int, ...]
    whole: bool  # they make it up fully; else partly


def coherence(grid: Grid) -> Findings:
    """Every finding names the cell, the figures and the cure. Nothing is summed that `additive_over` does not allow."""
    findings = Findings(f"{grid.table.id}/cube.parquet")
    for measure in grid.table.measures:
        for layer in _layers(grid, measure):
            for axis, dimension in enumerate(grid.table.dimensions):
                for node in _nodes(axis, dimension):
                    _measure_rules(findings, layer, measure, node)
        if measure.kind == "ratio":
            _rates(findings, grid, measure)
    _persons(findings, grid)
    return findings


def _layers(grid: Grid, measure: Measure) -> Iterator[Layer]:
    """The columns whose totals stand to their parts: of a ratio its two columns, of an estimate none."""
    if measure.kind == "estimate":
        return
    columns = (measure.numerator, measure.denominator) if measure.kind == "ratio" else (measure.code,)
    status = grid.status[measure.code].reshape(grid.table.shape)
    for name in columns:
        numbers = grid.numbers[str(name)].reshape(grid.table.shape)
        yield Layer(grid, str(name), 0 if measure.kind == "ratio" else measure.decimals, numbers, status)


def _nodes(axis: int, dimension: Dimension) -> Iterator[Node]:
    children: dict[tuple[str, bool], list[int]] = {}
    for place, value in enumerate(dimension.values):
        if value.parent in dimension.index and value.nests != "no":
            children.setdefault((value.parent or "", value.nests == "fully"), []).append(place)
    for (parent, whole), places in children.items():
        yield Node(axis, dimension.index[parent], tuple(places), whole)


def _measure_rules(findings: Findings, layer: Layer, measure: Measure, node: Node) -> None:
    dimension = layer.grid.table.dimensions[node.axis]
    additive = measure.adds_over(dimension.code)
    inside = _standing(layer.grid, additive)
    if additive is not None:
        _judge(findings, layer, node, "sum", inside)
    if not inside.all():
        _judge(findings, layer, node, _weaker(measure, layer), ~inside)


def _weaker(measure: Measure, layer: Layer) -> Rule:
    """What holds where nothing adds up. A population may be larger than that of the places listed."""
    if layer.name == measure.denominator:
        return "largest"
    return "rounded" if measure.kind == "additive" else "distinct"


def _standing(grid: Grid, additive: Additive | None) -> Flags:
    """Where the other dimensions stand at the codes at which the measure adds up; broadcasts over the table."""
    inside = np.array(additive is not None).reshape((1,) * len(grid.table.dimensions))
    for code, codes in (additive.only if additive else {}).items():
        axis = next(place for place, dimension in enumerate(grid.table.dimensions) if dimension.code == code)
        dimension = grid.table.dimensions[axis]
        chosen = np.isin(np.array(dimension.codes), codes)
        inside = inside & chosen.reshape([-1 if place == axis else 1 for place in range(len(grid.table.dimensions))])
    return inside


@dataclass(frozen=True, slots=True)
class Sides:
    """A total and its parts side by side, over the other dimensions: the figures, and what can be said of them."""

    total: Numbers
    summed: Numbers
    largest: Numbers
    certain: Flags  # total and parts are all known, so equality can be asked
    lower: Flags  # the total is known and one part at least


def _sides(layer: Layer, node: Node, where: Flags) -> Sides:
    numbers, status = np.moveaxis(layer.numbers, node.axis, 0), np.moveaxis(layer.status, node.axis, 0)
    parts, states = numbers[list(node.parts)], status[list(node.parts)]
    shown = states < Status.NOT_APPLICABLE
    unknown = states > Status.NOT_APPLICABLE  # MISSING, or withheld by the source; what cannot occur counts nothing
    there = np.broadcast_to(np.moveaxis(where, node.axis, 0), (1, *numbers.shape[1:]))[0]
    known = there & (status[node.place] < Status.NOT_APPLICABLE) & shown.any(axis=0)
    counts = np.where(shown, parts, 0)
    return Sides(
        numbers[node.place],
        counts.sum(axis=0),
        np.where(shown, parts, np.iinfo(np.int64).min).max(axis=0),
        known & ~unknown.any(axis=0),
        known,
    )


def _judge(findings: Findings, layer: Layer, node: Node, rule: Rule, where: Flags) -> None:
    sides = _sides(layer, node, where)
    teller = Teller(findings, layer, node, sides)
    if rule == "sum":
        if node.whole:
            wrong = sides.certain & (sides.total != sides.summed)
            teller.tell(wrong, "count again, or take {dimension} out of additive_over")
        if (layer.numbers >= 0).all():
            open_ended = sides.lower & ~sides.certain if node.whole else sides.lower
            teller.tell(open_ended & (sides.summed > sides.total), "the parts are more than the whole; count again")
    elif rule in ("distinct", "largest"):
        teller.tell(sides.lower & (sides.largest > sides.total), "one part is larger than the total; count again")
        if node.whole and rule == "distinct":
            wrong = sides.certain & (sides.total > sides.summed)
            teller.tell(wrong, "the total is more than its parts together; count again, or say nests: partly")
    elif node.whole:
        apart = sides.certain & (np.abs(sides.total - sides.summed) > rounding(len(node.parts)))
        teller.tell(apart, "more than rounding explains; correct them, or say nests: partly")


def rounding(parts: int) -> int:
    """How far parts rounded one by one may miss their total: twice the standard deviation, at least one.

    Of BU28's eight lines that is 1, as domain §6 has it.
    """
    return max(1, int(math.sqrt((parts + 1) / 3)))


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts cells that break a rule into words."""

    findings: Findings
    layer: Layer
    node: Node
    sides: Sides

    def tell(self, wrong: Flags, cure: str) -> None:
        table, axis = self.layer.grid.table, self.node.axis
        dimension = table.dimensions[axis]
        total = dimension.values[self.node.place].code
        spots = np.argwhere(wrong)
        for spot in spots[:TOLD].tolist():
            offset = np.ravel_multi_index((*spot[:axis], self.node.place, *spot[axis:]), table.shape)
            whole, parts = (_shown(side[tuple(spot)], self.layer) for side in (self.sides.total, self.sides.summed))
            what = f"{self.layer.name} is {whole}, its parts along {dimension.code} make {parts}: "
            at = _written(cell(table, int(offset)))
            self.findings.faults.append(Fault(self.findings.file, 0, at, what + cure.format(dimension=dimension.code)))
        more = f"{self.layer.name}: {{}} more cells of {dimension.code}={total} like the last one"
        _count(self.findings.faults, self.findings.file, len(spots), more)


def _rates(findings: Findings, grid: Grid, measure: Measure) -> None:
    """A share of more than all is possible only where top and bottom are counted by different keys: worth a look."""
    top, below = grid.numbers[str(measure.numerator)], grid.numbers[str(measure.denominator)]
    over = np.flatnonzero((grid.status[measure.code] < Status.NOT_APPLICABLE) & (top > below))
    for offset in over[:TOLD].tolist():
        what = f"{measure.numerator} {top[offset]} is more than {measure.denominator} {below[offset]}; is it a share?"
        findings.warnings.append(Fault(findings.file, 0, _written(cell(grid.table, offset)), what))
    _count(findings.warnings, findings.file, len(over), f"{measure.code}: {{}} more cells over 100 per cent")


def _persons(findings: Findings, grid: Grid) -> None:
    """Columns that count persons for the mask: a total lies between its largest part and the sum of all."""
    measures = {measure.code for measure in grid.table.measures}
    status = grid.status[grid.table.measures[0].code].reshape(grid.table.shape)
    everywhere = np.ones((1,) * len(grid.table.shape), dtype=bool)
    for name in counted(grid.table):
        if name in measures or name not in grid.numbers:
            continue
        layer = Layer(grid, name, 0, grid.numbers[name].reshape(grid.table.shape), status)
        for axis, dimension in enumerate(grid.table.dimensions):
            for node in _nodes(axis, dimension):
                _judge(findings, layer, node, "distinct", everywhere)


def _count(target: list[Fault], file: str, found: int, more: str) -> None:
    if found > TOLD:
        target.append(Fault(file, 0, "", more.format(found - TOLD)))


def _written(at: Mapping[str, str]) -> str:
    return ", ".join(f"{code}={value}" for code, value in at.items())


def _shown(number: np.int64, layer: Layer) -> str:
    return f"{int(number) / 10**layer.decimals:.{layer.decimals}f}"

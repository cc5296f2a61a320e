"""The rows inside a table, from its metadata alone (disclosure §3).

For a node K of a dimension with the children k that nest fully, and for every combination of the other dimensions:

    the measure adds up there        x(K) = Σ x(k)
    it counts distinct persons       x(k) ≤ x(K) ≤ Σ x(k), the excess Σ x(k) − x(K) granted where overlap is rare

and with children that nest partly: Σ x(k) ≤ x(K), or x(k) ≤ x(K) where persons are counted. For two overlapping
dimensions whoever is counted twice in a child slice is so in the parent slice: excess(child) ≤ excess(parent).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tables.disclosure.frame import ABSENT, Layer
from tables.disclosure.rows import AT_LEAST, EQUAL, HELD, Collector
from tables.model import Dimension


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its children, as places in the dimension."""

    place: int
    fully: tuple[int, ...]
    partly: tuple[int, ...]


def nodes(dimension: Dimension) -> Iterator[Node]:
    """The values that have children, in the dimension's order."""
    for place, value in enumerate(dimension.values):
        children = [(p, v.nests) for p, v in enumerate(dimension.values) if v.parent == value.code]
        fully = tuple(p for p, nests in children if nests == "fully")
        partly = tuple(p for p, nests in children if nests == "partly")
        if fully or partly:
            yield Node(place, fully, partly)


def lines(collector: Collector, layer: Layer) -> None:
    """Adds every row of the layer."""
    index = layer.index
    for axis, dimension in enumerate(layer.dimensions):
        name = f"{layer.table.id} {dimension.code}"
        adds = _adds(layer, axis).reshape(-1)
        turned = np.moveaxis(index, axis, 0).reshape(len(dimension.values), -1)
        for node in nodes(dimension):
            _additive(collector, turned[:, adds], node, name)
            if layer.measure.kind in ("distinct", "ratio"):
                _distinct(collector, turned[:, ~adds], node, name, rare=dimension.overlap == "rare")
    if layer.measure.kind in ("distinct", "ratio"):
        _multiplicities(collector, layer)


def _adds(layer: Layer, axis: int) -> NDArray[np.bool_]:
    """Where along `axis` the measure adds up, over the other dimensions in order."""
    others = [dimension for place, dimension in enumerate(layer.dimensions) if place != axis]
    shape = tuple(len(dimension.values) for dimension in others)
    additive = layer.measure.adds_over(layer.dimensions[axis].code)
    if additive is None:
        return np.zeros(shape, dtype=np.bool_)
    where = np.ones(shape, dtype=np.bool_)
    for place, dimension in enumerate(others):
        if dimension.code in additive.only:
            named = np.array([code in additive.only[dimension.code] for code in dimension.codes])
            where &= named.reshape([-1 if other == place else 1 for other in range(len(others))])
    return where


def _additive(collector: Collector, turned: NDArray[np.int64], node: Node, name: str) -> None:
    for children, kind in ((node.fully, EQUAL), (node.partly, AT_LEAST)):
        if children:
            cells = turned[[node.place, *children]].T
            collector.block(cells, np.array([1] + [-1] * len(children)), kind, name)


def _distinct(collector: Collector, turned: NDArray[np.int64], node: Node, name: str, *, rare: bool) -> None:
    for child in node.fully + node.partly:
        collector.block(turned[[node.place, child]].T, np.array([1, -1]), AT_LEAST, name)
    if node.fully:
        cells = turned[[node.place, *node.fully]].T
        factors = np.array([-1] + [1] * len(node.fully))
        collector.block(cells, factors, HELD if rare else AT_LEAST, name)


def _multiplicities(collector: Collector, layer: Layer) -> None:
    """Excess of a child slice ≤ excess of the parent slice; where the excess is granted anyway there is no row."""
    for axis, dimension in enumerate(layer.dimensions):
        if dimension.overlap is None or dimension.overlap == "rare":
            continue
        adds = _adds(layer, axis)
        for other, across in enumerate(layer.dimensions):
            if other == axis or across.overlap is None:
                continue
            turned = np.moveaxis(layer.index, (axis, other), (0, 1))
            free = ~np.moveaxis(adds, other - (other > axis), 0)
            for node in (node for node in nodes(dimension) if node.fully):
                for slice_ in nodes(across):
                    for child in slice_.fully + slice_.partly:
                        where = free[slice_.place] & free[child]
                        name = f"{layer.table.id} {dimension.code} × {across.code}"
                        _multiplicity(collector, turned[:, [slice_.place, child]][:, :, where], node, name)


def _multiplicity(collector: Collector, pair: NDArray[np.int64], node: Node, name: str) -> None:
    """`pair`: values of the dimension × (parent slice, child slice) × the rest."""
    pair = pair.reshape(len(pair), 2, -1)
    children = list(node.fully)
    counted = (collector.frame.state[pair[children]] != ABSENT).any(axis=0).all(axis=0)
    pair = pair[:, :, counted]
    cells = np.concatenate([pair[[node.place], 0], pair[[node.place], 1], pair[children, 0], pair[children, 1]]).T
    ones = [1] * len(children)
    collector.block(cells, np.array([-1, 1, *ones, *(-one for one in ones)]), AT_LEAST, name, carriers=2)

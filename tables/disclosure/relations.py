"""The relation system of one period of a group: every row the public can write down (disclosure §3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tables.disclosure.between import Between, Dropped, between
from tables.disclosure.frame import ABSENT, UNKNOWN, Frame, frame
from tables.disclosure.lines import lines
from tables.disclosure.pairing import sides
from tables.disclosure.rows import Collector, Rows, broken, demand
from tables.errors import Refused
from tables.grid import Grid
from tables.model import Group
from tables.periods import before as period_before


@dataclass(frozen=True, slots=True)
class System:
    """`rows` hold for the frame's true numbers; `dropped` are the pairs and relations that do not.

    `before` is the period before, if a table has it; `reach` (rows × its cells) what rows count of it, which their
    constants have.
    """

    frame: Frame
    rows: Rows
    between: Between
    dropped: tuple[Dropped, ...]
    before: Frame | None
    reach: sp.csr_matrix


def system(group: Group, grids: Mapping[str, Grid], period: str, *, earlier: Collection[str] = ()) -> System:
    """The system of a period. `earlier` tables stand as released before, so what they contradict is dropped.

    Raises Refused, with the cells, when the true numbers contradict any other row.
    """
    current = frame(grids, period)
    known = {t: grid for t, grid in grids.items() if period_before(period) in grid.table.time.index}
    previous = frame(known, period_before(period)) if known else None
    own = Collector(current)
    for layer in current.layers:
        lines(own, layer)
    demand(own.rows(), current)
    dropped: frozenset[Dropped] = frozenset()
    while True:
        collector = Collector(current)
        found = between(collector, group.relations, previous, dropped=dropped)
        rows = collector.rows()
        more = _mild(group, rows, current, earlier)
        if not more:
            break
        dropped |= more
    demand(rows, current)
    _together(current, found)
    joined = _joined(own.rows(), rows)
    reach = _reach(found, own.size, (len(joined.kind), previous.size if previous else 0))
    return System(current, joined, found, (*sorted(dropped, key=_order), *found.dropped), previous, reach)


def _reach(found: Between, first: int, shape: tuple[int, int]) -> sp.csr_matrix:
    rows, factors, cells = np.array(found.reach, dtype=np.int64).reshape(-1, 3).T
    return sp.csr_matrix((factors, (first + rows, cells)), shape=shape)


def _order(dropped: Dropped) -> tuple[int, str]:
    return dropped.relation, dropped.period


def _mild(group: Group, rows: Rows, current: Frame, earlier: Collection[str]) -> frozenset[Dropped]:
    """The contradicted relations that may fall for the period: with earlier figures, or with a missing part."""
    numbers = {int(name.split()[1]) - 1 for name in {rows.sources[s] for s in rows.source[broken(rows, current)]}}
    missing = {layer.table.id for layer in current.layers if _incomplete(current, layer.start, len(layer.places))}
    return frozenset(
        Dropped(number, current.period)
        for number in numbers
        if set(sides(group.relations[number])[1:]) & (set(earlier) | missing)
    )


def _incomplete(current: Frame, start: int, size: int) -> bool:
    return bool((current.state[start : start + size] == UNKNOWN).any())


def _together(current: Frame, found: Between) -> None:
    """Twins are zero together."""
    for left, right in found.twins:
        if ABSENT not in current.state[[left, right]] and (current.value[left] == 0) != (current.value[right] == 0):
            names = f"{current.name(left)} = {current.value[left]}, {current.name(right)} = {current.value[right]}"
            raise Refused(
                "relations", f"Tvillinger er ikke nul samtidig: {names}.", f"Twins not zero together: {names}."
            )


def _joined(one: Rows, other: Rows) -> Rows:
    return Rows(
        sp.csr_matrix(sp.vstack([one.matrix, other.matrix])),
        np.concatenate([one.constant, other.constant]),
        np.concatenate([one.kind, other.kind]),
        np.concatenate([one.source, other.source + len(one.sources)]),
        one.sources + other.sources,
    )


def touched(rows: Rows, cells: NDArray[np.bool_]) -> Rows:
    """The rows with at least one of these cells."""
    return rows.kept((abs(rows.matrix) @ cells.astype(np.int64)) > 0)

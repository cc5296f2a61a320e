"""Finds alternative tables for one connected piece of what is hidden, from public lines alone.

Unknown are integers x ≥ lower with  A·x + known = 0  or  ≥ 0. A table is a solution. Wanted are few tables that
together lift every promised cell to its threshold and show it with two numbers. Each is found by one linear program:
maximise the sum of min(x, threshold) over the cells not lifted yet, each with a weight of its own, so that it is a
vertex; vertices of these systems are nearly always integral, and a table counts only if it satisfies every line in
integers. The first table settles what the attacker is granted: from then on the excess of every held line and the count
behind every shown rate stay as they are in it.

min(x, t) is linear in two columns: x = z + s with z ≤ t, and only z is worth something.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

EQUAL: Final = 0
AT_LEAST: Final = 1
HELD: Final = 2
_TRIES: Final = 4  # objectives for one purpose before single cells are looked at
_NODES: Final = 500

Vector = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Piece:
    """`need`: the threshold of a promised cell, 0 of any other; `settled`: known to the attacker once chosen."""

    matrix: sp.csr_matrix
    known: Vector
    kind: NDArray[np.uint8]
    lower: Vector
    upper: NDArray[np.float64]
    need: Vector
    settled: NDArray[np.bool_]

    def holds(self, table: Vector) -> bool:
        level = self.matrix @ table + self.known
        good = np.where(self.kind == EQUAL, level == 0, level >= 0)
        return bool(good.all() and (table >= self.lower).all() and (table <= self.upper).all())


class _Model:
    """HiGHS over z and s; the basis is kept from one objective to the next."""

    def __init__(self, piece: Piece) -> None:
        self.piece, self.size = piece, len(piece.lower)
        self.lifted = np.flatnonzero(piece.need > 0)
        columns = sp.csc_matrix(sp.hstack([piece.matrix, piece.matrix[:, self.lifted]]))
        lower = np.concatenate([piece.lower, np.zeros(len(self.lifted))]).astype(float)
        upper = np.concatenate([piece.upper, np.full(len(self.lifted), highspy.kHighsInf)])
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(lower), len(piece.known)
        model.col_cost_, model.col_lower_, model.col_upper_ = np.zeros(len(lower)), lower, upper
        model.row_lower_ = -piece.known.astype(float)
        model.row_upper_ = np.where(piece.kind == EQUAL, -piece.known, highspy.kHighsInf).astype(float)
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = columns.indptr, columns.indices
        model.a_matrix_.value_ = columns.data.astype(float)
        self.solver = highspy.Highs()  # type: ignore[no-untyped-call]  # the library has no types
        for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 1), ("mip_max_nodes", _NODES)):
            self.solver.setOptionValue(option, value)
        self.solver.passModel(model)
        self.solves = 0

    def hold(self, table: Vector) -> None:
        """Settles the excess of the held lines and the settled cells as they are in this table."""
        piece = self.piece
        held = np.flatnonzero(piece.kind == HELD).astype(np.int32)
        level = (piece.matrix @ table)[held].astype(float)
        for row, value in zip(held, level, strict=True):
            self.solver.changeRowBounds(int(row), value, value)
        fixed = np.flatnonzero(piece.settled).astype(np.int32)
        number = table[fixed].astype(float)
        self.solver.changeColsBounds(len(fixed), fixed, number, number)

    def reach(
        self, cells: Vector, weight: NDArray[np.float64], *, cap: Vector | None = None, whole: bool = False
    ) -> Vector | None:
        """A table that maximises Σ weight · min(x, cap) over the cells, if it holds; `whole`: by branch and bound.

        `cap` of every cell is its need unless told otherwise.
        """
        cost, capped = np.zeros(self.size + len(self.lifted)), self.piece.upper.copy()
        cost[cells] = weight
        cost[self.size :] = -1e-3
        capped[self.lifted] = highspy.kHighsInf
        chosen = np.zeros(self.size, dtype=bool)
        chosen[cells] = weight > 0
        low = self.piece.lower
        capped[chosen] = np.maximum(self.piece.need if cap is None else cap, low)[chosen]
        free = self.lifted.astype(np.int32)
        self.solver.changeColsBounds(len(free), free, low[free].astype(float), capped[free])
        return self._solved(cost, whole=whole)

    def _solved(self, cost: NDArray[np.float64], *, whole: bool) -> Vector | None:
        every = np.arange(len(cost), dtype=np.int32)
        self.solver.changeColsCost(len(cost), every, cost)
        self.solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
        kind = highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous
        if whole:
            self.solver.changeColsIntegrality(len(cost), every, np.array([kind] * len(cost)))
        self.solver.run()
        self.solves += 1
        values = np.array(self.solver.getSolution().col_value)
        found = self.solver.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        if whole:
            kinds = np.array([highspy.HighsVarType.kContinuous] * len(cost))
            self.solver.changeColsIntegrality(len(cost), every, kinds)
        if not found or len(values) != len(cost):
            return None
        table = values[: self.size].copy()
        table[self.lifted] += values[self.size :]
        rounded = np.round(table).astype(np.int64)
        return rounded if self.piece.holds(rounded) else None


@dataclass(frozen=True, slots=True)
class Found:
    """The tables of a piece, and the promised cells that they leave unlifted or with one number."""

    tables: tuple[Vector, ...]
    low: Vector
    same: Vector
    solves: int


def alternatives(piece: Piece) -> Found:
    """Tables of a piece; where the first choice of what is granted leaves cells behind, another is tried."""
    best = _attempt(piece, 0)
    for attempt in (1, 2):
        if not len(best.low) + len(best.same):
            break
        found = _attempt(piece, attempt)
        if len(found.low) + len(found.same) < len(best.low) + len(best.same):
            best = found
    return best


def _attempt(piece: Piece, attempt: int) -> Found:
    model = _Model(piece)
    first = next(_tables(model, np.flatnonzero(piece.need > 0), seed=100 * attempt), None)
    if first is None:
        promised = np.flatnonzero(piece.need > 0)
        return Found((), promised, promised, model.solves)
    model.hold(first)
    tables = [first]
    _lift(model, tables)
    _vary(model, tables)
    stack = np.stack(tables)
    low = np.flatnonzero(stack.max(axis=0) < piece.need)
    same = np.flatnonzero((stack.max(axis=0) == stack.min(axis=0)) & (piece.need > 0))
    return Found(tuple(tables), low, same, model.solves)


def _weights(count: int, seed: int) -> NDArray[np.float64]:
    """Deterministic weights from 1 to 2, another for every cell."""
    return 1 + ((np.arange(count) * 2654435761 + seed * 97) % 1000) / 1000


def _tables(model: _Model, cells: Vector, *, seed: int, sign: int = 1, cap: Vector | None = None) -> Iterator[Vector]:
    """Tables for one purpose: a few objectives, then branch and bound."""
    for number in range(_TRIES):
        table = model.reach(cells, sign * _weights(len(cells), seed + number), cap=cap)
        if table is not None:
            yield table
    table = model.reach(cells, sign * _weights(len(cells), seed), cap=cap, whole=True)
    if table is not None:
        yield table


def _lift(model: _Model, tables: list[Vector]) -> None:
    """Adds tables until every promised cell is lifted, or no more can be."""
    piece, hopeless, seed = model.piece, np.zeros(model.size, dtype=bool), 1
    while True:
        low = np.flatnonzero((np.max(tables, axis=0) < piece.need) & ~hopeless)
        if not len(low):
            return
        better = (t for t in _tables(model, low, seed=seed) if (t[low] >= piece.need[low]).any())
        table = next(better, None) if len(low) > 1 else None
        if table is None:
            alone = (t for t in _tables(model, low[:1], seed=seed) if t[low[0]] >= piece.need[low[0]])
            table = next(alone, None)
            hopeless[low[0]] = table is None
        if table is not None:
            tables.append(table)
        seed += 1


def _vary(model: _Model, tables: list[Vector]) -> None:
    """Adds tables until every promised cell has two numbers, or no more can."""
    piece, hopeless, seed = model.piece, np.zeros(model.size, dtype=bool), 1000
    while True:
        stack = np.stack(tables)
        same = np.flatnonzero((stack.max(axis=0) == stack.min(axis=0)) & (piece.need > 0) & ~hopeless)
        if not len(same):
            return
        table = next(_others(model, same, stack[0], seed), None) if len(same) > 1 else None
        if table is None:
            table = next(_others(model, same[:1], stack[0], seed), None)
            hopeless[same[0]] = table is None
        if table is not None:
            tables.append(table)
        seed += 1


def _others(model: _Model, cells: Vector, here: Vector, seed: int) -> Iterator[Vector]:
    """Tables in which some of the cells are smaller, or larger, than they are here."""
    for sign in (-1, 1):
        for table in _tables(model, cells, seed=seed, sign=sign, cap=here + 1):
            if (table[cells] != here[cells]).any():
                yield table

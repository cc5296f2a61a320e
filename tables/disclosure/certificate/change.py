"""The change of some classes of cells of a table while the others stand still, as a small linear program.

    maximise  worth·(u + d)    y = u − d,  0 ≤ u ≤ up,  0 ≤ d ≤ down,    A·y = gap,    B·y + slack ≥ 0

A bound enters when a change first breaks it. What of a change is not whole, and what that touches, is sought again in
whole numbers, the rest as it is.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from tables.disclosure.certificate.piece import AT_LEAST, Floats, Vector, weights
from tables.disclosure.certificate.solver import INFINITE, Solver

if TYPE_CHECKING:
    from tables.disclosure.certificate.around import Around

SHAKES: Final = 3
_ROUNDS: Final = 60  # of broken bounds for one change
_CLOSE: Final = 2  # slack of a bound over which mending spreads,
_HOPS: Final = 2  # so often,
_MOST: Final = 1_500  # to so many classes


@dataclass(frozen=True, slots=True)
class Stand:
    """Where lines stand and where equations must, and how far classes may go."""

    level: Vector
    granted: Vector
    up: Floats
    down: Floats


class Program:
    """The changes of some classes while the others stand still: y = u − d, both from 0.

    A bound enters when a change first breaks it. `fractional`: the last one took its classes all the way, but not in
    integers.
    """

    def __init__(self, around: "Around", classes: Vector, stand: Stand | None = None) -> None:
        self._around, self._classes, count = around, classes, len(classes)
        stand = stand or Stand(around.level, around.level, around.up, around.down)
        rows = sp.csr_matrix(around.matrix[:, classes])
        some = np.flatnonzero(np.diff(rows.indptr))
        equal = around.piece.kind[some] != AT_LEAST
        self._equal, self._bounds = sp.csr_matrix(rows[some[equal]]), sp.csr_matrix(rows[some[~equal]])
        self._slack = stand.level[some[~equal]].astype(float)
        self._gap = (stand.granted - stand.level)[some[equal]]
        self._entered = np.zeros(len(self._slack), dtype=np.bool_)
        self._up, self._down = stand.up[classes], stand.down[classes]
        self._worth = np.where(np.isin(classes, around.read), -1e-2, -1e-3)
        gap = self._gap.astype(float)
        columns = np.zeros(2 * count), np.concatenate([self._up, self._down])
        self.solver = Solver(sp.csr_matrix(sp.hstack([self._equal, -self._equal])), (gap, gap), columns)
        self.fractional = False

    def least(self) -> Vector | None:
        """The smallest change in whole numbers that brings the equations where they must be; over all classes."""
        nothing = np.zeros(0, dtype=np.int64)
        for shake in range(SHAKES):
            found = self.move(nothing, nothing, np.zeros(0), shake=shake)
            if found is not None:
                return found
        if self._bounds.shape[0]:
            self.solver.add(sp.csr_matrix(sp.hstack([self._bounds, -self._bounds])), -self._slack)
        values = self.solver.maximise(np.full(2 * len(self._classes), -1.0), whole=True)
        return None if values is None else self._whole(values[: len(self._classes)] - values[len(self._classes) :])

    def move(self, wanted: Vector, steps: Vector, weight: Floats, *, shake: int = 0) -> Vector | None:
        """The change that takes the wanted classes furthest, none past its step; over all classes, or None."""
        count, self.fractional = len(self._classes), False
        place = np.searchsorted(self._classes, wanted)
        column, opposite = np.where(steps > 0, place, place + count), np.where(steps > 0, place + count, place)
        most = np.concatenate([self._up, self._down])
        limit = most.copy()
        limit[column], limit[opposite] = np.minimum(np.abs(steps), most[column]), 0
        both = np.concatenate([column, opposite])
        self.solver.bound(both, np.zeros(len(both)), limit[both])
        worth = np.tile(self._worth, 2) * (1 + shake * weights(2 * count, shake))
        worth[column] = weight
        step = self._allowed(worth)
        self.solver.bound(both, np.zeros(len(both)), most[both])
        if step is None:
            return None
        self.fractional = bool((np.abs(step[place]) >= np.abs(steps) - 1e-6).all())
        return self._whole(self._mended(step, worth, limit))

    def _mended(self, step: Floats, worth: Floats, limit: Floats) -> Floats:
        """The change with what is not whole, and what that touches, sought in whole numbers; else as it was."""
        table = np.round(step)
        near = np.flatnonzero(np.abs(step - table) > 1e-6)
        for _ in range(_HOPS if len(near) else 0):
            near = self._touched(near, table)
            if len(near) > _MOST:
                break
            rest = table.copy()
            rest[near] = 0
            equal, bounds = sp.csr_matrix(self._equal[:, near]), sp.csr_matrix(self._bounds[:, near])
            here, there = np.flatnonzero(np.diff(equal.indptr)), np.flatnonzero(np.diff(bounds.indptr))
            gap = (self._gap - self._equal @ rest)[here]
            low = np.concatenate([gap, -(self._slack + self._bounds @ rest)[there]])
            high = np.concatenate([gap, np.full(len(there), INFINITE)])
            rows, both = sp.vstack([equal[here], bounds[there]]), np.concatenate([near, near + len(step)])
            solver = Solver(sp.csr_matrix(sp.hstack([rows, -rows])), (low, high), (np.zeros(len(both)), limit[both]))
            values = solver.maximise(worth[both], whole=True)
            self.solver.solves += solver.solves
            if values is not None:
                rest[near] = np.round(values[: len(near)] - values[len(near) :])
                return rest
        return step

    def _touched(self, near: Vector, step: Floats) -> Vector:
        """The classes that share an equation, or a bound with little slack, with these."""
        lines = np.unique(self._equal[:, near].tocsc().indices)
        bounds = np.unique(self._bounds[:, near].tocsc().indices)
        bounds = bounds[(self._bounds @ step + self._slack)[bounds] < _CLOSE]
        more = np.concatenate([self._equal[lines].indices, self._bounds[bounds].indices])
        return np.union1d(near, more).astype(np.int64)

    def _allowed(self, worth: Floats) -> Floats | None:
        """The best change within all bounds."""
        count = len(self._classes)
        for _ in range(_ROUNDS):
            values = self.solver.maximise(worth)
            if values is None:
                return None
            step: Floats = values[:count] - values[count:]
            broken = np.flatnonzero((self._bounds @ step + self._slack < -1e-6) & ~self._entered)
            if not len(broken):
                return step
            self._entered[broken] = True
            part = sp.csr_matrix(self._bounds[broken])
            self.solver.add(sp.csr_matrix(sp.hstack([part, -part])), -self._slack[broken])
        return None

    def _whole(self, step: Floats) -> Vector | None:
        """The change in integers; of a fractional one, the chains of cells that are whole."""
        rounded = np.round(step).astype(np.int64)
        bad = np.abs(step - rounded) > 1e-6
        used = np.flatnonzero(np.abs(step) > 1e-6)
        if bad.any():
            pair = sp.coo_matrix(self._equal[:, used])
            size = len(used) + pair.shape[0]
            graph = sp.coo_matrix((np.ones(pair.nnz), (pair.col, pair.row + len(used))), shape=(size, size))
            label = connected_components(graph, directed=False)[1][: len(used)]
            rounded[used[np.isin(label, label[bad[used]])]] = 0
        if (self._equal @ rounded != self._gap).any() or (self._bounds @ rounded + self._slack < 0).any():
            return None
        found = np.zeros(len(self._around.down), dtype=np.int64)
        found[self._classes] = rounded
        return found

"""Other tables around one that is known: what can change while everything granted and published stays.

Around a table x a change y keeps the equations and the held lines,  A·y = 0, and the bounds,  B·(x + y) + known ≥ 0.
The equations chain cells to blocks; a block changes by itself while the rest stands still, in a small program. Blocks
that bind one another by tight lines change together where one alone cannot.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from tables.disclosure.certificate.piece import AT_LEAST, Floats, Piece, Vector, weights
from tables.disclosure.certificate.solver import INFINITE, Solver

_SHAKES: Final = 3
_SHRINK: Final = 5  # how many times fewer are changed at once, where many did not go well
_ROUNDS: Final = 60  # of broken bounds for one change
_TIGHT: Final = 5
_CLOSE: Final = 2  # slack of a bound over which mending spreads,
_HOPS: Final = 2  # so often,
_MOST: Final = 1_500  # to so many classes
_NEAR: Final = (0, 500, 1_500, 4_000)  # classes that change together to go on with a table of the period before


class Around:
    """The changes of a table. Cells that are alike change alike, unless `freely`: `label` gives the class of a cell."""

    def __init__(self, piece: Piece, table: Vector, *, freely: bool = False) -> None:
        self.piece, self.table = piece, table
        size, alike = len(table), piece.alike[: 0 if freely else None]
        graph = sp.coo_matrix((np.ones(len(alike)), (alike[:, 0], alike[:, 1])), shape=(size, size))
        count, label = connected_components(graph, directed=False)
        self.label: Vector = label.astype(np.int64)
        copy = sp.csr_matrix((np.ones(size, dtype=np.int64), (np.arange(size), self.label)), shape=(size, count))
        self.matrix = sp.csr_matrix(piece.matrix @ copy)
        self.matrix.eliminate_zeros()
        self.level = piece.level(table)
        self.down = np.full(count, np.inf)
        np.minimum.at(self.down, self.label, (table - piece.lower).astype(float))
        self.up = np.full(count, np.inf)
        np.minimum.at(self.up, self.label, piece.upper - table)
        still = self.label[piece.settled]
        self.down[still] = self.up[still] = 0
        self.read = self.label[piece.read]
        self.blocks = self._blocks(np.flatnonzero((self.down > 0) | (self.up > 0)))
        self.solves = 0

    def _blocks(self, mobile: Vector) -> list[Vector]:
        pair = sp.coo_matrix(self.matrix[self.piece.kind != AT_LEAST][:, mobile])
        size = len(mobile) + pair.shape[0]
        graph = sp.coo_matrix((np.ones(pair.nnz), (pair.col, pair.row + len(mobile))), shape=(size, size))
        _, label = connected_components(graph, directed=False)
        order = np.argsort(label[: len(mobile)], kind="stable")
        parts = np.split(mobile[order], np.flatnonzero(np.diff(label[: len(mobile)][order])) + 1)
        return sorted((part for part in parts if len(part)), key=lambda part: (-len(part), int(part[0])))

    def neighbourhoods(self, wanted: Vector, most: int) -> Iterator[tuple[Vector, Vector]]:
        """Blocks with wanted classes, each with those that bind it, up to so many classes: (classes, wanted).

        Where there is room for all classes, all at once.
        """
        if most >= len(self.down):
            yield np.sort(np.concatenate([*self.blocks, wanted[:0]])), wanted
            return
        block = np.full(len(self.down), -1, dtype=np.int64)
        for number, part in enumerate(self.blocks):
            block[part] = number
        tight = sp.coo_matrix(self.matrix[(self.piece.kind == AT_LEAST) & (self.level < _TIGHT)])
        inside = block[tight.col] >= 0
        places = tight.row[inside], block[tight.col[inside]]
        binds = sp.csc_matrix((np.ones(inside.sum()), places), shape=(tight.shape[0], max(1, len(self.blocks))))
        by_row = sp.csr_matrix(binds)
        for number in np.unique(block[wanted][block[wanted] >= 0]).tolist():
            bound = np.unique(by_row[np.unique(binds[:, number].indices)].indices)
            taken, size = [self.blocks[number]], len(self.blocks[number])
            for other in sorted(bound.tolist(), key=lambda one: (-len(self.blocks[one]), one)):
                if other != number and size + len(self.blocks[other]) <= most:
                    taken.append(self.blocks[other])
                    size += len(self.blocks[other])
            yield np.sort(np.concatenate(taken)), wanted[block[wanted] == number]

    def onward(self, shift: Vector) -> tuple[Vector | None, Vector]:
        """A table that goes on where the period before shifts the lines; or None, and the lines that cannot.

        Neighbourhood by neighbourhood, as little is changed as can be, and nothing that the next period reads.
        """
        step, level = np.zeros(len(self.down), dtype=np.int64), self.level + shift
        up, down = self.up.copy(), self.down.copy()
        up[self.read] = down[self.read] = 0
        for most in _NEAR:
            for classes, _ in self.neighbourhoods(self._first(self._wrong(level)), most):
                program = _Program(self, classes, _Stand(level, self.level, up - step, down + step))
                found = program.least()
                if found is not None:
                    step += found
                    level = level + self.matrix @ found
            if not len(self._wrong(level)):
                return self.table + step[self.label], np.zeros(0, dtype=np.int64)
        return None, self._wrong(level)

    def _wrong(self, level: Vector) -> Vector:
        """The lines that are not as granted, or broken."""
        bound = self.piece.kind == AT_LEAST
        wrong: Vector = np.flatnonzero(np.where(bound, level < 0, level != self.level))
        return wrong

    def _first(self, lines: Vector) -> Vector:
        """A class of each line that can change, if it has one."""
        mobile = np.zeros(len(self.down), dtype=np.bool_)
        mobile[np.concatenate([*self.blocks, np.zeros(0, dtype=np.int64)])] = True
        own = [self.matrix[line].indices for line in lines.tolist()]
        return np.array([classes[mobile[classes]][0] for classes in own if mobile[classes].any()], dtype=np.int64)

    def changes(self, classes: Vector, wanted: Vector, steps: Vector, seed: int) -> Iterator[Vector]:
        """Changes of some classes (over cells) that take wanted ones their steps, many at a time, then one."""
        program = _Program(self, classes)
        left = np.flatnonzero(np.isin(wanted, classes))
        size = len(left)
        while len(left) and size > 1:
            found, before = np.zeros(len(wanted), dtype=np.bool_), len(left)
            for part in (left[start : start + size] for start in range(0, len(left), size)):
                part = part[~found[part]]
                change = program.move(wanted[part], steps[part], weights(len(part), seed)) if len(part) else None
                if change is not None:
                    up = left[_reached(change, wanted[left], steps[left])]
                    if not found[up].all():
                        yield change[self.label]
                    found[up] = True
            left = left[~found[left]]
            size = size if 2 * len(left) < before else min(size, len(left)) // _SHRINK
        for one in left.tolist():
            for shake in range(_SHAKES):
                change = program.move(wanted[[one]], steps[[one]], np.ones(1), shake=shake)
                if change is not None and _reached(change, wanted[[one]], steps[[one]]).all():
                    yield change[self.label]
                    break
                if not program.fractional:
                    break
        self.solves += program.solver.solves


def _reached(change: Vector, wanted: Vector, steps: Vector) -> NDArray[np.bool_]:
    there = change[wanted]
    reached: NDArray[np.bool_] = np.where(steps > 0, there >= steps, there <= steps)
    return reached


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where lines stand and where equations must, and how far classes may go."""

    level: Vector
    granted: Vector
    up: Floats
    down: Floats


class _Program:
    """The changes of some classes while the others stand still: y = u − d, both from 0.

    A bound enters when a change first breaks it. `fractional`: the last one took its classes all the way, but not in
    integers.
    """

    def __init__(self, around: Around, classes: Vector, stand: _Stand | None = None) -> None:
        self._around, self._classes, count = around, classes, len(classes)
        stand = stand or _Stand(around.level, around.level, around.up, around.down)
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
        for shake in range(_SHAKES):
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

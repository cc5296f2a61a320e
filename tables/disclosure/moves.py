"""Integer moves: what a reader must think possible besides the truth (disclosure §5).

With v the true numbers, S the hidden cells, A the equations (lines that add up, and lines whose excess is granted) and
B the inequalities, a move is an integer vector y, zero outside S, with

    A·y = 0        B·(v + y) + constant ≥ 0        v + y ≥ lower on S

so v + y is a complete table that agrees with all that is published. A move that lifts a primary p by H(p) − v(p) is its
witness. The cheapest one, y = y⁺ − y⁻ minimising cost·(y⁺ + y⁻), is a linear program; its vertices are integral for
additive tables. Of the inequalities few matter to any one move: a row enters the program when a move first breaks it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from tables.disclosure.linear import INFINITE, Program, mobile, used_rows
from tables.disclosure.rows import AT_LEAST, Rows

FREE: Final = 1e-4  # the cost of moving what is hidden anyway
_SHAKES: Final = 3
_ROUNDS: Final = 60  # of broken inequalities for one move

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Problem:
    """Cells with their truth. `movable` may be hidden; a hidden cell may be thought to be `lower` or more.

    `target` is the number a primary must be thought to have at least; `weight` what hiding a cell costs.
    """

    value: Ints
    rows: Rows
    movable: Flags
    lower: Ints
    primary: Flags
    target: Ints
    weight: Floats

    @property
    def size(self) -> int:
        return len(self.value)


@dataclass(frozen=True, slots=True)
class Move:
    """A move by its nonzero entries."""

    cells: Ints
    steps: Ints

    def at(self, cells: Ints) -> Ints:
        """The steps of these cells, 0 where it does not move them."""
        place = np.searchsorted(self.cells, cells)
        place[place == len(self.cells)] = 0
        if not len(self.cells):
            return np.zeros(len(cells), dtype=np.int64)
        return np.where(self.cells[place] == cells, self.steps[place], 0)


class Moves:
    """The moves of some cells of a problem, cheapest first."""

    def __init__(self, problem: Problem, cells: Ints, *, small: bool = False) -> None:
        self.problem, self._small = problem, small
        equations = problem.rows.kind != AT_LEAST
        self.cells = mobile(problem.rows.matrix[equations], cells)
        self.place = np.full(problem.size, -1, dtype=np.int64)
        self.place[self.cells] = np.arange(len(self.cells))
        matrix = used_rows(sp.csr_matrix(problem.rows.matrix[equations][:, self.cells]))
        self._equations = matrix
        self._unequal, self._slack = self._inequalities(~equations)
        self._entered = np.zeros(len(self._slack), dtype=np.bool_)
        self._down = np.maximum(problem.value - problem.lower, 0)[self.cells].astype(float)
        self._open = np.ones(len(self.cells), dtype=np.bool_)
        self._fraction = False  # whether the last program ended in a fractional vertex,
        self._last = np.zeros(len(self.cells))  # and its move
        zero = np.zeros(matrix.shape[0])
        columns = sp.csc_matrix(sp.hstack([matrix, -matrix]))
        bounds = np.zeros(2 * len(self.cells)), np.concatenate([np.full(len(self.cells), INFINITE), self._down])
        self._program = Program(columns, zero, zero, *bounds)

    @property
    def solves(self) -> int:
        return self._program.solves

    def _inequalities(self, which: Flags) -> tuple[sp.csr_matrix, Floats]:
        """The inequalities among the mobile cells with their slack at the truth; one that is broken there is let be."""
        rows = self.problem.rows
        level = rows.matrix[which] @ self.problem.value + rows.constant[which]
        matrix = sp.csr_matrix(rows.matrix[which][:, self.cells])
        some = np.diff(matrix.indptr) > 0
        return sp.csr_matrix(matrix[some]), np.maximum(level[some], 0).astype(float)

    def close(self, cells: Ints) -> None:
        """These cells stay as they are until opened again."""
        self._set(cells, np.zeros(len(cells), dtype=np.bool_))

    def open(self, cells: Ints) -> None:
        self._set(cells, np.ones(len(cells), dtype=np.bool_))

    def _set(self, cells: Ints, open_: Flags) -> None:
        place = self.place[cells]
        place, open_ = place[place >= 0], open_[place >= 0]
        self._open[place] = open_
        self._bound(place)

    def _bound(self, place: Ints) -> None:
        """Back to the bounds of every day."""
        both = np.concatenate([place, place + len(self.cells)])
        upper = np.concatenate([np.full(len(place), INFINITE), self._down[place]])
        upper[~np.concatenate([self._open[place]] * 2)] = 0
        self._program.bound(both, np.zeros(len(both)), upper)

    def lift(self, batch: Sequence[int], cost: Floats, *, alone: bool = False) -> Move | None:
        """The cheapest move that lifts every primary of the batch to its target; `alone`: branch where need be.

        `cost` is over all cells of the problem.
        """
        cells = np.array(batch, dtype=np.int64)
        up = (self.problem.target - self.problem.value)[cells].astype(float)
        return self.shift(cells, up, cost, alone=alone)

    def shift(self, cells: Ints, steps: Floats, cost: Floats, *, alone: bool = False) -> Move | None:
        """The cheapest move with at least these steps up, or (negative) down."""
        place = self.place[cells]
        if (place < 0).any() or not self._open[place].all():
            return None
        count = len(self.cells)
        up, down = np.maximum(steps, 0), np.maximum(-steps, 0)
        both = np.concatenate([place, place + count])
        highest = np.concatenate([np.where(steps > 0, INFINITE, 0), np.where(steps < 0, self._down[place], 0)])
        lowest = np.concatenate([up, down])
        if (lowest > highest).any():
            return None
        self._program.bound(both, lowest, highest)
        price = np.tile(cost[self.cells] + FREE, 2)
        found = self._settled(price, alone=False)
        if alone and found is None and self._fraction:
            found = self._shaken(price)
            near = self._near(cells, steps, cost) if found is None else None
            if near is not None:
                self._bound(place)
                return near
            found = self._settled(price, alone=True) if found is None else found
        self._bound(place)
        if found is None:
            return None
        moved = np.flatnonzero(found)
        return Move(self.cells[moved], found[moved])

    def pool(self, cells: Ints, weight: Floats) -> Move | None:
        """The move that lifts many: it maximises Σ weight · min(step, target − value) over the cells."""
        place = self.place[cells]
        inside = (place >= 0) & self._open[place]
        place, most = place[inside], (self.problem.target - self.problem.value)[cells[inside]].astype(float)
        price = np.full(2 * len(self.cells), FREE)
        price[place] = -weight[inside]
        self._program.bound(place, np.zeros(len(place)), most)
        found = self._settled(price, alone=False)
        self._bound(place)
        if found is None and self._fraction:
            found = self._salvaged(self._last)
        if found is None or not found.any():
            return None
        moved = np.flatnonzero(found)
        return Move(self.cells[moved], found[moved])

    def _salvaged(self, step: Floats) -> Ints | None:
        """Of a fractional move the parts that are whole: a part may stay behind, for nothing moved is always possible.

        Parts are chained by equations; one that breaks an inequality without the others stays behind as well.
        """
        whole = np.abs(step - np.round(step)) < 1e-6
        used = np.flatnonzero(np.abs(step) > 1e-6)
        pair = sp.coo_matrix(self._equations[:, used])
        size = len(used) + pair.shape[0]
        ones = np.ones(pair.nnz, dtype=np.int8)
        graph = sp.coo_matrix((ones, (pair.col, pair.row + len(used))), shape=(size, size))
        label = connected_components(graph, directed=False)[1][: len(used)]
        good = ~np.isin(label, label[~whole[used]])
        move = np.zeros(len(step), dtype=np.int64)
        for _ in range(_ROUNDS):
            move[:] = 0
            move[used[good]] = np.round(step[used[good]])
            broken = np.flatnonzero(self._unequal @ move + self._slack < 0)
            if not len(broken):
                return self._exact(move.astype(float))
            touched = np.isin(used, np.unique(self._unequal[broken].indices)) & good
            good &= ~np.isin(label, label[touched])
        return None

    def _shaken(self, cost: Floats) -> Ints | None:
        """A fractional vertex: prices a little off lead to other vertices."""
        for number in range(1, _SHAKES + 1):
            noise = ((np.arange(len(cost)) % len(self.cells)) * 2654435761 + number * 7919) % 1000 / 1000
            found = self._settled(cost * (1 + noise / 2), alone=False)
            if found is not None:
                return found
        return None

    def _near(self, cells: Ints, steps: Floats, cost: Floats) -> Move | None:
        """Branches among the cells that share an equation with those the fractional move used."""
        used = np.flatnonzero(np.abs(self._last) > 1e-6)
        lines = np.unique(sp.csc_matrix(self._equations[:, used]).indices)
        near = np.unique(self._equations[lines].indices)
        near = near[self._open[near]]
        if self._small or 2 * len(near) > len(self.cells):
            return None
        return Moves(self.problem, self.cells[near], small=True).shift(cells, steps, cost, alone=True)

    def _settled(self, cost: Floats, *, alone: bool) -> Ints | None:
        """Solves, and lets in the inequalities that the move breaks, until none is broken."""
        count, self._fraction = len(self.cells), False
        for _ in range(_ROUNDS):
            values = self._program.minimise(cost)
            if values is None:
                return None
            whole = bool(np.abs(values - np.round(values)).max(initial=0) < 1e-6)
            self._fraction = not whole
            if not whole and alone:
                values = self._program.branch()
                if values is None:
                    return None
            step = values[:count] - values[count:]
            self._last = step
            broken = np.flatnonzero((self._unequal @ step + self._slack < -1e-6) & ~self._entered)
            if not len(broken):
                return self._exact(step) if whole or alone else None
            self._entered[broken] = True
            part = sp.csr_matrix(self._unequal[broken])
            self._program.add(sp.csr_matrix(sp.hstack([part, -part])), -self._slack[broken])
        return None

    def _exact(self, step: Floats) -> Ints | None:
        """The move in integers, if it holds in integers."""
        move = np.round(step).astype(np.int64)
        good = not (self._equations @ move).any() and (self._unequal @ move + self._slack >= 0).all()
        return move if good and (move >= -self._down).all() else None

"""A piece as one program: tables that lift as many cells as can be at once.

min(x, t) is linear in two columns: x = z + s with z ≤ t, and only z is worth something. The best vertex is integral but
for a few cells; these and all cells they share a line with are then sought in integers, the rest as they are.
Most bounds never matter: a bound on one cell is part of that cell's own, and any other enters the program when a vertex
first breaks it.
"""

from typing import Final

import numpy as np
import scipy.sparse as sp

from tables.disclosure.certificate.piece import AT_LEAST, EQUAL, HELD, Floats, Piece, Vector, weights
from tables.disclosure.certificate.solver import INFINITE, Solver

_TIGHT: Final = 3  # slack of a bound over which mending spreads
_HOPS: Final = 3
_HEAVY: Final = 100.0
_SOLUTIONS: Final = 4  # whose mean is the centre,
_FOCUSES: Final = 3  # so many times
_ROUNDS: Final = 100  # of broken bounds for one vertex


class Whole:
    """`held`: the lines and cells that are settled, once `hold` was told the first table."""

    def __init__(self, piece: Piece) -> None:
        self.piece, self.lifted = piece, np.flatnonzero(piece.need > 0)
        self.low = -piece.known.astype(float)
        self.high = np.where(piece.kind == EQUAL, self.low, INFINITE)
        self.lower, self.upper = piece.lower.astype(float), piece.upper.copy()
        _tighten(piece, self.lower)
        self._core = np.flatnonzero(piece.kind != AT_LEAST)  # the rows that are in the program from the start,
        self._later = _open_bounds(piece, self.lower)  # and those that enter it when a vertex breaks them
        matrix = sp.csr_matrix(sp.hstack([piece.matrix, piece.matrix[:, self.lifted]]))
        self._bounds = sp.csr_matrix(matrix[self._later])
        self._solver = self._program(self._core)
        self._columns = piece.matrix.tocsc()

    @property
    def solves(self) -> int:
        return self._solver.solves

    def _program(self, rows: Vector) -> Solver:
        matrix = sp.csr_matrix(sp.hstack([self.piece.matrix, self.piece.matrix[:, self.lifted]]))
        extra = np.zeros(len(self.lifted))
        columns = np.concatenate([self.lower, extra]), np.concatenate([self.upper, extra + INFINITE])
        return Solver(sp.csr_matrix(matrix[rows]), (self.low[rows], self.high[rows]), columns)

    def hold(self, table: Vector) -> None:
        """Settles the excess of the held lines and the settled cells as they are in this table."""
        held = np.flatnonzero(self.piece.kind == HELD)
        self.low[held] = self.high[held] = (self.piece.matrix @ table)[held]
        self._solver.hold(np.searchsorted(self._core, held), self.low[held], self.high[held])
        self.keep(np.flatnonzero(self.piece.settled), table)

    def keep(self, cells: Vector, table: Vector) -> None:
        """These cells are as in this table from now on."""
        self.lower[cells] = self.upper[cells] = table[cells]
        self._solver.bound(cells, self.lower[cells], self.upper[cells])
        above = len(self.lower) + np.flatnonzero(np.isin(self.lifted, cells))
        self._solver.bound(above, np.zeros(len(above)), np.zeros(len(above)))

    def centre(self, seed: int, focus: Vector) -> Vector:
        """Leaves what will be settled only a little room around the mean of several solutions.

        At a vertex much of it is as large or small as can be, and then there are cells that nothing can lift any more.
        Each solution lifts its share of the cells in focus, and is in the middle of all that do; those that none lifted
        are in focus next, and returned at the end.
        """
        rows = np.sort(np.concatenate([self._core, self._later]))
        solver = self._program(rows)
        solver.inside()
        found = [self.lower]
        for step in range(_FOCUSES):
            shares = (focus[number::_SOLUTIONS] for number in range(_SOLUTIONS))
            for number, share in enumerate(share for share in shares if len(share)):
                solver.bound(self.lifted, *self._wanted(share))
                values = solver.maximise(self._worth(share, seed + step * _SOLUTIONS + number))
                if values is not None:
                    found.append(self._table(values))
            focus = focus[np.max(found, axis=0)[focus] < self.piece.need[focus] - 1e-3]
        middle = np.mean(found[1:] or found, axis=0)
        held = np.flatnonzero(self.piece.kind == HELD)
        level = (self.piece.matrix @ middle)[held]
        self.high[held] = np.ceil(level + 1)
        self.low[held] = np.maximum(self.low[held], np.floor(level - 1))
        self._solver.hold(np.searchsorted(self._core, held), self.low[held], self.high[held])
        fixed = np.flatnonzero(self.piece.settled)
        self.lower[fixed] = np.maximum(self.lower[fixed], np.floor(middle[fixed] - 1))
        self.upper[fixed] = np.minimum(self.upper[fixed], np.ceil(middle[fixed] + 1))
        self._solver.bound(fixed, self.lower[fixed], self.upper[fixed])
        return focus

    def reach(self, cells: Vector, seed: int, heavy: Vector | None = None) -> Vector | None:
        """A table with as many of these cells at their threshold as can be, or nearly so; the heavy ones before all."""
        table = self._vertex(cells, seed, heavy)
        if table is None:
            return None
        rounded = np.round(table).astype(np.int64)
        return rounded if self.holds(rounded) else self._mended(table, cells)

    def _vertex(self, cells: Vector, seed: int, heavy: Vector | None = None) -> Floats | None:
        self._solver.bound(self.lifted, *self._wanted(cells))
        worth = self._worth(cells, seed)
        if heavy is not None:
            worth[heavy] *= _HEAVY
        values = self._allowed(worth)
        return None if values is None else self._table(values)

    def _wanted(self, cells: Vector) -> tuple[Floats, Floats]:
        """Bounds of z = min(x, t) for the cells that are to be lifted, of the others as ever."""
        upper = self.upper.copy()
        upper[cells] = np.minimum(upper[cells], np.maximum(self.piece.need[cells], self.lower[cells]))
        return self.lower[self.lifted], upper[self.lifted]

    def _worth(self, cells: Vector, seed: int) -> Floats:
        worth = np.concatenate([np.zeros(len(self.lower)), np.full(len(self.lifted), -1e-3)])
        worth[cells] = weights(len(cells), seed)
        return worth

    def _table(self, values: Floats) -> Floats:
        """x = z + s."""
        table: Floats = values[: len(self.lower)].copy()
        table[self.lifted] += values[len(self.lower) :]
        return table

    def _allowed(self, worth: Floats) -> Floats | None:
        """The best vertex within all bounds."""
        for _ in range(_ROUNDS):
            values = self._solver.maximise(worth)
            if values is None:
                return None
            broken = self._bounds @ values < self.low[self._later] - 1e-6
            if not broken.any():
                return values
            self._solver.add(sp.csr_matrix(self._bounds[broken]), self.low[self._later[broken]])
            self._bounds, self._later = sp.csr_matrix(self._bounds[~broken]), self._later[~broken]
        return None

    def holds(self, table: Vector) -> bool:
        level = self.piece.matrix @ table
        good = (level >= self.low).all() and (level <= self.high).all()
        return bool(good and (table >= self.lower).all() and (table <= self.upper).all())

    def _mended(self, table: Floats, cells: Vector) -> Vector | None:
        """The table in integers: what is not, with what it touches, more and more of it, by branch and bound."""
        rounded = np.round(table).astype(np.int64)
        loose = np.flatnonzero(np.abs(table - rounded) > 1e-6)
        near = loose
        for _ in range(_HOPS):
            near = self._touched(near, rounded)
            mended = self._sought(near, rounded, cells, np.ceil(table))
            if mended is not None:
                return mended
        return None

    def _touched(self, cells: Vector, table: Vector) -> Vector:
        """The cells that share an equation, or a bound with little slack, with these."""
        rows = np.unique(self._columns[:, cells].indices)
        slack = (self.piece.matrix @ table)[rows] - self.low[rows]
        rows = rows[(self.piece.kind[rows] != AT_LEAST) | (slack < _TIGHT)]
        return np.union1d(cells, np.unique(self.piece.matrix[rows].indices))

    def _sought(self, near: Vector, table: Vector, cells: Vector, most: Floats) -> Vector | None:
        part = sp.csr_matrix(self._columns[:, near])
        rows = np.flatnonzero(np.diff(part.indptr))
        rest = (self.piece.matrix @ table)[rows] - part[rows] @ table[near]
        bounds = self.low[rows] - rest, self.high[rows] - rest
        upper = self.upper[near].copy()
        wanted = np.isin(near, cells)
        upper[wanted] = np.minimum(upper[wanted], np.maximum(self.piece.need, most + 1)[near[wanted]])
        solver = Solver(sp.csr_matrix(part[rows]), bounds, (self.lower[near], upper))
        values = solver.maximise(np.where(wanted, 1.0, -1e-3), whole=True)
        if values is None:
            return None
        found = table.copy()
        found[near] = np.round(values).astype(np.int64)
        return found if self.holds(found) else None


def _tighten(piece: Piece, lower: Floats) -> None:
    """Raises the bounds of cells to what lines of one cell ask (changed in place)."""
    rows = np.flatnonzero((np.diff(piece.matrix.indptr) == 1) & (piece.kind != EQUAL))
    cells, factors = piece.matrix.indices[piece.matrix.indptr[rows]], piece.matrix.data[piece.matrix.indptr[rows]]
    up = factors > 0
    np.maximum.at(lower, cells[up], np.ceil(-piece.known[rows[up]] / factors[up]))


def _open_bounds(piece: Piece, lower: Floats) -> Vector:
    """The bounds that a table within the bounds of its cells may break; of equal ones the first, and the strictest."""
    positive = piece.matrix.maximum(0)
    fall = np.asarray((piece.matrix - positive).getnnz(axis=1))
    met = (fall == 0) & (positive @ lower + piece.known >= 0)
    rows = np.flatnonzero((piece.kind == AT_LEAST) & ~met)
    strictest: dict[bytes, int] = {}
    for row in rows.tolist():
        own = slice(piece.matrix.indptr[row], piece.matrix.indptr[row + 1])
        key = piece.matrix.indices[own].tobytes() + piece.matrix.data[own].tobytes()
        if key not in strictest or piece.known[row] < piece.known[strictest[key]]:
            strictest[key] = row
    return np.array(sorted(strictest.values()), dtype=np.int64)

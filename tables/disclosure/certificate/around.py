"""Other tables around one that is known: what can change while everything granted and published stays.

Around a table x a change y keeps the equations and the held lines,  A·y = 0, and the bounds,  B·(x + y) + known ≥ 0.
The equations chain cells to blocks; a block changes by itself while the rest stands still, in a small program. Blocks
that bind one another by tight lines change together where one alone cannot.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from tables.disclosure.certificate.change import SHAKES, Program, Stand
from tables.disclosure.certificate.piece import AT_LEAST, Piece, Vector, weights

_SHRINK: Final = 5  # how many times fewer are changed at once, where many did not go well
_TIGHT: Final = 5
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
                program = Program(self, classes, Stand(level, self.level, up - step, down + step))
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
        program = Program(self, classes)
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
            for shake in range(SHAKES):
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

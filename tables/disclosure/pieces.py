"""Pieces of a problem that can be solved by themselves, and which of them bind one another.

Equations chain cells to pieces. An inequality with little slack binds pieces: where many children have many measures,
one paragraph can only grow if another shrinks.
"""

from typing import Final

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from tables.disclosure.moves import Flags, Ints, Problem
from tables.disclosure.rows import AT_LEAST

_TIGHT: Final = 5  # slack of an inequality that a witness may well need


def pieces(problem: Problem, cells: Ints) -> list[Ints]:
    """The cells by connected component of the equations, the largest first."""
    pair = sp.coo_matrix(problem.rows.matrix[problem.rows.kind != AT_LEAST][:, cells])
    size = len(cells) + pair.shape[0]
    ones = np.ones(pair.nnz, dtype=np.int8)
    graph = sp.coo_matrix((ones, (pair.col, pair.row + len(cells))), shape=(size, size))
    count, label = connected_components(graph, directed=False)
    order = np.argsort(label[: len(cells)], kind="stable")
    cuts = np.searchsorted(label[: len(cells)][order], np.arange(1, count))
    parts = [cells[part] for part in np.split(order, cuts) if len(part)]
    return sorted(parts, key=lambda part: (-len(part), int(part[0])))


class Blocks:
    """The pieces of a problem with the tight inequalities between them."""

    def __init__(self, problem: Problem, parts: list[Ints]) -> None:
        self.parts = parts
        self.block = np.full(problem.size, -1, dtype=np.int64)
        for number, part in enumerate(parts):
            self.block[part] = number
        rows = problem.rows
        level = rows.matrix @ problem.value + rows.constant
        tight = sp.coo_matrix(rows.matrix[(rows.kind == AT_LEAST) & (level < _TIGHT)])
        inside = self.block[tight.col] >= 0
        places = (tight.row[inside], self.block[tight.col[inside]])
        shape = (tight.shape[0], len(parts))
        self._binds = sp.csc_matrix((np.ones(len(places[0]), dtype=np.int64), places), shape=shape)

    def sorted(self, cells: list[int]) -> list[tuple[int, list[int]]]:
        """The cells by block, the block with the most of them first."""
        found: dict[int, list[int]] = {}
        for cell in cells:
            found.setdefault(int(self.block[cell]), []).append(cell)
        return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))

    def near(self, block: int, hidden: Flags, most: int) -> Ints:
        """A block with those it is bound to, the ones with most hidden cells first, up to so many cells in all."""
        rows = np.unique(self._binds[:, block].indices)
        bound = np.unique(sp.csr_matrix(self._binds)[rows].indices)
        order = sorted(bound.tolist(), key=lambda one: (-int(hidden[self.parts[one]].sum()), one))
        taken, size = [self.parts[block]], len(self.parts[block])
        for one in order:
            if one != block and size + len(self.parts[one]) <= most:
                taken.append(self.parts[one])
                size += len(self.parts[one])
        return np.sort(np.concatenate(taken))

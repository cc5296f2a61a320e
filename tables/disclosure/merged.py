"""Cells that are hidden together move together: one column for each class of them.

Equal cells of two tables are one unknown. Twins (children and their measures) are two, but a witness may as well move
both alike: then the rows between them cannot break, and the program is as small and as integral as that of one table.
With R the matrix that copies the step of a class to its cells, the rows  M  become  M·R, and a class goes down as far
as the least of its cells, and up as far as the neediest of its primaries asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from tables.disclosure.moves import Flags, Ints, Move, Problem
from tables.disclosure.rows import Rows


@dataclass(frozen=True, slots=True)
class Merged:
    """`problem` is over classes; `label` gives the class of every cell."""

    problem: Problem
    label: Ints

    def flags(self, cells: Flags) -> Flags:
        """Classes with one of these cells."""
        flags = np.zeros(self.problem.size, dtype=np.bool_)
        flags[self.label[cells]] = True
        return flags

    def spread(self, move: Move) -> Move:
        """The move of the cells."""
        step = np.zeros(self.problem.size, dtype=np.int64)
        step[move.cells] = move.steps
        cells = np.flatnonzero(step[self.label])
        return Move(cells, step[self.label[cells]])


def merged(problem: Problem, alike: Sequence[tuple[int, int]]) -> Merged:
    """The problem over classes of cells that are hidden together; other cells are classes of their own."""
    size = problem.size
    pairs = np.array(alike, dtype=np.int64).reshape(-1, 2)
    graph = sp.coo_matrix((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    count, found = connected_components(graph, directed=False)
    label = found.astype(np.int64)
    down = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(down, label, problem.value - problem.lower)
    up = np.zeros(count, dtype=np.int64)
    needy = np.flatnonzero(problem.primary)
    np.maximum.at(up, label[needy], (problem.target - problem.value)[needy])
    still = np.zeros(count, dtype=np.bool_)
    still[label[~problem.movable]] = True
    weight = np.bincount(label, weights=problem.weight, minlength=count).astype(np.float64)
    primary = np.zeros(count, dtype=np.bool_)
    primary[label[needy]] = True
    value, zero = np.maximum(down, 0), np.zeros(count, dtype=np.int64)
    rows = _rows(problem, label, value)
    return Merged(Problem(value, rows, ~still, zero, primary & ~still, value + up, weight), label)


def _rows(problem: Problem, label: Ints, value: Ints) -> Rows:
    """The rows over classes, at the same level as over cells; those that cannot change are left out."""
    size = problem.size
    copy = sp.csr_matrix((np.ones(size, dtype=np.int64), (np.arange(size), label)), shape=(size, len(value)))
    rows = problem.rows
    matrix = sp.csr_matrix(rows.matrix @ copy)
    matrix.eliminate_zeros()
    level = rows.matrix @ problem.value + rows.constant
    some = np.diff(matrix.indptr) > 0
    return Rows(matrix, level - matrix @ value, rows.kind, rows.source, rows.sources).kept(some)

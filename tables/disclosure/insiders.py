"""Protection from one child's own knowledge (disclosure §5.6).

Who knows one cell of one person exactly holds it fixed. A primary is safe from her if some witness does not move that
cell: over all its witnesses, no one-person cell of somebody else may be moved by every one. Where one is, another
witness is sought with those cells closed: all of them at once, else one after the other; inside what is hidden, else
with more, and more. Where there is no such witness any other number of the primary will do, be it a small one: then it
cannot be computed, which is the promise.
Other cells whose only person she is are her own data, no disclosure.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from tables.disclosure.choose import cheapest
from tables.disclosure.frame import Layer
from tables.disclosure.moves import Flags, Ints, Move, Moves, Problem
from tables.disclosure.pieces import Blocks
from tables.disclosure.relations import System
from tables.disclosure.rows import AT_LEAST
from tables.disclosure.tidy import Care

_NEAR = 1_500


@dataclass(frozen=True, slots=True)
class Persons:
    """Who stands behind the classes of a period: `single` classes have a cell of one person, and `who` tells which.

    A cell of one person and one of one person that it lies in are about the same person; so are all that are joined by
    such steps, as a boy of 0-5 and a child of 0-5 and a boy, where there is but one child of 0-5 and one boy. A line
    that says that one such cell is never above another joins them as well: who is in the one is in the other.
    """

    single: Flags
    who: Ints

    @classmethod
    def of(cls, system: System, label: Ints) -> "Persons":
        frame = system.frame
        alone = frame.persons == 1
        size = int(label.max()) + 1
        single = np.zeros(size, dtype=np.bool_)
        single[label[alone]] = True
        steps = np.concatenate([*map(_steps, frame.layers), _under(system)], axis=1)
        steps = label[steps[:, alone[steps].all(axis=0)]]
        graph = sp.coo_matrix((np.ones(steps.shape[1], dtype=np.int8), (steps[0], steps[1])), shape=(size, size))
        _, who = connected_components(graph, directed=False)
        return cls(single, who.astype(np.int64))

    def same(self, one: int, other: int) -> bool:
        """Whether two single classes hold the same person."""
        return bool(self.single[one] and self.single[other] and self.who[one] == self.who[other])


def _steps(layer: Layer) -> Ints:
    """Every cell with each one it lies in, a level higher in one dimension: (2, steps)."""
    found = [np.zeros((2, 0), dtype=np.int64)]
    for axis, dimension in enumerate(layer.dimensions):
        up = [(place, dimension.index.get(value.parent or "", -1)) for place, value in enumerate(dimension.values)]
        below, above = np.array([pair for pair in up if pair[1] >= 0], dtype=np.int64).reshape(-1, 2).T
        index = np.moveaxis(layer.index, axis, 0)
        found.append(np.stack([index[below].reshape(-1), index[above].reshape(-1)]))
    return np.concatenate(found, axis=1)


def _under(system: System) -> Ints:
    """Every cell of one person with one that it is never above, by the lines: (2, steps).

    Zeros count for nothing, so «at most the sum of these» is such a line where one of them has a number.
    """
    rows = system.rows
    matrix = sp.csr_matrix(rows.matrix[(rows.kind == AT_LEAST) & (rows.constant == 0)])
    matrix = sp.csr_matrix(matrix.multiply(system.frame.value > 0))
    matrix.eliminate_zeros()
    pair = (np.diff(matrix.indptr) == 2) & (np.asarray(matrix.sum(axis=1)).reshape(-1) == 0)
    found: Ints = matrix[pair].indices.astype(np.int64).reshape(-1, 2).T
    return found


def withstand(care: Care, persons: Persons, blocks: Blocks) -> list[tuple[int, int]]:
    """Adds witnesses until no single person's knowledge helps; the pairs (primary, person's cell) where it does."""
    known = _dangers(care, persons)
    left: list[tuple[int, int]] = []
    for block, wanted in blocks.sorted(sorted(known)):
        near = blocks.near(block, care.hidden(), _NEAR)
        inside = Moves(care.problem, near[care.hidden()[near]])
        outside: Moves | None = None
        for p in wanted:
            missing = _apart(care, inside, p, known[p])
            if missing:
                outside = outside or Moves(care.problem, near)
                missing = _apart(care, outside, p, np.array(missing, dtype=np.int64))
            left += [(p, cell) for cell in missing]
    return _far(care, left)


def _far(care: Care, left: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pairs that no change of all that is hidden helps, nor one of all cells."""
    for widest in (False, True):
        if not left:
            break
        every = Moves(care.problem, np.flatnonzero(care.problem.movable if widest else care.hidden()))
        cells: dict[int, list[int]] = {}
        for p, cell in left:
            cells.setdefault(p, []).append(cell)
        kept = {p: _apart(care, every, p, np.array(some, dtype=np.int64)) for p, some in cells.items()}
        left = [(p, cell) for p, some in kept.items() for cell in some]
    return left


def _dangers(care: Care, persons: Persons) -> dict[int, Ints]:
    """For every primary the single cells, of others, that all its witnesses move."""
    problem, moved = care.problem, dict[int, Ints]()
    for move in care.moves():
        up = problem.value[move.cells] + move.steps >= problem.target[move.cells]
        single = move.cells[persons.single[move.cells]]
        for p in move.cells[up & problem.primary[move.cells]].tolist():
            moved[p] = np.intersect1d(moved[p], single) if p in moved else single
    others = {
        p: np.array([s for s in cells.tolist() if s != p and not persons.same(p, s)]) for p, cells in moved.items()
    }
    return {p: cells.astype(np.int64) for p, cells in others.items() if len(cells)}


def _apart(care: Care, moves: Moves, p: int, cells: Ints) -> list[int]:
    """Seeks witnesses of p that leave these cells alone; the cells that none leaves alone, nor any change of p does."""
    if _without(care, moves, p, cells) or not len(cells):
        return []
    left = [cell for cell in cells.tolist() if not _without(care, moves, p, np.array([cell]))]
    return [cell for cell in left if not _changed(care, moves, p, np.array([cell]))]


def _changed(care: Care, moves: Moves, p: int, cells: Ints) -> bool:
    """Whether p may be another number, be it a small one, while these cells stay: then it cannot be computed."""
    cost = np.where(care.hidden(), 0.0, care.problem.weight)
    moves.close(cells)
    steps = (moves.shift(np.array([p]), np.array([step]), cost, alone=True) for step in (1.0, -1.0))
    move = next((move for move in steps if move is not None), None)
    moves.open(cells)
    if move is not None:
        care.add([], move)
    return move is not None


def _without(care: Care, moves: Moves, p: int, cells: Ints) -> Move | None:
    problem: Problem = care.problem
    moves.close(cells)
    move = cheapest(moves, [p], np.where(care.hidden(), 0.0, problem.weight))
    moves.open(cells)
    if move is not None:
        care.add([p], move)
    return move

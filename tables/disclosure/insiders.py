"""Protection from one child's own knowledge (disclosure §5.6).

Who knows one cell of one person exactly holds it fixed. A primary is safe from her if some witness does not move that
cell: over all its witnesses, no one-person cell of somebody else may be moved by every one. Where one is, another
witness is sought with those cells closed: all of them at once, else one after the other; inside what is hidden, else
with more.
A cell of one person and a cell around it whose only person she is are her own data, no disclosure.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tables.disclosure.choose import cheapest
from tables.disclosure.frame import Frame
from tables.disclosure.moves import Flags, Ints, Move, Moves, Problem
from tables.disclosure.pieces import Blocks
from tables.disclosure.tidy import Care
from tables.model import Dimension

_NEAR = 1_500


@dataclass(frozen=True, slots=True)
class Persons:
    """Who stands behind the classes of a period: `single` classes have a cell of one person."""

    frame: Frame
    label: Ints
    single: Flags

    @classmethod
    def of(cls, frame: Frame, label: Ints) -> "Persons":
        single = np.zeros(int(label.max()) + 1, dtype=np.bool_)
        single[label[frame.persons == 1]] = True
        return cls(frame, label, single)

    def same(self, one: int, other: int) -> bool:
        """Whether two single classes hold the same person: a cell of one lies in a cell of the other."""
        if not (self.single[one] and self.single[other]):
            return False
        return any(self._nested(a, b) for a in self._cells(one) for b in self._cells(other))

    def _cells(self, which: int) -> list[int]:
        cells = np.flatnonzero(self.label == which)
        return [int(cell) for cell in cells if self.frame.persons[cell] == 1]

    def _nested(self, one: int, other: int) -> bool:
        (layer, codes), (second, others) = self.frame.at(one), self.frame.at(other)
        if layer.table.id != second.table.id:
            return False
        ways = [_way(d, a, b) for d, a, b in zip(layer.dimensions, codes, others, strict=True)]
        return all(way >= 0 for way in ways) or all(way in (0, -1) for way in ways)


def _way(dimension: Dimension, one: str, other: str) -> int:
    """0 the same value, 1 `one` lies under `other`, -1 the other way round, -2 neither."""
    if one == other:
        return 0
    if other in _above(dimension, one):
        return 1
    return -1 if one in _above(dimension, other) else -2


def _above(dimension: Dimension, code: str) -> Iterator[str]:
    parent = dimension.values[dimension.index[code]].parent
    while parent is not None and parent in dimension.index:
        yield parent
        parent = dimension.values[dimension.index[parent]].parent


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
    """Seeks witnesses of p that leave these cells alone; the cells that no witness leaves alone."""
    if _without(care, moves, p, cells) or not len(cells):
        return []
    return [cell for cell in cells.tolist() if not _without(care, moves, p, np.array([cell]))]


def _without(care: Care, moves: Moves, p: int, cells: Ints) -> Move | None:
    problem: Problem = care.problem
    moves.close(cells)
    move = cheapest(moves, [p], np.where(care.hidden(), 0.0, problem.weight))
    moves.open(cells)
    if move is not None:
        care.add([p], move)
    return move

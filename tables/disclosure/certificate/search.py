"""Few tables that together lift every promised cell to its threshold and show it with two numbers.

The first table settles what the attacker is granted. All others are changes of it, found block by block, and laid
together where they do not disturb one another, so that one table carries many. Before them come those that go on with
the tables of the period before; they leave alone what the next period reads, as do the tables that change most cells at
once: so few tables ask anything of the next period.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tables.disclosure.certificate.around import Around
from tables.disclosure.certificate.piece import AT_LEAST, Piece, Vector
from tables.disclosure.certificate.whole import Whole

_ATTEMPTS: Final = 3  # first tables, where one leaves cells behind
_TRIES: Final = 4  # objectives for the first table
_BARREN: Final = 2  # pooled tables without much gain before cells are lifted one by one
_NEAR: Final = (0, 500, 1_500, 4_000, 10**9)  # classes that change together
# whole tables at most, until so few cells are left; then changes of so many classes: each goes on where the one before
# becomes slow
_STAGES: Final = ((4, 100, (0, 500, 10**9)), (100, 1, ()))


@dataclass(frozen=True, slots=True)
class Found:
    """The tables of a piece, and the promised cells that they leave below the threshold or with one number.

    `apart`: the lines that keep some table of the period before from going on.
    """

    tables: tuple[Vector, ...]
    low: Vector
    same: Vector
    apart: Vector
    solves: int

    @property
    def faults(self) -> int:
        return len(self.low) + len(self.same) + len(self.apart)


def alternatives(piece: Piece) -> Found:
    """Tables of a piece; where the first choice of what is granted leaves cells behind, another is tried."""
    best = _attempt(piece, 0, np.flatnonzero(piece.need > 0))
    for attempt in range(1, _ATTEMPTS):
        if not best.faults:
            break
        found = _attempt(piece, attempt, np.union1d(best.low, best.same))
        if found.faults < best.faults:
            best = found
    return best


def _attempt(piece: Piece, attempt: int, focus: Vector) -> Found:
    """`focus`: the cells that the attempt before left behind."""
    promised = np.flatnonzero(piece.need > 0)
    whole = Whole(piece)
    hard = whole.centre(1000 + attempt, focus)
    heavy = np.union1d(hard, focus) if attempt else hard
    tries = (whole.reach(promised, 100 * attempt + number, heavy) for number in range(_TRIES))
    first = next((table for table in tries if table is not None), None)
    if first is None:
        return Found((), promised, promised[:0], promised[:0], whole.solves)
    whole.hold(first)
    tables = _Tables(piece, first)
    around = Around(piece, first)
    onward, apart = _onward(around, tables)
    whole.keep(np.flatnonzero(piece.read), first)
    for count, few, near in _STAGES:
        _pool(whole, tables, 100 * attempt, count, few)
        for most in near:
            low = np.flatnonzero(tables.highest < piece.need)
            _reach(around, tables, low, (piece.need - first)[low], most)
        low = np.flatnonzero(tables.highest < piece.need)
        if len(low):
            _reach(Around(piece, first, freely=True), tables, low, (piece.need - first)[low], 10**9)
    for most in _NEAR:
        for step in (1, -1):
            same = np.flatnonzero((tables.highest == tables.lowest) & (piece.need > 0))
            _reach(around, tables, same, np.full(len(same), step, dtype=np.int64), most)
    low = np.flatnonzero(tables.highest < piece.need)
    same = np.flatnonzero((tables.highest == tables.lowest) & (piece.need > 0))
    return Found(_in_order(onward, tables, len(piece.shifts)), low, same, apart, whole.solves + around.solves)


def _onward(around: Around, tables: "_Tables") -> tuple[dict[int, Vector], Vector]:
    """By its number, what goes on with each table of the period before that shifts lines; and the lines that cannot."""
    found: dict[int, Vector] = {}
    known: dict[bytes, Vector | None] = {}
    apart = np.zeros(len(around.piece.known), dtype=np.bool_)
    for number, shift in enumerate(around.piece.shifts):
        if not shift.any():
            continue
        if shift.tobytes() not in known:
            table, lost = around.onward(shift)
            known[shift.tobytes()] = table
            apart[lost] = True
            if table is not None:
                tables.note(table)
        table = known[shift.tobytes()]
        if table is not None:
            found[number] = table
    return found, np.flatnonzero(apart)


def _in_order(onward: dict[int, Vector], tables: "_Tables", width: int) -> tuple[Vector, ...]:
    """The first, then those that go on at their numbers, and the others wherever nothing is asked."""
    others = [*tables.tables[1:], *tables.whole]
    found = [tables.first]
    while len(found) < width or others:
        number = len(found)
        found.append(onward[number] if number in onward else others.pop(0) if others else tables.first)
    return tuple(found)


def _pool(whole: Whole, tables: "_Tables", seed: int, most: int, few: int) -> None:
    """Whole tables, as long as each lifts a fair share of what is left; at most so many, until few are left."""
    barren = 0
    for _ in range(most):
        if barren >= _BARREN:
            return
        low = np.flatnonzero((tables.highest < tables.piece.need) & ~tables.piece.read)
        if len(low) < few:
            return
        table = whole.reach(low, 1 + seed + len(tables.whole) + 10 * barren)
        gain = 0 if table is None else int((table[low] >= tables.piece.need[low]).sum())
        if table is None or gain * 20 < len(low):
            barren += 1
        if table is not None and gain:
            tables.append(table)


def _reach(around: Around, tables: "_Tables", cells: Vector, steps: Vector, most: int) -> None:
    """Seeks changes that take these cells so many steps."""
    if not len(cells):
        return
    classes, place = np.unique(around.label[cells], return_inverse=True)
    furthest = np.zeros(len(classes), dtype=np.int64)
    (np.maximum if steps[0] > 0 else np.minimum).at(furthest, place, steps)
    for part, own in around.neighbourhoods(classes, most):
        for change in around.changes(part, own, furthest[np.searchsorted(classes, own)], most % 97):
            tables.add(change)


class _Tables:
    """Tables as changes of the first; a change goes into the first table that it leaves whole."""

    def __init__(self, piece: Piece, first: Vector) -> None:
        self.piece, self.first = piece, first
        self.tables: list[Vector] = [first]
        self.whole: list[Vector] = []
        self._levels = [piece.level(first)]
        self._base = self._levels[0]
        self.highest, self.lowest = first.copy(), first.copy()
        self._columns = piece.matrix.tocsc()

    def append(self, table: Vector) -> None:
        """A table by itself, to which no change is added."""
        self.whole.append(table)
        self.note(table)

    def note(self, table: Vector) -> None:
        """A table that stands elsewhere."""
        self.highest, self.lowest = np.maximum(self.highest, table), np.minimum(self.lowest, table)

    def add(self, change: Vector) -> None:
        cells = np.flatnonzero(change)
        if not len(cells):
            return
        moved = self._columns[:, cells] @ change[cells]
        rows = np.flatnonzero(moved)
        for place in range(1, len(self.tables) + 1):
            if place == len(self.tables):
                self.tables.append(self.first.copy())
                self._levels.append(self._base.copy())
            table, level = self.tables[place], self._levels[place]
            after = level[rows] + moved[rows]
            free = (table[cells] == self.first[cells]).all()
            if free and (after[self.piece.kind[rows] == AT_LEAST] >= 0).all():
                table[cells] += change[cells]
                level[rows] = after
                self.highest = np.maximum(self.highest, table)
                self.lowest = np.minimum(self.lowest, table)
                return

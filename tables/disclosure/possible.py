"""What a hidden cell may be, from lines alone: by linear programs and whole numbers, with none of the audit's code.

Tables that agree with every line are sought that lift many cells at once; a cell that is lifted in one and differs in
another needs no program of its own. What is left is asked for its largest and its smallest number. Where lines hold
«but for those counted twice», a proof that needs no more than the bound comes first; else the attacker is granted what
is counted twice as it is in some table, and a cell falls only if it falls for several such tables.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tables.errors import Refused

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_EQUAL, _HELD = 0, 2
_BASES: Final = 3
_CORNERS: Final = 6  # of which a base is the mean
_BARREN: Final = 6  # programs in a row that cover no cell
_SHARES: Final = 3  # parts of the cells that are lifted after a program that covered none
_WHOLE: Final = 2_000  # cells, above which fractions count as possible, too
_NEAR: Final = 1e-6
_TALL: Final = float(10**7)  # nobody counts more children


@dataclass(frozen=True, slots=True)
class Part:
    """Integers x from `least` to `most` with  matrix·x + known  = 0 (kind 0), ≥ 0 (1), or ≥ 0 and granted (2).

    `need`: what a hidden cell must be able to reach, 0 for others; `granted`: cells that are chosen once.
    """

    matrix: sp.csr_matrix
    known: Floats
    kind: NDArray[np.uint8]
    least: Floats
    most: Floats
    need: Ints
    granted: Flags
    fractions: bool = False  # what is granted need not be whole, so nothing need

    def holds(self, table: Ints) -> bool:
        level = self.matrix @ table + self.known
        good = np.where(self.kind == _EQUAL, level == 0, level >= 0).all()
        return bool(good and (table >= self.least).all() and (table <= self.most).all())

    @property
    def large(self) -> bool:
        """Too large for whole numbers: what fractions may be is not proven."""
        return self.fractions or len(self.need) > _WHOLE

    def settled(self, base: Floats) -> "Part":
        """As this table has it: what is granted is known, so those lines are equations."""
        held = self.kind == _HELD
        known = np.where(held, -(self.matrix @ base), self.known)
        kind = np.where(held, _EQUAL, self.kind).astype(np.uint8)
        least, most = np.where(self.granted, base, self.least), np.where(self.granted, base, self.most)
        return replace(self, known=known, kind=kind, least=least, most=most, fractions=True)


@dataclass(frozen=True, slots=True)
class Proof:
    """A cell with the numbers it can have, and the lines that prove it; `granted`: with what is counted twice."""

    place: int
    low: int
    high: int
    lines: tuple[int, ...]
    granted: bool = False


def proofs(part: Part) -> Iterator[Proof]:
    """Every cell that is exact, or cannot reach what it needs."""
    plain = Program(part)
    wanted = np.flatnonzero(part.need > 0)
    if not (part.kind == _HELD).any() and not part.granted.any():
        yield from _judged(plain, plain.uncovered(wanted), granted=False)
        return
    left, suspects = wanted, list[Proof]()
    for base in (plain.middle(wanted, seed) for seed in range(_BASES)):
        if base is not None:
            settled = Program(part.settled(base))
            suspects = list(_judged(settled, settled.uncovered(left, base), granted=True))
            left = np.array([proof.place for proof in suspects], dtype=np.int64)
            if not len(left):
                return
    certain = {proof.place: proof for proof in _judged(plain, plain.uncovered(left), granted=False)}
    yield from (certain.get(proof.place, proof) for proof in suspects or certain.values())


def contradicted(part: Part, doubtful: Flags) -> Ints:
    """Of the lines that may be false, those that a table as near as can be breaks; none where all lines hold.

    Raises Refused where the others contradict one another: then the figures do not follow them.
    """
    program = Program(part)
    if program.maximised(np.zeros(program.columns)) is not None:
        return np.zeros(0, dtype=np.int64)
    rows = np.flatnonzero(doubtful)
    up = sp.csr_matrix((np.ones(len(rows)), (rows, np.arange(len(rows)))), shape=(len(part.kind), len(rows)))
    more = np.zeros(2 * len(rows))
    wide = Part(
        sp.csr_matrix(sp.hstack([part.matrix, up, -up])),
        part.known,
        part.kind,
        np.concatenate([part.least, more]),
        np.concatenate([part.most, more + np.inf]),
        np.concatenate([part.need, more.astype(np.int64)]),
        np.concatenate([part.granted, more > 0]),
    )
    program = Program(wide)
    found = program.maximised(np.concatenate([np.zeros(len(part.need)), more - 1, np.zeros(len(program.wanted))]))
    if found is None:
        raise Refused("attack", "Linjerne modsiger hinanden.", "The lines contradict one another.")
    slack = found[len(part.need) : len(wide.need)].reshape(2, -1).sum(axis=0)
    broken: Ints = rows[slack > _NEAR]
    return broken


def _judged(program: "Program", places: Ints, *, granted: bool) -> Iterator[Proof]:
    for place in places.tolist():
        high, above = program.end(place, upward=True)
        low, below = program.end(place, upward=False)
        if low >= high or high < program.part.need[place]:
            lines = above | below if low >= high else above
            yield Proof(place, low, high, tuple(sorted(lines)), granted)


class Program:
    """A part as a linear program; z ≤ min(x, need) is worth something, beside the columns x."""

    def __init__(self, part: Part) -> None:
        self.part, self.wanted = part, np.flatnonzero(part.need > 0)
        size, count = len(part.need), len(self.wanted)
        self.columns = size + count
        ones = np.ones(count, dtype=np.int64)
        below = sp.csr_matrix((ones, (np.arange(count), self.wanted)), shape=(count, size))
        nothing = np.zeros(0, dtype=np.int64)
        beside = sp.csr_matrix((nothing, (nothing, nothing)), shape=(len(part.kind), count))
        top, bottom = sp.hstack([part.matrix, beside]), sp.hstack([below, -sp.identity(count, dtype=np.int64)])
        whole = sp.csc_matrix(sp.vstack([top, bottom]))
        low = np.concatenate([-part.known.astype(float), np.zeros(count)])
        high = np.full(len(low), highspy.kHighsInf)
        high[: len(part.kind)][part.kind == _EQUAL] = low[: len(part.kind)][part.kind == _EQUAL]
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]  # the library has no types
        self._solver.setOptionValue("output_flag", False)
        self._solver.setOptionValue("threads", 1)
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = whole.shape
        model.row_lower_, model.row_upper_ = low, high
        model.col_lower_ = np.concatenate([part.least.astype(float), np.zeros(count)])
        model.col_upper_ = np.concatenate([np.minimum(part.most, _TALL), part.need[self.wanted].astype(float)])
        model.col_cost_ = np.zeros(size + count)
        model.sense_ = highspy.ObjSense.kMaximize
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = whole.indptr, whole.indices
        model.a_matrix_.value_ = whole.data.astype(float)
        self._solver.passModel(model)

    def maximised(self, cost: Floats) -> Floats | None:
        columns = np.arange(len(cost), dtype=np.int32)
        self._solver.changeColsCost(len(cost), columns, cost)
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self._solver.getSolution().col_value, dtype=np.float64)

    def table(self, places: Ints, seed: int, *, down: bool = False) -> Floats | None:
        """A table that lifts many of these cells (`down`: lowers them); None where none was met in whole numbers."""
        found = self.corner(places, seed, down=down)
        if found is None or self.part.large:
            return found
        table = np.round(found)
        return table if self.part.holds(table.astype(np.int64)) else None

    def corner(self, places: Ints, seed: int, *, down: bool = False) -> Floats | None:
        size = len(self.part.need)
        cost = np.zeros(size + len(self.wanted))
        cost[:size] = -1e-4
        weight = 1 + ((np.arange(len(places)) * 2654435761 + seed * 97) % 1000) / 1000
        if down:
            cost[places] = -weight
        else:
            cost[size + np.searchsorted(self.wanted, places)] = weight
        found = self.maximised(cost)
        return None if found is None else found[:size]

    def middle(self, places: Ints, seed: int) -> Floats | None:
        """The mean of tables that lift a share of these cells each: at a corner, much is at its limits."""
        shares = (places[n::_CORNERS] for n in range(min(_CORNERS, len(places))))
        found = [one for n, share in enumerate(shares) if (one := self.corner(share, seed * _CORNERS + n)) is not None]
        return np.mean(found, axis=0) if found else None

    def uncovered(self, places: Ints, base: Floats | None = None) -> Ints:
        """The cells for which no two tables are met that differ and lift it."""
        size = len(self.part.need)
        high, low = (np.zeros(size), np.full(size, np.inf)) if base is None else (base.copy(), base.copy())
        left, barren, step = places, 0, 0
        while len(left) and barren < _BARREN:
            some = left[step % _SHARES :: _SHARES] if barren and len(left) > _SHARES else left
            lifted = high[some] >= self.part.need[some] - _NEAR
            down = bool(step % 2 and lifted.any())
            table = self.table(some[lifted] if down else some, step, down=down)
            before, step = len(left), step + 1
            if table is not None:
                high, low = np.maximum(high, table), np.minimum(low, table)
                left = left[(high[left] < self.part.need[left] - _NEAR) | (high[left] - low[left] < 1 - _NEAR)]
            barren = 0 if len(left) < before else barren + 1
        return left

    def end(self, place: int, *, upward: bool) -> tuple[int, set[int]]:
        """The largest or smallest whole number of a cell, and the lines that say so (none where branching did)."""
        cost = np.zeros(len(self.part.need) + len(self.wanted))
        cost[place] = 1.0 if upward else -1.0
        found = self.maximised(cost)
        if found is None:
            return (int(_TALL), set()) if upward else (int(self.part.least[place]), set())
        end = int(np.floor(found[place] + 1e-6)) if upward else int(np.ceil(found[place] - 1e-6))
        dual = np.array(self._solver.getSolution().row_dual)[: len(self.part.known)]
        lines = set(np.flatnonzero(np.abs(dual) > 1e-9).tolist())
        table = np.round(found[: len(self.part.need)]).astype(np.int64)
        if self.part.holds(table) or self.part.large:
            return end, lines
        return self._branched(place, end), set()

    def _branched(self, place: int, end: int) -> int:
        """The end in whole numbers, if it is found soon; else that of the fractions."""
        columns = np.arange(len(self.part.need), dtype=np.int32)
        kinds = np.array([highspy.HighsVarType.kInteger] * len(columns))
        self._solver.changeColsIntegrality(len(columns), columns, kinds)
        self._solver.setOptionValue("mip_max_nodes", 2_000)
        self._solver.run()
        if self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            end = round(self._solver.getSolution().col_value[place])
        self._solver.changeColsIntegrality(
            len(columns), columns, np.array([highspy.HighsVarType.kContinuous] * len(columns))
        )
        return end

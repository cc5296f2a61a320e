"""Publishes again what no witness needs (disclosure §5.5).

Every primary is in the care of one witness; a secondary that only one witness moves hangs on that witness alone.

`improve` takes the witnesses one by one and seeks again, at the full price of what hangs on it alone, a move for the
primaries in its care. `prune` closes secondaries one by one, the dearest first: the witnesses that moved the cell are
sought again inside what is hidden; if one fails, the cell is opened again. The number of tries is counted, never timed.
"""

from dataclasses import dataclass, field

import numpy as np

from tables.disclosure.choose import cheapest
from tables.disclosure.moves import Flags, Floats, Ints, Move, Moves, Problem


@dataclass(slots=True)
class Care:
    """Witnesses with the primaries in their care; `uses` counts, per cell, the witnesses that move it."""

    problem: Problem
    fixed: Flags  # hidden whatever the witnesses say: primaries, and what an earlier release hid
    witnesses: dict[int, tuple[list[int], Move]] = field(default_factory=dict)
    uses: Ints = field(init=False)
    _next: int = 0

    def __post_init__(self) -> None:
        self.uses = np.zeros(self.problem.size, dtype=np.int64)

    @classmethod
    def of(cls, problem: Problem, fixed: Flags, moves: list[Move]) -> "Care":
        """Gives each primary to the first move that lifts it; moves without any are left out."""
        care, taken = cls(problem, fixed), np.zeros(problem.size, dtype=np.bool_)
        for move in moves:
            up = problem.value[move.cells] + move.steps >= problem.target[move.cells]
            own = move.cells[up & problem.primary[move.cells] & ~taken[move.cells]]
            taken[own] = True
            if len(own):
                care.add(own.tolist(), move)
        return care

    def add(self, batch: list[int], move: Move) -> None:
        self.witnesses[self._next] = (batch, move)
        self._next += 1
        self.uses[move.cells] += 1

    def drop(self, number: int) -> tuple[list[int], Move]:
        batch, move = self.witnesses.pop(number)
        self.uses[move.cells] -= 1
        return batch, move

    def hidden(self) -> Flags:
        return self.fixed | (self.uses > 0)

    def users(self, cell: int) -> list[int]:
        return [number for number, (_, move) in self.witnesses.items() if cell in move.cells]

    def moves(self) -> list[Move]:
        return [move for _, move in self.witnesses.values()]


def improve(care: Care, moves: Moves, *, passes: int) -> None:
    """Seeks every witness again, those with the most hanging on them first."""
    for _ in range(passes):
        before = _total(care)
        order = sorted(care.witnesses, key=lambda number: (-_alone(care, number), number))
        for number in order:
            batch, move = care.drop(number)
            cost = np.where(care.hidden(), 0.0, care.problem.weight)
            worth = float(cost[move.cells].sum())
            found = cheapest(moves, batch, cost) if worth else None
            better = found is not None and float(cost[found.cells].sum()) < worth
            care.add(batch, found if found is not None and better else move)
        if _total(care) >= before:
            return


def _alone(care: Care, number: int) -> float:
    move = care.witnesses[number][1]
    alone = move.cells[(care.uses[move.cells] == 1) & ~care.fixed[move.cells]]
    return float(care.problem.weight[alone].sum())


def _total(care: Care) -> float:
    return float(care.problem.weight[care.hidden()].sum())


def prune(care: Care, *, tries: int) -> int:
    """Publishes again what can be; returns the number of programs solved."""
    problem = care.problem
    inside = Moves(problem, np.flatnonzero(care.hidden()))
    cost = np.where(care.fixed, 0.0, problem.weight)
    candidates = np.flatnonzero(care.hidden() & ~care.fixed)
    order = candidates[np.lexsort((candidates, -problem.weight[candidates]))]
    for cell in order.tolist():
        if not care.uses[cell]:
            continue
        if inside.solves >= tries:
            break
        _close(care, inside, cell, cost)
    return inside.solves


def _close(care: Care, inside: Moves, cell: int, cost: Floats) -> None:
    """Tries to do without a cell."""
    inside.close(np.array([cell]))
    found: list[tuple[list[int], Move]] = []
    users = care.users(cell)
    for number in users:
        again = _again(care.witnesses[number][0], inside, cost)
        if again is None:
            inside.open(np.array([cell]))
            return
        found += again
    for number in users:
        care.drop(number)
    for batch, move in found:
        care.add(batch, move)
    unused = np.flatnonzero((care.uses == 0) & ~care.fixed)
    inside.close(unused)


def _again(batch: list[int], inside: Moves, cost: Floats) -> list[tuple[list[int], Move]] | None:
    """Witnesses for a batch inside what is hidden, halving it where need be."""
    found, stack = [], [batch]
    while stack:
        part = stack.pop()
        move = inside.lift(part, cost)
        if move is not None:
            found.append((part, move))
        elif len(part) == 1:
            return None
        else:
            stack += [part[len(part) // 2 :], part[: len(part) // 2]]
    return found

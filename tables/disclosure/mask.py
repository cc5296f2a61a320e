"""Masks one period of a group: all tables at once (disclosure §5.7).

Every row of every table and between tables holds for every move. Cells that no chain of equations joins move apart from
one another, and the inequalities between them are seen from each side alone: many small programs. A primary that cannot
be lifted so is lifted together with the pieces that bind its own, more and more of them; the last resort is all cells.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tables.disclosure.choose import extend, lift_all
from tables.disclosure.frame import NUMBER, Frame, Layer
from tables.disclosure.insiders import Persons, withstand
from tables.disclosure.merged import Merged, merged
from tables.disclosure.moves import Flags, Floats, Ints, Move, Moves, Problem
from tables.disclosure.pieces import Blocks, pieces
from tables.disclosure.relations import System
from tables.disclosure.tidy import Care, prune

INSIDERS: Final = 8_000  # cells that move; in larger periods one child's knowledge is left out of account, and said so
TRIES: Final = 600  # programs spent on publishing cells again, of all pieces of a period by their weight

NEAR: Final = (1_500, 4_000)  # cells that move together, before all do


@dataclass(slots=True)
class Task:
    """What a period starts from.

    `primary` are the rules' cells, `kept` cells that stay hidden, `once` cells that were hidden with another number,
    `public` cells that everybody knows; `extra` is how much further than they must cells are lifted that an audit could
    not lift, `past` the same of the period before.
    """

    system: System
    primary: Flags
    kept: Flags
    once: Flags
    public: Flags
    weight: Floats
    extra: Ints
    tries: int = TRIES
    singles: bool = False  # whether one child's own knowledge must not help
    past: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


@dataclass(slots=True)
class Mask:
    """`hidden` with the moves that prove it, over cells; `failed`: what nothing protects.

    `helped`: pairs of a primary and a person whose knowledge helps to compute it; None where nobody looked.
    """

    hidden: Flags
    witnesses: list[Move] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    helped: int | None = None
    solves: int = 0


def mask(task: Task) -> Mask:
    """Hides what a period needs hidden."""
    problem = whole(task)
    classes = merged(problem, task.system.between.alike)
    small = classes.problem
    care = Care(small, classes.flags(problem.primary | task.kept | (task.once & problem.movable)))
    movable = small.movable & ~(read(task, classes) & ~care.fixed)
    parts = pieces(small, np.flatnonzero(movable))
    solves, failed = _by_pieces(task, care, parts, np.flatnonzero(small.primary).tolist())
    for most in NEAR:
        if failed:
            more, failed = by_neighbours(care, Blocks(small, parts), failed, most)
            solves += more
    for cells in (movable, small.movable):
        if failed:
            everything = Moves(small, np.flatnonzero(cells))
            failed = extended(care, everything, failed)
            solves += everything.solves
    helped: int | None = None
    if task.singles and small.movable.sum() <= INSIDERS:
        helped = len(withstand(care, Persons.of(task.system, classes.label), Blocks(small, parts)))
    hidden = care.hidden()[classes.label] & (task.system.frame.state == NUMBER) & (task.system.frame.value > 0)
    lost = np.flatnonzero(np.isin(classes.label, failed) & problem.primary)
    return Mask(
        hidden | problem.primary | task.kept,
        [classes.spread(move) for move in care.moves()],
        lost.tolist(),
        helped,
        solves,
    )


def read(task: Task, classes: Merged) -> Flags:
    """Classes with a cell that lines of the next period read.

    Hiding one of them takes hiding there as well, year after year: they move where nothing else does.
    """
    cells = np.zeros(len(classes.label), dtype=np.bool_)
    cells[np.array(task.system.between.read, dtype=np.int64)] = True
    return classes.flags(cells)


def _by_pieces(task: Task, care: Care, parts: list[Ints], wanted: list[int]) -> tuple[int, list[int]]:
    """Masks piece by piece; the programs solved, and the primaries still to be lifted."""
    problem, solves, left = care.problem, 0, []
    asked = np.zeros(problem.size, dtype=np.bool_)
    asked[wanted] = True
    total = max(1, sum(len(part) for part in parts if asked[part].any()))
    for part in parts:
        own = part[asked[part]]
        if not len(own):
            continue
        one = Care(problem, _only(care.hidden(), part))
        done, failed = _piece(one, part, own)
        one = Care.of(problem, one.fixed, one.moves())  # every primary in somebody's care, also if lifted by the way
        left += failed
        solves += done + prune(one, tries=max(20, task.tries * len(part) // total))
        for batch, move in one.witnesses.values():
            care.add(batch, move)
    return solves, left


def by_neighbours(care: Care, blocks: Blocks, wanted: list[int], most: int) -> tuple[int, list[int]]:
    """Lifts what is left of a piece together with the pieces that bind it most, up to so many cells."""
    solves = 0
    left: list[int] = []
    for block, own in blocks.sorted(wanted):
        near = Moves(care.problem, blocks.near(block, care.hidden(), most))
        left += extended(care, near, own)
        solves += near.solves
    return solves, left


def extended(care: Care, moves: Moves, wanted: list[int]) -> list[int]:
    """Lifts primaries with whatever cells that takes; those that cannot be."""
    lifted, failed = extend(care.problem, moves, care.hidden(), _unlifted(care.problem, care, wanted))
    for batch, move in lifted:
        care.add(batch, move)
    return failed


def _only(flags: Flags, part: Ints) -> Flags:
    only = np.zeros(len(flags), dtype=np.bool_)
    only[part] = flags[part]
    return only


def _piece(care: Care, part: Ints, wanted: Ints) -> tuple[int, list[int]]:
    problem, hidden = care.problem, care.hidden()
    solves, failed = 0, wanted.tolist()
    for cells in pieces(problem, part[hidden[part]]):
        own = np.intersect1d(wanted, cells)
        if len(own) and len(cells) > 1:
            inside = Moves(problem, cells)
            lifted, _ = lift_all(problem, inside, own)
            solves += inside.solves
            for batch, move in lifted:
                care.add(batch, move)
                failed = [p for p in failed if p not in set(batch)]
    outside = Moves(problem, part)
    failed = extended(care, outside, failed)
    return solves + outside.solves, failed


def _unlifted(problem: Problem, care: Care, wanted: list[int]) -> list[int]:
    """Those that no witness so far lifts."""
    reached = problem.value.copy()
    for move in care.moves():
        reached[move.cells] = np.maximum(reached[move.cells], problem.value[move.cells] + move.steps)
    return [p for p in wanted if reached[p] < problem.target[p]]


def whole(task: Task) -> Problem:
    """The period as one problem; zeros and what is public do not move.

    What stays hidden was protected before, and mostly still is: whether it is, the audit judges.
    """
    frame = task.system.frame
    movable = (frame.state == NUMBER) & (frame.value > 0) & ~task.public & guarded(frame)
    primary = (task.primary & ~task.kept) | (task.extra > 0)
    for persons, measures in task.system.between.floors:
        primary[measures] |= bool(task.primary[persons] and not task.kept[measures])
    target = np.maximum(below(frame), frame.value + 1)
    lower = lower_bounds(task, primary | task.kept)
    lifted = target + task.extra
    return Problem(frame.value, task.system.rows, movable, lower, primary & movable, lifted, task.weight)


def lower_bounds(task: Task, hidden: Flags) -> Ints:
    """What is known of a hidden cell: at least 1, or the threshold where the measures of the same persons are shown."""
    frame = task.system.frame
    lower, least = np.ones(frame.size, dtype=np.int64), below(frame)
    together = set(task.system.between.alike)
    for persons, measures in task.system.between.floors:
        if (persons, measures) in together or hidden[measures] or frame.state[measures] != NUMBER:
            continue
        if frame.value[measures] > 0:
            lower[persons] = max(lower[persons], least[measures])
    return lower


def guarded(frame: Frame) -> Flags:
    """Cells of tables that hide at all."""
    found = np.zeros(frame.size, dtype=np.bool_)
    for layer in frame.layers:
        found[_here(layer)] = any(rule.method != "none" for rule in layer.table.disclosure)
    return found


def below(frame: Frame) -> Ints:
    """The threshold of every cell."""
    least = np.ones(frame.size, dtype=np.int64)
    for layer in frame.layers:
        least[_here(layer)] = layer.below
    return least


def _here(layer: Layer) -> slice:
    return slice(layer.start, layer.start + len(layer.places))

"""Widens the mask of a period where the periods beside it, or the audit, ask for more room (disclosure §3, §5.7).

What was hidden in the period before must still be free to move: its cells in the lines that reach back are columns as
well. They stand still while a period's own primaries are lifted, and are lifted themselves once both masks are known.
"""

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from tables.disclosure.frame import NUMBER
from tables.disclosure.mask import NEAR, Task, below, by_neighbours, extended, read, whole
from tables.disclosure.merged import merged
from tables.disclosure.moves import Flags, Ints, Moves, Problem
from tables.disclosure.pieces import Blocks, pieces
from tables.disclosure.tidy import Care


def widen(task: Task, hidden: Flags, past: Ints) -> tuple[Flags, list[int]]:
    """The mask of a period, with room for what was hidden in the period before, and for what an audit could not lift.

    `past`: over the cells of the period before, 0 where they are shown, 1 where they are hidden, and more where an
    audit could not lift them. Also returned are the cells of the period before that nothing lifts.
    """
    cells = reached(task, past)
    if not len(cells) and not task.extra.any():
        return hidden, []
    size, problem = task.system.frame.size, _with_past(task, past, cells)
    classes = merged(problem, task.system.between.alike)
    small, label = classes.problem, classes.label
    care = Care(small, classes.flags(np.concatenate([hidden, np.ones(len(cells), dtype=np.bool_)])))
    failed = np.flatnonzero(small.primary).tolist()
    movable = small.movable & ~(read(task, classes) & ~care.fixed)
    blocks = Blocks(small, pieces(small, np.flatnonzero(movable)))
    for most in (0, *NEAR):
        _, failed = by_neighbours(care, blocks, failed, most)
    for every in (movable, small.movable):
        if failed:
            failed = extended(care, Moves(small, np.flatnonzero(every)), failed)
    wider = care.hidden()[label[:size]] & (task.system.frame.state == NUMBER) & (task.system.frame.value > 0)
    stuck = np.isin(label[size:], failed)
    if task.system.before is not None:  # a large cell that goes down somewhere is no one number, either
        large = task.system.before.value[cells] >= below(task.system.before)[cells]
        stuck &= ~(large & (care.uses[label[size:]] > 0))
    return wider | hidden, cells[stuck].tolist()


def reached(task: Task, past: Ints) -> Ints:
    """The hidden cells of the period before that lines reach."""
    reached = np.asarray(abs(task.system.reach).sum(axis=0)).reshape(-1) > 0
    return np.flatnonzero(reached & (past > 0)) if len(reached) else np.zeros(0, dtype=np.int64)


def _with_past(task: Task, past: Ints, cells: Ints) -> Problem:
    """The period, and cells of the one before. To be lifted are these, and what an audit could not lift."""
    problem, before = whole(task), task.system.before
    if before is None or not len(cells):
        return replace(problem, primary=problem.primary & (task.extra > 0))
    reach, value = sp.csr_matrix(task.system.reach[:, cells]), before.value[cells]
    matrix = sp.csr_matrix(sp.hstack([problem.rows.matrix, reach]))
    target = np.maximum(below(before)[cells], value + past[cells])
    ones = np.ones(len(cells), dtype=np.int64)
    return Problem(
        np.concatenate([problem.value, value]),
        replace(problem.rows, matrix=matrix, constant=problem.rows.constant - reach @ value),
        np.concatenate([problem.movable, ones > 0]),
        np.concatenate([problem.lower, ones]),
        np.concatenate([problem.primary & (task.extra > 0), ones > 0]),
        np.concatenate([problem.target, target]),
        np.concatenate([problem.weight, np.zeros(len(cells))]),
    )

"""Which cells to hide besides the primaries, so that every primary has a witness (disclosure §5.3-5.4).

First the primaries protect one another as far as they can: small batches that share no line are lifted inside what is
hidden anyway. For each that is left, the heaviest first, the cheapest move over all cells is sought, twice: the second
time a cell's cost is divided by how far the first one moved it: fewer cells, not smaller moves. What a move used is
hidden and costs nothing for the moves after it. (One primary at a time finds far cheaper masks than large batches
do: lifted together, primaries push their volume through the totals they share.)
"""

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tables.disclosure.moves import Flags, Ints, Move, Moves, Problem
from tables.disclosure.rows import AT_LEAST

_BATCH = 4
_BARREN = 2  # pooled moves that lift nobody before primaries are lifted one by one


def lift_all(problem: Problem, moves: Moves, wanted: Ints) -> tuple[list[tuple[list[int], Move]], list[int]]:
    """Witnesses for the wanted primaries among the cells of `moves`, and the primaries without one."""
    cost = np.zeros(problem.size)
    found: list[tuple[list[int], Move]] = []
    failed: list[int] = []
    reached = problem.value.copy()
    queue = list(batches(problem, wanted))
    while queue:
        batch = [p for p in queue.pop(0) if reached[p] < problem.target[p]]
        move = moves.lift(batch, cost, alone=len(batch) == 1) if batch else None
        if move is not None:
            found.append((batch, move))
            reached[move.cells] = np.maximum(reached[move.cells], problem.value[move.cells] + move.steps)
        elif len(batch) == 1:
            failed.append(batch[0])
        elif batch:
            queue[:0] = [batch[: len(batch) // 2], batch[len(batch) // 2 :]]
    return found, failed


def pool_all(problem: Problem, moves: Moves, wanted: Ints) -> tuple[list[tuple[list[int], Move]], Ints]:
    """Few moves that lift many primaries each, as long as they do; and the primaries still to be lifted."""
    found: list[tuple[list[int], Move]] = []
    left, barren = wanted, 0
    while len(left) and barren < _BARREN:
        weight = 1 + ((np.arange(len(left)) * 2654435761 + 97 * (len(found) + barren)) % 1000) / 1000
        move = moves.pool(left, weight)
        up = np.zeros(len(left), dtype=np.bool_)
        if move is not None:
            up = problem.value[left] + move.at(left) >= problem.target[left]
        if move is None or not up.any():
            barren += 1
            continue
        found.append((left[up].tolist(), move))
        left = left[~up]
    return found, left


def cheapest(moves: Moves, batch: list[int], cost: NDArray[np.float64]) -> Move | None:
    """The move of a batch that hides least, reweighted once."""
    move = moves.lift(batch, cost, alone=len(batch) == 1)
    if move is None or not (cost[move.cells] > 0).any():
        return move
    divided = cost.copy()
    divided[move.cells] *= 0.5 / np.maximum(np.abs(move.steps), 0.5)
    second = moves.lift(batch, divided)
    if second is None or price(second, cost) > price(move, cost):
        return move
    return second


def price(move: Move, cost: NDArray[np.float64]) -> float:
    return float(cost[move.cells].sum())


def extend(
    problem: Problem, moves: Moves, hidden: Flags, wanted: list[int], *, size: int = 1
) -> tuple[list[tuple[list[int], Move]], list[int]]:
    """Witnesses for primaries that need more cells, which become `hidden` (changed in place); and those without one.

    `size`: how many are lifted at once. One at a time hides least; more is quicker where programs are large.
    """
    cost = np.where(hidden, 0.0, problem.weight)
    found: list[tuple[list[int], Move]] = []
    failed: list[int] = []
    reached = problem.value.copy()
    queue = list(batches(problem, np.array(wanted, dtype=np.int64), size=size))
    while queue:
        batch = [p for p in queue.pop(0) if reached[p] < problem.target[p]]
        if not batch:
            continue
        move = cheapest(moves, batch, cost)
        if move is None and len(batch) > 1:
            queue[:0] = [batch[: len(batch) // 2], batch[len(batch) // 2 :]]
        elif move is None:
            failed.append(batch[0])
        else:
            cost[move.cells] = 0
            hidden[move.cells] = True
            found.append((batch, move))
            reached[move.cells] = np.maximum(reached[move.cells], problem.value[move.cells] + move.steps)
    return found, failed


def batches(problem: Problem, wanted: Ints, *, size: int = _BATCH) -> Iterator[list[int]]:
    """Greedy colouring: primaries of one batch share no equation; the heaviest are placed first, ties by index."""
    equations = sp.csc_matrix(problem.rows.matrix[problem.rows.kind != AT_LEAST])
    order = wanted[np.lexsort((wanted, -problem.weight[wanted]))]
    open_: list[tuple[list[int], set[int]]] = []
    for p in order.tolist():
        lines = set(equations.indices[equations.indptr[p] : equations.indptr[p + 1]].tolist())
        group, taken = next(((g, t) for g, t in open_ if not t & lines), (None, lines))
        if size == 1:
            yield [p]
        elif group is None:
            open_.append(([p], lines))
        else:
            group.append(p)
            taken |= lines
            if len(group) == size:
                open_.remove((group, taken))
                yield group
    yield from (group for group, _ in open_)

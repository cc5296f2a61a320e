"""Lines of a period as a matrix over the cells that are not known."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tables.disclosure.certificate import piece
from tables.disclosure.certificate.layers import Cell
from tables.disclosure.checker import EQUAL, HELD, Layer, Line

_KINDS: Final = {EQUAL: piece.EQUAL, HELD: piece.HELD}
Numbers = Callable[[Layer, int], tuple[int, ...]]  # of a hidden cell of the period before, in every table


def sums(
    lines: list[Line], column: Mapping[Cell, int], numbers: Numbers
) -> tuple[sp.csr_matrix, NDArray[np.int64], NDArray[np.uint8]]:
    """The lines over the columns, what is known of each with the first table of the period before, and their kinds."""
    factors = [factor for line in lines for factor, _, _ in line.open]
    places = [column[layer, offset] for line in lines for _, layer, offset in line.open]
    pointers = np.cumsum([0, *(len(line.open) for line in lines)])
    parts = np.array(factors, dtype=np.int64), np.array(places, dtype=np.int64), pointers
    matrix = sp.csr_matrix(parts, shape=(len(lines), len(column)))
    matrix.sum_duplicates()
    known = [line.known + sum(f * numbers(one, o)[0] for f, one, o in line.before) for line in lines]
    kind = [_KINDS.get(line.row.kind, piece.AT_LEAST) for line in lines]
    return matrix, np.array(known, dtype=np.int64), np.array(kind, dtype=np.uint8)


def shifted(lines: list[Line], numbers: Numbers) -> NDArray[np.int64]:
    """What the tables of the period before add to the lines: (tables, lines), nothing in the first."""
    back = [(row, term) for row, line in enumerate(lines) for term in line.before]
    width = max((len(numbers(layer, o)) for _, (_, layer, o) in back), default=1)
    shifts = np.zeros((width, len(lines)), dtype=np.int64)
    for row, (factor, layer, offset) in back:
        row_of = numbers(layer, offset)
        shifts[: len(row_of), row] += factor * (np.array(row_of, dtype=np.int64) - row_of[0])
    return shifts


def inside(pairs: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """The pairs of cells that are both among the columns, by their places there."""
    if not len(pairs):
        return np.zeros((0, 2), dtype=np.int64)
    own = pairs[np.isin(pairs[:, 0], columns) & np.isin(pairs[:, 1], columns)]
    return np.searchsorted(columns, own)

"""Rows of the relation system: sparse, integer, and each knows where it comes from.

With x the numbers of a frame, a row says  matrix·x + constant = 0  (EQUAL),  ≥ 0  (AT_LEAST), or is HELD: it is ≥ 0,
and the attacker is granted its very value, so a move may not change it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tables.disclosure.frame import ABSENT, UNKNOWN, Frame
from tables.errors import Refused

EQUAL: Final = 0
AT_LEAST: Final = 1
HELD: Final = 2


@dataclass(frozen=True, slots=True)
class Rows:
    matrix: sp.csr_matrix
    constant: NDArray[np.int64]
    kind: NDArray[np.uint8]
    source: NDArray[np.int32]
    sources: tuple[str, ...]

    def kept(self, which: NDArray[np.bool_]) -> "Rows":
        return Rows(self.matrix[which], self.constant[which], self.kind[which], self.source[which], self.sources)


@dataclass(slots=True)
class Collector:
    """Gathers rows; columns that are zero by definition fall out, and a row with fewer than two cells is no row."""

    frame: Frame
    _columns: list[NDArray[np.int64]] = field(default_factory=list)
    _factors: list[NDArray[np.int64]] = field(default_factory=list)
    _lengths: list[NDArray[np.int64]] = field(default_factory=list)
    _constants: list[NDArray[np.int64]] = field(default_factory=list)
    _kinds: list[NDArray[np.uint8]] = field(default_factory=list)
    _sources: list[NDArray[np.int32]] = field(default_factory=list)
    _names: list[str] = field(default_factory=list)
    size: int = 0  # how many rows

    def block(
        self, cells: NDArray[np.int64], factors: NDArray[np.int64], kind: int, source: str, *, carriers: int = 1
    ) -> None:
        """Rows of equal length: `cells` (rows × terms), a factor a term; without a carrier there is no row."""
        present = self.frame.state[cells] != ABSENT
        keep = present[:, :carriers].all(axis=1) & (present.sum(axis=1) > carriers)
        if not keep.any():
            return
        cells, present = cells[keep], present[keep]
        self._add(cells[present], np.broadcast_to(factors, cells.shape)[present], present.sum(axis=1))
        self._label(len(cells), kind, source, np.zeros(len(cells), dtype=np.int64))

    def row(self, cells: Sequence[int], factors: Sequence[int], kind: int, source: str, *, constant: int = 0) -> None:
        """One row whose cells are all there."""
        self._add(
            np.array(cells, dtype=np.int64), np.array(factors, dtype=np.int64), np.array([len(cells)], dtype=np.int64)
        )
        self._label(1, kind, source, np.array([constant], dtype=np.int64))

    def rows(self) -> Rows:
        if not self._lengths:
            empty = np.zeros(0, dtype=np.int64)
            matrix = sp.csr_matrix(np.zeros((0, self.frame.size), dtype=np.int64))
            return Rows(matrix, empty, empty.astype(np.uint8), empty.astype(np.int32), ())
        pointers = np.concatenate([[0], np.cumsum(np.concatenate(self._lengths))])
        parts = (np.concatenate(self._factors), np.concatenate(self._columns), pointers)
        matrix = sp.csr_matrix(parts, shape=(len(pointers) - 1, self.frame.size))
        matrix.sum_duplicates()
        labels = np.concatenate(self._kinds), np.concatenate(self._sources)
        return Rows(matrix, np.concatenate(self._constants), *labels, tuple(self._names))

    def _add(self, cells: NDArray[np.int64], factors: NDArray[np.int64], lengths: NDArray[np.int64]) -> None:
        self._columns.append(cells)
        self._factors.append(factors)
        self._lengths.append(lengths)

    def _label(self, count: int, kind: int, source: str, constant: NDArray[np.int64]) -> None:
        if not self._names or self._names[-1] != source:
            self._names.append(source)
        self.size += count
        self._kinds.append(np.full(count, kind, dtype=np.uint8))
        self._sources.append(np.full(count, len(self._names) - 1, dtype=np.int32))
        self._constants.append(constant)


def broken(rows: Rows, frame: Frame) -> NDArray[np.bool_]:
    """The rows that the true numbers contradict; one with an UNKNOWN cell only if no value could mend it."""
    level = rows.matrix @ frame.value + rows.constant
    false = np.where(rows.kind == EQUAL, level != 0, level < 0)
    unknown = (frame.state == UNKNOWN).astype(np.int64)
    if unknown.any():
        upward = (rows.matrix.maximum(0) @ unknown) > 0
        downward = ((-rows.matrix).maximum(0) @ unknown) > 0
        mended = np.where(rows.kind == EQUAL, ((level < 0) & upward) | ((level > 0) & downward), upward)
        false &= ~mended
    return false


def demand(rows: Rows, frame: Frame) -> None:
    """Raises Refused when the true numbers contradict a row, naming its cells."""
    false = np.nonzero(broken(rows, frame))[0]
    if not len(false):
        return
    told = "\n".join(_told(rows, frame, int(row)) for row in false[:10])
    more = f" (+{len(false) - 10})" if len(false) > 10 else ""
    raise Refused(
        "relations",
        f"Tallene modsiger {len(false)} relation(er); ret tallene eller relationen{more}:\n{told}",
        f"The numbers contradict {len(false)} relation(s); mend the numbers or the relation{more}:\n{told}",
    )


def _told(rows: Rows, frame: Frame, row: int) -> str:
    line = rows.matrix[row]
    level = int((line @ frame.value)[0] + rows.constant[row])
    order = np.argsort(-np.abs(frame.value[line.indices]), kind="stable")[:6]
    cells = [f"{'−' if line.data[i] < 0 else '+'} {frame.name(int(line.indices[i]))}" for i in order]
    rest = f" … {len(line.indices)} cells" if len(line.indices) > 6 else ""
    sign = "= 0" if rows.kind[row] == EQUAL else "≥ 0"
    return f"  {rows.sources[rows.source[row]]}: {' '.join(cells)}{rest} is {level}, not {sign}"

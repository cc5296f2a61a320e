"""One line a cell: labels are joined once, numbers block by block; memory stays flat however long the answer."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.formats import numbers
from tables.model import BLOCK, Block


def quoted(text: str, delimiter: str) -> str:
    """RFC 4180: quotes only where the text needs them."""
    if delimiter in text or '"' in text or "\r" in text or "\n" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


class Rows:
    """Lines made of the labels of all axes, the number or none, and an ending that depends on the state.

    The tail of the axes is written out once; of the axes before it only the labels a block needs. A line is four texts
    picked from one pool: picked one after the other they lie in memory as they go out, so nothing is joined.
    """

    def __init__(self, columns: Sequence[Sequence[str]], endings: Sequence[str]) -> None:
        """`columns`: labels with what parts them; `endings` by the stored byte, with what stands for a number."""
        cut = len(columns)
        size = 1
        while cut and (size == 1 or size * len(columns[cut - 1]) <= BLOCK):
            cut -= 1
            size *= len(columns[cut])
        self._outer = columns[:cut]
        self._shape = tuple(len(column) for column in self._outer)
        self._size = size
        self._tail = _written_out(columns[cut:])
        self._endings = (*endings, "")

    def lines(self, start: int, block: Block, point: str = ".") -> bytes:
        """The lines of a block whose first cell has number `start`, as they go out."""
        count, size, nothing = len(block.values), self._size, len(self._endings) - 1
        first, last = start // size, (start + count - 1) // size
        at = start % size
        tail = self._tail.slice(at, count) if first == last else self._tail
        few = pa.array([*self._endings, *self._labels(first, last + 1)], pa.string())
        places = np.arange(at, at + count, dtype=np.int32)
        picked = np.empty((count, 4), np.int32)
        picked[:, 0] = places // size + len(self._endings)
        picked[:, 1] = places % size + (len(few) - (at if first == last else 0))
        there = numbers.shown(block)
        picked[:, 2] = np.arange(count, dtype=np.int32) + (len(few) + len(tail))
        if not there.all():
            picked[~there, 2] = nothing
        picked[:, 3] = block.status
        pool = pa.concat_arrays([few, tail, numbers.column(block, point)])
        return _bytes(pool.take(pa.array(picked.reshape(-1))))

    def _labels(self, start: int, stop: int) -> list[str]:
        if not self._outer:
            return [""]
        places = np.unravel_index(np.arange(start, stop), self._shape)
        parts = [[column[at] for at in place.tolist()] for column, place in zip(self._outer, places, strict=True)]
        return ["".join(line) for line in zip(*parts, strict=True)]


def _bytes(texts: "pa.StringArray") -> bytes:
    """All texts, one after the other."""
    _, offsets, data = texts.buffers()
    length = int(np.frombuffer(offsets, np.int32, 1, 4 * len(texts))[0])
    whole: bytes = data.slice(0, length).to_pybytes()
    return whole


def _written_out(columns: Sequence[Sequence[str]]) -> "pa.Array":
    """Every combination of the columns, the last one fastest."""
    if not columns:
        return pa.array([""], pa.string())
    whole = pa.array(columns[-1], pa.string())
    for column in reversed(columns[:-1]):
        before = np.repeat(np.arange(len(column)), len(whole))
        after = np.tile(np.arange(len(whole)), len(column))
        labels = pa.array(column, pa.string()).take(pa.array(before))
        whole = pc.binary_join_element_wise(labels, whole.take(pa.array(after)), "")
    return whole

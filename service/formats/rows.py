"""One line a cell: labels are joined once, numbers block by block; memory stays flat however long the answer."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tables.model import BLOCK


def quoted(text: str, delimiter: str) -> str:
    """RFC 4180: quotes only where the text needs them."""
    if delimiter in text or '"' in text or "\r" in text or "\n" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


class Prefixes:
    """What stands before the number in every line: the labels of all axes, each ending with the delimiter.

    The tail of the axes is written out once; of the axes before it only the lines a block needs.
    """

    def __init__(self, columns: Sequence[Sequence[str]]) -> None:
        cut = len(columns)
        size = 1
        while cut and (size == 1 or size * len(columns[cut - 1]) <= BLOCK):
            cut -= 1
            size *= len(columns[cut])
        self._outer = columns[:cut]
        self._shape = tuple(len(column) for column in self._outer)
        self._size = size
        self._tail = _written_out(columns[cut:])
        self._all = math.prod(self._shape)

    def between(self, start: int, count: int) -> tuple["pa.Scalar | pa.Array", "pa.Array"]:
        """The two parts of the lines of `count` cells from number `start`."""
        positions = np.arange(start, start + count)
        inner = self._tail if count == self._size else self._tail.take(pa.array(positions % self._size))
        first, last = start // self._size, (start + count - 1) // self._size
        labels = pa.array(self._labels(first, last + 1), pa.string())
        if first == last:
            return labels[0], inner
        return labels.take(pa.array(positions // self._size - first)), inner

    def _labels(self, start: int, stop: int) -> list[str]:
        if not self._outer:
            return [""]
        places = np.unravel_index(np.arange(start, min(stop, self._all)), self._shape)
        parts = [[column[at] for at in place.tolist()] for column, place in zip(self._outer, places, strict=True)]
        return ["".join(line) for line in zip(*parts, strict=True)]


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


def lines(prefixes: Prefixes, start: int, values: "pa.Array", end: str) -> bytes:
    """The lines of one block as they go out; the buffer of the joined column is sent as it is."""
    outer, inner = prefixes.between(start, len(values))
    joined = pc.binary_join_element_wise(outer, inner, values, end, "")
    data: bytes = joined.buffers()[2].to_pybytes()
    return data


def chunked(pieces: Iterator[bytes], size: int = 1 << 16) -> Iterator[bytes]:
    """Small pieces gathered, so that a line is never a write of its own."""
    kept = bytearray()
    for piece in pieces:
        kept += piece
        if len(kept) >= size:
            yield bytes(kept)
            kept.clear()
    if kept:
        yield bytes(kept)

"""Scaled integers → digits, exactly; no float is ever made here."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from service.formats.signs import FIRST_WITHOUT_NUMBER
from tables.model import Block

SMALL = 512  # cells; below it Python is as fast as Arrow and needs no warm-up
DIGITS = 38  # of decimal128


def text(value: int, decimals: int, point: str = ".") -> str:
    """1234 with two decimals is 12.34; the sign in front, no thousands mark."""
    if not decimals:
        return str(value)
    whole, rest = divmod(abs(value), 10**decimals)
    return f"{'-' if value < 0 else ''}{whole}{point}{rest:0{decimals}d}"


def column(block: Block, point: str = ".") -> "pa.StringArray":
    """The numbers of a block as text, those without a number too (as 0): the caller puts the signs."""
    if isinstance(block.decimals, int):
        return _column(block.values, block.decimals, point)
    kinds = np.unique(block.decimals)
    written = _column(block.values, int(kinds[0]), point)
    for kind in kinds[1:]:
        mine = pa.array(block.decimals == kind)
        written = pc.if_else(mine, _column(block.values, int(kind), point), written)
    return written


def _column(values: NDArray[np.int64], decimals: int, point: str) -> "pa.StringArray":
    if not decimals:
        return pc.cast(pa.array(values), pa.string())
    words = np.empty((len(values), 2), np.int64)  # decimal128: two words, low first, the sign extended
    words[:, 0] = values
    words[:, 1] = values >> 63
    whole = pa.Array.from_buffers(pa.decimal128(DIGITS, decimals), len(values), [None, pa.py_buffer(words)])
    written = pc.cast(whole, pa.string())
    return written if point == "." else pc.replace_substring(written, ".", point)


def texts(block: Block, point: str = ".") -> list[str]:
    """As `column`, as a list."""
    if len(block.values) > SMALL:
        digits: list[str] = column(block, point).to_pylist()
        return digits
    if isinstance(block.decimals, int):
        if not block.decimals:
            return list(map(str, block.values.tolist()))
        return [text(value, block.decimals, point) for value in block.values.tolist()]
    pairs = zip(block.values.tolist(), block.decimals.tolist(), strict=True)
    return [text(value, decimals, point) for value, decimals in pairs]


def shown(block: Block) -> NDArray[np.bool_]:
    """Where a number stands."""
    return np.asarray(block.status < FIRST_WITHOUT_NUMBER)

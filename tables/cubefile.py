"""Columns of a foreign Parquet file as plain arrays, with every fault that can be seen without the table's rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tables.errors import CatalogError, Fault

EXACT = 2**53  # a float beyond this has lost its units
NO_STATUS = 255  # a null in a status column


@dataclass(frozen=True, slots=True)
class Faults:
    """A growing list of faults of one file."""

    file: str
    found: list[Fault] = field(default_factory=list)

    def add(self, path: str, what: str) -> None:
        self.found.append(Fault(self.file, 0, path, what))

    def settle(self) -> None:
        if self.found:
            raise CatalogError(self.found)


def load(path: Path, texts: Sequence[str], faults: Faults) -> pa.Table:
    """The whole file; the columns `texts` as dictionaries where the file lets us. Unreadable files end here."""
    if not path.is_file():
        faults.add("", "the file is missing; build or import the figures first")
        faults.settle()
    if path.stat().st_size == 0:
        faults.add("", "the file is empty; build or import the figures again")
        faults.settle()
    try:
        there = set(pq.read_schema(path).names)
        wanted = [text for text in texts if text in there]
        with pq.ParquetFile(path, read_dictionary=wanted, page_checksum_verification=True) as file:
            table = file.read()
    except (pa.ArrowException, OSError) as error:
        faults.add("", "this is not a whole Parquet file (cut off or damaged?); write it again")
        raise CatalogError(faults.found) from error
    if not table.num_rows:
        faults.add("", "the file holds no rows; build or import the figures again")
        faults.settle()
    return table.unify_dictionaries()


def places(column: pa.ChunkedArray, index: dict[str, int], code: str, faults: Faults) -> NDArray[np.int64] | None:
    """Each row's place in the dimension, -1 where its code is unknown; None if the column is not text."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = pc.dictionary_encode(column)
    if not pa.types.is_dictionary(column.type) or not _texts(column.type.value_type):
        faults.add(code, f"codes are {column.type}; write them as text, so that 000 stays 000")
        return None
    chunk = column.combine_chunks()
    if isinstance(chunk, pa.ChunkedArray):  # what combining no chunks gives
        chunk = chunk.unify_dictionaries().chunk(0)
    codes = chunk.dictionary.to_pylist()
    lookup = np.array([-1 if text is None else index.get(text, -1) for text in codes] + [-1], dtype=np.int64)
    positions = pc.fill_null(chunk.indices.cast(pa.int64()), len(codes)).to_numpy(zero_copy_only=False)
    _name_unknown(codes, positions, lookup, (code, tuple(index)), faults)
    found: NDArray[np.int64] = lookup[positions]
    return found


def _texts(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _name_unknown(
    codes: list[str | None],
    positions: NDArray[np.int64],
    lookup: NDArray[np.int64],
    dimension: tuple[str, tuple[str, ...]],
    faults: Faults,
) -> None:
    code, known = dimension
    used = np.bincount(positions, minlength=len(lookup))
    for place in np.flatnonzero((used > 0) & (lookup < 0)):
        rows = "1 row" if used[place] == 1 else f"{used[place]} rows"
        text = codes[place] if place < len(codes) else None
        if text is None:
            faults.add(code, f"{rows} without a code; every row needs one")
        else:
            faults.add(code, f"'{text}' ({rows}) is not a value of {code}; {_cure(text, known)}")


def _cure(text: str, known: tuple[str, ...]) -> str:
    trimmed = [code for code in known if code.lstrip("0") == text.lstrip("0") or code.casefold() == text.casefold()]
    if trimmed:
        return f"did you mean '{trimmed[0]}'?"
    return "add it to the table, or take the rows out"


def numbers(
    column: pa.ChunkedArray, decimals: int, name: str, faults: Faults
) -> tuple[NDArray[np.int64], NDArray[np.bool_]] | None:
    """Numbers scaled by 10^decimals, half up, and where there is one; None if they cannot be."""
    kind = column.type
    known = pc.is_valid(column).to_numpy().astype(bool)
    if pa.types.is_null(kind):
        return np.zeros(len(column), dtype=np.int64), known
    if pa.types.is_integer(kind):
        values = _from_integers(column, decimals)
    elif pa.types.is_floating(kind):
        values = _from_floats(column, decimals)
    elif pa.types.is_decimal(kind):
        values = _from_decimals(column, decimals)
    else:
        faults.add(name, f"the column is {kind}; numbers are written as int, decimal or double")
        return None
    if values is None:
        faults.add(name, f"a number is infinite, not a number, or too large with {decimals} decimals")
        return None
    return values, known


def _from_integers(column: pa.ChunkedArray, decimals: int) -> NDArray[np.int64] | None:
    try:
        whole = pc.multiply_checked(column.cast(pa.int64()), pa.scalar(10**decimals, pa.int64()))
    except pa.ArrowInvalid:
        return None
    return _filled(whole)


def _from_floats(column: pa.ChunkedArray, decimals: int) -> NDArray[np.int64] | None:
    plain = pc.fill_null(column.cast(pa.float64()), 0.0).to_numpy().astype(np.float64)
    if not np.isfinite(plain).all():
        return None
    shifted = plain * 10.0**decimals
    if (np.abs(shifted) >= EXACT).any():
        return None
    # The sixth decimal first: 0.285 is 28.499999999999996 hundredths in binary, and half up means what was written.
    whole: NDArray[np.int64] = np.floor(np.round(shifted, 6) + 0.5).astype(np.int64)
    return whole


def _from_decimals(column: pa.ChunkedArray, decimals: int) -> NDArray[np.int64] | None:
    rounded = pc.round(column, ndigits=decimals, round_mode="half_up")
    try:
        wide = pa.concat_arrays(pc.fill_null(rounded.cast(pa.decimal128(38, decimals)), 0).chunks)
    except pa.ArrowInvalid:
        return None
    words = np.frombuffer(wide.buffers()[1], dtype=np.int64).reshape(-1, 2)[wide.offset : wide.offset + len(wide)]
    if (words[:, 1] != words[:, 0] >> 63).any():
        return None
    return words[:, 0].copy()


def _filled(column: pa.ChunkedArray) -> NDArray[np.int64]:
    filled: NDArray[np.int64] = pc.fill_null(column, 0).to_numpy().astype(np.int64)
    return filled


def statuses(column: pa.ChunkedArray, name: str, faults: Faults) -> NDArray[np.uint8] | None:
    """Status bytes as written, NO_STATUS where there is none; None if they cannot be."""
    if pa.types.is_null(column.type):
        return np.full(len(column), NO_STATUS, dtype=np.uint8)
    if not pa.types.is_integer(column.type):
        faults.add(name, f"the column is {column.type}; a status is a whole number from 0 to 5")
        return None
    wide = pc.fill_null(column.cast(pa.int64(), safe=False), NO_STATUS).to_numpy()
    if not np.isin(wide, (0, 1, 3, 4, 5, NO_STATUS)).all():
        faults.add(name, "a status is 0, 1, 3, 4 or 5, or left out; 2 (revised) is set by the release")
        return None
    narrow: NDArray[np.uint8] = wide.astype(np.uint8)
    return narrow

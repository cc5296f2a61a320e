"""The data files of a release, written by us with fixed settings: the same cells, the same bytes."""

import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tables.grid import size
from tables.model import Dimension, Measure, Status, Table
from tables.shown import ARRAY, CELLS, Shown, has_array, numbered

DOWNLOAD: Final = "table.csv.gz"
ROWS: Final = 122_880  # of a row group
LEVEL: Final = 3  # of gzip: 6 takes thrice the time for a tenth less
WORDS: Final[Mapping[int, str]] = {
    Status.OK: "",
    Status.PROVISIONAL: "provisional",
    Status.REVISED: "revised",
    Status.NOT_APPLICABLE: "not_applicable",
    Status.MISSING: "not_available",
    Status.CONFIDENTIAL: "confidential",
}


def write_data(shown: Shown, folder: Path) -> dict[str, str]:
    """cells.parquet, shown.arrow and table.csv.gz into the folder; their names with their roles."""
    _write_cells(shown, folder / CELLS)
    _write_download(shown, folder / DOWNLOAD)
    roles = {CELLS: "cells", DOWNLOAD: "download"}
    if has_array(shown):
        _write_array(shown, folder / ARRAY)
        roles[ARRAY] = "shown"
    return roles


def _write_array(shown: Shown, path: Path) -> None:
    columns: dict[str, NDArray[np.int64] | NDArray[np.uint8]] = {}
    for measure in shown.table.measures:
        columns[measure.code] = shown.values[measure.code]
        columns[f"{measure.code}.status"] = shown.status[measure.code]
    batch = pa.record_batch(list(columns.values()), names=list(columns))
    options = pyarrow.ipc.IpcWriteOptions(compression=None)
    with path.open("xb") as sink, pyarrow.ipc.new_file(sink, batch.schema, options=options) as writer:
        writer.write_batch(batch)


def _write_cells(shown: Shown, path: Path) -> None:
    schema = pa.schema(_fields(shown.table))
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=3, write_page_checksum=True) as writer:
        for start, stop in spans(size(shown.table), ROWS):
            batch = pa.record_batch(list(_columns(shown, start, stop)), schema=schema)
            writer.write_batch(batch, row_group_size=ROWS)


def _fields(table: Table) -> Iterator[pa.Field]:
    for dimension in table.dimensions:
        yield pa.field(dimension.code, pa.dictionary(pa.int32(), pa.string()), nullable=False)
    for measure in table.measures:
        told = {"unit": measure.unit.en, "decimals": str(measure.decimals)}
        yield pa.field(measure.code, pa.int64(), metadata=told)
        yield pa.field(f"{measure.code}.status", pa.uint8(), nullable=False)
    for name in _denominators(table):
        yield pa.field(name, pa.int64())


def _denominators(table: Table) -> tuple[str, ...]:
    return tuple(dict.fromkeys(measure.denominator for measure in table.measures if measure.denominator))


def _columns(shown: Shown, start: int, stop: int) -> Iterator[pa.Array]:
    offsets = np.arange(start, stop)
    for dimension, places in _places(shown.table, offsets):
        yield pa.DictionaryArray.from_arrays(places.astype(np.int32), pa.array(dimension.codes))
    for measure in shown.table.measures:
        status = shown.status[measure.code][start:stop]
        yield pa.array(shown.values[measure.code][start:stop], mask=~numbered(status))
        yield pa.array(status)
    for name in _denominators(shown.table):
        below = shown.denominators[name][start:stop]
        yield pa.array(below, mask=below == 0)


def _places(table: Table, offsets: NDArray[np.int64]) -> Iterator[tuple[Dimension, NDArray[np.int64]]]:
    """Of each cell its place in every dimension."""
    stride = size(table)
    for dimension in table.dimensions:
        stride //= len(dimension.values)
        yield dimension, offsets // stride % len(dimension.values)


def spans(total: int, step: int) -> Iterator[tuple[int, int]]:
    for start in range(0, total, step):
        yield start, min(start + step, total)


def _write_download(shown: Shown, path: Path) -> None:
    """RFC 4180 in UTF-8: the codes, and of each measure the number and a word where there is more to say."""
    with path.open("xb") as sink, gzip.GzipFile("", "wb", LEVEL, sink, mtime=0) as file:
        heads = [dimension.code for dimension in shown.table.dimensions]
        for measure in shown.table.measures:
            heads += [measure.code, f"{measure.code}.status"]
        file.write((",".join(map(quoted, heads)) + "\r\n").encode())
        for start, stop in spans(size(shown.table), ROWS):
            file.write(_lines(shown, start, stop))


def _lines(shown: Shown, start: int, stop: int) -> bytes:
    cells: list[pa.Array] = []
    for dimension, places in _places(shown.table, np.arange(start, stop)):
        cells.append(pa.array([quoted(code) for code in dimension.codes]).take(pa.array(places)))
    words = pa.array([WORDS[status] for status in sorted(WORDS)])
    for measure in shown.table.measures:
        status = shown.status[measure.code][start:stop]
        written = _decimals(shown.values[measure.code][start:stop], measure)
        cells.append(pc.if_else(pa.array(numbered(status)), written, ""))
        cells.append(words.take(pa.array(status)))
    ended = pc.binary_join_element_wise(cells[-1], "", "\r\n")
    rows = pc.binary_join_element_wise(*cells[:-1], ended, ",")
    return rows.buffers()[2].to_pybytes() if len(rows) else b""


def _decimals(values: NDArray[np.int64], measure: Measure) -> pa.Array:
    """Scaled integers with their decimal point: 13 with one decimal is 1.3, 120 is 12.0."""
    if not measure.decimals:
        return pa.array(values).cast(pa.string())
    words = np.empty((len(values), 2), dtype=np.int64)
    words[:, 0], words[:, 1] = values, values >> 63
    kind = pa.decimal128(19 + measure.decimals, measure.decimals)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(words)]).cast(pa.string())


def quoted(text: str) -> str:
    """A CSV field; quoted only where it must be."""
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if any(sign in text for sign in ',"\r\n') else text

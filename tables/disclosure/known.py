"""Masks found before, by a hash of everything they depend on (disclosure §5.10).

`protection/<group>.known.parquet` has a row for every hidden cell: period, key, table, offset. A period whose key is in
the file is taken over; what is taken over is audited like anything else. The file holds no number.
"""

import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tables.disclosure.mask import Task
from tables.disclosure.moves import Flags

VERSION: Final = b"1"  # of the suppressor: another one, other masks


@dataclass(slots=True)
class Known:
    """Hidden places per table, by the key of a period."""

    masks: dict[str, dict[str, NDArray[np.int64]]]

    @classmethod
    def read(cls, path: Path) -> "Known":
        """Nothing is known where there is no such file."""
        if not path.exists():
            return cls({})
        told = pq.read_table(path).to_pydict()
        gathered: dict[str, dict[str, list[int]]] = {}
        for key, table, offset in zip(told["key"], told["table"], told["offset"], strict=True):
            gathered.setdefault(key, {}).setdefault(table, []).append(offset)
        return cls(
            {key: {t: np.array(o, dtype=np.int64) for t, o in tables.items()} for key, tables in gathered.items()}
        )

    def recall(self, task: Task) -> Flags | None:
        """The hidden cells of a period as a frame has them."""
        found = self.masks.get(key_of(task))
        if found is None:
            return None
        frame = task.system.frame
        hidden = np.zeros(frame.size, dtype=np.bool_)
        for layer in frame.layers:
            place = np.isin(np.arange(len(layer.places)), found.get(layer.table.id, np.zeros(0, dtype=np.int64)))
            hidden[layer.start : layer.start + len(layer.places)] = place
        return hidden


def known_file(found: Iterable[tuple[Task, Flags]]) -> bytes:
    """The file for a later run."""
    rows: dict[str, list[str | int]] = {"period": [], "key": [], "table": [], "offset": []}
    for task, hidden in found:
        frame, key = task.system.frame, key_of(task)
        for layer in frame.layers:
            here = np.flatnonzero(hidden[layer.start : layer.start + len(layer.places)])
            rows["period"] += [frame.period] * len(here)
            rows["key"] += [key] * len(here)
            rows["table"] += [layer.table.id] * len(here)
            rows["offset"] += here.tolist()
    types: Mapping[str, pa.DataType] = {
        "period": pa.string(),
        "key": pa.string(),
        "table": pa.string(),
        "offset": pa.int64(),
    }
    sink = io.BytesIO()
    made = pa.table({name: pa.array(column, types[name]) for name, column in rows.items()})
    pq.write_table(made, sink, compression="zstd", store_schema=False)
    return sink.getvalue()


def key_of(task: Task) -> str:
    """The hash of what a mask depends on: numbers, states, rows, rules' cells, earlier releases, weights."""
    digest = hashlib.sha256(VERSION)
    frame, rows = task.system.frame, task.system.rows
    for layer in frame.layers:
        digest.update(f"{layer.table.id} {layer.measure.code} {layer.below} {layer.shape}".encode())
    parts: tuple[NDArray[np.generic], ...] = (
        frame.value,
        frame.state,
        task.primary,
        task.kept,
        task.public,
        task.weight,
    )
    matrix = rows.matrix
    for part in (*parts, rows.kind, rows.constant, matrix.indptr, matrix.indices, matrix.data):
        digest.update(np.ascontiguousarray(part).tobytes())
    digest.update(f"{frame.period} {task.tries} {sorted(task.system.between.alike)}".encode())
    return digest.hexdigest()

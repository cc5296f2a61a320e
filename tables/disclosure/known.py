"""Masks and certificates found before, by a hash of everything a period's mask depends on (disclosure §5.10).

`protection/<group>.known.parquet` has a row for every hidden cell of a period: key, table, measure, cell (its place
among the period's cells), and its numbers in the alternative tables, the first as it is and the others as differences
from it, which are mostly zero. Rows of other cells hold what was settled: counts behind shown rates, and missing cells.
What is taken over is checked like anything else; where it does not hold it is found afresh. No true number is in it.
"""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tables.disclosure.frame import Frame
from tables.disclosure.mask import Task
from tables.disclosure.moves import Flags

VERSION: Final = b"2"  # of the suppressor: another one, other masks
MOST: Final = 4_000_000  # bytes; a larger file is written without the alternative tables
_HIDDEN, _OPEN, _SETTLED = 0, 1, 2

Numbers = dict[tuple[str, str, int], tuple[int, ...]]  # table, measure, place in the table


@dataclass(slots=True)
class Remembered:
    """A period: its hidden cells by place in the frame, and numbers; `tables` is 0 where only the mask is known."""

    hidden: NDArray[np.int64]
    numbers: Numbers = field(default_factory=dict)
    settled: Numbers = field(default_factory=dict)
    tables: int = 0


class Known:
    """What a file remembers, by the key of a period."""

    def __init__(self, path: Path | None = None) -> None:
        self._rows = pq.read_table(path) if path is not None and path.exists() else None
        self._key = None if self._rows is None else np.array(self._rows.column("key").to_pylist())

    def recall(self, task: Task, key: str) -> Remembered | None:
        if self._rows is None or self._key is None:
            return None
        own = np.flatnonzero(self._key == key)
        if not len(own):
            return None
        rows = self._rows.take(pa.array(own))
        layers = {(layer.table.id, layer.measure.code): layer for layer in task.system.frame.layers}
        names = list(zip(rows.column("table").to_pylist(), rows.column("measure").to_pylist(), strict=True))
        cells, kinds = rows.column("cell").to_numpy(), rows.column("kind").to_numpy()
        starts = np.array([layers[name].start for name in names])
        found = Remembered((starts + cells)[kinds == _HIDDEN])
        columns = [name for name in rows.column_names if _numbered(name)]
        numbers = np.stack([rows.column(name).to_numpy() for name in columns], axis=1) if columns else None
        if numbers is None:
            return found
        numbers[:, 1:] += numbers[:, :1]
        found.tables = numbers.shape[1]
        for name, cell, kind, row in zip(names, cells.tolist(), kinds.tolist(), numbers.tolist(), strict=True):
            place = (*name, int(layers[name].places[cell]))
            (found.settled if kind == _SETTLED else found.numbers)[place] = tuple(row)
        return found


def known_file(found: Iterable[tuple[Task, str, Flags, Numbers, Numbers]]) -> bytes:
    """The file for a later run: tasks with their keys, hidden cells, their numbers, and what was settled."""
    told = list(found)
    whole = _written(told, numbers=True)
    return whole if len(whole) <= MOST else _written(told, numbers=False)


def joined(paths: Iterable[Path]) -> bytes:
    """One file of several, such as the vaults of a few acts keep; of a period that several hold, the first counts."""
    parts, seen = [], set[str]()
    for path in paths:
        rows = pq.read_table(path)
        keys = rows.column("key").to_pylist()
        parts.append(rows.filter(pa.array([key not in seen for key in keys])))
        seen |= set(keys)
    widths = [sum(_numbered(name) for name in part.column_names) for part in parts]
    wide = [_widened(part, width, max(widths)) for part, width in zip(parts, widths, strict=True)]
    whole = _bytes(pa.concat_tables(wide))
    plain = [name for name in wide[0].column_names if not _numbered(name)]
    masks = pa.concat_tables([part.filter(pc.field("kind") == _HIDDEN).select(plain) for part in wide])
    return whole if len(whole) <= MOST else _bytes(masks)


def _widened(rows: pa.Table, width: int, most: int) -> pa.Table:
    """With as many tables as the widest: the first one again."""
    for at in range(width, most):
        rows = rows.append_column(f"t{at + 1}", pa.array([0] * len(rows), pa.int64()))
    return rows


def _numbered(name: str) -> bool:
    return name[0] == "t" and name[1:].isdigit()


def _bytes(rows: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(rows, sink, compression="zstd", compression_level=19)
    return sink.getvalue()


def _written(found: list[tuple[Task, str, Flags, Numbers, Numbers]], *, numbers: bool) -> bytes:
    keys: list[tuple[str, str, str, str, int, int]] = []
    rows: list[tuple[int, ...]] = []
    for task, key, hidden, values, settled in found:
        for name, cell, kind, row in _cells(task.system.frame, hidden, values, settled):
            if numbers or kind == _HIDDEN:
                keys.append((task.system.frame.period, key, *name, cell, kind))
                rows.append((row[0], *(number - row[0] for number in row[1:])))
    width = max((len(row) for row in rows), default=0) if numbers else 0
    types = [pa.string()] * 4 + [pa.int64(), pa.int8()]
    names = ["period", "key", "table", "measure", "cell", "kind"]
    columns = {name: pa.array([key[at] for key in keys], types[at]) for at, name in enumerate(names)}
    for at in range(width):
        columns[f"t{at + 1}"] = pa.array([row[at] if at < len(row) else 0 for row in rows], pa.int64())
    return _bytes(pa.table(columns))


def _cells(
    frame: Frame, hidden: Flags, values: Numbers, settled: Numbers
) -> Iterable[tuple[tuple[str, str], int, int, tuple[int, ...]]]:
    for layer in frame.layers:
        name = (layer.table.id, layer.measure.code)
        for cell, place in enumerate(layer.places.tolist()):
            if (*name, place) in settled:
                yield name, cell, _SETTLED, settled[*name, place]
            elif hidden[layer.start + cell]:
                yield name, cell, _HIDDEN, values.get((*name, place), (0,))
            elif (*name, place) in values:
                yield name, cell, _OPEN, values[*name, place]


def key_of(task: Task) -> str:
    """The hash of what a mask depends on: numbers, states, rows, rules' cells, earlier releases, weights."""
    digest = hashlib.sha256(VERSION)
    frame, rows = task.system.frame, task.system.rows
    for layer in frame.layers:
        digest.update(f"{layer.table.id} {layer.measure.code} {layer.below} {layer.shape}".encode())
    parts: tuple[NDArray[np.generic], ...] = (frame.value, frame.state, task.primary, task.kept, task.once, task.public)
    matrix = rows.matrix
    for part in (*parts, rows.kind, rows.constant, matrix.indptr, matrix.indices, matrix.data):
        digest.update(np.ascontiguousarray(part).tobytes())
    digest.update(np.round(task.weight, 6).tobytes())
    digest.update(f"{frame.period} {task.tries} {task.singles} {sorted(task.system.between.alike)}".encode())
    return digest.hexdigest()

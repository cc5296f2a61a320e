"""A period as it was released before: its mask and its alternative tables, where nothing else could be hidden now.

What was shown and stands is known, what was hidden and stands stays hidden (disclosure §7). Where that is all there is
in a period no search can find another mask, and the certificate of the release before proves this one too.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow.parquet as pq

from tables.disclosure.frame import NUMBER
from tables.disclosure.known import Numbers, Remembered
from tables.disclosure.mask import Task, guarded
from tables.disclosure.versions import matched
from tables.model import Table

_PLACES: Final = ("table", "measure", "period", "offset")


class Again:
    """The newest certificate of a group, read for tables as they are now.

    `certificate`: its file, or None where there is none; `then`: the tables as they were released with it.
    """

    def __init__(self, certificate: Path | None, now: Mapping[str, Table], then: Mapping[str, Table]) -> None:
        self._numbers: dict[str, Numbers] = {}
        self._settled: dict[str, Numbers] = {}
        self._tables = 0
        if certificate is None:
            return
        places = {table: _moved(now[table], then[table]) for table in now.keys() & then.keys()}
        rows = pq.read_table(certificate)
        columns = [name for name in rows.column_names if name not in _PLACES]
        self._tables = len(columns)
        numbers = zip(*(rows.column(name).to_pylist() for name in columns), strict=True)
        cells = zip(*(rows.column(name).to_pylist() for name in _PLACES), strict=True)
        for (table, measure, period, offset), row in zip(cells, numbers, strict=True):
            place = places.get(table, {}).get(offset)
            if place is not None:
                self._numbers.setdefault(period, {})[table, measure, place] = row
        told = json.loads(rows.schema.metadata[b"statbank"])
        for table, measure, offset, number in told["held"]:
            place = places.get(table, {}).get(offset)
            if place is not None:
                self._settled.setdefault(_period(now[table], place), {})[table, measure, place] = (number,)

    def recall(self, task: Task) -> Remembered | None:
        """The mask of a period where only what was hidden before may be hidden, and at least that is."""
        frame = task.system.frame
        movable = (frame.state == NUMBER) & (frame.value > 0) & ~task.public & guarded(frame)
        if not movable.any() or (movable & ~task.kept).any():
            return None
        period = frame.period
        numbers, settled = self._numbers.get(period, {}), self._settled.get(period, {})
        return Remembered(np.flatnonzero(movable), numbers, settled, self._tables if numbers else 0)


def _moved(now: Table, then: Table) -> dict[int, int]:
    here, there = matched(now, then)
    return dict(zip(there.tolist(), here.tolist(), strict=True))


def _period(table: Table, place: int) -> str:
    axis = next(axis for axis, dimension in enumerate(table.dimensions) if dimension.time)
    step = int(np.prod(table.shape[axis + 1 :]))
    return table.dimensions[axis].codes[place // step % table.shape[axis]]

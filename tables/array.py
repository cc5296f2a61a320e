"""The engine of dense tables: a cell's place is arithmetic, so any question is offsets and a take per column."""

import os
from collections.abc import Mapping
from functools import lru_cache
from math import prod
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.ipc
from numpy.typing import NDArray

from tables.derive import Indices
from tables.errors import TableDamaged
from tables.model import Release

ARRAY: Final = "shown.arrow"
_TABLES: Final = 8_192  # mapped at once in a process; the kernel allows 65,530 maps


def gather(release: Release, measure: str, indices: Indices, /) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Numbers and statuses in the shape the indices broadcast to."""
    table = release.table
    columns = _mapped(f"{(release.source or release.act).folder}/{table.id}/{ARRAY}", os.getpid())
    values, status = columns.get(measure), columns.get(f"{measure}.status")
    shape = table.shape
    if values is None or status is None or not values.size == status.size == prod(shape):
        raise _damaged(table.id)
    offsets = indices[0]
    for size, index in zip(shape[1:], indices[1:], strict=True):
        offsets = offsets * size + index
    return values.take(offsets), status.take(offsets)


@lru_cache(maxsize=_TABLES)
def _mapped(path: str, process: int) -> Mapping[str, NDArray[Any]]:
    """The columns of a file, mapped and not copied; a path is never written twice, so it may be kept.

    `process` keeps what was mapped before a fork out of the child. No file descriptor stays open.
    """
    try:
        with pa.memory_map(path) as source:
            reader = pyarrow.ipc.open_file(source)
            if reader.num_record_batches != 1:
                raise _damaged(path.split("/")[-2])
            batch = reader.get_batch(0)
        columns: dict[str, NDArray[Any]] = {
            name: column.to_numpy(zero_copy_only=True)
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
            if column.type in (pa.int64(), pa.uint8())
        }
    except (OSError, pa.ArrowInvalid) as error:
        raise _damaged(path.split("/")[-2]) from error
    return columns


def _damaged(table: str) -> TableDamaged:
    return TableDamaged(
        f"Tallene i {table} kan ikke læses lige nu.",
        f"The figures of {table} cannot be read at the moment.",
    )

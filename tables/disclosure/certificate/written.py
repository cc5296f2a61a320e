"""certificate.parquet, from what an audit found."""

import io
import json
from collections.abc import Collection, Mapping
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from tables.disclosure.certificate.layers import Cell, in_order, period_of
from tables.disclosure.checker import HIDDEN, Layer

VERSION: Final = "1"


def written(
    group: str,
    values: Mapping[Cell, tuple[int, ...]],
    held: Collection[tuple[Layer, int, int]],
    dropped: Collection[tuple[int, str, tuple[str, ...]]],
    false: Collection[tuple[int, str]],
) -> bytes:
    """The same bytes for the same shown figures; cells with fewer tables than others have the first one again."""
    width = max((len(numbers) for numbers in values.values()), default=1)
    cells = sorted(values, key=in_order)
    numbers = [values[cell] for cell in cells]
    columns: dict[str, pa.Array] = {
        "table": pa.array([layer.table for layer, _ in cells], pa.string()),
        "measure": pa.array([layer.measure for layer, _ in cells], pa.string()),
        "period": pa.array([period_of(*cell) for cell in cells], pa.string()),
        "offset": pa.array([offset for _, offset in cells], pa.int64()),
    }
    for table in range(width):
        columns[f"t{table + 1}"] = pa.array([row[table if table < len(row) else 0] for row in numbers], pa.int64())
    told = {
        "version": VERSION,
        "group": group,
        "held": sorted((layer.table, layer.measure, offset, number) for layer, offset, number in held),
        "dropped": [[number, period, list(codes)] for number, period, codes in dropped],
        "contradicted": sorted([number + 1, period] for number, period in false),
    }
    made = pa.table(columns).replace_schema_metadata({"statbank": json.dumps(told, ensure_ascii=False)})
    sink = io.BytesIO()
    pq.write_table(made, sink, compression="zstd")
    return sink.getvalue()


def summary(values: Mapping[Cell, tuple[int, ...]], tables: Collection[str]) -> Mapping[str, Any]:
    """The line of release.json."""
    width = max((len(numbers) for numbers in values.values()), default=0)
    hidden = sum(layer.status[offset] == HIDDEN for layer, offset in values)
    return {"tables": sorted(tables), "hidden": hidden, "k": width, "version": VERSION}

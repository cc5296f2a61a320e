"""Rows of figures laid out as a cube file: one row a cell, table order, the same bytes every time."""

import os
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tables.errors import CatalogError, Fault
from tables.imports.nouns import Column, Facts, Figures, shortened
from tables.model import Status


def refuse_twins(facts: Facts) -> None:
    """Two rows of one cell are refused, each with the line of the first."""
    places = _offsets(facts.columns)
    _, inverse, counts = np.unique(places, return_inverse=True, return_counts=True)
    if (counts < 2).all():
        return
    first: dict[int, int] = {}
    faults = []
    for row in np.flatnonzero(counts[inverse] > 1).tolist():
        line = int(facts.lines[row])
        earlier = first.setdefault(int(places[row]), line)
        if earlier != line:
            cell = ", ".join(f"{column.code}={column.labels[column.rows[row]].code}" for column in facts.columns)
            faults.append(Fault(facts.file, line, "", f"{cell} stands on line {earlier} already; keep one of the two"))
    raise CatalogError(shortened(faults))


def _offsets(columns: Sequence[Column]) -> NDArray[np.int64]:
    places = np.zeros(len(columns[0].rows), dtype=np.int64)
    for column in columns:
        places = places * len(column.labels) + column.rows
    return places


def cube_of(facts: Facts) -> pa.Table:
    """Sorted by the order of values in each column, the first column slowest."""
    order = np.lexsort([column.rows for column in reversed(facts.columns)])
    fields = {
        column.code: pa.array([label.code for label in column.labels], pa.string()).take(pa.array(column.rows[order]))
        for column in facts.columns
    }
    return pa.table(fields | _measure(facts.figures, order))


def _measure(figures: Figures, order: NDArray[np.intp]) -> dict[str, pa.Array]:
    signs = figures.signs[order]
    numbers = pa.array(figures.numbers[order], pa.int64(), mask=signs != Status.OK)
    if figures.decimals:
        exact = [
            None if number is None else Decimal(number).scaleb(-figures.decimals) for number in numbers.to_pylist()
        ]
        numbers = pa.array(exact, pa.decimal128(19 + figures.decimals, figures.decimals))
    stated = np.isin(signs, (Status.NOT_APPLICABLE, Status.CONFIDENTIAL))  # a null alone means MISSING
    if not stated.any():
        return {figures.name: numbers}
    return {figures.name: numbers, f"{figures.name}.status": pa.array(signs, pa.uint8(), mask=~stated)}


def write_cube(cube: pa.Table, path: Path) -> None:
    """Whole or not at all: written beside its place and moved there."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        pq.write_table(cube, draft, compression="zstd")
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)

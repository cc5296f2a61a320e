"""The engine of thin and very large tables: DuckDB over cells.parquet, locked down, opened in the process that asks."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

import duckdb
import numpy as np
from numpy.typing import NDArray

from tables.derive import Indices
from tables.errors import Busy, TableDamaged, Timeout
from tables.model import Dimension, Release, Table

CELLS: Final = "cells.parquet"
# operations §7: some of it can be given at the connection alone, the rest in this order alone.
_CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {
    "python_enable_replacements": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
    "allow_extension_repositories": "forbidden",
    "allow_persistent_secrets": "false",
    "memory_limit": "512MB",
    "threads": "1",
    "temp_directory": "",
    "max_temp_directory_size": "0B",
    "max_expression_depth": "250",
    "max_execution_time": "2000",  # milliseconds
}
Parameter: TypeAlias = str | list[str] | list[int]


def gather(release: Release, measure: str, indices: Indices, /) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Numbers and statuses in the shape the indices broadcast to, by one statement of its own."""
    shape = np.broadcast_shapes(*(index.shape for index in indices))
    path = release.path(CELLS).resolve()
    sql, parameters = _statement(release, measure, indices, shape)
    cursor = _database(path.parents[2], os.getpid()).cursor()
    try:
        with told(release):
            values, status = _columns(cursor, sql, [str(path), *parameters])
    finally:
        cursor.close()
    if not values.size == status.size == int(np.prod(shape, dtype=np.int64)):
        raise _damaged(release)
    return values.reshape(shape), status.reshape(shape)


@contextmanager
def told(release: Release) -> Iterator[None]:
    """The engine's errors in our own words; its connection stays usable after each of them."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise Timeout("Forespørgslen tog for lang tid.", "The question took too long.") from error
    except duckdb.OutOfMemoryException as error:
        raise Busy("Serveren har for travlt. Prøv igen om lidt.", "The server is too busy. Try again.") from error
    except duckdb.Error as error:
        raise _damaged(release) from error


def opened(folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection that reads files inside `folder` and nothing else, for ever."""
    connection = duckdb.connect(":memory:", config=_CONFIG)
    allowed = str(folder.resolve()).replace("'", "''")
    connection.execute(f"SET allowed_directories=['{allowed}/']")
    connection.execute("SET enable_external_access=false")
    connection.execute("SET lock_configuration=true")
    return connection


@cache
def _database(folder: Path, process: int) -> duckdb.DuckDBPyConnection:
    """`process` because a connection from before a fork hangs in the child; unbounded because freeing it there crashes.

    A server reads from one folder.
    """
    return opened(folder)


def _statement(release: Release, measure: str, indices: Indices, shape: tuple[int, ...]) -> tuple[str, list[Parameter]]:
    """One row a cell, in the order of the shape; text is made of names of the catalog alone, codes are parameters."""
    joins: list[str] = []
    wheres: list[str] = []
    order: list[str] = []
    joined: list[Parameter] = []
    single: list[Parameter] = []
    for number, (dimension, index) in enumerate(zip(release.table.dimensions, indices, strict=True)):
        column = f"c.k{number}"
        codes = _codes(dimension, index)
        if len(codes) == 1:
            wheres.append(f"{column} = ?")
            single.append(codes[0])
            continue
        line = f"d{number}"
        joins.append(
            f"JOIN (SELECT unnest(?::varchar[]) AS code, unnest(?::bigint[]) AS place) {line} ON {column} = {line}.code"
        )
        order.append(f"{line}.place")
        joined += [codes, list(_places(index, shape))]
    place = [one.code for one in release.table.measures].index(measure)
    columns = f"coalesce(c.v{place}, 0)::bigint AS value, c.s{place}::utinyint AS status"
    sql = f"SELECT {columns} FROM read_parquet(?) c({_names(release.table)}) " + " ".join(joins)
    if wheres:
        sql += f" WHERE {' AND '.join(wheres)}"
    # Without an order rows come permuted, and values would stand at the wrong codes.
    return (f"{sql} ORDER BY {' + '.join(order)}" if order else sql), [*joined, *single]


def _names(table: Table) -> str:
    """The columns by their place in the file: to DuckDB `INDSATSER` and `indsatser` would be the same name."""
    keys = [f"k{number}" for number in range(len(table.dimensions))]
    pairs = [name for number in range(len(table.measures)) for name in (f"v{number}", f"s{number}")]
    return ", ".join([*keys, *pairs])


def _codes(dimension: Dimension, index: NDArray[np.intp]) -> list[str]:
    return [dimension.values[place].code for place in index.ravel().tolist()]


def _places(index: NDArray[np.intp], shape: tuple[int, ...]) -> Iterator[int]:
    """How far each place of a dimension moves a cell in the row-major shape."""
    following = index.ndim - 1 - index.shape.index(index.size)
    stride = int(np.prod(shape[len(shape) - following :], dtype=np.int64))
    return iter(range(0, index.size * stride, stride))


def _columns(
    cursor: duckdb.DuckDBPyConnection, sql: str, parameters: list[Parameter]
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    rows = cursor.execute(sql, parameters).fetchnumpy()
    values, status = rows["value"], rows["status"]
    if np.ma.isMaskedArray(values) or np.ma.isMaskedArray(status):  # a cell without a status: not what was written
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint8)
    return values.astype(np.int64), status.astype(np.uint8)


def _damaged(release: Release) -> TableDamaged:
    table = release.table.id
    return TableDamaged(
        f"Tallene i {table} kan ikke læses lige nu.",
        f"The figures of {table} cannot be read at the moment.",
    )

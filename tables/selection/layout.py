"""The first view of a table: what its folder says, else the rule of pxwebapi2 §2.5."""

from typing import Final

from tables.model import CONTENTS, Dimension, Layout, Table

_ROWS: Final = 1_500
_COLUMNS: Final = 13


def default(table: Table) -> Layout:
    """Rows, columns and a selection in the site grammar: the same first view through every door."""
    if table.default is not None:
        return table.default
    others = [dimension for dimension in table.dimensions if not dimension.time]
    if not others:
        return _measures_and_time(table)
    if len(others) == 1:
        return _one(table, others[0])
    return _many(table, others)


def _measures_and_time(table: Table) -> Layout:
    time = table.time.code
    select = {CONTENTS: _some(len(table.measures), _ROWS), time: f"top({_COLUMNS})"}
    if len(table.measures) < 6:
        return Layout((time,), (CONTENTS,), select)
    return Layout((CONTENTS,), (time,), select)


def _one(table: Table, other: Dimension) -> Layout:
    time, values, measures = table.time.code, len(other.values), len(table.measures)
    if measures == 1:
        select = {other.code: _some(values, _ROWS), CONTENTS: "*", time: f"top({_COLUMNS})"}
        return Layout((other.code,), (CONTENTS, time), select)
    row, column = (other.code, CONTENTS) if values >= measures else (CONTENTS, other.code)
    sizes = {other.code: values, CONTENTS: measures}
    select = {row: _some(sizes[row], _ROWS), column: _some(sizes[column], _COLUMNS), time: "top(1)"}
    return Layout((row,), (column, time), select)


def _many(table: Table, others: list[Dimension]) -> Layout:
    must = [dimension for dimension in others if dimension.elimination is None]
    may = [dimension for dimension in others if dimension.elimination is not None]
    if len(must) >= 2:
        first, last = must[0], must[-1]
    elif must:
        first, last = must[0], may[-1]
    else:
        first, last = may[0], may[-1]
    row, column = (first, last) if len(first.values) >= len(last.values) else (last, first)
    between = must[1:-1]
    select = {row.code: _some(len(row.values), _ROWS), column.code: _some(len(column.values), _COLUMNS)}
    select |= {dimension.code: "top(1)" for dimension in between}
    select |= {CONTENTS: "top(1)", table.time.code: "top(1)"}
    fixed = tuple(dimension.code for dimension in between)
    return Layout((row.code,), (*fixed, CONTENTS, column.code, table.time.code), select)


def _some(count: int, most: int) -> str:
    return "*" if count <= most else f"top({most})"

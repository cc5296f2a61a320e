"""Protection files: which tables are masked together, and the relations of their cells as written there.

In `Group.relations` every relation is a mapping with the keys of its file (`at_most`, `pair`, `codes`, …): a pair of
tables and lists of codes are tuples, flags are bool, periods under `only` are written out.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tables import periods
from tables.catalog.reading import Reading, opened
from tables.model import Dimension, Group, Table
from tables.schema import GroupSchema
from tables.schema.group import RELATIONS
from tables.yamlfile import Place


def group(path: Path, name: str, known: Mapping[str, Table | None] | None) -> tuple[Reading, Group]:
    """`known` has every table of the library, None for one with faults; without it names are taken as they stand."""
    reading = opened(path, name, GroupSchema())
    shape = reading.shape
    for at, table in enumerate(shape.get("tables", ())):
        if known is not None:
            reading.known(("tables", at), table, known, "a table of the library")
    relations = [_relation(reading, at, item, known or {}) for at, item in enumerate(shape.get("relations", ()))]
    _insiders(reading, known)
    return reading, Group(path.stem, shape.get("tables", ()), tuple(relations), shape.get("insiders", ()))


def _insiders(reading: Reading, known: Mapping[str, Table | None] | None) -> None:
    tables = [known.get(table) for table in reading.shape.get("tables", ())] if known is not None else []
    if not tables or None in tables:
        return
    words = ["singles", *dict.fromkeys(dimension.code for table in tables if table for dimension in table.dimensions)]
    for at, word in enumerate(reading.shape.get("insiders", ())):
        reading.known(("insiders", at), word, words, "singles or a dimension of these tables")


def _relation(
    reading: Reading, at: int, item: Mapping[str, Any], known: Mapping[str, Table | None]
) -> Mapping[str, Any]:
    written = _written_out(reading, at, item)
    kind = next((kind for kind in RELATIONS if len(item.get(kind, ())) == 2), None)
    if kind is None:
        return written
    members = reading.shape.get("tables", ())
    named = [((kind, side), table) for side, table in enumerate(item[kind])]
    named += [(("plus", table), table) for table in item.get("plus", {})]
    inside = [reading.known(("relations", at, *step), table, members, "in tables:") for step, table in named]
    ours, theirs = (known.get(table) for table in item[kind])
    if all(inside) and ours and theirs:
        _sides(reading, ("relations", at), written, ours, theirs)
        for table, plus in item.get("plus", {}).items():
            third = known.get(table)
            if third:
                _pairs(reading, ("relations", at, "plus", table, "codes"), plus.get("codes", {}), ours, third)
    return written


def _written_out(reading: Reading, at: int, item: Mapping[str, Any]) -> Mapping[str, Any]:
    """A single text under `only` is a span of periods, as in time:."""
    if not any(isinstance(codes, str) for codes in item.get("only", {}).values()):
        return item
    only: dict[str, Any] = dict(item["only"])
    for dimension, codes in only.items():
        if isinstance(codes, str):
            try:
                only[dimension] = periods.expand(codes)
            except ValueError as error:
                reading.refuse(("relations", at, "only", dimension), f"{error}; codes stand in a list")
    return {**item, "only": only}


def _sides(reading: Reading, path: Place, item: Mapping[str, Any], ours: Table, theirs: Table) -> None:
    pair: Mapping[str, str] = item.get("pair", {})
    for mine, other in pair.items():
        _dimension(reading, (*path, "pair", mine), mine, ours)
        _dimension(reading, (*path, "pair", mine), other, theirs)
    _only(reading, (*path, "only"), item.get("only", {}), ours)
    _pairs(reading, (*path, "codes"), item.get("codes", {}), ours, theirs, pair=pair)
    _pairs(reading, (*path, "less"), item.get("less", {}), ours, ours)
    for key in ("each", "together"):
        for mine, codes in item.get(key, {}).items():
            if _dimension(reading, (*path, key, mine), mine, ours):
                partner = _dimension(reading, (*path, key, mine), pair.get(mine, mine), theirs)
                _codes(reading, (*path, key, mine), codes, partner)
    if "within" in item:
        _dimension(reading, (*path, "within"), item["within"], ours)
    if "sum" in item:
        _dimension(reading, (*path, "sum"), item["sum"], theirs)


def _only(reading: Reading, path: Place, only: Mapping[str, Any], ours: Table) -> None:
    for mine, codes in only.items():
        dimension = _dimension(reading, (*path, mine), mine, ours)
        if dimension is None:
            continue
        if isinstance(codes, Mapping):
            levels = [level.code for level in dimension.levels]
            reading.known((*path, mine, "level"), codes["level"], levels, f"a level of {mine} in {ours.id}")
        elif not dimension.time:
            _codes(reading, (*path, mine), codes, dimension)
        elif not set(codes) & set(dimension.index):
            reading.refuse((*path, mine), f"none of these periods is in {ours.id}; mend them")


def _pairs(
    reading: Reading,
    path: Place,
    pairs: Mapping[str, Mapping[str, str | Sequence[str]]],
    ours: Table,
    theirs: Table,
    *,
    pair: Mapping[str, str] | None = None,
) -> None:
    for mine, codes in pairs.items():
        left = _dimension(reading, (*path, mine), mine, ours)
        right = _dimension(reading, (*path, mine), (pair or {}).get(mine, mine), theirs) if left else None
        for code, others in codes.items():
            _codes(reading, (*path, mine, code), code, left)
            _codes(reading, (*path, mine, code), others, right)


def _dimension(reading: Reading, path: Place, code: str, table: Table) -> Dimension | None:
    known = {dimension.code: dimension for dimension in table.dimensions}
    return known[code] if reading.known(path, code, known, f"a dimension of {table.id}") else None


def _codes(reading: Reading, path: Place, codes: str | Sequence[str], dimension: Dimension | None) -> None:
    if dimension is not None:
        for code in _each(codes):
            reading.known(path, code, dimension.index, f"a value of {dimension.code}")


def _each(codes: str | Sequence[str]) -> Iterator[str]:
    yield from [codes] if isinstance(codes, str) else codes

"""The values of a dimension: which there are, in which order, and what hangs under what.

A value hangs under its nearest ancestor that is in the dimension, else under the elimination value. `except` takes out
values that cannot occur here, so sums stay whole; `only` keeps a few of those that do occur, so what is left of a
parent's children makes it up `partly`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tables import periods
from tables.catalog.classification import Classification, circular, valid
from tables.catalog.reading import Reading, rows
from tables.model import SUM, Dimension, Level, Nests, Text, Value
from tables.schema.shape import meant
from tables.yamlfile import Place


def dimension(
    reading: Reading, path: Place, shape: Mapping[str, Any], classifications: Mapping[str, Classification | None]
) -> Dimension | None:
    """None where a fault, here or in its classification, leaves its values unknown."""
    before = len(reading.faults)
    if not {"code", "text"} <= set(shape) or not {"time", "values", "classification"} & set(shape):
        return None
    levels: tuple[Level, ...] = ()
    if "time" in shape:
        values = _periods(reading, path, shape["time"])
    elif "values" in shape:
        values = _own(reading, path, shape)
    else:
        used = _classified(reading, path, shape, classifications)
        values, levels = used or ((), ())
        if used is None:
            return None
    if len(reading.faults) > before:
        return None
    return Dimension(
        shape["code"],
        shape["text"],
        values,
        elimination=shape.get("elimination"),
        time="time" in shape,
        overlap=shape.get("overlap"),
        classification=shape.get("classification"),
        levels=levels,
    )


def _periods(reading: Reading, path: Place, expression: str) -> tuple[Value, ...]:
    try:
        return tuple(Value(code, periods.text(code)) for code in periods.expand(expression))
    except ValueError as error:
        reading.refuse((*path, "time"), str(error))
        return ()


def _own(reading: Reading, path: Place, shape: Mapping[str, Any]) -> tuple[Value, ...]:
    place = (*path, "values")
    found = rows(reading, place, shape["values"], columns=("parent", "since", "until"))
    parents = {row.cells["code"]: row.cells.get("parent", "") for row in found}
    top = _top(reading, path, shape, parents)
    for row in found:
        code, parent = row.cells["code"], row.cells.get("parent", "")
        if parent and parent not in parents:
            reading.refuse(place, f"'{code}' hangs under '{parent}'; {meant(parent, parents)}", below=row.below)
        elif circular(code, parents) or (parent and code == top):
            reading.refuse(place, f"'{code}' cannot hang under '{parent}'; mend its parent", below=row.below)
        valid(reading, place, row)
    nests: Nests = shape.get("nests", "fully")
    return tuple(_value(row.cells, row.cells.get("parent") or top, nests, top) for row in found)


def _top(reading: Reading, path: Place, shape: Mapping[str, Any], codes: Mapping[str, object]) -> str | None:
    """The elimination value, if it is one."""
    elimination: str | None = shape.get("elimination")
    if elimination is None or elimination == SUM:
        return None
    kind = f"a value of {shape['code']}"
    return elimination if reading.known((*path, "elimination"), elimination, codes, kind) else None


def _value(cells: Mapping[str, str], parent: str | None, nests: Nests, top: str | None) -> Value:
    code = cells["code"]
    parent = None if code == top else parent
    return Value(
        code,
        Text(cells["da"], cells["en"]),
        level=cells.get("level") or None,
        parent=parent,
        nests=nests if parent is not None else "fully",
        since=cells.get("since") or None,
        until=cells.get("until") or None,
    )


def _classified(
    reading: Reading, path: Place, shape: Mapping[str, Any], classifications: Mapping[str, Classification | None]
) -> tuple[tuple[Value, ...], tuple[Level, ...]] | None:
    if not reading.known((*path, "classification"), shape["classification"], classifications, "a classification"):
        return None
    used = classifications[shape["classification"]]
    if used is None:
        return None  # its own faults are told in its own file
    whole = _whole(reading, path, shape, used)
    kept = _kept(reading, path, shape, whole)
    top = _top(reading, path, shape, used.by_code)
    if top is not None:
        _above(reading, path, used, kept, top)
        kept = [top, *(code for code in kept if code != top)]
    levels = {used.row(code)["level"] for code in kept}
    parents = {code: _parent(used, code, set(kept), top) for code in kept}
    partly = _partly(used, whole, kept, top)
    values = tuple(
        replace(
            _value(used.row(code), parents[code], _nests(shape, used, code, partly=code in partly), top),
            ancestors=tuple(used.ancestors(code)),
        )
        for code in kept
    )
    return values, tuple(level for level in used.levels if level.code in levels)


def _whole(reading: Reading, path: Place, shape: Mapping[str, Any], used: Classification) -> list[str]:
    """The codes of the levels, without those that cannot occur."""
    known = [level.code for level in used.levels]
    wanted = shape.get("levels", tuple(known))
    for place, level in enumerate(wanted):
        reading.known((*path, "levels", place), level, known, f"a level of {used.id}")
    codes = list(used.codes(*wanted))
    left_out = shape.get("except", ())
    for place, code in enumerate(left_out):
        reading.known((*path, "except", place), code, codes, f"a value of {shape['code']}")
    return [code for code in codes if code not in left_out]


def _kept(reading: Reading, path: Place, shape: Mapping[str, Any], whole: list[str]) -> list[str]:
    if "only" not in shape:
        return whole
    for place, code in enumerate(shape["only"]):
        reading.known((*path, "only", place), code, whole, f"a value of {shape['code']}")
    return [code for code in whole if code in shape["only"]]


def _above(reading: Reading, path: Place, used: Classification, kept: list[str], top: str) -> None:
    over = [code for code in used.ancestors(top) if code in kept]
    if over:
        reading.refuse((*path, "elimination"), f"'{top}' lies under '{over[0]}'; eliminate to the topmost value")


def _parent(used: Classification, code: str, kept: set[str], top: str | None) -> str | None:
    return next((above for above in used.ancestors(code) if above in kept), top)


def _partly(used: Classification, whole: list[str], kept: list[str], top: str | None) -> set[str]:
    """The values whose siblings are not all kept."""
    if len(kept) >= len(whole):
        return set()
    every = set(whole) | ({top} if top is not None else set())
    parents = {code: _parent(used, code, every, top) for code in whole}
    broken = {parents[code] for code in whole if code not in kept}
    return {code for code in kept if parents.get(code) in broken and code != top}


def _nests(shape: Mapping[str, Any], used: Classification, code: str, *, partly: bool) -> Nests:
    nests: Nests = shape.get("nests") or used.nests[used.row(code)["level"]]
    return "partly" if partly and nests == "fully" else nests

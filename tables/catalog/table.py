"""table.yaml and its classifications → Table. Rules that need only this one file are here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tables import periods
from tables.catalog.classification import Classification
from tables.catalog.dimension import dimension
from tables.catalog.layout import layout, selected
from tables.catalog.measure import eliminated_by_sum, measure
from tables.catalog.place import Dimensions, place
from tables.catalog.reading import Reading, folded, opened
from tables.catalog.reserved import DIMENSIONS, TABLES
from tables.catalog.rules import rules
from tables.model import CONTENTS, Break, Measure, Note, Table, Weights
from tables.schema import TableSchema

_NEEDED: Final = ("id", "subject", "title", "source", "dimensions", "measures", "disclosure")


def table(path: Path, name: str, classifications: Mapping[str, Classification | None]) -> tuple[Reading, Table | None]:
    """The table, or None where a fault stands in the way; every fault of the file is in the reading."""
    reading = opened(path, name, TableSchema())
    shape = reading.shape
    _own_name(reading, path.parent.name)
    dimensions = _dimensions(reading, classifications)
    measures = [measure(reading, at, item, dimensions) for at, item in enumerate(shape.get("measures", ()))]
    _names(reading, dimensions, measures)
    eliminated_by_sum(reading, dimensions, measures)
    disclosure = rules(reading, dimensions)
    notes = tuple(_notes(reading, dimensions))
    breaks = tuple(_breaks(reading, dimensions))
    weights = _weights(reading, dimensions)
    first_view = layout(reading, dimensions)
    if reading.faults or any(key not in shape for key in _NEEDED) or None in dimensions.built:
        return reading, None
    built = Table(
        shape["id"],
        shape["title"],
        shape["subject"],
        shape["source"],
        tuple(one for one in dimensions.built if one),
        tuple(one for one in measures if one),
        disclosure,
        status=shape.get("status", "active"),
        replaced_by=shape.get("replaced_by"),
        notes=notes,
        breaks=breaks,
        weights=weights,
        default=first_view,
        related=shape.get("related", ()),
        contacts=tuple(shape.get("contacts", ())),
        documentation=shape.get("documentation"),
    )
    selected(reading, built)
    return reading, None if reading.faults else built


def _own_name(reading: Reading, folder: str) -> None:
    shape = reading.shape
    written = shape.get("id")
    if written is None:
        return
    if written != folder:
        reading.refuse(("id",), f"'{written}' is not the name of its folder; write {folder}, or rename the folder")
    if written.casefold() in TABLES:
        reading.refuse(("id",), f"'{written}' is a word of the addresses and cannot be a table; choose another id")
    if shape.get("replaced_by") == written:
        reading.refuse(("replaced_by",), "a table cannot replace itself; name its successor")
    if "replaced_by" in shape and shape.get("status", "active") != "closed":
        reading.refuse(("replaced_by",), "goes with status: closed; take it out, or close the table")
    if written in shape.get("related", ()):
        reading.refuse(("related",), f"'{written}' is the table itself; take it out")


def _dimensions(reading: Reading, classifications: Mapping[str, Classification | None]) -> Dimensions:
    shapes = reading.shape.get("dimensions", ())
    built = tuple(dimension(reading, ("dimensions", at), item, classifications) for at, item in enumerate(shapes))
    times = [at for at, item in enumerate(shapes) if "time" in item]
    if shapes and not times:
        reading.refuse(("dimensions",), "none of them has time:; exactly one must")
    for at in times[1:]:
        reading.refuse(("dimensions", at, "time"), "is the second with time:; exactly one dimension may have it")
    return Dimensions(tuple(str(item.get("code", "")) for item in shapes), built)


def _names(reading: Reading, dimensions: Dimensions, measures: list[Measure | None]) -> None:
    """No two columns of one name, no two codes that a protocol would read alike, no word with another meaning."""
    seen = {folded(CONTENTS): CONTENTS}
    for at, code in enumerate(dimensions.codes):
        path = ("dimensions", at, "code")
        other = seen.setdefault(folded(code), code)
        if code and other is not code:
            reading.refuse(path, f"'{code}' and '{other}' are one to PxWebApi, which folds Æ, Ø, Å; rename one")
        if code.casefold() in DIMENSIONS and not (code.casefold() == "time" and code == dimensions.time):
            reading.refuse(path, f"'{code}' is a key of a protocol or the site and cannot be a dimension; rename it")
    columns: set[str] = {code for code in dimensions.codes if code}
    names: dict[str, str] = {}
    for at, item in enumerate(measures):
        if item is None:
            continue
        if names.setdefault(folded(item.code), item.code) is not item.code:
            reading.refuse(("measures", at, "code"), f"'{item.code}' is there twice; rename one")
        for key in ("code", "numerator", "denominator"):
            column = getattr(item, key)
            if column in columns:
                reading.refuse(("measures", at, key), f"'{column}' is another column of the cube; rename one")
        columns |= {column for column in (item.code, item.numerator) if column}
    if not measures and "measures" in reading.shape:
        reading.refuse(("measures",), "is empty; a table has at least one measure")


def _notes(reading: Reading, dimensions: Dimensions) -> list[Note]:
    found: list[Note] = []
    for at, item in enumerate(reading.shape.get("notes", ())):
        where = place(reading, ("notes", at, "at"), item.get("at", {}), dimensions)
        if "text" in item:
            found.append(Note(item["text"], where, item.get("mandatory", False)))
    return found


def _breaks(reading: Reading, dimensions: Dimensions) -> list[Break]:
    found: list[Break] = []
    for at, item in enumerate(reading.shape.get("breaks", ())):
        where = place(reading, ("breaks", at, "at"), item.get("at", {}), dimensions)
        if dimensions.time in where:
            reading.refuse(("breaks", at, "at", dimensions.time or ""), "the time of a break stands in period:")
        if {"period", "kind", "text"} <= set(item) and _within(reading, at, item["period"], dimensions):
            found.append(Break(where, item["period"], item["kind"], item["text"]))
    return found


def _within(reading: Reading, at: int, period: str, dimensions: Dimensions) -> bool:
    """Whether the break is in the table; one that lies after its last period shows when the table gets there."""
    time = dimensions.dimension(dimensions.time or "")
    if not periods.is_period(period):
        reading.refuse(("breaks", at, "period"), f"'{period}' is not a period; write 2015, 2015K1 or 2015M01")
    elif time:
        first, last = periods.period(time.values[0].code), periods.period(time.values[-1].code)
        here = periods.period(period)
        if here.frequency != first.frequency or here.number <= first.number:
            what = f"'{period}' does not lie after the first period, {time.values[0].code}; name the first of the new"
            reading.refuse(("breaks", at, "period"), what)
        return here.number <= last.number
    return False


def _weights(reading: Reading, dimensions: Dimensions) -> Weights:
    shape: Mapping[str, Any] = reading.shape.get("weights", {})
    for at, code in enumerate(shape.get("keep", ())):
        reading.known(("weights", "keep", at), code, dimensions.codes, "a dimension of the table")
    return Weights(shape.get("keep", ()), place(reading, ("weights", "prefer"), shape.get("prefer", {}), dimensions))

"""The measures of a table, and over which dimensions they add up."""

from collections.abc import Mapping
from typing import Any

from tables import periods
from tables.catalog.place import Dimensions, place
from tables.catalog.reading import Reading
from tables.model import SUM, Additive, Measure


def measure(reading: Reading, at: int, shape: Mapping[str, Any], dimensions: Dimensions) -> Measure | None:
    if not {"code", "text", "unit", "kind"} <= set(shape):
        return None
    if shape.get("base") and not periods.is_period(shape["base"]):
        reading.refuse(("measures", at, "base"), f"'{shape['base']}' is not a period; write 2015")
    return Measure(
        shape["code"],
        shape["text"],
        shape["unit"],
        shape["kind"],
        decimals=shape.get("decimals", 0),
        additive_over=_additive(reading, at, shape, dimensions),
        series=shape.get("series"),
        reference=shape.get("reference"),
        prices=shape.get("prices"),
        base=shape.get("base"),
        minimum=shape.get("minimum"),
        missing=shape.get("missing", "zero"),
        numerator=shape.get("numerator"),
        denominator=shape.get("denominator"),
    )


def _additive(reading: Reading, at: int, shape: Mapping[str, Any], dimensions: Dimensions) -> tuple[Additive, ...]:
    """What is written; left out, an additive measure adds up over every dimension but time."""
    if "additive_over" not in shape:
        every = dimensions.codes if shape["kind"] == "additive" else ()
        return tuple(Additive(code) for code in every if code != dimensions.time)
    found: list[Additive] = []
    for number, additive in enumerate(shape["additive_over"]):
        path = ("measures", at, "additive_over", number)
        if additive.dimension == dimensions.time:
            reading.refuse(path, f"{additive.dimension} is time, over which nothing adds up here; take it out")
        elif reading.known(path, additive.dimension, dimensions.codes, "a dimension"):
            only = place(reading, (*path, additive.dimension), additive.only, dimensions)
            if additive.dimension in only:
                reading.refuse(path, f"{additive.dimension} cannot be its own condition; name another dimension")
            found.append(Additive(additive.dimension, only))
    if len({additive.dimension for additive in found}) < len(found):
        reading.refuse(("measures", at, "additive_over"), "names a dimension twice; keep one")
    return tuple(found)


def eliminated_by_sum(reading: Reading, dimensions: Dimensions, measures: list[Measure | None]) -> None:
    """A total that is a sum must be one for every measure, whatever else is chosen."""
    for at, dimension in enumerate(dimensions.built):
        if dimension is None or dimension.elimination != SUM:
            continue
        for measured in measures:
            additive = measured.adds_over(dimension.code) if measured else None
            if measured and (additive is None or additive.only):
                reading.refuse(
                    ("dimensions", at, "elimination"),
                    f"{measured.code} does not add up over {dimension.code}; "
                    "name a stored total, or put the dimension in additive_over",
                )

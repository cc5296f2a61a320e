"""Hides measures of estimates behind which a small count stands; the rest of the cell stays.

An estimate is in no sum, so nothing else need be hidden to protect it but what tells the same count: the rule lists it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from marshmallow import Schema, fields, validate
from numpy.typing import NDArray

from tables.disclosure.method import Method

if TYPE_CHECKING:
    from tables.grid import Grid


class CountSchema(Schema):
    """A column of children, a measure or one that is never published; with `total` its complement is looked at too."""

    count = fields.String(required=True, validate=validate.Length(min=1))
    total = fields.String(validate=validate.Length(min=1))
    hides = fields.List(fields.String(), required=True, validate=validate.Length(min=1))


class Params(Schema):
    below = fields.Integer(
        required=True,
        validate=validate.Range(min=1, error="below must be at least 1: counts of 1 to below − 1 are hidden"),
    )
    counts = fields.List(fields.Nested(CountSchema), required=True, validate=validate.Length(min=1))


def primary(grid: "Grid", params: Mapping[str, Any]) -> NDArray[np.bool_]:
    """No cell is hidden whole."""
    return np.zeros(int(np.prod(grid.table.shape)), dtype=np.bool_)


def hides(grid: "Grid", params: Mapping[str, Any]) -> dict[str, NDArray[np.bool_]]:
    """Per measure the cells where a count of it, or what is left of the total, is 1 to below − 1."""
    hidden: dict[str, NDArray[np.bool_]] = {}
    for rule in params["counts"]:
        small = _small(grid, rule["count"], None, int(params["below"]))
        if "total" in rule:
            small |= _small(grid, rule["count"], rule["total"], int(params["below"]))
        for measure in rule["hides"]:
            hidden[measure] = hidden.get(measure, np.zeros(len(small), dtype=np.bool_)) | small
    return hidden


def _small(grid: "Grid", count: str, total: str | None, below: int) -> NDArray[np.bool_]:
    number = grid.numbers[count] if total is None else grid.numbers[total] - grid.numbers[count]
    small: NDArray[np.bool_] = (number > 0) & (number < below)
    return small


METHOD: Final = Method("estimate", Params, primary, hides)

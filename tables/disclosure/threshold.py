"""Hides a cell that 1 to `below` − 1 persons stand behind.

A zero is shown: that nobody is there says nothing about anybody. Every node of every hierarchy is looked at alike, so a
small total is hidden as well as a small leaf.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from marshmallow import Schema, fields, validate
from numpy.typing import NDArray

from tables.disclosure.method import Method, counts, numbered
from tables.errors import Refused

if TYPE_CHECKING:
    from tables.grid import Grid


class Params(Schema):
    """`counted` is the column of the cube with the persons behind a cell; left out, the measure counts them itself."""

    below = fields.Integer(
        required=True,
        validate=validate.Range(min=1, error="below must be at least 1: cells of 1 to below − 1 are hidden"),
    )
    counted = fields.String(validate=validate.Length(min=1))


def primary(grid: "Grid", params: Mapping[str, Any]) -> NDArray[np.bool_]:
    below = int(params["below"])
    small = np.zeros(len(numbered(grid)), dtype=np.bool_)
    for column, scale in _columns(grid, params):
        number = grid.numbers[column]
        small |= (number > 0) & (number < below * scale)
    return small & numbered(grid)


def _columns(grid: "Grid", params: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The counted columns, each with the integer that stands for one person."""
    counted = params.get("counted")
    if counted is None:
        return [(counts(m), 1 if m.numerator else 10**m.decimals) for m in grid.table.measures if m.kind != "estimate"]
    if counted not in grid.numbers:
        raise Refused(
            "threshold",
            f"{grid.table.id}: kolonnen {counted} findes ikke i cube.parquet; byg tabellen igen, eller ret counted.",
            f"{grid.table.id}: column {counted} is not in cube.parquet; build the table again, or mend counted.",
        )
    return [(counted, 1)]


METHOD: Final = Method("threshold", Params, primary)

"""Hides cells by hand, always with a reason; zeros stay, since the public is told that a hidden count is at least 1."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from marshmallow import Schema, fields, validate
from numpy.typing import NDArray

from tables.disclosure.method import Method, counts, numbered
from tables.errors import Refused
from tables.model import Dimension

if TYPE_CHECKING:
    from tables.grid import Grid


class Params(Schema):
    """`at` is a place as in notes: dimension to a code, a list of codes, or "*"."""

    at = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True, validate=validate.Length(min=1))
    reason = fields.String(required=True, validate=validate.Length(min=1))


def primary(grid: "Grid", params: Mapping[str, Any]) -> NDArray[np.bool_]:
    table = grid.table
    place = np.ones(table.shape, dtype=np.bool_)
    for code in params["at"]:
        if code not in {dimension.code for dimension in table.dimensions}:
            raise Refused(
                "hide", f"{table.id} har ingen variabel {code}.", f"{table.id} has no dimension {code}: mend at."
            )
    for axis, dimension in enumerate(table.dimensions):
        chosen = _chosen(table.id, dimension, params["at"].get(dimension.code, "*"))
        place &= chosen.reshape([-1 if other == axis else 1 for other in range(place.ndim)])
    above = np.logical_or.reduce([grid.numbers[counts(measure)] > 0 for measure in table.measures])
    hidden: NDArray[np.bool_] = place.reshape(-1) & above & numbered(grid)
    return hidden


def _chosen(table: str, dimension: Dimension, wanted: str | list[str]) -> NDArray[np.bool_]:
    codes = [wanted] if isinstance(wanted, str) else list(wanted)
    if "*" in codes:
        return np.ones(len(dimension.values), dtype=np.bool_)
    chosen = np.zeros(len(dimension.values), dtype=np.bool_)
    for code in codes:
        if code not in dimension.index:
            raise Refused(
                "hide",
                f"{table}: {code!r} er ikke en værdi af {dimension.code}.",
                f"{table}: {code!r} is not a value of {dimension.code}: mend at.",
            )
        chosen[dimension.index[code]] = True
    return chosen


METHOD: Final = Method("hide", Params, primary)

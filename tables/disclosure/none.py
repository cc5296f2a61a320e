"""Hides nothing, and says why."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from marshmallow import Schema, fields, validate
from numpy.typing import NDArray

from tables.disclosure.method import Method

if TYPE_CHECKING:
    from tables.grid import Grid


class Params(Schema):
    reason = fields.String(required=True, validate=validate.Length(min=1))


def primary(grid: "Grid", params: Mapping[str, Any]) -> NDArray[np.bool_]:
    return np.zeros(int(np.prod(grid.table.shape)), dtype=np.bool_)


METHOD: Final = Method("none", Params, primary)

"""What a rule is: a name, the shape of its parameters, and the cells it hides by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from marshmallow import Schema
from numpy.typing import NDArray

from tables.model import Measure, Status

if TYPE_CHECKING:
    from tables.grid import Grid


@dataclass(frozen=True, slots=True)
class Method:
    """`primary(grid, params)` marks cells of the table, flat and row-major; a rule sets more primaries, never fewer.

    `hides(grid, params)` marks cells of single measures, where the others of the cell may stay: of estimates, which are
    in no sum.
    """

    name: str
    params: type[Schema]
    primary: Callable[["Grid", Mapping[str, Any]], NDArray[np.bool_]]
    hides: Callable[["Grid", Mapping[str, Any]], Mapping[str, NDArray[np.bool_]]] | None = None


def numbered(grid: "Grid") -> NDArray[np.bool_]:
    """The cells that have a number under some measure."""
    shown = [np.isin(grid.status[measure.code], (Status.OK, Status.PROVISIONAL)) for measure in grid.table.measures]
    found: NDArray[np.bool_] = np.logical_or.reduce(shown)
    return found


def counts(measure: Measure) -> str:
    """The column whose numbers the mask guards: of a ratio its numerator, else the measure itself."""
    return measure.numerator or measure.code

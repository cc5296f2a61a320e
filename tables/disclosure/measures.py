"""What the rules of a table hide of single measures, where the rest of the cell stays."""

import numpy as np
from numpy.typing import NDArray

from tables.disclosure import METHODS
from tables.grid import Grid


def single(grid: Grid) -> dict[str, NDArray[np.bool_]]:
    """By measure, flat and row-major; measures of which nothing is hidden are left out."""
    methods = {method.name: method for method in METHODS}
    found: dict[str, NDArray[np.bool_]] = {}
    for rule in grid.table.disclosure:
        by_measure = methods[rule.method].hides
        if by_measure is not None:
            for measure, cells in by_measure(grid, rule.params).items():
                found[measure] = found.get(measure, np.zeros(len(cells), dtype=np.bool_)) | cells
    return found

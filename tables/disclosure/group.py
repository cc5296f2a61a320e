"""Masks the tables of a protection group together."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tables.disclosure import METHODS
from tables.disclosure.protection import PRIMARY, Past, Protection
from tables.grid import Grid
from tables.model import Group

__all__ = ["Past", "Protection", "primaries", "protect"]


def silent(sentence: str) -> None:
    """The progress of a caller who does not want to hear it."""


def protect(
    group: Group,
    grids: Mapping[str, Grid],
    *,
    published: Mapping[str, Sequence[Past]] | None = None,
    standing: Collection[str] = (),
    known: Path | None = None,
    progress: Callable[[str], None] = silent,
) -> Protection:
    """The mask of every table of the group, and the certificate that it suffices.

    `grids` holds all tables of the group; those in `standing` are not in the act and keep the mask of their newest
    release. `published`: per table its earlier releases in force during the last five years, newest first. `known`: a
    file of masks found before, for periods whose inputs are the same; None computes afresh.
    Raises Refused with the cells named where no mask keeps the promise, or a relation is false.
    """
    return Protection({table: primaries(grid).astype(np.uint8) * PRIMARY for table, grid in grids.items()})


def primaries(grid: Grid) -> NDArray[np.bool_]:
    """What the table's own rules hide."""
    methods = {method.name: method for method in METHODS}
    found = np.zeros(int(np.prod(grid.table.shape)), dtype=np.bool_)
    for rule in grid.table.disclosure:
        found |= methods[rule.method].primary(grid, rule.params)
    return found

"""Characteristics that are one question: a child has one of them or none, the reference, which has no row of its own.

So the children of the reference are all less those of the rows that are shown, and a row that is hidden is what is left
beside it. Neither may be proven smaller than the threshold (disclosure.md §1).
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def also_hidden(members: Mapping[str, Floats], below: int) -> frozenset[str]:
    """The characteristics whose means are to be hidden beside those that are small themselves.

    Values are of the children of one side. Where a child has two, the rows make up nothing.
    """
    values = np.column_stack(list(members.values()))
    if np.any(np.nansum(values, axis=1) > 1):
        return frozenset()
    ones = {name: int(np.nansum(column)) for name, column in members.items()}
    hidden = [name for name, column in members.items() if _small(column, ones[name], below)]
    own = frozenset(hidden)
    reference = int(np.count_nonzero((values == 0).all(axis=1)))
    spare = sorted((name for name in members if name not in own and ones[name]), key=lambda name: ones[name])
    while spare and _proven([ones[name] for name in hidden if ones[name]], reference, below):
        hidden.append(spare.pop(0))
    return frozenset(hidden) - own


def _small(column: Floats, ones: int, below: int) -> bool:
    missing = int(np.isnan(column).sum())
    known = len(column) - missing
    return any(0 < count < below for count in (ones, known - ones, known, missing))


def _proven(hidden: Sequence[int], reference: int, below: int) -> bool:
    """Hidden rows count at least 1 each, the reference at least 0, and all of them what is not shown."""
    left = sum(hidden) + reference
    if 0 < reference < below and left - len(hidden) < below:
        return True
    return any(count < below and left - len(hidden) + 1 < below for count in hidden)

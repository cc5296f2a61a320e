"""Which counts of a year must be hidden because a reader could subtract them from one another (disclosure.md §1).

Counts of one year speak of the same children by their age: those under 18 and those of 18 and over are all of them, and
SOEM02 tells how many there were before anybody left. Those of some ages, as those of 23, must not be proven fewer than
the threshold by the counts that are shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]


def told_on(windows: Mapping[str, Flags], everyone: Flags, success: Flags, below: int) -> frozenset[str]:
    """The windows of age whose counts, of both sides, may not be shown.

    Rows of `windows` are children of one group; `everyone`: those whose success is known, a number that is public.
    Windows come in the order in which they are given up, after those that are too small themselves.
    """
    names = [name for name, flags in windows.items() if (flags & everyone).any()]
    if not names:
        return frozenset()
    members, atoms = np.unique(
        np.column_stack([windows[name] for name in names])[everyone], axis=0, return_inverse=True
    )
    sides = [np.bincount(atoms.reshape(-1)[success[everyone] == side], minlength=len(members)) for side in (1, 0)]
    shown = [
        place for place in range(len(names)) if not any(0 < members[:, place] @ counts < below for counts in sides)
    ]
    while exposed := next(_proven(members, shown, sides, below), None):
        counts, part = exposed
        freeing = (place for place in shown if not _small(members[:, _without(shown, place)], counts, part, below))
        shown = _without(shown, next(freeing, shown[0]))
    return frozenset(name for place, name in enumerate(names) if place not in shown)


def _without(places: Sequence[int], place: int) -> list[int]:
    return [each for each in places if each != place]


def _proven(
    members: Flags, shown: Sequence[int], sides: Sequence[Counts], below: int
) -> Iterator[tuple[Counts, list[int]]]:
    """The small sets of ages on each side that what is shown proves to be small; none once nothing is shown."""
    if not shown:
        return
    aged = [place for place in range(len(members)) if members[place].any()]  # the others are not of the year
    for counts in sides:
        for size in range(1, len(aged) + 1):
            for part in combinations(aged, size):
                if 0 < counts[list(part)].sum() < below and _small(members[:, shown], counts, list(part), below):
                    yield counts, list(part)


def _small(shown: Flags, counts: Counts, part: Sequence[int], below: int) -> bool:
    """Whether the most that the set can count, by the shown windows and the number of all, is under the threshold."""
    lines = np.vstack([shown.T, np.ones(len(counts), dtype=bool)]).astype(np.float64)
    wanted = np.zeros(len(counts))
    wanted[list(part)] = -1.0
    most = -float(linprog(wanted, A_eq=lines, b_eq=lines @ counts, bounds=(0, None)).fun or 0.0)
    return most < below - 1e-6

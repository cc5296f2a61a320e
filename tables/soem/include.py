"""Which years of a consequence are turned into money (som.md §7)."""

from collections.abc import Sequence


def included(p: Sequence[float | None], level: float, *, adult: bool) -> list[bool]:
    """One answer a year, years ascending; p is None where a year was not estimated.

    Significant is p < level, strictly. Fewer than two significant years: none. Else every estimated year from the first
    to the last significant one. For adults the first year of the list must be significant itself.
    """
    certain = [place for place, value in enumerate(p) if value is not None and value < level]
    if len(certain) < 2 or (adult and certain[0] != 0):
        return [False] * len(p)
    return [value is not None and certain[0] <= place <= certain[-1] for place, value in enumerate(p)]

"""Whole-number arithmetic on scaled integers: exact, half up, and never a silent overflow."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tables.errors import InvalidQuery

_ROOM: Final = 2**63 - 1
# int64, or Python integers where those could run over
Whole: TypeAlias = NDArray[Any]


def largest(numbers: NDArray[np.int64]) -> int:
    """The greatest size among them, as a Python integer."""
    return max(int(numbers.max()), -int(numbers.min())) if numbers.size else 0


def exactly(reckon: Callable[..., Whole], bound: int, *numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """`reckon` in int64 where nothing exceeds `bound`, else in Python integers; refused if the result cannot be kept.

    `bound` comes from the numbers themselves, so it is only ever met by a table whose figures are that large.
    """
    if bound <= _ROOM:
        small: NDArray[np.int64] = reckon(*numbers)
        return small
    found: Whole = np.asarray(reckon(*(part.astype(object) for part in numbers)), dtype=object)
    if any(abs(number) > _ROOM for number in found.flat):
        raise InvalidQuery("Resultatet er for stort til at blive vist.", "The result is too large to be shown.")
    return found.astype(np.int64)


def half_up(numerator: Whole, denominator: Whole) -> Whole:
    """⌊n/d + ½⌋ for d > 0: halves go up, also below zero."""
    rounded: Whole = (2 * numerator + denominator) // (2 * denominator)
    return rounded


def quotient(numerator: Whole, denominator: Whole, factor: int) -> Whole:
    """factor · n / d, half up; where d is 0 the result means nothing."""
    sign = np.where(denominator < 0, -1, 1)
    size = np.where(denominator == 0, 1, denominator * sign)
    return half_up(numerator * sign * factor, size)

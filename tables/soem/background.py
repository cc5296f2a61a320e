"""Background of children with and without success: means, and Welch's test of their difference (som.md §10)."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc

from tables.soem.fit import Floats


@dataclass(frozen=True, slots=True)
class Side:
    """The children on one side: how many are known and missing, their mean, how many have a value other than 0."""

    known: int
    missing: int
    nonzero: int
    mean: float | None
    variance: float | None


def side(values: Floats) -> Side:
    known = values[~np.isnan(values)]
    spread = len(known) > 1 and float(np.ptp(known)) > 0
    return Side(
        len(known),
        len(values) - len(known),
        int(np.count_nonzero(known)),
        float(known.mean()) if len(known) else None,
        None if len(known) < 2 else float(known.var(ddof=1)) if spread else 0.0,
    )


def welch(success: Side, other: Side) -> float | None:
    """Two-sided p of equal means with unequal variances; None where a side has fewer than two children."""
    if success.variance is None or other.variance is None or success.mean is None or other.mean is None:
        return None
    one, two = success.variance / success.known, other.variance / other.known
    difference = success.mean - other.mean
    if not one + two:
        return 0.0 if difference else None
    freedom = (one + two) ** 2 / (one**2 / (success.known - 1) + two**2 / (other.known - 1))
    return float(betainc(freedom / 2, 0.5, freedom / (freedom + difference**2 / (one + two))))

"""One connected piece of what is hidden: integers x ≥ lower with  A·x + known = 0  or  ≥ 0. A table is a solution.

Lines reach into the period before. The n-th table goes on with the n-th of the period before, so that both are one: it
solves  A·x + known + shifts[n] = 0  or  ≥ 0,  what is granted being as it is in the first. Tables beyond the shifts go
on with the first of the period before.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

EQUAL: Final = 0
AT_LEAST: Final = 1
HELD: Final = 2

Vector = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Piece:
    """`need`: the threshold of a promised cell, 0 of any other; `settled`: the attacker is granted it, once chosen.

    `alike`: pairs of cells that are the same, or zero together; tables may well change both alike. `read`: cells that
    lines of the next period read. `shifts` (tables × lines): what the period before adds to `known`.
    """

    matrix: sp.csr_matrix
    known: Vector
    kind: NDArray[np.uint8]
    lower: Vector
    upper: Floats
    need: Vector
    settled: NDArray[np.bool_]
    alike: Vector
    read: NDArray[np.bool_]
    shifts: Vector

    def level(self, table: Vector) -> Vector:
        level: Vector = self.matrix @ table + self.known
        return level

    def holds(self, table: Vector) -> bool:
        level = self.level(table)
        good = np.where(self.kind == EQUAL, level == 0, level >= 0)
        return bool(good.all() and (table >= self.lower).all() and (table <= self.upper).all())


def weights(count: int, seed: int) -> Floats:
    """Deterministic weights from 1 to 2, another for every cell, so that an optimum is a vertex."""
    found: Floats = 1 + ((np.arange(count) * 2654435761 + seed * 97) % 1000) / 1000
    return found

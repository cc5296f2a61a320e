"""One fit: y on success and background by ordinary least squares with a robust variance (som.md §6).

With the kept columns X (n × k), β = (XᵀX)⁻¹Xᵀy and V = c · (XᵀX)⁻¹ (Σ w_i e_i² x_i x_iᵀ) (XᵀX)⁻¹. Only the entry of
d is wanted: with v = (XᵀX)⁻¹ e_d and u = Xv it is V_dd = c · Σ w_i e_i² u_i². Columns are scaled to length 1, so the
Gram matrix G has ones on its diagonal; both solves are refined once against X itself, as good as those of a QR.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.special import betainc, erfc

Floats = NDArray[np.float64]
Variance = Literal["HC0", "HC1", "HC3"]
Law = Literal["t", "z"]
COLLINEAR: Final = 1e-8  # residual norm of a column over its own, at or below which it is dropped
CLEAR: Final = 1e-6  # a squared residual above this is told from the Gram matrix alone
FLAT: Final = 1e-16  # Σe² over Σ(y−ȳ)², at or below which nothing varies
LEVERAGE: Final = 1e-10  # 1 − h at or below which HC3 leaves a row out


@dataclass(frozen=True, slots=True)
class Design:
    """The kept columns, scaled to length 1 (Fortran order), with their names and the names of those dropped."""

    matrix: Floats
    scale: Floats
    names: tuple[str, ...]
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    beta: float
    se: float
    df: int

    @property
    def tvalue(self) -> float:
        return self.beta / self.se if self.se else float(np.copysign(np.inf, self.beta))

    def p(self, law: Law) -> float:
        """Two-sided: t with df degrees of freedom through the incomplete beta function, or the normal law."""
        if law == "z":
            return float(erfc(abs(self.tvalue) / np.sqrt(2.0)))
        return float(betainc(self.df / 2, 0.5, self.df / (self.df + self.tvalue**2)))


def design(columns: Sequence[tuple[str, Floats]]) -> Design:
    """Keep columns from left to right; drop one of length 0 or (nearly) a combination of those kept before it.

    The Cholesky factor of the Gram matrix tells the clear cases: its diagonal is what is left of each column. The
    doubtful ones are measured by projecting the column itself twice on the kept ones (one re-orthogonalisation).
    """
    names = [name for name, _ in columns]
    raw = np.asfortranarray(np.column_stack([values for _, values in columns]))
    lengths = np.linalg.norm(raw, axis=0)
    scaled = np.divide(raw, lengths, out=np.zeros_like(raw), where=lengths > 0)
    filled = [place for place in range(len(names)) if lengths[place]]
    gram = scaled[:, filled].T @ scaled[:, filled]
    kept = filled if _clear(gram) else _independent(scaled, filled, gram)
    dropped = tuple(name for place, name in enumerate(names) if place not in set(kept))
    chosen = np.asfortranarray(scaled[:, kept])
    return Design(chosen, lengths[kept], tuple(names[place] for place in kept), dropped)


def _clear(gram: Floats) -> bool:
    """Whether every column is far from a combination of those before it."""
    try:
        return bool(np.diag(np.linalg.cholesky(gram)).min() ** 2 >= CLEAR)
    except np.linalg.LinAlgError:
        return False


def _independent(scaled: Floats, filled: Sequence[int], gram: Floats) -> list[int]:
    """The factor grows by a row for each column that is kept."""
    kept: list[int] = []
    inside: list[int] = []
    factor = np.zeros_like(gram)
    for at, place in enumerate(filled):
        size = len(kept)
        row = solve_triangular(factor[:size, :size], gram[inside, at], lower=True) if size else np.zeros(0)
        left = gram[at, at] - row @ row
        if left < CLEAR:
            left = _residual(scaled, kept, place) ** 2
            if left <= COLLINEAR**2:
                continue
        factor[size, :size] = row
        factor[size, size] = np.sqrt(left)
        kept.append(place)
        inside.append(at)
    return kept


def _residual(scaled: Floats, kept: Sequence[int], place: int) -> float:
    """Length of what is left of a unit column after projection on the kept ones, done twice."""
    left = scaled[:, place].copy()
    if kept:
        basis, _ = np.linalg.qr(scaled[:, kept])
        for _ in range(2):
            left -= basis @ (basis.T @ left)
    return float(np.linalg.norm(left))


def fit(kept: Design, y: Floats, variance: Variance) -> Fit | None:
    """β and standard error of `d`; None where y does not vary around the fit. Needs n > k and d among the columns."""
    x = kept.matrix
    rows, width = x.shape
    if y.min() == y.max():
        return None
    spread = float(np.sum((y - y.mean()) ** 2))
    solver = _Solver(x)
    beta = solver.solve(x.T @ y)
    beta += solver.solve(x.T @ (y - x @ beta))
    residual = y - x @ beta
    if float(residual @ residual) <= FLAT * spread:
        return None
    place = kept.names.index("d")
    unit = np.zeros(width)
    unit[place] = 1.0
    direction = solver.solve(unit)
    direction += solver.solve(unit - x.T @ (x @ direction))
    influence = x @ direction
    weight = solver.weights(variance, x)
    factor = rows / (rows - width) if variance == "HC1" else 1.0
    squared = factor * float(np.sum(weight * residual**2 * influence**2))
    scale = kept.scale[place]
    return Fit(float(beta[place] / scale), float(np.sqrt(squared) / scale), rows - width)


class _Solver:
    """Solves G·b = r for G = XᵀX of unit columns; through QR where the Cholesky factor would be too coarse."""

    def __init__(self, x: Floats) -> None:
        gram = x.T @ x
        self._upper: Floats
        try:
            self._upper = cho_factor(gram, lower=False)[0]
            coarse = np.diag(self._upper).min() ** 2 < CLEAR
        except np.linalg.LinAlgError:
            coarse = True
        if coarse:
            self._upper = np.asarray(np.linalg.qr(x, mode="r"))

    def solve(self, right: Floats) -> Floats:
        solved: Floats = cho_solve((self._upper, False), right)
        return solved

    def weights(self, variance: Variance, x: Floats) -> Floats | float:
        """1, or for HC3 1/(1−h)² with the leverage h of each row, 0 where 1 − h vanishes."""
        if variance != "HC3":
            return 1.0
        half = solve_triangular(self._upper, x.T, trans="T", lower=False)
        rest = 1.0 - np.sum(half**2, axis=0)
        return np.where(rest > LEVERAGE, 1.0 / np.maximum(rest, LEVERAGE) ** 2, 0.0)

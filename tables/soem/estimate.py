"""All fits of a panel: one row a target group, age group, consequence and year (som.md §6-7, §13)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from tables.soem.columns import Column
from tables.soem.files import Cell
from tables.soem.fit import Floats, Law, Variance, design, fit
from tables.soem.include import included
from tables.soem.panel import Children, Integers, Panel
from tables.soem.settings import Settings

HEADER: Final = tuple(
    "outcome t n k n_succes status beta se tvalue df p signifikant dropped medregnet".split()  # noqa: SIM905  # a row
)
LEAD: Final = ("maalgruppe", "aldersgruppe")
BLOCKS: Final[Mapping[str, tuple[str, ...] | None]] = {  # §9: background by block; None: every column
    "ingen": (),
    "barn": ("barn",),
    "barn+forbrug": ("barn", "forbrug"),
    "alle": None,
}
Why = Literal["", "ingen_boern", "for_faa", "ingen_variation", "d"]


@dataclass(frozen=True, slots=True)
class Options:
    variance: Variance = "HC1"
    law: Law = "t"
    adult: bool = False
    blocks: tuple[str, ...] | None = None  # blocks of background to keep; None: all of it


@dataclass(frozen=True, slots=True)
class Estimate:
    """One row of ESTIMATES. `why` tells why it was not estimated; means are of the outcome in both groups."""

    target_group: str | None
    age_group: str | None
    outcome: str
    t: int
    n: int
    successes: int
    dropped: tuple[str, ...]
    why: Why = ""
    k: int | None = None
    beta: float | None = None
    se: float | None = None
    tvalue: float | None = None
    df: int | None = None
    p: float | None = None
    significant: bool = False
    counted: bool = False
    mean_success: float | None = None
    mean_other: float | None = None
    nonzero_success: int = 0
    nonzero_other: int = 0

    def row(self, *, grouped: bool) -> list[Cell]:
        lead: list[Cell] = [self.target_group, self.age_group] if grouped else []
        status = "ikke estimeret" if self.why else "ok"
        return [
            *lead,
            *(self.outcome, self.t, self.n, self.k, self.successes, status, self.beta, self.se, self.tvalue),
            *(self.df, self.p, self.significant, "|".join(self.dropped), self.counted),
        ]


def estimate(panel: Panel, settings: Settings, options: Options) -> list[Estimate]:
    """Every consequence in catalogue order, each for t = 2 … N of its group."""
    level = settings.level(adult=options.adult)
    rows: list[Estimate] = []
    for children in panel.groups:
        background = _background(panel.catalogue, children, options.blocks)
        for column in panel.catalogue:
            if column.role == "konsekvens":
                years = [
                    _one(children, column, t, background, settings, options) for t in range(2, children.horizon + 1)
                ]
                years = [replace(year, significant=year.p is not None and year.p < level) for year in years]
                counted = included([year.p for year in years], level, adult=options.adult)
                rows += [replace(year, counted=counts) for year, counts in zip(years, counted, strict=True)]
    return rows


def robustness(panel: Panel, settings: Settings, options: Options) -> Iterator[tuple[str, Estimate]]:
    """The whole estimation with fewer blocks of background (§9), led by their names."""
    for name, blocks in BLOCKS.items():
        for row in estimate(panel, settings, replace(options, blocks=blocks)):
            yield name, row


def sample(children: Children, column: Column, t: int) -> NDArray[np.bool_]:
    """Children with an outcome at t, inside the window of the consequence, and with d."""
    chosen: NDArray[np.bool_] = ~np.isnan(children.outcomes[column.name][:, t])
    chosen &= ~np.isnan(children.d) & window(children, column, t)
    return chosen


def window(children: Children, column: Column, t: int) -> NDArray[np.bool_]:
    """Children whose age in year t lies inside the window; an unknown age lies in none but the open one."""
    if not column.windowed:
        return np.ones(len(children.d), dtype=np.bool_)
    low = -np.inf if column.first_age is None else column.first_age
    high = np.inf if column.last_age is None else column.last_age
    with np.errstate(invalid="ignore"):
        age = children.age + t
        inside: NDArray[np.bool_] = (age >= low) & (age <= high)
    return inside


def _background(catalogue: Sequence[Column], children: Children, blocks: tuple[str, ...] | None) -> dict[str, Floats]:
    return {
        column.name: children.background[column.name]
        for column in catalogue
        if column.role == "baggrund" and (blocks is None or column.block in blocks)
    }


def _one(  # the coordinates of one fit
    children: Children, column: Column, t: int, background: Mapping[str, Floats], settings: Settings, options: Options
) -> Estimate:
    chosen = sample(children, column, t)
    d, y = children.d[chosen], children.outcomes[column.name][chosen, t]
    n, successes = len(y), int(d.sum())
    row = Estimate(children.target_group, children.age_group, column.name, t, n, successes, (), "ingen_boern")
    if not n:
        return row
    inside = {name: values[chosen] for name, values in background.items()}
    columns = _columns(d, children.outcomes[column.name][chosen, 0], inside, children.year[chosen])
    kept = design(columns)
    row = replace(_with_means(row, y, d), dropped=kept.dropped)
    width = len(kept.names)
    if min(successes, n - successes) < settings.least_children or n - width < settings.least_freedom:
        return replace(row, why="for_faa")
    if "d" in kept.dropped:
        return replace(row, why="d")
    found = fit(kept, y, options.variance)
    if found is None:
        return replace(row, why="ingen_variation")
    return replace(
        row, why="", k=width, beta=found.beta, se=found.se, tvalue=found.tvalue, df=found.df, p=found.p(options.law)
    )


def _columns(d: Floats, y0: Floats, background: Mapping[str, Floats], year: Integers) -> list[tuple[str, Floats]]:
    """The columns in their fixed order (§6.3): const, d, y0, each background column, years but the earliest."""
    columns = [("const", np.ones(len(d))), ("d", d)]
    if not np.isnan(y0).all():
        columns += _filled("y0", y0)
    for name, values in background.items():
        columns += _filled(name, values)
    return columns + [(f"aar_{value}", (year == value).astype(np.float64)) for value in np.unique(year)[1:]]


def _filled(name: str, values: Floats) -> list[tuple[str, Floats]]:
    """A column with 0 for what is missing, and an indicator of that where anything is."""
    missing = np.isnan(values)
    filled = [(name, np.where(missing, 0.0, values))]
    return [*filled, (f"mangler_{name}", missing.astype(np.float64))] if missing.any() else filled


def _with_means(row: Estimate, y: Floats, d: Floats) -> Estimate:
    success, other = y[d == 1], y[d == 0]
    return replace(
        row,
        mean_success=float(success.mean()) if len(success) else None,
        mean_other=float(other.mean()) if len(other) else None,
        nonzero_success=int(np.count_nonzero(success)),
        nonzero_other=int(np.count_nonzero(other)),
    )

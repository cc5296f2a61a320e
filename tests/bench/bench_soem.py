"""SØM: 10,000 children × 40 outcomes × 9 years, beside statsmodels on a tenth of the fits in the same run."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
from collections.abc import Callable

import numpy as np
import statsmodels.api as sm

from tables.soem.columns import Column
from tables.soem.estimate import Options, estimate
from tables.soem.fit import design, fit
from tables.soem.panel import Children, Panel
from tables.soem.settings import settings

CHILDREN, OUTCOMES, HORIZON, BACKGROUND = 10_000, 40, 10, 40


def timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def panel(random: np.random.Generator) -> Panel:
    d = random.integers(0, 2, CHILDREN).astype(float)
    background = {f"x{i}": np.round(random.normal(size=CHILDREN), 3) for i in range(BACKGROUND)}
    for values in list(background.values())[:10]:
        values[random.random(CHILDREN) < 0.02] = np.nan
    outcomes = {
        f"y{i}": np.where(
            random.random((CHILDREN, HORIZON + 1)) < 0.05, np.nan, random.normal(size=(CHILDREN, HORIZON + 1))
        )
        for i in range(OUTCOMES)
    }
    columns = (*(Column(name, "baggrund") for name in background), *(Column(name, "konsekvens") for name in outcomes))
    present = np.ones((CHILDREN, HORIZON + 1), dtype=bool)
    year, age = random.integers(2005, 2012, CHILDREN), np.full(CHILDREN, 10.0)
    return Panel((Children(None, None, HORIZON, d, year, age, present, background, outcomes),), columns, False, {}, ())


def main() -> None:
    random = np.random.default_rng(20181031)
    ours = timed(lambda: estimate(panel(random), settings(), Options()))
    x = np.column_stack([np.ones(CHILDREN), random.integers(0, 2, CHILDREN), random.normal(size=(CHILDREN, 58))])
    y = random.normal(size=CHILDREN)
    fits = OUTCOMES * (HORIZON - 1)
    columns = [("d" if i == 1 else f"c{i}", x[:, i]) for i in range(60)]
    our_fits = timed(lambda: [fit(design(columns), y, "HC1") for _ in range(fits // 10)])
    theirs = timed(lambda: [sm.OLS(y, x).fit(cov_type="HC1", use_t=True).pvalues for _ in range(fits // 10)])
    print(f"{fits} fits of {CHILDREN} children: {ours:.1f} CPU s (goal: within 60 s on two cores)")
    print(f"a tenth of them: ours {our_fits:.2f} CPU s, statsmodels {theirs:.2f} CPU s, ratio {our_fits / theirs:.2f}")


if __name__ == "__main__":
    main()

"""SØM: 10,000 children × 40 outcomes × 9 years beside statsmodels on a tenth of the fits; the calculator's p50."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import statsmodels.api as sm

import tables
from service import create_app
from service.settings import Settings
from tables.bank import Bank
from tables.instants import at_wall
from tables.release import release
from tables.soem.columns import Column
from tables.soem.draft import draft
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


def calculator(folder: Path) -> None:
    """Answers of a bank with the synthetic tables, without a network; each asks for something new."""
    shutil.copytree(Path(tables.__file__).parent / "library", folder / "library")
    draft(folder / "library", folder / "work", scale=0.1)
    at = at_wall("2025-05-28 08:00")
    listed = ("SOEM01", "SOEM02", "SOEM03", "SOEM04")
    release(folder / "library", folder / "bank", listed, at="2025-05-28 08:00", clock=lambda: at.replace(hour=1))
    bank = Bank(folder / "bank")
    bank.refresh()
    client = create_app(bank, Settings(bank=folder / "bank")).test_client()
    for ending in (".json", "", ".xlsx"):
        times = []
        for people in range(60):
            asked = f"maalgruppe=M3&aldersgruppe=6-13&deltagere={people}&effekt=0.15&indsatspris=24000"
            start = time.perf_counter()
            assert client.get(f"/da/soem{ending}?{asked}").status_code == 200
            times.append(time.perf_counter() - start)
        print(f"calculator {ending or 'page'}: p50 {1000 * statistics.median(times):.1f} ms")


if __name__ == "__main__":
    main()
    with TemporaryDirectory() as there:
        calculator(Path(there))

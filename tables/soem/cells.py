"""Rows of the published cubes: figures rounded to what is published, and counts for the rules of disclosure alone."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np

from tables.soem.background import side, welch
from tables.soem.estimate import Estimate, sample, window
from tables.soem.neighbours import smallest
from tables.soem.panel import Children, Panel
from tables.soem.prices import PAYERS, Price
from tables.soem.reasons import numbered, reason
from tables.soem.settings import Settings

Row = dict[str, object]
SIDES = (("succes", 1.0), ("ikke", 0.0))


def impossible(groups: Iterable[str], settings: Settings) -> Iterator[tuple[str, str]]:
    """Target groups with the age groups of others: such children do not exist."""
    ages = {group: {f"{low}-{high}" for low, high in settings.ages(group)} for group in groups}
    every = sorted({age for mine in ages.values() for age in mine})
    return ((group, age) for group, mine in ages.items() for age in every if age not in mine)


def estimate_rows(panel: Panel, estimates: Sequence[Estimate], priced: frozenset[str], *, adult: bool) -> list[Row]:
    """SOEM01. Without an estimate there is no beta, se or p; the counts and the reason are there always."""
    told = _told(panel)
    rows: list[Row] = []
    for _, group in groupby(estimates, lambda row: (row.target_group, row.age_group, row.outcome)):
        years = list(group)
        for year in years:
            why = reason(years, year, priced=year.outcome in priced, adult=adult)
            rows.append(
                _place(year)
                | {
                    "beta": rounded(year.beta, 6),
                    "se": rounded(year.se, 6),
                    "p": rounded(year.p, 6),
                    "n": year.n,
                    "n_succes": year.successes,
                    "medregnet": int(year.counted),
                    "grund": numbered(why),
                }
                | told[_key(year)]
            )
    return rows


def mean_rows(panel: Panel, estimates: Sequence[Estimate]) -> list[Row]:
    """SOEM04."""
    told = _told(panel)
    return [
        _place(year)
        | {
            "gns_succes": rounded(year.mean_success, 4),
            "gns_ikke": rounded(year.mean_other, 4),
            "k": year.k,
            "enere_succes": year.nonzero_success,
            "boern_succes": year.successes,
            "enere_ikke": year.nonzero_other,
            "boern_ikke": year.n - year.successes,
        }
        | told[_key(year)]
        for year in estimates
    ]


def background_rows(panel: Panel, variables: Sequence[str]) -> list[Row]:
    """SOEM02, over children whose success is known."""
    rows: list[Row] = []
    for children in panel.groups:
        for variable in variables:
            values = children.background[variable]
            success, other = (side(values[children.d == d]) for _, d in SIDES)
            both = success.mean is not None and other.mean is not None
            rows.append(
                {"MAALGRUPPE": children.target_group, "ALDERSGRUPPE": children.age_group, "VARIABEL": variable}
                | {
                    "gns_succes": rounded(success.mean, 4),
                    "gns_ikke": rounded(other.mean, 4),
                    "forskel": rounded((success.mean or 0.0) - (other.mean or 0.0), 4) if both else None,
                    "p": rounded(welch(success, other), 6),
                    "n_succes": success.known,
                    "n_ikke": other.known,
                    "mangler_succes": success.missing,
                    "mangler_ikke": other.missing,
                    "enere_succes": success.nonzero,
                    "enere_ikke": other.nonzero,
                }
            )
    return rows


def price_rows(prices: Iterable[Price]) -> list[Row]:
    """SOEM03: the price list is the same for all target groups."""
    return [
        {"MAALGRUPPE": "ALLE", "KONSEKVENS": price.outcome, "AKTOER": payer, "Tid": price.year}
        | {
            "pris": rounded(price.by_payer[payer], 2),
            "fortegn": price.sign,
            "npi_fra": rounded(price.index_from, 1),
            "npi_til": rounded(price.index_to, 1),
        }
        for price in prices
        for payer in PAYERS
    ]


def rounded(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(float(value), decimals) + 0.0


def _place(year: Estimate) -> Row:
    return {
        "MAALGRUPPE": year.target_group,
        "ALDERSGRUPPE": year.age_group,
        "KONSEKVENS": year.outcome,
        "T": str(year.t),
    }


def _key(year: Estimate) -> tuple[str | None, str | None, str, int]:
    return year.target_group, year.age_group, year.outcome, year.t


def _told(panel: Panel) -> dict[tuple[str | None, str | None, str, int], Row]:
    """Of each count the smallest count that it helps to tell, on both sides."""
    found: dict[tuple[str | None, str | None, str, int], Row] = {}
    for children in panel.groups:
        for t in range(2, children.horizon + 1):
            by_side = {name: _smallest(panel, children, t, d) for name, d in SIDES}
            for outcome in by_side["succes"]:
                key = (children.target_group, children.age_group, outcome, t)
                found[key] = {f"nabo_{name}": counts[outcome] for name, counts in by_side.items()}
    return found


def _smallest(panel: Panel, children: Children, t: int, d: float) -> dict[str, int]:
    columns = [column for column in panel.catalogue if column.role == "konsekvens"]
    here = (children.d == d) & children.present[:, t]
    return smallest(
        {column.name: sample(children, column, t) & (children.d == d) for column in columns},
        {column.name: np.asarray(here & window(children, column, t)) for column in columns},
    )

"""Rows of the published cubes: figures rounded to what is published, and counts for the rules of disclosure alone."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np

from tables.soem.background import side, welch
from tables.soem.columns import Column
from tables.soem.estimate import Estimate, sample, window
from tables.soem.neighbours import told_on
from tables.soem.panel import Children, Panel
from tables.soem.prices import PAYERS, Price
from tables.soem.reasons import numbered, reason
from tables.soem.reference import also_hidden
from tables.soem.settings import Settings

Row = dict[str, object]
Key = tuple[str | None, str | None, str, int]
SIDES = (("succes", 1.0), ("ikke", 0.0))


def impossible(groups: Iterable[str], settings: Settings) -> Iterator[tuple[str, str]]:
    """Target groups with the age groups of others: such children do not exist."""
    ages = {group: {f"{low}-{high}" for low, high in settings.ages(group)} for group in groups}
    every = sorted({age for mine in ages.values() for age in mine})
    return ((group, age) for group, mine in ages.items() for age in every if age not in mine)


def estimate_rows(
    estimates: Sequence[Estimate], beside: Mapping[Key, Row], priced: frozenset[str], *, adult: bool
) -> list[Row]:
    """SOEM01. Without an estimate there is no beta, se or p; the counts and the reason are there always."""
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
                | beside[_key(year)]
            )
    return rows


def mean_rows(estimates: Sequence[Estimate], beside: Mapping[Key, Row]) -> list[Row]:
    """SOEM04."""
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
        | beside[_key(year)]
        for year in estimates
    ]


def background_rows(panel: Panel, variables: Sequence[str], questions: Mapping[str, str], below: int) -> list[Row]:
    """SOEM02, over children whose success is known. `questions`: of a characteristic that is one answer of several."""
    rows: list[Row] = []
    for children in panel.groups:
        hidden = {name: _answers_hidden(children, d, questions, below) for name, d in SIDES}
        for variable in variables:
            rest: Row = {f"rest_{name}": int(variable in hidden[name]) for name, _ in SIDES}
            rows.append(_background_row(children, variable) | rest)
    return rows


def _background_row(children: Children, variable: str) -> Row:
    values = children.background[variable]
    success, other = (side(values[children.d == d]) for _, d in SIDES)
    both = success.mean is not None and other.mean is not None
    return {
        "MAALGRUPPE": children.target_group,
        "ALDERSGRUPPE": children.age_group,
        "VARIABEL": variable,
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


def _answers_hidden(children: Children, d: float, questions: Mapping[str, str], below: int) -> frozenset[str]:
    found: set[str] = set()
    for question in dict.fromkeys(questions.values()):
        names = [name for name in children.background if questions.get(name) == question]
        if names:
            found |= also_hidden({name: children.background[name][children.d == d] for name in names}, below)
    return frozenset(found)


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


def _key(year: Estimate) -> Key:
    return year.target_group, year.age_group, year.outcome, year.t


def told_beside(panel: Panel, below: int) -> dict[Key, Row]:
    """What the rules of disclosure ask of a row beside its own counts.

    `nabo` is 1 where its counts may not stand beside those of other ages; `tabt_*` are the children whom SOEM02 counts
    and the row does not.
    """
    found: dict[Key, Row] = {}
    columns = [column for column in panel.catalogue if column.role == "konsekvens"]
    crowd = Counter(_ages(column) for column in columns)
    given_up = sorted(columns, key=lambda column: crowd[_ages(column)])
    for children in panel.groups:
        everyone = ~np.isnan(children.d)
        for t in range(2, children.horizon + 1):
            here = everyone & children.present[:, t]
            windows = {_ages(column): here & window(children, column, t) for column in given_up}
            hidden = told_on(windows, everyone, children.d == 1, below)
            for column in columns:
                used = sample(children, column, t)
                lost = {
                    f"tabt_{name}": int(np.sum(children.d == d) - np.sum(children.d[used] == d)) for name, d in SIDES
                }
                key = (children.target_group, children.age_group, column.name, t)
                found[key] = {"nabo": int(_ages(column) in hidden), **lost}
    return found


def _ages(column: Column) -> str:
    return f"{column.first_age}-{column.last_age}"

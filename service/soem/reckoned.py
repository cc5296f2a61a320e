"""A scenario reckoned from what is shown and what the user put in its place (som.md §9)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from service.soem.asked import Wish
from service.soem.base import Base, Year
from tables.model import Text
from tables.soem.net import Counted, Result, Scenario, net
from tables.soem.prices import PAYERS, Price
from tables.soem.reasons import reasons, texts
from tables.soem.scenario import net_json

HORIZONS: Final = (1, 4, 10)  # budget years that are summed, the first being the one of the measure
NOBODY: Final = "ikke_fordelt"  # cost of the measure that no payer is named for


@dataclass(frozen=True, slots=True)
class Reckoned:
    wish: Wish
    counted: tuple[Counted, ...]
    prices: Mapping[str, Price]
    result: Result
    horizon: int

    @property
    def scenario(self) -> Scenario:
        return self.wish.scenario

    @property
    def priced(self) -> tuple[str, ...]:
        """What counts and has a price, each once."""
        return tuple(code for code in dict.fromkeys(each.outcome for each in self.counted) if code in self.prices)


def reckon(wish: Wish, base: Base) -> Reckoned:
    """Own betas count, whether the published ones did or not; own prices stand in place of the published ones."""
    prices = base.prices_of(wish.group[0])
    for (outcome, payer), kroner in wish.prices.items():
        price = prices[outcome]
        prices[outcome] = replace(price, by_payer={**price.by_payer, payer: kroner})
    years = {(year.outcome, year.t): year for year in base.years[wish.group]}
    own = [place for place in wish.betas if place not in years]
    counted = [
        *(_counted(year, wish) for year in years.values()),
        *(Counted(*place, wish.betas[place], 0.0) for place in own),
    ]
    kept = tuple(
        sorted((each for each in counted if each), key=lambda each: (base.outcomes.index(each.outcome), each.t))
    )
    horizon = max([base.horizon(wish.group), *(t for _, t in wish.betas), *(t for t, _, _ in wish.scenario.cost)])
    return Reckoned(wish, kept, prices, net(kept, prices, wish.scenario, horizon), horizon)


def _counted(year: Year, wish: Wish) -> Counted | None:
    own = wish.betas.get((year.outcome, year.t))
    if own is not None:
        return Counted(year.outcome, year.t, own, year.se or 0.0)
    if not year.counted or year.beta is None:
        return None
    return Counted(year.outcome, year.t, year.beta, year.se or 0.0)


def why(year: Year) -> Text | None:
    """The sentence of its reason."""
    if not year.reason:
        return None
    return texts()[reasons()[year.reason - 1]]


def budget(done: Reckoned) -> list[dict[str, float]]:
    """Undiscounted kroner of all participants by budget year, measure and consequences; expenditure is positive."""
    scenario = done.scenario
    rows = []
    for t in range(max(done.horizon, max(HORIZONS) - 1) + 1):
        row: dict[str, float] = {"aar": done.wish.start + t, "t": t}
        for payer in (*PAYERS, NOBODY):
            bears = sum(k for year, bearer, k in scenario.cost if year == t and (bearer or NOBODY) == payer)
            moves = sum(line.participant for line in done.result.lines if line.t == t and line.payer == payer)
            row[payer] = scenario.participants * (bears + moves) + 0.0
        row["i_alt"] = sum(row[payer] for payer in (*PAYERS, NOBODY))
        rows.append(row)
    return rows


def sums(rows: list[dict[str, float]]) -> dict[str, dict[str, float]]:
    return {
        str(years): {payer: sum(row[payer] for row in rows[:years]) for payer in (*PAYERS, NOBODY, "i_alt")}
        for years in HORIZONS
    }


def net_if_paid_by(done: Reckoned) -> Mapping[str, float]:
    """Kroner of all participants: a payer that bears the whole cost, or its own part where the cost is shared out."""
    if not done.wish.spread:
        return done.result.net_if_paid_by
    people, saved = done.scenario.participants, done.result.by_payer
    return {payer: people * (saved[payer] - done.scenario.price_of(payer)) for payer in PAYERS}


def echoed(wish: Wish) -> dict[str, object]:
    """The inputs as they were understood."""
    scenario = wish.scenario
    told: dict[str, object] = {
        "maalgruppe": wish.group[0],
        "aldersgruppe": wish.group[1],
        "deltagere": scenario.participants,
        "effekt": scenario.effect,
        "indsatspris": scenario.price,
        "rente": scenario.rate,
        "startaar": wish.start,
    }
    if wish.spread:
        told["indsats"] = [{"t": t, "aktoer": payer, "kr": kroner} for t, payer, kroner in scenario.cost]
    return told


def document(done: Reckoned, base: Base) -> dict[str, object]:
    """The answer of `soem net`, and what a reader of it needs."""
    rows = budget(done)
    answer = net_json(echoed(done.wish), done.result, done.scenario.effect)
    return {
        **answer,
        "nettoresultat_hvis_aktoer_betaler": net_if_paid_by(done),
        "akkumuleret_pr_deltager_efter_aktoer": {
            payer: list(series) for payer, series in done.result.accumulated_by_payer.items()
        },
        "budget": rows,
        "budget_sum": sums(rows),
        "overskrevet": _overwritten(done.wish, base),
        "medregnede": [
            {"konsekvens": each.outcome, "t": each.t, "beta": each.beta, "se": each.se} for each in done.counted
        ],
        "ikke_medregnede": list(_left_out(done, base)),
        "prisaar": {code: done.prices[code].year for code in done.priced},
    }


def _overwritten(wish: Wish, base: Base) -> dict[str, object]:
    prices = base.prices_of(wish.group[0])
    return {
        "pris": [
            {"konsekvens": outcome, "aktoer": payer, "pris": own, "udgivet": prices[outcome].by_payer[payer]}
            for (outcome, payer), own in wish.prices.items()
        ],
        "beta": [
            {"konsekvens": outcome, "t": t, "beta": own, "udgivet": published(base, wish, outcome, t)}
            for (outcome, t), own in wish.betas.items()
        ],
    }


def published(base: Base, wish: Wish, outcome: str, t: int) -> float | None:
    found = (year.beta for year in base.years[wish.group] if (year.outcome, year.t) == (outcome, t))
    return next(found, None)


def _left_out(done: Reckoned, base: Base) -> Iterator[dict[str, object]]:
    counted = {(each.outcome, each.t) for each in done.counted}
    for year in base.years[done.wish.group]:
        reason = why(year)
        if (year.outcome, year.t) not in counted and reason:
            yield {"konsekvens": year.outcome, "t": year.t, "grund": year.reason}

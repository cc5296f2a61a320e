"""From counted estimates and prices to kroner: the net result of a measure (som.md §9).

Δ(o,t,a) = sign(o) · β(o,t) · price(o,a) · NPI(o)                kr. a child that reaches success
K(a)     = −effect · Σ_o Σ_t Δ(o,t,a) / (1+r)^t                  kr. a participant, positive = saving
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tables.soem.prices import PAYERS, Price


@dataclass(frozen=True, slots=True)
class Counted:
    """A counted estimate: β units a year t later, with its standard error."""

    outcome: str
    t: int
    beta: float
    se: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """Participants, effect as a share of them, discount rate; cost of the measure by year and payer.

    `cost` holds (t, payer or None for nobody in particular, kroner a participant).
    """

    participants: int
    effect: float
    rate: float
    cost: tuple[tuple[int, str | None, float], ...]

    def factor(self, t: int) -> float:
        try:
            return float((1.0 + self.rate) ** t)
        except OverflowError:
            return math.inf

    @property
    def price(self) -> float:
        """Present value of the measure's cost a participant."""
        return math.fsum(kroner / self.factor(t) for t, _, kroner in self.cost)

    def price_of(self, payer: str) -> float:
        return math.fsum(kroner / self.factor(t) for t, bearer, kroner in self.cost if bearer == payer)


@dataclass(frozen=True, slots=True)
class Line:
    """Money of one counted estimate and payer: a success child, a participant, a participant's present value."""

    outcome: str
    t: int
    payer: str
    success: float
    participant: float
    present: float


@dataclass(frozen=True, slots=True)
class Result:
    """All figures are kroner a participant but `net_total` and `net_if_paid_by`, which are of all participants."""

    lines: tuple[Line, ...]
    by_payer: Mapping[str, float]
    consequence: float
    net: float
    net_total: float
    net_if_paid_by: Mapping[str, float]
    balance: float | None
    first_positive: int | None
    falls_again: bool
    accumulated: tuple[float, ...]
    accumulated_by_payer: Mapping[str, tuple[float, ...]]
    uncertainty: float
    without_price: tuple[str, ...]


def net(counted: Sequence[Counted], prices: Mapping[str, Price], scenario: Scenario, horizon: int) -> Result:
    """The whole calculation; estimates without a price give no money and are named in `without_price`."""
    priced = [estimate for estimate in counted if estimate.outcome in prices]
    lines = tuple(_lines(priced, prices, scenario))
    by_payer = {payer: 0.0 - math.fsum(line.present for line in lines if line.payer == payer) for payer in PAYERS}
    consequence = math.fsum(by_payer.values())
    result = consequence - scenario.price
    saving = 0.0 - math.fsum(line.success / scenario.factor(line.t) for line in lines)
    series = accumulate(lines, scenario, horizon)
    first = next((t for t, amount in enumerate(series) if amount > 0), None)
    missing = dict.fromkeys(estimate.outcome for estimate in counted if estimate.outcome not in prices)
    return Result(
        lines,
        by_payer,
        consequence,
        result,
        scenario.participants * result,
        {payer: scenario.participants * (by_payer[payer] - scenario.price) for payer in PAYERS},
        scenario.price / saving if saving > 0 else None,
        first,
        first is not None and any(amount <= 0 for amount in series[first:]),
        series,
        {payer: accumulate(lines, scenario, horizon, payer) for payer in PAYERS},
        _uncertainty(priced, prices, scenario),
        tuple(missing),
    )


def _lines(priced: Sequence[Counted], prices: Mapping[str, Price], scenario: Scenario) -> list[Line]:
    lines = []
    for estimate in priced:
        price = prices[estimate.outcome]
        for payer in PAYERS:
            success = price.sign * estimate.beta * price.by_payer[payer] * price.index + 0.0
            participant = scenario.effect * success + 0.0
            present = participant / scenario.factor(estimate.t) + 0.0
            lines.append(Line(estimate.outcome, estimate.t, payer, success, participant, present))
    return lines


def accumulate(lines: Sequence[Line], scenario: Scenario, horizon: int, payer: str | None = None) -> tuple[float, ...]:
    """A_0 … A_N: cost of the measure and consequences so far; of one payer only what that payer bears."""
    series: list[float] = []
    amount = 0.0
    for t in range(horizon + 1):
        bears = [kroner for year, bearer, kroner in scenario.cost if year == t and payer in (None, bearer)]
        moves = [line.present for line in lines if line.t == t and payer in (None, line.payer)]
        amount -= math.fsum(kroner / scenario.factor(t) for kroner in bears) + math.fsum(moves)
        series.append(amount + 0.0)
    return tuple(series)


def _uncertainty(priced: Sequence[Counted], prices: Mapping[str, Price], scenario: Scenario) -> float:
    """|effect| · √Σ (se · Σ_a price · NPI / (1+r)^t)²: payers first, estimates as if independent."""
    terms = [
        estimate.se * prices[estimate.outcome].total() * prices[estimate.outcome].index / scenario.factor(estimate.t)
        for estimate in priced
    ]
    return abs(scenario.effect) * math.sqrt(math.fsum(term**2 for term in terms))

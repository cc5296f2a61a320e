"""What the page shows: figures rounded for reading (som.md §10)."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.formats.table import digits
from service.soem.base import Base, Year
from service.soem.form import Field, beside, beta_fields, fields, price_fields
from service.soem.reckoned import NOBODY, Reckoned, budget, published, sums, why
from service.soem.rounding import NONE, label, money, probability, significant, typed
from service.soem.words import WORDS
from tables.model import Lang
from tables.soem.prices import PAYERS

Line = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One year of the accumulated series: its money, and its length beside the longest."""

    t: int
    told: str
    share: int
    negative: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One scenario as it is read."""

    title: str
    group: str
    inputs: tuple[tuple[str, str], ...]
    figures: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    negative: bool
    budget: tuple[Line, ...]
    sums: tuple[Line, ...]
    bars: tuple[Bar, ...]
    counted: tuple[Line, ...]
    left_out: tuple[Line, ...]
    own: tuple[Line, ...]
    price_years: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    groups: tuple[tuple[str, str, bool], ...]
    ages: tuple[tuple[str, str, bool], ...]
    fields: tuple[Field, ...]
    beside: tuple[Field, ...]
    prices: tuple[tuple[str, tuple[Field, ...]], ...]
    betas: tuple[Field, ...]
    columns: tuple[Column, ...]

    @property
    def own(self) -> tuple[Field, ...]:
        """All fields of the form."""
        priced = (field for _, payers in self.prices for field in payers)
        return (*self.fields, *self.beside, *priced, *self.betas)


def shown(done: Sequence[Reckoned], base: Base, lang: Lang) -> Shown:
    first = done[0] if done else None
    group = first.wish.group if first else base.groups[0]
    return Shown(
        tuple(
            (value.code, value.text[lang], value.code == group[0])
            for value in base.table.dimension("MAALGRUPPE").values
            if value.code in {name for name, _ in base.groups}
        ),
        tuple(
            (value.code, value.text[lang], value.code == group[1])
            for value in base.table.dimension("ALDERSGRUPPE").values
            if value.code in {age for _, age in base.groups}
        ),
        fields(first.wish if first else None, first.wish.start if first else base.estimates.updated.year, "", lang),
        beside(done, lang),
        price_fields(first, base, group[0], lang),
        beta_fields(first, base, lang),
        tuple(_column(each, number, base, lang) for number, each in enumerate(done, 1)),
    )


def _column(done: Reckoned, number: int, base: Base, lang: Lang) -> Column:
    result, rows = done.result, budget(done)
    warnings = [WORDS["no_price"][lang].format(outcome=label(base, code, lang)) for code in result.without_price]
    warnings += [WORDS["negative_effect"][lang]] if done.scenario.effect < 0 else []
    group = base.table.dimension("MAALGRUPPE"), base.table.dimension("ALDERSGRUPPE")
    named = ", ".join(dim.values[dim.index[code]].text[lang] for dim, code in zip(group, done.wish.group, strict=True))
    kinds = (*PAYERS, NOBODY, "i_alt")
    summed = sums(rows)
    return Column(
        WORDS["scenario"][lang].format(number=number),
        named,
        tuple(_inputs(done, lang)),
        tuple(_figures(done, lang)),
        tuple(warnings),
        result.net < 0,
        tuple((str(int(row["aar"])), *(money(row[kind], lang) for kind in kinds)) for row in rows),
        tuple((_first(years, lang), *(money(summed[years][kind], lang) for kind in kinds)) for years in summed),
        _bars(result.accumulated, lang),
        tuple(_counted(done, base, lang)),
        tuple(_left_out(done, base, lang)),
        tuple(_own(done, base, lang)),
        tuple((label(base, code, lang), done.prices[code].year) for code in _priced(done)),
    )


def _inputs(done: Reckoned, lang: Lang) -> list[tuple[str, str]]:
    """What was asked, as it was understood."""
    scenario, say = done.scenario, {key: word[lang] for key, word in WORDS.items()}
    found = [
        (say["people"], digits(str(scenario.participants), lang)),
        (say["effect"], typed(scenario.effect * 100, lang)),
        (say["rate"], typed(scenario.rate, lang)),
        (say["start"], str(done.wish.start)),
    ]
    if not done.wish.spread:
        return [*found, (say["price"], money(scenario.price, lang))]
    cost = "; ".join(f"t = {t}, {say[str(payer)]}: {money(kroner, lang)}" for t, payer, kroner in scenario.cost)
    return [*found, (say["price"], cost)]


def _figures(done: Reckoned, lang: Lang) -> list[tuple[str, str]]:
    result = done.result
    say = {key: WORDS[key][lang] for key in WORDS}
    found = [
        (say["net_total"], money(result.net_total, lang)),
        (say["net_each"], money(result.net, lang)),
        (say["saved_each"], money(result.consequence, lang)),
        (say["cost_each"], money(done.scenario.price, lang)),
    ]
    found += [(say["saved_by"].format(payer=say[payer]), money(result.by_payer[payer], lang)) for payer in PAYERS]
    people, scenario = done.scenario.participants, done.scenario
    for payer in PAYERS:
        own = scenario.price_of(payer) if done.wish.spread else scenario.price
        found.append((say["paid_by"].format(payer=say[payer]), money(people * (result.by_payer[payer] - own), lang)))
    balance = say["none"] if result.balance is None else f"{digits(f'{result.balance * 100:.1f}', lang)}"
    first = say["none"] if result.first_positive is None else str(result.first_positive)
    first += f". {say['falls']}" if result.falls_again else ""
    return [*found, (say["balance"], balance), (say["first"], first), (say["error"], money(result.uncertainty, lang))]


def _first(years: str, lang: Lang) -> str:
    return WORDS["first_year"][lang] if years == "1" else WORDS["first_years"][lang].format(years=years)


def _bars(series: Sequence[float], lang: Lang) -> tuple[Bar, ...]:
    most = max((abs(amount) for amount in series), default=0.0) or 1.0
    return tuple(
        Bar(t, money(amount, lang), round(100 * abs(amount) / most), amount < 0) for t, amount in enumerate(series)
    )


def _counted(done: Reckoned, base: Base, lang: Lang) -> list[Line]:
    years = {(year.outcome, year.t): year for year in base.years[done.wish.group]}
    money_of = {(line.outcome, line.t): 0.0 for line in done.result.lines}
    for line in done.result.lines:
        money_of[line.outcome, line.t] -= line.participant
    found: list[Line] = []
    for each in done.counted:
        year = years.get((each.outcome, each.t))
        note = why(year) if year and year.counted else None
        found.append(
            (
                label(base, each.outcome, lang),
                str(each.t),
                significant(each.beta, lang),
                probability(year.p if year else None, lang),
                money(money_of[each.outcome, each.t], lang) if (each.outcome, each.t) in money_of else NONE,
                note[lang] if note else "",
            )
        )
    return found


def _left_out(done: Reckoned, base: Base, lang: Lang) -> list[Line]:
    """By consequence and reason, with the years it holds for."""
    counted = {(each.outcome, each.t) for each in done.counted}
    reasons: dict[tuple[str, str], list[int]] = {}
    for year in base.years[done.wish.group]:
        sentence = why(year)
        if sentence is not None and (year.outcome, year.t) not in counted:
            told = sentence[lang].format(t=_certain(base.years[done.wish.group], year.outcome))
            reasons.setdefault((year.outcome, told), []).append(year.t)
    return [(label(base, code, lang), ", ".join(map(str, ts)), told) for (code, told), ts in reasons.items()]


def _certain(years: Sequence[Year], outcome: str) -> int:
    """The one year that is certain: that of the smallest p."""
    known = [(year.p, year.t) for year in years if year.outcome == outcome and year.p is not None]
    return min(known)[1] if known else 0


def _own(done: Reckoned, base: Base, lang: Lang) -> list[Line]:
    prices = base.prices_of(done.wish.group[0])
    found: list[Line] = [
        (
            f"{label(base, code, lang)}, {WORDS[payer][lang]}",
            money(prices[code].by_payer[payer], lang),
            money(kroner, lang),
        )
        for (code, payer), kroner in done.wish.prices.items()
    ]
    return found + [
        (
            f"{label(base, code, lang)}, t = {t}",
            significant(published(base, done.wish, code, t), lang),
            significant(beta, lang),
        )
        for (code, t), beta in done.wish.betas.items()
    ]


def _priced(done: Reckoned) -> list[str]:
    return [code for code in dict.fromkeys(each.outcome for each in done.counted) if code in done.prices]

"""What the page shows of the answers: figures rounded for reading (som.md §10)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from service.formats.table import digits
from service.soem.base import Base, Year
from service.soem.chart import drawn, swatch
from service.soem.reckoned import NOBODY, Reckoned, budget, net_if_paid_by, published, sums, why
from service.soem.rounding import NONE, label, money, probability, significant, typed
from service.soem.words import WORDS
from tables.model import Lang
from tables.soem.prices import PAYERS

Line = tuple[str, ...]
HIGH_RATE = 0.5  # a rate above is told, as 3,5 may have been meant as per cent


@dataclass(frozen=True, slots=True)
class Column:
    """One scenario as it is read: `answer` is its net result, `told` the sentence under it."""

    title: str
    group: str
    swatch: Markup
    answer: str
    told: str
    inputs: tuple[tuple[str, str], ...]
    figures: tuple[tuple[str, str], ...]
    payers: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    negative: bool
    accumulated: Line
    budget: tuple[Line, ...]
    sums: tuple[Line, ...]
    counted: tuple[Line, ...]
    left_out: tuple[Line, ...]
    own: tuple[Line, ...]
    price_years: tuple[Line, ...]


def columns(done: Sequence[Reckoned], base: Base, lang: Lang) -> tuple[Column, ...]:
    return tuple(_column(each, place, base, lang) for place, each in enumerate(done))


def graph(done: Sequence[Reckoned], lang: Lang) -> Markup:
    titles = [WORDS["scenario"][lang].format(number=number) for number in range(1, len(done) + 1)]
    return Markup(drawn(titles, [each.result.accumulated for each in done], lang))  # noqa: S704  # escaped there


def _column(done: Reckoned, place: int, base: Base, lang: Lang) -> Column:
    result, rows = done.result, budget(done)
    kinds = (*PAYERS, NOBODY, "i_alt")
    summed = sums(rows)
    return Column(
        WORDS["scenario"][lang].format(number=place + 1),
        named(done.wish.group, base, lang),
        Markup(swatch(place)),  # noqa: S704  # our own drawing
        money(result.net_total, lang),
        _told(done, lang),
        tuple(_inputs(done, base, lang)),
        tuple(_figures(done, lang)),
        tuple(_payers(done, lang)),
        tuple(_warnings(done, base, lang)),
        result.net < 0,
        tuple(money(amount, lang) for amount in result.accumulated),
        tuple((str(int(row["aar"])), *(money(row[kind], lang) for kind in kinds)) for row in rows),
        tuple((_first(years, lang), *(money(summed[years][kind], lang) for kind in kinds)) for years in summed),
        tuple(_counted(done, base, lang)),
        tuple(_left_out(done, base, lang)),
        tuple(_own(done, base, lang)),
        tuple((label(base, code, lang), done.prices[code].year) for code in done.priced),
    )


def named(group: tuple[str, str], base: Base, lang: Lang) -> str:
    dimensions = base.table.dimension("MAALGRUPPE"), base.table.dimension("ALDERSGRUPPE")
    return ", ".join(dim.values[dim.index[code]].text[lang] for dim, code in zip(dimensions, group, strict=True))


def _told(done: Reckoned, lang: Lang) -> str:
    first = done.result.first_positive
    surplus = WORDS["graph_never"][lang] if first is None else WORDS["graph_first"][lang].format(t=first)
    each = WORDS["each"][lang].format(amount=money(done.result.net, lang))
    again = WORDS["falls"][lang] if done.result.falls_again else ""
    return " ".join(sentence for sentence in (each, surplus, again) if sentence)


def _warnings(done: Reckoned, base: Base, lang: Lang) -> Iterator[str]:
    for code in done.result.without_price:
        yield WORDS["no_price"][lang].format(outcome=label(base, code, lang))
    if done.scenario.effect < 0:
        yield WORDS["negative_effect"][lang]
    if done.scenario.rate > HIGH_RATE:
        yield WORDS["high_rate"][lang].format(rate=typed(done.scenario.rate * 100, lang))
    if not done.counted:
        yield WORDS["nothing_counted"][lang]


def _inputs(done: Reckoned, base: Base, lang: Lang) -> Iterator[tuple[str, str]]:
    """What was asked, as it was understood."""
    scenario, say = done.scenario, {key: word[lang] for key, word in WORDS.items()}
    yield say["group"], named(done.wish.group, base, lang)
    yield say["people"], digits(str(scenario.participants), lang)
    yield say["effect"], typed(scenario.effect * 100, lang)
    yield say["rate"], typed(scenario.rate, lang)
    yield say["start"], str(done.wish.start)
    if done.wish.spread:
        yield (
            say["cost"],
            "; ".join(f"{t}, {say[str(payer)]}: {money(kroner, lang)}" for t, payer, kroner in scenario.cost),
        )


def _figures(done: Reckoned, lang: Lang) -> Iterator[tuple[str, str]]:
    result = done.result
    say = {key: word[lang] for key, word in WORDS.items()}
    yield say["net_total"], money(result.net_total, lang)
    yield say["net_each"], money(result.net, lang)
    yield say["saved_each"], money(result.consequence, lang)
    yield say["cost_each"], money(done.scenario.price, lang)
    yield say["balance"], say["none"] if result.balance is None else digits(f"{result.balance * 100:.1f}", lang)
    yield say["first"], say["none"] if result.first_positive is None else str(result.first_positive)
    yield say["error"], money(result.uncertainty, lang)


def _payers(done: Reckoned, lang: Lang) -> Iterator[tuple[str, str]]:
    say = {key: word[lang] for key, word in WORDS.items()}
    for payer in PAYERS:
        yield say["saved_by"].format(payer=say[payer]), money(done.result.by_payer[payer], lang)
    for text, kroner in zip(paid_by(done, lang), net_if_paid_by(done).values(), strict=True):
        yield text, money(kroner, lang)


def paid_by(done: Reckoned, lang: Lang) -> tuple[str, ...]:
    """What the net result of each payer is called: where it bears all, or its own part of a cost that is shared out."""
    text = WORDS["own_by" if done.wish.spread else "paid_by"][lang]
    return tuple(text.format(payer=WORDS[f"the_{payer}"][lang]) for payer in PAYERS)


def _first(years: str, lang: Lang) -> str:
    return WORDS["first_year"][lang] if years == "1" else WORDS["first_years"][lang].format(years=years)


def _counted(done: Reckoned, base: Base, lang: Lang) -> Iterator[Line]:
    years = {(year.outcome, year.t): year for year in base.years[done.wish.group]}
    money_of = {(line.outcome, line.t): 0.0 for line in done.result.lines}
    for line in done.result.lines:
        money_of[line.outcome, line.t] -= line.participant
    for each in done.counted:
        place = each.outcome, each.t
        year = years.get(place)
        note = why(year) if year and year.counted else None
        hidden = year is not None and year.beta is not None and year.p is None
        yield (
            label(base, each.outcome, lang),
            str(each.t),
            significant(each.beta, lang),
            WORDS["hidden"][lang] if hidden else probability(year.p if year else None, lang),
            money(money_of[place], lang) if place in money_of else NONE,
            note[lang] if note else "",
        )


def _left_out(done: Reckoned, base: Base, lang: Lang) -> Iterator[Line]:
    """By consequence and reason, with the years it holds for."""
    counted = {(each.outcome, each.t) for each in done.counted}
    reasons: dict[tuple[str, str], list[int]] = {}
    for year in base.years[done.wish.group]:
        sentence = why(year)
        if sentence is not None and (year.outcome, year.t) not in counted:
            told = sentence[lang].replace("(t = {t}) ", _certain(base.years[done.wish.group], year.outcome))
            reasons.setdefault((year.outcome, told), []).append(year.t)
    for (code, told), ts in reasons.items():
        yield label(base, code, lang), ", ".join(map(str, ts)), told


def _certain(years: Sequence[Year], outcome: str) -> str:
    """The one year that is certain, that of the smallest p; not told where a p that is not shown may be smaller."""
    mine = [year for year in years if year.outcome == outcome and year.beta is not None]
    if not mine or any(year.p is None for year in mine):
        return ""
    return f"(t = {min(mine, key=lambda year: year.p or 0.0).t}) "


def _own(done: Reckoned, base: Base, lang: Lang) -> Iterator[Line]:
    prices = base.prices_of(done.wish.group[0])
    for (code, payer), kroner in done.wish.prices.items():
        was = money(prices[code].by_payer[payer], lang)
        yield f"{label(base, code, lang)}, {WORDS[payer][lang]}", was, money(kroner, lang)
    for (code, t), beta in done.wish.betas.items():
        was = significant(published(base, done.wish, code, t), lang)
        yield f"{label(base, code, lang)}, t = {t}", was, significant(beta, lang)

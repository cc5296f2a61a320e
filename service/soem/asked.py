"""What the calculator is asked: its keys read into scenarios, or refused by name (som.md §10)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Final

from service.soem.base import Base, Group
from tables.errors import InvalidQuery
from tables.soem.files import number, whole
from tables.soem.net import Scenario
from tables.soem.prices import PAYERS
from tables.soem.reasons import texts

KEYS: Final = ("maalgruppe", "aldersgruppe", "deltagere", "effekt", "indsatspris", "rente", "startaar")
BESIDE: Final = ("2", "3")  # before a key: a scenario beside the first
RATE: Final = 0.035
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Wish:
    """One scenario as asked; prices and betas are the user's own."""

    group: Group
    scenario: Scenario
    start: int
    spread: bool  # the cost is given by year and payer
    prices: Mapping[tuple[str, str], float] = field(default_factory=dict)
    betas: Mapping[tuple[str, int], float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """All scenarios of an address, the first in front, and the means of one's own group."""

    wishes: tuple[Wish, ...]
    means: Mapping[str, float]


def read(pairs: Pairs, base: Base, variables: Iterable[str]) -> Asked:
    """Raises InvalidQuery that names the key. A scenario beside the first takes from it what it does not say."""
    known = set(variables)
    plain: list[tuple[str, str]] = []
    beside: dict[str, list[tuple[str, str]]] = {}
    means: dict[str, float] = {}
    for key, text in pairs:
        lead, dot, rest = key.partition(".")
        if dot and lead in BESIDE:
            beside.setdefault(lead, []).append((rest, text))
        elif dot and lead == "gns":
            if rest not in known:
                raise refused(key, text, f"{rest} er intet baggrundsforhold", f"{rest} is no characteristic")
            means[rest] = _number(key, text)
        else:
            plain.append((key, text))
    wishes = [_wish(plain, base, "")]
    for lead in sorted(beside):
        named = {_kind(key) for key, _ in beside[lead]}
        kept = [(key, text) for key, text in plain if _kind(key) not in named]
        wishes.append(_wish([*kept, *beside[lead]], base, f"{lead}."))
    return Asked(tuple(wishes), means)


def _kind(key: str) -> str:
    """Cost by year replaces one price of the measure, and the other way round."""
    return "indsatspris" if key == "indsats" else key


def refused(key: str, value: str, da: str, en: str, near: Sequence[str] = ()) -> InvalidQuery:
    return InvalidQuery(f"{key}: {da}.", f"{key}: {en}.", reason="key", dimension=key, value=value, near=near)


def _wish(pairs: Pairs, base: Base, lead: str) -> Wish:
    single: dict[str, str] = {}
    cost: list[tuple[int, str | None, float]] = []
    wish = Wish(("", ""), Scenario(0, 0.0, RATE, ()), 0, spread=False)
    prices: dict[tuple[str, str], float] = {}
    betas: dict[tuple[str, int], float] = {}
    for key, text in pairs:
        name = f"{lead}{key}"
        kind, *rest = key.split(".")
        if kind == "indsats" and not rest:
            cost.append(_cost(name, text))
        elif kind == "pris" and len(rest) == 2:
            prices[_payer(name, text, rest, base)] = _number(name, text)
        elif kind == "beta" and len(rest) == 2:
            betas[_year(name, text, rest, base)] = _number(name, text)
        elif key not in KEYS:
            listed = f"{', '.join(KEYS)}, indsats, pris.<konsekvens>.<aktoer>, beta.<konsekvens>.<t>"
            da, en = f"nøglen findes ikke; kendte er {listed}", f"there is no such key; known are {listed}"
            raise refused(name, text, da, en, KEYS)
        elif key in single:
            raise refused(name, text, "står to gange; behold én", "is there twice; keep one")
        else:
            single[key] = text
    if cost and "indsatspris" in single:
        raise refused(
            f"{lead}indsats", "", "angiv enten indsats eller indsatspris", "give indsats or indsatspris, not both"
        )
    group = _group(single, base, lead)
    _priced(prices, base, group, lead)
    scenario = _scenario(single, tuple(cost), lead)
    start = _start(single, base, lead)
    return replace(wish, group=group, scenario=scenario, start=start, spread=bool(cost), prices=prices, betas=betas)


def _group(single: Mapping[str, str], base: Base, lead: str) -> Group:
    known = dict.fromkeys(group for group, _ in base.groups)
    group = single.get("maalgruppe", "")
    if group not in known:
        wrong = ("mangler", "is missing") if not group else (f"{group} findes ikke", f"there is no {group}")
        listed = ", ".join(known)
        raise refused(
            f"{lead}maalgruppe", group, f"{wrong[0]}; vælg {listed}", f"{wrong[1]}; choose {listed}", tuple(known)
        )
    ages = [age for name, age in base.groups if name == group]
    age = single.get("aldersgruppe", ages[0] if len(ages) == 1 else "")
    if age not in ages:
        wrong = ("mangler", "is missing") if not age else (f"{age} findes ikke", f"there is no {age}")
        listed = ", ".join(ages)
        raise refused(f"{lead}aldersgruppe", age, f"{wrong[0]}; vælg {listed}", f"{wrong[1]}; choose {listed}", ages)
    return group, age


def _scenario(single: Mapping[str, str], cost: tuple[tuple[int, str | None, float], ...], lead: str) -> Scenario:
    for key in ("deltagere", "effekt", *(() if cost else ("indsatspris",))):
        if key not in single:
            raise refused(f"{lead}{key}", "", "mangler", "is missing")
    people = whole(_pointed(single["deltagere"]))
    if people is None or people < 0:
        raise refused(f"{lead}deltagere", single["deltagere"], "skal være et helt tal fra 0 og op",
                      "must be a whole number from 0 up")  # fmt: skip
    effect = share(f"{lead}effekt", single["effekt"])
    rate = _number(f"{lead}rente", single.get("rente", str(RATE)))
    if rate <= -1:
        raise refused(f"{lead}rente", single["rente"], "skal være større end -1; skriv 3,5 pct. som 0.035",
                      "must be above -1; write 3.5 per cent as 0.035")  # fmt: skip
    if not cost:
        kroner = _number(f"{lead}indsatspris", single["indsatspris"])
        if kroner < 0:
            raise refused(f"{lead}indsatspris", single["indsatspris"], "skal være 0 eller mere", "must be 0 or more")
        cost = ((0, None, kroner),)
    return Scenario(people, effect, rate, cost)


def share(key: str, text: str) -> float:
    """The effect as a share; 15 was meant as 0,15."""
    effect = _number(key, text)
    if not -1 <= effect <= 1:
        meant = f"{effect / 100:.10g}"
        guard = texts()["vagt_andel"]
        da, en = guard.da.format(forslag=meant.replace(".", ",")), guard.en.format(forslag=meant)
        raise InvalidQuery(da, en, reason="key", dimension=key, value=text, near=(meant,))
    return effect


def points(key: str, text: str) -> str:
    """Percentage points of the form as the share of the address; 0,15 was meant as 15."""
    value = _number(key, text)
    if 0 < abs(value) < 1:
        meant = f"{value * 100:.10g}"
        guard = texts()["vagt_point"]
        da, en = guard.da.format(forslag=meant.replace(".", ",")), guard.en.format(forslag=meant)
        raise InvalidQuery(da, en, reason="key", dimension=key, value=text, near=(meant,))
    if abs(value) > 100:
        raise refused(key, text, "skal ligge mellem -100 og 100 procentpoint",
                      "must lie between -100 and 100 percentage points")  # fmt: skip
    return f"{value / 100:.12g}"


def _start(single: Mapping[str, str], base: Base, lead: str) -> int:
    if "startaar" not in single:
        return base.estimates.updated.year
    year = whole(single["startaar"])
    if year is None or not 1900 <= year <= 2200:
        raise refused(f"{lead}startaar", single["startaar"], "er ikke et årstal", "is not a year")
    return year


def _cost(key: str, text: str) -> tuple[int, str | None, float]:
    """`2,kommune,5000`: kroner a participant in a year, borne by a payer."""
    parts = [part.strip() for part in text.split(",")]
    year = whole(parts[0]) if parts else None
    kroner = number(parts[2]) if len(parts) == 3 else None
    if len(parts) != 3 or year is None or not 0 <= year <= 10 or parts[1] not in PAYERS or kroner is None or kroner < 0:
        raise refused(key, text, f"skal være år (0-10), aktør ({', '.join(PAYERS)}) og kr., fx 0,kommune,24000",
                      f"must be year (0-10), payer ({', '.join(PAYERS)}) and kroner, as 0,kommune,24000")  # fmt: skip
    return year, parts[1], kroner


def _payer(key: str, text: str, rest: Sequence[str], base: Base) -> tuple[str, str]:
    outcome, payer = rest
    _outcome(key, text, outcome, base)
    if payer not in PAYERS:
        raise refused(key, text, f"{payer} er ingen aktør", f"{payer} is no payer", PAYERS)
    return outcome, payer


def _year(key: str, text: str, rest: Sequence[str], base: Base) -> tuple[str, int]:
    outcome, t = rest
    _outcome(key, text, outcome, base)
    if t not in base.table.dimension("T").codes:
        raise refused(key, text, f"{t} er intet år efter", f"{t} is no year after", base.table.dimension("T").codes)
    return outcome, int(t)


def _outcome(key: str, text: str, outcome: str, base: Base) -> None:
    if outcome not in base.outcomes:
        raise refused(key, text, f"{outcome} er ingen konsekvens", f"{outcome} is no consequence",
                      get_close_matches(outcome, base.outcomes))  # fmt: skip


def _priced(prices: Mapping[tuple[str, str], float], base: Base, group: Group, lead: str) -> None:
    known = base.prices_of(group[0])
    for outcome, payer in prices:
        if outcome not in known:
            da, en = "konsekvensen har intet prisindeks", "the consequence has no price index"
            raise refused(f"{lead}pris.{outcome}.{payer}", "", da, en)


def _number(key: str, text: str) -> float:
    value = number(_pointed(text))
    if value is None:
        raise refused(key, text, f"'{text}' er ikke et tal", f"'{text}' is not a number")
    return value


def _pointed(text: str) -> str:
    """A Danish decimal comma is a point."""
    return text.strip().replace(",", ".") if text.count(",") == 1 and "." not in text else text.strip()

"""The fields of the calculator's form, filled with what was asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.formats.table import digits
from service.soem.asked import RATE, Wish
from service.soem.base import Base, Cell
from service.soem.reckoned import Reckoned, published
from service.soem.rounding import label, money, significant, typed
from service.soem.words import WORDS
from tables.model import Lang
from tables.soem.prices import PAYERS

FIXED = frozenset({"maalgruppe", "aldersgruppe"})
SHARE, POINTS = "effekt", "effekt_pp"


@dataclass(frozen=True, slots=True)
class Field:
    key: str
    label: str
    value: str
    hint: str = ""


def fields(wish: Wish | None, start: int, lead: str, lang: Lang) -> tuple[Field, ...]:
    """A cost by year and payer has no field; it is carried along."""
    scenario = wish.scenario if wish else None
    rate = scenario.rate if scenario else RATE
    values = {
        "deltagere": ("people", str(scenario.participants) if scenario else ""),
        "effekt_pp": ("effect", typed(scenario.effect * 100, lang) if scenario else ""),
        "indsatspris": ("price", typed(scenario.price, lang) if scenario else ""),
        "rente": ("rate", typed(rate, lang)),
        "startaar": ("start", str(start)),
    }
    return tuple(
        Field(lead + key, WORDS[word][lang], value, WORDS["effect_hint"][lang] if key == "effekt_pp" else "")
        for key, (word, value) in values.items()
        if not (wish and wish.spread and key == "indsatspris")
    )


def beside(done: Sequence[Reckoned], lang: Lang) -> tuple[Field, ...]:
    """Of the second scenario only what differs from the first."""
    values: list[dict[str, str]] = [{}, {}]
    for place, each in enumerate(done[:2]):
        values[place] = {field.key: field.value for field in fields(each.wish, each.wish.start, "2.", lang)}
    first, second = values
    differs = {key: text for key, text in second.items() if first.get(key) != text}
    return tuple(
        Field(blank.key, blank.label, differs.get(blank.key, ""), blank.hint)
        for blank in fields(None, 0, "2.", lang)
        if not second or blank.key in second
    )


def price_fields(
    first: Reckoned | None, base: Base, group: str, lang: Lang
) -> tuple[tuple[str, tuple[Field, ...]], ...]:
    """Beside each published price of what counts a blank own one."""
    counted = dict.fromkeys(each.outcome for each in first.counted) if first else {}
    prices = base.prices_of(group)
    own = first.wish.prices if first else {}
    return tuple(
        (
            label(base, outcome, lang),
            tuple(
                Field(
                    f"pris.{outcome}.{payer}",
                    WORDS[payer][lang],
                    typed(own[outcome, payer], lang) if (outcome, payer) in own else "",
                    money(prices[outcome].by_payer[payer], lang),
                )
                for payer in PAYERS
            ),
        )
        for outcome in counted
        if outcome in prices
    )


def beta_fields(first: Reckoned | None, base: Base, lang: Lang) -> tuple[Field, ...]:
    if first is None:
        return ()
    found = []
    for each in first.counted:
        own = first.wish.betas.get((each.outcome, each.t))
        was = published(base, first.wish, each.outcome, each.t)
        found.append(
            Field(
                f"beta.{each.outcome}.{each.t}",
                f"{label(base, each.outcome, lang)}, t = {each.t}",
                typed(own, lang) if own is not None else "",
                significant(was, lang),
            )
        )
    return tuple(found)


def compared(
    means: Mapping[str, Cell], names: Mapping[str, str], own: Mapping[str, float], lang: Lang
) -> tuple[tuple[Field, str, str], ...]:
    """One's own group beside the two published ones."""

    def mean(cell: Cell, side: str) -> str:
        return digits(f"{cell[side]:.2f}", lang) if side in cell else WORDS["hidden"][lang]

    return tuple(
        (
            Field(f"gns.{code}", names[code], typed(own[code], lang) if code in own else ""),
            mean(cell, "gns_succes"),
            mean(cell, "gns_ikke"),
        )
        for code, cell in means.items()
    )


def carried(pairs: Sequence[tuple[str, str]], own: Sequence[Field]) -> tuple[tuple[str, str], ...]:
    """What was asked that the form has no field for: it stays when the form is sent again."""
    keys = {field.key for field in own} | FIXED
    return tuple((key, text) for key, text in pairs if _asked_as(key) not in keys)


def _asked_as(key: str) -> str:
    """The form asks for the share in percentage points."""
    return f"{key[: -len(SHARE)]}{POINTS}" if key.endswith(SHARE) else key

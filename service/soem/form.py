"""The fields of the calculator's form, filled with what was typed, right or wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from service.formats.table import digits
from service.soem.asked import BESIDE, RATE, points
from service.soem.base import Base, Cell, Group
from service.soem.rounding import label, money, significant, typed
from service.soem.words import WORDS
from tables.model import Dimension, Lang
from tables.soem.files import number
from tables.soem.prices import PAYERS

Pairs = Sequence[tuple[str, str]]
LEADS: Final = ("", *(f"{lead}." for lead in BESIDE))
GRID: Final = range(5)  # years of the measure's cost that have fields
KINDS: Final = {
    "deltagere": "people",
    "effekt_pp": "effect",
    "indsatspris": "price",
    "rente": "rate",
    "startaar": "start",
}
HINTS: Final = {"effekt_pp": "effect_hint", "rente": "rate_hint"}
LARGE: Final = 1e9  # above it digits are not counted
GROUP: Final = ("maalgruppe", "aldersgruppe")


@dataclass(frozen=True, slots=True)
class Field:
    key: str
    label: str
    value: str
    hint: str = ""
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The codes of a list with their texts, and whether each is chosen."""

    key: str
    label: str
    values: tuple[tuple[str, str, bool], ...]
    wrong: bool


@dataclass(frozen=True, slots=True)
class Form:
    """`rows` are lines of a table: what it is about, and its fields. `wrong` is the key of what was refused."""

    choices: tuple[Choice, ...]
    fields: tuple[Field, ...]
    beside: tuple[tuple[str, tuple[Field, ...]], ...]
    cost: tuple[tuple[str, tuple[Field, ...]], ...]
    prices: tuple[tuple[str, tuple[Field, ...]], ...]
    betas: tuple[tuple[str, int, str, Field], ...]
    compared: tuple[tuple[Field, str, str], ...]
    carried: Pairs
    wrong: str


def sent(pairs: Pairs) -> list[tuple[str, str]]:
    """What the form sends as the keys of an address: points become a share, a year and payer a cost; blanks go."""
    found: list[tuple[str, str]] = []
    for key, text in pairs:
        lead = next((each for each in LEADS[1:] if key.startswith(each)), "")
        kind, *rest = key.removeprefix(lead).split(".")
        if not text.strip():
            continue
        if kind == "effekt_pp" and not rest:
            found.append((f"{lead}effekt", points(key, text)))
        elif kind == "indsats" and len(rest) == 2:
            found.append((f"{lead}indsats", f"{rest[0]},{rest[1]},{text.strip().replace(',', '.')}"))
        else:
            found.append((key, text))
    return found


def as_typed(pairs: Pairs, lang: Lang) -> dict[str, str]:
    """The keys of an address as those of the form."""
    found: dict[str, str] = {}
    for key, text in pairs:
        lead = next((each for each in LEADS[1:] if key.startswith(each)), "")
        kind = key.removeprefix(lead)
        share = number(text.replace(",", "."))
        parts = text.split(",")
        if kind == "effekt":
            found[f"{lead}effekt_pp"] = text if share is None or abs(share) > 1 else typed(share * 100, lang)
        elif kind == "indsats" and len(parts) == 3 and parts[0] in map(str, GRID) and parts[1] in PAYERS:
            found.setdefault(f"{lead}indsats.{parts[0]}.{parts[1]}", _read(parts[2], lang))
        else:
            found.setdefault(key, text if kind in GROUP else _read(text, lang))
    return found


def _read(text: str, lang: Lang) -> str:
    """A number with the point or comma of the language; what is none stays as it was typed."""
    value = number(text)
    return text if value is None or abs(value) >= LARGE else typed(value, lang)


def form(pairs: Pairs, base: Base, group: Group, start: int, lang: Lang, *, wrong: str = "") -> Form:
    """Without what is compared."""
    known = as_typed(pairs, lang)
    wrong = f"{wrong}_pp" if wrong in {f"{lead}effekt" for lead in LEADS} else wrong
    asked = bool(known)
    leads = [lead for lead in LEADS[1:] if lead == "2." or any(key.startswith(("2.", "3.")) for key in known)]
    return Form(
        tuple(_choices(base, group, lang, wrong)),
        tuple(_fields(known, "", {"rente": typed(RATE, lang), "startaar": str(start)}, lang, wrong)),
        tuple((lead, tuple(_fields(known, lead, {}, lang, wrong))) for lead in leads),
        tuple(_cost(known, lang, wrong)),
        tuple(_prices(known, base, group, lang, wrong)) if asked else (),
        tuple(_betas(known, base, group, lang, wrong)) if asked else (),
        (),
        (),
        wrong,
    )


def _choices(base: Base, group: Group, lang: Lang, wrong: str) -> Iterator[Choice]:
    chosen = zip(("MAALGRUPPE", "ALDERSGRUPPE"), GROUP, ("group", "age"), zip(*base.groups, strict=True), strict=True)
    for place, (code, key, word, known) in enumerate(chosen):
        dimension: Dimension = base.table.dimension(code)
        values = tuple((each.code, each.text[lang], each.code == group[place]) for each in dimension.values)
        yield Choice(key, WORDS[word][lang], tuple(each for each in values if each[0] in known), key == wrong)


def _fields(known: Mapping[str, str], lead: str, given: Mapping[str, str], lang: Lang, wrong: str) -> Iterator[Field]:
    for kind, word in KINDS.items():
        key = lead + kind
        hint = WORDS[HINTS[kind]][lang] if kind in HINTS and not lead else ""
        yield Field(key, WORDS[word][lang], known.get(key, given.get(kind, "")), hint, key == wrong)


def _cost(known: Mapping[str, str], lang: Lang, wrong: str) -> Iterator[tuple[str, tuple[Field, ...]]]:
    for t in GRID:
        keys = {payer: f"indsats.{t}.{payer}" for payer in PAYERS}
        yield (
            WORDS["year_after"][lang].format(t=t),
            tuple(
                Field(key, WORDS[payer][lang], known.get(key, ""), "", wrong in (key, "indsats"))
                for payer, key in keys.items()
            ),
        )


def _prices(
    known: Mapping[str, str], base: Base, group: Group, lang: Lang, wrong: str
) -> Iterator[tuple[str, tuple[Field, ...]]]:
    """Beside each published price of what counts, or has an own estimate, a blank own one."""
    counted = {year.outcome for year in base.years[group] if year.counted}
    counted |= {key.split(".")[1] for key in known if key.startswith(("beta.", "pris.")) and key.count(".") == 2}
    prices = base.prices_of(group[0])
    for outcome in base.outcomes:
        if outcome in counted and outcome in prices:
            keys = {payer: f"pris.{outcome}.{payer}" for payer in PAYERS}
            shown = {payer: money(prices[outcome].by_payer[payer], lang) for payer in PAYERS}
            yield (
                label(base, outcome, lang),
                tuple(
                    Field(key, WORDS[payer][lang], known.get(key, ""), shown[payer], key == wrong)
                    for payer, key in keys.items()
                ),
            )


def _betas(
    known: Mapping[str, str], base: Base, group: Group, lang: Lang, wrong: str
) -> Iterator[tuple[str, int, str, Field]]:
    for year in base.years[group]:
        key = f"beta.{year.outcome}.{year.t}"
        if year.counted or key in known:
            name = label(base, year.outcome, lang)
            yield name, year.t, significant(year.beta, lang), Field(key, name, known.get(key, ""), "", key == wrong)


def compared(
    means: Mapping[str, Cell], names: Mapping[str, str], pairs: Pairs, lang: Lang, wrong: str
) -> tuple[tuple[Field, str, str], ...]:
    """One's own group beside the two published ones."""
    known = as_typed(pairs, lang)

    def mean(cell: Cell, side: str) -> str:
        return digits(f"{cell[side]:.2f}", lang) if side in cell else WORDS["hidden"][lang]

    return tuple(
        (
            Field(f"gns.{code}", names[code], known.get(f"gns.{code}", ""), "", f"gns.{code}" == wrong),
            mean(cell, "gns_succes"),
            mean(cell, "gns_ikke"),
        )
        for code, cell in means.items()
    )


def carried(pairs: Pairs, shown: Form, lang: Lang) -> Pairs:
    """What was asked that the form has no field for: it stays when the form is sent again, but not what was refused."""
    fields = {*GROUP, *(field.key for field in _all(shown))}
    kept: list[tuple[str, str]] = []
    for pair in pairs:
        mine = set(as_typed([pair], lang)) & fields
        fields -= mine - set(GROUP)
        if not mine and pair[0] != shown.wrong:
            kept.append(pair)
    return tuple(kept)


def named(sentence: str, key: str, shown: Form) -> str:
    """The sentence of a refusal with the label of its field in place of its key."""
    labels = {each.key: each.label for each in shown.choices} | {each.key: each.label for each in _all(shown)}
    label = labels.get(shown.wrong)
    return f"{label}{sentence.removeprefix(key)}" if label and sentence.startswith(f"{key}: ") else sentence


def _all(shown: Form) -> Iterator[Field]:
    yield from shown.fields
    for _, fields in (*shown.beside, *shown.cost, *shown.prices):
        yield from fields
    yield from (field for *_, field in shown.betas)
    yield from (field for field, _, _ in shown.compared)

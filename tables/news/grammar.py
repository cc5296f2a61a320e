"""`:figure[TABLE?VAR=code&…|option]` and `:change[…|from=PERIOD|…]`: what a figure in a text is bound to (ux §7)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from tables.schema.shape import meant
from tables.schema.words import TABLE_ID

BINDING: Final = re.compile(r":(?P<kind>figure|change)\[(?P<inner>[^\[\]\n]*)\]")
SUSPECT: Final = re.compile(r":(?P<word>[a-zæøå]{3,12})\[(?P<inner>[^\[\]\n]*)\]?", re.IGNORECASE)
_POWER: Final = re.compile(r"10*")
_OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "figure": ("round", "decimals"),
    "change": ("from", "unit", "round", "decimals", "sign"),
}
_UNITS: Final = ("abs", "pct", "pp")
Unit = Literal["abs", "pct", "pp"]


@dataclass(frozen=True, slots=True)
class Binding:
    """One cell of one table; a change has `since`, the period it is counted from."""

    written: str
    table: str
    cell: Mapping[str, str]
    since: str | None = None
    unit: Unit = "abs"
    round: int | None = None
    decimals: int | None = None
    sign: bool = False


def binding(kind: str, inner: str) -> Binding:
    """Raises ValueError with what is wrong, and the cure."""
    asked, *options = inner.split("|")
    table, mark, selection = asked.partition("?")
    if not mark or not TABLE_ID.fullmatch(table):
        raise ValueError(f"'{inner}' names no cell; write TABLE?VAR=code&Tid=2024")
    given = _options(kind, options)
    if kind == "change" and "from" not in given:
        raise ValueError("a :change says from where; write |from=2023")
    if "round" in given and "decimals" in given:
        raise ValueError("round and decimals do not go together; keep one")
    unit = given.get("unit", "abs")
    if unit not in _UNITS:
        raise ValueError(f"unit={unit} is unknown; {meant(unit, _UNITS)}")
    if "round" in given and unit != "abs":
        raise ValueError("round goes with numbers; a per cent takes decimals")
    if given.get("sign", "no") not in ("yes", "no"):
        raise ValueError(f"sign={given['sign']} is neither yes nor no")
    return Binding(
        f":{kind}[{inner}]",
        table,
        _cell(selection),
        since=given.get("from"),
        unit=unit,  # type: ignore[arg-type]  # one of _UNITS
        round=_round(given["round"]) if "round" in given else None,
        decimals=_decimals(given["decimals"]) if "decimals" in given else None,
        sign=given.get("sign") == "yes",
    )


def _options(kind: str, options: list[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for option in options:
        name, mark, value = option.partition("=")
        if name not in _OPTIONS[kind]:
            raise ValueError(f"'{name}' is no option of :{kind}; {meant(name, _OPTIONS[kind])}")
        if not mark or not value:
            raise ValueError(f"'{option}' has no value; write {name}=…")
        if name in given:
            raise ValueError(f"{name} is there twice; keep one")
        given[name] = value
    return given


def _cell(selection: str) -> dict[str, str]:
    cell: dict[str, str] = {}
    for part in selection.split("&"):
        name, mark, code = part.partition("=")
        if not mark or not name or not code:
            raise ValueError(f"'{part}' chooses nothing; write VAR=code")
        if name in cell:
            raise ValueError(f"{name} is there twice; a figure is one cell")
        cell[name] = code
    return cell


def _round(text: str) -> int:
    if not _POWER.fullmatch(text) or text == "1":
        raise ValueError(f"round={text} is no power of ten; write 10, 100, 1000")
    return int(text)


def _decimals(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text) > 9:
        raise ValueError(f"decimals={text} is not from 0 to 9")
    return int(text)

"""Why a year of a consequence counts or does not, as the number of its text (som.md §7)."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from tables.model import Text
from tables.soem.estimate import Estimate
from tables.yamlfile import read

WHY: Final[Mapping[str, str]] = {
    "for_faa": "hvorfor_for_faa",
    "ingen_variation": "hvorfor_ingen_variation",
    "ingen_boern": "hvorfor_ingen_boern",
    "d": "hvorfor_d",
}


@cache
def texts() -> Mapping[str, Text]:
    """The public texts by their key, in the order of the file."""
    path = Path(__file__).with_name("texts.yaml")
    data: Any = read(path, path.name).data  # our own file; its shape is kept by the tests
    return {key: Text(text["da"], text["en"]) for key, text in data.items()}


@cache
def reasons() -> tuple[str, ...]:
    """Keys of the texts that `grund` numbers from 1."""
    return tuple(key for key in texts() if key.startswith("hvorfor_") or key == "midt_i")


def reason(years: Sequence[Estimate], year: Estimate, *, priced: bool, adult: bool) -> str | None:
    """The key of the text for one year among all years of its consequence; None where it simply counts."""
    if year.why:
        return WHY[year.why]
    if year.counted:
        if not priced:
            return "hvorfor_uden_pris"
        return None if year.significant else "midt_i"
    certain = [each.t for each in years if each.significant]
    if len(certain) < 2:
        return "hvorfor_en" if certain else "hvorfor_ingen"
    if adult and not years[0].significant:
        return "hvorfor_foerste_aar"
    return "hvorfor_udenfor"


def numbered(key: str | None) -> int:
    return reasons().index(key) + 1 if key else 0

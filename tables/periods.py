"""Periods: years, half-years, quarters, months, weeks and days, as their codes are written in the bank.

2015 · 2015H1 · 2015K1 · 2015M01 · 2015U01 (ISO week) · 2015M01D01. Codes of one frequency sort like their time.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal, NamedTuple, TypeAlias

from tables.model import Text

Frequency: TypeAlias = Literal["A", "H", "Q", "M", "W", "D"]

_CODE: Final = re.compile(r"(\d{4})(?:H([12])|K([1-4])|U(\d\d)|M(\d\d)(?:D(\d\d))?)?", re.ASCII)
_MOST: Final = 20_000  # periods of one table; more is a slip of the pen
_NAMES: Final[dict[Frequency, str]] = {
    "A": "years like 2015",
    "H": "half-years like 2015H1",
    "Q": "quarters like 2015K1",
    "M": "months like 2015M01",
    "W": "weeks like 2015U01",
    "D": "days like 2015M01D01",
}


class Period(NamedTuple):
    """A period as a number: consecutive periods of one frequency have consecutive numbers."""

    frequency: Frequency
    number: int


@lru_cache(maxsize=65_536)
def period(code: str) -> Period:
    """Raises ValueError with a sentence for a person if the code is none."""
    match = _CODE.fullmatch(code)
    if not match or not 1 <= int(match[1]) <= 9998:
        raise ValueError(f"'{code}' is not a period; write {', '.join(_NAMES.values())}")
    year = int(match[1])
    half, quarter, week, month, day = (int(part) if part else None for part in match.groups()[1:])
    try:
        if half is not None:
            return Period("H", year * 2 + half - 1)
        if quarter is not None:
            return Period("Q", year * 4 + quarter - 1)
        if week is not None:
            return Period("W", (date.fromisocalendar(year, week, 1).toordinal() - 1) // 7)
        if day is not None:
            return Period("D", date(year, month or 0, day).toordinal())
        if month is not None:
            return Period("M", year * 12 + date(year, month, 1).month - 1)
    except ValueError:
        raise ValueError(f"'{code}' is not in the calendar") from None
    return Period("A", year)


def is_period(code: str) -> bool:
    try:
        period(code)
    except ValueError:
        return False
    return True


def frequency(code: str) -> Frequency:
    return period(code).frequency


def expand(expression: str) -> tuple[str, ...]:
    """`2015-2024`, `2008K1, 2009K1`, `2021M10-2024M04` and mixtures, one frequency, in order of time.

    Raises ValueError with a sentence for a person.
    """
    codes: list[str] = []
    for item in expression.split(","):
        first, dash, last = (part.strip() for part in item.partition("-"))
        codes += _run(first, last) if dash else [_checked(first)]
        if len(codes) > _MOST:
            raise ValueError(f"'{expression}' is more than {_MOST} periods; is the last year right?")
    _in_order(codes)
    return tuple(codes)


def _checked(code: str) -> str:
    period(code)
    return code


def _run(first: str, last: str) -> list[str]:
    start, end = period(first), period(last)
    if start.frequency != end.frequency:
        raise ValueError(
            f"'{first}-{last}' goes from {_NAMES[start.frequency]} to {_NAMES[end.frequency]}; keep to one"
        )
    if start.number > end.number:
        raise ValueError(f"'{first}-{last}' runs backwards; write the earlier period first")
    if end.number - start.number >= _MOST:
        raise ValueError(f"'{first}-{last}' is more than {_MOST} periods; is the last year right?")
    return [_code(Period(start.frequency, number)) for number in range(start.number, end.number + 1)]


def _in_order(codes: list[str]) -> None:
    for earlier, later in pairwise(codes):
        one, other = period(earlier), period(later)
        if one.frequency != other.frequency:
            raise ValueError(f"'{earlier}' and '{later}' are of two frequencies; a table has one")
        if one.number == other.number:
            raise ValueError(f"'{later}' is there twice; keep one")
        if one.number > other.number:
            raise ValueError(f"'{later}' comes after '{earlier}'; write periods in order of time")


def text(code: str) -> Text:
    """A period in both languages; only quarters differ."""
    return Text(code, code.replace("K", "Q"))


def before(code: str, steps: int = 1) -> str:
    """The period `steps` earlier, of the same frequency."""
    here = period(code)
    return _code(Period(here.frequency, here.number - steps))


def span(code: str) -> tuple[date, date]:
    """First and last day."""
    here = period(code)
    return _start(here), _start(Period(here.frequency, here.number + 1)) - timedelta(days=1)


def within(code: str, since: str | None, until: str | None) -> bool:
    """Whether the whole period lies from `since` to `until`, both included; None is open."""
    here = period(code)
    if since is not None:
        first = period(since)
        if here.number < first.number if here.frequency == first.frequency else span(code)[0] < span(since)[0]:
            return False
    if until is not None:
        last = period(until)
        if here.number > last.number if here.frequency == last.frequency else span(code)[1] > span(until)[1]:
            return False
    return True


def _start(here: Period) -> date:
    number = here.number
    starts: dict[Frequency, Callable[[], date]] = {
        "A": lambda: date(number, 1, 1),
        "H": lambda: date(number // 2, number % 2 * 6 + 1, 1),
        "Q": lambda: date(number // 4, number % 4 * 3 + 1, 1),
        "M": lambda: date(number // 12, number % 12 + 1, 1),
        "W": lambda: date.fromordinal(number * 7 + 1),
        "D": lambda: date.fromordinal(number),
    }
    return starts[here.frequency]()


def _code(here: Period) -> str:
    first = _start(here)
    if here.frequency == "W":
        year, week, _ = first.isocalendar()
        return f"{year:04}U{week:02}"
    codes: dict[Frequency, str] = {
        "A": f"{first.year:04}",
        "H": f"{first.year:04}H{(first.month + 5) // 6}",
        "Q": f"{first.year:04}K{(first.month + 2) // 3}",
        "M": f"{first.year:04}M{first.month:02}",
        "D": f"{first.year:04}M{first.month:02}D{first.day:02}",
    }
    return codes[here.frequency]

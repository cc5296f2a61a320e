"""Instants: wall time in Copenhagen as a publisher types it, and the names by which the public asks for the past."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from tables.acts import ZONE
from tables.catalog import copenhagen
from tables.errors import InvalidQuery, Refused

LEAD: Final = timedelta(seconds=5)  # between the commit and the instant, so that every worker has seen the act
_PUBLIC: Final = re.compile(r"(?:([A-Za-z][A-Za-z0-9_]{0,39})@)?(\d{4}-\d\d-\d\dT\d{4}Z)", re.ASCII)
_RFC3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)


def at_wall(text: str) -> datetime:
    """A full minute of Copenhagen wall time, `2026-06-04 08:00`; raises Refused for one that is not there, or twice."""
    try:
        return copenhagen(text)
    except ValueError as error:
        raise Refused(
            "time",
            f"'{text}' er ikke ét bestemt tidspunkt. Skriv dansk tid på hele minutter, fx 2026-06-04 08:00; i den "
            "time, hvor uret stilles, må et andet tidspunkt vælges.",
            str(error),
        ) from error


def next_minute(now: datetime) -> datetime:
    """The next full minute that is at least LEAD ahead."""
    soon = now.astimezone(UTC) + LEAD
    whole = soon.replace(second=0, microsecond=0)
    return whole if whole == soon else whole + timedelta(minutes=1)


def wall(instant: datetime) -> str:
    return instant.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def asked(text: str, now: datetime, table: str | None = None) -> datetime:
    """The instant of an `x-asof`: a public id (`TABLE@` only for the table asked), or RFC 3339 with an offset.

    Raises InvalidQuery; for the future with one constant text, whatever is planned.
    """
    public = _PUBLIC.fullmatch(text)
    try:
        if public:
            found = datetime.strptime(public[2], "%Y-%m-%dT%H%MZ").replace(tzinfo=UTC)
        elif _RFC3339.fullmatch(text):
            found = datetime.fromisoformat(_micro(text.upper())).astimezone(UTC)
        else:
            raise ValueError(text)
    except (ValueError, OverflowError):
        raise InvalidQuery(
            "x-asof skal være en udgivelses id, fx 2023-06-08T0600Z, eller et tidspunkt med tidszone.",
            "x-asof must be the id of a release, such as 2023-06-08T0600Z, or a time with an offset.",
            reason="key",
        ) from None
    if public and public[1] and table and public[1].casefold() != table.casefold():
        raise InvalidQuery(
            "x-asof nævner en anden tabel end den, der spørges om.",
            "x-asof names another table than the one asked for.",
            reason="key",
        )
    return past(found, now)


def past(instant: datetime, now: datetime) -> datetime:
    if instant > now:
        raise InvalidQuery("x-asof ligger i fremtiden.", "x-asof lies in the future.", reason="key")
    return instant


def _micro(text: str) -> str:
    """Python reads three or six digits of a second, RFC 3339 allows any number."""
    return re.sub(r"\.(\d+)", lambda digits: f".{digits[1][:6]:0<6}", text)

"""The approval list: which kommuner count in a year, and where (domain §4.3 and §4.4.8)."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tables.errors import CatalogError, Fault
from tables.register.files import Row, read_rows

COLUMNS: Final = ("kommune", "aar", "status")
REMOVED: Final = "fjernet"
PLAIN: Final = ("godkendt", "ikke godkendt", REMOVED)
_VIA: Final = re.compile(r"indberetter via (.*)")
_YEAR: Final = re.compile(r"[0-9]{4}")

Key = tuple[int, str]  # year, kommune


@dataclass(frozen=True, slots=True)
class Approvals:
    """Kommune-years that do not count as they stand. A removed one is removed whatever else is said of it."""

    removed: frozenset[Key] = frozenset()
    via: Mapping[Key, str] | None = None

    def reports_through(self, year: int, kommune: str) -> str | None:
        """The other kommune it is counted under, unless it is removed itself."""
        if (year, kommune) in self.removed or not self.via:
            return None
        return self.via.get((year, kommune))

    def counts_under(self, year: int, kommune: str) -> str | None:
        """The kommune its reports count under in a year; None if they do not count."""
        under = self.reports_through(year, kommune) or kommune
        return None if {(year, kommune), (year, under)} & self.removed else under


def read_approvals(path: Path | None, kommuner: Collection[str]) -> Approvals:
    """Raises CatalogError with every fault of the list; without a list everything counts as approved."""
    if path is None:
        return Approvals()
    rows = read_rows(path, COLUMNS, may_be_empty=True)
    faults = [fault for line, row in rows for fault in _faults(str(path), line, row, kommuner)]
    if faults:
        raise CatalogError(faults)
    removed = frozenset(_key(row) for _, row in rows if row["status"] == REMOVED)
    return Approvals(removed, _via(str(path), rows))


def _key(row: Mapping[str, str]) -> Key:
    return int(row["aar"]), row["kommune"]


def _faults(file: str, line: int, row: Mapping[str, str], kommuner: Collection[str]) -> Iterable[Fault]:
    if row["kommune"] not in kommuner:
        yield Fault(file, line, "kommune", f"'{row['kommune']}' is not a kommune; write a code of three digits")
    if not _YEAR.fullmatch(row["aar"]):
        yield Fault(file, line, "aar", f"'{row['aar']}' is not a year; write four digits")
    via = _VIA.fullmatch(row["status"])
    if via and via[1] not in kommuner:
        yield Fault(file, line, "status", f"'{via[1]}' is not a kommune; write the code it reports through")
    if not via and row["status"] not in PLAIN:
        what = f"'{row['status']}' is unknown; write {', '.join(PLAIN)} or indberetter via <code>"
        yield Fault(file, line, "status", what)


def _via(file: str, rows: list[Row]) -> Mapping[Key, str]:
    through: dict[Key, str] = {}
    lines: dict[Key, int] = {}
    faults = []
    for line, row in rows:
        found = _VIA.fullmatch(row["status"])
        if not found:
            continue
        other = through.setdefault(_key(row), found[1])
        if other != found[1]:
            what = (
                f"{row['kommune']} already reports through {other} in {row['aar']} (line {lines[_key(row)]}); keep one"
            )
            faults.append(Fault(file, line, "status", what))
        lines.setdefault(_key(row), line)
    for (year, kommune), other in through.items():
        if (year, other) in through:
            beyond = through[year, other]
            what = f"{other} itself reports through {beyond} in {year}; write the one that {kommune} ends up under"
            faults.append(Fault(file, lines[year, kommune], "status", what))
    if faults:
        raise CatalogError(sorted(faults))
    return through

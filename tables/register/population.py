"""The population behind the shares: children and young people by kommune and age on 31 December (domain §4.3, §5)."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tables.errors import CatalogError, Fault
from tables.register.approvals import Approvals
from tables.register.files import read_rows

BANDS: Final = {"9917": "a9917", "1822": "a1822", "": "tot22"}  # an age of BU43, all ages, and its column
_WHOLE: Final = re.compile(r"[0-9]{1,15}")
_YEAR: Final = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Population:
    """Persons by year, area and age; what the file does not have is missing."""

    persons: Mapping[tuple[int, str, str], int]
    country: str
    kommuner: tuple[str, ...]

    def behind(self, year: int, area: str, age: str, approvals: Approvals) -> int | None:
        """The denominator of a cell: those that report through a kommune are added, the removed leave the country."""
        if area == self.country:
            less = [other for other in self.kommuner if approvals.counts_under(year, other) is None]
            signed = [(area, 1), *((other, -1) for other in less)]
        else:
            more = [other for other in self.kommuner if approvals.reports_through(year, other) == area]
            signed = [(area, 1), *((other, 1) for other in more)]
        parts = [(self.persons.get((year, code, age)), sign) for code, sign in signed]
        known = [persons * sign for persons, sign in parts if persons is not None]
        return sum(known) if len(known) == len(parts) else None


def read_population(path: Path, country: str, kommuner: tuple[str, ...], known: Collection[str]) -> Population:
    """Raises CatalogError with every fault. Rows of other areas in `known` are passed over."""
    rows = read_rows(path, ("aar", "kode", *BANDS.values()))
    wanted = {country, *kommuner}
    faults: list[Fault] = []
    persons: dict[tuple[int, str, str], int] = {}
    lines: dict[tuple[str, str], int] = {}
    for line, row in rows:
        if row["kode"] not in known:
            what = f"'{row['kode']}' is not an area of the classification; codes keep their leading zeros"
            faults.append(Fault(str(path), line, "kode", what))
        if row["kode"] not in wanted:
            continue
        found = list(_faults(str(path), line, row))
        first = lines.setdefault((row["aar"], row["kode"]), line)
        if first != line:
            found.append(
                Fault(str(path), line, "kode", f"{row['kode']} in {row['aar']} stands in line {first}; keep one")
            )
        if not found:
            persons |= {(int(row["aar"]), row["kode"], age): int(row[column]) for age, column in BANDS.items()}
        faults += found
    if faults:
        raise CatalogError(faults)
    return Population(persons, country, kommuner)


def _faults(file: str, line: int, row: Mapping[str, str]) -> Iterable[Fault]:
    if not _YEAR.fullmatch(row["aar"]):
        yield Fault(file, line, "aar", f"'{row['aar']}' is not a year; write four digits")
    wrong = [column for column in BANDS.values() if not _WHOLE.fullmatch(row[column])]
    for column in wrong:
        yield Fault(file, line, column, f"'{row[column]}' is not a number of persons; write a whole number")
    if not wrong and int(row["a9917"]) + int(row["a1822"]) != int(row["tot22"]):
        what = f"{row['a9917']} + {row['a1822']} is not {row['tot22']}; the two ages make up the total"
        yield Fault(file, line, "tot22", what)

"""The catalogue of a panel: which column is background, which a consequence, and at what ages (som.md §2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from tables.soem.files import Faults, read_sheet, whole

KEYS: Final = ("pid", "t", "aar0", "d")
ROLES: Final = ("baggrund", "konsekvens")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the catalogue. The window is of the child's age in the year of the outcome, both ends included."""

    name: str
    role: Literal["baggrund", "konsekvens"]
    first_age: float | None = None
    last_age: float | None = None
    block: str | None = None

    @property
    def windowed(self) -> bool:
        return self.first_age is not None or self.last_age is not None


def read_catalogue(path: Path) -> tuple[Column, ...]:
    """The columns in their order; raises BadInput with every fault."""
    sheet = read_sheet(path)
    faults = Faults(sheet.name)
    wanted = ("kolonne", "rolle", "alder_fra", "alder_til")
    if sheet.header not in (wanted, (*wanted, "blok")):
        faults.add(1, "", f"kolonnerne skal være {','.join(wanted)} og eventuelt blok")
        faults.tell()
    columns: list[Column] = []
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        column = _column(row, line, faults)
        if any(column.name == other.name for other in columns):
            faults.add(line, "kolonne", f"'{column.name}' står to gange; slet den ene")
        columns.append(column)
    if not any(column.role == "konsekvens" for column in columns):
        faults.add(1, "rolle", "ingen kolonne har rollen konsekvens; angiv mindst én")
    faults.tell()
    return tuple(columns)


def _column(row: Sequence[str], line: int, faults: Faults) -> Column:
    name, role, *ages = row[:4]
    if not name or name in KEYS or name == "maalgruppe":
        faults.add(line, "kolonne", f"'{name}' kan ikke være en kolonne i kataloget")
    if role not in ROLES:
        faults.add(line, "rolle", f"'{role}' er ingen rolle; skriv baggrund eller konsekvens")
    limits = [whole(age) if age else None for age in ages]
    for text, limit, key in zip(ages, limits, ("alder_fra", "alder_til"), strict=True):
        if text and limit is None:
            faults.add(line, key, f"'{text}' er ikke en hel alder")
    first, last = limits
    if first is not None and last is not None and first > last:
        faults.add(line, "alder_fra", f"{first} er større end alder_til {last}; byt dem om")
    known: Literal["baggrund", "konsekvens"] = "konsekvens" if role == "konsekvens" else "baggrund"
    return Column(name, known, first, last, row[4] or None if len(row) > 4 else None)

"""Which tables are counted from the registers, what each counts and at what moment (domain §2.3 and §5)."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

Moment = Literal["active", "started", "standing"]  # any day of the year · began in it · on 31 December

PERSONS: Final = "personer"  # the children behind a cell: for the mask, never published


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files of one build. With `arrived_by`, reports that arrived later are not there yet (domain §9)."""

    register: Path | None = None
    placements: Path | None = None
    approvals: Path | None = None
    population: Path | None = None
    arrived_by: date | None = None

    def missing(self, needs: tuple[str, ...]) -> tuple[str, ...]:
        """The options that were not given, as they are written on the command line."""
        given = {"register": self.register, "placements": self.placements, "population": self.population}
        return tuple(f"--{name}" for name in needs if given[name] is None)


@dataclass(frozen=True, slots=True)
class Plan:
    """One table: its dimensions by what they are, and the codes of sex where it tells them apart."""

    table: str
    moment: Moment
    area: str
    line: str
    needs: tuple[str, ...]
    age: str | None = None
    sex: str | None = None
    boys_girls: tuple[str, str] = ("M", "K")
    counted: bool = True  # the cube carries PERSONS


REGISTER: Final = ("register",)
BOTH: Final = ("register", "placements")

PLANS: Final = (
    Plan("ISBU01", "active", "KOMMUNEDK", "INDSATSER", REGISTER),
    Plan("ISBU02", "active", "KOMMUNEDK", "INDSATSER", REGISTER, counted=False),
    Plan("ISBU03", "started", "LANDSDEL", "INDSATSER", REGISTER),
    Plan("ISBU04", "standing", "LANDSDEL", "INDSATSER", REGISTER, age="ALDER", sex="KØN", boys_girls=("D", "P")),
    Plan("BUFF01", "standing", "OMRÅDE", "FORAN", REGISTER),
    Plan("BU04A", "standing", "OMRÅDE", "FORAN", BOTH, age="ALDER", sex="KØN"),
    Plan("BU43", "standing", "OMRÅDE", "FORANSTALT", (*BOTH, "population"), age="ALDER", counted=False),
)

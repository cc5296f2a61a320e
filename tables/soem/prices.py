"""Prices per unit and payer, brought to one price year by the net price index (som.md §8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from tables.soem.files import Faults, no_number, number, read_sheet

PAYERS: Final = ("kommune", "region", "stat")
TYPES: Final = ("udgift", "indtaegt")
COLUMNS: Final = ("outcome", "type", "enhed", *PAYERS, "prisaar", "npi_fra", "npi_til")


@dataclass(frozen=True, slots=True)
class Price:
    """Kroner a unit for each payer in the year of the price; `index` brings it to the year of the answer."""

    outcome: str
    kind: Literal["udgift", "indtaegt"]
    unit: str
    by_payer: Mapping[str, float]
    year: str
    index_from: float
    index_to: float

    @property
    def sign(self) -> int:
        """1 for expenditure, −1 for income: more of it is a saving."""
        return 1 if self.kind == "udgift" else -1

    @property
    def index(self) -> float:
        return self.index_to / self.index_from

    def total(self) -> float:
        return sum(self.by_payer.values())


def read_prices(path: Path) -> dict[str, Price]:
    """Prices by outcome; raises BadInput with every fault."""
    sheet = read_sheet(path)
    faults = Faults(sheet.name)
    for name in COLUMNS:
        if name not in sheet.header:
            faults.add(1, name, "kolonnen mangler i prislisten")
    faults.tell()
    prices: dict[str, Price] = {}
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        cells = dict(zip(sheet.header, row, strict=True))
        if cells["outcome"] in prices:
            faults.add(line, "outcome", f"'{cells['outcome']}' har to priser; slet den ene række")
        price = _price(cells, line, faults)
        if price:
            prices[price.outcome] = price
    faults.tell()
    return prices


def _price(cells: Mapping[str, str], line: int, faults: Faults) -> Price | None:
    kind = cells["type"]
    if kind not in TYPES:
        faults.add(line, "type", f"'{kind}' er ingen type; skriv udgift eller indtaegt")
        return None
    numbers: dict[str, float] = {}
    for name in (*PAYERS, "npi_fra", "npi_til"):
        value = number(cells[name]) if cells[name] else None
        if value is None:
            empty = "er tom; skriv 0, hvis aktøren ikke betaler" if name in PAYERS else "mangler"
            faults.add(line, name, no_number(cells[name]) if cells[name] else empty)
            continue
        if name.startswith("npi") and value <= 0:
            faults.add(line, name, f"indekset {cells[name]} skal være større end 0")
        numbers[name] = value
    if len(numbers) < len(PAYERS) + 2 or numbers["npi_fra"] <= 0:
        return None
    known: Literal["udgift", "indtaegt"] = "udgift" if kind == "udgift" else "indtaegt"
    by_payer = {payer: numbers[payer] for payer in PAYERS}
    return Price(
        cells["outcome"], known, cells["enhed"], by_payer, cells["prisaar"], numbers["npi_fra"], numbers["npi_til"]
    )

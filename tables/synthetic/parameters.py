"""The parameters of the synthetic register: model.yaml, and the kommuner of the library it is made for."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tables.catalog.classification import read_classification
from tables.yamlfile import Data, parse

Row = Mapping[str, str]
Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chance:
    """Outcomes, drawn as often as their weights say."""

    outcomes: Ints
    cumulative: Floats

    def draw(self, rng: np.random.Generator, size: int) -> Ints:
        return self.outcomes[np.searchsorted(self.cumulative, rng.random(size), side="right")]


def chance(outcomes: Iterable[int], weights: Iterable[float]) -> Chance:
    heaped = np.cumsum(np.array(tuple(weights), np.float64))
    return Chance(np.array(tuple(outcomes), np.int32), heaped[:-1] / heaped[-1])


@dataclass(frozen=True, slots=True)
class Flow:
    """A stream of new measures, or of placements, with a line in `groups:`."""

    id: str
    placements: bool
    numbers: Mapping[str, float]
    ages: Chance
    codes: Chance

    def __getitem__(self, name: str) -> float:
        return self.numbers[name]


@dataclass(frozen=True, slots=True)
class Model:
    """model.yaml with figures as numbers; codes are kept as places in `codes`."""

    numbers: Mapping[str, float]
    tables: Mapping[str, tuple[Row, ...]]
    codes: tuple[str, ...]
    flows: tuple[Flow, ...]

    def __getitem__(self, path: str) -> float:
        return self.numbers[path]

    def of_year(self, table: str, flow: Flow, year: int) -> float:
        """The flow's figure in the latest line that is not after the year, else in the first."""
        rows = self.tables[table]
        row = next((row for row in reversed(rows) if int(row["year"]) <= year), rows[0])
        return float(row[flow.id])

    def chance(self, table: str, weight: str = "share") -> Chance:
        """Of the codes in a table."""
        rows = self.tables[table]
        return chance((self.codes.index(row["code"]) for row in rows), (float(row[weight]) for row in rows))


def cut(block: str) -> tuple[Row, ...]:
    """A block of lines cut by `;`, the first of which names the columns."""
    lines = [[cell.strip() for cell in line.split(";")] for line in block.splitlines() if line.strip()]
    return tuple(dict(zip(lines[0], line, strict=True)) for line in lines[1:])


def read_model(seed: int | None = None) -> Model:
    text = files("tables.synthetic").joinpath("model.yaml").read_text("utf-8")
    data = parse(text, "model.yaml").data
    scalars = dict(_scalars(data, ""))
    tables = {name: cut(text) for name, text in scalars.items() if "\n" in text}
    codes = tuple(
        dict.fromkeys(row.get("by", row["code"]) for rows in tables.values() for row in rows if "code" in row)
    )
    codes = tuple(dict.fromkeys((*codes, *(row["code"] for row in tables["instead"]))))
    flows = tuple(_flow(row, tables, codes) for row in tables["groups"])
    numbers = {name: float(text) for name, text in scalars.items() if "\n" not in text}
    if seed is not None:
        numbers["seed"] = float(seed)
    return Model(numbers, tables, codes, flows)


def _scalars(data: Data, above: str) -> Iterable[tuple[str, str]]:
    """Every text by the names that lead to it, parted by points."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _scalars(value, f"{above}.{name}" if above else name)
    elif isinstance(data, str):
        yield above, data


def _flow(row: Row, tables: Mapping[str, tuple[Row, ...]], codes: tuple[str, ...]) -> Flow:
    id = row["group"]
    own = [each for each in tables["codes"] if each["group"] == id]
    return Flow(
        id,
        row["register"] == "placements",
        {name: float(text) for name, text in row.items() if name not in ("group", "register")},
        chance((int(age["age"]) for age in tables["ages"]), (float(age[id]) for age in tables["ages"])),
        chance((codes.index(each["code"]) for each in own), (float(each["share"]) for each in own)),
    )


@dataclass(frozen=True, slots=True)
class Kommuner:
    """The kommuner of a library in its order, with their municipality group and mean population."""

    codes: tuple[str, ...]
    groups: tuple[str, ...]
    population: Floats


def read_kommuner(library: Path) -> Kommuner:
    """Areas without a municipality group (Christiansø) are outside the division and never decide a measure."""
    areas = read_classification(library / "classifications" / "omraade.yaml")
    inside = [row for row in areas.rows if row["level"] == "kommune" and row["municipality_group"]]
    living: dict[str, list[float]] = {}
    for line in read_population(library):
        living.setdefault(line["kode"], []).append(float(line["tot22"]))
    return Kommuner(
        tuple(row["code"] for row in inside),
        tuple(row["municipality_group"] for row in inside),
        np.array([np.mean(living[row["code"]]) for row in inside], np.float64),
    )


def read_population(library: Path) -> tuple[Row, ...]:
    with (library / "BU43" / "population.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))

"""A seeded synthetic child panel with the documented patterns, its catalogue and its price list: all invented.

Each child carries one hidden need; success is likelier where it is small, and outcomes follow both (synthetic.yaml).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tables.catalog import Classification, read_classification
from tables.soem.files import Cell, sheet_bytes, write_all
from tables.soem.settings import Ages, Settings, settings
from tables.synthetic.parameters import cut
from tables.yamlfile import read

Floats = NDArray[np.float64]
FEWEST: Final = 30  # children of a target group and age group, however small the scale
YOUTH: Final = 14  # first age of the older children
PRICES: Final = ("outcome", "type", "enhed", "kommune", "region", "stat", "prisaar", "npi_fra", "npi_til")


@dataclass(frozen=True, slots=True)
class Made:
    panel: Path
    catalogue: Path
    prices: Path


@dataclass(frozen=True, slots=True)
class _Flock:
    """The children of one target group and age group; arrays have one entry a child."""

    group: str
    years: int  # t = 0 … the last that is followed
    age: NDArray[np.int64]
    year: NDArray[np.int64]
    need: Floats
    success: NDArray[np.int64]
    unknown: NDArray[np.bool_]
    last: NDArray[np.int64]  # last t with a row


def generate(out: Path, library: Path, *, scale: float = 1.0) -> Made:
    """Write panel.csv, katalog.csv and priser.csv into `out`; the same bytes each time.

    `scale`: how many children, 1 = as many as synthetic.yaml says.
    """
    path = Path(__file__).with_name("synthetic.yaml")
    model: Any = read(path, path.name).data  # our own file; its shape is kept by the tests
    folder = library / "classifications"
    background = read_classification(folder / "soembaggrund.yaml")
    outcomes = read_classification(folder / "konsekvenser.yaml")
    made = Made(out / "panel.csv", out / "katalog.csv", out / "priser.csv")
    size = max(FEWEST, round(int(model["children"]) * scale))
    model = {**model, "children": str(size)}
    random = np.random.default_rng(int(model["seed"]))
    names = background.codes("variabel") + outcomes.codes("konsekvens")
    known = settings(library)
    groups = read_classification(folder / "maalgrupper.yaml").codes("maalgruppe")
    flocks = (_flock(random, model, known, group, ages) for group in groups for ages in known.ages(group))
    rows = _rows(random, model, flocks, background, outcomes)
    write_all(
        {
            made.panel: sheet_bytes(("maalgruppe", "pid", "t", "aar0", "d", *names), rows),
            made.catalogue: sheet_bytes(
                ("kolonne", "rolle", "alder_fra", "alder_til", "blok"), _roles(background, outcomes)
            ),
            made.prices: sheet_bytes(PRICES, _prices(model, outcomes)),
        }
    )
    return made


def _roles(background: Classification, outcomes: Classification) -> Iterator[list[Cell]]:
    for code in background.codes("variabel"):
        yield [code, "baggrund", "", "", background.row(code)["block"]]
    for code in outcomes.codes("konsekvens"):
        row = outcomes.row(code)
        yield [code, "konsekvens", row["age_from"], row["age_to"], ""]


def _prices(model: Mapping[str, Any], outcomes: Classification) -> Iterator[list[Cell]]:
    index = model["index"]
    for price in cut(model["prices"]):
        row = outcomes.row(price["code"])
        payers = (price["kommune"], price["region"], price["stat"])
        yield [price["code"], row["type"], row["unit"], *payers, price["aar"], index[price["aar"]], index["to"]]


def _rows(
    random: np.random.Generator,
    model: Mapping[str, Any],
    flocks: Iterator[_Flock],
    background: Classification,
    outcomes: Classification,
) -> Iterator[list[Cell]]:
    first = 1
    for flock in flocks:
        before = _backgrounds(random, background, flock)
        after = [_amounts(random, row, flock) for row in cut(model["outcomes"])]
        _sow(random, float(model["unseen"]), after)
        for child in range(len(flock.age)):
            yield from _child(flock, child, f"{first + child}", before, after)
        first += len(flock.age)


def _flock(random: np.random.Generator, model: Mapping[str, Any], known: Settings, group: str, ages: Ages) -> _Flock:
    size = int(model["children"])
    need = random.normal(size=size)
    chance = _logistic(float(model["success"]["intercept"]) + float(model["success"]["need"]) * need)
    year = random.integers(int(model["first_year"]), int(model["last_year"]) + 1, size)
    gone = random.geometric(float(model["leaves"]), size)
    return _Flock(
        group,
        known.horizon + 1,
        random.integers(ages[0], ages[1] + 1, size),
        year,
        need,
        (random.random(size) < chance).astype(np.int64),
        random.random(size) < float(model["unknown"]),
        np.minimum(np.minimum(known.last_year - year, known.horizon), gone),
    )


def _backgrounds(random: np.random.Generator, background: Classification, flock: _Flock) -> list[Floats]:
    """In the order of the list; of the answers to one question a child has one, or none: the reference."""
    codes = background.codes("variabel")
    questions = [background.row(code)["question"] or code for code in codes]
    found: dict[str, Floats] = {}
    for question in dict.fromkeys(questions):
        names = [code for code, asked in zip(codes, questions, strict=True) if asked == question]
        if len(names) == 1:
            found[question] = _before(random, question, background.row(question)["unit"], flock)
        else:
            found |= dict(zip(names, _answers(random, len(names), flock), strict=True))
    return [found[code] for code in codes]


def _answers(random: np.random.Generator, number: int, flock: _Flock) -> Iterator[Floats]:
    """The greater the need, the rarer the reference."""
    weight = np.exp(-1.6 + 0.4 * flock.need)
    drawn = np.floor(random.random(len(weight)) * (1 + number * weight) / weight)
    return ((drawn == place).astype(np.float64) for place in range(number))


def _before(random: np.random.Generator, code: str, unit: str, flock: _Flock) -> Floats:
    """A background characteristic at t = 0: shares and counts grow with the need, income falls."""
    if code == "alder":
        return flock.age.astype(np.float64)
    if unit == "ln":
        values = np.round(12.4 - 0.15 * flock.need + random.normal(0, 0.5, len(flock.need)), 4)
        values[random.random(len(values)) < (0.08 if code.startswith("far") else 0.03)] = np.nan
        return values
    if unit == "0/1":
        tilt = 0.0 if code == "dreng" else 0.4
        level = 0.1 if code == "dreng" else -1.5
        return (random.random(len(flock.need)) < _logistic(level + tilt * flock.need)).astype(np.float64)
    return random.poisson(np.exp(0.3 + 0.4 * flock.need)).astype(np.float64)


def _amounts(random: np.random.Generator, row: Mapping[str, str], flock: _Flock) -> Floats:
    """An outcome by child and t = 0 … horizon (shape (children, horizon + 1)), whole numbers."""
    children, years = len(flock.need), flock.years
    effect = np.where(flock.age >= YOUTH, float(row["youth"]), float(row["success"])) * flock.success
    later = np.arange(years) >= 2
    mean = float(row["level"]) + float(row["need"]) * flock.need[:, None] + effect[:, None] * later
    if row["most"] == "1":
        own = random.normal(0, 0.6, (children, 1))
        return (random.random((children, years)) < _logistic(mean + own)).astype(np.float64)
    noise = float(row["noise"])
    drawn = mean + random.normal(0, 0.6 * noise, (children, 1)) + random.normal(0, 0.8 * noise, (children, years))
    return np.clip(np.round(drawn), 0, float(row["most"]))


def _sow(random: np.random.Generator, share: float, outcomes: list[Floats]) -> None:
    for values in outcomes:
        values[random.random(values.shape) < share] = np.nan


def _child(flock: _Flock, child: int, pid: str, before: list[Floats], after: list[Floats]) -> Iterator[list[Cell]]:
    success: Cell = "" if flock.unknown[child] else int(flock.success[child])
    lead: list[Cell] = [flock.group, pid]
    for t in range(int(flock.last[child]) + 1):
        background = [_cell(values[child]) if t == 0 else "" for values in before]
        yield [*lead, t, int(flock.year[child]), success, *background, *(_cell(values[child, t]) for values in after)]


def _cell(value: float) -> Cell:
    if np.isnan(value):
        return ""
    return int(value) if value == int(value) else float(value)


def _logistic(odds: Floats) -> Floats:
    chance: Floats = 1.0 / (1.0 + np.exp(-odds))
    return chance

"""The knowledge base as it is shown: estimates, prices and background of a catalogue, through the one door."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from service import http
from tables.errors import NotFound
from tables.model import CONTENTS, Lang, Query, Release, Status, Table, Text
from tables.soem.prices import PAYERS, Price

ESTIMATES: Final = "SOEM01"
BACKGROUND: Final = "SOEM02"
PRICES: Final = "SOEM03"
EVERYBODY: Final = "ALLE"
Cell = Mapping[str, float]  # by measure; what has no number is left out
Group = tuple[str, str]  # target group and age group


@dataclass(frozen=True, slots=True)
class Year:
    """One year of a consequence as it is published; what is not estimated or not shown is None."""

    outcome: str
    t: int
    beta: float | None
    se: float | None
    p: float | None
    counted: bool
    reason: int


@dataclass(frozen=True, slots=True)
class Base:
    """`prices` by target group (ALLE for all) and consequence, each of its newest year; `units` by consequence."""

    estimates: Release
    priced: Release
    years: Mapping[Group, tuple[Year, ...]]
    prices: Mapping[tuple[str, str], Price]
    units: Mapping[str, Text]

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(self.years)

    @property
    def table(self) -> Table:
        return self.estimates.table

    @property
    def outcomes(self) -> tuple[str, ...]:
        return self.table.dimension("KONSEKVENS").codes

    def horizon(self, group: Group) -> int:
        return max(year.t for year in self.years[group])

    def prices_of(self, target_group: str) -> dict[str, Price]:
        """The price of the target group, else that of all."""
        found = {code: price for (group, code), price in self.prices.items() if group == EVERYBODY}
        return found | {code: price for (group, code), price in self.prices.items() if group == target_group}


def base(pin: http.Pin) -> Base:
    """Kept as long as both releases stand; raises NotFound where the bank has no knowledge base."""
    try:
        estimates, prices = pin.catalogue.release(ESTIMATES), pin.catalogue.release(PRICES)
    except NotFound as error:
        raise NotFound("Her er ingen beregner.", "There is no calculator here.") from error
    key = ("soem", estimates.id, estimates.act.seq, prices.id, prices.act.seq)

    def make() -> Base:
        return Base(estimates, prices, _years(pin, estimates), _prices(pin, prices), _units(pin, estimates.table))

    return http.counter().shelf.take(key, make)


def background(pin: http.Pin, group: Group) -> dict[str, Cell]:
    """The means of both groups, by characteristic; empty where the bank has no such table."""
    try:
        release = pin.catalogue.release(BACKGROUND)
    except NotFound:
        return {}
    chosen = {"MAALGRUPPE": [group[0]], "ALDERSGRUPPE": [group[1]], "VARIABEL": ["*"], _time(release): ["top(1)"]}
    return {codes["VARIABEL"]: cell for codes, cell in _cells(pin, release, chosen)}


def variables(pin: http.Pin, lang: Lang) -> dict[str, str]:
    """The characteristics by code, as they are called."""
    try:
        release = pin.catalogue.release(BACKGROUND)
    except NotFound:
        return {}
    return {value.code: value.text[lang] for value in release.table.dimension("VARIABEL").values}


def _years(pin: http.Pin, release: Release) -> dict[Group, tuple[Year, ...]]:
    chosen = {dimension.code: ["*"] for dimension in release.table.dimensions} | {_time(release): ["top(1)"]}
    found: dict[Group, list[Year]] = {}
    for codes, cell in _cells(pin, release, chosen):
        if "grund" not in cell:
            continue
        year = Year(
            codes["KONSEKVENS"],
            int(codes["T"]),
            cell.get("beta"),
            cell.get("se"),
            cell.get("p"),
            cell.get("medregnet") == 1,
            int(cell["grund"]),
        )
        found.setdefault((codes["MAALGRUPPE"], codes["ALDERSGRUPPE"]), []).append(year)
    return {group: tuple(years) for group, years in found.items()}


def _units(pin: http.Pin, table: Table) -> dict[str, Text]:
    """What is counted of each consequence, as the released list says; a list without units has none."""
    dimension = table.dimension("KONSEKVENS")
    found = http.counter().bank.classifications(pin.catalogue).get(dimension.classification or "")
    rows = ((code, found.by_code.get(code, {})) for code in dimension.codes) if found else ()
    return {code: Text(row.get("unit", ""), row.get("unit_en", row.get("unit", ""))) for code, row in rows}


def _prices(pin: http.Pin, release: Release) -> dict[tuple[str, str], Price]:
    """Years ascend, so the newest is read last; a price without all payers is none."""
    time = _time(release)
    parts: dict[tuple[str, str, str], dict[str, Cell]] = {}
    chosen = {dimension.code: ["*"] for dimension in release.table.dimensions}
    for codes, cell in _cells(pin, release, chosen):
        if {"pris", "fortegn", "npi_fra", "npi_til"} <= set(cell):
            place = (codes["MAALGRUPPE"], codes["KONSEKVENS"], codes[time])
            parts.setdefault(place, {})[codes["AKTOER"]] = cell
    found: dict[tuple[str, str], Price] = {}
    for (group, outcome, year), payers in sorted(parts.items(), key=lambda part: part[0][2]):
        if set(payers) == set(PAYERS):
            one = payers[PAYERS[0]]
            found[group, outcome] = Price(
                outcome,
                "udgift" if one["fortegn"] > 0 else "indtaegt",
                "",
                {payer: payers[payer]["pris"] for payer in PAYERS},
                year,
                one["npi_fra"],
                one["npi_til"],
            )
    return found


def _time(release: Release) -> str:
    return release.table.time.code


def _cells(
    pin: http.Pin, release: Release, chosen: Mapping[str, list[str]]
) -> Iterator[tuple[Mapping[str, str], Cell]]:
    """Cell by cell: its codes, and the measures that have a number."""
    bank = http.counter().bank
    query = bank.ask(pin.catalogue, release.table.id, chosen, "site")
    blocks = list(bank.read(query).blocks())
    values = np.concatenate([block.values for block in blocks]).reshape(query.shape)
    status = np.concatenate([block.status for block in blocks]).reshape(query.shape)
    axis = query.axes.index(CONTENTS)
    values, status = np.moveaxis(values, axis, -1), np.moveaxis(status, axis, -1)
    scale = [10.0**measure.decimals for measure in query.measures]
    for place, codes in _places(query):
        shown = status[place] <= Status.REVISED
        yield (
            codes,
            {
                measure.code: int(number) / one
                for measure, number, one, known in zip(query.measures, values[place], scale, shown, strict=True)
                if known
            },
        )


def _places(query: Query) -> Iterator[tuple[tuple[int, ...], dict[str, str]]]:
    axes = [axis for axis in query.axes if axis != CONTENTS]
    picks = [query.picks[axis] for axis in axes]
    for place in product(*(range(len(each)) for each in picks)):
        yield place, {axis: each[at].code for axis, each, at in zip(axes, picks, place, strict=True)}

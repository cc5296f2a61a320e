"""Writes the four input files of the register in the layout of domain §4.1-4.3."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow.csv import WriteOptions, write_csv

from tables.synthetic.parameters import Ints, Kommuner, Model, Row, chance
from tables.synthetic.people import YEAR, People, day
from tables.synthetic.reports import NO_DAY, Reports


@dataclass(frozen=True, slots=True)
class Generated:
    """The paths of the four inputs of a build."""

    register: Path
    placements: Path
    approvals: Path
    population: Path


def write_measures(path: Path, model: Model, kommuner: Kommuner, people: People, reports: Reports) -> None:
    rng = np.random.default_rng([int(model["seed"]), len(reports.start), 1])
    size = len(reports.start)
    elsewhere = rng.random(size) >= model["reports.resident"]
    home = np.where(elsewhere, chance(range(len(kommuner.codes)), kommuner.population).draw(rng, size), reports.kommune)
    columns = _person(people, reports) | {
        "bopaelskommune": pa.array(kommuner.codes).take(pa.array(home)),
        "handlekommune": pa.array(kommuner.codes).take(pa.array(reports.kommune)),
        "indsats": pa.array(model.codes).take(pa.array(reports.code)),
        **_days(reports),
        "kanal": pa.array(["S2S", "WEB"]).take(pa.array(_typed(rng, model, kommuner, reports).astype(np.int32))),
        "paa_foraelder": _flags(reports.parent),
        "indberettet": _dates(reports.arrived),
    }
    _write(path, columns)


def write_placements(path: Path, model: Model, kommuner: Kommuner, people: People, reports: Reports) -> None:
    rng = np.random.default_rng([int(model["seed"]), len(reports.start), 2])
    size = len(reports.start)
    rows = model.tables["places"]
    drawn = {
        when: chance(range(len(rows)), (float(row[when]) for row in rows)).draw(rng, size)
        for when in ("until_2018", "from_2019")
    }
    late = reports.start >= day(int(model["places_from"]))
    place = np.where(late, drawn["from_2019"], drawn["until_2018"])
    columns = _person(people, reports) | {
        "handlekommune": pa.array(kommuner.codes).take(pa.array(reports.kommune)),
        "grundlag": pa.array(model.codes).take(pa.array(reports.code)),
        "sted": pa.array([row["place"] for row in rows]).take(pa.array(place)),
        **_days(reports),
        "indberettet": _dates(reports.arrived),
    }
    _write(path, columns)


def _person(people: People, reports: Reports) -> dict[str, pa.Array]:
    """Key, check, birth and sex; the parent's own are a mother's, 20 to 39 years older."""
    own = reports.own_number
    number = pc.utf8_lpad(pa.array(reports.person).cast(pa.string()), 7, "0")
    letter = pa.array(["P", "F"]).take(pa.array(own.astype(np.int32)))
    born = people.birth[reports.person]
    older = ((20 + reports.person % 20) * YEAR).astype(np.int32)
    sex = np.where(people.unknown_sex[reports.person], 2, np.where(people.boy[reports.person] & ~own, 0, 1))
    return {
        "pid": pc.binary_join_element_wise(letter, number, ""),
        "cpr_gyldig": _flags(reports.valid),
        "foedselsdato": _dates(np.where(own, born - older, born)),
        "koen": pa.array(["M", "K", None]).take(pa.array(sex)),
    }


def _typed(rng: np.random.Generator, model: Model, kommuner: Kommuner, reports: Reports) -> NDArray[np.bool_]:
    """Which reports came through the web form: some kommuner, for some months of every year."""
    count = len(kommuner.codes)
    uses = rng.random(count) < model["reports.web"]
    first = rng.integers(0, 12, count)
    length = rng.integers(1, 12, count)
    month = reports.arrived.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    return uses[reports.kommune] & ((month - first[reports.kommune]) % 12 < length[reports.kommune])


def _flags(values: NDArray[np.bool_]) -> pa.Array:
    return pa.array(values.astype(np.int8))


def _dates(days: Ints) -> pa.Array:
    return pa.array(days.astype(np.int32), mask=days == NO_DAY).cast(pa.date32())


def _days(reports: Reports) -> dict[str, pa.Array]:
    return {"startdato": _dates(reports.start), "slutdato": _dates(reports.end)}


def _write(path: Path, columns: dict[str, pa.Array]) -> None:
    size = len(next(iter(columns.values())))
    table = pa.table({"id": pa.array(np.arange(1, size + 1))} | columns)
    with path.open("wb") as file:
        file.write((",".join(table.column_names) + "\n").encode())
        write_csv(table, file, WriteOptions(include_header=False, quoting_style="none"))


def write_approvals(path: Path, model: Model, years: tuple[int, int]) -> None:
    """Every line of the model's table for each of its years."""
    lines = [
        (row["kommune"], str(year), row["status"], row["note"])
        for row in model.tables["approvals"]
        for year in range(int(row["from"]), int(row["until"] or years[1]) + 1)
        if years[0] <= year <= years[1]
    ]
    _rows(path, ("kommune", "aar", "status", "note"), lines)


def write_population(path: Path, population: tuple[Row, ...], last: int) -> None:
    """As it is; its last year stands in for later ones."""
    newest = max(int(row["aar"]) for row in population)
    latest = [row for row in population if int(row["aar"]) == newest]
    repeated = [{**row, "aar": str(year)} for year in range(newest + 1, last + 1) for row in latest]
    _rows(path, tuple(population[0]), [tuple(row.values()) for row in (*population, *repeated)])


def _rows(path: Path, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])

"""Sets the counted synthetic register beside the published figures of targets.csv."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow.csv import ConvertOptions, read_csv

from tables.synthetic.parameters import read_model

Days = NDArray[np.int64]
RUNNING = 1 << 20  # a day after all others


@dataclass(frozen=True, slots=True)
class Calibration:
    """One published figure and ours. `reason` says why ours is not within the tolerance, where that cannot be had."""

    table: str
    codes: str
    year: int
    target: Decimal
    tolerance: Decimal  # per cent
    got: Decimal
    reason: str

    @property
    def deviation(self) -> Decimal:
        """In per cent of the target."""
        return (100 * (self.got - self.target) / self.target).quantize(Decimal("0.1"))

    @property
    def within(self) -> bool:
        return abs(self.got - self.target) * 100 <= self.tolerance * self.target


def calibrate(cubes: Path, placements: Path) -> tuple[Calibration, ...]:
    """From the folder of a build, and the register of placements it was made from."""
    written = files("tables.synthetic").joinpath("targets.csv").read_text("utf-8")
    rows = tuple(csv.DictReader(written.splitlines()))
    starts = started(placements)
    return tuple(
        Calibration(
            row["table"],
            row["codes"],
            int(row["year"]),
            Decimal(row["target"]),
            Decimal(row["tolerance_pct"]),
            Decimal(starts[row["year"]]) if row["counted_in"] == "placements" else _cell(cubes, row),
            row["reason"],
        )
        for row in rows
    )


def _cell(cubes: Path, row: Mapping[str, str]) -> Decimal:
    """A cell of a cube; of a ratio in per cent, rounded as it is published (domain §5)."""
    place = dict(part.split("=") for part in row["codes"].split(";")) | {"Tid": row["year"]}
    filters = [(dimension, "=", code) for dimension, code in place.items()]
    table = pq.read_table(cubes / row["counted_in"] / "cube.parquet", filters=filters)
    numbers = [Decimal(table[column][0].as_py()) for column in row["column"].split("/")]
    if len(numbers) == 1:
        return numbers[0]
    return (100 * numbers[0] / numbers[1]).quantize(Decimal("0.1"), ROUND_HALF_UP)


def started(placements: Path) -> dict[str, int]:
    """Begun placements by year: reports without faults, those that adjoin others not counted again.

    No table of ours has them, so they are counted here, by the rules of domain §4.4 that matter to it.
    """
    texts = dict.fromkeys(("pid", "cpr_gyldig", "handlekommune", "grundlag"), pa.string())
    dates = dict.fromkeys(("foedselsdato", "startdato", "slutdato"), pa.date32())
    table = read_csv(placements, convert_options=ConvertOptions(column_types=texts | dates))
    keys = pc.binary_join_element_wise(*(table[name] for name in ("pid", "handlekommune", "grundlag")), "|")
    key = np.asarray(keys.combine_chunks().dictionary_encode().indices).astype(np.int64)
    birth, start, end = (_day(table[name]) for name in ("foedselsdato", "startdato", "slutdato"))
    unborn = np.isin(np.asarray(table["grundlag"]), [row["code"] for row in read_model().tables["unborn_codes"]])
    whole = (np.asarray(table["cpr_gyldig"]) == "1") & (start < RUNNING) & (end >= start) & ((birth <= start) | unborn)
    key, start, end = key[whole], start[whole], end[whole]
    order = np.lexsort((start, key))
    key, start, end = key[order], start[order], end[order]
    reached = np.maximum.accumulate(key * 2 * RUNNING + end)  # the later key is always the larger
    begins = np.ones(len(key), np.bool_)
    begins[1:] = key[1:] * 2 * RUNNING + start[1:] > reached[:-1] + 1
    years, counts = np.unique(start[begins].astype("datetime64[D]").astype("datetime64[Y]"), return_counts=True)
    return {str(year): int(count) for year, count in zip(years, counts, strict=True)}


def _day(column: pa.ChunkedArray) -> Days:
    return np.asarray(column.cast(pa.int32()).fill_null(RUNNING)).astype(np.int64)

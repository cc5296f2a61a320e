"""The registers' oracle: the recorded example matches cell for cell and list for list."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tables.register import BuildReport, build

LIBRARY = Path(__file__).resolve().parents[1] / "tables" / "library"
AREA = {"ISBU01": "KOMMUNEDK", "ISBU02": "KOMMUNEDK", "ISBU03": "LANDSDEL", "ISBU04": "LANDSDEL"}
LISTS = (
    "errors",
    "errors_placements",
    "duplicates",
    "duplicates_placements",
    "warnings",
    "warnings_placements",
)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cube(folder: Path, table: str) -> list[dict[str, object]]:
    return pq.read_table(folder / table / "cube.parquet").to_pylist()


@pytest.fixture(scope="module")
def example(shared: Path) -> Path:
    return shared / "data" / "register-example"


@pytest.fixture(scope="module")
def built(example: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BuildReport]:
    out = tmp_path_factory.mktemp("built")
    return out, build_example(example, out)


def build_example(example: Path, out: Path) -> BuildReport:
    return build(
        LIBRARY,
        register=example / "register.csv",
        placements=example / "placements.csv",
        approvals=example / "godkendelser.csv",
        population=example / "population.csv",
        out=out,
    )


def isbu(folder: Path) -> Iterator[tuple[tuple[str, ...], int]]:
    for table, area in AREA.items():
        measure = "boern" if table == "ISBU02" else "indsatser"
        for row in cube(folder, table):
            if row[measure]:
                age, sex = (str(row["ALDER"]), str(row["KØN"])) if table == "ISBU04" else ("", "")
                key = (table, str(row[area]), str(row["INDSATSER"]), age, sex, str(row["Tid"]))
                yield key, int(str(row[measure]))


def test_isbu_match_the_oracle_cell_for_cell(built: tuple[Path, BuildReport], example: Path) -> None:
    expected = {
        (row["tabel"], row["omraade"], row["indsats"], row["alder"], row["koen"], row["aar"]): int(row["vaerdi"])
        for row in rows(example / "expected_cells.csv")
    }

    counted = dict(isbu(built[0]))

    assert len(expected) == 1991
    assert counted == expected


def test_bu04a_and_bu43_match_the_oracle_cell_for_cell(built: tuple[Path, BuildReport], example: Path) -> None:
    recorded = rows(example / "expected_cells_bu.csv")
    net = {
        (row["omraade"], row["foran"], row["alder"], row["koen"], row["aar"]): int(row["vaerdi"])
        for row in recorded
        if row["tabel"] == "BU04A"
    }
    shares = {
        (row["omraade"], row["foran"], row["alder"], row["aar"]): (row["taeller"], row["naevner"], row["vaerdi"])
        for row in recorded
        if row["tabel"] == "BU43"
    }

    counted = {
        tuple(str(row[code]) for code in ("OMRÅDE", "FORAN", "ALDER", "KØN", "Tid")): row["antal"]
        for row in cube(built[0], "BU04A")
        if row["antal"]
    }
    divided = {
        tuple(str(row[code]) for code in ("OMRÅDE", "FORANSTALT", "ALDER", "Tid")): rate(row)
        for row in cube(built[0], "BU43")
        if row["folketal"] is not None
    }

    assert len(recorded) == 5925
    assert counted == net
    assert divided == shares


def rate(row: dict[str, object]) -> tuple[str, str, str]:
    top, below = int(str(row["boern"])), int(str(row["folketal"]))
    tenths = (2000 * top + below) // (2 * below) if below else None
    return str(top), str(below), "" if tenths is None else f"{tenths // 10}.{tenths % 10}"


@pytest.mark.parametrize("name", LISTS)
def test_lists_match_the_oracle(name: str, built: tuple[Path, BuildReport], example: Path) -> None:
    expected = rows(example / f"expected_{name}.csv")

    written = rows(built[0] / f"{name}.csv")

    assert sorted(written, key=str) == sorted(expected, key=str)
    assert list(written[0]) == list(expected[0])

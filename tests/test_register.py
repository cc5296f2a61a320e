"""The registers' oracle: the recorded example matches cell for cell and list for list."""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tables.catalog import read_library
from tables.grid import read_cube
from tables.model import Status
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


def test_a_removed_kommune_year_is_missing_and_one_counted_elsewhere_not_applicable(
    built: tuple[Path, BuildReport],
) -> None:
    tables = read_library(LIBRARY).tables
    expected = {
        ("270", "2022"): Status.MISSING,
        ("825", "2022"): Status.NOT_APPLICABLE,
        ("825", "2023"): Status.NOT_APPLICABLE,  # 813 is removed, but it is still not its own row
        ("813", "2023"): Status.MISSING,
        ("482", "2022"): Status.MISSING,  # removed wins over via
        ("492", "2021"): Status.MISSING,
    }

    for table, area in (("ISBU01", "KOMMUNEDK"), ("ISBU02", "KOMMUNEDK"), ("BU43", "OMRÅDE")):
        grid = read_cube(built[0] / table / "cube.parquet", tables[table])
        measure = tables[table].measures[0]
        states = grid.status[measure.code].reshape(tables[table].shape)
        for (kommune, year), status in expected.items():
            place = tables[table].dimension(area).index[kommune], tables[table].time.index[year]
            assert set(states[place[0], ..., place[1]].flatten().tolist()) <= {status, Status.NOT_APPLICABLE}
            assert status in states[place[0], ..., place[1]]


def test_every_cube_fits_its_table(built: tuple[Path, BuildReport]) -> None:
    tables = read_library(LIBRARY).tables

    for name, rows_written in built[1].tables.items():
        grid = read_cube(built[0] / name / "cube.parquet", tables[name])

        assert rows_written == pq.ParquetFile(built[0] / name / "cube.parquet").metadata.num_rows
        assert ("personer" in grid.numbers) == (name not in ("ISBU02", "BU43"))


def test_a_kommune_gets_its_numbers_with_the_change_and_its_warnings(built: tuple[Path, BuildReport]) -> None:
    folder = built[0] / "kommune"

    children = {(row["aar"], row["indsats"]): row for row in rows(folder / "101-boern.csv")}
    removed = {(row["aar"], row["indsats"]): row for row in rows(folder / "270-indsatser.csv")}

    assert len(list(folder.iterdir())) == 3 * 98
    assert list(children["2021", "2"]) == ["tabel", "aar", "indsats", "vaerdi", "foer", "aendring"]
    now, before = int(children["2021", "2"]["vaerdi"]), int(children["2021", "2"]["foer"])
    assert int(children["2021", "2"]["aendring"]) == now - before > 0
    assert children["2015", "2"]["foer"] == children["2015", "2"]["aendring"] == ""
    assert removed["2022", "3"]["vaerdi"] == removed["2022", "3"]["aendring"] == removed["2023", "3"]["foer"] == ""
    assert rows(folder / "265-advarsler.csv") == [
        {"register": "register", "id": "61", "warning": "W3"},
        {"register": "register", "id": "63", "warning": "W3"},
    ]


def test_rows_in_another_order_give_the_same_bytes(
    built: tuple[Path, BuildReport], example: Path, tmp_path: Path
) -> None:
    shuffled = tmp_path / "in"
    shuffled.mkdir()
    for path in example.glob("[gpr]*.csv"):
        header, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        random.Random(7).shuffle(lines)
        (shuffled / path.name).write_text(header + "".join(lines), encoding="utf-8")

    build_example(shuffled, tmp_path / "out")

    written = sorted(path.relative_to(built[0]) for path in built[0].rglob("*") if path.is_file())
    assert (
        sorted(path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*") if path.is_file())
        == written
    )
    assert all((built[0] / path).read_bytes() == (tmp_path / "out" / path).read_bytes() for path in written)

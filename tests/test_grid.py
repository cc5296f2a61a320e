"""A cube file becomes the true cells of its table, or one list of everything that is wrong with it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.errors import CatalogError
from tables.grid import read_cube
from tables.model import Dimension, Measure, Rule, Status, Table, Text, Value


def text(word: str) -> Text:
    return Text(word, word)


def dimension(code: str, *codes: str, **options: Any) -> Dimension:
    return Dimension(code, text(code), tuple(Value(each, text(each)) for each in codes), **options)


def count(code: str = "antal", **options: Any) -> Measure:
    return Measure(code, text(code), text("Antal"), "additive", minimum=0, **options)


def table(*measures: Measure, rule: Mapping[str, Any] | None = None, dims: Sequence[Dimension] = ()) -> Table:
    dimensions = tuple(dims) or (dimension("OMR", "000", "01"), dimension("Tid", "2023", "2024", time=True))
    rules = (Rule("threshold", rule or {"below": 5}),)
    return Table("TOY", text("Toy"), "1", text("Test"), dimensions, measures or (count(),), rules)


def cube(folder: Path, **columns: Any) -> Path:
    path = folder / "TOY" / "cube.parquet"
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def faults(path: Path, described: Table) -> list[str]:
    with pytest.raises(CatalogError) as caught:
        read_cube(path, described)
    return [str(fault) for fault in caught.value.faults]


def test_rows_in_any_order_find_their_cells_and_absent_ones_are_zero(tmp_path: Path) -> None:
    path = cube(tmp_path, antal=[7, 5, 9], Tid=["2024", "2023", "2023"], OMR=["01", "01", "000"])

    grid = read_cube(path, table())

    assert grid.numbers["antal"].tolist() == [9, 0, 5, 7]
    assert grid.status["antal"].tolist() == [Status.OK] * 4


def test_an_absent_row_is_missing_where_the_measure_says_unknown(tmp_path: Path) -> None:
    path = cube(tmp_path, antal=[7], Tid=["2024"], OMR=["01"])

    grid = read_cube(path, table(count(missing="unknown")))

    assert grid.status["antal"].tolist() == [Status.MISSING] * 3 + [Status.OK]


def test_a_null_is_missing_unless_its_status_says_that_it_cannot_occur(tmp_path: Path) -> None:
    columns = {"antal": [7, None, None, 3], "antal.status": [1, None, 3, 0]}
    path = cube(tmp_path, **columns, Tid=["2023", "2024"] * 2, OMR=["000", "000", "01", "01"])

    grid = read_cube(path, table())

    assert grid.status["antal"].tolist() == [Status.PROVISIONAL, Status.MISSING, Status.NOT_APPLICABLE, Status.OK]
    assert grid.numbers["antal"].tolist() == [7, 0, 0, 3]


def test_cells_outside_since_and_until_cannot_occur(tmp_path: Path) -> None:
    values = (Value("000", text("alle")), Value("01", text("en"), since="2024"))
    dims = (Dimension("OMR", text("omr"), values), dimension("Tid", "2023", "2024", time=True))
    path = cube(tmp_path, antal=[7, 7], Tid=["2024", "2023"], OMR=["01", "000"])

    grid = read_cube(path, table(dims=dims))

    assert grid.status["antal"].tolist() == [Status.OK, Status.OK, Status.NOT_APPLICABLE, Status.OK]


def test_a_figure_where_none_can_occur_is_refused(tmp_path: Path) -> None:
    values = (Value("000", text("alle")), Value("01", text("en"), until="2023"))
    dims = (Dimension("OMR", text("omr"), values), dimension("Tid", "2023", "2024", time=True))
    path = cube(tmp_path, antal=[7], Tid=["2024"], OMR=["01"])

    assert faults(path, table(dims=dims)) == [
        "TOY/cube.parquet: OMR=01, Tid=2024: antal: a figure outside since and until"
    ]


RATIO = Measure("andel", text("andel"), text("Pct."), "ratio", decimals=1, numerator="boern", denominator="folk")


def test_a_rate_is_rounded_half_up_in_integers(tmp_path: Path) -> None:
    columns = {"boern": [1, 1, 0, 3], "folk": [80, 2000, 0, 1000]}
    path = cube(tmp_path, **columns, Tid=["2023", "2024"] * 2, OMR=["000", "000", "01", "01"])

    grid = read_cube(path, table(RATIO))

    assert grid.numbers["andel"].tolist() == [13, 1, 0, 3]
    assert grid.status["andel"].tolist() == [Status.OK, Status.OK, Status.NOT_APPLICABLE, Status.OK]


def test_a_figure_without_a_denominator_is_refused_also_where_the_row_is_absent(tmp_path: Path) -> None:
    path = cube(
        tmp_path, boern=[1, None, 4], folk=[None, None, 7], Tid=["2023", "2024", "2023"], OMR=["000", "000", "01"]
    )

    told = faults(path, table(RATIO))

    cure = "folk: the denominator is missing; every figure needs one"
    assert told == [f"TOY/cube.parquet: OMR=000, Tid=2023: {cure}", f"TOY/cube.parquet: OMR=01, Tid=2024: {cure}"]


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(0, 3))
def test_rates_equal_exact_fractions(
    tmp_path_factory: pytest.TempPathFactory, top: int, below: int, places: int
) -> None:
    ratio = Measure("r", text("r"), text("Pct."), "ratio", decimals=places, numerator="n", denominator="d")
    dims = (dimension("Tid", "2024", time=True),)
    path = cube(tmp_path_factory.mktemp("rate"), n=[top], d=[below], Tid=["2024"])

    grid = read_cube(path, table(ratio, dims=dims))

    exact = Decimal(200 * 10**places * top + below) / Decimal(2 * below)
    assert grid.numbers["r"][0] == int(exact.to_integral_value("ROUND_FLOOR"))


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([0.285, 1.005, -0.005, None]), [29, 101, 0, 0]),
        (pa.array([Decimal("0.285"), Decimal("1.004"), Decimal("-3.000"), None]), [29, 100, -300, 0]),
        (pa.array([1, 2, -3, None], pa.int32()), [100, 200, -300, 0]),
    ],
)
def test_numbers_of_any_kind_are_scaled_half_up(tmp_path: Path, column: pa.Array, expected: list[int]) -> None:
    money = Measure("kr", text("kr"), text("kr."), "additive", decimals=2)
    path = cube(tmp_path, kr=column, Tid=["2023", "2024"] * 2, OMR=["000", "000", "01", "01"])

    grid = read_cube(path, table(money))

    assert grid.numbers["kr"].tolist() == expected


def test_persons_behind_a_cell_come_along_for_the_mask(tmp_path: Path) -> None:
    path = cube(tmp_path, antal=[7], personer=[2], Tid=["2024"], OMR=["01"])

    grid = read_cube(path, table(rule={"below": 5, "counted": "personer"}))

    assert grid.numbers["personer"].tolist() == [0, 0, 0, 2]


def test_a_figure_without_persons_behind_it_is_refused(tmp_path: Path) -> None:
    path = cube(tmp_path, antal=[7], personer=pa.array([None], pa.int64()), Tid=["2024"], OMR=["01"])

    told = faults(path, table(rule={"below": 5, "counted": "personer"}))

    assert told == ["TOY/cube.parquet: OMR=01, Tid=2024: personer: a figure without the number of persons behind it"]


def test_all_faults_of_a_file_are_told_at_once_with_their_cure(tmp_path: Path) -> None:
    path = cube(
        tmp_path,
        antal=["7", "x", "1"],
        Tid=["2024", "2024", "1999"],
        OMR=["1", "01", "01"],
        extra=[1, 2, 3],
    )

    told = faults(path, table(rule={"below": 5, "counted": "personer"}))

    assert told == [
        "TOY/cube.parquet: personer: the column is missing; table.yaml asks for it",
        "TOY/cube.parquet: extra: table.yaml knows no such column; take it out, or add it there",
        "TOY/cube.parquet: OMR: '1' (1 row) is not a value of OMR; did you mean '01'?",
        "TOY/cube.parquet: Tid: '1999' (1 row) is not a value of Tid; add it to the table, or take the rows out",
        "TOY/cube.parquet: antal: the column is string; numbers are written as int, decimal or double",
    ]


def test_duplicate_rows_are_named_by_their_codes(tmp_path: Path) -> None:
    path = cube(tmp_path, antal=[1, 1, 2], Tid=["2024", "2024", "2023"], OMR=["01"] * 3)

    assert faults(path, table()) == ["TOY/cube.parquet: OMR=01, Tid=2024: row: is there 2 times; keep one"]


def test_many_faults_of_one_kind_are_counted(tmp_path: Path) -> None:
    dims = (dimension("OMR", *(f"{place:03}" for place in range(30))), dimension("Tid", "2024", time=True))
    path = cube(tmp_path, antal=[-1] * 30, Tid=["2024"] * 30, OMR=[f"{place:03}" for place in range(30)])

    told = faults(path, table(dims=dims))

    assert told[0] == "TOY/cube.parquet: OMR=000, Tid=2024: antal: -1 is below the minimum 0"
    assert told[-1] == "TOY/cube.parquet: antal: and 20 more cells like the last one"
    assert len(told) == 11


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            {"antal": [1], "Tid": [2024], "OMR": ["01"]},
            "Tid: codes are int64; write them as text, so that 000 stays 000",
        ),
        ({"antal": [1], "Tid": ["2024"], "OMR": [None]}, "OMR: 1 row without a code; every row needs one"),
        ({"antal": [1], "Tid": ["2024"]}, "OMR: the column is missing; table.yaml asks for it"),
        ({"Tid": ["2024"], "OMR": ["01"]}, "antal: the column is missing; table.yaml asks for it"),
        ({"antal": [float("inf")], "Tid": ["2024"], "OMR": ["01"]}, "antal: a number is infinite"),
        ({"antal": [2**63 - 1], "Tid": ["2024"], "OMR": ["01"], "antal.status": ["r"]}, "antal.status: the column is"),
        ({"antal": [1], "Tid": ["2024"], "OMR": ["01"], "antal.status": [2]}, "antal.status: a status is 0, 1, 3, 4"),
        ({"antal": [1], "Tid": ["2024"], "OMR": ["01"], "antal.status": [4]}, "antal: a figure under status 4"),
    ],
)
def test_each_bad_column_has_its_sentence(tmp_path: Path, columns: Mapping[str, Any], said: str) -> None:
    if columns.get("OMR") == [None]:
        columns = {**columns, "OMR": pa.array([None], pa.string())}

    (told,) = faults(cube(tmp_path, **columns), table())

    assert said in told


def test_a_missing_an_empty_and_a_cut_off_file_are_told_apart(tmp_path: Path) -> None:
    whole = cube(tmp_path, antal=[7], Tid=["2024"], OMR=["01"])
    short = whole.with_name("short.parquet")
    short.write_bytes(whole.read_bytes()[:-40])
    void = whole.with_name("void.parquet")
    void.write_bytes(b"")
    rowless = cube(
        tmp_path / "TOY", antal=pa.array([], pa.int64()), Tid=pa.array([], pa.string()), OMR=pa.array([], pa.string())
    )

    assert faults(whole.with_name("none.parquet"), table()) == [
        "TOY/none.parquet: the file is missing; build or import the figures first"
    ]
    assert faults(void, table()) == ["TOY/void.parquet: the file is empty; build or import the figures again"]
    assert faults(short, table()) == [
        "TOY/short.parquet: this is not a whole Parquet file (cut off or damaged?); write it again"
    ]
    assert "holds no rows" in faults(rowless, table())[0]


@given(st.data())
def test_row_order_never_matters(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    cells = [(area, year) for area in ("000", "01") for year in ("2023", "2024")]
    order = data.draw(st.permutations(cells))
    number = {spot: place for place, spot in enumerate(cells)}
    path = cube(
        tmp_path_factory.mktemp("order"),
        antal=[number[spot] for spot in order],
        OMR=[area for area, _ in order],
        Tid=[year for _, year in order],
    )

    grid = read_cube(path, table())

    assert grid.numbers["antal"].tolist() == [0, 1, 2, 3]
    assert not grid.numbers["antal"].flags.writeable
    assert grid.status["antal"].dtype == np.uint8

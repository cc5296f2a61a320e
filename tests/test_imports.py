"""StatBank CSV: recorded files against their manifest, and made-up ones against the reader's promises."""

import json
from pathlib import Path

import pyarrow.compute as pc
import pytest

from tables.catalog.classification import read_classification
from tables.errors import CatalogError
from tables.imports import READERS
from tables.imports.columns import period
from tables.imports.nouns import Draft, How
from tables.imports.statbank import READER, table_id

LIBRARY = Path(__file__).resolve().parents[1] / "tables" / "library"
RECORDED = (
    "01_FOLK1A_koder.csv",
    "02_FOLK1A_civilstand_2020K1.csv",
    "03_FOLK1A_dragoer_udvalgte_kvartaler.csv",
    "04_FOLK1AM_maaneder_bom.csv",
    "05_FOLK1A_en_2021Q2.csv",
    "06_FOLK1B_en_kvartaler.csv",
    "07_DODC2_en_uger.csv",
    "08_UHELDK1_da_regioner.csv",
    "09d_STRAF42_data_bom.csv",
    "10b_RAS200_lang.csv",
)


def draft(tmp_path: Path, text: str | bytes, how: How | None = None, name: str = "TOY.csv") -> Draft:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return READER.read(path, how or How())


def refusal(tmp_path: Path, text: str | bytes) -> list[str]:
    with pytest.raises(CatalogError) as refused:
        draft(tmp_path, text)
    return [str(fault) for fault in refused.value.faults]


def rows(found: Draft) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in found.cube.to_pylist()]


def told(found: Draft) -> list[str]:
    return [f"{finding.place}: {finding.text.en}" for finding in found.report]


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_file_is_read_whole(shared: Path, name: str) -> None:
    manifest = json.loads((shared / "data/real/manifest.json").read_text(encoding="utf-8"))
    entry = next(entry for entry in manifest if entry["file"] == name)

    found = READER.read(shared / "data/real" / name, How())

    measure = found.facts.figures
    assert found.cube.num_rows == entry["rows"]
    assert float(pc.sum(found.cube.column(measure.name)).as_py()) == pytest.approx(entry["sum"])
    distinct = {column.code.upper(): len(set(column.rows.tolist())) for column in found.facts.columns}
    assert distinct == {name.upper().replace("YEAR", "TID"): count for name, count in entry["distinct"].items()}


def test_every_reader_has_a_name_of_its_own() -> None:
    assert len({reader.name for reader in READERS}) == len(READERS)


def test_a_hole_in_the_ages_is_told_and_the_ages_sorted(shared: Path) -> None:
    found = READER.read(shared / "data/real/01_FOLK1A_koder.csv", How())

    ages = [label.code for column in found.facts.columns if column.code == "ALDER" for label in column.labels]
    assert ages == [str(age) for age in range(101) if age != 38]
    assert "ALDER: a hole in the run: 38 missing" in told(found)


def test_weeks_of_long_years_keep_their_order(shared: Path) -> None:
    found = READER.read(shared / "data/real/07_DODC2_en_uger.csv", How())

    weeks = [label.code for label in found.facts.columns[-1].labels]
    assert (weeks[0], weeks[-1], len(weeks)) == ("2007U01", "2020U45", 723)
    assert weeks.index("2009U53") + 1 == weeks.index("2010U01")


def test_a_laid_out_table_is_refused_with_its_cure(shared: Path) -> None:
    with pytest.raises(CatalogError, match=r"uddrag\.csv:1: column 2 has no name; .*one row a cell"):
        READER.read(shared / "data/real/14_FOLK1A_statbank_layout_uddrag.csv", How())


def test_periods_across_the_head_are_brought_down(shared: Path) -> None:
    found = READER.read(shared / "data/real/15_BEFOLK2_bred_uddrag.csv", How())

    assert found.cube.num_rows == 36
    assert found.facts.columns[1].labels[0].text == "Age, total"
    assert rows(found)[0] == ("TOTAL", "AGETOTAL", "2021", 5840045)


def test_areas_are_found_in_the_classification_by_code_or_text_in_either_language(shared: Path) -> None:
    known = How(classifications={"omraade": read_classification(LIBRARY / "classifications/omraade.yaml")})
    files = ("01_FOLK1A_koder", "02_FOLK1A_civilstand_2020K1", "06_FOLK1B_en_kvartaler", "04_FOLK1AM_maaneder_bom")

    for name in files:
        found = READER.read(shared / f"data/real/{name}.csv", known)

        area = next(column for column in found.facts.columns if column.code == "OMRÅDE")
        assert area.classification == "omraade"
        assert area.labels[0].code == "000"


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_any_usual_separator_will_do(tmp_path: Path, separator: str) -> None:
    found = draft(tmp_path, "SEX;TID;INDHOLD\nM;2020;1\nK;2020;2\n".replace(";", separator))

    assert rows(found) == [("M", "2020", 1), ("K", "2020", 2)]


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    found = draft(tmp_path, "INDHOLD;TID;KØN\n1;2020;M\n2;2021;M\n")

    assert found.cube.column_names == ["KØN", "Tid", "antal"]
    assert rows(found) == [("M", "2020", 1), ("M", "2021", 2)]


def test_code_and_text_are_parted_also_where_they_are_equal(tmp_path: Path) -> None:
    found = draft(tmp_path, "OMRÅDE;TID;INDHOLD\n000 Hele landet;2024 2024;9\n01 Byen;2024 2024;9\n")

    assert [(label.code, label.text) for label in found.facts.columns[0].labels] == [
        ("000", "Hele landet"),
        ("01", "Byen"),
    ]
    assert rows(found)[0] == ("000", "2024", 9)


def test_ages_are_texts_and_no_codes_with_texts(tmp_path: Path) -> None:
    found = draft(tmp_path, "ALDER;TID;INDHOLD\n9 år;2024;1\n10 år og derover;2024;2\n0-4 år;2024;3\n")

    assert [label.code for label in found.facts.columns[0].labels] == ["9", "10AAROGDEROVER", "0004"]


def test_two_texts_never_get_one_code(tmp_path: Path) -> None:
    found = draft(tmp_path, "X;TID;INDHOLD\nFar og mor;2024;1\nFar, og mor;2024;2\n".replace(",", "-"))

    assert [label.code for label in found.facts.columns[0].labels] == ["FAROGMOR", "FAROGMOR_2"]


def test_a_quoted_text_may_hold_the_separator_and_a_line_break(tmp_path: Path) -> None:
    found = draft(tmp_path, 'X;TID;INDHOLD\n"Alder; i alt";2024;1\n"to\nlinjer";2024;2\nsum;2024;3\n')

    assert [(label.code, label.text) for label in found.facts.columns[0].labels] == [
        ("ALDERIALT", "Alder; i alt"),
        ("TOLINJER", "to linjer"),
        ("SUM_2", "sum"),
    ]
    assert "ALDERIALT ; Alder, i alt" in found.description
    assert found.facts.lines.tolist() == [2, 3, 5]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2021Q2", "2021K2"),
        ("2021K2", "2021K2"),
        ("2008K1 2008Q1", "2008K1"),
        ("2020U53", "2020U53"),
        ("2020W53", "2020U53"),
        ("2019U53", None),
        ("2021M13", None),
        ("2021", "2021"),
        ("2021/22", None),
        ("", None),
    ],
)
def test_periods_are_written_the_danish_way_in_either_language(written: str, code: str | None) -> None:
    assert period(written) == code


def test_irregular_periods_are_kept_as_they_are(tmp_path: Path) -> None:
    found = draft(tmp_path, "X;TID;INDHOLD\nA;2019K1;1\nA;2008K1;2\nA;2008K2;3\n")

    assert "time: 2008K1-2008K2, 2019K1" in found.description


def test_time_without_its_name_is_found_where_only_one_column_can_be_it(tmp_path: Path) -> None:
    assert rows(draft(tmp_path, "WHERE;WHEN;INDHOLD\nA;2020;1\n")) == [("A", "2020", 1)]
    assert "time could be FROM or WHEN" in refusal(tmp_path, "FROM;WHEN;INDHOLD\n2019;2020;1\n")[0]


def test_a_total_that_is_the_sum_is_proposed_and_one_that_is_not_is_told(tmp_path: Path) -> None:
    head = "KØN;TID;INDHOLD\n"
    adds = draft(tmp_path, head + "I alt;2020;3\nMænd;2020;1\nKvinder;2020;2\n")
    differs = draft(tmp_path, head + "I alt;2020;4\nMænd;2020;1\nKvinder;2020;2\n")

    assert 'elimination: "IALT"' in adds.description
    assert "additive_over: [KØN]" in adds.description
    assert 'nests: "no"' not in adds.description
    assert "additive_over: []" in differs.description
    assert 'nests: "no"' in differs.description
    assert "KØN: IALT looks like a total but is not the sum of the others: not to be added" in told(differs)


def test_rows_left_out_are_not_zero_but_unknown(tmp_path: Path) -> None:
    found = draft(tmp_path, "A;B;TID;INDHOLD\nX;Y;2020;1\nX;Z;2020;1\nW;Z;2020;1\n")

    assert "missing: unknown" in found.description
    assert "TOY.csv: cells that are not in the file, and so not available: 1 of 4" in told(found)


def test_decimals_are_kept_exactly(tmp_path: Path) -> None:
    found = draft(tmp_path, "A;TID;INDHOLD\nX;2020;0,1\nX;2021;12,35\nX;2022;..\n")

    assert [str(row[2]) for row in rows(found)] == ["0.10", "12.35", "None"]
    assert found.cube.column("vaerdi.status").to_pylist() == [None, None, 5]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b"", "TOY.csv: the file is empty"),
        (b"\n\n", "TOY.csv:1: no ; , or tab"),
        (b"\xff\xfeO\x00M\x00", "TOY.csv: this is not a text file in UTF-8"),
        (b"OMR\xc5DE;TID;INDHOLD\nA\x81;2020;1\n", "TOY.csv:1: neither UTF-8 nor Windows-1252"),
        ("A\n1\n", "TOY.csv:1: no ; , or tab in the header"),
        ("A;TID;INDHOLD\n", "TOY.csv:1: the file has a header and no rows"),
        ("A;A;TID;INDHOLD\nX;X;2020;1\n", "TOY.csv:1: two columns are called A"),
        ("A;TID;INDHOLD\nX;2020;1\nX;2021\n", "TOY.csv:3: 2 cells where the header has 3"),
        ('A;TID;INDHOLD\nX;2020;1\n"X;2021;2\n', "TOY.csv:3: the quotes from here on do not match"),
        ("A;TID;INDHOLD\nX;2020;1\n;2021;2\n", "TOY.csv:3: A: a row without a value"),
        ("A;TID;INDHOLD\nX;2020;1\nX;i går;2\n", "TOY.csv:3: TID: 'i går' is no period"),
        ("A;TID;INDHOLD\nX;2020;1\nX;2021K1;2\n", "TOY.csv:3: TID: '2021K1' is of another frequency"),
        ("A;TID;INDHOLD\nX;2020;1\nX;2020;1\n", "TOY.csv:3: A=X, Tid=2020 stands on line 2 already"),
        ("A;TID;INDHOLD\nX;2020;1\n=1+1;2021;2\n", "TOY.csv:3: A: '=1+1' starts with '='"),
        ("A;TID;INDHOLD\nX;2020;tolv\n", "TOY.csv:2: INDHOLD: 'tolv' is neither a number"),
        ("A;TID;LABEL\nX;2020;tolv\n", "TOY.csv:2: LABEL: no column is called INDHOLD"),
        ("A;B;INDHOLD\nX;Y;1\n", "TOY.csv:1: no column holds periods; name the time column TID"),
        ("LANG;TID;INDHOLD\nX;2020;1\n", "TOY.csv:1: LANG: 'LANG' cannot be the code of a dimension"),
    ],
)
def test_bad_files_are_refused_with_the_line_and_the_cure(tmp_path: Path, text: str | bytes, fault: str) -> None:
    assert refusal(tmp_path, text)[0].startswith(fault)


def test_one_code_with_two_texts_is_refused(tmp_path: Path) -> None:
    # domain §2.1: sister tables use code 0 for both «I alt» and «0 år»
    found = refusal(tmp_path, "ALDER;TID;INDHOLD\n0 I alt;2020 2020;9\n0 0 år;2020 2020;4\n1 1 år;2020 2020;5\n")

    assert found == [
        "TOY.csv:3: ALDER: code '0' is both 'I alt' and '0 år'; a code means one thing: give one of them its own"
    ]


def test_one_code_used_twice_without_texts_is_refused_by_its_rows(tmp_path: Path) -> None:
    found = refusal(tmp_path, "AN;TID;INDHOLD\n0;2020;9\n0;2020;4\n1;2020;5\n")

    assert found == ["TOY.csv:3: AN=0, Tid=2020 stands on line 2 already; keep one of the two"]


def test_text_before_code_is_refused(tmp_path: Path) -> None:
    found = refusal(tmp_path, "KØN;TID;INDHOLD\nMænd 1;2020 2020;9\nKvinder 2;2020 2020;4\n")

    assert "text before code" in found[0]


def test_old_files_in_windows_letters_are_read_and_told(tmp_path: Path) -> None:
    found = draft(tmp_path, "KØN;TID;INDHOLD\nMænd;2020;1\n".encode("windows-1252"))

    assert found.facts.columns[0].labels[0].text == "Mænd"
    assert "TOY.csv: read as Windows-1252, not UTF-8" in told(found)


@pytest.mark.parametrize(
    ("name", "table"),
    [("FOLK1A.csv", "FOLK1A"), ("01_FOLK1A_koder.csv", "FOLK1A"), ("14_FOLK1A_statbank_layout_uddrag.csv", "FOLK1A")],
)
def test_a_file_is_named_like_its_table(name: str, table: str) -> None:
    assert table_id(Path(name)) == table


def test_a_file_without_a_table_in_its_name_is_refused() -> None:
    with pytest.raises(CatalogError, match="call it like its table"):
        table_id(Path("2025-01-01 data.csv"))

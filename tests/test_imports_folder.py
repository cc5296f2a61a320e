"""Files into table folders: what is written, what is left alone, and that nothing is left half-done."""

import csv
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tables.catalog import read_library
from tables.catalog.library import read_table
from tables.check import check_cube
from tables.errors import CatalogError
from tables.grid import read_cube
from tables.imports.folder import ImportReport, import_file
from tables.imports.nouns import How

LIBRARY = Path(__file__).resolve().parents[1] / "tables" / "library"
TABLE = """
id: TOY
subject: "1"
title: {da: Legetøj, en: Toys}
source: {da: os, en: us}
dimensions:
  - code: KØN
    text: {da: køn, en: sex}
    values: |
      code ; da      ; en
      T    ; I alt   ; Total
      1    ; Mænd    ; Men
      2    ; Kvinder ; Women
    elimination: T
  - code: Tid
    text: {da: tid, en: time}
    time: 2020K1-2020K2
measures:
  - code: antal
    text: {da: Antal, en: Number}
    unit: {da: Antal, en: Number}
    kind: additive
    decimals: 1
    minimum: 0
    missing: unknown
disclosure:
  - {method: none, reason: Legetøj er offentligt.}
"""
CARRIED = {  # table: its facts, and which of their columns it has
    "BU28": ("bu28.csv", {"FORAN": "FORAN", "TID": "Tid", "INDHOLD": "INDHOLD"}),
    "FOLK1A": (
        "befolkning/folk1a-1aar-udvalgte.csv",
        {"OMRÅDE": "kode", "KØN": "koen", "ALDER": "alder", "TID": "tid", "INDHOLD": "antal"},
    ),
    "FOLK1AM": ("befolkning/folk1am-i-alt.csv", {"OMRÅDE": "kode", "TID": "tid", "INDHOLD": "antal"}),
    "FOLK1B": (
        "befolkning/folk1b-5aar.csv",
        {"OMRÅDE": "kode", "KØN": "koen", "ALDER": "alder", "TID": "tid", "INDHOLD": "antal"},
    ),
}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A library with one table, which has a cube."""
    folder = tmp_path / "library"
    (folder / "TOY").mkdir(parents=True)
    (folder / "TOY/table.yaml").write_text(TABLE, encoding="utf-8")
    bring(folder, "KØN;TID;INDHOLD\nT;2020K1;3,0\n1;2020K1;1,0\n2;2020K1;2,0\n")
    return folder


def bring(out: Path, text: str, name: str = "TOY.csv", how: How | None = None) -> ImportReport:
    path = out.parent / name
    path.write_text(text, encoding="utf-8")
    return import_file([path], out, how)


def refused(out: Path, text: str, name: str = "TOY.csv") -> list[str]:
    before = everything(out)
    with pytest.raises(CatalogError) as refusal:
        bring(out, text, name)
    assert everything(out) == before  # nothing half-written
    return [str(fault) for fault in refusal.value.faults]


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in sorted(folder.rglob("*"))}


def cells(out: Path, table: str = "TOY") -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in pq.read_table(out / table / "cube.parquet").to_pylist()]


def told(report: ImportReport) -> list[str]:
    return [f"{finding.place}: {finding.text.en}" for item in report.tables for finding in item.findings]


def test_a_new_table_gets_a_folder(tmp_path: Path) -> None:
    report = bring(tmp_path / "new", "KØN;TID;INDHOLD\nMænd;2020;1\nKvinder;2020;2\n")

    assert [(item.id, item.new, item.cells, item.reader) for item in report.tables] == [("TOY", True, 2, "statbank")]
    assert sorted(path.name for path in (tmp_path / "new/TOY").iterdir()) == ["cube.parquet", "table.yaml"]
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["TOY"]


def test_a_draft_is_refused_until_a_rule_of_disclosure_is_chosen(tmp_path: Path) -> None:
    bring(tmp_path / "new", "KØN;TID;INDHOLD\nMænd;2020;1\n")

    with pytest.raises(CatalogError) as refusal:
        read_table(tmp_path / "new/TOY")

    assert [fault.path for fault in refusal.value.faults] == ["disclosure[0].method"]


def test_a_draft_with_a_reason_is_a_table_that_its_cube_fits(tmp_path: Path) -> None:
    text = 'KØN;TID;INDHOLD\nI alt;2020;3\n"Mænd; og: #drenge";2020;1\nKvinder "K";2020;2\nUoplyst;2020;0\n'
    bring(tmp_path / "new", text.replace('Kvinder "K"', '"Kvinder ""K"""'), how=How(public="Er offentligt: alt"))

    table = read_table(tmp_path / "new/TOY")

    assert table.disclosure[0].params == {"reason": "Er offentligt: alt"}
    assert [value.text.da for value in table.dimensions[0].values][1] == "Mænd, og: #drenge"
    assert check_cube(read_cube(tmp_path / "new/TOY/cube.parquet", table)).faults == ()


def test_the_subject_is_left_to_the_office(tmp_path: Path) -> None:
    for folder in ("site", "classifications"):
        shutil.copytree(LIBRARY / folder, tmp_path / "new" / folder)
    (tmp_path / "new/site/calendar.yaml").unlink()
    bring(tmp_path / "new", "KØN;TID;INDHOLD\nMænd;2020;1\n", how=How(public="Er offentligt"))

    with pytest.raises(CatalogError, match="'undecided' is not a subject"):
        read_library(tmp_path / "new")


def test_a_negative_number_has_no_place_in_a_new_table(out: Path) -> None:
    found = refused(out, "KØN;TID;INDHOLD\nMænd;2020;1\nKvinder;2020;-2\n", "OTHER.csv")

    assert found[0].startswith("OTHER.csv:3: INDHOLD: -2 is below the minimum 0")


def test_of_a_table_that_exists_only_the_cube_changes(out: Path) -> None:
    report = bring(out, "KØN;TID;INDHOLD\nT;2020K1;4,0\n1;2020K1;2,0\n2;2020K1;2,0\nT;2020K2;5,0\n")

    assert (out / "TOY/table.yaml").read_text(encoding="utf-8") == TABLE
    assert len(cells(out)) == 4
    assert not report.tables[0].new
    assert "TOY/cube.parquet: cells changed: 3" in told(report)


@pytest.mark.parametrize(
    "text",
    [
        "KØN;TID;INDHOLD\nI alt;2020K1;3\nMænd;2020K1;1\nKvinder;2020K1;2\n",
        "INDHOLD;TID;KØN\n3;2020Q1;Total\n1;2020Q1;Men\n2;2020Q1;Women\n",
        "KØN;TID;INDHOLD\nT I alt;2020K1 2020K1;3\n1 Mænd;2020K1 2020K1;1\n2 Kvinder;2020K1 2020K1;2\n",
        "Køn,Tid,Indhold\n2,2020K1,2.0\nT,2020K1,3.0\n1,2020K1,1.0\n",
    ],
)
def test_labels_become_the_codes_of_the_table(out: Path, text: str) -> None:
    report = bring(out, text)

    assert [row[:2] for row in cells(out)] == [("T", "2020K1"), ("1", "2020K1"), ("2", "2020K1")]
    assert "TOY/cube.parquet: cells changed: 0" in told(report)
    assert "Tid: the file lacks 1: 2020K2" in told(report)


def test_a_text_that_differs_from_the_tables_is_told(out: Path) -> None:
    report = bring(out, "KØN;TID;INDHOLD\n1 Drenge;2020K1 2020K1;1\n")

    assert "KØN: 1 is 'Drenge' in the file, 'Mænd' in the table" in told(report)


def test_a_column_with_one_value_may_be_left_out(out: Path) -> None:
    report = bring(out, "KØN;ALDER;TID;INDHOLD\nT;I alt;2020K1;3\n")

    assert cells(out) == [("T", "2020K1", 3)]
    assert "ALDER: the column is left out; it has only 'I alt'" in told(report)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("KØN;TID;INDHOLD\nDrenge;2020K1;1\n", "TOY.csv:2: KØN: 'Drenge' is not a value of KØN"),
        ("KØN;TID;INDHOLD\nT;2020K1;1\n9;2020K1;1\n", "TOY.csv:3: KØN: '9' is not a value of KØN"),
        ("KØN;TID;INDHOLD\nT;2021K1;1\n", "TOY.csv:2: Tid: '2021K1' is not a value of Tid; add it to time:"),
        ("ALDER;TID;INDHOLD\nT;2020K1;1\n", "TOY.csv:1: KØN: the file has no column KØN"),
        ("KØN;ALDER;TID;INDHOLD\nT;A;2020K1;3\nT;B;2020K1;3\n", "TOY.csv:1: ALDER: TOY has no such dimension"),
        ("KØN;TID;INDHOLD\nT;2020K1;1,25\n", "TOY.csv:1: INDHOLD: 2 decimals, and TOY keeps 1"),
        ("KØN;TID;INDHOLD\nT;2020K1;1\n1;2020K1;-1\n", "TOY.csv:3: INDHOLD: -1 is below the minimum 0"),
        ("KØN;TID;INDHOLD\nI alt;2020K1;1\nTotal;2020K1;1\n", "TOY.csv:3: KØN=T, Tid=2020K1 stands on line 2 already"),
    ],
)
def test_what_finds_no_place_in_the_table_is_refused(out: Path, text: str, fault: str) -> None:
    assert refused(out, text)[0].startswith(fault)


def test_two_files_of_one_table_are_refused(out: Path) -> None:
    paths = [out.parent / "TOY_a.csv", out.parent / "TOY_b.csv"]
    for path in paths:
        path.write_text("KØN;TID;INDHOLD\nT;2020K1;1\n", encoding="utf-8")

    with pytest.raises(CatalogError, match=r"TOY_b\.csv: TOY comes from TOY_a\.csv too"):
        import_file(paths, out)


def test_one_bad_file_keeps_all_of_them_out(out: Path) -> None:
    before = everything(out)
    good, bad = out.parent / "GOOD.csv", out.parent / "BAD.csv"
    good.write_text("A;TID;INDHOLD\nX;2020;1\n", encoding="utf-8")
    bad.write_text("A;TID;INDHOLD\nX;2020;tolv\n", encoding="utf-8")

    with pytest.raises(CatalogError, match=r"BAD\.csv:2"):
        import_file([good, bad], out)

    assert everything(out) == before


def test_a_file_of_another_kind_is_refused(out: Path) -> None:
    assert "no reader knows this kind of file" in refused(out, "{}", "TOY.json")[0]


def test_a_faulty_table_yaml_is_told_by_its_own_line(out: Path) -> None:
    (out / "TOY/table.yaml").write_text(TABLE.replace("kind: additive", "kind: additiv"), encoding="utf-8")

    assert refused(out, "KØN;TID;INDHOLD\nT;2020K1;1\n")[0].startswith("TOY/table.yaml:22: measures[0].kind")


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    text = "KØN;TID;INDHOLD\nMænd;2020;1\nKvinder;2020;2,5\n"
    for name in ("one", "two"):
        bring(tmp_path / name, text)

    assert (tmp_path / "one/TOY/cube.parquet").read_bytes() == (tmp_path / "two/TOY/cube.parquet").read_bytes()


@pytest.mark.parametrize("table", CARRIED)
def test_the_figures_the_library_carries_are_their_facts_imported(shared: Path, tmp_path: Path, table: str) -> None:
    name, columns = CARRIED[table]
    with (shared / "data" / name).open(encoding="utf-8", newline="") as file:
        facts = list(csv.DictReader(file))
    shutil.copytree(LIBRARY, tmp_path / "library")
    (tmp_path / "library" / table / "cube.parquet").unlink()
    lines = [";".join(columns), *(";".join(fact[column] for column in columns.values()) for fact in facts)]

    report = bring(tmp_path / "library", "\n".join(lines), f"{table}.csv")

    carried, made = (pq.read_table(library / table / "cube.parquet") for library in (LIBRARY, tmp_path / "library"))
    assert report.tables[0].cells == len(facts)
    assert made.equals(carried)


def test_the_population_behind_the_rates_is_the_published_one(shared: Path) -> None:
    facts = (shared / "data/befolkning/naevner-0-22.csv").read_text(encoding="utf-8")

    assert (LIBRARY / "BU43/population.csv").read_text(encoding="utf-8") == facts


def test_the_lines_of_expenditure_make_up_their_total_but_for_rounding() -> None:
    rows = pq.read_table(LIBRARY / "BU28/cube.parquet").to_pylist()
    totals = {row["Tid"]: row["udgifter"] for row in rows if row["FORAN"] == "0"}

    apart = {
        year: sum(row["udgifter"] or 0 for row in rows if row["Tid"] == year and row["FORAN"] != "0") - total
        for year, total in totals.items()
    }

    assert set(apart.values()) <= {-1, 0, 1}
    assert (totals["2012"], apart["2012"], totals["2015"]) == (14191, -1, 15099)


@pytest.mark.parametrize(
    "name",
    [
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
        "15_BEFOLK2_bred_uddrag.csv",
    ],
)
def test_the_draft_of_a_recorded_file_is_a_sound_table(shared: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(LIBRARY / "classifications", tmp_path / "classifications")
    report = import_file([shared / "data/real" / name], tmp_path, How(public="Offentliggjort af Danmarks Statistik"))
    folder = tmp_path / report.tables[0].id
    shutil.copytree(LIBRARY / "classifications", folder / "classifications")

    table = read_table(folder)
    grid = read_cube(folder / "cube.parquet", table)

    assert (grid.status["antal" if "antal" in grid.status else "e"] == 0).sum() == report.tables[0].cells
    assert check_cube(grid).faults == ()

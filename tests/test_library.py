"""The tables we ship say what the statistic says: every code and text, and how the cells hang together."""

import csv
from pathlib import Path

import pytest

import tables
from tables.catalog import Library, read_group, read_library
from tables.model import SUM, Additive, Table

FOLDER = Path(tables.__file__).parent / "library"
SYNTHETIC = ("ISBU01", "ISBU02", "ISBU03", "ISBU04", "BU43", "BU04A", "BUFF01")


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(FOLDER)


def listed(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def lists(shared: Path) -> Path:
    return shared / "data" / "klassifikationer"


def additive(table: Table) -> list[str]:
    return [over.dimension for over in table.measures[0].additive_over if not over.only]


@pytest.mark.parametrize(
    ("name", "shape", "first", "last"),
    [
        ("ISBU01", (99, 55, 10), "2015", "2024"),
        ("ISBU02", (99, 55, 10), "2015", "2024"),
        ("ISBU03", (12, 4, 10), "2015", "2024"),
        ("ISBU04", (12, 4, 6, 4, 10), "2015", "2024"),
        ("BU43", (99, 3, 3, 10), "2015", "2024"),
        ("BU04A", (13, 62, 6, 4, 14), "2011", "2024"),
        ("BUFF01", (12, 28, 7), "2015", "2021"),
        ("BU28", (9, 23), "2002", "2024"),
        ("FOLK1A", (12, 2, 25, 14), "2008K1", "2021K2"),
    ],
)
def test_every_table_has_its_size_and_its_time(
    library: Library, name: str, shape: tuple[int, ...], first: str, last: str
):
    table = library.tables[name]

    assert table.shape == shape
    assert (table.time.codes[0], table.time.codes[-1]) == (first, last)


@pytest.mark.parametrize(
    ("name", "totals"),
    [
        ("ISBU01", "000 3"),
        ("ISBU02", "000 2"),
        ("ISBU03", "000 4"),
        ("ISBU04", "000 3 IALT 0"),
        ("BU43", "000 IALT TOT22"),
        ("BU04A", "000 1 IALT TOT"),
        ("BUFF01", "000 3"),
        ("BU28", "0"),
    ],
)
def test_every_dimension_but_time_has_its_total_first(library: Library, name: str, totals: str):
    dimensions = [dimension for dimension in library.tables[name].dimensions if not dimension.time]

    assert [dimension.elimination for dimension in dimensions] == totals.split()
    assert [dimension.codes[0] for dimension in dimensions] == totals.split()


def test_kinds_and_sums_are_those_of_the_statistic(library: Library):
    kinds = {name: (table.measures[0].kind, additive(table)) for name, table in library.tables.items()}

    assert kinds["ISBU01"] == ("additive", ["KOMMUNEDK", "INDSATSER"])
    assert kinds["ISBU02"] == ("distinct", [])
    assert kinds["ISBU03"] == ("additive", ["LANDSDEL", "INDSATSER"])
    assert kinds["ISBU04"] == ("additive", ["LANDSDEL", "INDSATSER", "ALDER", "KØN"])
    assert kinds["BU04A"] == ("distinct", ["ALDER", "KØN"])
    assert kinds["BU43"] == ("ratio", [])
    assert kinds["BU28"] == ("additive", [])
    assert kinds["BUFF01"] == ("additive", ["OMRÅDE", "FORAN"])
    assert kinds["FOLK1A"] == ("additive", ["KØN", "ALDER"])
    assert library.tables["BU04A"].measures[0].adds_over("OMRÅDE") == Additive("OMRÅDE", {"FORAN": ("3", "4", "6")})


def test_the_areas_are_those_of_the_official_list(library: Library, shared: Path):
    rows = listed(shared / "data" / "geografi.csv")
    levels = {"0": "land", "1": "region", "2": "landsdel", "3": "kommune"}

    ours = library.classifications["omraade"].rows

    assert [
        (row["code"], row["level"], row["parent"], row["da"], row["en"], row["municipality_group"], row["nuts"])
        for row in ours
        if row["level"] != "uoplyst"
    ] == [
        (
            *(row["kode"], levels[row["niveau"]], row["overordnet"], row["navn_da"], row["navn_en"]),
            *(row["kommunegruppe"], row["nuts"]),
        )
        for row in rows
    ]
    assert [row["code"] for row in ours if row["level"] == "uoplyst"] == ["99"]


def test_the_measures_are_those_of_the_list_with_laws_and_validity(library: Library, lists: Path):
    rows = listed(lists / "indsatser.csv")
    ours = library.classifications["indsatser"]

    assert [row["code"] for row in ours.rows] == [row["kode"] for row in rows]
    for row in rows:
        own = ours.row(row["kode"])
        assert (own["da"], own["en"]) == (row["tekst_da"], row["tekst_en"])
        assert (own["sel"], own["bl"], own["lbu"]) == (row["sel"], row["bl"], row["lbu"])
        assert (own["successor"], own["direction"], own["until"]) == (row["efterfoelger"], row["rettethed"], row["til"])
        assert own["since"] or own["collected_from"] == row["fra"]
        assert own["parent"] == row["overordnet"].replace("TOTAL", "")


def test_what_was_law_before_it_was_collected_has_no_since(library: Library):
    ours = library.classifications["indsatser"]

    assert {row["code"] for row in ours.rows if row["collected_from"]} == {"408", "409", "411"}
    assert all(not ours.row(code)["since"] for code in ("408", "409", "411"))


@pytest.mark.parametrize("name", ["ISBU01", "ISBU02", "ISBU03", "ISBU04"])
def test_each_table_has_the_measures_the_list_gives_it(library: Library, lists: Path, name: str):
    wanted = [
        row["kode"]
        for row in listed(lists / "indsatser.csv")
        if row["tabeller"] == "alle" or name in row["tabeller"].split()
    ]

    assert list(library.tables[name].dimension("INDSATSER").codes) == wanted


def test_the_lines_of_the_net_statement_are_those_of_the_list(library: Library, lists: Path):
    rows = listed(lists / "bu04a-foran.csv")
    values = library.tables["BU04A"].dimension("FORAN").values
    ours = library.classifications["foranstaltninger"]

    assert [(value.code, value.text.da, value.text.en, value.since or "", value.until or "") for value in values] == [
        (row["kode"], row["tekst_da"], row["tekst_en"], row["fra"], row["til"]) for row in rows
    ]
    assert [row["unborn"] for row in ours.rows] == [row["ufoedt"] for row in rows]


@pytest.mark.parametrize(
    ("name", "dimension", "file"),
    [
        ("ISBU04", "ALDER", "alder.csv"),
        ("BU04A", "ALDER", "alder.csv"),
        ("BU43", "ALDER", "alder.csv"),
        ("ISBU04", "KØN", "koen.csv"),
        ("BU04A", "KØN", "koen.csv"),
        ("BU43", "FORANSTALT", "bu43-foranstalt.csv"),
        ("BU28", "FORAN", "bu28-foran.csv"),
    ],
)
def test_small_lists_agree_code_for_code(library: Library, lists: Path, name: str, dimension: str, file: str):
    rows = [row for row in listed(lists / file) if row.get("tabel", name) == name]

    ours = library.tables[name].dimension(dimension).values

    assert [(value.code, value.text.da, value.text.en) for value in ours] == [
        (row["kode"], row["tekst_da"], row["tekst_en"]) for row in rows
    ]


def test_places_of_placement_agree_code_for_code(library: Library, lists: Path):
    assert [
        (row["code"], row["da"], row["since"], row["until"]) for row in library.classifications["anbringelsessted"].rows
    ] == [(row["kode"], row["tekst_da"], row["fra"], row["til"]) for row in listed(lists / "anbringelsessted.csv")]


def test_the_closed_table_has_the_sections_of_group_6_before_2024(library: Library, lists: Path):
    group = [row["kode"] for row in listed(lists / "indsatser.csv") if row["overordnet"] == "6" and row["fra"] < "2024"]
    table = library.tables["BUFF01"]

    assert set(table.dimension("FORAN").codes) == {"3", *group}
    assert {value.parent for value in table.dimension("FORAN").values[1:]} == {"3"}
    assert {value.nests for value in table.dimension("FORAN").values} == {"fully"}
    assert (table.status, table.replaced_by) == ("closed", "ISBU04")


def test_titles_agree_with_the_real_headers(library: Library, lists: Path):
    headers = {row["id"]: row for row in listed(lists / "dst-tabelhoveder.csv") if row.get("id") in library.tables}
    spelling = {"intervention and supprt": "intervention and support"}

    for name, header in headers.items():
        title = library.tables[name].title
        english = header["tekst_en"]
        for wrong, right in spelling.items():
            english = english.replace(wrong, right)
        assert title.en == english
        assert not header["tekst_da"] or title.da == header["tekst_da"]


def test_a_municipality_that_cannot_occur_is_in_no_table_of_children(library: Library):
    for name, dimension in (("ISBU01", "KOMMUNEDK"), ("ISBU02", "KOMMUNEDK"), ("BU43", "OMRÅDE")):
        values = library.tables[name].dimension(dimension).values
        assert "411" not in {value.code for value in values}
        assert {value.parent for value in values[1:]} == {"000"}


def test_what_hangs_in_the_net_statement_is_what_adds_up_or_does_not(library: Library):
    values = {value.code: (value.parent, value.nests) for value in library.tables["BU04A"].dimension("FORAN").values}

    assert values["3"] == ("1", "no")
    assert values["4"] == values["6"] == ("3", "fully")
    assert values["2"] == values["9"] == ("1", "fully")
    assert values["8"] == ("1", "partly")
    assert values["108"] == values["99"] == ("9", "fully")
    assert values["420"] == values["498"] == ("2", "partly")


def test_the_extract_of_the_population_has_no_total_of_age_and_sums_sex(library: Library):
    table = library.tables["FOLK1A"]

    assert [dimension.elimination for dimension in table.dimensions] == ["000", SUM, None, None]
    assert {value.nests for value in table.dimension("OMRÅDE").values if value.level == "kommune"} == {"partly"}
    assert {value.nests for value in table.dimension("OMRÅDE").values if value.level == "region"} == {"fully"}
    assert table.measures[0].missing == "unknown"
    assert table.time.values[0].text.en == "2008Q1"


@pytest.mark.parametrize("name", SYNTHETIC)
def test_synthetic_tables_say_so_in_source_and_note(library: Library, name: str):
    table = library.tables[name]

    assert "yntetisk" in table.source.da
    assert "ynthetic" in table.source.en
    first = table.notes[0]
    assert (first.at, first.mandatory) == ({}, True)
    assert first.text.da == "Tallene er syntetiske og viser ikke virkelige forhold."
    assert first.text.en == "The figures are synthetic and do not show real conditions."


def test_every_year_of_expenditure_says_whether_it_is_real(library: Library):
    table = library.tables["BU28"]
    notes = [note for note in table.notes if "Tid" in note.at and note.mandatory]

    real = {code for note in notes if "irkelige tal" in note.text.da for code in note.at["Tid"]}
    made = {code for note in notes if "syntetiske" in note.text.da for code in note.at["Tid"]}

    assert real == {"2012", "2013", "2014", "2015"}
    assert made | real == set(table.time.codes)
    assert table.measures[0].prices == "current"
    assert table.measures[0].minimum is None


def test_an_invented_note_about_a_municipality_says_it_is_an_example(library: Library):
    for table in library.tables.values():
        for note in table.notes:
            if " Kommune " in note.text.da:
                assert note.text.da.endswith("(syntetisk eksempel)")
                assert note.text.en.endswith("(synthetic example)")


def test_every_table_can_be_found_read_and_asked_about(library: Library):
    for table in library.tables.values():
        assert table.contacts
        assert all(contact.email.endswith("@example.dk") for contact in table.contacts)
        assert table.default
        assert table.disclosure
        assert table.related
        assert table.notes


def test_the_group_has_the_relations_the_public_can_write_down(library: Library, shared: Path):
    group = library.groups["stoette"]

    assert set(group.tables) == set(SYNTHETIC)
    assert group == read_group(shared / "specs" / "library" / "protection" / "stoette.yaml")
    assert library.group_of("BU28").tables == ("BU28",)


def test_the_calendar_is_in_danish_time(library: Library):
    assert [entry.at.strftime("%Y-%m-%dT%H:%MZ") for entry in library.site.calendar] == [
        "2022-06-21T06:00Z",
        "2023-06-08T06:00Z",
        "2024-06-06T06:00Z",
        "2025-05-23T06:00Z",
        "2025-05-28T06:00Z",
        "2027-06-10T06:00Z",
    ]

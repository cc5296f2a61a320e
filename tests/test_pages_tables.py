"""The page of a table: choosing, turning, sorting, reckoning, notes and refusals, all by its address (ux §3, §4)."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from flask.testing import FlaskClient

from tests.conftest import OPENING
from tests.test_pages import CODES, NAMES, Page, opened, page, publish_rich

TABLE = "/da/tabel/AREA1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_rich(tmp_path_factory.mktemp("tables"))


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    return opened(folder)


def rows(found: Page) -> list[str]:
    return [text for attrs, text in found.all("th", scope="row")]


def cells(found: Page) -> list[str]:
    return [text for attrs, text in found.all("td") if attrs.get("class") == "num"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("KOMMUNE=102&KOMMUNE=101&Tid=top(2)", "KOMMUNE=101,102&Tid=top(2)"),
        ("ALDER=IALT&ALDER=0617&ALDER=0005&Tid=2024", "ALDER=*&Tid=2024"),
        ("KOMMUNE=*&KOMMUNE=101&Tid=*", "KOMMUNE=*&Tid=*"),
        ("Tid=&Tid=from(2022)&Tid=to(2023)", "Tid=range(2022,2023)"),
        ("Tid=&Tid=from(2022)&Tid=2024", "Tid=from(2022)"),
        ("columns=Tid&Tid=&Tid=2024&Tid=2021", "Tid=2021,2024&columns=Tid"),
        ("KOMMUNE=101&calc=&base=year", "KOMMUNE=101"),
        ("KOMMUNE=101&utm_source=x&fbclid=y", "KOMMUNE=101"),
        ("rows=&columns=&calc=&base=&Tid=", ""),
        ("KOMMUNE=101&x-asof=2024-06-06T0600Z&rows=", "KOMMUNE=101&x-asof=2024-06-06T0600Z"),
    ],
)
def test_what_a_form_sends_becomes_the_short_address(client: FlaskClient, sent: str, kept: str) -> None:
    answer = client.get(f"{TABLE}?{sent}")

    assert answer.status_code == 303
    assert answer.headers["Location"] == (f"{TABLE}?{kept}" if kept else TABLE)
    assert client.get(answer.headers["Location"]).status_code == 200


def test_the_form_says_what_is_chosen_and_what_nothing_means(client: FlaskClient) -> None:
    found = page(client, f"{TABLE}?KOMMUNE=101,103&Tid=top(1)")

    chosen = [attrs["value"] for attrs, _ in found.all("option") if "selected" in attrs]
    checked = [(attrs["name"], attrs["value"]) for attrs, _ in found.all("input") if "checked" in attrs]
    legends = [text for _, text in found.all("legend")]
    hints = [text for _, text in found.all("p", class_="hint")]

    assert [each for each in chosen if each] == ["101", "103"]
    assert checked == [("Tid", "top(1)")]
    assert legends == ["Kommune", "Alder", "Tid", "Beregning"]
    assert hints[:3] == [
        "Intet valgt: Hele landet.",
        "Intet valgt: Alder i alt.",
        "Intet valgt: den nyeste periode.",
    ]


def test_a_hidden_cell_is_counted_and_carries_its_words(client: FlaskClient) -> None:
    found = page(client, f"{TABLE}?KOMMUNE={CODES[-1]},101&ALDER=*&Tid=2024")

    hidden = [text for text in cells(found) if text.startswith("..")]

    assert hidden
    assert set(hidden) == {".. vises ikke af hensyn til fortrolighed eller usikkerhed"}
    assert any(f"{len(hidden)} af 6 tal vises ikke." in text for _, text in found.all("p", class_="hidden-count"))
    assert [text for _, text in found.all("p", class_="legend")] == [
        ".. vises ikke af hensyn til fortrolighed eller usikkerhed"
    ]


def test_headers_of_two_levels_are_named_by_every_cell(client: FlaskClient) -> None:
    found = page(client, f"{TABLE}?KOMMUNE=101,102&ALDER=0005,0617&Tid=2023,2024&rows=KOMMUNE,ALDER&columns=Tid")
    ids = {attrs["id"] for attrs, _ in found.all("th") if "id" in attrs}

    named = [str(attrs["headers"]).split() for attrs, _ in found.all("td") if "headers" in attrs]

    assert len(named) == 8
    assert all(len(each) == 3 and set(each) <= ids for each in named)


def test_columns_sort_up_and_down_and_hidden_cells_stay_last(client: FlaskClient) -> None:
    keys = f"KOMMUNE=101,102,{CODES[-1]}&ALDER=0005&Tid=2024"
    plain = rows(page(client, f"{TABLE}?{keys}"))

    up = page(client, f"{TABLE}?{keys}&sort=2024")
    down = page(client, f"{TABLE}?{keys}&sort=-2024")
    text = page(client, f"{TABLE}?{keys}&sort=-text")

    last = next(name for name in plain if name.startswith("Egedal"))
    assert rows(up)[-1] == rows(down)[-1] == last
    assert rows(up)[:2] == list(reversed(rows(down)[:2]))
    assert [attrs["aria-sort"] for attrs, _ in down.all("th") if "aria-sort" in attrs] == ["descending"]
    assert rows(text) == sorted(plain, reverse=True)


def test_a_spreadsheet_stands_and_sorts_as_the_page(client: FlaskClient) -> None:
    address = f"{TABLE}?KOMMUNE=101,102,103&Tid=2023,2024&sort=-2024"

    book = openpyxl.load_workbook(io.BytesIO(client.get(address.replace("?", ".xlsx?")).data))
    sheet = list(book.worksheets[0].iter_rows(min_row=4, values_only=True))

    assert [row[0] for row in sheet] == ["Dragør", "Frederiksberg", "København"]
    assert [row[1:] for row in sheet] == [(64, 66), (44, 46), (24, 26)]


def test_a_column_leads_to_its_three_orders(client: FlaskClient) -> None:
    def following(address: str) -> list[str]:
        heads = [str(attrs["href"]) for attrs, text in page(client, address).all("a") if text == "2024"]
        return parse_qs(urlsplit(heads[0]).query).get("sort", [""])

    assert following(TABLE) == ["2024"]
    assert following(f"{TABLE}?sort=2024") == ["-2024"]
    assert following(f"{TABLE}?sort=-2024") == [""]


def test_rows_and_columns_change_places_by_links(client: FlaskClient) -> None:
    found = page(client, f"{TABLE}?KOMMUNE=101,102&ALDER=*&Tid=*")
    turn = next(str(attrs["href"]) for attrs, text in found.all("a") if text == "Drej")

    turned = page(client, turn)

    assert "rows=Tid" in turn
    assert rows(turned) == ["2021", "2022", "2023", "2024"]
    assert page(client, f"{TABLE}?KOMMUNE=101&Tid=*&rows=ALDER,Tid").all("table")  # ALDER is in no cell: passed over


def test_a_calculation_is_named_and_crosses_breaks_openly(client: FlaskClient) -> None:
    found = page(client, f"{TABLE}?KOMMUNE=101&ALDER=0005&Tid=2023&calc=change")

    (caption,) = [text for _, text in found.all("caption")]

    assert "Ændring siden perioden før" in caption
    assert cells(found) == ["1"]
    assert any("Databrud 2023" in text for _, text in found.all("li"))


def test_shares_of_what_does_not_add_up_say_so(client: FlaskClient) -> None:
    found = page(client, f"{TABLE}?KOMMUNE=101&Tid=2024&calc=share&base=KOMMUNE")

    assert any("Andelene giver ikke 100 tilsammen" in text for _, text in found.all("li"))


def test_notes_stand_by_what_they_concern(client: FlaskClient) -> None:
    found = page(client, f"{TABLE}?KOMMUNE=101,102&Tid=2023,2024")

    marked = [text for text in rows(found) if text[-1].isdigit()]
    with_note = [text for text in cells(found) if len(text) > 2]
    important = [text for _, text in found.all("section", class_="important")]

    assert marked == ["København2"]
    assert len(with_note) == 1
    assert "Et barn kan tælle med i to kommuner." in important[0]
    assert "Ét tal er usikkert." in found.all("section", id="notes")[0][1]


@pytest.mark.parametrize(
    ("keys", "status", "told", "cure"),
    [
        ("KOMMUNE=10", 400, "KOMMUNE har ingen værdi 10", "Brug København (101)"),
        ("KOMUNE=101", 400, "Tabellen har ingen variabel KOMUNE", "Brug kommune (KOMMUNE)"),
        ("KOMMUNE=*&codelist[kommune]=vs_OMRAADE_KOMUNE", 400, "ingen kodeliste", "Brug vs_OMRAADE_KOMMUNE"),
        ("colums=Tid", 400, "Mente du columns?", "Brug columns"),
        ("view=tabel", 400, "Mente du table?", "Brug table"),
        ("calc=pctt", 400, "calc=pctt findes ikke", "Vis uden calc"),
        ("sort=1999", 400, "ingen kolonne sort=1999", "Brug 2023"),
        ("base=2023", 400, "vælg en beregning", "Vis uden base"),
        ("KOMMUNE=101&x-asof=2035-01-01T0000Z", 400, "x-asof kan ikke bruges", "Vis uden x-asof"),
        ("calc=share&base=Tid&KOMMUNE=101", 400, "har ingen total at tage andele af", "Vis uden calc"),
    ],
)
def test_a_wrong_turn_says_what_to_do(client: FlaskClient, keys: str, status: int, told: str, cure: str) -> None:
    found = page(client, f"{TABLE}?{keys}", status)

    (refused,) = [text for _, text in found.all("section", role="alert")]

    assert told in refused
    assert cure in refused
    for attrs, text in found.all("a"):
        if text.startswith("Brug "):
            assert client.get(str(attrs["href"])).status_code == 200
    assert found.all("form", class_="choose")


def test_a_refused_page_keeps_what_was_chosen(client: FlaskClient) -> None:
    found = page(client, f"{TABLE}?KOMMUNE=101,999&ALDER=0005&Tid=*", 400)

    chosen = [attrs["value"] for attrs, _ in found.all("option") if "selected" in attrs]
    checked = [(attrs["name"], attrs["value"]) for attrs, _ in found.all("input") if "checked" in attrs]

    assert [each for each in chosen if each] == ["101"]
    assert checked == [("ALDER", "0005"), ("Tid", "*")]


def test_too_many_cells_is_told_on_the_page_with_ways_out(folder: Path) -> None:
    small = opened(folder, max_page_cells=20)

    found = page(small, f"{TABLE}?KOMMUNE=*&Tid=*", 413)

    (refused,) = [text for _, text in found.all("section", role="alert")]
    assert "76 celler" in refused
    assert "kommune (19)" in refused
    assert f"{TABLE}.csv?KOMMUNE=*&Tid=*" in [attrs["href"] for attrs, _ in found.all("a")]


def test_a_view_that_makes_no_sense_says_so_and_keeps_what_was_chosen(client: FlaskClient) -> None:
    found = page(client, f"{TABLE}?KOMMUNE=101,102&Tid=2024&view=line")

    (told,) = [text for _, text in found.all("div", role="status")]
    tried = next(str(attrs["href"]) for attrs, text in found.all("a") if text == "Søjler")

    assert told.startswith("«Linjer» kan ikke vises for det, du har valgt. Visningen kræver mindst to perioder.")
    assert [text for attrs, text in found.all("a", aria_current="page")] == ["Tabel"]
    assert [text.rstrip("23") for text in rows(found)] == ["København", "Frederiksberg"]
    assert [attrs["value"] for attrs, _ in found.all("option") if "selected" in attrs and attrs["value"]][:2] == [
        "101",
        "102",
    ]
    assert [attrs["value"] for attrs, _ in found.all("input", name="view")] == ["line"]
    assert "view=bar" in tried
    assert "KOMMUNE=101,102" in tried
    assert not page(client, tried).all("div", role="status")


def test_an_unknown_table_is_met_with_those_nearest(client: FlaskClient) -> None:
    found = page(client, "/da/tabel/AREA2", 404)

    assert f"{TABLE}" in [attrs["href"] for attrs, _ in found.all("a")]


def test_a_closed_table_shows_its_last_figures_and_its_successor(client: FlaskClient) -> None:
    found = page(client, "/da/tabel/OLD1")

    assert any(attrs["href"] == "/da/tabel/TOY" for attrs, _ in found.all("a"))
    assert "afsluttet" in found.all("p", class_="closed")[0][1]
    assert cells(found)


@pytest.mark.parametrize(
    ("address", "status", "place"),
    [
        ("/AREA1", 302, "/da/tabel/AREA1"),
        ("/area1", 302, "/da/tabel/AREA1"),
        ("/da/tabel/area1?Tid=*", 301, "/da/tabel/AREA1?Tid=*"),
        ("/en/tabel/AREA1?Tid=*", 301, "/en/table/AREA1?Tid=*"),
        ("/da/table/AREA1/about", 301, "/da/tabel/AREA1/om"),
        ("/en/kalender", 301, "/en/calendar"),
        ("/da/kalender/", 301, "/da/kalender"),
        ("/da/kommune", 301, "/da/kommune/"),
        ("/was", 302, "https://www.example.dk/tilgaengelighed"),
    ],
)
def test_addresses_lead_to_their_one_place(client: FlaskClient, address: str, status: int, place: str) -> None:
    answer = client.get(address)

    assert (answer.status_code, answer.headers["Location"]) == (status, place)


def test_a_municipality_stands_beside_the_whole_country(client: FlaskClient) -> None:
    found = page(client, "/da/kommune/101")

    assert [text for attrs, text in found.all("td")] == ["2024", "26", "+2", "3.348", "Antal"]
    assert page(client, "/da/kommune/999", 404)


def test_whole_tables_are_listed_for_machines_with_their_hash(client: FlaskClient) -> None:
    entries = {each["id"]: each for each in client.get("/alt.json").json["tables"]}

    assert set(entries) == {"TOY", "AREA1", "OLD1"}
    for file in entries["AREA1"]["files"]:
        with client.get(file["url"].removeprefix("https://example.dk")) as answer:
            assert hashlib.sha256(answer.data).hexdigest() == file["sha256"]
            assert len(answer.data) == file["bytes"]
        with client.get(file["url"].removeprefix("https://example.dk"), headers={"Range": "bytes=0-9"}) as part:
            assert (part.status_code, len(part.data)) == (206, 10)
    assert client.get("/alt/AREA1.zip").status_code == 404


def test_classifications_can_be_taken_along(client: FlaskClient) -> None:
    text = client.get("/da/klassifikation/omraade.csv").text
    data = client.get("/en/classification/omraade.json").json

    assert text.splitlines()[:2] == ["code,level,parent,since,until,da,en", "000,land,,,,Hele landet,All Denmark"]
    assert len(data["values"]) == len(CODES) + 2
    assert data["values"][2]["parent"] == "084"


def test_search_finds_by_everyday_words_and_narrows(client: FlaskClient) -> None:
    def found(address: str) -> list[str]:
        return [text.split()[0] for attrs, text in page(client, address).all("a") if attrs.get("class") == "title"]

    assert found("/da/soeg?q=barn kommune") == ["AREA1"]
    assert set(found("/da/soeg?q=støtte")) >= {"TOY"}
    assert found("/da/soeg?q=gladsaxe") == ["AREA1"]
    assert set(found("/da/soeg?q=børn&state=closed")) <= {"OLD1"}
    assert "kommuner" in page(client, "/da/soeg?q=komuner").all("p", class_="lead")[0][1]


def test_search_knows_nothing_before_its_time(folder: Path) -> None:
    early = opened(folder, OPENING - timedelta(minutes=1))

    assert "AREA1" not in early.get("/da/soeg?q=gladsaxe").text
    assert "AREA1" in opened(folder).get("/da/soeg?q=gladsaxe").text


def test_a_page_as_markdown_stands_and_sorts_as_it_does(client: FlaskClient) -> None:
    answer = client.get(f"{TABLE}.md?KOMMUNE=101,102,{CODES[-1]}&ALDER=0005&Tid=2023,2024&sort=-2024")

    lines = [line for line in answer.text.splitlines() if line.startswith("|")]

    assert answer.content_type == "text/markdown; charset=utf-8"
    assert answer.headers["Content-Disposition"].endswith('.md"')
    assert lines[0] == "| Kommune | 2023 | 2024 |"
    assert lines[-1].startswith(f"| {NAMES[-1]} | ..")
    assert "vises ikke af hensyn til fortrolighed" in answer.text


def test_a_code_list_is_one_level_of_a_variable(client: FlaskClient) -> None:
    listed = client.get(f"{TABLE}.csv?KOMMUNE=*&codelist[KOMMUNE]=vs_OMRAADE_KOMMUNE&Tid=2024").text.splitlines()[1:]
    first = client.get(f"{TABLE}.csv?KOMMUNE=top(2)&codelist[kommune]=vs_omraade_kommune&Tid=2024").text.splitlines()

    assert [line[:3] for line in listed] == list(CODES)  # without the whole country
    assert [line[:3] for line in first[1:]] == list(CODES[:2])
    assert client.get(f"{TABLE}.csv?codelist[KOMMUNE]=agg_OMRAADE_KOMMUNE&Tid=2024").text.count("\n") == 2
    assert client.get(f"{TABLE}.csv?KOMMUNE=*&codelist[KOMMUNE]=agg_OMRAADE_REGION&Tid=2024").status_code == 400
    assert client.get("/embed/AREA1?KOMMUNE=*&codelist[KOMMUNE]=vs_OMRAADE_KOMMUNE").status_code == 200

"""Frames, pages and files: one address, all uses, and nothing that needs JavaScript (ux §1, §4, §6)."""

import csv
import io
import json
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

from service import create_app
from service.settings import Settings
from service.texts import STATUS, WORDS, date, moment
from tables.bank import Bank
from tables.model import Text
from tables.takeback import Undo, withdraw
from tests.conftest import OPENING, Publish

EVERYTHING = "KØN=*&OMRÅDE=*&Tid=*"


@pytest.fixture
def client(toy: Bank) -> FlaskClient:
    return create_app(toy, Settings(url="https://example.dk")).test_client()


class Page(HTMLParser):
    """The elements of a page in order, each with its attributes and its text."""

    VOID = ("meta", "link", "br", "img", "input")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[int] = []
        self.feed(text)
        self.close()
        assert not self._open, "an element is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))
        if tag not in self.VOID:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self._open[-1]][0] == tag
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for place in self._open:
            self.elements[place][2].append(data)

    def all(self, tag: str, **attributes: str) -> list[tuple[dict[str, str | None], str]]:
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            (attrs, "".join(text))
            for found, attrs, text in self.elements
            if found == tag and wanted.items() <= attrs.items()
        ]


def page(client: FlaskClient, address: str, status: int = 200) -> Page:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    assert answer.content_type == "text/html; charset=utf-8"
    return Page(answer.text)


def test_a_frame_shows_the_default_table_with_all_that_it_needs(client: FlaskClient) -> None:
    found = page(client, "/embed/TOY")

    ((_, caption),) = found.all("caption")
    assert caption == "Børn med støtte efter område, køn og tidEnhed: Antal · Tid: 2024"
    assert [text for _, text in found.all("th", scope="row")] == ["Hele landet", "Nord", "Syd"]
    assert [text for _, text in found.all("th", scope="col")] == ["Område", "Drenge", "Piger"]
    assert "Tallene er syntetiske." in [text for _, text in found.all("li")]
    ((_, source),) = found.all("p", class_="source")
    assert source == "Kilde: Syntetiske data · Opdateret 6. juni 2024 · Se tabellen · Hent CSV"
    assert {attrs["href"] for attrs, _ in found.all("a")} == {
        "/da/tabel/TOY",
        "/da/tabel/TOY.csv",
    }
    assert [attrs["src"] for attrs, _ in found.all("script")] == ["/static/embed-child.js"]
    assert len(found.all("h1")) == 1


def test_a_hidden_cell_says_so_and_only_the_signs_in_use_are_explained(client: FlaskClient) -> None:
    found = page(client, "/embed/TOY?KØN=D&OMRÅDE=*&Tid=*")
    plain = page(client, "/embed/TOY?OMRÅDE=000&Tid=*")

    hidden = [text for _, text in found.all("td") if text.startswith("..")]
    assert set(hidden) == {".. vises ikke af hensyn til fortrolighed eller usikkerhed"}
    assert [text for _, text in found.all("dt")] == [".."]
    assert not plain.all("dt")


def test_several_levels_tie_each_cell_to_its_headers(client: FlaskClient) -> None:
    found = page(client, f"/embed/TOY?{EVERYTHING}&rows=OMRÅDE&columns=KØN,Tid&lang=en")

    ids = {attrs["id"]: text for attrs, text in found.all("th") if "id" in attrs}
    cells = found.all("td")
    assert len(cells) == 12
    labels = [" ".join(ids[each] for each in (attrs["headers"] or "").split()) for attrs, _ in cells]
    assert labels[:2] == ["All Denmark Boys 2023", "All Denmark Boys 2024"]
    assert labels[-1] == "South Girls 2024"
    assert len(labels) == len(set(labels))
    assert [attrs["scope"] for attrs, _ in found.all("th", colspan="2")] == ["colgroup"] * 2


def test_a_frame_may_be_framed_by_anyone_and_keeps_nothing(client: FlaskClient) -> None:
    for address in ("/embed/TOY", "/embed/NO1", "/embed/TOY?KØN=9"):
        headers = client.get(address).headers

        assert headers["Content-Security-Policy"] == (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
            "form-action 'none'; frame-ancestors *"
        )
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Content-Language"] == "da"
        assert "X-Frame-Options" not in headers
        assert "Set-Cookie" not in headers
    good = client.get("/embed/toy?KØN=D").headers
    assert good["Link"] == '<https://example.dk/da/tabel/TOY?K%C3%98N=D>; rel="canonical"'
    assert good["Statbank-Release"] == "TOY@2024-06-06T0600Z"


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/embed/NO1?lang=en", 404, "There is no such table."),
        ("/embed/TOY?KØN=9", 400, "KØN har ingen værdi 9."),
        ("/embed/TOY?KÖN=D", 400, "Tabellen har ingen variabel KÖN."),
        ("/embed/TOY?x-other=1", 400, "x-other"),
        ("/embed/TOY?view=map", 400, "Kortet"),
        ("/embed/TOY?lang=sv", 400, "lang"),
        ("/embed/TOY?rows=Nope", 400, "Nope"),
        ("/embed/TOY?x-asof=2030-01-01T0000Z", 400, "x-asof"),
    ],
)
def test_a_refusal_is_a_small_frame(client: FlaskClient, address: str, status: int, words: str) -> None:
    found = page(client, address, status)

    assert words in " ".join(text for _, text in found.all("p"))
    ((way_on, _),) = found.all("a")
    assert client.get(way_on["href"] or "").status_code == 200
    assert (way_on["href"] or "").endswith("/TOY") == ("/TOY" in address)


def test_a_table_that_is_damaged_is_a_frame_that_says_try_again(publish: Publish, tmp_path: Path) -> None:
    act = publish("2024-06-06 08:00")
    client = frames(tmp_path / "bank")
    for name in ("shown.arrow", "cells.parquet"):
        path = act.folder / "TOY" / name
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:-1])

    answer = client.get("/embed/TOY")

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert [attrs["src"] for attrs, _ in Page(answer.text).all("script")] == ["/static/embed-child.js"]


def test_a_frame_has_a_limit_of_its_own(toy: Bank) -> None:
    small = create_app(toy, Settings(max_page_cells=11)).test_client()

    assert [attrs["href"] for attrs, _ in page(small, f"/embed/TOY?{EVERYTHING}", 413).all("a")] == ["/da/tabel/TOY"]
    assert small.get(f"/embed/TOY?{EVERYTHING}").status_code == 413
    assert small.get(f"/da/tabel/TOY?{EVERYTHING}").status_code == 413
    assert small.get(f"/da/tabel/TOY.csv?{EVERYTHING}").status_code == 200


def frames(folder: Path) -> FlaskClient:
    bank = Bank(folder, clock=lambda: OPENING + timedelta(days=9))
    bank.refresh()
    return create_app(bank, Settings(url="https://example.dk")).test_client()


def rewrite(library: Path, old: str, new: str) -> None:
    path = library / "TOY/table.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def change(library: Path, cells: dict[tuple[str, str, str], int]) -> None:
    path = library / "TOY/cube.parquet"
    rows = pq.read_table(path).to_pylist()
    for row in rows:
        row["antal"] = cells.get((row["KØN"], row["OMRÅDE"], row["Tid"]), row["antal"])
    pq.write_table(pa.Table.from_pylist(rows), path)


FROZEN = "/embed/TOY?KØN=*&OMRÅDE=*&Tid=top(1)&x-asof=2024-06-06T0600Z"
RISEN = {("P", "000", "2023"): 20, ("P", "01", "2023"): 11}


def test_a_frozen_frame_keeps_its_release_in_every_link(publish: Publish, library: Path, tmp_path: Path) -> None:
    publish("2024-06-06 08:00")
    rewrite(library, "Tallene er syntetiske", "Nye ord")
    publish("2024-06-07 08:00")
    client = frames(tmp_path / "bank")

    frozen = page(client, "/embed/TOY?KØN=*&x-asof=2024-06-06T0600Z")
    live = page(client, "/embed/TOY?KØN=*")

    assert frozen.all("p", class_="asof")[0][1] == "Tallene, som de blev udgivet 6. juni 2024 kl. 08.00"
    assert all("x-asof" in (attrs["href"] or "") for attrs, _ in frozen.all("a"))
    assert not frozen.all("a", class_="newer")  # only texts have changed
    assert "Tallene er syntetiske." in [text for _, text in frozen.all("li")]
    assert "Nye ord." in [text for _, text in live.all("li")]
    assert not live.all("p", class_="asof")


def test_a_frozen_frame_says_when_newer_figures_exist_and_shows_its_own(
    publish: Publish, library: Path, tmp_path: Path
) -> None:
    publish("2024-06-06 08:00")
    before = page(frames(tmp_path / "bank"), FROZEN)
    change(library, RISEN)
    publish("2024-06-07 08:00")
    after = page(frames(tmp_path / "bank"), FROZEN)
    english = page(frames(tmp_path / "bank"), f"{FROZEN}&lang=en")

    assert not before.all("a", class_="newer")
    ((link, words),) = after.all("a", class_="newer")
    assert words == "Der findes nyere tal"
    assert link["href"] == "/da/tabel/TOY?K%C3%98N=*&OMR%C3%85DE=*&Tid=top(1)"
    assert english.all("a", class_="newer")[0][1] == "Newer figures exist"
    assert after.all("td") == before.all("td")
    assert after.all("dt") == before.all("dt")
    assert not after.all("a", class_="corrected")


def test_a_frozen_frame_says_when_its_figures_were_corrected(publish: Publish, library: Path, tmp_path: Path) -> None:
    publish("2024-06-06 08:00")
    change(library, RISEN)
    publish("2024-06-06 10:48", notice=Text("To tal var forkerte.", "Two figures were wrong."))
    publish("2024-06-08 08:00")

    found = page(frames(tmp_path / "bank"), FROZEN)

    ((link, words),) = found.all("a", class_="corrected")
    assert words == "Tallene er rettet 6. juni 2024"
    assert link["href"] == "/da/rettelser#TOY@2024-06-06T0848Z"


def test_figures_that_were_withdrawn_are_no_newer_ones(publish: Publish, library: Path, tmp_path: Path) -> None:
    publish("2024-06-06 08:00")
    change(library, RISEN)
    publish("2024-06-07 08:00")
    undo = Undo("2024-06-08 08:00", Text("En fejl.", "A fault."), "x")
    clock = lambda: OPENING + timedelta(days=1, hours=1)  # noqa: E731
    withdraw(tmp_path / "bank", "TOY", "TOY@2024-06-07T0600Z", undo, clock=clock)

    found = page(frames(tmp_path / "bank"), FROZEN)

    assert not found.all("a", class_="newer")
    assert page(frames(tmp_path / "bank"), "/embed/TOY", 410).all("p")


def test_a_withdrawn_release_is_a_frame_that_says_why(publish: Publish, library: Path, tmp_path: Path) -> None:
    publish("2024-06-06 08:00")
    why = Text("En fejl viste for meget.", "A fault showed too much.")
    clock = lambda: OPENING + timedelta(hours=1)  # noqa: E731
    withdraw(tmp_path / "bank", "TOY", "TOY@2024-06-06T0600Z", Undo("2024-06-07 08:00", why, "x"), clock=clock)

    found = page(frames(tmp_path / "bank"), FROZEN, 410)

    assert "En fejl viste for meget." in [text for _, text in found.all("p")]
    assert [attrs["href"] for attrs, _ in found.all("a")] == ["/da/tabel/TOY/udgivelser"]
    assert [attrs["src"] for attrs, _ in found.all("script")] == ["/static/embed-child.js"]


def test_a_frame_introduces_itself_where_it_is_shared(client: FlaskClient) -> None:
    found = page(client, "/embed/TOY?KØN=*&lang=en")

    told = {attrs["property"]: attrs["content"] for attrs, _ in found.all("meta") if "property" in attrs}
    assert told["og:title"] == "Children with support by sex and time"
    assert told["og:url"] == "https://example.dk/en/table/TOY?K%C3%98N=*"
    assert told["og:locale"] == "en_GB"
    assert "Synthetic data" in (told["og:description"] or "")
    ((oembed, _),) = found.all("link", type="application/json+oembed")
    assert (oembed["href"] or "").startswith(
        "https://example.dk/oembed?url=https%3A%2F%2Fexample.dk%2Fen%2Ftable%2FTOY"
    )


def test_a_chart_in_a_frame_has_its_figures_beneath(client: FlaskClient) -> None:
    found = page(client, "/embed/TOY?KØN=*&OMRÅDE=*&Tid=2024&view=bar&rows=OMRÅDE&columns=KØN&lang=en")

    ((picture, _),) = found.all("img")
    assert (picture["src"] or "").startswith("/embed/TOY.svg?")
    assert "lang=en" in (picture["src"] or "")
    assert len(found.all("details")) == 1
    assert len(found.all("td")) == 6


@pytest.mark.parametrize("keys", ["Tid=2024&view=line", "KØN=*&view=map", "KØN=*&view=tiles"])
def test_a_chart_that_makes_no_sense_is_refused_with_the_reason(client: FlaskClient, keys: str) -> None:
    found = page(client, f"/embed/TOY?{keys}", 400)

    assert len(found.all("p")[0][1]) > 20


@pytest.mark.slow
def test_a_frame_is_a_still_picture_too(client: FlaskClient) -> None:
    for ending, media, start in (("svg", "image/svg+xml; charset=utf-8", b"<svg"), ("png", "image/png", b"\x89PNG")):
        answer = client.get(f"/embed/TOY.{ending}?KØN=*&Tid=2024")

        assert (answer.status_code, answer.content_type) == (200, media)
        assert answer.data.startswith(start)
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.get("/embed/TOY.gif").status_code == 404


def test_the_host_script_is_kept_for_a_day_and_is_small(client: FlaskClient) -> None:
    with client.get("/embed.js") as host, client.get("/static/embed-child.js") as child:
        sizes = len(host.data), len(child.data)

    assert host.headers["Cache-Control"] == "public, max-age=86400"
    assert host.headers["Access-Control-Allow-Origin"] == "*"
    assert host.content_type == "text/javascript; charset=utf-8"
    assert sizes[0] < 3000
    assert sizes[1] < 2000


def test_the_front_door_lists_all_tables_with_links(client: FlaskClient) -> None:
    for lang, word, title in (("da", "tabel", "Børn med støtte"), ("en", "table", "Children with support")):
        found = page(client, f"/{lang}/")
        links = {attrs["href"] for attrs, _ in found.all("a")}

        assert len(found.all("h1")) == 1
        assert f"/{lang}/{word}/TOY" in links
        assert any(title in text for _, text in found.all("a"))


@pytest.mark.parametrize(
    ("accepted", "place"), [("en-GB,en;q=0.9", "/en/"), ("da,en;q=0.5", "/da/"), ("fi", "/da/"), ("", "/da/")]
)
def test_the_root_leads_to_the_readers_language(client: FlaskClient, accepted: str, place: str) -> None:
    answer = client.get("/", headers={"Accept-Language": accepted})

    assert (answer.status_code, answer.headers["Location"]) == (302, place)
    assert "Accept-Language" in answer.headers["Vary"]


def test_pages_are_framed_by_nobody(client: FlaskClient) -> None:
    for address in ("/da/", "/en/table/TOY", "/da/nothing", "/TOY"):
        assert "frame-ancestors 'none'" in client.get(address).headers["Content-Security-Policy"]


def test_a_table_has_one_address(client: FlaskClient) -> None:
    case = client.get("/da/tabel/toy?KØN=D")
    short = client.get("/toy")

    assert (case.status_code, case.headers["Location"]) == (301, "/da/tabel/TOY?K%C3%98N=D")
    assert (short.status_code, short.headers["Location"]) == (302, "/da/tabel/TOY")
    assert client.get("/nope").status_code == 404


def test_the_page_the_frame_and_the_file_take_the_same_keys(client: FlaskClient) -> None:
    keys = "?kon=[D]&område=range(01,02)&time=*"

    frame = [text for _, text in page(client, f"/embed/TOY{keys}").all("td")]
    shown = [text for _, text in page(client, f"/da/tabel/TOY{keys}").all("td")]
    rows = list(csv.DictReader(io.StringIO(client.get(f"/da/tabel/TOY.csv{keys}").text, newline="")))
    data = json.loads(client.get(f"/en/table/TOY.json{keys}").text)

    assert frame == shown
    assert [row["value"] for row in rows] == ["12", "", "8", ""]
    assert [row["status"] for row in rows] == ["", "confidential"] * 2
    assert data["value"] == [12, None, 8, None]
    assert data["id"] == ["KON", "OMRADE", "ContentsCode", "Tid"]


def test_files_are_named_and_the_danish_one_opens_in_excel(client: FlaskClient) -> None:
    plain = client.get("/en/table/TOY.csv?Tid=*")
    excel = client.get("/da/tabel/TOY.dk.csv?Tid=*")

    assert plain.headers["Content-Disposition"] == 'attachment; filename="TOY_2024-06-06.csv"'
    assert plain.text == "Tid,Tid_text,value,status\r\n2023,2023,36,\r\n2024,2024,28,\r\n"
    assert excel.text == "\N{ZERO WIDTH NO-BREAK SPACE}Tid;Tid_text;value;status\r\n2023;2023;36;\r\n2024;2024;28;\r\n"


@pytest.mark.parametrize("ending", ["xlsx", "parquet", "arrow", "ndjson", "json", "csv", "dk.csv"])
def test_every_ending_gives_a_file(client: FlaskClient, ending: str) -> None:
    answer = client.get(f"/da/tabel/TOY.{ending}?{EVERYTHING}")

    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_a_refused_file_is_a_problem_that_helps(client: FlaskClient) -> None:
    answer = client.get("/en/table/TOY.csv?KØN=X")

    assert (answer.status_code, answer.content_type) == (400, "application/problem+json; charset=utf-8")
    told = json.loads(answer.text)
    assert (told["title"], told["status"]) == ("Invalid request", 400)
    assert told["errors"][0]["param"] == "KØN"


def test_words_dates_and_moments_are_danish_and_english() -> None:
    assert (date(OPENING, "da"), date(OPENING, "en")) == ("6. juni 2024", "6 June 2024")
    assert (moment(OPENING, "da"), moment(OPENING, "en")) == ("6. juni 2024 kl. 08.00", "6 June 2024 at 08:00")
    assert all(word.da and word.en for word in (*WORDS.values(), *STATUS.values()))


def test_the_stylesheet_is_served_and_small(client: FlaskClient) -> None:
    with client.get("/static/statbank.css") as answer:
        assert answer.status_code == 200
        assert len(answer.data) < 15_000

"""Every kind of page, in both languages: whole, without inline code, with links that lead somewhere (ux §2-§4)."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

from service import create_app
from service.pages.phrases import PHRASES
from service.settings import Settings
from tables.bank import Bank
from tables.rehearsal import rehearse
from tables.release import release
from tests.conftest import OPENING, TABLE, write_library

AREAS = """\
id: omraade
version: 2007-01-01
text: {da: Regioner og kommuner, en: Regions and municipalities}
levels:
  land: {da: Hele landet, en: All Denmark}
  region: {da: Region, en: Region, map: Denmark_region_07}
  kommune: {da: Kommune, en: Municipality, map: Denmark_municipality_07}
values: |
  code ; level ; parent ; since ; until ; da ; en
  000 ; land ; ; ; ; Hele landet ; All Denmark
  084 ; region ; 000 ; ; ; Region Hovedstaden ; Region Hovedstaden
"""
NAMES = ("København", "Frederiksberg", "Dragør", "Tårnby", "Albertslund", "Ballerup", "Brøndby", "Gentofte", "Gladsaxe")
NAMES += ("Glostrup", "Herlev", "Hvidovre", "Høje-Taastrup", "Ishøj", "Rødovre", "Vallensbæk", "Allerød", "Egedal")
CODES = tuple(f"{101 + place}" for place in range(len(NAMES)))
AREA1 = """\
id: AREA1
subject: "11"
title: {da: Børn i kommuner, en: Children in municipalities}
source: {da: Syntetiske data, en: Synthetic data}
related: [TOY]
dimensions:
  - code: KOMMUNE
    text: {da: kommune, en: municipality}
    classification: omraade
    levels: [kommune]
    elimination: "000"
    overlap: rare
  - code: ALDER
    text: {da: alder, en: age}
    values: |
      code ; da ; en
      IALT ; Alder i alt ; Age, total
      0005 ; 0-5 år ; 0-5 years
      0617 ; 6-17 år ; 6-17 years
    elimination: IALT
  - code: Tid
    text: {da: tid, en: time}
    time: 2021-2024
measures:
  - code: boern
    text: {da: Børn, en: Children}
    unit: {da: Antal, en: Number}
    kind: distinct
    minimum: 0
disclosure:
  - {method: threshold, below: 5}
breaks:
  - at: {ALDER: "0005"}
    period: "2023"
    kind: scope
    text: {da: Flere er med fra 2023., en: More are included from 2023.}
default: {rows: [KOMMUNE], columns: [Tid], select: {KOMMUNE: "*", Tid: top(2)}}
notes:
  - mandatory: true
    text: {da: Et barn kan tælle med i to kommuner., en: A child may count in two municipalities.}
  - at: {KOMMUNE: ["101"]}
    text: {da: København er en storby., en: Copenhagen is a city.}
  - at: {KOMMUNE: ["102"], Tid: ["2024"]}
    text: {da: Ét tal er usikkert., en: One figure is uncertain.}
"""
SUBJECTS = """\
- id: "1"
  slug: {da: borgere, en: people}
  text: {da: Borgere, en: People}
  subjects:
    - {id: "11", slug: {da: boern, en: children}, text: {da: Børn, en: Children}}
"""
CALENDAR = """\
- at: 2024-06-06 08:00
  title: {da: Børn 2024, en: Children 2024}
  tables: [TOY, AREA1]
  confirmed: true
- at: 2025-06-05 08:00
  title: {da: Børn 2025, en: Children 2025}
  tables: [TOY, AREA1]
  confirmed: false
  change_reason: {da: Flyttet en uge., en: Moved a week.}
"""
SYNONYMS = """\
- da: [barn, børn]
  en: [child, children]
- da: [diskretionering]
  en: [confidentiality]
  text: {da: At små tal ikke vises., en: That small numbers are not shown.}
"""
EXTRA = """\
accessibility: https://www.example.dk/tilgaengelighed
area_pages: {classification: omraade, level: kommune}
banner: {da: Dette er en prøve., en: This is a test.}
logo: mark.svg
citation: {da: "Kilde: {publisher}, {table}, {release}", en: "Source: {publisher}, {table}, {release}"}
"""


def write_rich(folder: Path) -> Path:
    """The toy library with a table of areas, a closed table, and everything a site can have."""
    write_library(folder)
    rows = "".join(f"  {code} ; kommune ; 084 ; ; ; {name} ; {name}\n" for code, name in zip(CODES, NAMES, strict=True))
    old = TABLE.replace("id: TOY", "id: OLD1\nstatus: closed\nreplaced_by: TOY").replace("Børn med støtte", "Gammel")
    toy = (folder / "TOY/table.yaml").read_text(encoding="utf-8")
    site = (folder / "site/site.yaml").read_text(encoding="utf-8")
    for name, text in {
        "classifications/omraade.yaml": AREAS + rows,
        "AREA1/table.yaml": AREA1,
        "OLD1/table.yaml": old,
        "TOY/table.yaml": toy + "related: [AREA1, OLD1]\n",
        "site/site.yaml": site + EXTRA,
        "site/subjects.yaml": SUBJECTS,
        "site/calendar.yaml": CALENDAR,
        "site/synonyms.yaml": SYNONYMS,
        "site/mark.svg": MARK,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "OLD1/cube.parquet").write_bytes((folder / "TOY/cube.parquet").read_bytes())
    pq.write_table(_cells(), folder / "AREA1/cube.parquet")
    return folder


def _cells() -> pa.Table:
    """Every municipality has 10, 20, 30 … children; in the last one the youngest are 3."""
    years, ages = ("2021", "2022", "2023", "2024"), ("0005", "0617")
    found: dict[tuple[str, str, str], int] = {}
    for (place, code), age, year in product(enumerate(CODES, 1), ages, years):
        number = 3 if place == len(CODES) and age == "0005" else 10 * place + int(year) - 2021
        for area, group in product((code, "000"), (age, "IALT")):
            found[area, group, year] = found.get((area, group, year), 0) + number
    columns = list(zip(*(key for key in found), strict=True))
    return pa.table({"KOMMUNE": columns[0], "ALDER": columns[1], "Tid": columns[2], "boern": list(found.values())})


def publish_rich(folder: Path) -> Path:
    """The bank of that library, its tables released at the opening."""
    release(
        write_rich(folder / "library"),
        folder / "bank",
        ("TOY", "AREA1", "OLD1"),
        at="2024-06-06 08:00",
        clock=lambda: OPENING - timedelta(hours=1),
        rehearse=rehearse,
    )
    return folder / "bank"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_rich(tmp_path_factory.mktemp("pages"))


def opened(folder: Path, at: datetime = OPENING + timedelta(hours=4), **settings: int) -> FlaskClient:
    bank = Bank(folder, clock=lambda: at, cache=folder.parent / "cache")
    bank.refresh()
    return create_app(bank, Settings(url="https://example.dk", **settings)).test_client()  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    return opened(folder)


KINDS = {
    "front": ("/da/", "/en/"),
    "subject": ("/da/emne/borgere", "/en/subject/people"),
    "search": ("/da/soeg?q=børn", "/en/search?q=children"),
    "no words": ("/da/soeg", "/en/search"),
    "no hits": ("/da/soeg?q=qqqq", "/en/search?q=qqqq"),
    "table": ("/da/tabel/AREA1", "/en/table/AREA1"),
    "table without a first view": ("/da/tabel/TOY", "/en/table/TOY"),
    "closed table": ("/da/tabel/OLD1", "/en/table/OLD1"),
    "wide": (
        "/da/tabel/AREA1?KOMMUNE=117,118&ALDER=*&Tid=*&columns=Tid,ALDER",
        "/en/table/AREA1?KOMMUNE=117,118&ALDER=*&Tid=*&columns=Tid,ALDER",
    ),
    "chart": ("/da/tabel/AREA1?KOMMUNE=101,102&Tid=*&view=line", "/en/table/AREA1?KOMMUNE=101,102&Tid=*&view=line"),
    "no such chart": ("/da/tabel/AREA1?KOMMUNE=101,102&view=pyramid", "/en/table/AREA1?KOMMUNE=101,102&view=pyramid"),
    "sorted": ("/da/tabel/AREA1?sort=-2024", "/en/table/AREA1?sort=-2024"),
    "calculated": ("/da/tabel/AREA1?calc=pct", "/en/table/AREA1?calc=pct"),
    "frozen": ("/da/tabel/AREA1?x-asof=2024-06-06T0600Z", "/en/table/AREA1?x-asof=2024-06-06T0600Z"),
    "about a table": ("/da/tabel/AREA1/om", "/en/table/AREA1/about"),
    "areas": ("/da/kommune/", "/en/municipality/"),
    "area": ("/da/kommune/101", "/en/municipality/101"),
    "classifications": ("/da/klassifikation/", "/en/classification/"),
    "classification": ("/da/klassifikation/omraade", "/en/classification/omraade"),
    "calendar": ("/da/kalender", "/en/calendar"),
    "corrections": ("/da/rettelser", "/en/corrections"),
    "glossary": ("/da/ordliste", "/en/glossary"),
    "signs": ("/da/tegn", "/en/signs"),
    "api": ("/da/api", "/en/api"),
    "api changes": ("/da/api/aendringer", "/en/api/changes"),
    "whole": ("/da/hent-alt", "/en/download-all"),
    "about": ("/da/om", "/en/about"),
    "licence": ("/da/licens", "/en/licence"),
}
MARK = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4" fill="#00508f"/></svg>\n'
VOID = frozenset({"meta", "link", "br", "img", "input", "hr", "path", "rect"})


class Page(HTMLParser):
    """What a page is made of; fails on elements that are not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[int] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))
        if tag not in VOID:
            self._open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self._open[-1]][0] == tag, f"{tag} closes {self.elements[self._open[-1]][:2]}"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for place in self._open:
            self.elements[place][2].append(data)

    def all(self, tag: str, **attributes: str) -> list[tuple[dict[str, str | None], str]]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            (attrs, " ".join("".join(text).split()))
            for found, attrs, text in self.elements
            if found == tag and wanted.items() <= attrs.items()
        ]


def page(client: FlaskClient, address: str, status: int = 200) -> Page:
    answer = client.get(address)
    assert answer.status_code == status, f"{address}: {answer.status_code}"
    assert answer.content_type == "text/html; charset=utf-8"
    return Page(answer.text)


ADDRESSES = [address for both in KINDS.values() for address in both]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_whole_and_has_no_inline_code(client: FlaskClient, address: str) -> None:
    answer = client.get(address)

    found = Page(answer.text)

    assert answer.status_code == 200
    assert len(found.all("h1")) == 1
    assert found.elements[0][1]["lang"] == answer.headers["Content-Language"] == address[1:3]
    assert "script-src 'self'; style-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert not found.all("style")
    code = [(attrs, text) for attrs, text in found.all("script") if attrs.get("type") != "application/ld+json"]
    assert all(attrs.get("src") and not text for attrs, text in code)
    assert not any("style" in attrs or any(name.startswith("on") for name in attrs) for _, attrs, _ in found.elements)
    ids = [attrs["id"] for _, attrs, _ in found.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert not re.search(r"\{[a-z_]+\}", re.sub(r"<textarea.*?</textarea>", "", answer.text, flags=re.DOTALL))


@pytest.mark.parametrize("kind", KINDS)
def test_the_two_languages_lead_to_each_other(client: FlaskClient, kind: str) -> None:
    da, en = KINDS[kind]

    turned = [attrs["href"] for attrs, _ in page(client, da).all("a", class_="lang")]
    back = [attrs["href"] for attrs, _ in page(client, en).all("a", class_="lang")]

    assert [urlsplit(str(each)).path for each in turned] == [urlsplit(en).path]
    assert [urlsplit(str(each)).path for each in back] == [urlsplit(da).path]


def links(client: FlaskClient, address: str) -> Iterator[str]:
    for tag, attrs, _ in page(client, address).elements:
        reference = attrs.get("href") or attrs.get("src") or ""
        if tag in {"a", "link", "script", "img"} and reference and not reference.startswith(("mailto:", "tel:")):
            yield urljoin(f"https://example.dk{address}", reference)


@pytest.mark.slow  # pictures are drawn in a process of their own
def test_every_link_on_every_page_leads_somewhere(client: FlaskClient) -> None:
    every = {link.partition("#")[0] for address in ADDRESSES for link in links(client, address)}
    ours = {link.removeprefix("https://example.dk") for link in every if link.startswith("https://example.dk/")}

    answers = {}
    for link in sorted(ours):
        with client.get(link) as answer:
            answers[link] = answer.status_code

    assert {link: status for link, status in answers.items() if status not in (200, 301, 302, 303)} == {}


def test_a_link_inside_a_page_has_its_place(client: FlaskClient) -> None:
    for address in ADDRESSES:
        found = page(client, address)
        ids = {attrs["id"] for _, attrs, _ in found.elements if "id" in attrs}
        inside = {str(attrs["href"])[1:] for attrs, _ in found.all("a") if str(attrs.get("href")).startswith("#")}
        assert inside <= ids, address


def test_the_logo_of_the_office_stands_in_the_head_of_every_page(client: FlaskClient) -> None:
    answer = client.get("/logo.svg")

    assert answer.text == MARK
    assert (answer.mimetype, answer.headers["Content-Security-Policy"]) == ("image/svg+xml", "default-src 'none'")
    assert client.get("/logo.png").status_code == 404
    for address in ADDRESSES:
        assert [attrs["alt"] for attrs, _ in page(client, address).all("img", src="/logo.svg")] == [""]


def test_phrases_have_both_languages_and_the_same_blanks() -> None:
    for key, text in PHRASES.items():
        assert text.da.strip(), key
        assert text.en.strip(), key
        assert set(re.findall(r"\{(\w+)\}", text.da)) == set(re.findall(r"\{(\w+)\}", text.en)), key


def test_the_looks_stay_small() -> None:
    static = Path(__file__).resolve().parents[1] / "service/static"

    assert (static / "statbank.css").stat().st_size <= 15_000
    assert (static / "statbank.js").stat().st_size <= 10_000


def test_a_page_of_before_an_act_knows_nothing_of_it(folder: Path) -> None:
    early = opened(folder, OPENING - timedelta(seconds=1))

    for address in ("/da/tabel/AREA1", "/da/tabel/AREA1/om", "/da/kommune/101", "/AREA1", "/alt/AREA1.parquet"):
        assert early.get(address).status_code == 404
    assert early.get("/alt.json").json == {"tables": []}
    assert "AREA1" not in early.get("/da/").text
    assert "AREA1" not in early.get("/da/soeg?q=kommuner").text
    assert "AREA1" not in early.get("/da/tabel/AREA2").text


def test_a_page_asked_for_again_is_not_sent_again(client: FlaskClient) -> None:
    for address in ("/da/", "/da/tabel/AREA1", "/da/kommune/101", "/da/soeg?q=børn", "/alt.json", "/alt/AREA1.parquet"):
        with client.get(address) as first:
            tag = first.headers["ETag"]
        with client.get(address, headers={"If-None-Match": tag}) as again:
            assert again.status_code == 304

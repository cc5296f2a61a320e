"""Feeds, calendar, sitemap, descriptions and what changed: read by other people's parsers, and never early."""

import json
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from service import create_app
from service.settings import Settings
from tables.bank import Bank
from tables.model import Text
from tables.takeback import Undo, withdraw
from tests.conftest import Publish
from tests.test_news import change, write

BASE = "https://example.dk"
ON_TIME = datetime(2024, 6, 6, 6, tzinfo=UTC)
CALENDAR = """\
- at: 2024-06-06 08:00
  title: {da: Børn 2024, en: Children 2024}
  tables: [TOY]
  confirmed: true
- at: 2025-06-05 08:00
  title: {da: "Børn 2025; med komma, og en lang titel, som må deles over flere linjer i filen", en: Children 2025}
  tables: [TOY]
  change_reason: {da: "Flyttet, da tallene mangler.", en: "Moved, as figures are missing."}
"""
FEEDS = (
    "/da/nyt.atom",
    "/en/news.atom",
    "/da/emne/boern.atom",
    "/en/subject/people.atom",
    "/da/tabel/TOY.atom",
    "/en/table/toy.atom",
)


def opened(folder: Path, now: datetime) -> FlaskClient:
    bank = Bank(folder, clock=lambda: now)
    bank.refresh()
    return create_app(bank, Settings(url=BASE)).test_client()


@pytest.fixture
def issued(library: Path, publish: Publish, tmp_path: Path) -> Path:
    (library / "site/calendar.yaml").write_text(CALENDAR, encoding="utf-8")
    write(library)
    publish(news=("2024-101",))
    return tmp_path / "bank"


@pytest.fixture
def client(issued: Path) -> FlaskClient:
    return opened(issued, ON_TIME + timedelta(hours=1))


@pytest.mark.parametrize("path", FEEDS)
def test_every_feed_is_read_by_an_independent_parser(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    read = feedparser.parse(answer.data)

    lang = path[1:3]
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert not read.bozo
    assert read.version == "atom10"
    assert read.feed.language == lang
    assert read.feed.updated == "2024-06-06T08:00:00+02:00"
    assert len({entry.id for entry in read.entries}) == len(read.entries) == 2
    article = next(entry for entry in read.entries if "nyt/" in entry.link or "news/" in entry.link)
    assert article.published == "2024-06-06T08:00:00+02:00"
    assert article.title == {"da": "Færre drenge fik støtte i 2024", "en": "Fewer boys received support in 2024"}[lang]
    assert "18" in article.summary
    assert article.id.startswith("tag:example.dk,2024-06-06:/")
    for entry in read.entries:
        assert client.get(entry.link.removeprefix(BASE).partition("#")[0]).status_code == 200


def test_a_feed_without_entries_is_dated_by_the_catalogue(publish: Publish, tmp_path: Path) -> None:
    publish()
    early = opened(tmp_path / "bank", ON_TIME - timedelta(hours=1))

    read = feedparser.parse(early.get("/da/nyt.atom").data)

    assert not read.bozo
    assert read.feed.updated == "1970-01-01T01:00:00+01:00"
    assert read.entries == []


def test_an_unknown_subject_or_table_has_no_feed(client: FlaskClient) -> None:
    for path in ("/da/emne/intet.atom", "/da/tabel/NONE.atom", "/en/subject/boern.atom"):
        assert client.get(path).status_code == 404


def test_a_correction_and_a_withdrawal_are_in_the_feeds(issued: Path, library: Path, publish: Publish) -> None:
    change(library, {("D", "000", "2024"): 17, ("D", "01", "2024"): 14})
    publish("2024-06-06 10:48", notice=Text("To tal var forkerte.", "Two figures were wrong."))
    why = Text("En fejl.", "A fault.")
    undo = Undo("2024-06-07 08:00", why, "x")
    withdraw(issued, "TOY", "TOY@2024-06-06T0600Z", undo, clock=lambda: ON_TIME + timedelta(hours=5))

    read = feedparser.parse(opened(issued, ON_TIME + timedelta(days=2)).get("/da/tabel/TOY.atom").data)

    told = [(entry.title, entry.summary) for entry in read.entries]
    assert told[0][0].startswith("Trukket tilbage: ")
    assert told[0][1].startswith("En fejl.")
    assert told[1][0].startswith("Rettelse: ")
    assert "To tal var forkerte." in told[1][1]
    assert not any("Færre drenge" in title for title, _ in told)


@pytest.mark.parametrize(("path", "lang"), [("/da/kalender.ics", "da"), ("/en/calendar.ics", "en")])
def test_the_calendar_is_read_by_an_independent_parser(client: FlaskClient, path: str, lang: str) -> None:
    answer = client.get(path)
    read = Calendar.from_ical(answer.data.decode())

    events = list(read.walk("VEVENT"))
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    assert [event["DTSTART"].dt for event in events] == [ON_TIME, datetime(2025, 6, 5, 6, tzinfo=UTC)]
    assert [str(event["STATUS"]) for event in events] == ["CONFIRMED", "TENTATIVE"]
    assert str(events[1]["SUMMARY"]).startswith({"da": "Børn 2025; med komma, og", "en": "Children 2025"}[lang])
    assert {"da": "Flyttet, da tallene mangler.", "en": "Moved, as"}[lang] in str(events[1]["DESCRIPTION"])
    assert len({str(event["UID"]) for event in events}) == 2
    assert [int(event["SEQUENCE"]) for event in events] == [0, 0]


def test_a_moved_release_keeps_its_name_and_rises_in_sequence(issued: Path, library: Path, publish: Publish) -> None:
    before = Calendar.from_ical(opened(issued, ON_TIME).get("/da/kalender.ics").data.decode())
    (library / "site/calendar.yaml").write_text(CALENDAR.replace("2025-06-05", "2025-06-12"), encoding="utf-8")
    publish("2024-06-07 08:00", site=True)
    after = Calendar.from_ical(opened(issued, ON_TIME + timedelta(days=2)).get("/da/kalender.ics").data.decode())

    one, other = (list(each.walk("VEVENT"))[1] for each in (before, after))
    assert one["UID"] == other["UID"]
    assert (int(one["SEQUENCE"]), int(other["SEQUENCE"])) == (0, 1)
    assert other["DTSTART"].dt - one["DTSTART"].dt == timedelta(days=7)


def test_the_sitemap_lists_released_pages_with_their_dates(client: FlaskClient) -> None:
    root = ET.fromstring(client.get("/sitemap.xml").data)

    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    pages = {url.findtext("s:loc", "", names): url.findtext("s:lastmod", "", names) for url in root}
    assert pages[f"{BASE}/da/tabel/TOY"] == "2024-06-06T08:00:00+02:00"
    assert {f"{BASE}/en/table/TOY", f"{BASE}/da/nyt/2024-101", f"{BASE}/en/"} <= set(pages)
    for page in pages:
        assert client.get(page.removeprefix(BASE)).status_code == 200
    assert f"Sitemap: {BASE}/sitemap.xml" in client.get("/robots.txt").text.splitlines()


def test_an_article_is_described_for_machines(client: FlaskClient) -> None:
    text = client.get("/en/news/2024-101").text
    (written,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)

    told = json.loads(written)
    assert told["@type"] == ["Article", "Report"]
    assert told["headline"] == "Fewer boys received support in 2024"
    assert told["isBasedOn"] == [f"{BASE}/da/tabel/TOY"]
    assert told["datePublished"] == "2024-06-06T08:00+02:00"


def test_before_its_instant_nothing_tells_of_an_act(issued: Path) -> None:
    early, late = opened(issued, ON_TIME - timedelta(seconds=1)), opened(issued, ON_TIME)

    for path in (*FEEDS[:2], "/sitemap.xml", "/da/kalender.ics"):
        assert "TOY" not in early.get(path).text
        assert "2024-101" not in early.get(path).text
        assert "TOY" in late.get(path).text
    for path in (*FEEDS[2:], "/da/tabel/TOY/udgivelser"):
        assert early.get(path).status_code == 404


@pytest.mark.parametrize(
    ("instant", "offset", "utc"),
    [("2024-03-30 08:00", "+01:00", 7), ("2024-03-31 08:00", "+02:00", 6), ("2024-10-27 08:00", "+01:00", 7)],
)
def test_eight_is_eight_on_both_sides_of_a_change_of_clocks(
    library: Path, publish: Publish, tmp_path: Path, instant: str, offset: str, utc: int
) -> None:
    (library / "site/calendar.yaml").write_text(CALENDAR.replace("2024-06-06 08:00", instant), encoding="utf-8")
    write(library)
    act = publish(instant, news=("2024-101",))
    client = opened(tmp_path / "bank", act.effective_at)
    day = instant[:10]

    read = feedparser.parse(client.get("/da/nyt.atom").data)
    first = next(iter(Calendar.from_ical(client.get("/da/kalender.ics").data.decode()).walk("VEVENT")))
    told = client.get("/da/nyt/2024-101.json").json

    assert read.feed.updated == f"{day}T08:00:00{offset}"
    assert {entry.published for entry in read.entries} == {f"{day}T08:00:00{offset}"}
    assert first["DTSTART"].dt == datetime.fromisoformat(f"{day}T0{utc}:00:00+00:00")
    assert told["published"] == f"{day}T0{utc}:00:00Z"
    assert f"<lastmod>{day}T08:00:00{offset}</lastmod>" in client.get("/sitemap.xml").text
    assert " kl. 08.00" in client.get("/da/kalender").text


def test_what_changed_is_told_by_release(issued: Path, library: Path, publish: Publish) -> None:
    change(library, {("P", "000", "2023"): 20, ("P", "01", "2023"): 11})
    path = library / "TOY/table.yaml"
    text = path.read_text(encoding="utf-8").replace("syntetiske.", "syntetiske nu.")
    path.write_text(text, encoding="utf-8")
    publish("2024-06-07 08:00")
    client = opened(issued, ON_TIME + timedelta(days=3))

    page = client.get("/da/tabel/TOY/udgivelser")
    told = client.get("/en/table/TOY/releases.json").json

    assert page.status_code == 200
    assert page.text.index('id="2024-06-07T0600Z"') < page.text.index('id="2024-06-06T0600Z"')
    assert "2 tal ændret." in page.text
    assert '<th scope="row">Piger, Nord, 2023</th><td class="num">7</td><td class="num">11</td>' in page.text
    assert "Tallene er syntetiske nu." in page.text
    assert "Første udgivelse i banken." in page.text
    newest, first = told["releases"]
    assert newest["changes"]["measures"]["antal"]["revised"][0] == {
        "cell": {"KØN": "P", "OMRÅDE": "01", "Tid": "2023"},
        "from": 7,
        "to": 11,
    }
    assert newest["changes"]["notes"]["added"][0]["da"] == "Tallene er syntetiske nu."
    assert (first["release"], first["changes"]) == ("TOY@2024-06-06T0600Z", {"since": None})
    entries = feedparser.parse(client.get("/da/tabel/TOY.atom").data).entries
    assert entries[0].link == f"{BASE}/da/tabel/TOY/udgivelser#2024-06-07T0600Z"
    assert "2 tal ændret: Piger, Nord, 2023: 7 → 11; Piger, Hele landet, 2023: 16 → 20." in entries[0].summary
    assert "Nye noter: Tallene er syntetiske nu." in entries[0].summary
    assert any("Første udgivelse i banken." in entry.summary for entry in entries[1:])


def test_a_cell_that_is_hidden_in_one_release_is_in_no_list_of_changes(
    issued: Path, library: Path, publish: Publish
) -> None:
    change(library, {("D", "02", "2024"): 9, ("D", "01", "2024"): 9})
    publish("2024-06-07 08:00")

    told = opened(issued, ON_TIME + timedelta(days=3)).get("/da/tabel/TOY/udgivelser.json").json

    cells = [each["cell"] for each in told["releases"][0]["changes"]["measures"]["antal"].get("revised", [])]
    assert {"KØN": "D", "OMRÅDE": "02", "Tid": "2024"} not in cells


def test_a_withdrawn_release_tells_why_and_nothing_of_its_figures(
    issued: Path, library: Path, publish: Publish
) -> None:
    why = Text("En fejl viste for meget.", "A fault showed too much.")
    undo = Undo("2024-06-07 08:00", why, "x")
    withdraw(issued, "TOY", "TOY@2024-06-06T0600Z", undo, clock=lambda: ON_TIME + timedelta(hours=1))
    client = opened(issued, ON_TIME + timedelta(days=3))

    (told,) = client.get("/da/tabel/TOY/udgivelser.json").json["releases"]

    assert "changes" not in told
    assert told["withdrawn"]["en"] == "A fault showed too much."
    assert "En fejl viste for meget." in client.get("/da/tabel/TOY/udgivelser").text


def test_the_calendar_is_a_page_that_knows_what_is_to_come(client: FlaskClient) -> None:
    da, en = client.get("/da/kalender").text, client.get("/en/calendar").text

    assert da.index("Kommende udgivelser") < da.index("Børn 2025") < da.index("Tidligere") < da.index("Børn 2024")
    assert "5. juni 2025 kl. 08.00" in da
    assert "foreløbig dato" in da
    assert "Moved, as figures are missing." in en
    assert 'href="/en/calendar.ics"' in en


def test_corrections_and_withdrawals_have_a_place_to_link_to(issued: Path, library: Path, publish: Publish) -> None:
    change(library, {("D", "000", "2024"): 17, ("D", "01", "2024"): 14})
    publish("2024-06-06 10:48", notice=Text("To tal var forkerte.", "Two figures were wrong."))
    undo = Undo("2024-06-07 08:00", Text("En fejl.", "A fault."), "x")
    withdraw(issued, "TOY", "TOY@2024-06-06T0600Z", undo, clock=lambda: ON_TIME + timedelta(hours=5))
    early, late = opened(issued, ON_TIME + timedelta(hours=1)), opened(issued, ON_TIME + timedelta(days=2))

    text = late.get("/da/rettelser").text

    assert text.index('id="TOY@2024-06-07T0600Z"') < text.index('id="TOY@2024-06-06T0848Z"')
    assert "To tal var forkerte." in text
    assert "A fault." in late.get("/en/corrections").text
    assert "Der har ingen rettelser været." in early.get("/da/rettelser").text


@pytest.mark.parametrize("lang", ["da", "en"])
def test_a_table_is_described_for_machines_and_found_from_the_front_page(client: FlaskClient, lang: str) -> None:
    path = {"da": "/da/tabel/TOY", "en": "/en/table/TOY"}[lang]
    text = client.get(path).text
    (written,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)

    told = json.loads(written)
    assert (told["@type"], told["identifier"], told["inLanguage"]) == ("Dataset", "TOY", lang)
    assert 50 <= len(told["description"]) <= 5000
    assert told["dateModified"] == "2024-06-06T08:00+02:00"
    assert told["temporalCoverage"] == "2023/2024"
    assert f'href="{path}.atom"' in text
    assert "application/json+oembed" in text
    for each in told["distribution"]:
        assert client.get(each["contentUrl"].removeprefix(BASE)).status_code == 200
    assert "2024-101" in client.get(f"/{lang}/").text


@pytest.mark.parametrize("path", ["/da/api/aendringer", "/en/api/changes"])
def test_changes_of_the_api_are_a_feed_whose_entries_lead_to_theirs(path: str, client: FlaskClient) -> None:
    page = client.get(path).text

    read = feedparser.parse(client.get(f"{path}.atom").data)

    assert not read.bozo
    assert read.entries
    assert f'href="{BASE}{path}.atom"' in page or f'href="{path}.atom"' in page
    for entry in read.entries:
        anchor = entry.link.removeprefix(f"{BASE}{path}#")
        assert f'<dt id="{anchor}">' in page

"""DST v1 at real size: the recorded lists of 2,234 tables and 342 subjects, a catalogue without figures."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from service import create_app
from service.dst import metadata
from service.settings import Settings
from tables.bank import Bank, Catalogue
from tables.model import Act, Dimension, Lang, Measure, Release, Site, Subject, Table, Text, Value

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def recorded(shared: Path, name: str) -> Any:
    return json.loads((shared / "data/real" / name).read_text(encoding="utf-8"))


def subject(node: dict[str, Any]) -> Subject:
    both = Text(node["description"], node["description"])
    return Subject(node["id"], both, both, tuple(subject(child) for child in node["subjects"]))


def release(danish: dict[str, Any], english: dict[str, Any]) -> Release:
    """What the lists say of a table; its codes are not in them."""
    texts = list(zip(danish["variables"], english["variables"], strict=True))
    dimensions = [Dimension(f"V{place}", Text(*both), ()) for place, both in enumerate(texts[:-1])]
    periods = [Text(danish[name], english[name]) for name in ("firstPeriod", "latestPeriod")]
    values = tuple(Value(period.da, period) for period in periods)
    time_ = Dimension("Tid", Text(*texts[-1]), values, time=True)
    measure = Measure("tal", Text("Tal", "Figure"), Text(danish["unit"], english["unit"]), "additive")
    nothing = Text("", "")
    table = Table(
        danish["id"], Text(danish["text"], english["text"]), "", nothing, (*dimensions, time_), (measure,), ()
    )
    at = datetime.fromisoformat(danish["updated"]).replace(tzinfo=COPENHAGEN)
    return Release(table, Act(1, "release", at, Path("/nowhere"), nothing, {}, {}))


@pytest.fixture(scope="module")
def lists(shared: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    names = ("12a_dst_tables_da_2025-09.json", "12b_dst_tables_en_2025-09.json", "12c_dst_subjects_en.json")
    danish, english, subjects = (recorded(shared, name) for name in names)
    return danish, english, subjects


@pytest.fixture
def client(
    lists: tuple[list[dict[str, Any]], ...], toy: Bank, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FlaskClient]:
    danish, english, subjects = lists
    by_id = {each["id"]: each for each in english}
    standing = toy.catalogue()
    site = Site(
        standing.site.name,
        standing.site.publisher,
        ("da", "en"),
        standing.site.contact,
        {},
        subjects=tuple(subject(node) for node in subjects),
    )
    releases = {each["id"]: release(each, by_id[each["id"]]) for each in danish}
    large = Catalogue(standing.instant, releases, site, "recorded in September 2025")
    monkeypatch.setattr(toy, "catalogue", lambda asof=None, **given: large)
    return create_app(toy, Settings()).test_client()


def test_the_recorded_lists_of_tables_come_back_member_for_member(
    client: FlaskClient, lists: tuple[list[dict[str, Any]], ...]
) -> None:
    for lang, expected in zip(("da", "en"), lists[:2], strict=True):
        found = json.loads(client.get(f"/v1/tables?lang={lang}").text)

        assert len(found) == 2234
        assert found == sorted(expected, key=lambda each: [row["id"] for row in lists[0]].index(each["id"]))
        assert [list(each) for each in found] == [list(each) for each in expected]


def test_the_recorded_tree_of_subjects_comes_back(client: FlaskClient, lists: tuple[list[dict[str, Any]], ...]) -> None:
    found = json.loads(client.get("/v1/subjects?recursive=true&lang=en").text)

    def active(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Without tables no branch can be closed."""
        for node in nodes:
            yield node | {"active": True, "subjects": list(active(node["subjects"]))}

    assert found == list(active(lists[2]))
    assert [list(node) for node in found] == [list(node) for node in lists[2]]
    assert [node["subjects"] for node in json.loads(client.get("/v1/subjects").text)] == [[]] * len(found)


def test_a_table_without_figures_has_metadata_and_says_why_it_has_no_data(client: FlaskClient) -> None:
    metadata = client.get("/v1/tableinfo/FOLK1A")
    data = client.get("/v1/data/folk1a/CSV")
    page = client.get("/da/tabel/FOLK1A")

    assert json.loads(metadata.text)["id"] == "FOLK1A"
    assert (data.status_code, json.loads(data.text)) == (
        400,
        {"errorTypeCode": "EXTRACT-NOTFOUND", "message": "Tabel har ingen tal: FOLK1A"},
    )
    assert page.status_code == 400


def test_the_long_list_is_made_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    rows = metadata.rows

    def watched(catalogue: Catalogue, lang: Lang) -> tuple[metadata.Row, ...]:
        made.append(lang)
        return rows(catalogue, lang)

    monkeypatch.setattr(metadata, "rows", watched)
    for address in ("/v1/tables", "/v1/tables", "/v1/tables?pastDays=9", "/v1/subjects?includeTables=true"):
        assert client.get(address).status_code == 200

    assert made == ["da"]


def test_the_front_page_holds_a_catalogue_of_any_size(client: FlaskClient) -> None:
    assert client.get("/da/").text.count("/da/tabel/FOLK1A") >= 1

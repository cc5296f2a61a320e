"""Documentation of statistics: nine chapters in two languages, one a reference year, every fault with its line."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service import create_app
from service.settings import Settings
from tables.bank import Bank
from tables.catalog import read_library
from tables.errors import CatalogError
from tests.conftest import Publish

PACKAGED = Path(__file__).resolve().parents[1] / "tables" / "library"
CHAPTERS = "\n".join(
    f'  "{number}": {{da: Afsnit {number}., en: Section {number}.}}'
    for number in ("1", "2.1", "3.1", "4.1", "5.1", "6.1", "7.2", "8.6", "9.1")
)
WRITTEN = f"""\
title: {{da: Børn, en: Children}}
subject: "11"
contacts:
  - {{name: {{da: Kontoret, en: The office}}, email: bank@example.dk, phone: "+4500000000"}}
sections:
{CHAPTERS}
"""


def document(library: Path, text: str = WRITTEN, name: str = "boern/2024.yaml") -> None:
    path = library / "documentation" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def linked(library: Path, slug: str = "boern") -> None:
    path = library / "TOY/table.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}documentation: {slug}\n", encoding="utf-8")


def opened(folder: Path, now: datetime) -> FlaskClient:
    bank = Bank(folder, clock=lambda: now)
    bank.refresh()
    return create_app(bank, Settings()).test_client()


@pytest.fixture
def client(library: Path, publish: Publish, tmp_path: Path) -> FlaskClient:
    linked(library)
    document(library, WRITTEN.replace("Afsnit 1.", "Som det var. https://example.dk/før"), "boern/2023.yaml")
    document(library)
    publish()
    document(library, WRITTEN.replace("Afsnit 1.", "Nyt afsnit."))
    document(library, WRITTEN.replace("Afsnit 1.", "Næste år."), "boern/2025.yaml")
    publish("2024-06-07 08:00", site=True)
    return opened(tmp_path / "bank", datetime(2024, 6, 6, 12, tzinfo=UTC))


def test_the_newest_year_is_the_page_and_earlier_ones_are_reachable(client: FlaskClient) -> None:
    newest = client.get("/da/dokumentation/boern").text
    earlier = client.get("/da/dokumentation/boern/2023").text

    assert "Afsnit 1." in newest
    assert "1 Indledning" in newest
    assert 'href="/da/dokumentation/boern/2023"' in newest
    assert 'href="/da/tabel/TOY"' in newest
    for place in ("/da/tabel/TOY", "/da/tabel/TOY/om"):
        assert 'href="/da/dokumentation/boern"' in client.get(place).text
    assert 'Som det var. <a href="https://example.dk/f' in earlier
    assert "Section 1." in client.get("/en/documentation/boern/2024").text
    assert "Børn" in client.get("/da/dokumentation/").text


def test_the_same_is_there_as_data(client: FlaskClient) -> None:
    told = json.loads(client.get("/en/documentation/boern.json").data)

    assert (told["slug"], told["year"], told["years"], told["tables"]) == ("boern", "2024", ["2024", "2023"], ["TOY"])
    heads = {section["number"]: section for section in told["sections"]}
    assert heads["2"] == {
        "number": "2",
        "heading": {"da": "Indhold", "en": "Statistical presentation"},
        "text": None,
    }
    assert heads["9.1"]["text"] == {"da": "Afsnit 9.1.", "en": "Section 9.1."}
    assert client.get("/da/dokumentation/boern/2023.json").json["year"] == "2023"


@pytest.mark.parametrize("path", ["boern/2025", "boern/2025.json", "boern/2022", "noget", "boern.pdf"])
def test_what_is_unknown_or_not_released_yet_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(f"/da/dokumentation/{path}").status_code == 404


def test_a_changed_documentation_comes_with_its_act(client: FlaskClient, tmp_path: Path) -> None:
    later = opened(tmp_path / "bank", datetime(2024, 6, 8, tzinfo=UTC))

    assert "Næste år." in later.get("/da/dokumentation/boern").text
    assert "Nyt afsnit." in later.get("/da/dokumentation/boern/2024").text
    assert "Afsnit 1." in later.get("/da/dokumentation/boern/2024?x-asof=2024-06-06T0600Z").text
    assert later.get("/da/dokumentation/boern/2025?x-asof=2024-06-06T0600Z").status_code == 404


def test_the_word_of_the_other_language_leads_to_the_page(client: FlaskClient) -> None:
    answer = client.get("/en/dokumentation/boern/2023")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/en/documentation/boern/2023")


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        (
            WRITTEN.replace('"2.1"', '"2.16"'),
            "boern/2024.yaml",
            r"2024\.yaml:7: sections\.2\.16: .* did you mean '2\.1",
        ),
        (WRITTEN.replace('  "7.2"', '  # "7.2"'), "boern/2024.yaml", "chapter 7, Comparability, says nothing"),
        (WRITTEN.replace("en: Section 1.", "en: "), "boern/2024.yaml", r"2024\.yaml:6: sections\.1\.en: is empty"),
        (WRITTEN.replace('"11"', '"12"'), "boern/2024.yaml", r"2024\.yaml:2: subject: '12' is not a subject"),
        (WRITTEN, "boern/nyeste.yaml", "is not called by a reference year"),
        (WRITTEN, "boern/2024.yml", "would not be read"),
        (WRITTEN + "chapter: x\n", "boern/2024.yaml", "chapter: is not a key here"),
    ],
)
def test_every_fault_is_told_with_file_and_line(library: Path, text: str, name: str, told: str) -> None:
    document(library, text, name)

    with pytest.raises(CatalogError, match=told) as caught:
        read_library(library)

    assert all(fault.file.startswith("documentation/boern/") for fault in caught.value.faults)


def test_a_table_names_a_documentation_that_is_there(library: Path) -> None:
    document(library)
    linked(library, "born")

    with pytest.raises(CatalogError, match=r"TOY/table.yaml:\d+: documentation: 'born' is not .* did you mean 'boern'"):
        read_library(library)


def test_the_statistic_of_support_is_documented_in_full_for_three_years() -> None:
    library = read_library(PACKAGED)
    support = library.documentation["stoette-til-udsatte-boern-og-unge"]

    assert list(support) == ["2024", "2023", "2022"]
    for one in support.values():
        written = {section.number for section in one.sections if section.text}
        assert len(written) > 50
        assert {number.split(".")[0] for number in written} == {str(chapter) for chapter in range(10)}
    assert {table.documentation for table in library.tables.values()} - {None} <= set(library.documentation)

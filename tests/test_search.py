"""Words to tables."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables import searching
from tables.bank import Bank
from tables.model import Article, Contact, Dimension, Measure, Rule, Site, Subject, Synonyms, Table, Text, Value
from tables.search import build, search


def dimension(code: str, text: Text, *values: tuple[str, str, str]) -> Dimension:
    return Dimension(code, text, tuple(Value(code, Text(da, en)) for code, da, en in values))


def table(table_id: str, da: str, en: str, *dimensions: Dimension, status: str = "active") -> Table:
    time = Dimension("Tid", Text("tid", "time"), (Value("2024", Text("2024", "2024")),), time=True)
    measure = Measure("antal", Text("Antal", "Number"), Text("Antal", "Number"), "additive")
    rule = Rule("none", {"reason": "test"})
    source = Text("Syntetiske data", "Synthetic data")
    return Table(table_id, Text(da, en), "20046", source, (*dimensions, time), (measure,), (rule,), status=status)  # type: ignore[arg-type]


SITE = Site(
    Text("Prøve", "Test"),
    Text("Kontoret", "The office"),
    ("da", "en"),
    Contact(Text("Kontoret", "The office"), "office@example.dk", "+4500000000"),
    {},
    subjects=(Subject("20046", Text("udsatte", "vulnerable"), Text("Udsatte børn og unge", "Vulnerable children")),),
    synonyms=(
        Synonyms(("indsats", "foranstaltning", "støtte"), ("measure", "support")),
        Synonyms(("barn", "børn", "mindreårig"), ("child", "children")),
        Synonyms(("barnets lov", "serviceloven"), ("Children's Act", "Social Services Act")),
    ),
)
TABLES = (
    table(
        "ISBU02",
        "Børn og unge der modtager indsatser",
        "Children with measures",
        dimension(
            "KOMMUNEDK",
            Text("kommune", "municipality"),
            ("751", "Aarhus", "Aarhus"),
            ("101", "København", "Copenhagen"),
        ),
    ),
    table("ISBU04", "Aktive indsatser pr. 31. december", "Active measures"),
    table("BU28", "Nettodriftsudgifter efter serviceloven", "Net expenditure"),
    table("BUFF01", "Forebyggende foranstaltninger", "Preventive measures", status="closed"),
)

NEWS = "I 2024 fik 1.234 børn støtte af **Odense** Kommune.\n\n```statbank\ntable: ISBU02\nselect: {K: hemmelig}\n```\n"
ARTICLES = (
    Article(
        "2025-151",
        "2025:151",
        Text("Flere får støtte", "More receive support"),
        "20046",
        ("ISBU02",),
        Text("Ingen", "None"),
        (),
        Text(NEWS, "In 2024, 1,234 children had support from **Odense**."),
        datetime(2025, 5, 23, 6, tzinfo=UTC),
        datetime(2025, 5, 23, 6, tzinfo=UTC),
    ),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("search") / "search.sqlite"
    build(TABLES, ARTICLES, SITE, path)
    return path


def found(index: Path, words: str, lang: str = "da") -> list[str]:
    return [hit.table for hit in search(index, words, lang).hits]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("isbu04", "ISBU04"),
        ("børn", "ISBU02"),
        ("barn", "ISBU02"),
        ("mindreårige", "ISBU02"),
        ("kommuner", "ISBU02"),
        ("Århus", "ISBU02"),
        ("udgift", "BU28"),
        ("barnets lov", "BU28"),
        ("aktiv foranstaltning", "ISBU04"),
    ],
)
def test_everyday_words_find_the_table(index: Path, words: str, first: str) -> None:
    assert found(index, words)[0] == first


def test_a_closed_table_stands_after_the_active_ones(index: Path) -> None:
    assert found(index, "foranstaltninger")[-1] == "BUFF01"


def test_a_hit_names_the_values_that_made_it_one(index: Path) -> None:
    (hit,) = search(index, "københavn", "da").hits

    assert [(match.dimension, match.code) for match in hit.values] == [("KOMMUNEDK", "101")]


def test_a_misspelt_word_gets_a_suggestion_and_no_hits(index: Path) -> None:
    answer = search(index, "komune", "da")

    assert (answer.hits, answer.suggestion) == ((), "kommune")


@pytest.mark.parametrize(
    ("words", "lang"),
    [("odense", "da"), ("flere støtte", "da"), ("2025-151", "da"), ("1.234", "da"), ("1,234 children", "en")],
)
def test_an_article_is_found_by_its_own_words(index: Path, words: str, lang: str) -> None:
    assert search(index, words, lang).articles == ("2025-151",)  # type: ignore[arg-type]


def test_what_a_figure_of_an_article_is_made_of_is_no_word_of_it(index: Path) -> None:
    assert search(index, "hemmelig", "da").articles == ()
    assert search(index, "odence", "da").suggestion == "odense"


def test_each_language_has_its_own_words(index: Path) -> None:
    assert found(index, "children support", "en")[0] == "ISBU02"
    assert found(index, "støtte", "en") == []


@given(st.text(max_size=300))
def test_no_text_breaks_the_search(index: Path, words: str) -> None:
    assert search(index, words, "da") is not None


def test_the_real_list_of_tables_is_found_by_its_own_words(shared: Path, tmp_path: Path) -> None:
    names = json.loads((shared / "data/real/12a_dst_tables_da_2025-09.json").read_text(encoding="utf-8"))
    tables = [table(entry["id"], entry["text"], entry["text"]) for entry in names]
    path = tmp_path / "search.sqlite"

    build(tables, (), SITE, path)

    assert len({entry["id"] for entry in names}) == len(tables)
    for entry in names[::200]:
        assert entry["id"] in found(path, entry["text"])
    assert found(path, "institution")


def test_a_process_that_makes_the_index_is_not_joined_by_another(toy: Bank, tmp_path: Path) -> None:
    first = searching.prepare(tmp_path, [toy.catalogue()])
    assert first is not None

    again = searching.prepare(tmp_path, [toy.catalogue()], first) if first.is_alive() else first

    assert again is first
    first.join()
    assert searching.prepare(tmp_path, [toy.catalogue()], first) is None

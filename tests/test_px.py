"""PX in both dialects, read by a strict lexer of its own and by pyaxis; the file of a page (PX §1-5, §8)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pyaxis import pyaxis

from service import create_app
from service.formats import Options
from service.formats.format import Format
from service.settings import Settings
from tables.bank import Bank
from tables.model import CONTENTS, Answer, Contact, Dimension, Lang, Level, Note, Rule, Status, Text, Value
from tests.test_formats import (
    ANSWERS,
    AREAS,
    BY_NAME,
    COUNT,
    GOLDEN,
    SEX,
    SHARE,
    YEARS,
    Cells,
    question,
    release,
    text,
    value,
    whole_numbers,
)

PX: Format = BY_NAME["px"]
V1 = Options(dialect="dst", columns=("Tid",), address="https://example.dk")
FULL = Options(columns=("Tid",), address="https://example.dk", subject=("1", Text("Borgere", "People")))
DIALECTS = [(V1, "windows-1252", "\r\n"), (FULL, "utf-8", "\n")]
MANDATORY = (
    "CHARSET",
    "AXIS-VERSION",
    "CODEPAGE",
    "LANGUAGE",
    "DECIMALS",
    "MATRIX",
    "TITLE",
    "CONTENTS",
    "UNITS",
    "DATA",
)

Key = tuple[str, str, tuple[str, ...]]


@dataclass
class File:
    """What a strict reader finds: entries by keyword, language and subjects, and the cells."""

    entries: Mapping[Key, list[str]]
    cells: list[str]

    def one(self, keyword: str, *subjects: str, tag: str = "") -> list[str]:
        return self.entries[keyword, tag, subjects]


HEAD = re.compile(r"([A-Z][A-Z0-9-]*)(?:\[(\w+)\])?(?:\(((?:\"[^\"]*\",?)+)\))?=")
RUN = re.compile(r"\"[^\"]*\"(?:\s*\"[^\"]*\")*|TLIST\([A-Z]\d\)|YES|NO|\d+")


def lexed(raw: str, end: str) -> File:
    """Refuses what a reader of PX may refuse: an entry twice, texts that do not close, items that are none."""
    entries: dict[Key, list[str]] = {}
    at = 0
    while not raw.startswith("DATA=", at):
        head = HEAD.match(raw, at)
        assert head, raw[at : at + 80]
        key = (head[1], head[2] or "", tuple(re.findall(r'"([^"]*)"', head[3] or "")))
        assert key not in entries, key
        at, values = head.end(), []
        while True:
            item = RUN.match(raw, at)
            assert item, raw[at - 40 : at + 40]
            joined = "".join(re.findall(r'"([^"]*)"', item[0])) if item[0].startswith('"') else item[0]
            values.append(joined)
            at = item.end()
            mark, at = raw[at], at + 1
            if mark == ";":
                break
            assert mark == ",", raw[at - 40 : at + 40]
            at += len(end) if raw.startswith(end, at) else 0
        assert raw.startswith(end, at), raw[at - 40 : at + 40]
        entries[key], at = values, at + len(end)
    data = raw[at:].removeprefix(f"DATA={end}")
    assert data.endswith(f";{end}")
    return File(entries, data.removesuffix(f";{end}").split())


def read(answer: Answer, options: Options, encoding: str, end: str, lang: Lang = "da") -> File:
    found = lexed(b"".join(PX.write(answer, lang, options)).decode(encoding), end)
    tags = [tag for _, tag, _ in found.entries]
    for keyword in MANDATORY[:-1]:
        assert any(key == keyword for key, _, _ in found.entries), keyword
    for tag in set(tags):
        names = [name for keyword in ("STUB", "HEADING") for name in found.entries.get((keyword, tag, ()), [])]
        assert len(set(names)) == len(names)
        sizes = []
        for name in names:
            values, codes = found.one("VALUES", name, tag=tag), found.one("CODES", name, tag=tag)
            assert len(values) == len(codes) == len(set(values)) == len(set(codes))
            assert len(found.one("VARIABLECODE", name, tag=tag)) == 1
            if stamps := found.entries.get(("TIMEVAL", tag, (name,))):
                assert len(stamps) == len(values) + 1
            sizes.append(len(values))
        assert prod(sizes) == len(found.cells)
        known = {name: {*found.one("VALUES", name, tag=tag), "*"} for name in names}
        for keyword, own, subjects in found.entries:
            if own != tag:
                continue
            if keyword.startswith("CELLNOTE"):
                assert all(part in known[name] for name, part in zip(names, subjects, strict=True))
            elif keyword.startswith("VALUENOTE"):
                assert subjects[1] in known[subjects[0]]
    return found


@pytest.mark.parametrize("lang", ["da", "en"])
@pytest.mark.parametrize("table", ANSWERS)
@pytest.mark.parametrize(("options", "encoding", "end"), DIALECTS)
def test_a_strict_reader_takes_both_dialects(options: Options, encoding: str, end: str, table: str, lang: Lang) -> None:
    found = read(ANSWERS[table](), options, encoding, end, lang)

    assert found.one("LANGUAGE") == [lang]
    assert "KEYS" not in {keyword for keyword, _, _ in found.entries}


ODD = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12) | st.sampled_from(
    ['"', "a#b", "æøå", "æøå", 'x;y=z("q")[1],', "ord " * 75, "x" * 300, "I alt", "", "to\nlinjer"]
)


@st.composite
def odd(draw: st.DrawFn) -> Answer:
    """Names, titles, notes and contacts of any letters; the same text may come several times."""
    both = st.builds(Text, ODD, ODD)
    values = tuple(Value(f"{number:02}", draw(both)) for number in range(draw(st.integers(1, 4))))
    first = Dimension("A", draw(both), values, draw(st.sampled_from([None, "sum", "00"])))
    time = Dimension("Tid", draw(both), (value("2023", "2023", "2023"), value("2024", "2024", "2024")), time=True)
    found = release("ANY1", (first, time), draw(st.sampled_from([(COUNT,), (COUNT, SHARE)])))
    places = st.sampled_from(
        [{}, {"A": ("*",)}, {"A": ("00",)}, {"A": ("00",), "Tid": ("2024",)}, {"A": ("*",), "Tid": ("2023",)}]
    )
    notes = tuple(Note(draw(both), draw(places), draw(st.booleans())) for _ in range(draw(st.integers(0, 5))))
    table = replace(found.table, title=draw(both), notes=notes, contacts=(Contact(draw(both), "a@b.dk", "1"),) * 2)
    asked = question(replace(found, table=table))
    count = len(values) * 2 * len(table.measures)
    status = draw(st.lists(st.sampled_from([int(each) for each in Status]), min_size=count, max_size=count))
    return Answer(asked, Cells([0 if each > 2 else 7 for each in status], status, 1))


@given(odd(), st.sampled_from(["text", "code", "code_text"]))
@settings(max_examples=150, deadline=None)
def test_any_letters_make_a_file_that_can_be_read(answer: Answer, presentation: str) -> None:
    """In Windows-1252 letters it has not may fall together, so there only the structure is read."""
    found = read(answer, replace(FULL, presentation=presentation), "utf-8", "\n")  # type: ignore[arg-type]
    lexed(b"".join(PX.write(answer, "da", V1)).decode("windows-1252"), "\r\n")

    assert len(found.cells) == answer.query.cells


def test_signs_of_states_differ_in_one_dialect_and_are_one_in_the_other() -> None:
    full, old = (read(whole_numbers(), *dialect) for dialect in (DIALECTS[1], DIALECTS[0]))

    assert full.cells[4:7] == ['"."', '"..."', '".."']
    assert old.cells[4:7] == ['".."'] * 3
    assert [full.one(f"DATASYMBOL{number}") for number in "123"] == [["."], [".."], ["..."]]
    assert not [keyword for keyword, _, _ in old.entries if keyword.startswith("DATASYMBOL")]
    assert full.cells[:4] + full.cells[7:] == old.cells[:4] + old.cells[7:]


def test_px_2013_says_all_in_both_languages_the_asked_one_first() -> None:
    found = read(whole_numbers(), FULL, "utf-8", "\n", "en")

    assert found.one("LANGUAGES") == ["en", "da"]
    assert found.one("AXIS-VERSION") == ["2013"]
    assert (found.one("STUB"), found.one("STUB", tag="da")) == (["region", "sex"], ["område", "køn"])
    assert found.one("VARIABLECODE", "køn", tag="da") == found.one("VARIABLECODE", "sex") == ["KON"]
    assert found.one("VARIABLE-TYPE", "region") == ["G"]
    assert found.one("MAP", "region") == ["Denmark_rural_07"]
    assert found.one("ELIMINATION", "region") == ["All Denmark"]
    assert ("ELIMINATION", "", ("sex",)) in found.entries  # of a table that hides nothing; see the next test
    assert found.one("STOCKFA") == ["S"]
    assert (found.one("SUBJECT-AREA", tag="da"), found.one("SUBJECT-CODE")) == (["Borgere"], ["1"])
    assert found.one("AGGREGALLOWED") == ["NO"]


@pytest.mark.parametrize("table", ["whole", "decimals"])
def test_px_2013_writes_its_golden_bytes(table: str, request: pytest.FixtureRequest) -> None:
    raw = b"".join(PX.write(ANSWERS[table](), "da", FULL))

    golden = GOLDEN / f"{table}.da.px2013.px"
    if request.config.getoption("--golden"):
        golden.write_bytes(raw)
    assert raw == golden.read_bytes()


def test_a_sum_is_no_elimination_where_something_is_hidden() -> None:
    whole = whole_numbers()
    table = replace(whole.table, disclosure=(Rule("threshold", {}),))
    asked = replace(whole.query, release=replace(whole.query.release, table=table))

    found = read(Answer(asked, whole.blocks), FULL, "utf-8", "\n")

    assert ("ELIMINATION", "", ("køn",)) not in found.entries


def test_measures_have_their_own_units_and_the_decimals_they_have_more_of() -> None:
    found = read(ANSWERS["decimals"](), FULL, "utf-8", "\n")

    assert found.one("CONTVARIABLE") == ["Indhold"]
    assert (found.one("UNITS", "Børn"), found.one("UNITS", "Andel")) == (["Antal"], ["Pct."])
    assert (found.one("DECIMALS"), found.one("SHOWDECIMALS")) == (["1"], ["0"])
    assert found.one("PRECISION", "Indhold", "Andel") == ["1"]
    assert ("PRECISION", "", ("Indhold", "Børn")) not in found.entries


def test_notes_of_one_place_are_paragraphs_and_follow_what_is_shown() -> None:
    """A note on a value that was eliminated is one on the table that is left; a part that is gone has no place."""
    notes = (
        Note(text("Én.", "One."), mandatory=True),
        Note(text("To.", "Two."), mandatory=True),
        Note(text("Om landet.", "Of the country."), {"OMRÅDE": ("000",)}),
        Note(text("Om landet i 2024.", "Of the country in 2024."), {"OMRÅDE": ("000",), "Tid": ("2024",)}),
    )
    found = release("ISBU99", (AREAS, SEX, YEARS), (COUNT,))
    asked = question(replace(found, table=replace(found.table, notes=notes)), (CONTENTS, "KØN", "Tid"))
    picks = {code: picks for code, picks in asked.picks.items() if code != "OMRÅDE"}
    asked = replace(asked, picks=picks, eliminated={"OMRÅDE": "000"})

    old = read(Answer(asked, Cells([1, 2, 3, 4], [0] * 4, 0)), V1, "windows-1252", "\r\n")

    assert old.one("NOTEX") == ["Én.##To."]
    assert old.one("NOTE") == ["Om landet."]
    assert old.one("VALUENOTE", "tid", "2024") == ["Om landet i 2024."]


@pytest.mark.parametrize(
    ("codes", "stamps"),
    [
        (("2023", "2024"), ["TLIST(A1)", "2023", "2024"]),
        (("2023H1", "2023H2"), ["TLIST(H1)", "20231", "20232"]),
        (("2023K4", "2024K1"), ["TLIST(Q1)", "20234", "20241"]),
        (("2023M12", "2024M01"), ["TLIST(M1)", "202312", "202401"]),
        (("2023U52", "2024U01"), ["TLIST(W1)", "202352", "202401"]),
        (("2024M01D01", "2024M01D02"), ["TLIST(D1)", "20240101", "20240102"]),
        (("2015:2022", "2016:2023"), None),
        (("2014/2015", "2015/2016"), None),
    ],
)
def test_periods_have_stamps_of_their_scale_and_spans_have_none(
    codes: tuple[str, ...], stamps: list[str] | None
) -> None:
    time = Dimension("Tid", text("tid", "time"), tuple(value(code, code, code) for code in codes), time=True)
    found = read(Answer(question(release("T1", (time,), (COUNT,))), Cells([1, 2], [0, 0], 0)), FULL, "utf-8", "\n")

    assert found.entries.get(("TIMEVAL", "", ("tid",))) == stamps


# -- the file of a page -------------------------------------------------------------------------------------------


@pytest.fixture
def client(toy: Bank) -> FlaskClient:
    return create_app(toy, Settings()).test_client()


@pytest.mark.parametrize(("address", "first"), [("/da/tabel/TOY.px", "køn"), ("/en/table/toy.px", "sex")])
def test_a_table_page_has_its_px_file_and_pyaxis_reads_it(
    client: FlaskClient, tmp_path: Path, address: str, first: str
) -> None:
    answer = client.get(f"{address}?KON=*&OMRADE=*&Tid=*&rows=KON&columns=OMRADE,Tid")
    (tmp_path / "toy.px").write_bytes(answer.data)

    px = pyaxis.parse(str(tmp_path / "toy.px"), encoding="utf-8")

    assert answer.content_type == "application/octet-stream; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="TOY_2024-06-06.px"'
    assert px["METADATA"]["STUB"] == [first]
    assert px["METADATA"][f"VARIABLECODE({first})"] == ["KON"]
    numbers = [None if each != each else int(each) for each in px["DATA"]["DATA"]]
    assert numbers == [20, 18, 12, None, 8, None, 16, 10, 7, 10, 9, 0]
    assert numbers.count(None) == client.get(f"{address.replace('.px', '.csv')}?KON=*&OMRADE=*&Tid=*").text.count(
        "confidential"
    )


def test_a_mapped_level_is_the_geography() -> None:
    level = Level("kommune", text("kommune", "municipality"), "Denmark_municipality_07")
    areas = Dimension("KOMMUNE", text("kommune", "municipality"), AREAS.values, "000", levels=(level,))
    found = read(
        Answer(question(release("K1", (areas, YEARS), (COUNT,))), Cells([1] * 4, [0] * 4, 0)), FULL, "utf-8", "\n"
    )

    assert found.one("MAP", "kommune") == ["Denmark_municipality_07"]

"""Formats: pure writers, compared byte for byte with golden files and read back by independent readers."""

import csv as csvfile
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape
from itertools import product
from math import prod
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from service.formats import FORMATS, Format, Options, numbers
from service.formats.bulk import END
from service.formats.rows import Rows
from service.formats.signs import BY_BYTE, DST
from service.formats.table import digits
from tables.model import (
    CONTENTS,
    Act,
    Answer,
    Block,
    Dimension,
    Lang,
    Level,
    Measure,
    Note,
    Pick,
    Query,
    Release,
    Status,
    Table,
    Text,
    Value,
)

GOLDEN = Path(__file__).parent / "golden"
BY_NAME = {each.name: each for each in FORMATS}
BINARY = {"xlsx", "parquet", "arrow"}
RELEASED = datetime(2025, 5, 23, 6, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Cells:
    """Blocks of any size over given numbers, as the bank would hand them out."""

    values: Sequence[int]
    status: Sequence[int]
    decimals: int | Sequence[int]
    size: int = 65_536

    def __call__(self) -> Iterator[Block]:
        for start in range(0, len(self.values), self.size):
            cut = slice(start, start + self.size)
            decimals = self.decimals if isinstance(self.decimals, int) else np.array(self.decimals[cut], np.uint8)
            yield Block(np.array(self.values[cut], np.int64), np.array(self.status[cut], np.uint8), decimals)


def text(da: str, en: str) -> Text:
    return Text(da, en)


def value(code: str, da: str, en: str) -> Value:
    return Value(code, Text(da, en))


AREAS = Dimension(
    "OMRÅDE",
    text("område", "region"),
    (value("000", "Hele landet", "All Denmark"), value("01", "Byen «K»; øst", 'City "K"; east')),
    elimination="000",
    levels=(Level("landsdel", text("landsdel", "province"), "Denmark_rural_07"),),
)
SEX = Dimension("KØN", text("køn", "sex"), (value("D", "Drenge", "Boys"), value("P", "Piger", "Girls")), "sum")
YEARS = Dimension("Tid", text("tid", "time"), (value("2023", "2023", "2023"), value("2024", "2024", "2024")), time=True)
QUARTERS = Dimension(
    "Tid",
    text("tid", "time"),
    (value("2023K4", "2023K4", "2023Q4"), value("2024K1", "2024K1", "2024Q1")),
    time=True,
)
COUNT = Measure("antal", text("Børn", "Children"), text("Antal", "Number"), "additive", series="stock")
SHARE = Measure("andel", text("Andel", "Share"), text("Pct.", "Per cent"), "ratio", decimals=1)
NOTES = (
    Note(text("Tallene er syntetiske.", "The figures are synthetic."), mandatory=True),
    Note(text("Følger kommunen.", "Follows the municipality."), {"OMRÅDE": ("*",)}),
    Note(text("Udeladt.", "Left out."), {"OMRÅDE": ("01",), "Tid": ("2024", "2024K1")}, mandatory=True),
    Note(text("Gælder et andet sted.", "Holds elsewhere."), {"OMRÅDE": ("07",)}),
)


def release(table_id: str, dimensions: tuple[Dimension, ...], measures: tuple[Measure, ...]) -> Release:
    table = Table(
        table_id,
        text("Børn med støtte", "Children with support"),
        "20046",
        text("Syntetiske data (demo)", "Synthetic data (demo)"),
        dimensions,
        measures,
        (),
        notes=NOTES,
        documentation="stoette",
    )
    return Release(table, Act(1, "release", RELEASED, Path("/nowhere"), text("", ""), {}, {}))


def question(found: Release, axes: tuple[str, ...] | None = None) -> Query:
    table = found.table
    picks = {
        dimension.code: tuple(Pick(each.code, each.text, (each.code,)) for each in dimension.values)
        for dimension in table.dimensions
    }
    return Query(found, table.measures, picks, {}, axes or (CONTENTS, *picks), None, f"key of {table.id}")


def whole_numbers() -> Answer:
    """Every state once, and a zero; one measure, a map, years."""
    query = question(release("ISBU99", (AREAS, SEX, YEARS), (COUNT,)))
    return Answer(query, Cells([1234567, 0, -5, 12, 0, 0, 0, 41], [0, 0, 0, 1, 3, 4, 5, 2], 0))


def decimals() -> Answer:
    """Two measures with their own decimals, quarters, no map."""
    query = question(release("BU99", (SEX, QUARTERS), (COUNT, SHARE)), ("KØN", CONTENTS, "Tid"))
    return Answer(query, Cells([12, 13, 105, 0, 7, 0, -3, 0], [0, 0, 0, 0, 0, 5, 0, 3], [0, 0, 1, 1, 0, 0, 1, 1], 3))


def months() -> Answer:
    """Whole numbers over months, no map; a negative one and two states."""
    periods = tuple(value(code, code, code) for code in ("2023M12", "2024M01"))
    query = question(release("MND99", (SEX, Dimension("Tid", text("tid", "time"), periods, time=True)), (COUNT,)))
    return Answer(query, Cells([10, -1, 0, 0], [0, 1, 0, 4], 0))


def weeks() -> Answer:
    """Decimals over weeks, a map."""
    periods = tuple(value(code, code, code) for code in ("2023U52", "2024U01"))
    query = question(release("UGE99", (AREAS, Dimension("Tid", text("tid", "time"), periods, time=True)), (SHARE,)))
    return Answer(query, Cells([118, 0, -5, 1200], [0, 5, 0, 0], 1))


ANSWERS = {"whole": whole_numbers, "decimals": decimals, "months": months, "weeks": weeks}
GIVEN = {
    "csv": Options(dialect="dst"),
    "bulk": Options(dialect="dst", presentation="code_text", decimal="."),
    "tidy": Options(delimiter=",", decimal="."),
    "px": Options(dialect="dst", columns=("Tid",), address="https://example.dk"),
    "html": Options(columns=("Tid",)),
    "html5inclnotes": Options(columns=("Tid",)),
    "xlsx": Options(columns=("Tid",)),
    "markdown": Options(columns=("Tid",)),
    "jsonstat": Options(dialect="dst", address="https://example.dk"),
    "jsonstat2": Options(ascii=True, address="https://example.dk"),
}


def written(name: str, answer: Answer, lang: Lang = "da", options: Options | None = None) -> bytes:
    return b"".join(BY_NAME[name].write(answer, lang, options or GIVEN.get(name, Options())))


def readable(name: str, raw: bytes) -> str:
    """Binary files as text: their bytes follow the versions of libraries, their content does not."""
    if name == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(raw))
        lines = [
            "\t".join("" if cell.value is None else repr(cell.value) for cell in row) for page in book for row in page
        ]
        return "\n".join(lines) + "\n"
    rows = pq.read_table(io.BytesIO(raw)) if name == "parquet" else pa.ipc.open_file(raw).read_all()
    return f"{rows.schema.to_string()}\n" + "".join(f"{row}\n" for row in rows.to_pylist())


@pytest.mark.parametrize("lang", ["da", "en"])
@pytest.mark.parametrize("table", ANSWERS)
@pytest.mark.parametrize("name", BY_NAME)
def test_every_format_writes_its_golden_bytes(
    name: str, table: str, lang: Lang, request: pytest.FixtureRequest
) -> None:
    raw = written(name, ANSWERS[table](), lang)

    if name in BINARY:
        raw = readable(name, raw).encode()
    golden = GOLDEN / f"{table}.{lang}.{name}.{'txt' if name in BINARY else BY_NAME[name].extension}"
    if request.config.getoption("--golden"):
        golden.write_bytes(raw)
    assert raw == golden.read_bytes()


def test_a_large_table_is_lean_and_a_small_one_names_headers() -> None:
    def drawn(count: int) -> str:
        areas = replace(AREAS, values=tuple(value(f"{place:04}", "sted", "place") for place in range(count)))
        query = question(release("ISBU98", (areas, SEX, YEARS), (COUNT,)))
        return written("html", Answer(query, Cells([1234] * count * 4, [0] * count * 4, 0)), "en").decode()

    small, large = drawn(500), drawn(501)

    assert '<td class="num" headers="r0-499 r1-999 c0-1"><data value="1234">1,234</data></td>' in small
    assert large.count("<td>1,234</td>") == 501 * 4
    assert "headers=" not in large
    for each, groups in ((small, 500), (large, 501)):  # a header of a group reaches to the end of its body
        assert each.count("<tbody>") == each.count('scope="rowgroup" rowspan="2"') == groups


# -- properties ---------------------------------------------------------------------------------------------------

LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=6)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Any small answer: odd texts, any state, blocks cut anywhere."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    dimensions = [
        Dimension(
            f"D{place}Å",
            text(f"variabel {place}", f"variable {place}"),
            tuple(Value(f"{number:02}", text(*[draw(LETTERS)] * 2)) for number in range(size)),
        )
        for place, size in enumerate(sizes)
    ]
    codes = draw(st.integers(1, 3))
    years = tuple(value(str(2000 + number), *[str(2000 + number)] * 2) for number in range(codes))
    places = draw(st.integers(0, 3))
    measures = draw(st.sampled_from([(COUNT,), (COUNT, SHARE)]))
    measures = tuple(Measure(m.code, m.text, m.unit, m.kind, decimals=places) for m in measures)
    found = release("ANY1", (*dimensions, Dimension("Tid", text("tid", "time"), years, time=True)), measures)
    count = prod([*sizes, codes, len(measures)])
    status = draw(st.lists(st.sampled_from([int(each) for each in Status]), min_size=count, max_size=count))
    raw = draw(st.lists(st.integers(-(10**12), 10**12), min_size=count, max_size=count))
    shown = [number if BY_BYTE[state].number else 0 for number, state in zip(raw, status, strict=True)]
    return Answer(question(found), Cells(shown, status, places, draw(st.integers(1, 9))))


def truth(answer: Answer) -> list[tuple[tuple[str, ...], str, int]]:
    """Codes, number as text and state of every cell, made the slow way."""
    query = answer.query
    lines = [
        [measure.code for measure in query.measures] if axis == CONTENTS else [pick.code for pick in query.picks[axis]]
        for axis in query.axes
        if axis != CONTENTS or len(query.measures) > 1
    ]
    digits: list[str] = []
    status: list[int] = []
    for block in answer.blocks():
        digits += [numbers.text(int(number), int(block.decimals)) for number in block.values]  # type: ignore[arg-type]
        status += block.status.tolist()
    return list(zip(product(*lines), digits, status, strict=True))


@given(answers())
@settings(max_examples=60, deadline=None)
def test_every_format_writes_every_answer(answer: Answer) -> None:
    for each in FORMATS:
        assert b"".join(each.write(answer, "da", Options(columns=("Tid",) if _page(each) else ())))


def _page(each: Format) -> bool:
    return each.name in {"px", "html", "html5inclnotes", "xlsx", "markdown"}


@given(answers())
@settings(max_examples=60, deadline=None)
def test_csv_and_bulk_read_back_as_they_were_written(answer: Answer) -> None:
    options = Options(presentation="code", decimal=".", dialect="dst")

    raw = written("csv", answer, "da", options)

    assert raw == b"\xef\xbb\xbf" + written("bulk", answer, "da", options)
    rows = list(csvfile.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0][-1] == "INDHOLD"
    assert [(tuple(row[:-1]), row[-1]) for row in rows[1:]] == [
        (codes, digits if BY_BYTE[state].number else DST) for codes, digits, state in truth(answer)
    ]


@given(answers())
@settings(max_examples=60, deadline=None)
def test_markdown_reads_back_as_a_table_of_the_same_cells(answer: Answer) -> None:
    raw = written("markdown", answer, "en", Options(columns=("Tid",))).decode()

    page = MarkdownIt().enable("table").render(raw)
    heads = page[page.index("<thead>") : page.index("</thead>")].count('style="text-align:right"')
    rows = re.findall(r"<tr>(.*?)</tr>", page[page.index("<tbody>") :], re.DOTALL)
    found = [unescape(cell) for row in rows for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)[-heads:]]
    assert found == [
        (digits(number, "en") if BY_BYTE[state].number else "") + BY_BYTE[state].mark
        for _, number, state in truth(answer)
    ]


@given(answers())
@settings(max_examples=60, deadline=None)
def test_the_site_csv_keeps_texts_and_states(answer: Answer) -> None:
    raw = written("tidy", answer, "en", Options(delimiter=",", decimal="."))

    rows = list(csvfile.reader(io.StringIO(raw.decode(), newline="")))[1:]

    assert [(tuple(row[0:-2:2]), row[-2], row[-1]) for row in rows] == [
        (codes, digits if BY_BYTE[state].number else "", BY_BYTE[state].word) for codes, digits, state in truth(answer)
    ]


@given(answers())
@settings(max_examples=60, deadline=None)
def test_both_json_stats_hold_the_same_cells(answer: Answer) -> None:
    old = json.loads(written("jsonstat", answer))["dataset"]
    new = json.loads(written("jsonstat2", answer))

    expected = [float(digits) if BY_BYTE[state].number else None for _, digits, state in truth(answer)]
    assert old["value"] == new["value"] == expected
    gone = {str(place) for place, number in enumerate(expected) if number is None}
    assert set(old.get("status", {})) == gone
    assert {place: mark for place, mark in new.get("status", {}).items() if place in gone} == {
        str(place): BY_BYTE[state].mark
        for place, (_, _, state) in enumerate(truth(answer))
        if not BY_BYTE[state].number
    }
    assert new["extension"]["suppression"]["count"] == sum(state == 5 for *_, state in truth(answer))
    assert list(new["dimension"]) == new["id"]


@given(answers())
@settings(max_examples=30, deadline=None)
def test_columnar_files_hold_the_same_cells(answer: Answer) -> None:
    frame = pq.read_table(io.BytesIO(written("parquet", answer)))
    lines = [json.loads(line) for line in written("ndjson", answer).splitlines()]

    assert pa.ipc.open_file(written("arrow", answer)).read_all().equals(frame)
    rows = [tuple(row.values()) for row in frame.to_pylist()]
    expected = [
        (*codes, float(digits) if BY_BYTE[state].number else None, BY_BYTE[state].word or None)
        for codes, digits, state in truth(answer)
    ]
    assert rows == expected
    assert [tuple(line.values()) for line in lines] == expected


@given(answers())
@settings(max_examples=30, deadline=None)
def test_px_and_xlsx_hold_the_same_cells(answer: Answer) -> None:
    options = Options(dialect="dst", columns=("Tid",))
    expected = [digits if BY_BYTE[state].number else None for _, digits, state in truth(answer)]

    px = written("px", answer, "da", options).decode("windows-1252")
    data = px.split("DATA=\r\n")[1].removesuffix(";\r\n").split()
    page = openpyxl.load_workbook(io.BytesIO(written("xlsx", answer, "da", options))).worksheets[0]

    assert [None if cell == '".."' else cell for cell in data] == expected
    left = len(answer.query.axes) - (len(answer.query.measures) == 1) - 1
    cells = [cell.value for row in page.iter_rows(min_row=4, min_col=left + 1) for cell in row]
    assert cells == [".." if number is None else pytest.approx(float(number), rel=1e-15) for number in expected]


@pytest.mark.parametrize(("start", "count"), [(0, 10), (299, 3), (119_999, 65_536), (839_000, 1_000), (0, 65_536)])
def test_rows_are_numbered_alike_however_the_axes_are_cut(start: int, count: int) -> None:
    """Outer labels are joined per block, inner ones once: the cut must not show."""
    sizes = (7, 300, 400)
    columns = [[f"{letter}{number};" for number in range(size)] for letter, size in zip("abc", sizes, strict=True)]
    rows = Rows(columns, [END if sign.number else f"..{END}" for sign in BY_BYTE])
    status = np.where(np.arange(count) % 5 == 2, np.uint8(5), np.uint8(0))

    written = rows.lines(start, Block(np.arange(count), status, 0)).decode()

    lines = written.split(END)
    assert lines.pop() == ""
    for number, line in enumerate(lines):
        places = np.unravel_index(start + number, sizes)
        labels = "".join(column[at] for column, at in zip(columns, places, strict=True))
        assert line == labels + (".." if status[number] else str(number))


@pytest.mark.parametrize(
    ("scaled", "places", "shown"), [(0, 1, "0.0"), (-5, 1, "-0.5"), (-1234, 2, "-12.34"), (7, 0, "7")]
)
def test_digits_are_exact(scaled: int, places: int, shown: str) -> None:
    block = Block(np.array([scaled] * 600, np.int64), np.zeros(600, np.uint8), places)

    assert numbers.text(scaled, places) == shown
    assert set(numbers.texts(block)) == {shown}


def test_the_largest_numbers_keep_every_digit() -> None:
    block = Block(np.array([2**63 - 1, -(2**63) + 1] * 300, np.int64), np.zeros(600, np.uint8), 2)

    assert set(numbers.texts(block)) == {"92233720368547758.07", "-92233720368547758.07"}


def test_a_hostile_label_stays_text_in_every_format() -> None:
    label = "<script>=1+1\"';|</script>"
    odd = Dimension("X", text("x", "x"), (Value("1", text(label, label)), Value("2", text("b", "b"))))
    query = question(release("ODD1", (odd, YEARS), (COUNT,)))
    answer = Answer(query, Cells([1, 2, 3, 4], [0] * 4, 0))

    assert "<script>" not in written("html", answer).decode()
    assert json.loads(written("jsonstat", answer))["dataset"]["dimension"]["X"]["category"]["label"]["1"] == label
    px = written("px", answer).decode("windows-1252")
    assert re.search(r'VALUES\("x"\)="<script>=1\+1”\';\|</script>","b";', px)
    cell = openpyxl.load_workbook(io.BytesIO(written("xlsx", answer))).worksheets[0].cell(4, 1)
    assert (cell.value, cell.data_type) == (label, "s")


def test_a_hidden_number_has_the_same_sign_in_all_formats_of_dst() -> None:
    options = Options(dialect="dst", columns=("Tid",))

    page = written("html5inclnotes", whole_numbers(), "da", options).decode()

    assert page.count(">..</td>") == 3
    assert "fortrolighed" not in page
    assert "*" not in page


def test_a_cell_without_a_number_says_why_in_a_sheet_and_the_old_protocol_one_thing_for_all() -> None:
    def comments(options: Options) -> list[tuple[str, str]]:
        page = openpyxl.load_workbook(io.BytesIO(written("xlsx", whole_numbers(), "en", options))).worksheets[0]
        return [(cell.value, cell.comment.text) for row in page for cell in row if cell.comment]

    old = comments(Options(dialect="dst", columns=("Tid",)))
    ours = comments(Options(columns=("Tid",)))

    assert len(old) == 3
    assert len(set(old)) == 1
    assert old[0] == ("..", "not shown: confidential, too uncertain, not available, or cannot occur")
    assert ("..", "withheld for confidentiality or uncertainty") in ours
    assert len({mark for mark, _ in ours if isinstance(mark, str)}) == 3

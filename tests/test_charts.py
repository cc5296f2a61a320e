"""Charts: what fits, what is drawn, and that nothing hidden is in it."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from itertools import pairwise
from pathlib import Path
from types import EllipsisType
from xml.etree import ElementTree

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from service import create_app
from service.charts import draw, fit, line, look, tiles
from service.charts.areas import tiles as ground
from service.charts.cells import Cell, Cells, read
from service.charts.renderer import Renderer
from service.formats import Options
from service.formats.head import Axis
from service.formats.head import Line as Value
from service.settings import Settings
from tables.bank import Bank
from tables.errors import Busy, InvalidQuery
from tables.model import Answer, Block, Query, Status

ALL = {"KØN": ("D", "P"), "OMRÅDE": ("01", "02"), "Tid": ("2023", "2024")}
YEARS = {"KØN": ("D", "P"), "Tid": ("2023", "2024")}
AREAS = {"OMRÅDE": ("000", "01", "02"), "Tid": ("2024",)}
SEXES = {"OMRÅDE": ("01", "02"), "KØN": ("D", "P"), "Tid": ("2024",)}
FITTING = {"line": YEARS, "multiples": ALL, "bar": AREAS, "stacked": SEXES, "pyramid": SEXES}
ORDERS = {"pyramid": (..., "KØN")}


def asked(bank: Bank, chosen: dict[str, tuple[str, ...]], order: Sequence[str | EllipsisType] = ()) -> Query:
    return bank.ask(bank.catalogue(), "TOY", chosen, "site", order=order)


def with_cells(query: Query, values: list[int], status: list[int]) -> Answer:
    block = Block(np.array(values, np.int64), np.array(status, np.uint8), 0)
    return Answer(query, lambda: iter((block,)))


def options(view: str) -> Options:
    return Options(view=view, columns=("KØN",) if view == "pyramid" else ("Tid",))


@pytest.fixture
def client(toy: Bank, toy_folder: Path, tmp_path: Path) -> FlaskClient:
    return create_app(toy, Settings(bank=toy_folder, cache=tmp_path)).test_client()


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    made = Renderer()
    yield made
    made.close()


@pytest.mark.parametrize("view", FITTING)
@given(
    values=st.lists(st.integers(0, 10**6), min_size=12, max_size=12),
    other=st.lists(st.integers(-(10**9), 10**9), min_size=12, max_size=12),
    status=st.lists(st.sampled_from(Status), min_size=12, max_size=12),
)
@settings(max_examples=25, deadline=None)
def test_a_number_under_a_hidden_cell_changes_nothing(
    toy_folder: Path, view: str, values: list[int], other: list[int], status: list[Status]
) -> None:
    query = _query(toy_folder, view)
    count = query.cells
    shown = [value if state < Status.NOT_APPLICABLE else 0 for value, state in zip(values, status, strict=True)]
    poisoned = [
        value if state < Status.NOT_APPLICABLE else poison
        for value, poison, state in zip(values, other, status, strict=True)
    ]

    first, second = (with_cells(query, each[:count], list(status[:count])) for each in (shown, poisoned))

    chosen = options(view)
    assert json.dumps(draw.spec(first, "da", view, chosen)) == json.dumps(draw.spec(second, "da", view, chosen))
    assert draw.description(first, "da", chosen) == draw.description(second, "da", chosen)


@pytest.mark.slow
@pytest.mark.parametrize("view", FITTING)
def test_a_drawing_and_all_around_it_are_made_of_the_shown_cells_alone(
    toy_folder: Path, renderer: Renderer, view: str
) -> None:
    query = _query(toy_folder, view)
    count = query.cells
    shown = {place: 101 + 110 * place for place in range(count) if place not in (1, count - 1)}
    status = [0 if place in shown else int(Status.CONFIDENTIAL) for place in range(count)]
    secrets = with_cells(query, [shown.get(place, 98_765 + place) for place in range(count)], status)
    nothing = with_cells(query, [shown.get(place, 0) for place in range(count)], status)
    chosen = options(view)

    drawn = [draw.picture(each, "da", chosen, lambda: renderer) for each in (secrets, nothing)]
    specs = [draw.spec(each, "da", view, chosen) for each in (secrets, nothing)]

    assert drawn[0] == drawn[1]  # marks, axis, order, words and their places; the PNG is made from it
    assert specs[0] == specs[1]  # tooltips too
    assert draw.description(secrets, "da", chosen) == draw.description(nothing, "da", chosen)
    told = {abs(float(row["v"])) for rows in _rows(specs[0]) for row in rows if row.get("v") is not None}
    assert told == set(map(float, shown.values()))
    assert b"98.76" not in drawn[0]
    assert "98765" not in json.dumps(specs[0])


def _rows(node: object) -> Iterator[list[dict[str, float]]]:
    """The rows of every mark that draws numbers; names beside lines are moved apart and are none."""
    if isinstance(node, dict):
        mark = node.get("mark")
        if isinstance(mark, dict) and mark["type"] in {"line", "bar"}:
            yield node["data"]["values"]
        for each in node.values():
            yield from _rows(each)
    elif isinstance(node, list):
        for each in node:
            yield from _rows(each)


_QUERIES: dict[tuple[Path, str], Query] = {}


def _query(folder: Path, view: str) -> Query:
    if (folder, view) not in _QUERIES:
        bank = Bank(folder)
        bank.refresh()
        _QUERIES[folder, view] = asked(bank, FITTING[view], ORDERS.get(view, ()))
    return _QUERIES[folder, view]


def test_the_axis_ends_where_the_shown_numbers_do(toy: Bank) -> None:
    answer = with_cells(asked(toy, YEARS), [10, 20, 999_999, 30], [0, 0, Status.CONFIDENTIAL, 0])

    made = draw.spec(answer, "da", "line", options("line"))

    axes = {json.dumps(each) for each in _found(made, "domain") if isinstance(each[0], float)}
    assert axes == {"[0.0, 30.0]"}
    assert "999999" not in json.dumps(made)


def _found(node: object, key: str) -> Iterator[list[object]]:
    if isinstance(node, dict):
        for name, each in node.items():
            if name == key and isinstance(each, list):
                yield each
            yield from _found(each, key)
    elif isinstance(node, list):
        for each in node:
            yield from _found(each, key)


def test_a_hidden_cell_is_a_gap_a_sign_and_a_count_in_words(toy: Bank) -> None:
    answer = with_cells(asked(toy, YEARS), [10, 0, 20, 30], [0, Status.CONFIDENTIAL, 0, 0])

    made = draw.spec(answer, "da", "line", options("line"))

    rows = made["layer"][0]["data"]["values"]
    assert [row["v"] for row in rows] == [10.0, None, 20.0, 30.0]
    assert made["layer"][1]["data"]["values"] == [{"x": "2024", "t": "..", "hidden": True}]
    assert "1 værdi vises ikke." in draw.description(answer, "da", options("line"))
    assert "1 value is not shown." in draw.description(answer, "en", options("line"))


def test_hidden_bars_come_last_and_say_so(toy: Bank) -> None:
    answer = with_cells(asked(toy, AREAS), [0, 7, 12], [Status.CONFIDENTIAL, 0, 0])

    made = draw.spec(answer, "da", "bar", options("bar"))

    assert made["layer"][0]["encoding"]["y"]["sort"] == ["Syd", "Nord", "Hele landet"]
    assert [row["t"] for row in made["layer"][-1]["data"]["values"]] == ["vises ikke"]


@pytest.mark.parametrize(
    ("view", "chosen", "why"),
    [
        ("line", AREAS, "mindst to perioder"),
        ("stacked", AREAS, "to variable"),
        ("stacked", {"OMRÅDE": ("000", "01"), "KØN": ("D", "P"), "Tid": ("2024",)}, "udelad totalen"),
        ("pyramid", ALL, "kolonnevariabel"),
        ("bar", ALL, "højst vise to variable"),
        ("tiles", AREAS, "kommuner eller landsdele"),
        ("map", AREAS, "kommuner eller landsdele"),
        ("multiples", AREAS, "mindst to perioder"),
    ],
)
def test_a_view_that_makes_no_sense_is_refused_with_those_that_fit(
    toy: Bank, view: str, chosen: dict[str, tuple[str, ...]], why: str
) -> None:
    query = asked(toy, chosen)

    if fit.reason(query, ("Tid",), view) is None:
        assert fit.fit(query, ("Tid",), view).view == view
        return
    with pytest.raises(InvalidQuery) as refused:
        fit.fit(query, ("Tid",), view)

    assert refused.value.reason == "layout"
    assert why in refused.value.text.da
    assert "Her passer: " in refused.value.text.da
    assert all(fit.reason(query, ("Tid",), each) is None for each in refused.value.near)


def test_a_table_is_drawn_as_bars_or_lines(toy: Bank) -> None:
    assert fit.fit(asked(toy, AREAS), ("Tid",), "table").view == "bar"
    assert fit.fit(asked(toy, YEARS), ("Tid",), "table").view == "bar"


def test_names_beside_lines_never_cover_each_other() -> None:
    placed = line._apart([(1.0, "a"), (1.1, "b"), (9.9, "c"), (10.0, "d")], dict.fromkeys("abcd", 1), 1.0, 10.0)

    heights = [height for height, _ in placed]
    assert all(after - before >= 1 - 1e-9 for before, after in pairwise(heights))
    assert max(heights) <= 10


@given(st.lists(st.floats(-1e9, 1e9), max_size=20), st.booleans())
def test_an_axis_holds_every_shown_number(shown: list[float], zero: bool) -> None:
    low, high, step = look.domain(shown, zero=zero)

    slack = 1e-6 * max(1.0, abs(low), abs(high))
    assert step > 0
    assert all(low - slack <= value <= high + slack for value in shown)
    assert not zero or low <= 0 <= high


def areas(states: dict[str, tuple[int, int]]) -> Cells:
    """Kommuner with a number and a state each."""
    codes = [tile.kommune for tile in ground()]
    axis = Axis("KOMMUNEDK", "kommune", tuple(Value(code, f"Kommune {code}") for code in codes), "geo")
    cells = []
    for spot, code in enumerate(codes):
        value, state = states.get(code, (spot * 10, 0))
        cells.append(Cell(float(value), str(value), 0) if state == 0 else Cell(None, "..", state))
    return Cells((axis,), tuple(cells), "da")


def test_every_kommune_has_its_own_place() -> None:
    assert len(ground()) == 98
    assert len({(tile.column, tile.row) for tile in ground()}) == 98
    assert len({tile.landsdel for tile in ground()}) == 11


def test_a_hidden_tile_is_hatched_and_classes_are_of_shown_numbers() -> None:
    cells = areas({"101": (999_999, int(Status.CONFIDENTIAL))})

    drawn = tiles.drawing(cells, "KOMMUNEDK", title="Børn", under=["Antal"])

    assert "999999" not in drawn
    assert drawn.count(look.HIDDEN) == 2  # the tile and its entry in the legend
    assert "Kommune 101: vises ikke af hensyn til fortrolighed eller usikkerhed" in drawn
    ElementTree.fromstring(drawn)


def test_classes_hold_every_shown_number_once() -> None:
    found = [Cell(float(value), str(value), 0) for value in (1, 1, 2, 3, 5, 8, 13, 21)]

    classes = tiles.classed(found)

    assert set(classes) == {1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0}
    assert len({each.text for each in classes.values()}) == 5


def test_svg_speaks_and_keeps_still(client: FlaskClient) -> None:
    answer = client.get("/da/tabel/TOY.svg?OMRÅDE=*&KØN=D&Tid=2024&view=bar")

    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"
    text = answer.get_data(as_text=True)
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    title, desc = root[0], root[1]
    assert title.tag.endswith("title")
    assert desc.tag.endswith("desc")
    assert "2 værdier vises ikke" in (desc.text or "")  # the 3, and one that keeps it from being reckoned
    assert "vises ikke" in text
    assert not re.search(r"aria-roledescription|graphics-|<script|http://(?!www\.w3\.org)", text)
    assert escape("Syntetiske data") in text


def test_a_picture_is_known_by_its_tag(client: FlaskClient) -> None:
    first = client.get("/en/table/TOY.png?OMRÅDE=*&Tid=2024&view=bar")
    again = client.get("/en/table/TOY.png?OMRÅDE=*&Tid=2024&view=bar", headers={"If-None-Match": first.headers["ETag"]})
    other = client.get("/en/table/TOY.png?OMRÅDE=*&Tid=2024&view=table&rows=OMRÅDE")

    assert first.data.startswith(b"\x89PNG")
    assert again.status_code == 304
    assert other.headers["ETag"] != first.headers["ETag"]


def test_the_figures_behind_a_chart_are_the_same_address_with_another_ending(client: FlaskClient) -> None:
    assert client.get("/da/tabel/TOY.csv?OMRÅDE=*&Tid=2024&view=bar").status_code == 200


def test_a_picture_that_does_not_fit_is_refused_in_plain_words(client: FlaskClient) -> None:
    answer = client.get("/da/tabel/TOY.svg?OMRÅDE=*&Tid=2024&view=line")

    assert answer.status_code == 400
    assert "Her passer: søjler" in answer.get_data(as_text=True)


@pytest.mark.slow
def test_a_killed_process_is_followed_by_another(renderer: Renderer) -> None:
    small = {"data": {"values": [{"a": 1}]}, "mark": "point", "encoding": {"x": {"field": "a", "type": "quantitative"}}}
    first = renderer.svg(small, "da")
    process = renderer.pid
    assert process is not None

    os.kill(process, signal.SIGKILL)
    second = renderer.svg({**small, "width": 77}, "da")

    assert "<svg" in first
    assert "<svg" in second
    assert renderer.pid != process


@pytest.mark.slow
def test_what_takes_too_long_is_given_up() -> None:
    hasty = Renderer(seconds=0.01)

    with pytest.raises(Busy):
        hasty.svg({"data": {"values": []}, "mark": "point"}, "da")

    hasty.close()


@pytest.mark.slow
def test_many_at_once_wait_their_turn_or_are_told_to(renderer: Renderer) -> None:
    renderer.svg({"data": {"values": []}, "mark": "bar"}, "da")
    outcomes: list[str] = []

    def one(width: int) -> None:
        try:
            renderer.svg({"width": width, "data": {"values": []}, "mark": "point"}, "da")
            outcomes.append("drawn")
        except Busy:
            outcomes.append("busy")

    threads = [threading.Thread(target=one, args=(width,)) for width in range(100, 112)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)

    assert len(outcomes) == 12
    assert outcomes.count("drawn") >= 4


@pytest.mark.slow
def test_two_forked_workers_draw_at_once_and_neither_imports_the_drawer(toy_folder: Path) -> None:
    """As gunicorn does it: code first, then the fork, then a drawing in each."""
    program = f"""
import os, sys
from pathlib import Path
from service import create_app
from service.settings import Settings
from tables.bank import Bank
bank = Bank(Path({str(toy_folder)!r}))
app = create_app(bank, Settings(bank=Path({str(toy_folder)!r})))
children = []
for _ in range(2):
    pid = os.fork()
    if not pid:
        bank.refresh()
        got = app.test_client().get("/da/tabel/TOY.svg?OMRÅDE=*&Tid=2024&view=bar")
        assert got.status_code == 200, got.data
        assert "vl_convert" not in sys.modules
        from service.charts.renderer import shared
        shared().close()
        os._exit(0)
    children.append(pid)
assert all(os.waitpid(pid, 0)[1] == 0 for pid in children)
"""
    started = time.monotonic()

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=Path(__file__).resolve().parents[1],
        capture_output=True,
        timeout=60,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert time.monotonic() - started < 60


def test_a_chart_that_cannot_be_drawn_is_503_with_a_cure(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from service.charts import renderer as module

    broken = Renderer()
    monkeypatch.setattr(module, "WORKER", Path("/nowhere.py"))
    monkeypatch.setattr(module, "shared", lambda: broken)

    picture = client.get("/da/tabel/TOY.svg?OMRÅDE=*&Tid=2024&view=bar")
    page = client.get("/da/tabel/TOY?OMRÅDE=*&Tid=2024&view=bar")

    broken.close()
    assert picture.status_code == 503
    assert "Retry-After" in picture.headers
    assert ".csv" in picture.get_data(as_text=True)
    assert page.status_code == 200
    assert "<table" in page.get_data(as_text=True)


def test_a_cell_is_read_without_what_is_under_it(toy: Bank) -> None:
    answer = with_cells(asked(toy, YEARS), [1, 2, 3, 4], [0, Status.CONFIDENTIAL, Status.MISSING, Status.PROVISIONAL])

    cells = read(answer, "da")

    assert [cell.value for cell in cells.cells] == [1.0, None, None, 4.0]
    assert [cell.text for cell in cells.cells] == ["1", "..", "...", "4"]
    assert cells.hidden == 1
    assert replace(cells, lang="en").shown == (1.0, 4.0)

"""Nothing of what is to come, through any door: every route of the app against a bank that has no such plans.

A route that `FILLS` cannot fill fails, so every later surface is crawled too.
"""

import gc
import logging
import re
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection
from itertools import product
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from service import create_app
from service.formats import FORMATS
from service.settings import Settings
from tables.bank import Bank
from tables.instants import at_wall
from tables.rehearsal import rehearse
from tables.release import release
from tests.conftest import OPENING, write_library
from tests.front import add, free_port, served
from tests.test_documentation import document, linked
from tests.test_news import DA, EN, write

NOW = OPENING + timedelta(hours=4)
ARMED, PLANNED = "2099-07-01 08:00", "2099-07-02 08:00"
CANARY = re.compile("canary|canaries|kanarie", re.IGNORECASE)
TABLES = ("TOY", "OLD", "CANARY")
ENDINGS = ("dk.csv", "atom", "card.png", "json", "svg", "png", "px", "md", *dict.fromkeys(f.extension for f in FORMATS))
FILLS = {
    "table": TABLES,
    "code": (*TABLES, "toy.csv", "01", "03"),
    "name": (
        *("".join(part) for part in product(("TOY", "CANARY"), ("", *(f".{ending}" for ending in ENDINGS)))),
        *("".join(part) for part in product(("2024-101", "2024-777"), ("", ".json", ".md"))),
        "OLD",
        "canaries",
    ),
    "article": ("2024-101", "2024-777"),
    "number": ("1", "2"),
    "slug": ("boern", "children", "kanarie", "canaries", "boern.json"),
    "year": ("2024", "2025", "2025.json"),
    "ids": ("1", "11", "12"),
    "format_": (*(form.name.upper() for form in FORMATS), "SDMX"),
    "rest": ("boern/2025", "canaries"),
    "filename": ("statbank.css", "CANARY.csv"),
}
QUERIES = (
    "Tid=2025",
    "Tid=*&OMR%C3%85DE=*&K%C3%98N=*",
    "Tid=2024&OMR%C3%85DE=03&view=line",
    "x-asof=2099-07-01T0600Z",
    "x-asof=2024-06-06T0600Z",
)
OTHERS = (  # for surfaces that are asked by key
    "q=kanariefugl",
    "lang=en&subjects=12&includeTables=true&recursive=true",
    "url=http://127.0.0.1:8000/da/tabel/CANARY",
    "url=http://127.0.0.1:8000/en/news/2024-777&format=json",
    "table=CANARY&id=CANARY",
)
BODIES = (
    {"table": "CANARY"},
    {"table": "TOY", "lang": "en"},
    {"table": "TOY", "format": "CSV", "variables": [{"code": "Tid", "values": ["2025"]}]},
    {"table": "CANARY", "format": "JSONSTAT", "variables": [{"code": "Tid", "values": ["*"]}]},
    {"subjects": ["12"], "x-asof": "2099-07-01T0600Z"},
)
CALENDAR = f"""\
- at: {ARMED}
  title: {{da: Børn 2025, en: Children 2025}}
  tables: [TOY, CANARY]
"""
FRESH = {"Date", "StatbankAPI-Request-Id", "X-Request-Id"}  # new in every answer
SECONDS = {"X-Accel-Expires", "CDN-Cache-Control", "Retry-After"}  # told by a running clock, or drawn
NUMBER = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Ask:
    address: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: object = None

    def names_canary(self) -> bool:
        return bool(CANARY.search(f"{self.address} {self.body}"))


@dataclass(frozen=True)
class Told:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def names_canary(self) -> bool:
        return bool(CANARY.search(f"{self.headers} {self.body.decode('utf-8', 'replace')}"))


def filled(rule: Rule) -> Iterator[str]:
    """The rule with each of its parts filled by all that may stand there."""
    parts = re.split(r"<(?:(any)\((.*?)\):|\w+:)?(\w+)>", rule.rule)
    choices: list[Sequence[str]] = [parts[:1]]
    for listed, chosen, name, rest in zip(*(parts[place::4] for place in (1, 2, 3, 4)), strict=True):
        assert listed or name in FILLS, f"{rule.rule}: what may stand for <{name}>? Tell FILLS."
        choices += [[word.strip(" '") for word in chosen.split(",")] if listed else FILLS[name], [rest]]
    yield from map("".join, product(*choices))


def asks(app: Flask) -> Iterator[Ask]:
    """Every address in all ways of asking; the dearest, pictures, only plainly."""
    for rule in app.url_map.iter_rules():
        for place, address in enumerate(filled(rule)):
            yield Ask(address)
            if address.endswith(".png"):
                continue
            yield Ask(address, "HEAD")
            yield Ask(address, headers={"Statbank-As-Of": "2099-07-01T0600Z"})
            yield from (Ask(f"{address}?{query}") for query in QUERIES)
            if "POST" in rule.methods:
                yield from (Ask(address, "POST", body=body) for body in BODIES)
            if place < 2:
                yield from (Ask(f"{address}?{query}") for query in OTHERS)
                yield from (Ask(address, method) for method in ("OPTIONS", "DELETE"))
                yield Ask(address, headers={"If-None-Match": "*", "Range": "bytes=0-99"})


def told(client: FlaskClient, ask: Ask) -> Told:
    answer = client.open(ask.address, method=ask.method, headers=ask.headers, json=ask.body, buffered=True)
    fresh = FRESH | {"Expires"} if ask.address.startswith(("/static/", "/embed.js")) else FRESH
    headers = tuple(sorted((name, value) for name, value in answer.headers.items() if name not in fresh))
    return Told(answer.status_code, headers, NUMBER.sub(b"*", answer.data))


def extended(library: Path) -> None:
    """TOY with another period and another area, a note, a title; and all else an act may bring."""
    path = library / "TOY/table.yaml"
    text = (
        path.read_text(encoding="utf-8").replace("2023-2024", "2023-2025").replace("Børn med", "Kanarier og børn med")
    )
    text = text.replace(
        "      02   ; Syd          ; South\n", "      02   ; Syd ; South\n      03   ; Kanarie ; Canary\n"
    )
    path.write_text(text.replace("Tallene er", "Kanariefugl. Tallene er"), encoding="utf-8")
    rows = pq.read_table(library / "TOY/cube.parquet").to_pylist()
    areas = [row | {"OMRÅDE": "03", "antal": 0} for row in rows if row["OMRÅDE"] == "02"]
    rows += [*areas, *(row | {"Tid": "2025"} for row in (*rows, *areas) if row["Tid"] == "2024")]
    pq.write_table(
        pa.Table.from_pylist([row | {"antal": row["antal"] * 7} for row in rows]), library / "TOY/cube.parquet"
    )
    with (library / "site/subjects.yaml").open("a", encoding="utf-8") as subjects:
        subjects.write('    - {id: "12", slug: {da: kanarie, en: canaries}, text: {da: Kanariefugle, en: Canaries}}\n')
    (library / "site/synonyms.yaml").write_text(
        "- {da: [barn, kanariefugl], en: [child, canary], text: {da: En fugl., en: A bird.}}\n", encoding="utf-8"
    )
    site = library / "site/site.yaml"
    site.write_text(site.read_text(encoding="utf-8").replace("Legetøjsbanken", "Kanariebanken"), encoding="utf-8")
    document(library, name="boern/2025.yaml")
    document(library, name="kanarie/2025.yaml")
    write(library, DA.replace("2024:101", "2024:777"), EN.replace("2024:101", "2024:777"), "2024-777")


def begun(library: Path) -> None:
    """A library in which CANARY lies ready and is already named by what is public."""
    add(library, "CANARY")
    add(library, "OLD")
    closed = library / "OLD/table.yaml"
    closed.write_text(f"{closed.read_text(encoding='utf-8')}status: closed\nreplaced_by: CANARY\n", encoding="utf-8")
    linked(library)
    toy = library / "TOY/table.yaml"
    toy.write_text(f"{toy.read_text(encoding='utf-8')}related: [CANARY]\n", encoding="utf-8")
    (library / "site/calendar.yaml").write_text(CALENDAR, encoding="utf-8")
    document(library)
    write(library)


@pytest.fixture(scope="module")
def banks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same bank twice; only in the first an act is armed, and another planned, that revise TOY and bring CANARY."""
    folder = tmp_path_factory.mktemp("leaks")
    library, bank = write_library(folder / "library"), folder / "bank"
    begun(library)
    past = OPENING - timedelta(hours=1)
    release(
        library, bank, ("TOY", "OLD"), at="2024-06-06 08:00", news=("2024-101",), clock=lambda: past, rehearse=rehearse
    )
    shutil.copytree(bank, folder / "twin")
    extended(library)
    later = {"site": True, "clock": lambda: NOW, "rehearse": rehearse}
    release(library, bank, ("TOY", "CANARY"), at=ARMED, news=("2024-777",), **later)
    add(library, "CANARY2")
    release(library, bank, ("CANARY2",), at=PLANNED, max_lead=timedelta(minutes=15), **later)
    return bank, folder / "twin"


def opened(folder: Path, cache: Path, now: datetime = NOW) -> FlaskClient:
    bank = Bank(folder, clock=lambda: now, cache=cache)
    bank.refresh()
    return create_app(bank, Settings(bank=folder)).test_client()


@pytest.fixture
def clients(banks: tuple[Path, Path], tmp_path: Path) -> tuple[FlaskClient, FlaskClient]:
    one, two = banks
    return opened(one, tmp_path / "one"), opened(two, tmp_path / "two")


@pytest.mark.slow
def test_every_door_answers_as_in_a_bank_without_the_act(
    clients: tuple[FlaskClient, FlaskClient], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    one, two = clients
    differing, leaking, count = [], [], 0

    for ask in asks(one.application):
        first, second = told(one, ask), told(two, ask)
        count += 1
        if first != second:
            differing.append((ask, first, second))
        if first.names_canary() and not ask.names_canary():
            leaking.append(ask)

    assert count > 5_000
    assert differing[:3] == []
    assert leaking[:10] == []
    assert not CANARY.search(caplog.text)


@pytest.mark.slow
def test_the_same_crawl_finds_the_act_once_its_instant_has_come(banks: tuple[Path, Path], tmp_path: Path) -> None:
    before, after = opened(banks[0], tmp_path / "before"), opened(banks[0], tmp_path / "after", at_wall(ARMED))
    found: set[str] = set()

    for rule in after.application.url_map.iter_rules():
        for ask in map(Ask, filled(rule)):
            if not ask.address.endswith(".png") and told(before, ask) != (fresh := told(after, ask)):
                found |= {rule.endpoint} if fresh.names_canary() else set()

    assert {"pages.front", "pages.table", "pages.subject", "pages.short", "pages.machine", "pages.file"} <= found
    assert {"dst.tables", "dst.tableinfo", "dst.figures", "dst.subjects"} <= found
    assert {"embed.frame", "feeds.everything", "feeds.of_table", "news.page", "discovery.sitemap"} <= found
    assert {"documentation.page", "dates.page", "changes.releases", "pages.search"} <= found


@pytest.mark.slow
def test_an_id_to_come_is_answered_as_one_that_never_comes(clients: tuple[FlaskClient, FlaskClient]) -> None:
    """Alike but for the id itself, and the tag of answers that repeat the question, such as a search."""
    client = clients[0]
    differing, count = [], 0

    for ask in asks(client.application):
        if "CANARY" not in f"{ask.address}{ask.body}":
            continue
        never = Ask(ask.address.replace("CANARY", "NEVERS"), ask.method, ask.headers, renamed(ask.body))
        first, second = told(client, ask), told(client, never)
        count += 1
        if plain(first) != plain(second):
            differing.append((ask, first, second))

    assert count > 1_000
    assert differing[:3] == []


def renamed(body: object) -> object:
    return {**body, "table": "NEVERS"} if isinstance(body, dict) else body


def plain(answer: Told) -> tuple[int, str, bytes]:
    headers = [(name, value) for name, value in answer.headers if name != "ETag"]
    body = answer.body.replace(b"NEVERS", b"CANARY").replace(b"nevers", b"canary")
    return answer.status, str(headers).replace("NEVERS", "CANARY").replace("nevers", "canary"), body


@pytest.mark.slow
def test_no_more_work_is_done_for_what_is_to_come(clients: tuple[FlaskClient, FlaskClient]) -> None:
    """Timing without a clock: the same functions are called as often as in a bank without the act."""
    one, two = clients
    differing, count = [], 0

    for rule in one.application.url_map.iter_rules():
        for ask in map(Ask, filled(rule)):
            if ask.names_canary() and not ask.address.endswith(".png"):
                first, second = calls(one, ask), calls(two, ask)
                count += 1
                if first != second:
                    differing.append((ask, first, second))

    assert count > 50
    assert differing == []


def calls(client: FlaskClient, ask: Ask) -> int:
    """How many functions an answer takes, once all that is kept has been made."""
    told(client, ask)
    made = 0

    def count(*_: object) -> None:
        nonlocal made
        made += 1

    gc.disable()
    sys.setprofile(count)
    try:
        told(client, ask)
    finally:
        sys.setprofile(None)
        gc.enable()
    return made


@pytest.mark.slow
def test_a_running_server_tells_nothing_on_the_line_or_in_its_log(banks: tuple[Path, Path], tmp_path: Path) -> None:
    differing = []

    inner = free_port()
    internal = {"STATBANK_INTERNAL": f"127.0.0.1:{inner}"}
    with served(banks[0], tmp_path / "one", **internal) as one, served(banks[1], tmp_path / "two") as two:
        app = create_app(Bank(banks[0]), Settings())
        for rule in app.url_map.iter_rules():
            for address in (each for each in filled(rule) if not each.endswith(".png")):
                first, second = over_the_line(*one, address), over_the_line(*two, address)
                if first != second:
                    differing.append((address, first, second))
        metrics = counted(inner)

    log = (tmp_path / "one/0.log").read_text(encoding="utf-8")
    assert differing[:3] == []
    assert "Listening" in log
    assert not CANARY.search(log)
    drawn = re.compile(r'"(time|id)": "[^"]*"|"(ms|bytes)": [\d.]+')  # any digits may stand there
    assert not re.search(r"2099|000002", drawn.sub("", log))
    assert "statbank_applied_seq 1\n" in metrics
    assert not CANARY.search(metrics)


def counted(port: int) -> str:
    """The metrics, once a worker has written what it counted of figures."""
    until = time.monotonic() + 30
    while "TOY" not in (told := over_the_line(port, "/metrics")[2].decode()) and time.monotonic() < until:
        time.sleep(0.2)
    return told


def over_the_line(port: int, address: str) -> tuple[int, list[tuple[str, str]], bytes]:
    line = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        line.request("GET", address)
        answer = line.getresponse()
        body = NUMBER.sub(b"*", answer.read()).replace(str(port).encode(), b"port")
        headers = [(name, value) for name, value in answer.getheaders() if name not in FRESH | SECONDS]
        return answer.status, headers, body
    finally:
        line.close()

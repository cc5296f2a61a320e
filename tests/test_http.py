"""The one way out: ETag before data, caching that never crosses a minute, CORS, limits, raw targets; and the server."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service import create_app
from service.settings import Settings, documented
from service.shelf import Shelf
from service.target import Targets
from service.watch import Watch
from tables.bank import Bank
from tables.errors import Refused
from tables.model import Answer, Query, Text
from tests.conftest import OPENING, Publish
from tests.wire import asked, exchange, reply, serving

ROOT = Path(__file__).resolve().parents[1]
DATA = "/v1/data/TOY/CSV?KØN=*&Tid=*"
ADDRESSES = (DATA, "/v1/tables", "/v1/subjects", "/v1/tableinfo/TOY", "/da/", "/da/tabel/TOY", "/embed/TOY")


@pytest.fixture
def client(toy: Bank) -> FlaskClient:
    return create_app(toy, Settings()).test_client()


def later(folder: Path, instant: datetime) -> FlaskClient:
    bank = Bank(folder, clock=lambda: instant)
    bank.refresh()
    return create_app(bank, Settings()).test_client()


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_the_caller_has_is_not_sent_again(client: FlaskClient, address: str) -> None:
    first = client.get(address)
    tag = first.headers["ETag"]

    for known in (tag, f"W/{tag}", f'"x", {tag}', f'{tag[:-1]}:br"', "*"):
        answer = client.get(address, headers={"If-None-Match": known})

        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == tag
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.get(address).headers["ETag"] == tag


def test_a_304_touches_no_data(toy: Bank, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    tag = client.get(DATA).headers["ETag"]
    asked: list[Query] = []
    read = toy.read

    def watched(query: Query) -> Answer:
        asked.append(query)
        return read(query)

    monkeypatch.setattr(toy, "read", watched)

    assert client.get(DATA, headers={"If-None-Match": tag}).status_code == 304
    assert not asked
    assert client.get(DATA).status_code == 200
    assert len(asked) == 1


@pytest.mark.parametrize("address", [DATA, f"{DATA}&x-asof=2024-06-06T0600Z", "/v1/data/TOY/XLSX?lang=en"])
def test_a_304_says_the_same_of_itself_however_it_was_found(toy: Bank, client: FlaskClient, address: str) -> None:
    tag = client.get(address).headers["ETag"]
    fresh = create_app(toy, Settings()).test_client()

    found = [fresh.get(address, headers={"If-None-Match": tag}) for _ in range(2)]  # read anew, then known

    assert [answer.status_code for answer in found] == [304, 304]
    first, second = ({k: v for k, v in f.headers.items() if k != "StatbankAPI-Request-Id"} for f in found)
    assert first == second
    assert {"ETag", "Last-Modified", "Vary", "Cache-Control", "Statbank-Release"} <= set(first)
    assert not {"Content-Type", "Content-Length", "Content-Encoding"} & set(first)


def test_one_look_at_the_clock_decides_what_is_shown_and_for_how_long(toy_folder: Path) -> None:
    now = [OPENING - timedelta(minutes=1)]

    def ticking() -> datetime:
        now[0] += timedelta(milliseconds=1)
        return now[0]

    bank = Bank(toy_folder, clock=ticking)
    bank.refresh()
    client = create_app(bank, Settings()).test_client()

    now[0] = OPENING - timedelta(milliseconds=2)
    before = client.get("/v1/tables")

    assert before.text == "[]"
    assert before.headers["X-Accel-Expires"] == f"@{int(OPENING.timestamp()) - 1}"


def test_the_tag_depends_on_all_that_the_bytes_depend_on(client: FlaskClient) -> None:
    addresses = [
        DATA,
        f"{DATA}&lang=en",
        f"{DATA}&valuePresentation=Code",
        f"{DATA}&x-decimal=point",
        f"{DATA}&OMRÅDE=01",
        f"{DATA}&OMRÅDE=01".replace("CSV", "BULK"),
        DATA.replace("CSV", "JSONSTAT"),
    ]

    tags = [client.get(address).headers["ETag"] for address in addresses]

    assert len(set(tags)) == len(tags)
    assert client.get("/v1/data/toy/csv?tid=2023,2024&køn=D,P&lang=da").headers["ETag"] != tags[0]  # other order
    assert client.get("/v1/data/toy/csv?køn=D,P&tid=2023,2024&lang=da").headers["ETag"] == tags[0]


def test_caches_may_keep_an_answer_until_a_second_before_the_full_minute(toy_folder: Path) -> None:
    answer = later(toy_folder, OPENING + timedelta(hours=1, seconds=20)).get(DATA)

    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Accel-Expires"] == f"@{int((OPENING + timedelta(hours=1, seconds=59)).timestamp())}"
    assert answer.headers["CDN-Cache-Control"] == "max-age=39"
    assert answer.headers["Last-Modified"] == "Thu, 06 Jun 2024 06:00:00 GMT"
    assert answer.headers["Vary"] == "Accept-Encoding, Statbank-As-Of"
    assert (answer.headers["Pragma"], answer.headers["Expires"]) == ("no-cache", "-1")


def test_an_as_of_answer_may_be_kept_for_an_hour(client: FlaskClient) -> None:
    named = client.get(f"{DATA}&x-asof=TOY@2024-06-06T0600Z")
    header = client.get(DATA, headers={"Statbank-As-Of": "2024-06-06T06:30:00Z"})
    both = client.get(f"{DATA}&x-asof=2024-06-06T0600Z", headers={"Statbank-As-Of": "2024-06-06T0601Z"})

    for answer in (named, header):
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert answer.headers["X-Accel-Expires"] == "3600"
        assert "Pragma" not in answer.headers
    assert both.status_code == 400


def test_a_posted_question_names_its_address_and_is_not_cached(client: FlaskClient) -> None:
    body = {"table": "TOY", "format": "csv", "lang": "en", "variables": [{"code": "KØN", "values": ["*"]}]}

    answer = client.post("/v1/data", json=body)

    assert "X-Accel-Expires" not in answer.headers
    same = client.get(answer.headers["Content-Location"])
    assert (same.data, same.headers["ETag"]) == (answer.data, answer.headers["ETag"])


def test_answers_of_a_corrected_table_lead_to_what_was_wrong_for_a_while(publish: Publish, tmp_path: Path) -> None:
    publish()
    publish("2024-06-07 08:00", hours=20, notice=Text("Forkert år.", "Wrong year."))
    day = OPENING + timedelta(days=1)
    link = '<http://127.0.0.1:8000/da/rettelser#TOY@2024-06-07T0600Z>; rel="correction"'

    for instant, corrected in ((day - timedelta(hours=1), False), (day, True), (day + timedelta(days=91), False)):
        client = later(tmp_path / "bank", instant)
        old = f"{DATA}&x-asof=2024-06-06T0600Z"
        for address in (DATA, old, "/v1/tableinfo/TOY", "/da/tabel/TOY", "/da/tabel/TOY.csv", "/embed/TOY"):
            answer = client.get(address)
            again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})

            assert (link in answer.headers.getlist("Link")) == corrected
            assert (link in again.headers.getlist("Link")) == corrected
        assert link not in client.get("/v1/tables").headers.getlist("Link")
    assert b'id="TOY@2024-06-07T0600Z"' in later(tmp_path / "bank", day).get("/da/rettelser").data


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_slip_in_a_key_of_ours_is_told(client: FlaskClient, address: str) -> None:
    for key in ("x-asfo=2024-06-06T0600Z", "X-Nonsense", "x-=1"):
        assert client.get(f"{address}{'&' if '?' in address else '?'}{key}").status_code == 400


def test_a_foreign_host_is_refused_by_a_server_with_a_name_and_shown_by_none(toy: Bank, client: FlaskClient) -> None:
    named = create_app(toy, Settings(url="https://bank.example.dk")).test_client()

    for address in (*ADDRESSES, "/v1/nothing", "/sitemap.xml", "/v1/data/TOY/JSONSTAT"):
        foreign = client.get(address, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        refused = named.get(address, headers={"Host": "evil.example"})

        assert "evil" not in foreign.text + str(foreign.headers) + refused.text + str(refused.headers)
        assert refused.status_code == 400
        for host in ("bank.example.dk", "bank.example.dk:443", "127.0.0.1:8000", "localhost"):
            assert named.get(address, headers={"Host": host}).status_code == foreign.status_code


def test_errors_are_never_kept(client: FlaskClient) -> None:
    for address in ("/v1/nothing", "/v1/data/TOY/CSV?Tid=1", "/da/nothing", "/embed/NO1", "/da/tabel/TOY.abc"):
        answer = client.get(address)

        assert answer.headers["Cache-Control"] == "no-store"
        assert "X-Accel-Expires" not in answer.headers
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_embargoed_table_is_answered_as_one_that_does_not_exist(toy_folder: Path) -> None:
    early = later(toy_folder, OPENING - timedelta(seconds=1))

    for form in ("/v1/tableinfo/{}", "/v1/data/{}/CSV", "/v1/data/{}/BULK?Tid=1", "/embed/{}", "/da/tabel/{}.csv"):
        held, unknown = early.get(form.format("TOY")), early.get(form.format("YOT"))

        assert held.status_code == unknown.status_code
        assert held.data.replace(b"TOY", b"YOT") == unknown.data
        names = {name for name, _ in held.headers} - {"StatbankAPI-Request-Id"}
        assert all(held.headers[name] == unknown.headers[name] for name in names)
    assert b"TOY" not in early.get("/da/").data + early.get("/v1/tables").data + early.get("/en/").data


def test_a_new_act_is_seen_and_shown_by_the_clock(publish: Publish, tmp_path: Path) -> None:
    now = [OPENING - timedelta(minutes=1)]
    publish()
    bank = Bank(tmp_path / "bank", clock=lambda: now[0])
    bank.refresh()
    client = create_app(bank, Settings()).test_client()
    before = client.get("/v1/tables").text

    now[0] = OPENING

    assert before == "[]"
    assert json.loads(client.get("/v1/tables").text)[0]["id"] == "TOY"


@pytest.mark.parametrize("address", [f"{DATA}&OMRÅDE=*", "/da/tabel/TOY.dk.csv?KØN=*&OMRÅDE=*&Tid=*"])
def test_an_answer_tells_how_many_of_its_cells_are_hidden(client: FlaskClient, address: str) -> None:
    answer = client.get(address)

    hidden = sum(line.endswith((";..", "confidential")) for line in answer.text.splitlines())
    assert hidden
    assert answer.headers["Statbank-Suppressed"] == str(hidden)
    assert client.head(address).headers["Statbank-Suppressed"] == str(hidden)
    assert client.get(f"{DATA}&OMRÅDE=000").headers["Statbank-Suppressed"] == "0"
    assert "Statbank-Suppressed" not in client.get(f"{DATA}&OMRÅDE=*".replace("CSV", "BULK")).headers


def test_head_has_the_headers_of_get_and_no_body(client: FlaskClient) -> None:
    for address in (*ADDRESSES, "/v1/data/TOY/XLSX", "/da/tabel/TOY.csv"):
        got, head = client.get(address), client.head(address)

        assert (head.status_code, head.data) == (200, b"")
        for name in ("Content-Type", "ETag", "Statbank-Release", "Content-Length"):
            assert head.headers.get(name) == got.headers.get(name)


def test_a_file_of_known_length_is_sent_in_ranges(client: FlaskClient) -> None:
    address = "/da/tabel/TOY.csv?KØN=*&OMRÅDE=*&Tid=*"
    whole = client.get(address).data

    piece = client.get(address, headers={"Range": "bytes=3-9"})

    assert (piece.status_code, piece.data) == (206, whole[3:10])
    assert piece.headers["Content-Range"] == f"bytes 3-9/{len(whole)}"


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_long_text_is_compressed_for_those_who_ask(client: FlaskClient, coding: str) -> None:
    address = "/da/tabel/TOY"

    packed = client.get(address, headers={"Accept-Encoding": coding})
    plain = client.get(address)

    assert packed.headers["Content-Encoding"] == coding
    assert "Content-Encoding" not in plain.headers
    assert len(packed.data) < len(plain.data)
    again = client.get(address, headers={"Accept-Encoding": coding, "If-None-Match": packed.headers["ETag"]})
    assert again.status_code == 304


def test_a_page_on_another_site_may_ask(client: FlaskClient) -> None:
    preflight = client.options(
        "/v1/data", headers={"Origin": "https://else.dk", "Access-Control-Request-Method": "POST"}
    )
    answer = client.get(DATA)

    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert {"Content-Type", "Statbank-As-Of"} <= set(preflight.headers["Access-Control-Allow-Headers"].split(", "))
    assert preflight.headers["Access-Control-Max-Age"] == "86400"
    exposed = answer.headers["Access-Control-Expose-Headers"]
    assert {"StatbankAPI-Request-Id", "ETag", "Link", "Statbank-Release"} <= set(exposed.split(", "))
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_every_answer_of_v1_has_its_own_number(client: FlaskClient) -> None:
    numbers = [
        client.get(address).headers["StatbankAPI-Request-Id"]
        for address in ("/v1/tables", "/v1/tables", "/v1/nothing", "/v1/data")
    ]

    assert len(set(numbers)) == 4
    assert "Set-Cookie" not in client.get("/v1/tables").headers


def test_a_fault_of_ours_shows_nothing_of_itself(toy: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(query: Query) -> Answer:
        raise RuntimeError("secret place /srv")

    monkeypatch.setattr(toy, "read", broken)
    client = create_app(toy, Settings()).test_client()

    for address in (
        DATA,
        DATA.replace("CSV", "BULK") + "&OMRÅDE=*",
        "/embed/TOY",
        "/da/tabel/TOY",
        "/da/tabel/TOY.csv",
    ):
        answer = client.get(address)

        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text


def test_targets_are_utf_8_whatever_was_sent() -> None:
    seen: dict[str, str] = {}

    def app(environ: dict[str, str], start: object) -> list[bytes]:
        seen.update(environ)
        return []

    for query, path in (
        ("K%D8N=1", b"/\xd8"),
        ("K%C3%98N=1", "/Ø".encode()),
        ("KØN=1".encode().decode("latin-1"), b"/\xd8"),
    ):
        Targets(app)({"QUERY_STRING": query, "PATH_INFO": path.decode("latin-1")}, lambda *_: None)  # type: ignore[arg-type, return-value]

        assert seen["QUERY_STRING"] == "K%C3%98N=1"
        assert seen["PATH_INFO"].encode("latin-1") == "/Ø".encode()


@pytest.mark.parametrize(
    "address", ["/V1/tables", "/v1/Tables/", "/v1/TABLEINFO/TOY", "/V1/Data/toy/Csv", "/V1/Subjects/1"]
)
def test_functions_have_their_names_in_any_case(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 200


def test_settings_are_read_and_refused_by_name() -> None:
    read = Settings.from_environment(
        {"STATBANK_MAX_CELLS": "5", "STATBANK_URL": "https://x.dk/", "STATBANK_ENGINE": ""}
    )

    assert (read.max_cells, read.url, read.engine) == (5, "https://x.dk", "auto")
    for name, value in (("STATBANK_MAX_CELLS", "many"), ("STATBANK_STREAMS", "0"), ("STATBANK_ENGINE", "fast")):
        with pytest.raises(Refused, match=name):
            Settings.from_environment({name: value})
    assert all(sentence.endswith(".") for _, _, sentence in documented())


def test_the_shelf_forgets_what_was_used_least() -> None:
    shelf, made = Shelf(2), []

    def make(what: str) -> str:
        made.append(what)
        return what

    for key in "abacaba":
        assert shelf.take(key, lambda key=key: make(key)) == key  # type: ignore[misc]

    assert made == ["a", "b", "c", "b"]


def test_the_watch_keeps_the_last_good_state_and_says_when_it_is_old(toy: Bank, client: FlaskClient) -> None:
    watch = Watch(toy, client.application.extensions["statbank"].counts)
    client.application.extensions["statbank.watch"] = watch

    assert client.get("/readyz").status_code == 503
    watch.look()
    assert client.get("/readyz").status_code == 200
    assert client.get("/livez").status_code == 200


# -- the production command ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(toy_folder: Path) -> Iterator[int]:
    with serving(toy_folder) as port:
        yield port


@pytest.mark.slow
def test_the_server_takes_raw_utf_8_and_latin_1_in_the_target(server: int) -> None:
    for query in (b"K\xc3\x98N=D", b"K%D8N=D", "KØN=D".encode("latin-1"), b"K%C3%98N=D"):
        answer = asked(server, b"/v1/data/TOY/CSV?" + query + b"&OMR%C3%85DE=01&Tid=2023")

        assert answer.status == 200
        assert answer.headers["transfer-encoding"] == "chunked"
        assert b"Drenge;Nord;2023;12\r\n" in answer.body


@pytest.mark.slow
def test_the_server_refuses_broken_and_endless_bodies_with_a_body_of_its_own(server: int) -> None:
    post = b"POST /v1/data HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"

    broken = reply(exchange(server, post + b"zz\r\n{}\r\n0\r\n\r\n"))
    large = reply(exchange(server, post + b"40100\r\n" + b" " * 0x40100 + b"\r\n0\r\n\r\n"))

    assert broken.status == 400
    assert large.status == 413
    assert b"REQUEST-TOOLARGE" in large.body


@pytest.mark.slow
def test_nothing_is_opened_before_the_fork() -> None:
    """Loading the app starts no thread, and neither opens the database nor reads the bank."""
    code = (
        "import threading, sys, service.wsgi as w;"
        "assert threading.active_count() == 1;"
        "from tables import cube; assert w._bank._state is None;"
        "assert 'statbank.watch' not in w.app.extensions"
    )

    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, env=os.environ | {"STATBANK_BANK": "/nowhere"})

"""Limits under pressure: heavy questions wait for a slot and are refused, small ones never notice (operations §8)."""

import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

from service import create_app
from service.admission import Admission
from service.settings import Settings
from tables.bank import Bank
from tables.errors import Busy
from tables.model import Answer, Block, Query
from tables.rehearsal import rehearse
from tables.release import release
from tests.conftest import OPENING, SITE, SUBJECTS
from tests.front import await_ready, free_port, started

ROOT = Path(__file__).resolve().parents[1]
SIZES = (60, 60, 40)  # 144,000 cells
HEAVY = "/v1/data/WIDE/CSV?A=*&B=*&Tid=*"
STREAM = HEAVY.replace("CSV", "BULK")
SMALL = "/v1/data/WIDE/CSV?A=001&B=*&Tid=2005"


def write_wide(folder: Path) -> Path:
    """A table wide enough that all of it is a heavy question."""
    codes = [[f"{code:03}" for code in range(size)] for size in SIZES[:2]]
    years = [str(2000 + year) for year in range(SIZES[2])]
    named = "".join(
        f"  - code: {name}\n    text: {{da: {name}, en: {name}}}\n    values: |\n      code ; da ; en\n"
        + "".join(f"      {code} ; Linje {code} med en lang tekst ; Line {code} with a long text\n" for code in values)
        for name, values in zip("AB", codes, strict=True)
    )
    table = (
        'id: WIDE\nsubject: "11"\ntitle: {da: Bred tabel, en: Wide table}\nsource: {da: Syntetisk, en: Synthetic}\n'
        f"dimensions:\n{named}  - code: Tid\n    text: {{da: tid, en: time}}\n    time: {years[0]}-{years[-1]}\n"
        "measures:\n  - code: antal\n    text: {da: Antal, en: Number}\n    unit: {da: Antal, en: Number}\n"
        "    kind: additive\n    minimum: 0\ndisclosure: [{method: none, reason: Prøve}]\n"
    )
    for path, text in {"WIDE/table.yaml": table, "site/site.yaml": SITE, "site/subjects.yaml": SUBJECTS}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    places = np.indices(SIZES).reshape(3, -1)
    columns = {
        name: pa.DictionaryArray.from_arrays(place.astype(np.int32), pa.array(values))
        for name, place, values in zip(("A", "B", "Tid"), places, [*codes, years], strict=True)
    }
    columns["antal"] = pa.array(np.random.default_rng(7).integers(5, 10**9, places.shape[1]))
    pq.write_table(pa.table(columns), folder / "WIDE/cube.parquet")
    return folder


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wide")
    clock = lambda: datetime(2024, 6, 6, 5, 0, tzinfo=UTC)  # noqa: E731
    library = write_wide(folder / "library")
    release(library, folder / "bank", ("WIDE",), at="2024-06-06 08:00", clock=clock, rehearse=rehearse)
    return folder / "bank"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache=tmp_path / "cache", heavy_slots=1, streams=2)


@pytest.fixture
def client(wide: Path, settings: Settings) -> FlaskClient:
    bank = Bank(wide, clock=lambda: OPENING.replace(hour=12))
    bank.refresh()
    return create_app(bank, settings).test_client()


@pytest.mark.parametrize("address", [HEAVY, STREAM, HEAVY.replace("CSV", "XLSX"), "/da/tabel/WIDE.csv?A=*&B=*&Tid=*"])
def test_a_heavy_question_waits_for_a_slot_and_is_then_refused(
    client: FlaskClient, settings: Settings, address: str
) -> None:
    elsewhere = Admission(settings)  # another worker of the host

    with elsewhere.slot():
        refused = client.get(address)
        small = client.get(SMALL)

    assert refused.status_code == 503
    assert 2 <= int(refused.headers["Retry-After"]) <= 10
    assert refused.headers["Cache-Control"] == "no-store"
    assert small.status_code == 200
    if address.startswith("/v1"):
        assert refused.json == {
            "errorTypeCode": "BUSY",
            "message": "Serveren har for travlt. Prøv igen om lidt.",
        }
        english = client.get(f"{address}&lang=en")
        assert english.status_code == 200  # it was free again
    assert client.get(address).status_code == 200


def test_what_the_caller_has_needs_no_slot(client: FlaskClient, settings: Settings) -> None:
    tag = client.get(HEAVY).headers["ETag"]

    with Admission(settings).slot():
        again = client.get(HEAVY, headers={"If-None-Match": tag})

    assert again.status_code == 304


def test_a_stream_holds_no_slot_while_its_client_takes_what_it_got(client: FlaskClient, settings: Settings) -> None:
    whole = client.get(STREAM).data
    stream = client.get(STREAM, buffered=False)
    pieces = iter(stream.response)
    got = [next(pieces)]

    with Admission(settings).slot(0):
        assert client.get(SMALL).status_code == 200
    got += pieces

    assert b"".join(got) == whole


def test_heavy_answers_leave_two_threads_and_a_client_that_leaves_gives_its_own_back(client: FlaskClient) -> None:
    taken = [client.get(STREAM, buffered=False) for _ in range(2)]
    third = client.get(STREAM)
    small = client.get(STREAM.replace("A=*", "A=001"))

    assert [each.status_code for each in taken] == [200, 200]
    assert (third.status_code, small.status_code) == (503, 200)
    taken[0].close()
    assert client.get(STREAM).status_code == 200


def test_a_refused_question_takes_nothing_with_it(client: FlaskClient, settings: Settings) -> None:
    with Admission(settings).slot():
        assert [client.get(STREAM).status_code for _ in range(3)] == [503] * 3

    assert client.get(STREAM).status_code == 200


def test_an_answer_that_takes_too_long_is_refused(
    wide: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = Bank(wide, clock=lambda: OPENING.replace(hour=12))
    bank.refresh()
    read = bank.read

    def slowly(query: Query) -> Answer:
        found = read(query)

        def blocks() -> Iterator[Block]:
            for block in found.blocks():
                time.sleep(0.6)
                yield block

        return Answer(query, blocks)

    monkeypatch.setattr(bank, "read", slowly)
    client = create_app(bank, replace(settings, query_seconds=1)).test_client()

    late = client.get(f"{HEAVY}&lang=en")

    assert late.status_code == 503
    assert late.json == {"errorTypeCode": "TIMEOUT", "message": "The question took too long."}
    assert "Retry-After" in late.headers


def test_slots_are_counted_on_the_host_and_freed_by_whoever_dies(settings: Settings) -> None:
    code = (
        "import sys, time; from pathlib import Path; from service.admission import Admission;"
        "from service.settings import Settings;"
        f"slot = Admission(Settings(cache=Path({str(settings.cache)!r}), heavy_slots=1)).slot(); slot.__enter__();"
        "print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Busy), Admission(settings).slot():
            pass
        other.kill()

    with Admission(settings).slot():  # no Busy
        pass


# -- the production command under pressure --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(wide: Path) -> Iterator[int]:
    port = free_port()
    environment = os.environ | {
        "STATBANK_BANK": str(wide),
        "STATBANK_CACHE": str(wide.parent / "cache"),
        "STATBANK_BIND": f"127.0.0.1:{port}",
        "STATBANK_WORKERS": "1",
        "STATBANK_HEAVY_SLOTS": "1",
    }
    command = [str(Path(sys.executable).parent / "gunicorn"), "-c", str(ROOT / "deploy/gunicorn.conf.py")]
    with started([(command, environment, wide.parent / "server.log")]):
        await_ready(port)
        yield port


def asked(port: int, path: str) -> int:
    """The status, after the whole body; 0 where nothing answers."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        line.request("GET", path)
        answer = line.getresponse()
        answer.read()
    except OSError:
        return 0
    finally:
        line.close()
    return answer.status


@pytest.mark.slow
def test_small_questions_are_answered_while_heavy_ones_fill_the_server(server: int) -> None:
    heavy: Counter[int] = Counter()
    over = time.monotonic() + 8

    def press(number: int) -> None:
        while time.monotonic() < over:
            year = random.Random(number).randrange(2000, 2040)
            heavy[asked(server, HEAVY.replace("CSV", ("CSV", "BULK", "PX", "HTML5")[number % 4]) + f",{year}")] += 1

    crowd = [threading.Thread(target=press, args=(number,)) for number in range(20)]
    for each in crowd:
        each.start()
    times: list[float] = []
    while time.monotonic() < over:
        began = time.monotonic()
        assert asked(server, SMALL) == 200
        times.append(time.monotonic() - began)
    for each in crowd:
        each.join()

    assert set(heavy) == {200, 503}
    assert statistics.quantiles(times, n=20)[-1] < 2


@pytest.mark.slow
def test_clients_that_never_read_take_no_more_than_their_places(server: int) -> None:
    lines = []
    for _ in range(6):
        line = socket.create_connection(("127.0.0.1", server))
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.sendall(f"GET {STREAM} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert line.recv(12) == b"HTTP/1.1 200"
        lines.append(line)

    assert asked(server, STREAM) == 503
    assert [asked(server, SMALL) for _ in range(20)] == [200] * 20
    for line in lines:
        line.close()
    until = time.monotonic() + 10
    while (found := asked(server, STREAM)) != 200 and time.monotonic() < until:
        time.sleep(0.1)
    assert found == 200

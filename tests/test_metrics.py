"""Counts and log lines: sums over all workers, on the inside alone, and nothing of readers or of what is to come."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service import create_app
from service.counts import METRICS, Counts, clear
from service.settings import Settings
from service.watch import Watch
from tables.bank import Bank
from tests.conftest import OPENING, Publish
from tests.front import await_ready, free_port, started

ROOT = Path(__file__).resolve().parents[1]
INSIDE = {"SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8001"}
DATA = "/v1/data/TOY/CSV?KØN=*&OMRÅDE=*&Tid=*"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache=tmp_path / "cache", internal="127.0.0.1:8001")


@pytest.fixture
def client(toy: Bank, settings: Settings) -> FlaskClient:
    return create_app(toy, settings).test_client()


def numbers(text: str) -> dict[str, float]:
    found = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in found.items()}


def test_what_was_answered_is_counted_once(client: FlaskClient) -> None:
    tag = client.get(DATA, buffered=True).headers["ETag"]
    client.get(DATA, headers={"If-None-Match": tag}, buffered=True)
    for address in ("/v1/data/TOY/CSV?Tid=1", "/v1/data/SECRET/CSV", "/no/such/page"):
        client.get(address, buffered=True)

    found = numbers(client.get("/metrics", environ_overrides=INSIDE).text)

    route = "/v1/data/<table>/<format_>"
    assert found[f'statbank_requests_total{{route="{route}",status="2xx"}}'] == 1
    assert found[f'statbank_requests_total{{route="{route}",status="3xx"}}'] == 1
    assert found[f'statbank_requests_total{{route="{route}",status="4xx"}}'] == 2
    assert found[f'statbank_answers_total{{table="TOY",format="csv",route="{route}"}}'] == 2
    assert found["statbank_not_modified_total"] == 1
    assert found['statbank_refusals_total{reason="Refusal"}'] == 2
    assert found['statbank_refusals_total{reason="NotFound"}'] == 1
    assert found['statbank_cells_bucket{le="1"}'] == 0
    assert found['statbank_cells_bucket{le="100"}'] == found["statbank_cells_count"] == 2
    assert found["statbank_cells_sum"] == 24
    assert found['statbank_seconds_bucket{le="+Inf"}'] == found["statbank_seconds_count"] == 5
    assert found["statbank_slots_used"] == 0


def test_the_text_names_every_metric_once_and_is_what_prometheus_reads(client: FlaskClient) -> None:
    client.get(DATA)

    text = client.get("/metrics", environ_overrides=INSIDE).text

    for metric in METRICS:
        assert text.count(f"# TYPE {metric.name} {metric.kind}\n") == 1
    line = re.compile(r'[a-z_]+(\{[a-z_]+="(\\.|[^"\\])*"(,[a-z_]+="(\\.|[^"\\])*")*\})? [0-9.e+-]+')
    assert all(each.startswith("# ") or line.fullmatch(each) for each in text.splitlines())


def test_outside_the_metrics_are_a_page_that_never_was(client: FlaskClient) -> None:
    for overrides in (None, {"SERVER_PORT": "8000"}, {"SERVER_NAME": "0.0.0.0", "SERVER_PORT": "8001"}):
        shown = client.get("/metrics", environ_overrides=overrides, headers={"Host": "127.0.0.1:8001"})
        unknown = client.get("/metrixx", environ_overrides=overrides)

        assert (shown.status_code, shown.data) == (404, unknown.data.replace(b"metrixx", b"metrics"))


def test_counts_of_the_dead_are_kept_and_their_gauges_are_not(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from service.counts import Counts;"
        f"counts = Counts(Path({str(tmp_path)!r})); counts.add('statbank_bank_errors_total', by=3);"
        "counts.put('statbank_applied_seq', 1); counts.put('statbank_worker_bytes', 5); counts.write()"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    mine = Counts(tmp_path)
    mine.add("statbank_bank_errors_total")
    mine.put("statbank_applied_seq", 4)
    mine.put("statbank_worker_bytes", 7)

    found = numbers(mine.text())

    assert found["statbank_bank_errors_total"] == 4
    assert found["statbank_applied_seq"] == 4
    assert found["statbank_worker_bytes"] == 7
    clear(tmp_path)
    assert numbers(Counts(tmp_path).text())["statbank_seconds_count"] == 0


def test_the_watch_tells_of_acts_in_force_alone(publish: Publish, tmp_path: Path) -> None:
    now = [OPENING + timedelta(hours=1)]
    publish()
    publish("2024-06-07 08:00", hours=20)
    bank = Bank(tmp_path / "bank", clock=lambda: now[0])
    counts = Counts(tmp_path / "cache")
    watch = Watch(bank, counts)

    watch.look()
    first = numbers(counts.text())
    now[0] = OPENING + timedelta(days=1, seconds=2)
    watch.look()
    second = numbers(counts.text())

    assert first["statbank_applied_seq"] == 1
    assert "statbank_flip_late_seconds" not in first
    assert (second["statbank_applied_seq"], second["statbank_flip_late_seconds"]) == (2, 2)
    assert second["statbank_polled"] >= first["statbank_polled"]


# -- the production command -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(toy_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int, Path]]:
    """Two workers: the port for readers, the inner one, and what the server says."""
    folder = tmp_path_factory.mktemp("metrics")
    outer, inner = free_port(), free_port()
    environment = os.environ | {
        "STATBANK_BANK": str(toy_folder),
        "STATBANK_CACHE": str(folder / "cache"),
        "STATBANK_BIND": f"127.0.0.1:{outer}",
        "STATBANK_INTERNAL": f"127.0.0.1:{inner}",
        "STATBANK_WORKERS": "2",
    }
    command = [str(Path(sys.executable).parent / "gunicorn"), "-c", str(ROOT / "deploy/gunicorn.conf.py")]
    with started([(command, environment, folder / "log")]):
        await_ready(outer)
        yield outer, inner, folder / "log"


def got(port: int, path: str) -> tuple[int, str]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    line.request("GET", path, headers={"User-Agent": "reader-of-figures", "Referer": "https://else.dk/"})
    answer = line.getresponse()
    text = answer.read().decode()
    line.close()
    return answer.status, text


def answered(inner: int) -> float:
    return sum(value for name, value in numbers(got(inner, "/metrics")[1]).items() if "answers_total" in name)


@pytest.mark.slow
def test_workers_are_added_up_and_one_that_is_killed_takes_nothing_with_it(server: tuple[int, int, Path]) -> None:
    outer, inner, log = server
    assert got(outer, "/metrics")[0] == 404
    for _ in range(30):
        assert got(outer, "/v1/data/TOY/CSV?Tid=2023")[0] == 200
    until = time.monotonic() + 10
    while answered(inner) < 30 and time.monotonic() < until:
        time.sleep(0.2)
    assert answered(inner) == 30

    workers = [int(path.stem) for path in (log.parent / "cache/counts").glob("*.json")]
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGKILL)
    time.sleep(0.5)

    assert answered(inner) == 30


@pytest.mark.slow
def test_the_log_says_what_was_answered_and_nothing_of_who_asked(server: tuple[int, int, Path]) -> None:
    outer, _, log = server
    got(outer, "/v1/data/TOY/CSV?Tid=2024&lang=en")
    got(outer, "/da/soeg?q=hemmeligtord")
    got(outer, "/v1/data/TOMORROW/CSV")

    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    requests = [line for line in lines if line["message"] == "answered"]

    figures = next(line for line in requests if line.get("table"))
    assert {"time", "level", "id", "route", "table", "format", "cells", "status", "ms", "bytes", "release"} <= set(
        figures
    )
    assert (figures["table"], figures["release"], figures["status"]) == ("TOY", "TOY@2024-06-06T0600Z", 200)
    told = log.read_text(encoding="utf-8")
    for hidden in ("reader-of-figures", "else.dk", "hemmeligtord", "TOMORROW", "lang=en"):
        assert hidden not in told
    assert not any("127.0.0.1" in json.dumps(line) for line in requests)

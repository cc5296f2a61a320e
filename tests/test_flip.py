"""The flip as readers see it: three production servers behind the real nginx, two tables in one act, polled past T."""

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tables.release import release
from tests.conftest import write_library

ROOT = Path(__file__).resolve().parents[1]
CONF = ROOT / "deploy/nginx/statbank.conf"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
FIGURE = "/v1/data/{}/CSV?KØN=D&OMRÅDE=000&Tid=2023".replace("Ø", "%C3%98").replace("Å", "%C3%85")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(NGINX).exists(), reason="nginx is not installed: apt-get install nginx-light"),
]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def add(library: Path, table: str, by: int) -> None:
    """Another table like TOY, every figure `by` times as high."""
    if not (library / table).exists():
        shutil.copytree(library / "TOY", library / table)
        path = library / table / "table.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("id: TOY", f"id: {table}"), encoding="utf-8")
    lift(library, table, by)


def lift(library: Path, table: str, by: int) -> None:
    path = library / table / "cube.parquet"
    cube = pq.read_table(path)
    place = cube.schema.get_field_index("antal")
    pq.write_table(cube.set_column(place, "antal", pc.multiply(cube["antal"], pa.scalar(by))), path)


def configured(folder: Path, port: int, upstream: list[int]) -> Path:
    """The deployed configuration without TLS, on a free port, with its files below `folder`; nothing else differs."""
    text = CONF.read_text(encoding="utf-8")
    text = re.sub(r"listen 443 ssl http2;", f"listen 127.0.0.1:{port};", text)
    text = re.sub(r"(?m)^ *ssl_.*$", "", text)
    servers = " ".join(f"server 127.0.0.1:{each} max_fails=1 fail_timeout=5s;" for each in upstream)
    text = re.sub(r"server 127\.0\.0\.1:8000.*", servers, text)
    text = text.replace("/var/cache/nginx", str(folder / "cache")).replace("/var/log/nginx", str(folder))
    text = text.replace("rate=20r/s", "rate=5000r/s").replace("burst=40", "burst=500")  # one address polls for many
    (folder / "cache").mkdir(exist_ok=True)
    (folder / "statbank.conf").write_text(text, encoding="utf-8")
    temporary = " ".join(
        f"{each}_temp_path {folder}/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary} include {folder}/statbank.conf; }}\n"
    )
    return main


@dataclass(slots=True)
class Seen:
    """Answers by when they were asked and had: (asked, had, port, table, status, figure)."""

    answers: list[tuple[float, float, int, str, int, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    twins: list[str] = field(default_factory=list)


def ask(port: int, path: str) -> tuple[int, dict[str, str], bytes]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request("GET", path)
        answer = line.getresponse()
        return answer.status, {name.casefold(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        line.close()


def poll(port: int, tables: tuple[str, ...], until: float, seen: Seen) -> None:
    while time.time() < until:
        for table in tables:
            asked = time.time()
            try:
                status, _, body = ask(port, FIGURE.format(table))
            except OSError as error:
                seen.faults.append(f"{port} at {asked}: {error!r}")
                continue
            figure = body.decode().strip().rpartition(";")[2] if status == 200 else ""
            seen.answers.append((asked, time.time(), port, table, status, figure))
        time.sleep(0.008)


def compare(port: int, until: float, seen: Seen) -> None:
    """A table that is to come and one that never does, until just before the instant."""
    random = {"date", "statbankapi-request-id", "x-request-id"}
    doors = ("/v1/tableinfo/{}", "/v1/data/{}/CSV?Tid=2023", "/en/table/{}", "/embed/{}", "/en/table/{}.atom", "/{}")
    while time.time() < until:
        for door in doors:
            first, second = ask(port, door.format("NEWEST")), ask(port, door.format("NOTHER"))
            pair = [
                (
                    status,
                    {name: value for name, value in headers.items() if name not in random},
                    body.replace(name.encode(), b"*").replace(name.lower().encode(), b"*"),
                )
                for (status, headers, body), name in ((first, "NEWEST"), (second, "NOTHER"))
            ]
            if time.time() < until and (pair[0] != pair[1] or pair[0][0] not in {400, 404}):
                seen.twins.append(f"{door}: {pair}")
        time.sleep(0.05)


def await_ready(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if ask(port, "/readyz")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server did not come up")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[tuple[Path, list[int], int]]:
    """A bank of TOY and TAY, three replicas of it and nginx in front: the library, their ports, and nginx's."""
    library = write_library(tmp_path / "library")
    add(library, "TAY", 1)
    past = datetime(2024, 6, 6, 5, tzinfo=UTC)
    release(library, tmp_path / "bank", ("TOY", "TAY"), at="2024-06-06 08:00", clock=lambda: past)
    ports = [free_port() for _ in range(3)]
    with ExitStack() as running:
        for place, port in enumerate(ports):
            environment = os.environ | {
                "STATBANK_BANK": str(tmp_path / "bank"),
                "STATBANK_CACHE": str(tmp_path / f"cache{place}"),
                "STATBANK_BIND": f"127.0.0.1:{port}",
                "STATBANK_WORKERS": "1",
            }
            command = [str(Path(sys.executable).parent / "gunicorn"), "-c", str(ROOT / "deploy/gunicorn.conf.py")]
            start(running, command, environment)
        front = free_port()
        (tmp_path / "nginx").mkdir()
        main = configured(tmp_path / "nginx", front, ports)
        start(running, [NGINX, "-c", str(main), "-p", str(tmp_path / "nginx")], dict(os.environ))
        for port in (*ports, front):
            await_ready(port)
        yield library, ports, front


def start(running: ExitStack, command: list[str], environment: dict[str, str]) -> None:
    process = running.enter_context(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL))
    running.callback(process.terminate)


def test_never_early_never_half_never_late(town: tuple[Path, list[int], int], tmp_path: Path) -> None:
    library, ports, front = town
    for table in ("TOY", "TAY"):
        lift(library, table, 6)
    add(library, "NEWEST", 1)
    if datetime.now(UTC).second > 35:  # time to release before the minute is full
        time.sleep(61 - datetime.now(UTC).second)

    act = release(library, tmp_path / "bank", ("TOY", "TAY", "NEWEST"), now=True)
    instant = act.effective_at.timestamp()
    seen = Seen()
    threads = [
        threading.Thread(target=poll, args=(port, ("TOY", "TAY"), instant + 4, seen)) for port in (*ports, front)
    ]
    threads.append(threading.Thread(target=compare, args=(front, instant - 0.2, seen)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    early = [each for each in seen.answers if each[1] < instant and each[5] != "20"]
    stale = [each for each in seen.answers if each[0] >= instant + 1 and each[5] != "120"]
    half = [each for each in _halves(seen) if each]
    counted = {"answers": len(seen.answers), "early": len(early), "stale": len(stale), "half": len(half)}
    print(json.dumps(counted))  # noqa: T201  # the counts are the evidence
    assert act.effective_at - datetime.now(UTC) < timedelta(0)
    assert (early[:3], stale[:3], half[:3]) == ([], [], [])
    assert seen.twins[:1] == []
    assert seen.faults[:3] == []
    assert {each[5] for each in seen.answers} == {"20", "120"}
    assert ask(front, "/v1/tableinfo/NEWEST")[0] == 200


def _halves(seen: Seen) -> Iterator[tuple[object, ...]]:
    """Once a server gave a new figure, a later question to it never finds an old one, of whichever table."""
    for port in {each[2] for each in seen.answers}:
        mine = sorted(each for each in seen.answers if each[2] == port)
        first = min((each[1] for each in mine if each[5] == "120"), default=float("inf"))
        yield from (each for each in mine if each[0] > first and each[5] == "20")

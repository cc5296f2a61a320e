"""CPU and latency of answers against a bare Flask route under the same gunicorn settings, interleaved in one run.

CPU is that of the whole server process tree per request. Rounds go A B C … C B A, and the best round counts.
"""

import argparse
import http.client
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tables.rehearsal import rehearse
from tables.release import release

ROOT = Path(__file__).resolve().parents[2]
TICK = os.sysconf("SC_CLK_TCK")
SIZES = (100, 100, 10, 100)  # 10 million cells
SITE = {
    "site/site.yaml": "name: {da: B, en: B}\npublisher: {da: B, en: B}\nlanguages: [da, en]\n"
    "contact: {name: {da: B, en: B}, "
    'email: b@example.dk, phone: "+4500000000"}\nlicence: {id: CC-BY-4.0, address: "https://creativecommons.org/"}\n',
    "site/subjects.yaml": '- {id: "1", slug: {da: a, en: a}, text: {da: A, en: A}}\n',
}


def library(folder: Path, sizes: tuple[int, ...]) -> None:
    codes = [[f"{code:03}" for code in range(size)] for size in sizes[:-1]]
    years = [str(2000 + year) for year in range(sizes[-1])]
    blocks = "".join(
        f"  - code: D{number}\n    text: {{da: d{number}, en: d{number}}}\n    values: |\n      code ; da ; en\n"
        + "".join(f"      {code} ; Værdi {code} ; Value {code}\n" for code in values)
        for number, values in enumerate(codes)
    )
    table = (
        'id: BENCH\nsubject: "1"\ntitle: {da: Syntetisk måling, en: Synthetic measurement}\n'
        "source: {da: Syntetiske data, en: Synthetic data}\ndimensions:\n" + blocks + "  - code: Tid\n"
        f"    text: {{da: tid, en: time}}\n    time: {years[0]}-{years[-1]}\nmeasures:\n  - code: antal\n"
        "    text: {da: Antal, en: Number}\n    unit: {da: Antal, en: Number}\n    kind: additive\n"
        "    additive_over: []\n"
        "    minimum: 0\ndisclosure: [{method: none, reason: Måling}]\n"
    )
    for name, text in {**SITE, "BENCH/table.yaml": table}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    places = np.indices(sizes).reshape(len(sizes), -1)
    columns = {
        f"D{n}": pa.DictionaryArray.from_arrays(places[n].astype(np.int32), pa.array(codes[n]))
        for n in range(len(codes))
    }
    columns["Tid"] = pa.DictionaryArray.from_arrays(places[-1].astype(np.int32), pa.array(years))
    columns["antal"] = pa.array(np.random.default_rng(1).integers(5, 100_000, places.shape[1]))
    pq.write_table(pa.table(columns), folder / "BENCH/cube.parquet")


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    port: int

    def cpu(self) -> float:
        """Seconds used by the tree so far."""
        total = 0.0
        for pid in tree(self.process.pid):
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += (int(fields[11]) + int(fields[12])) / TICK
        return total

    def memory(self) -> list[float]:
        """MB of proportional memory, a worker each."""
        found = []
        for pid in children(self.process.pid):
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            found.append(int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE).group(1)) / 1024)  # type: ignore[union-attr]
        return found


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def tree(pid: int) -> list[int]:
    return [pid, *(one for child in children(pid) for one in tree(child))]


@contextmanager
def serving(port: int, bank: Path, app: str = "service.wsgi:app", **more: str) -> Iterator[Server]:
    environment = {**os.environ, "STATBANK_BANK": str(bank), "STATBANK_CACHE": str(bank.parent / "cache"), **more}
    environment["PYTHONPATH"] = f"{ROOT}:{ROOT / 'tests/bench'}"
    command = [
        Path(sys.executable).parent / "gunicorn",
        "-c",
        ROOT / "deploy/gunicorn.conf.py",
        "-b",
        f"127.0.0.1:{port}",
        app,
    ]
    began = time.monotonic()
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            path = "/hello" if app.startswith("hello") else "/v1/data/BENCH/CSV?D0=000&D1=000&D2=000"
            while not answers(port, path):
                time.sleep(0.02)
            if not app.startswith("hello"):
                print(f"first answer {time.monotonic() - began:.2f} s after start")
            yield Server(process, port)
        finally:
            process.terminate()


def answers(port: int, path: str) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False


def load(server: Server, path: str, number: int, headers: dict[str, str], status: int) -> tuple[float, float, float]:
    """CPU ms a request, and p50 and p99 in ms, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    times: list[float] = []
    before = server.cpu()
    for _ in range(number):
        start = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - start) * 1000)
        assert answer.status == status, (answer.status, path)
    cpu = (server.cpu() - before) * 1000 / number
    return cpu, statistics.median(times), statistics.quantiles(times, n=100)[98]


def bulk(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    start, before = time.perf_counter(), server.cpu()
    memory = max(server.memory())
    connection.request("GET", "/v1/data/BENCH/BULK?D0=*&D1=*&D2=*&Tid=*&valuePresentation=Code")
    answer = connection.getresponse()
    first = answer.read(1)
    began = time.perf_counter() - start
    size, most = len(first), memory
    while piece := answer.read(1 << 22):
        size += len(piece)
        most = max(most, *server.memory())
    cpu, wall = server.cpu() - before, time.perf_counter() - start
    print(
        f"BULK of 10 million cells: {size / 1e6:.0f} MB, first byte {began * 1000:.0f} ms, "
        f"{size / 1e6 / wall:.0f} MB/s, "
        f"{size / 1e6 / cpu:.0f} MB a CPU s, memory + {most - memory:.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=400)
    number = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        library(base / "library", SIZES)
        began = time.monotonic()
        clock = lambda: datetime(2024, 6, 6, 5, 0, tzinfo=UTC)  # noqa: E731
        release(base / "library", base / "bank", ("BENCH",), at="2024-06-06 08:00", clock=clock, rehearse=rehearse)
        print(f"release of 10 million cells: {time.monotonic() - began:.1f} s")
        with (
            serving(18501, base / "bank", "hello:app") as hello,
            serving(18502, base / "bank") as array,
            serving(18503, base / "bank", STATBANK_ENGINE="duckdb") as duck,
        ):
            slice100 = "/v1/data/BENCH/JSONSTAT?D0=000&D1=*&D2=000&Tid=2001"
            etag = head(array, slice100)
            kinds = {
                "bare Flask": (hello, "/hello", {}, 200),
                "100 cells JSON, array": (array, slice100, {}, 200),
                "100 cells JSON, DuckDB": (duck, slice100, {}, 200),
                "1 cell CSV": (array, "/v1/data/BENCH/CSV?D0=000&D1=000&D2=000", {}, 200),
                "10,000 cells CSV": (array, "/v1/data/BENCH/CSV?D0=*&D1=*&D2=000&Tid=2001", {}, 200),
                "304": (array, slice100, {"If-None-Match": etag}, 304),
            }
            best: dict[str, tuple[float, float, float]] = {}
            order = list(kinds)
            for name in [*order, *order[::-1]] * 2:
                server, path, headers, status = kinds[name]
                got = load(
                    server, path, max(40, number // (8 if "10,000" in name or "Duck" in name else 1)), headers, status
                )
                best[name] = min(best.get(name, got), got)
            yard = best["bare Flask"]
            for name, (cpu, p50, p99) in best.items():
                print(
                    f"{name:26} CPU {cpu:6.2f} ms ({cpu / yard[0]:5.2f} ×)  "
                    f"p50 {p50:6.2f} ms ({p50 / yard[1]:5.2f} ×)  p99 {p99:6.2f} ms"
                )
            print("memory of a worker, MB: " + ", ".join(f"{size:.0f}" for size in array.memory()))
            bulk(array)


def head(server: Server, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.headers["ETag"] or ""


if __name__ == "__main__":
    main()

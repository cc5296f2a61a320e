"""BULK of 10 million cells through the server, against DuckDB's own CSV export of the same rows, turn by turn.

    python tests/bench/bench_bulk.py

DuckDB writes to memory (/dev/shm) and has no network in between; ours goes through the production server to a reader on
loopback. CPU is that of the whole server, or of this process for DuckDB. The goal: 1.5 times its throughput.
"""

import argparse
import http.client
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from bench_server import SIZES, Server, children, library, serving

from tables.rehearsal import rehearse
from tables.release import release

PORT = 18521
ADDRESS = "/v1/data/BENCH/BULK?D0=*&D1=*&D2=*&Tid=*&valuePresentation=Code"


def held(server: Server) -> float:
    """MB a worker holds for itself; the figures are mapped from their file, shared, and not counted."""
    texts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in children(server.process.pid)]
    return max(int(text.partition("Anonymous:")[2].split()[0]) / 1024 for text in texts)


@dataclass(frozen=True)
class Run:
    megabytes: float
    wall: float
    cpu: float
    first: float = 0.0  # seconds to the first byte
    memory: float = 0.0  # MB more than a worker held before

    def __str__(self) -> str:
        return (
            f"{self.megabytes:.0f} MB in {self.wall:.2f} s: {self.megabytes / self.wall:.0f} MB/s, "
            f"{self.megabytes / self.cpu:.0f} MB a CPU second"
        )


def streamed(server: Server) -> Run:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    start, before, memory = time.perf_counter(), server.cpu(), held(server)
    connection.request("GET", ADDRESS)
    answer = connection.getresponse()
    size, most = len(answer.read(1)), memory
    first = time.perf_counter() - start
    looked = start
    while piece := answer.read(1 << 20):
        size += len(piece)
        if time.perf_counter() - looked > 0.2:
            looked = time.perf_counter()
            most = max(most, held(server))
    return Run(size / 1e6, time.perf_counter() - start, server.cpu() - before, first, most - memory)


def exported(cells: Path, out: Path, threads: int) -> Run:
    with duckdb.connect() as connection:
        connection.execute(f"SET threads={threads}")
        start, before = time.perf_counter(), time.process_time()
        rows = f"SELECT D0, D1, D2, Tid, antal AS INDHOLD FROM '{cells}'"
        connection.execute(f"COPY ({rows}) TO '{out}' (FORMAT csv, DELIMITER ';', HEADER)")
        run = Run(out.stat().st_size / 1e6, time.perf_counter() - start, time.process_time() - before)
    out.unlink()
    return run


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=4)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
        base = Path(folder)
        library(base / "library", SIZES)
        clock = lambda: datetime(2024, 6, 6, 5, 0, tzinfo=UTC)  # noqa: E731
        act = release(
            base / "library", base / "bank", ("BENCH",), at="2024-06-06 08:00", clock=clock, rehearse=rehearse
        )
        cells, out = act.folder / "BENCH/cells.parquet", Path(memory) / "rows.csv"
        with serving(PORT, base / "bank") as server:
            streamed(server)
            turns = [(streamed(server), exported(cells, out, 1), exported(cells, out, 2)) for _ in range(rounds)]
    ours, alone, both = ([turn[place] for turn in turns] for place in range(3))
    for name, runs in (("BULK", ours), ("DuckDB, 1 thread", alone), ("DuckDB, 2 threads", both)):
        print(f"{name:18} best of {rounds}: {min(runs, key=lambda run: run.wall)}")
    fast = max(run.megabytes / run.wall for run in ours)
    cheap = max(run.megabytes / run.cpu for run in ours)
    for name, runs in (("one thread", alone), ("two threads", both)):
        print(
            f"BULK over DuckDB with {name}: {fast / max(run.megabytes / run.wall for run in runs):.2f} × in time, "
            f"{cheap / max(run.megabytes / run.cpu for run in runs):.2f} × for a CPU second"
        )
    print(
        f"first byte {min(run.first for run in ours) * 1000:.0f} ms, memory + {max(run.memory for run in ours):.0f} MB"
    )


if __name__ == "__main__":
    main()

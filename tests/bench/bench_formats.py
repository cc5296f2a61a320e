"""What an answer of 1, 100 and 10,000 cells costs in each format, against a bare Flask route in the same run.

    python tests/bench/bench_formats.py

Goals: 100 cells of JSON at most 1.7 times the route, 10,000 of CSV at most 10 times. Rounds go there and back; the
best one counts.
"""

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench_server import library, load, serving

from service.dst.data import OFFERED
from tables.rehearsal import rehearse
from tables.release import release

SIZES = (100, 100, 2, 2)
ASKED = {1: "D0=000&D1=000&D2=000&Tid=2001", 100: "D0=000&D1=*&D2=000&Tid=2001", 10_000: "D0=*&D1=*&D2=000&Tid=2001"}
ALIKE = ("HTML5",)  # another name of a format that is measured


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=200)
    number = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        library(base / "library", SIZES)
        clock = lambda: datetime(2024, 6, 6, 5, 0, tzinfo=UTC)  # noqa: E731
        release(base / "library", base / "bank", ("BENCH",), at="2024-06-06 08:00", clock=clock, rehearse=rehearse)
        with serving(18531, base / "bank", "hello:app") as hello, serving(18532, base / "bank") as ours:
            kinds = {("bare Flask", 1): (hello, "/hello")} | {
                (name, cells): (ours, f"/v1/data/BENCH/{name}?{keys}")
                for name in OFFERED
                if name not in ALIKE
                for cells, keys in ASKED.items()
            }
            best: dict[tuple[str, int], tuple[float, float, float]] = {}
            for kind in [*kinds, *reversed(kinds)]:
                server, path = kinds[kind]
                got = load(server, path, max(20, number // (10 if kind[1] > 100 else 1)), {}, 200)
                best[kind] = min(best.get(kind, got), got)
    yard = best["bare Flask", 1]
    for (name, cells), (cpu, p50, p99) in best.items():
        print(
            f"{name:15}{cells:>7,} cells  CPU {cpu:7.2f} ms ({cpu / yard[0]:6.2f} ×)  "
            f"p50 {p50:7.2f} ms ({p50 / yard[1]:6.2f} ×)  p99 {p99:7.2f} ms"
        )


if __name__ == "__main__":
    main()

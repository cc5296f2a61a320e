"""Pages: CPU of a table's page by its cells beside a bare template, weight, and search over 5,000 tables."""

import gzip
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from itertools import product
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from flask import Flask, render_template_string

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from service import create_app
from service.settings import Settings
from tables.bank import Bank
from tables.rehearsal import rehearse
from tables.release import release
from tables.search import build, search

OPENING = datetime(2024, 6, 6, 6, tzinfo=UTC)
ROUNDS = 7
ROWS, GROUPS, YEARS = 200, 10, 10
PLAIN = "<!DOCTYPE html><title>{{ t }}</title><table>{% for n in rows %}<tr><td>{{ n }}</td></tr>{% endfor %}</table>"
STATIC = Path(__file__).resolve().parents[2] / "service/static"


def median(work: Callable[[], object], times: int) -> float:
    """Milliseconds of CPU, the median of the rounds."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(times):
            work()
        rounds.append((time.process_time() - start) / times * 1000)
    return statistics.median(rounds)


def big(folder: Path) -> None:
    """A library with a table of 20,000 cells."""
    spec = spec_from_file_location("conftest", Path(__file__).resolve().parents[1] / "conftest.py")
    assert spec
    assert spec.loader
    conftest = module_from_spec(spec)
    spec.loader.exec_module(conftest)
    conftest.write_library(folder)
    text = (folder / "TOY/table.yaml").read_text(encoding="utf-8")
    lists = {
        "KØN": [(f"R{n:03}", f"Række {n}", f"Row {n}") for n in range(ROWS)],
        "OMRÅDE": [(f"G{n:02}", f"Gruppe {n}", f"Group {n}") for n in range(GROUPS)],
    }
    head, _, rest = text.partition("dimensions:")
    _, _, tail = rest.partition("  - code: Tid")
    named = "".join(
        f"  - code: {code}\n    text: {{da: {code.lower()}, en: {code.lower()}}}\n    values: |\n      code ; da ; en\n"
        + "".join(f"      {' ; '.join(row)}\n" for row in rows)
        + "    elimination: sum\n"
        for code, rows in lists.items()
    )
    written = f"{head}dimensions:\n{named}  - code: Tid{tail}".replace("2023-2024", f"2015-{2014 + YEARS}")
    (folder / "TOY/table.yaml").write_text(written, encoding="utf-8")
    years = [str(2015 + n) for n in range(YEARS)]
    cells = list(product([row[0] for row in lists["KØN"]], [row[0] for row in lists["OMRÅDE"]], years))
    columns = dict(zip(("KØN", "OMRÅDE", "Tid"), zip(*cells, strict=True), strict=True))
    counts = [1_000 + place * 7 % 9_000 for place in range(len(cells))]
    pq.write_table(pa.table({**columns, "antal": counts}), folder / "TOY/cube.parquet")


def pages(folder: Path) -> None:
    big(folder / "library")
    at = OPENING - timedelta(hours=1)
    release(folder / "library", folder / "bank", ("TOY",), at="2024-06-06 08:00", clock=lambda: at, rehearse=rehearse)
    bank = Bank(folder / "bank", clock=lambda: OPENING + timedelta(hours=1), cache=folder / "cache")
    bank.refresh()
    client = create_app(bank, Settings()).test_client()
    bare = Flask("bare")
    bare.add_url_rule("/", "bare", lambda: render_template_string(PLAIN, t="t", rows=range(100)))
    reference = median(lambda: bare.test_client().get("/"), 50)
    print(f"bare Flask template, 100 rows: {reference:.2f} ms")
    weight = sum(len(gzip.compress((STATIC / name).read_bytes())) for name in ("statbank.css", "statbank.js"))
    for rows, groups, times in ((10, 1, 20), (100, 10, 3), (200, 10, 2)):
        address = f"/da/tabel/TOY?KØN=top({rows})&OMRÅDE=top({groups})&Tid=*&rows=KØN,OMRÅDE&columns=Tid"
        spent = median(lambda address=address: client.get(address), times)
        size = len(gzip.compress(client.get(address).data, 6))
        cells = rows * groups * YEARS
        print(
            f"page of {cells:6,} cells: {spent:7.1f} ms, {spent / reference:6.1f} × bare,"
            f" {(size + weight) / 1000:.1f} kB with looks, 4 requests"
        )


def searching(folder: Path) -> None:
    bank = Bank(folder / "bank", clock=lambda: OPENING + timedelta(hours=1))
    bank.refresh()
    catalogue = bank.catalogue()
    one = replace(catalogue.release("TOY").table, dimensions=catalogue.release("TOY").table.dimensions[1:])
    path = folder / "search.sqlite"
    start = time.perf_counter()
    build([replace(one, id=f"T{n}") for n in range(5_000)], (), catalogue.site, path)
    made = time.perf_counter() - start
    spent = median(lambda: search(path, "børn med støtte", "da"), 10)
    missed = median(lambda: search(path, "bxrn stxtte", "da"), 5)
    print(
        f"search over 5,000 tables: {spent:.1f} ms a question, {missed:.1f} ms with no hit; index made in {made:.1f} s"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        pages(Path(folder))
        searching(Path(folder))

"""Publishing tables of growing size, and opening a bank with many acts; beside it, one plain pass over the same file.

`python tests/bench/bench_release.py 100` goes up to 10 million cells.
"""

import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tables import durable
from tables.acts import ZONE, digest, folder_name, record
from tables.bank import Bank
from tables.model import Act, Text
from tables.release import release

START = datetime(2024, 6, 6, 6, tzinfo=UTC)
SITE = """\
name: {da: Måling, en: Measurement}
publisher: {da: Måling, en: Measurement}
languages: [da, en]
contact: {name: {da: Kontor, en: Office}, email: a@example.dk, phone: "+4500000000"}
licence: {id: CC-BY-4.0, address: "https://creativecommons.org/licenses/by/4.0/"}
"""
SUBJECTS = '- {id: "1", slug: {da: alt, en: all}, text: {da: Alt, en: All}}\n'
DIMENSION = """\
  - code: {code}
    text: {{da: d{code}, en: d{code}}}
    elimination: sum
    values: |
      code ; da ; en
{values}
"""
TABLE = """\
id: BIG
subject: "1"
title: {{da: Stor, en: Big}}
source: {{da: Syntetiske data, en: Synthetic data}}
dimensions:
{dimensions}
  - {{code: Tid, text: {{da: tid, en: time}}, time: 2015-2024}}
measures:
  - {{code: antal, text: {{da: Antal, en: Number}}, unit: {{da: Antal, en: Number}}, kind: additive, minimum: 0}}
disclosure:
  - {{method: none, reason: måling}}
"""


def library(folder: Path, length: int) -> int:
    """A library of one table of length³ × 10 cells, its cube in no order."""
    codes = [f"{place:04}" for place in range(length)]
    values = "\n".join(f"      {code} ; {code} ; {code}" for code in codes)
    dimensions = "".join(DIMENSION.format(code=code, values=values) for code in "ABC")
    texts = {
        "site/site.yaml": SITE,
        "site/subjects.yaml": SUBJECTS,
        "BIG/table.yaml": TABLE.format(dimensions=dimensions),
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    shape = (length, length, length, 10)
    random = np.random.default_rng(1)
    spots = np.unravel_index(random.permutation(int(np.prod(shape))), shape)
    texts_of = [*[codes] * 3, [str(year) for year in range(2015, 2025)]]
    columns = {
        code: pa.DictionaryArray.from_arrays(pa.array(spot.astype(np.int16)), pa.array(text))
        for code, spot, text in zip(("A", "B", "C", "Tid"), spots, texts_of, strict=True)
    }
    columns["antal"] = pa.array(random.integers(0, 10_000, len(spots[0])))
    pq.write_table(pa.table(columns), folder / "BIG/cube.parquet")
    return len(spots[0])


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def published(length: int) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        cells = library(folder / "library", length)
        read = timed(lambda: pq.read_table(folder / "library/BIG/cube.parquet"))
        clock = START - timedelta(hours=1)
        seconds = timed(
            lambda: release(folder / "library", folder / "bank", ["BIG"], at="2024-06-06 08:00", clock=lambda: clock)
        )
        bank = Bank(folder / "bank", clock=lambda: START)
        opened = timed(bank.refresh)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(  # a benchmark prints
            f"release of {cells:>10,} cells: {seconds:6.2f} s ({seconds / read:5.0f} × reading the cube), "
            f"opened in {opened:.2f} s, peak {peak:,} MB"
        )
        durable.discard(folder / "bank")


def started(acts: int) -> None:
    """The state of a bank with many small acts, from a cold start."""
    with TemporaryDirectory() as name:
        folder, prev = Path(name), None
        (folder / "FORMAT").write_text('{"format":1}')
        for seq in range(1, acts + 1):
            instant = START + timedelta(minutes=seq)
            act = Act(seq, "release", instant, Path(), Text("a", "a"), {}, {})
            data = record(act, prev=prev, actor="", committed_at=instant.astimezone(ZONE))
            path = folder / "releases" / folder_name(seq, instant) / "release.json"
            path.parent.mkdir(parents=True)
            path.write_bytes(data)
            prev = digest(data)
        bank = Bank(folder, clock=lambda: START + timedelta(days=30))
        print(f"start with {acts:,} acts: {timed(bank.refresh):.2f} s")  # a benchmark prints


def main() -> None:
    longest = int(sys.argv[1]) if len(sys.argv) > 1 else 46
    for length in (10, 22, 46, 100):
        if length <= longest:
            published(length)
    started(1_000)


if __name__ == "__main__":
    main()

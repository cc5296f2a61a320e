"""What a question costs behind the door: python tests/bench/bench_engines.py

CPU of this process, best of several rounds; what counts is the ratios, which stand beside each figure.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tables import array, cube
from tables.derive import Gather, read
from tables.model import Act, Additive, Dimension, Measure, Query, Release, Table, Text, Value
from tables.selection import resolve

SIZES = {"6 k": (15, 10, 4, 10), "10 M": (105, 238, 20, 20)}


def word(text: str) -> Text:
    return Text(text, text)


def release(folder: Path, sizes: tuple[int, ...]) -> Release:
    names = ("OMRÅDE", "INDSATS", "ALDER", "Tid")
    dims = tuple(
        Dimension(
            name,
            word(name),
            tuple(Value(f"{1990 + n if name == 'Tid' else n:03}", word(f"{name} {n}")) for n in range(size)),
            None if name == "Tid" else "000",
            name == "Tid",
        )
        for name, size in zip(names, sizes, strict=True)
    )
    measure = Measure("antal", word("Antal"), word("Antal"), "additive", 0, tuple(map(Additive, names[:3])))
    table = Table("T", word("t"), "1", word("s"), dims, (measure,), ())
    act = Act(1, "release", datetime(2025, 5, 23, 6, tzinfo=UTC), folder / "1", word("t"), {}, {})
    made = Release(table, act)
    made.path("").mkdir(parents=True)
    total = prod(sizes)
    numbers = np.random.default_rng(1).integers(0, 100_000, total)
    status = np.where(numbers % 11 == 0, np.uint8(5), np.uint8(0))
    numbers[status == 5] = 0
    batch = pa.record_batch([pa.array(numbers), pa.array(status)], names=["antal", "antal.status"])
    with pyarrow.ipc.new_file(str(made.path("shown.arrow")), batch.schema) as sink:
        sink.write_batch(batch)
    places = np.unravel_index(np.arange(total), sizes)
    columns = {
        dim.code: pa.DictionaryArray.from_arrays(pa.array(place.astype(np.int32)), pa.array(dim.codes))
        for dim, place in zip(dims, places, strict=True)
    }
    pq.write_table(
        pa.table({**columns, "antal": batch.column(0), "antal.status": batch.column(1)}),
        made.path("cells.parquet"),
        row_group_size=122_880,
    )
    return made


def cost(ask: Callable[[], object], *, seconds: float = 0.3, rounds: int = 5) -> float:
    """CPU seconds of one call, in the best round."""
    ask()
    best = float("inf")
    for _ in range(rounds):
        calls, start = 0, time.process_time()
        while time.process_time() - start < seconds / rounds or not calls:
            ask()
            calls += 1
        best = min(best, (time.process_time() - start) / calls)
    return best


def answer(query: Query, gather: Gather) -> tuple[int, int]:
    cells = number = 0
    for block in read(query, gather).blocks():
        cells += block.values.size
        number += int(block.values.sum())
    return cells, number


def say(what: str, seconds: float, against: float, reference: str) -> None:
    print(f"{what:<44}{seconds * 1e6:>14,.0f} µs {seconds / against:>10.2f} × {reference}")


def main() -> None:
    with TemporaryDirectory() as name:
        made = {size: release(Path(name) / size.replace(" ", "") / "releases", shape) for size, shape in SIZES.items()}
        slices(made)
        stream(made["10 M"])


def slices(made: dict[str, Release]) -> None:
    """100 cells, the newest period everywhere, and sums; the reference is a bare loop over as many cells."""
    numbers = list(range(100))
    loop = cost(lambda: [str(number) for number in numbers])
    say("reference: 100 numbers to text", loop, loop, "itself")
    chosen = {
        "OMRÅDE": ["001", "004"],
        "INDSATS": ["*5", "001", "002", "003", "004"][1:],
        "ALDER": ["000", "002", "003"],
        "Tid": ["(-n+5)"],
    }
    first = 0.0
    for size, one in made.items():
        asked = resolve(one, chosen, "dst")
        say(
            f"{size}: question of {asked.cells} cells resolved",
            cost(lambda one=one: resolve(one, chosen, "dst")),
            loop,
            "loop",
        )
        spent = cost(lambda asked=asked: answer(asked, array.gather))
        first = first or spent
        say(f"{size}: array, {asked.cells} cells", spent, loop, "loop")
        say(f"{size}: array, the same", spent, first, "the 6 k table")
        assert answer(asked, array.gather) == answer(asked, cube.gather)
        say(f"{size}: DuckDB, the same", cost(lambda asked=asked: answer(asked, cube.gather)), spent, "array")
        for what, more in {
            "newest period everywhere": {"OMRÅDE": ["*"], "Tid": ["(1)"]},
            "sums of 5 and a quotient": {"OMRÅDE": ["sum(001;002;003;004;005)", "*"], "Tid": ["divide(1999;1998)"]},
        }.items():
            asked = resolve(one, more, "dst")
            assert answer(asked, array.gather) == answer(asked, cube.gather)
            say(
                f"{size}: array, {what} ({asked.cells})",
                cost(lambda asked=asked: answer(asked, array.gather)),
                spent,
                "slice",
            )


def held() -> int:
    """Bytes this process holds for itself; mapped files are not counted."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("RssAnon:")[2].split()[0]) * 1024


def stream(one: Release) -> None:
    """All of 10 M cells, in table order and turned, with what the process holds more than before."""
    codes = [dimension.code for dimension in one.table.dimensions]
    for what, order in {"in table order": codes, "turned": codes[::-1]}.items():
        asked = resolve(one, {code: ["*"] for code in order}, "dst")
        before, peak, cells, start = held(), 0, 0, time.process_time()
        for number, block in enumerate(read(asked, array.gather).blocks()):
            cells += block.values.size
            if number % 10 == 0:
                peak = max(peak, held() - before)
        rate = cells / (time.process_time() - start) / 1e6
        print(f"{cells / 1e6:.0f} M cells {what}: {rate:,.0f} M cells/s, peak + {peak / 2**20:,.1f} MB")


if __name__ == "__main__":
    main()

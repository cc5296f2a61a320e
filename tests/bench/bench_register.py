"""The synthetic registers to cubes: rows a second and peak memory of a process that does nothing else.

`python -m tests.bench.bench_register 10` counts ten copies of every person, to see memory stay where it is.
"""

import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from tables.register import build
from tables.synthetic import generate

LIBRARY = Path(__file__).resolve().parents[2] / "tables" / "library"


def copied(path: Path, copies: int) -> int:
    """Makes the file hold each of its persons so many times; returns its rows."""
    texts = pacsv.ConvertOptions(column_types=dict.fromkeys(pacsv.open_csv(path).schema.names, pa.string()))
    table = pacsv.read_csv(path, convert_options=texts)
    rows = table.num_rows
    if copies > 1:
        with pacsv.CSVWriter(path, table.schema, write_options=pacsv.WriteOptions(quoting_style="none")) as writer:
            for copy in range(copies):
                ids = pc.cast(pc.add(pc.cast(table["id"], pa.int64()), copy * (rows + 1)), pa.string())
                pids = pc.binary_join_element_wise(table["pid"], str(copy), "-")
                writer.write(table.set_column(0, "id", ids).set_column(1, "pid", pids))
    return rows * copies


def counted(folder: Path) -> tuple[float, float, int]:
    """Seconds, CPU seconds and peak memory in MB of one build in this process."""
    start, used = time.perf_counter(), time.process_time()
    build(
        LIBRARY,
        register=folder / "register.csv",
        placements=folder / "placements.csv",
        approvals=folder / "godkendelser.csv",
        population=folder / "population.csv",
        out=folder / "out",
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return time.perf_counter() - start, time.process_time() - used, peak


def main(copies: int) -> None:
    with TemporaryDirectory() as name, ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        folder = Path(name)
        made = generate(folder, library=LIBRARY)
        rows = copied(made.register, copies) + copied(made.placements, copies)
        seconds, cpu, peak = alone.submit(counted, folder).result()
    print(f"{rows:,} rows in {seconds:.1f} s ({rows / seconds:,.0f} rows/s), {cpu:.1f} CPU s, peak {peak:,} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)

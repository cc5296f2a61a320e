"""Masks of the reference tables beside GaussSuppression's: python tests/bench/bench_disclosure.py [NAME …] [--big].

Secondaries and their weight before and after pruning, programs solved, seconds, and the ratios to what the rival needed
on the same tables (disclosure §12). It was timed on another machine, so of the seconds only the order of size compares.
"""

import csv
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

from tables.disclosure import begun as masks
from tables.disclosure import mask as masking
from tables.disclosure.group import protect
from tables.disclosure.relations import system
from tables.disclosure.tidy import Care
from tables.disclosure.weights import weights
from tables.grid import Grid
from tables.model import Additive, Dimension, Group, Measure, Rule, Table, Text, Value

HERE = Path(__file__).resolve().parents[3] / "shared" / "data" / "disclosure-tables"
RIVAL = {  # name, threshold: secondaries, weight, CPU seconds
    ("isbu04", 3): (65, 700, 0.2),
    ("isbu04", 5): (73, 924, 0.2),
    ("isbu01", 3): (315, 2255, 6.2),
    ("isbu01", 5): (194, 2215, 6.3),
    ("mid", 3): (702, 3457, 6.8),
    ("mid", 5): (389, 2348, 7.8),
}
T = Text("", "")


def table(name: str, below: int) -> Table:
    told = json.loads((HERE / f"{name}_meta.json").read_text())
    dimensions = []
    for one in told["dims"]:
        parents = {child: node for node, children in one["rel"] for child in children}
        values = tuple(Value(code, T, parent=parents.get(code)) for code in one["codes"])
        top = next(code for code in one["codes"] if code not in parents)
        dimensions.append(Dimension(one["name"], T, values, elimination=top))
    time_ = Dimension("Tid", T, (Value("2020", T),), time=True)
    over = tuple(Additive(one.code) for one in dimensions)
    measure = Measure("n", T, T, "additive", additive_over=over, minimum=0)
    rule = Rule("threshold", {"below": below})
    return Table(name.upper(), T, "1", T, (*dimensions, time_), (measure,), (rule,))


def grid(name: str, below: int) -> Grid:
    described = table(name, below)
    dimensions = described.dimensions[:-1]
    cells = np.zeros([len(one.values) for one in dimensions], dtype=np.int64)
    with (HERE / f"{name}_leaf.csv").open() as file:
        for row in csv.DictReader(file):
            cells[tuple(one.index[row[one.code]] for one in dimensions)] = int(row["freq"])
    for axis, one in enumerate(dimensions):
        turned = np.moveaxis(cells, axis, 0)
        for value in reversed(one.values):  # children stand after their parents
            if value.parent is not None:
                turned[one.index[value.parent]] += turned[one.index[value.code]]
    flat = cells.reshape(-1)
    return Grid(described, {"n": flat}, {"n": np.zeros(len(flat), dtype=np.uint8)})


class Watched:
    """The masking, watched: what was hidden before pruning, and how many programs were solved."""

    def __init__(self) -> None:
        self.cells, self.weight, self.solves = 0, 0.0, 0
        self._prune, self._mask = masking.prune, masks.mask

    def __enter__(self) -> "Watched":
        masking.prune, masks.mask = self._before, self._whole
        return self

    def __exit__(self, *_: object) -> None:
        masking.prune, masks.mask = self._prune, self._mask

    def _before(self, care: Care, *, tries: int) -> int:
        secondary = care.hidden() & ~care.problem.primary
        self.cells += int(secondary.sum())
        self.weight += float(care.problem.weight[secondary].sum())
        return self._prune(care, tries=tries)

    def _whole(self, task: masking.Task) -> masking.Mask:
        found = self._mask(task)
        self.solves += found.solves
        return found


def run(name: str, below: int) -> None:
    one = grid(name, below)
    group = Group(one.table.id, (one.table.id,))
    weight = weights(system(group, {one.table.id: one}, "2020").frame)
    wall, cpu = time.perf_counter(), time.process_time()
    with Watched() as watched:
        protection = protect(group, {one.table.id: one})
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    mask = protection.masks[one.table.id]
    secondaries, cost = int((mask == 2).sum()), float(weight[mask == 2].sum())
    told = [
        f"{name} t={below}: {len(mask)} cells, {int((mask == 1).sum())} primaries",
        f"secondaries {watched.cells} ({watched.weight:.0f}) → {secondaries} ({cost:.0f})",
        f"{watched.solves} programs, {wall:.1f} s, CPU {cpu:.1f} s",
        f"certificate {protection.summary['k']} tables, {len(protection.files['certificate.parquet']):,} bytes",
        f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB",
    ]
    if (name, below) in RIVAL:
        theirs = RIVAL[name, below]
        told.append(f"rival {theirs[0]} ({theirs[1]}) in CPU {theirs[2]} s")
        told.append(f"weight x{cost / theirs[1]:.2f}, CPU x{cpu / theirs[2]:.2f}")
    print("; ".join(told), flush=True)


if __name__ == "__main__":
    if not HERE.is_dir():
        print("skipped: the reference tables are not beside this checkout")
        sys.exit(0)
    wanted = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    for key in RIVAL:
        if not wanted or key[0] in wanted:
            run(*key)
    if "--big" in sys.argv:
        run("big5", 5)

"""Masks of the reference tables beside GaussSuppression's: python -m tests.bench.bench_disclosure [NAME …] [--big].

Secondaries, weight and CPU seconds, and the ratios to what the rival needed on the same tables (disclosure §12). The
rival's seconds were measured on another machine, so only the ratios of hidden cells and weights are comparable.
"""

import csv
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

from tables.disclosure.group import protect
from tables.disclosure.relations import system
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


def run(name: str, below: int) -> None:
    one = grid(name, below)
    group = Group(one.table.id, (one.table.id,))
    weight = weights(system(group, {one.table.id: one}, "2020").frame)
    started = time.process_time()
    protection = protect(group, {one.table.id: one})
    seconds = time.process_time() - started
    mask = protection.masks[one.table.id]
    secondaries, cost = int((mask == 2).sum()), float(weight[mask == 2].sum())
    line = f"{name:8} t={below} primaries {int((mask == 1).sum()):6} secondaries {secondaries:5} weight {cost:7.0f}"
    size = len(protection.files["certificate.parquet"])
    line += f" CPU {seconds:6.1f} s, k {protection.summary['k']}, certificate {size} bytes"
    if (name, below) in RIVAL:
        theirs = RIVAL[name, below]
        line += f" | rival {theirs[0]} ({theirs[1]}) {theirs[2]} s: weight x{cost / theirs[1]:.2f}"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{line}, peak {peak:.0f} MB", flush=True)


if __name__ == "__main__":
    wanted = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    for key in RIVAL:
        if not wanted or key[0] in wanted:
            run(*key)
    if "--big" in sys.argv:
        run("big5", 5)

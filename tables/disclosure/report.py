"""What is hidden and what that costs, for the office only (disclosure §9): made of true numbers and masks."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from tables.disclosure.certificate.layers import layer_of
from tables.disclosure.checker import Certificate, Lines
from tables.disclosure.explained import Net
from tables.disclosure.group import primaries
from tables.disclosure.method import counts
from tables.disclosure.protection import PRIMARY, SECONDARY, Protection
from tables.disclosure.weights import heights, weights
from tables.grid import Grid
from tables.model import Group, Rule, Status
from tables.shown import show

Masks = Mapping[str, NDArray[np.uint8]]
_USELESS = 0.5  # share hidden above which a code says little
_DEAREST = 10
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Report:
    """`tables`: a summary per table, ready for JSON; `dearest`: secondaries of the newest period that cost most.

    `minimality`: connected parts of what is hidden, and those in which every alternative table has a small number:
    there a reader who trusts the mask to be a small one knows that somebody is few, though not where.
    """

    tables: Mapping[str, Mapping[str, Any]]
    dearest: tuple[Mapping[str, Any], ...]
    minimality: Mapping[str, int]
    warnings: tuple[str, ...]


def report(group: Group, grids: Mapping[str, Grid], protection: Protection) -> Report:
    """Never for the public."""
    told = {table: _table(grid, protection.masks[table]) for table, grid in grids.items()}
    dearest = _dearest(group, grids, protection.masks) if any(one["secondary"] for one in told.values()) else ()
    return Report(told, dearest, _minimality(group, grids, protection), protection.warnings)


def _minimality(group: Group, grids: Mapping[str, Grid], protection: Protection) -> Mapping[str, int]:
    file = protection.files.get("certificate.parquet")
    if file is None:
        return {}
    shown = [show(grid, protection.masks[table]) for table, grid in grids.items()]
    layers = [layer_of(one, measure) for one in shown for measure in one.table.measures]
    certificate = Certificate(io.BytesIO(file), layers)
    lines = Lines(layers, [dict(relation) for relation in group.relations], certificate.dropped)
    cells = {cell: place for place, cell in enumerate(certificate.values)}
    pairs = [
        (cells[line.open[0][1:]], cells[term[1:]])
        for period in sorted({period for layer in layers for period in layer.time.codes})
        for line in lines.of(period)[0]
        if line.open
        for term in line.open
    ]
    one, other = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    graph = sp.coo_matrix((np.ones(len(pairs)), (one, other)), shape=(len(cells), len(cells)))
    count, label = connected_components(graph, directed=False)
    small = np.array([[number < layer.below for number in row] for (layer, _), row in certificate.values.items()])
    always = sum(bool(small[label == part].any(axis=0).all()) for part in range(count))
    return {"parts": int(count), "always_small": always}


def changes(before: Masks, after: Masks) -> Mapping[str, Mapping[str, int]]:
    """Cells that another rule would hide more, and those it would show."""
    return {
        table: {
            "hidden_too": int(((after[table] > 0) & (mask == 0)).sum()),
            "shown_then": int(((after[table] == 0) & (mask > 0)).sum()),
        }
        for table, mask in before.items()
    }


def _table(grid: Grid, mask: NDArray[np.uint8]) -> Mapping[str, Any]:
    table, cells = grid.table, mask.reshape(grid.table.shape)
    number = numbered(grid).reshape(table.shape)
    by_code = {
        dimension.code: {
            dimension.values[place].code: _counts(np.take(cells, place, axis), np.take(number, place, axis))
            for place in range(len(dimension.values))
        }
        for axis, dimension in enumerate(table.dimensions)
    }
    height = _height(grid)
    return {
        **_counts(cells, number),
        "of_total": _of_total(grid, mask, height),
        "levels": {
            str(level): _counts(mask[height == level], numbered(grid)[height == level])
            for level in np.unique(height).tolist()
        },
        "codes": by_code,
        "useless": [
            f"{dimension}={code}"
            for dimension, codes in by_code.items()
            for code, one in codes.items()
            if one["share"] > _USELESS
        ],
        "stability": _stability(grid, cells),
        "rules": _otherwise(grid),
    }


def _counts(cells: NDArray[np.uint8], number: NDArray[np.bool_]) -> dict[str, Any]:
    filled = int(number.sum())
    primary, secondary = int((cells == PRIMARY).sum()), int((cells == SECONDARY).sum())
    share = round((primary + secondary) / filled, 4) if filled else 0.0
    return {"cells": filled, "primary": primary, "secondary": secondary, "share": share}


def _height(grid: Grid) -> NDArray[np.int64]:
    """How many levels stand below a cell, over all dimensions: 0 are leaves."""
    total = np.zeros(grid.table.shape, dtype=np.int64)
    for axis, dimension in enumerate(grid.table.dimensions):
        if not dimension.time:
            total += heights(dimension).reshape([-1 if at == axis else 1 for at in range(total.ndim)])
    return total.reshape(-1)


def _of_total(grid: Grid, mask: NDArray[np.uint8], height: NDArray[np.int64]) -> float:
    """The share of what the leaves count that is hidden."""
    number = np.sum([grid.numbers[counts(measure)] for measure in grid.table.measures], axis=0)
    whole = int(number[height == 0].sum())
    return round(int(number[(height == 0) & (mask > 0)].sum()) / whole, 4) if whole else 0.0


def numbered(grid: Grid) -> NDArray[np.bool_]:
    shown = [status <= Status.REVISED for status in grid.status.values()]
    number: NDArray[np.bool_] = np.logical_or.reduce(shown)
    return number


def _stability(grid: Grid, cells: NDArray[np.uint8]) -> Mapping[str, Mapping[str, Any]]:
    """For every period but the first: how many secondaries were hidden the period before, and what changed state."""
    axis = next(axis for axis, dimension in enumerate(grid.table.dimensions) if dimension.time)
    by_time = np.moveaxis(cells, axis, 0)
    told = {}
    for place, code in list(enumerate(grid.table.time.codes))[1:]:
        now, before = by_time[place], by_time[place - 1]
        secondary = int((now == SECONDARY).sum())
        again = int(((now == SECONDARY) & (before > 0)).sum())
        share = round(again / secondary, 4) if secondary else 1.0
        told[code] = {"hidden_before": share, "changed": int(((now > 0) != (before > 0)).sum())}
    return told


def _otherwise(grid: Grid) -> Mapping[str, int]:
    """How many cells rules would hide by themselves: at another threshold, without leaves, or without a dimension."""
    own, told = primaries(grid), dict[str, int]()
    for rule in (rule for rule in grid.table.disclosure if rule.method == "threshold"):
        below = int(rule.params["below"])
        for other in (below - 1, below, below + 1):
            told[f"below={other}"] = int(primaries(_ruled(grid, rule, other)).sum()) if other > 0 else 0
    cells = own.reshape(grid.table.shape)
    for axis, dimension in enumerate(grid.table.dimensions):
        if not dimension.time and dimension.elimination in dimension.index:
            above = heights(dimension) > 0
            total = dimension.index[str(dimension.elimination)]
            if above.sum() > 1:
                told[f"{dimension.code}: no leaves"] = int(np.compress(above, cells, axis).sum())
            told[f"{dimension.code}: left out"] = int(np.take(cells, total, axis).sum())
    return told


def _ruled(grid: Grid, rule: Rule, below: int) -> Grid:
    rules = tuple(
        replace(one, params={**one.params, "below": below}) if one is rule else one for one in grid.table.disclosure
    )
    return replace(grid, table=replace(grid.table, disclosure=rules))


def _dearest(group: Group, grids: Mapping[str, Grid], masks: Masks) -> tuple[Mapping[str, Any], ...]:
    """The secondaries of the newest period by weight, each with the primaries nearest to it."""
    period = max(code for grid in grids.values() for code in grid.table.time.codes)
    net = Net(group, grids, masks, period)
    weight = weights(net.frame)
    secondary = np.flatnonzero(net.kind == SECONDARY)
    order = secondary[np.argsort(-weight[secondary], kind="stable")][:_DEAREST]
    return tuple(
        {
            "cell": net.frame.name(cell),
            "weight": round(float(weight[cell]), 1),
            "protects": [net.frame.name(path[-1]) for path in net.chains(cell, _NAMED)],
        }
        for cell in order.tolist()
    )

"""What is hidden and why, for the office only (disclosure §9): counts, useless rows, one cell explained, a picture."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tables.disclosure.protection import PRIMARY, SECONDARY, Protection
from tables.disclosure.relations import system
from tables.disclosure.weights import heights
from tables.errors import Refused
from tables.grid import Grid
from tables.model import Group, Status

Masks = Mapping[str, NDArray[np.uint8]]
_USELESS = 0.5  # share hidden above which a code says little


@dataclass(frozen=True, slots=True)
class Report:
    """`tables`: a summary per table, ready for JSON."""

    tables: Mapping[str, Mapping[str, Any]]
    warnings: tuple[str, ...]


def report(grids: Mapping[str, Grid], protection: Protection) -> Report:
    """Counts from true numbers and masks; never for the public."""
    told = {table: _table(grid, protection.masks[table]) for table, grid in grids.items()}
    return Report(told, protection.warnings)


def _table(grid: Grid, mask: NDArray[np.uint8]) -> Mapping[str, Any]:
    table, cells = grid.table, mask.reshape(grid.table.shape)
    number = _numbered(grid).reshape(table.shape)
    by_code = {
        dimension.code: {
            dimension.values[place].code: _counts(np.take(cells, place, axis), np.take(number, place, axis))
            for place in range(len(dimension.values))
        }
        for axis, dimension in enumerate(table.dimensions)
    }
    return {
        **_counts(cells, number),
        "levels": _levels(grid, mask),
        "codes": by_code,
        "useless": [
            f"{dimension}={code}"
            for dimension, codes in by_code.items()
            for code, counts in codes.items()
            if counts["share"] > _USELESS
        ],
    }


def _counts(cells: NDArray[np.uint8], number: NDArray[np.bool_]) -> dict[str, Any]:
    filled = int(number.sum())
    primary, secondary = int((cells == PRIMARY).sum()), int((cells == SECONDARY).sum())
    share = round((primary + secondary) / filled, 4) if filled else 0.0
    return {"cells": filled, "primary": primary, "secondary": secondary, "share": share}


def _levels(grid: Grid, mask: NDArray[np.uint8]) -> dict[str, Any]:
    """By how many levels stand below a cell, over all dimensions: 0 are leaves."""
    total = np.zeros(grid.table.shape, dtype=np.int64)
    for axis, dimension in enumerate(grid.table.dimensions):
        if not dimension.time:
            total += heights(dimension).reshape([-1 if at == axis else 1 for at in range(total.ndim)])
    number, height = _numbered(grid), total.reshape(-1)
    return {str(level): _counts(mask[height == level], number[height == level]) for level in np.unique(height).tolist()}


def _numbered(grid: Grid) -> NDArray[np.bool_]:
    shown = [status <= Status.REVISED for status in grid.status.values()]
    number: NDArray[np.bool_] = np.logical_or.reduce(shown)
    return number


def explained(
    group: Group, grids: Mapping[str, Grid], masks: Masks, table: str, codes: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Why a cell is hidden, in both languages: by a rule, or for the cells that share a line with it."""
    grid = grids[table]
    place = 0
    for dimension in grid.table.dimensions:
        code = codes.get(dimension.code, dimension.elimination or "")
        if code not in dimension.index:
            raise Refused(
                "cell",
                f"{dimension.code} mangler eller har ikke {code!r}.",
                f"{dimension.code} is missing or lacks {code!r}.",
            )
        place = place * len(dimension.values) + dimension.index[code]
    kind = int(masks[table][place])
    period = codes[grid.table.time.code]
    relations = system(group, grids, period, earlier=set(grids))
    frame = relations.frame
    layer = frame.layer(table)
    if layer is None or kind == 0:
        yield "Cellen vises.", "The cell is shown."
        return
    if kind == PRIMARY:
        yield (
            "Skjult af en regel: for få personer, eller skjult i hånden.",
            "Hidden by a rule: too few persons, or by hand.",
        )
        return
    yield "Skjult for at beskytte andre celler:", "Hidden to protect other cells:"
    cell = layer.start + int(np.searchsorted(layer.places, place))
    hidden = np.concatenate([masks[one.table.id][one.places] for one in frame.layers])
    lines = relations.rows.matrix[relations.rows.matrix[:, [cell]].nonzero()[0]]
    for other in np.unique(lines.indices).tolist():
        if hidden[other] == PRIMARY:
            yield f"  {frame.name(other)}", f"  {frame.name(other)}"


def html(grids: Mapping[str, Grid], protection: Protection) -> str:
    """A page with a picture of every table: rows are codes of its longest dimension, columns all the others."""
    parts = ["<!doctype html><meta charset=utf-8><title>Diskretionering</title>", _STYLE]
    for table, told in report(grids, protection).tables.items():
        parts.append(f"<h1>{escape(table)}</h1><p>{told['primary']} + {told['secondary']} / {told['cells']}</p>")
        parts.append(_picture(grids[table], protection.masks[table]))
    return "\n".join(parts)


_STYLE = "<style>rect{stroke:none}.p{fill:#b30000}.s{fill:#fdbb84}svg{background:#eee;display:block}</style>"
_SIDE = 6


def _picture(grid: Grid, mask: NDArray[np.uint8]) -> str:
    """The newest period: red by a rule, orange to protect others; the name of a cell as its tooltip."""
    table = grid.table
    time = next(axis for axis, dimension in enumerate(table.dimensions) if dimension.time)
    cells = np.take(mask.reshape(table.shape), -1, axis=time)
    others = [dimension for dimension in table.dimensions if not dimension.time]
    longest = max(range(len(others)), key=lambda axis: len(others[axis].values))
    turned = np.moveaxis(cells, longest, 0).reshape(len(others[longest].values), -1)
    rest = [dimension for axis, dimension in enumerate(others) if axis != longest]
    shape = tuple(len(dimension.values) for dimension in rest)
    drawn = []
    for row, column in zip(*np.nonzero(turned), strict=True):
        codes = [others[longest].values[int(row)].code]
        at = np.unravel_index(int(column), shape) if shape else ()
        codes += [dimension.values[int(place)].code for dimension, place in zip(rest, at, strict=True)]
        kind = "p" if turned[row, column] == PRIMARY else "s"
        where = f'x="{int(column) * _SIDE}" y="{int(row) * _SIDE}" width="{_SIDE - 1}" height="{_SIDE - 1}"'
        drawn.append(f'<rect class="{kind}" {where}><title>{escape(" ".join(codes))}</title></rect>')
    size = f'width="{turned.shape[1] * _SIDE}" height="{turned.shape[0] * _SIDE}"'
    return f'<svg role="img" {size}>{"".join(drawn)}</svg>'

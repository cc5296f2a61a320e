"""The red team: everything the public API tells, put together, and what follows from it (disclosure §10).

It knows the public address, the public descriptions of the tables (parents, what adds up), and the group file, which is
released too. Every table is fetched through all doors, which must agree, and asked for what is reckoned from hidden
parts; then, for every release, the lines of the group are written down and each hidden cell is asked for its largest
and its smallest possible number. A finding is a sentence with its proof.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final
from urllib.error import HTTPError

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from tables.disclosure.certificate.layers import Cell, hidden_cells, in_order, layer_of, period_of, places, widest
from tables.disclosure.checker import EQUAL, HELD, NUMBERS, Layer, Line, Lines
from tables.disclosure.doors import Fetch, Finding, contradictions, earlier, released, whole
from tables.disclosure.possible import Part, Proof, contradicted, proofs
from tables.disclosure.probes import probes
from tables.model import Group, Status, Table
from tables.periods import before
from tables.shown import Shown

_TERMS: Final = 4  # of a side of a sum, written out


def silent(step: str) -> None:
    """For a caller who does not want to hear how it goes."""


def attack(
    fetch: Fetch, tables: Mapping[str, Table], groups: tuple[Group, ...], say: Callable[[str], None] = silent
) -> Iterator[Finding]:
    """Everything that can be found out. `tables` are descriptions; those the bank has not released are passed over."""
    there = {name: tables[name] for name in released(fetch) if name in tables}
    shown: dict[str, Shown] = {}
    for name, table in there.items():
        say(f"{name}: doors")
        shown[name] = whole(fetch, table)
        yield from contradictions(fetch, shown[name])
        yield from probes(fetch, shown[name])
    grouped = {table for group in groups for table in group.tables}
    for group in (*groups, *(Group(name, (name,)) for name in shown if name not in grouped)):
        yield from _over_time(fetch, group, {name: shown[name] for name in group.tables if name in shown}, say)


def _over_time(fetch: Fetch, group: Group, shown: Mapping[str, Shown], say: Callable[[str], None]) -> Iterator[Finding]:
    """What follows from the figures of a group as they are, and as they were before each of its releases."""
    seen: set[str] = set()
    yield from derived(group, shown, seen, say=say)
    tables = {name: one.table for name, one in shown.items()}
    for instant in sorted({one for table in tables.values() for one in earlier(fetch, table)}, reverse=True):
        then = {name: one for name, table in tables.items() if (one := _as_of(fetch, table, instant)) is not None}
        for one in then.values():
            say(f"{one.table.id}: doors, {instant}")
            yield from contradictions(fetch, one, instant)
        for finding in derived(group, then, seen, say=say):
            yield Finding(f"{finding.cell} in {instant}", finding.proof)


def _as_of(fetch: Fetch, table: Table, instant: str) -> Shown | None:
    """None where the table was not released yet, or that release was withdrawn."""
    try:
        return whole(fetch, table, instant)
    except HTTPError as error:
        if error.code not in (400, 404, 410):
            raise
        return None


def derived(
    group: Group, shown: Mapping[str, Shown], seen: set[str] | None = None, *, say: Callable[[str], None] = silent
) -> Iterator[Finding]:
    """The hidden cells that are exact, or provably below their threshold, from all lines of the group.

    A period in a state that `seen` remembers was judged already.
    """
    layers = [layer_of(one, measure) for one in shown.values() for measure in one.table.measures]
    lines = Lines(layers, [dict(relation) for relation in group.relations], ())
    seen = set() if seen is None else seen
    for period in sorted({period for layer in layers for period in layer.time.codes}):
        state = _state(layers, period)
        if state not in seen:
            seen.add(state)
            say(f"{group.id}: lines, {period}")
            yield from _period(lines, period)


def _state(layers: Sequence[Layer], period: str) -> str:
    """A hash of what is shown of a period and of the one before, which some lines reach into."""
    digest = hashlib.sha256(period.encode())
    for layer, when in product(layers, (period, before(period))):
        if when in layer.time.place:
            own = [(layer.status[o], layer.number[o]) for o in places(layer, when)]
            digest.update(f"{layer.table} {layer.measure} {layer.below} {own}".encode())
    return digest.hexdigest()


def _period(lines: Lines, period: str) -> Iterator[Finding]:
    lines.free = {
        (layer, o)
        for layer in lines.layers
        if period in layer.time.place
        for o in places(layer, period)
        if o in layer.rates and widest(layer, o) > layer.number[o]
    }
    hidden = {cell for layer in lines.layers for cell in hidden_cells(layer, period)}
    for part, cells, own in _believed(lines, period, hidden):
        for proof in proofs(part):
            yield Finding(_name(*cells[proof.place]), _words(proof, part, cells, own))


def _believed(lines: Lines, period: str, hidden: set[Cell]) -> list[tuple[Part, list[Cell], list[Line]]]:
    """The lines of a period, without the relations between tables that what is shown contradicts."""
    while True:
        found, floors = lines.of(period)
        parts = list(_parts(found, hidden, lines.free, floors))
        false = set[int]()
        for part, _, own in parts:
            doubtful = np.array([line.row.name.startswith("relation ") for line in own], dtype=np.bool_)
            false |= {int(own[row].row.name.split()[1]) - 1 for row in contradicted(part, doubtful).tolist()}
        if not false:
            return parts
        lines.dropped |= {(number, period, ()) for number in false}


def _parts(
    lines: Sequence[Line], hidden: set[Cell], free: set[Cell], floors: Mapping[Cell, int]
) -> Iterator[tuple[Part, list[Cell], list[Line]]]:
    """The lines that hang together by what is not known, each with its cells. Cells of the period before are some."""
    cells = list(
        dict.fromkeys([*sorted(hidden, key=in_order), *(t[1:] for one in lines for t in one.open + one.before)])
    )
    column = {cell: place for place, cell in enumerate(cells)}
    terms = [(row, column[t[1:]], t[0]) for row, one in enumerate(lines) for t in one.open + one.before]
    rows, columns, factors = np.array(terms, dtype=np.int64).reshape(-1, 3).T
    matrix = sp.csr_matrix((factors, (rows, columns)), shape=(len(lines), len(cells)))
    kind = np.array([{EQUAL: 0, HELD: 2}.get(one.row.kind, 1) for one in lines], dtype=np.uint8)
    known = np.array([one.known for one in lines], dtype=np.float64)
    least = np.array([_least(cell, hidden, free, floors) for cell in cells], dtype=np.float64)
    most = np.array([widest(*cell) if cell in free else np.inf for cell in cells], dtype=np.float64)
    small = [layer.status[o] == Status.CONFIDENTIAL for layer, o in cells]
    need = np.array(
        [c[0].below if s and c[0].promised else 0 for c, s in zip(cells, small, strict=True)], dtype=np.int64
    )
    granted = ~np.array(small, dtype=np.bool_)
    size = len(lines) + len(cells)
    graph = sp.coo_matrix((np.ones(len(terms)), (rows, columns + len(lines))), shape=(size, size))
    label = connected_components(graph, directed=False)[1]
    for one in np.unique(label[len(lines) :][need > 0]).tolist():
        r, c = np.flatnonzero(label[: len(lines)] == one), np.flatnonzero(label[len(lines) :] == one)
        part = Part(sp.csr_matrix(matrix[r][:, c]), known[r], kind[r], least[c], most[c], need[c], granted[c])
        yield part, [cells[at] for at in c.tolist()], [lines[at] for at in r.tolist()]


def _least(cell: Cell, hidden: set[Cell], free: set[Cell], floors: Mapping[Cell, int]) -> int:
    layer, offset = cell
    if cell in free:
        return max(layer.number[offset], layer.below if layer.number[offset] else 0)
    small = cell in hidden or layer.status[offset] == Status.CONFIDENTIAL
    return max(1 if small and layer.promised else 0, floors.get(cell, 0))


def _name(layer: Layer, offset: int) -> str:
    codes = [d.codes[offset // step % len(d.codes)] for d, step in zip(layer.dimensions, layer.steps, strict=True)]
    named = [f"{d.code}={code}" for d, code in zip(layer.dimensions, codes, strict=True)]
    return " ".join([layer.table, *named, period_of(layer, offset)])


def _words(proof: Proof, part: Part, cells: Sequence[Cell], lines: Sequence[Line]) -> str:
    """The sum in which the cell stands alone, if there is one; else the lines that have to be added up."""
    need = int(part.need[proof.place])
    exact = proof.low >= proof.high
    known = f"is {proof.low}" if exact else f"is from {proof.low} to {proof.high}, below {need}"
    if proof.granted:
        told = "is one number" if exact else f"is below {need}"
        known = f"{told}, once those counted twice are known"
    cell = cells[proof.place]
    for line in lines:
        if (
            line.row.kind == EQUAL
            and exact
            and not proof.granted
            and [term[1:] for term in line.open + line.before] == [cell]
        ):
            return f"{known}: {_sum(line, cell)} = {proof.low}"
    named = [
        f"{one.row.name} leaves {abs(one.known):.0f} for {len(one.open + one.before)} cells"
        for one in map(lines.__getitem__, proof.lines[:6])
    ]
    more = f"; and {len(proof.lines) - 6} lines more" if len(proof.lines) > 6 else ""
    return f"{known}: {'; '.join(named)}{more}" if named else f"{known}, in whole numbers"


def _sum(line: Line, cell: Cell) -> str:
    """Y − (B + C), with numbers and names, of the cells of the line that are shown."""
    sign = next(factor for factor, *other in line.open if tuple(other) == cell)
    time = cell[0].time.place[period_of(*cell)]
    terms = [(f, layer, o + time * layer.step) for part in (*line.row.parts, line.row.more) for f, layer, o in part]
    shown = [(f, layer, o) for f, layer, o in terms if layer.status[o] in NUMBERS]
    sides = ([t for t in shown if t[0] * sign < 0], [t for t in shown if t[0] * sign > 0])
    plus, minus = (" + ".join(_told(side)) for side in sides)
    return f"{plus} − ({minus})" if minus else plus


def _told(side: Sequence[tuple[int, Layer, int]]) -> Iterator[str]:
    for _, layer, offset in side[:_TERMS]:
        yield f"{layer.number[offset]} [{_name(layer, offset)}]"
    if len(side) > _TERMS:
        yield f"{sum(layer.number[o] for _, layer, o in side[_TERMS:])} [{len(side) - _TERMS} more]"

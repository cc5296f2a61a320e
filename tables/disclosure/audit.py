"""Judges a mask from what is shown: builds the public lines of a group and finds the certificate (disclosure §6).

Nothing here knows a true number, nor how the mask was chosen; it shares no code with those who chose it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from tables.disclosure import certificate
from tables.disclosure.certificate.layers import Cell, hidden_cells, in_order, layer_of, period_of, places, widest
from tables.disclosure.certificate.sums import inside, shifted, sums
from tables.disclosure.certificate.written import summary, written
from tables.disclosure.checker import AT_LEAST, EQUAL, HIDDEN, NUMBERS, Layer, Line, Lines, earlier, holds
from tables.model import Group
from tables.shown import Shown

Place = tuple[str, str, int]  # table, measure, offset
Part = tuple[certificate.Piece, list[Cell], list[Line]]
Search = Callable[[certificate.Piece], Callable[[], certificate.Found]]


@dataclass(slots=True)
class Audit:
    """`values`: per cell its numbers in every table; `low` and `same`: the cells that could not be lifted or varied.

    `behind`: cells of the period before whose tables do not go on in this one.
    """

    values: dict[Cell, tuple[int, ...]] = field(default_factory=dict)
    held: list[tuple[Layer, int, int]] = field(default_factory=list)
    low: list[Cell] = field(default_factory=list)
    same: list[Cell] = field(default_factory=list)
    behind: list[Cell] = field(default_factory=list)
    free: set[Cell] = field(default_factory=set)
    solves: int = 0


@dataclass(frozen=True, slots=True)
class Pending:
    """A period that is being judged: how to get what is found of each piece, and the rates whose counts are sought."""

    period: str
    lines: list[Line]
    pieces: list[Part]
    results: list[Callable[[], certificate.Found]]
    free: set[Cell]


class Auditor:
    """A group as shown; periods are judged one by one, in order of time."""

    def __init__(
        self, group: Group, shown: Mapping[str, Shown], *, dropped: Collection[tuple[int, str, tuple[str, ...]]] = ()
    ) -> None:
        self.group, self.dropped = group, tuple(sorted(dropped))
        layers = [layer_of(one, measure) for one in shown.values() for measure in one.table.measures]
        self.lines = Lines(layers, [dict(relation) for relation in group.relations], dropped)
        self._back = {(layer, o) for _, _, _, row in self.lines.between for _, layer, o in row.before}
        self.found = Audit()

    @property
    def periods(self) -> list[str]:
        return sorted({period for layer in self.lines.layers for period in layer.time.codes})

    def judge(self, period: str) -> Audit:
        """Judges one period, given what the periods before were settled to be."""
        return self.judged(self.begin(period, lambda piece: partial(certificate.alternatives, piece)))

    def begin(self, period: str, search: Search) -> "Pending":
        """A period whose tables are being sought, somewhere: `search` says for a piece how to get what was found."""
        lines, pieces = self.pieces(period)
        return Pending(period, lines, pieces, [search(piece) for piece, _, _ in pieces], self.lines.free)

    def judged(self, pending: "Pending") -> Audit:
        """Waits for the tables of a period."""
        audit = Audit(free=pending.free)
        lost = [line for line in pending.lines if not line.open and not holds(line.row.kind, self._sums(line))]
        for (_, own, told), result in zip(pending.pieces, pending.results, strict=True):
            found = result()
            audit.solves += found.solves
            audit.low += [own[place] for place in found.low]
            audit.same += [own[place] for place in found.same]
            for place, cell in enumerate(own):
                if period_of(*cell) == pending.period:
                    audit.values[cell] = tuple(int(table[place]) for table in found.tables)
            lost += [told[row] for row in found.apart]
        audit.behind = sorted({cell for line in lost for cell in self._varied(line)}, key=in_order)
        return audit

    def recall(
        self, period: str, numbers: Mapping[Place, tuple[int, ...]], settled: Mapping[Place, tuple[int, ...]]
    ) -> Audit | None:
        """Tables of a period found before, if they hold; None where they do not."""
        layers = {(layer.table, layer.measure): layer for layer in self.lines.layers}
        self.lines.free = set()
        audit, before = Audit(), [(layers[t, m], o, layers[t, m].number[o]) for t, m, o in settled]
        for (table, measure, offset), (number, *_) in settled.items():
            audit.held.append((layers[table, measure], offset, number))
            layers[table, measure].number[offset] = number
        audit.values = {(layers[table, measure], offset): row for (table, measure, offset), row in numbers.items()}
        if self._holds(period, audit):
            return audit
        for layer, offset, number in before:
            layer.number[offset] = number
        return None

    def _holds(self, period: str, audit: Audit) -> bool:
        lines, floors = self.lines.of(period)
        hidden = {cell for layer in self.lines.layers for cell in hidden_cells(layer, period)}
        open_ = {term[1:] for line in lines for term in line.open}
        if not hidden | open_ <= audit.values.keys():
            return False
        cells = list(audit.values)
        matrix, known, kind = sums(lines, {cell: place for place, cell in enumerate(cells)}, self._numbers)
        shifts = shifted(lines, self._numbers)
        tables = np.array([audit.values[cell] for cell in cells], dtype=np.int64).reshape(len(cells), -1)
        more = len(shifts) - tables.shape[1]
        tables = np.hstack([tables, np.repeat(tables[:, :1], max(0, more), axis=1)])
        level = matrix @ tables + known[:, None] + np.pad(shifts, ((0, max(0, -more)), (0, 0))).T
        same = (level == level[:, :1]).all(axis=1)
        good = np.where(kind == certificate.EQUAL, (level == 0).all(axis=1), (level >= 0).all(axis=1))
        lower = np.array([self._lower(cell, floors) for cell in cells])
        need = np.array([cell[0].below if cell in hidden and cell[0].promised else 0 for cell in cells])
        lifted = (tables.max(axis=1) >= need) & ((tables.max(axis=1) > tables.min(axis=1)) | (need == 0))
        held = same | (kind != certificate.HELD)
        return bool(good.all() and held.all() and lifted.all() and (tables.min(axis=1) >= lower).all())

    def hide(self, table: str, offsets: Collection[int]) -> None:
        """These cells of the table are hidden, too."""
        for layer in self.lines.layers:
            if layer.table == table:
                for offset in offsets:
                    if layer.status[offset] in NUMBERS:
                        layer.status[offset], layer.number[offset] = HIDDEN, 0
                        layer.rates.pop(offset, None)

    def name(self, layer: Layer, offset: int) -> str:
        codes = [d.codes[offset // step % len(d.codes)] for d, step in zip(layer.dimensions, layer.steps, strict=True)]
        named = [f"{d.code}={code}" for d, code in zip(layer.dimensions, codes, strict=True)]
        return " ".join([layer.table, *named, period_of(layer, offset)])

    def _ahead(self, period: str) -> list[Line]:
        """What the next period says: its lines that reach back, as bounds, and the others over the same cells of it."""
        following = next((p for p in self.periods if earlier(p) == period), None)
        self.lines.free = set()
        lines = self.lines.of(following)[0] if following else []
        read = {term[1:] for line in lines if line.before for term in line.open}
        near = (line for line in lines if line.before or {term[1:] for term in line.open} <= read)
        return [_loosely(line) for line in near]

    def _sums(self, line: Line) -> list[int]:
        """The sum of a line, of which nothing is hidden now, in every table of the period before."""
        told = [(factor, self._numbers(layer, o)) for factor, layer, o in line.before]
        width = max((len(numbers) for _, numbers in told), default=0)
        return [line.known + sum(f * (n[i] if i < len(n) else n[0]) for f, n in told) for i in range(width)]

    def _varied(self, line: Line) -> Iterator[Cell]:
        """The cells of the period before that are not the same in all tables."""
        yield from ((layer, o) for _, layer, o in line.before if len(set(self._numbers(layer, o))) > 1)

    def pieces(self, period: str) -> tuple[list[Line], list[Part]]:
        """The lines of a period, and the connected pieces of what is hidden in it with their cells and lines."""
        ahead = self._ahead(period)
        self.lines.free = self._free(period)
        lines, floors = self.lines.of(period)
        lines += ahead
        hidden = {cell for layer in self.lines.layers for cell in hidden_cells(layer, period)}
        cells = list(
            dict.fromkeys([*sorted(hidden, key=in_order), *(term[1:] for line in lines for term in line.open)])
        )
        return lines, self._pieces(lines, cells, hidden, floors)

    def _free(self, period: str) -> set[Cell]:
        """The shown rates that more than one count is published as."""
        found: set[Cell] = set()
        for layer in self.lines.layers:
            if period in layer.time.place:
                found |= {
                    (layer, o) for o in places(layer, period) if o in layer.rates and widest(layer, o) > layer.number[o]
                }
        return found

    def _pieces(
        self, lines: list[Line], cells: list[Cell], hidden: set[Cell], floors: Mapping[Cell, int]
    ) -> list[Part]:
        """The connected components of the lines, each a problem of its own."""
        column = {cell: place for place, cell in enumerate(cells)}
        matrix, known, kind = sums(lines, column, self._numbers)
        shifts = shifted(lines, self._numbers)
        read = np.array([(x, o - x.time.place[period_of(x, o)] * x.step) in self._back for x, o in cells], dtype=bool)
        lower = np.array([self._lower(cell, floors) for cell in cells], dtype=np.int64)
        upper = np.array([float(widest(*cell)) if cell in self.lines.free else np.inf for cell in cells])
        need = np.array([cell[0].below if cell in hidden and cell[0].promised else 0 for cell in cells], dtype=np.int64)
        settled = np.array([cell in self.lines.free for cell in cells], dtype=bool)
        alike = np.array([(column[a], column[b]) for a, b in self.lines.alike if a in column and b in column])
        pair = matrix.tocoo()
        size = len(lines) + len(cells)
        graph = sp.coo_matrix((np.ones(pair.nnz, dtype=np.int8), (pair.row, pair.col + len(lines))), shape=(size, size))
        _, label = connected_components(graph, directed=False)
        ours, theirs = label[: len(lines)], label[len(lines) :]
        pieces = []
        for one in np.unique(theirs):
            rows, columns = np.flatnonzero(ours == one), np.flatnonzero(theirs == one)
            part = sp.csr_matrix(matrix[rows][:, columns])
            data = lower[columns], upper[columns], need[columns], settled[columns], inside(alike, columns)
            piece = certificate.Piece(part, known[rows], kind[rows], *data, read[columns], shifts[:, rows])
            pieces.append((piece, [cells[place] for place in columns], [lines[row] for row in rows]))
        return pieces

    def _lower(self, cell: Cell, floors: Mapping[Cell, int]) -> int:
        layer, offset = cell
        if cell in self.lines.free:
            return max(layer.number[offset], layer.below if layer.number[offset] else 0)
        return max(1 if layer.status[offset] == HIDDEN and layer.promised else 0, floors.get(cell, 0))

    def _numbers(self, layer: Layer, offset: int) -> tuple[int, ...]:
        """The numbers of a hidden cell of the period before, as it was settled."""
        return self.found.values.get((layer, offset), (1,))

    def settle(self, audit: Audit) -> None:
        """Takes what was found of a period for good; the counts behind the rates go to `held`."""
        for cell in sorted(audit.free, key=in_order):
            numbers = audit.values.pop(cell, ())
            if numbers and numbers[0] != cell[0].number[cell[1]]:
                audit.held.append((*cell, numbers[0]))
        self.found.values |= audit.values
        self.found.held += audit.held
        self.found.low += audit.low
        self.found.same += audit.same
        self.found.solves += audit.solves

    def file(self) -> bytes:
        """certificate.parquet: the same bytes for the same shown figures."""
        return written(self.group.id, self.found.values, self.found.held, self.dropped, self.lines.false)

    def summary(self) -> Mapping[str, Any]:
        """The line of release.json: made from what is shown."""
        return summary(self.found.values, {layer.table for layer in self.lines.layers})


def _loosely(line: Line) -> Line:
    """A line over both periods, with any excess."""
    kind = EQUAL if line.row.kind == EQUAL else AT_LEAST
    return Line(line.row._replace(kind=kind), line.known, line.open + line.before, [])

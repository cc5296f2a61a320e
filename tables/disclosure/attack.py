"""The red team: everything the public API tells, put together, and what follows from it (disclosure §10).

It knows the public address, the public descriptions of the tables (parents, what adds up), and the group file, which is
released too. Every table is fetched through three doors, which must agree; then the lines of the group are written down
and every hidden cell is asked for its largest and its smallest possible number. A finding is a sentence with its proof.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote
from urllib.request import Request, urlopen

import highspy
import numpy as np
import pyarrow.parquet as pq
import scipy.sparse as sp

from tables.disclosure.audit import Auditor
from tables.disclosure.certificate import EQUAL, Piece
from tables.disclosure.certificate.layers import Cell
from tables.disclosure.checker import Line
from tables.errors import Refused
from tables.model import Group, Status, Table
from tables.shown import Shown

Fetch = Callable[[str], bytes]
STATES: Final = {
    "": Status.OK,
    "provisional": Status.PROVISIONAL,
    "revised": Status.REVISED,
    "not_applicable": Status.NOT_APPLICABLE,
    "not_available": Status.MISSING,
    "confidential": Status.CONFIDENTIAL,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`cell` in words, and the derivation that gives it away."""

    cell: str
    proof: str

    def __str__(self) -> str:
        return f"{self.cell}: {self.proof}"


def over_http(url: str) -> Fetch:
    """Fetches by path; http and https addresses only."""
    if not url.startswith(("http://", "https://")):
        raise Refused("attack", f"{url} er ikke en adresse: skriv http://…", f"{url} is no address: write http://…")

    def fetch(path: str) -> bytes:
        request = Request(url.rstrip("/") + quote(path, safe="/?=&*,():"))  # noqa: S310  checked above
        with urlopen(request, timeout=120) as answer:  # noqa: S310  checked above
            body: bytes = answer.read()
        return body

    return fetch


def attack(fetch: Fetch, tables: Mapping[str, Table], groups: tuple[Group, ...]) -> Iterator[Finding]:
    """Everything that can be found out. `tables` are descriptions; those the bank has not released are passed over."""
    released = {told["id"] for told in json.loads(fetch("/v1/tables?format=JSON&lang=en"))}
    shown: dict[str, Shown] = {}
    for name, table in tables.items():
        if name in released:
            shown[name], contradictions = _doors(fetch, table)
            yield from contradictions
    grouped = {table for group in groups for table in group.tables}
    alone = [Group(name, (name,)) for name in shown if name not in grouped]
    for group in (*groups, *alone):
        own = {name: shown[name] for name in group.tables if name in shown}
        if any((status == Status.CONFIDENTIAL).any() for one in own.values() for status in one.status.values()):
            yield from derived(group, own)


def _doors(fetch: Fetch, table: Table) -> tuple[Shown, list[Finding]]:
    """A table as downloaded, and where the site or DST's interface say something else of a cell."""
    shown = _whole(fetch, table)
    every = "&".join(f"{dimension.code}=*" for dimension in table.dimensions)
    found: list[Finding] = []
    for lang, room in (("da", "tabel"), ("en", "table")):
        text = fetch(f"/{lang}/{room}/{table.id}.csv?{every}").decode("utf-8-sig")
        found += _compared(shown, _site(table, text), f"/{lang}/{room}/{table.id}.csv")
    bulk = fetch(f"/v1/data/{table.id}/BULK?{every}&valuePresentation=Code").decode("utf-8-sig")
    found += _compared(shown, _bulk(table, bulk), "/v1 BULK")
    return shown, found


def _whole(fetch: Fetch, table: Table) -> Shown:
    rows = pq.read_table(io.BytesIO(fetch(f"/alt/{table.id}.parquet")))
    columns = {name: rows.column(name) for name in rows.column_names}
    codes = [[str(code) for code in columns[d.code].to_pylist()] for d in table.dimensions]
    there = {key: place for place, key in enumerate(zip(*codes, strict=True))}
    places = [table.dimensions[axis].index for axis in range(len(table.dimensions))]
    order = np.zeros(int(np.prod(table.shape)), dtype=np.int64)
    for key, place in there.items():
        offset = 0
        for index, code in zip(places, key, strict=True):
            offset = offset * len(index) + index[code]
        order[offset] = place
    values, status = {}, {}
    for measure in table.measures:
        values[measure.code] = columns[measure.code].fill_null(0).to_numpy()[order].astype(np.int64)
        status[measure.code] = columns[f"{measure.code}.status"].to_numpy()[order].astype(np.uint8)
    below = {m.denominator: m.denominator for m in table.measures if m.denominator}
    return Shown(table, values, status, {c: columns[c].fill_null(0).to_numpy()[order].astype(np.int64) for c in below})


Told = Iterator[tuple[tuple[str, ...], str, str]]  # codes, number as text, what else is said


def _site(table: Table, text: str) -> Told:
    for row in csv.DictReader(io.StringIO(text)):
        yield tuple(row[dimension.code] for dimension in table.dimensions), row["value"], row["status"]


def _bulk(table: Table, text: str) -> Told:
    rows = csv.reader(io.StringIO(text), delimiter=";")
    head = [name.upper() for name in next(rows)]
    places = [head.index(dimension.code.upper()) for dimension in table.dimensions]
    for row in rows:
        yield tuple(row[place] for place in places), row[-1], ""


def _compared(shown: Shown, told: Told, door: str) -> list[Finding]:
    """Where a door gives a number that is hidden elsewhere, or another number."""
    if len(shown.table.measures) != 1:
        return []
    measure, table = shown.table.measures[0], shown.table
    found = []
    for codes, text, state in told:
        offset = 0
        for dimension, code in zip(table.dimensions, codes, strict=True):
            offset = offset * len(dimension.values) + dimension.index[code]
        status = Status(int(shown.status[measure.code][offset]))
        number = shown.values[measure.code][offset] / 10**measure.decimals
        digits = text.replace(",", ".").replace("−", "-")
        plain = digits.lstrip("-").replace(".", "", 1).isdigit()
        name = f"{table.id} {' '.join(codes)}"
        if plain and status > Status.REVISED:
            found.append(Finding(name, f"{door} says {text}, elsewhere it is {status.name}"))
        elif plain and abs(float(digits) - number) > 1e-9:
            found.append(Finding(name, f"{door} says {text}, elsewhere it is {number}"))
        elif state and STATES.get(state) is not status:
            found.append(Finding(name, f"{door} says {state}, elsewhere it is {status.name}"))
    return found


def derived(group: Group, shown: Mapping[str, Shown]) -> Iterator[Finding]:
    """The hidden cells that are exact, or provably below their threshold, from all lines of the group."""
    auditor = Auditor(group, shown)
    for period in auditor.periods:
        audit = auditor.judge(period)
        suspects = {*audit.low, *audit.same}
        lines, pieces = auditor.pieces(period) if suspects else ([], [])
        for piece, cells in pieces:
            for place in (place for place, cell in enumerate(cells) if cell in suspects):
                low, high = _range(piece, place)
                if low == high or high < piece.need[place]:
                    known = str(low) if low == high else f"from {low} to {high}, below {piece.need[place]}"
                    proof = f"is {known}. {_words(lines, cells[place])}"
                    yield Finding(auditor.name(*cells[place]), proof)
        auditor.settle(audit)


def _range(piece: Piece, place: int) -> tuple[int, int]:
    """The smallest and largest number of a cell by linear programs."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # the library has no types
    solver.setOptionValue("output_flag", False)
    model, data = highspy.HighsLp(), sp.csc_matrix(piece.matrix)
    model.num_row_, model.num_col_ = data.shape
    model.row_lower_ = -piece.known.astype(float)
    model.row_upper_ = np.where(piece.kind == EQUAL, -piece.known, highspy.kHighsInf).astype(float)
    model.col_lower_, model.col_upper_ = piece.lower.astype(float), piece.upper
    model.col_cost_ = (np.arange(data.shape[1]) == place).astype(float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = data.indptr, data.indices
    model.a_matrix_.value_ = data.data.astype(float)
    solver.passModel(model)
    ends = []
    for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
        solver.changeObjectiveSense(sense)
        solver.run()
        bounded = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        ends.append(solver.getInfo().objective_function_value if bounded else float("inf"))
    high = 10**9 if ends[1] == float("inf") else int(np.floor(ends[1] + 1e-6))
    return int(np.ceil(ends[0] - 1e-6)), high


def _words(lines: list[Line], cell: Cell) -> str:
    """A line in which the cell stands alone, if there is one; else that more than one line is needed."""
    for line in lines:
        if [term[1:] for term in line.open] == [cell]:
            sign = "=" if line.row.kind == "=" else "≥"
            return f"{line.row.name}: {line.known} {line.open[0][0]:+d}·x {sign} 0"
    return f"It takes several of its {sum(cell in [t[1:] for t in line.open] for line in lines)} lines."

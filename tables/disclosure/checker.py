"""Checks the certificate of a release by addition alone:  python checker.py ACT_FOLDER [OTHER_ACT_FOLDER …]

The promise: for every hidden cell (status 5) there are complete tables, equal in everything published, in which the
cell has at least two different numbers, once not below the threshold. `certificate.parquet` holds such tables: one
row for each hidden cell (table, measure, period, and its row in cells.parquet), with its number in t1, t2, …
Put into the tables, every line the public can write down must hold; where it reaches into the period before, it does so
in the same table, so that each is a whole alternative of all periods. A line is one of  = 0  (parts add up),  ≥ 0  (a
bound), and held: a bound whose excess the attacker is granted, so that it is in every table what it is in t1. Where the
certificate says that a held pair was dropped, its bound does not hold, which is a line as well.

Read are only released files: table.yaml, classifications/ and cells.parquet of the tables, group.yaml and
certificate.parquet of the group. Needed are only pyarrow and pyyaml. This file is longer than others of the house: it
is meant to be taken away and read alone. Top to bottom: the tables, the lines inside a table, the lines between tables,
the check.
"""

import json
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import pyarrow.parquet as pq
import yaml

EQUAL, AT_LEAST, HELD = "=", "≥", "held"
NUMBERS, NOT_APPLICABLE, MISSING, HIDDEN = (0, 1, 2), 3, 4, 5  # the status of a cell
UNKNOWN, PERSONS = (MISSING, HIDDEN), ("distinct", "ratio")
Terms = list[tuple[int, "Layer", int]]  # factor, layer, offset of the cell in the first period
Names = tuple[str, ...]


@dataclass(eq=False)
class Dimension:
    """Codes in table order; `children` by parent and by how they nest; `above` by the classification, nearest first."""

    code: str
    codes: Sequence[str]
    total: str | None = None
    overlap: str | None = None
    level: Mapping[str, str | None] = field(default_factory=dict)
    above: Mapping[str, Sequence[str]] = field(default_factory=dict)
    children: Mapping[tuple[str, str], list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.place = {code: place for place, code in enumerate(self.codes)}


@dataclass(eq=False)
class Layer:
    """One measure of a released table, row-major. Of a ratio, `rates` are (published, whole, factor) by offset."""

    table: str
    measure: str
    kind: str
    dimensions: list[Dimension]  # without time
    steps: list[int]
    time: Dimension
    step: int  # from one period to the next
    status: list[int]
    number: list[int]
    rates: dict[int, tuple[int, int, int]]
    adds: list[Mapping[str, Mapping[str, Any]]]  # dimension: where the others must stand
    below: int
    counted: bool
    promised: bool

    def __post_init__(self) -> None:
        for offset, rate in self.rates.items():
            self.number[offset] = smallest(*rate)

    def axis(self, code: str) -> int | None:
        return next((axis for axis, dimension in enumerate(self.dimensions) if dimension.code == code), None)

    def at(self, codes: Sequence[str]) -> int:
        return sum(d.place[c] * step for d, c, step in zip(self.dimensions, codes, self.steps, strict=True))

    def adds_up(self, axis: int, codes: Sequence[str]) -> bool:
        """Whether the measure adds up along the axis where the other dimensions stand at `codes`."""
        for one in self.adds:
            for code, only in one.items():
                if code == self.dimensions[axis].code:
                    return all(codes[self.axis(d) or 0] in listed(chosen) for d, chosen in only.items())
        return False

    def absent(self, time: int) -> set[int]:
        """The cells of a period that are zero by definition: what cannot occur, and codes left out altogether."""
        offsets = {codes: self.at(codes) + time * self.step for codes in product(*(d.codes for d in self.dimensions))}
        gone = {o for o in offsets.values() if self.status[o] == NOT_APPLICABLE}
        if not any(self.status[o] == MISSING for o in offsets.values()):
            return gone
        for axis, dimension in enumerate(self.dimensions):
            slabs: dict[str, list[int]] = {code: [] for code in dimension.codes}
            for codes, offset in offsets.items():
                slabs[codes[axis]].append(offset)
            for slab in slabs.values():
                if all(self.status[o] in (NOT_APPLICABLE, MISSING) for o in slab):
                    gone = gone.union(slab)
        return gone


class Row(NamedTuple):
    """A line over the sum of all its terms. Each part needs a cell that is there; `more` does not."""

    kind: str
    parts: list[Terms]
    more: Terms
    before: Terms  # cells of the period before: as shown, or as in the same table
    name: str
    constant: int = 0


class Pick(NamedTuple):
    """Along one dimension: codes of the left table, one taken away first, the partner dimension and its codes."""

    own: list[str]
    less: str
    partner: str
    theirs: list[str]
    alone: bool  # one code faces one code


def words(path: Path) -> dict[str, Any]:
    """A YAML file in which every scalar is text."""
    told: dict[str, Any] = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506  BaseLoader makes texts only
    return told


def read_dimension(told: Mapping[str, Any], codes: Sequence[str], folder: Path) -> Dimension:
    source = words(folder / "classifications" / f"{told['classification']}.yaml") if "classification" in told else told
    lines = [
        [part.strip() for part in line.split(";")] for line in source.get("values", "").splitlines() if line.strip()
    ]
    rows = {row["code"]: row for row in (dict(zip(lines[0], line, strict=True)) for line in lines[1:])}
    above: dict[str, list[str]] = {}
    for code in rows:
        above[code], parent = [], rows[code].get("parent", "")
        while parent and parent not in above[code]:
            above[code].append(parent)
            parent = rows.get(parent, {}).get("parent", "")
    levels = source["levels"] if "classification" in told else {}
    total = told.get("elimination")
    every = [c for c in rows if rows[c].get("level") in told.get("levels", levels) and c not in told.get("except", ())]
    left_out = {next((one for one in above[c] if one in every), total) for c in set(every) - {*codes} if "only" in told}
    children: dict[tuple[str, str], list[str]] = {}
    for code in (code for code in codes if code in rows and code != total):
        parent = next((one for one in above[code] if one in codes), total)
        nests = told.get("nests") or levels.get(rows[code].get("level", ""), {}).get("nests", "fully")
        nests = "partly" if nests == "fully" and parent in left_out else nests
        if parent in codes:
            children.setdefault((str(parent), nests), []).append(code)
    level = {code: row.get("level") for code, row in rows.items()}
    return Dimension(told["code"], codes, total, told.get("overlap"), level, above, children)


def read_layer(folder: Path, told: Mapping[str, Any], measure: Mapping[str, Any]) -> Layer:
    code, kind, names = measure["code"], measure["kind"], [d["code"] for d in told["dimensions"]]
    whole = [measure["denominator"]] if kind == "ratio" else []
    cells = pq.read_table(folder / "cells.parquet", columns=[*names, code, f"{code}.status", *whole]).to_pydict()
    dimensions = [read_dimension(d, list(dict.fromkeys(cells[d["code"]])), folder) for d in told["dimensions"]]
    steps: list[int] = []
    step = 1
    for dimension in reversed(dimensions):
        steps.insert(0, step)
        step *= len(dimension.codes)
    time = next(axis for axis, d in enumerate(told["dimensions"]) if "time" in d)
    status, scale = cells[f"{code}.status"], 10 ** int(measure.get("decimals", "0"))
    rates = [
        (o, (cells[code][o], cells[whole[0]][o], 100 * scale)) for o, s in enumerate(status) if whole and s in NUMBERS
    ]
    rules = [rule for rule in told["disclosure"] if rule["method"] == "threshold"]
    adds = [one if isinstance(one, Mapping) else {one: {}} for one in measure.get("additive_over", ())]
    if kind == "additive" and "additive_over" not in measure:
        adds = [{d.code: {}} for d in dimensions]
    return Layer(
        told["id"],
        code,
        kind,
        dimensions[:time] + dimensions[time + 1 :],
        steps[:time] + steps[time + 1 :],
        dimensions[time],
        steps[time],
        status,
        [number or 0 for number in cells[code]],
        dict(rates),
        adds,
        below=max([int(rule["below"]) for rule in rules], default=1) * (1 if whole else scale),
        counted=any("counted" in rule for rule in rules),
        promised=any(rule["method"] != "none" for rule in told["disclosure"]),
    )


def listed(codes: str | Sequence[str]) -> list[str]:
    return [codes] if isinstance(codes, str) else list(codes)


def smallest(rate: int, whole: int, factor: int) -> int:
    """The smallest count that is published as this rate: rate = ⌊(2·factor·n + whole) / (2·whole)⌋."""
    return max(0, -((whole - 2 * rate * whole) // (2 * factor)))


def inside(layer: Layer) -> Iterator[Row]:
    """The lines inside a table, from its metadata."""
    persons = layer.kind in PERSONS
    for axis, dimension in enumerate(layer.dimensions):
        others = [[d.code] if d is dimension else d.codes for d in layer.dimensions]
        for (parent, how), children in dimension.children.items():
            if how == "no":
                continue
            for codes in product(*others):
                top = [(1, layer, layer.at([*codes[:axis], parent, *codes[axis + 1 :]]))]
                parts = [layer.at([*codes[:axis], child, *codes[axis + 1 :]]) for child in children]
                name = f"{layer.table} {dimension.code} {parent} {codes}"
                if layer.adds_up(axis, codes):
                    yield Row(
                        EQUAL if how == "fully" else AT_LEAST, [top, [(-1, layer, o) for o in parts]], [], [], name
                    )
                elif persons:
                    for part in parts:
                        yield Row(AT_LEAST, [top, [(-1, layer, part)]], [], [], name)
                    if how == "fully":
                        kind = HELD if dimension.overlap == "rare" else AT_LEAST
                        yield Row(kind, [[(-1, *top[0][1:])], [(1, layer, o) for o in parts]], [], [], name)
    if persons:
        yield from twice(layer)


def twice(layer: Layer) -> Iterator[Row]:
    """Who is counted twice under a child is so under its parent: the excess of the child is at most the parent's."""
    for axis, across in product(range(len(layer.dimensions)), repeat=2):
        one, two = layer.dimensions[axis], layer.dimensions[across]
        if axis == across or one.overlap != "common" or not two.overlap:
            continue
        free = [[""] if place in (axis, across) else d.codes for place, d in enumerate(layer.dimensions)]
        steps = [(p, c) for (p, how), children in two.children.items() if how != "no" for c in children]
        nodes = [(node, children) for (node, how), children in one.children.items() if how == "fully"]
        for (node, children), (parent, child), codes in product(nodes, steps, product(*free)):

            def cell(
                own: str, other: str, codes: tuple[str, ...] = codes, axis: int = axis, across: int = across
            ) -> int:
                return layer.at([own if p == axis else other if p == across else c for p, c in enumerate(codes)])

            if any(
                layer.adds_up(axis, [side if p == across else c for p, c in enumerate(codes)])
                for side in (parent, child)
            ):
                continue
            tops = [[(-1, layer, cell(node, parent))], [(1, layer, cell(node, child))]]
            sums = [[(f, layer, cell(own, side)) for own in children] for f, side in ((1, parent), (-1, child))]
            yield Row(
                AT_LEAST, tops + sums, [], [], f"{layer.table} {one.code} × {two.code} {node} {parent} {child} {codes}"
            )


def between(
    relations: Sequence[Mapping[str, Any]], layers: Mapping[str, Layer]
) -> Iterator[tuple[int, bool, Names, Row]]:
    """The lines between tables, from the group file: number of the relation, one cell facing one, codes, line."""
    for number, relation in enumerate(relations):
        kind = next(kind for kind in ("at_most", "equal", "at_least") if kind in relation)
        if relation[kind][0] not in layers or relation[kind][1] not in layers:
            continue
        left, right = (layers[table] for table in relation[kind])
        sign = 1 if kind == "at_least" else -1
        how = HELD if "gap" in relation else EQUAL if kind == "equal" else AT_LEAST
        for picks in product(*(choices(relation, dimension, right) for dimension in left.dimensions)):
            theirs = {d.code: [str(d.total)] for d in right.dimensions} | {
                p.partner: p.theirs for p in picks if p.partner
            }
            ours = [(sign, left, left.at(codes)) for codes in product(*(p.own for p in picks))]
            other = [(-sign, right, right.at(codes)) for codes in product(*theirs.values())]
            taken = product(*([p.less] if p.less else p.own for p in picks)) if any(p.less for p in picks) else ()
            names = tuple("+".join(p.own) for p in picks)
            more = plus(relation, left, names, layers)
            if more is not None:
                less = [(-sign, left, left.at(codes)) for codes in taken] + more[0]
                row = Row(
                    how, [ours, other], less, more[1], f"relation {number + 1} {left.table} {names} {right.table}"
                )
                yield number, all(p.alone for p in picks), names, row


def choices(relation: Mapping[str, Any], dimension: Dimension, right: Layer) -> list[Pick]:
    """What stands on both sides along one dimension of the left table."""
    code = dimension.code
    axis = right.axis(relation.get("pair", {}).get(code, code))
    if axis is None:
        return [Pick([str(dimension.total)], "", "", [], True)]
    partner = right.dimensions[axis]
    only = relation.get("only", {}).get(code, dimension.codes)
    chosen = (
        [c for c in dimension.codes if dimension.level.get(c) == only["level"]]
        if isinstance(only, dict)
        else listed(only)
    )
    if code in relation.get("together", {}):
        return [Pick(chosen, "", partner.code, listed(relation["together"][code]), False)]
    each, less = relation.get("each", {}).get(code), relation.get("less", {}).get(code, {})
    named = relation.get("codes", {}).get(code, {})
    found = []
    for own in chosen:
        same = listed(each or named.get(own, [own] if own in partner.place else []))
        theirs = same
        if not same and relation.get("within") == code:
            theirs = [one for one in dimension.above.get(own, ()) if one in partner.place][:1]
        elif not same and relation.get("sum") == partner.code:
            theirs = [one for one in partner.codes if own in partner.above.get(one, ())]
        if theirs:
            found.append(
                Pick([own], less.get(own, ""), partner.code, theirs, len(same) == 1 and not each and own not in less)
            )
    return found


def plus(
    relation: Mapping[str, Any], left: Layer, names: Names, layers: Mapping[str, Layer]
) -> tuple[Terms, Terms] | None:
    """The cell added to the left side, in this period or in the one before; None where there is no such cell."""
    for table, told in relation.get("plus", {}).items():
        own = dict(zip([d.code for d in left.dimensions], names, strict=True))
        own = {d: told.get("codes", {}).get(d, {}).get(code, code) for d, code in own.items()}
        dimensions = layers[table].dimensions if table in layers else []
        codes = [own.get(d.code, str(d.total)) for d in dimensions]
        if not dimensions or any(code not in d.place for d, code in zip(dimensions, codes, strict=True)):
            return None
        cell = [(1, layers[table], layers[table].at(codes))]
        return ([], cell) if told.get("before") in ("true", True) else (cell, [])
    return [], []


def earlier(period: str) -> str:
    """The period before, of years, half-years, quarters and months."""
    year, letter, part = int(period[:4]), period[4:5], period[5:]
    if not letter:
        return f"{year - 1:04}"
    last = {"H": 2, "K": 4, "M": 12}[letter]
    return f"{year:04}{letter}{int(part) - 1:0{len(part)}}" if int(part) > 1 else f"{year - 1:04}{letter}{last}"


def reverse(row: Row) -> Row:
    """What a dropped pair tells: that its bound does not hold, so its sum is −1 or less."""
    flip = [[(-f, layer, o) for f, layer, o in terms] for terms in (*row.parts, row.more, row.before)]
    return Row(AT_LEAST, flip[:-2], flip[-2], flip[-1], f"{row.name} (dropped)", -1)


class Line(NamedTuple):
    """A row in one period: what is known of its sum, and the cells that are not, now and in the period before."""

    row: Row
    known: int
    open: Terms
    before: Terms


class Lines:
    """Every line of a group. `free`: shown rates whose count is looked for too; none when a file is checked."""

    def __init__(
        self,
        layers: Sequence[Layer],
        relations: Sequence[Mapping[str, Any]],
        dropped: Collection[tuple[int, str, Names]],
    ) -> None:
        self.layers, self.relations = layers, relations
        self.gaps = {number for number, relation in enumerate(relations) if "gap" in relation}
        self.dropped = {one for one in dropped if one[0] in self.gaps or not one[2]}
        self.inside = [row for layer in layers for row in inside(layer)]
        self.between = list(between(relations, {layer.table: layer for layer in layers}))
        self.free: set[tuple[Layer, int]] = set()
        self.broken: list[Line] = []  # lines of the last period that shown numbers contradict
        self.false: set[tuple[int, str]] = set()  # relation and period: contradicted by what is shown
        self.alike: list[tuple[tuple[Layer, int], tuple[Layer, int]]] = []  # hidden cells that are the same, or twins

    def of(self, period: str) -> tuple[list[Line], dict[tuple[Layer, int], int]]:
        """The lines of a period that say something of cells that are not known, and lower bounds of such cells."""
        gone = {layer: layer.absent(layer.time.place[period]) for layer in self.layers if period in layer.time.place}
        lines = [self.line(r, period, gone, missing_counts=True) for r in self.inside if r.parts[0][0][1] in gone]
        self.broken = [line for line in lines if line and not line.open and not holds(line.row.kind, [line.known])]
        stand = [
            (number, alone, reverse(row) if (number, period, names) in self.dropped else row)
            for number, alone, names, row in self.between
            if self.speaks(number, row, period, gone)
        ]
        told = [(number, alone, self.line(row, period, gone, missing_counts=False)) for number, alone, row in stand]
        # a relation that shown numbers contradict falls for the whole period: anybody can see that it does not hold
        wrong = {
            n for n, _, line in told if line and not line.open + line.before and not holds(line.row.kind, [line.known])
        }
        self.false |= {(number, period) for number in wrong}
        told = [one for one in told if one[0] not in wrong]
        floors = [
            self.floor(line.row, period) for n, alone, line in told if line and alone and "at_most" in self.relations[n]
        ]
        same = [(self.relations[n], line) for n, alone, line in told if line and alone and len(line.open) == 2]
        twins = [line.open for relation, line in same if "equal" in relation or relation.get("twins") in ("true", True)]
        self.alike = [(one[1:], other[1:]) for one, other in twins]
        lines += [line for _, _, line in told]
        return [line for line in lines if line and line.open + line.before], {
            cell: below for floor in floors for cell, below in floor
        }

    def speaks(self, number: int, row: Row, period: str, gone: Mapping[Layer, set[int]]) -> bool:
        """Whether a relation speaks of the period; one that was dropped for it whole does not."""
        if any(part[0][1] not in gone for part in row.parts) or any(layer not in gone for _, layer, _ in row.more):
            return False
        if any(earlier(period) not in layer.time.place for _, layer, _ in row.before):
            return False
        only = listed(self.relations[number].get("only", {}).get(row.parts[0][0][1].time.code, period))
        runs = [[end.strip() for end in run.split("-")] for item in only for run in item.split(",")]
        return (number, period, ()) not in self.dropped and any(run[0] <= period <= run[-1] for run in runs)

    def line(self, row: Row, period: str, gone: Mapping[Layer, set[int]], *, missing_counts: bool) -> Line | None:
        """None if the line says nothing here, because a part of it is not there."""
        known, open_ = row.constant, []
        for place, part in enumerate([*row.parts, row.more]):
            there = place == len(row.parts)
            for factor, layer, first in part:
                offset = first + layer.time.place[period] * layer.step
                status = layer.status[offset]
                if offset in gone[layer] or (status == MISSING and not missing_counts):
                    continue
                there = True
                if status in UNKNOWN or (layer, offset) in self.free:
                    open_.append((factor, layer, offset))
                else:
                    known += factor * layer.number[offset]
            if not there:
                return None
        past = [
            (factor, layer, first + layer.time.place[earlier(period)] * layer.step)
            for factor, layer, first in row.before
        ]
        known += sum(f * layer.number[offset] for f, layer, offset in past if layer.status[offset] in NUMBERS)
        return Line(row, known, open_, [term for term in past if term[1].status[term[2]] == HIDDEN])

    def floor(self, row: Row, period: str) -> list[tuple[tuple[Layer, int], int]]:
        """A shown count of measures tells that the persons who have them are not below the threshold."""
        [[(_, persons, one)], [(_, measures, other)]] = row.parts
        cell = one + persons.time.place[period] * persons.step
        shown = measures.status[other + measures.time.place[period] * measures.step] in NUMBERS
        if persons.kind in PERSONS and measures.counted and shown and persons.status[cell] == HIDDEN:
            return [((persons, cell), measures.below)]
        return []


class Certificate:
    """The alternative tables: `values[layer, offset]` are a hidden cell's numbers in t1, t2, …"""

    def __init__(self, source: Path | BinaryIO, layers: Sequence[Layer]) -> None:
        file = pq.read_table(source)
        told, columns = json.loads(file.schema.metadata[b"statbank"]), file.to_pydict()
        names = {(layer.table, layer.measure): layer for layer in layers}
        self.held = [(names[table, measure], offset, number) for table, measure, offset, number in told["held"]]
        self.dropped = {(number, period, tuple(codes)) for number, period, codes in told["dropped"]}
        tables = [columns[name] for name in file.column_names if name[0] == "t" and name[1:].isdigit()]
        cells = zip(columns["table"], columns["measure"], columns["offset"], strict=True)
        keys = [(names[table, measure], offset) for table, measure, offset in cells]
        if not tables or len(set(keys)) < len(keys) or any(not 0 <= o < len(one.status) for one, o in keys):
            raise ValueError("no table, a cell twice, or a row that the table lacks")
        self.values: dict[tuple[Layer, int], tuple[int, ...]] = dict(zip(keys, zip(*tables, strict=True), strict=True))
        self.size = len(tables)

    def sums(self, line: Line) -> list[int]:
        """The sum of a line in every table."""
        numbers = [(f, self.values[layer, offset]) for f, layer, offset in line.open + line.before]
        return [line.known + sum(f * number[i] for f, number in numbers) for i in range(self.size)]


def faults(layers: Sequence[Layer], relations: Sequence[Mapping[str, Any]], certificate: Certificate) -> Iterator[str]:
    """Everything wrong with a certificate; nothing means that the promise at the top of this file holds."""
    values, promised = certificate.values, [layer for layer in layers if layer.promised]
    for layer, offset, number in certificate.held:
        rate, whole, factor = layer.rates.get(offset, (-1, 1, 0))
        if (2 * factor * number + whole) // (2 * whole) != rate:
            yield f"{layer.table} row {offset}: {number} of {whole} is not the published rate"
        layer.number[offset] = number
    lines = Lines(layers, relations, certificate.dropped)
    for number, period, codes in sorted(certificate.dropped):
        if codes and number not in lines.gaps:
            yield f"relation {number + 1} {period} {codes}: its pairs cannot be dropped, it has no gap: mend group.yaml"
    hidden = {(layer, offset) for layer in promised for offset, status in enumerate(layer.status) if status == HIDDEN}
    told = []
    for period in sorted({period for layer in layers for period in layer.time.codes}):
        told.append(lines.of(period))
        yield from (
            f"{line.row.name}: shown numbers make it {line.known}, not {line.row.kind} 0" for line in lines.broken
        )
    open_ = {(layer, offset) for found, _ in told for line in found for _, layer, offset in line.open + line.before}
    strange = [key for key in values if key[0].status[key[1]] not in UNKNOWN]
    yield from (
        f"{layer.table} row {o} is in the certificate, not hidden: is it of another release?" for layer, o in strange
    )
    lacking = sorted((hidden | open_) - values.keys(), key=lambda key: (key[0].table, key[1]))
    yield from (
        f"{layer.table} row {o} is hidden, not in the certificate: is it of another release?" for layer, o in lacking
    )
    if lacking or strange:
        return
    for (layer, offset), numbers in values.items():
        low, high, least = min(numbers), max(numbers), 1 if (layer, offset) in hidden else 0
        if low < least or (least and (high < layer.below or low == high)):
            yield f"{layer.table} row {offset} goes from {low} to {high}, not from 1 to {layer.below} or more"
    for found, floors in told:
        yield from (
            f"{layer.table} row {o} falls below {n}" for (layer, o), n in floors.items() if min(values[layer, o]) < n
        )
        for line in found:
            sums = certificate.sums(line)
            if not holds(line.row.kind, sums):
                yield f"{line.row.name}: the line is {sums}, and must be {line.row.kind} 0"


def holds(kind: str, sums: Sequence[int]) -> bool:
    if kind == EQUAL:
        return not any(sums)
    return min(sums) >= 0 and (kind == AT_LEAST or len(set(sums)) == 1)


def check(folders: Mapping[str, Path], protection: Path) -> list[str]:
    """The faults of a certificate; `folders` hold the released tables of the group, `protection` its two files."""
    told = {table: words(folder / "table.yaml") for table, folder in folders.items()}
    layers = [read_layer(folders[table], told[table], m) for table in told for m in told[table]["measures"]]
    group = words(protection / "group.yaml") if (protection / "group.yaml").exists() else {}
    try:
        certificate = Certificate(protection / "certificate.parquet", layers)
    except (OSError, ValueError, KeyError, TypeError):
        return ["certificate.parquet is cut off, or is none of these tables: fetch that of this release again"]
    return list(faults(layers, group.get("relations", []), certificate))


def changed(act: Path, rooms: Collection[str]) -> list[str]:
    """The files in these folders of an act that are not what release.json says."""
    told = {file["path"]: file["sha256"] for file in record(act)["files"]}
    named = [path for path in told if any(path.startswith(f"{room}/") for room in rooms) and (act / path).exists()]
    wrong = [path for path in named if sha256((act / path).read_bytes()).hexdigest() != told[path]]
    return [f"{act.name}/{path} is not the file of this release: fetch it again" for path in wrong]


def record(act: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((act / "release.json").read_text("utf-8"))
    return told


def judged(act: Path, others: Sequence[Path], group: str) -> list[str]:
    """The faults of one group of an act."""
    tables = record(act)["groups"][group]["tables"]
    homes = {t: next((p for p in [act, *others] if (p / t / "cells.parquet").exists()), None) for t in tables}
    lacking = [f"{table} is not here: name the act that holds it, too" for table, home in homes.items() if not home]
    if lacking:
        return lacking
    found = changed(act, [f"protection/{group}"])
    found += [fault for table, home in homes.items() if home for fault in changed(home, [table])]
    return found + check({t: home / t for t, home in homes.items() if home}, act / "protection" / group)


def main(arguments: Sequence[str]) -> int:
    act, *others = [Path(argument) for argument in arguments]
    found = {path.name: judged(act, others, path.name) for path in sorted((act / "protection").iterdir())}
    for group, wrong in found.items():
        ending = f"{len(wrong)} faults; nothing is proven" if wrong else "the promise holds"
        print(*wrong[:50], f"{group}: {ending}", sep="\n")  # noqa: T201  it speaks to people
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

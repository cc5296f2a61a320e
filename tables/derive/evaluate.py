"""The lines of a question made into numbers: plain cells, sums, arithmetic, and what a calculation is set against."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tables.derive.compare import Decimals, Pairs, arithmetic
from tables.derive.sums import Numbers, Source, Term, along, summed
from tables.model import Block, Derive, Dimension, Measure, Pick, Status


@dataclass(frozen=True, slots=True)
class Axis:
    """A dimension as it is asked for; `plain` has the places when every line is a cell of its own."""

    dimension: Dimension
    picks: tuple[Pick, ...]
    plain: NDArray[np.intp] | None

    def between(self, span: tuple[int, int]) -> "Axis":
        start, stop = span
        if stop - start == len(self.picks):
            return self
        plain = None if self.plain is None else self.plain[start:stop]
        return replace(self, picks=self.picks[start:stop], plain=plain)


@dataclass(frozen=True, slots=True)
class Part:
    """One measure of a block; `decimals` broadcasts to the numbers."""

    values: NDArray[np.int64]
    status: NDArray[np.uint8]
    decimals: Decimals

    def block(self) -> Block:
        values, status = self.values.reshape(-1), self.status.reshape(-1)
        if isinstance(self.decimals, int):
            return Block(values, status, self.decimals)
        decimals = np.broadcast_to(self.decimals, self.values.shape).reshape(-1)
        return Block(values, status, decimals.astype(np.uint8))


def evaluated(source: Source, axes: tuple[Axis, ...], measure: Measure) -> Part:
    """Sums first, then differences, products and quotients dimension by dimension in table order."""
    plain = [axis.plain for axis in axes if axis.plain is not None]
    if len(plain) == len(axes):
        return Part(*source.cells(plain), measure.decimals)
    read = [_read(axis) for axis in axes]
    numbers = summed(source, tuple(terms for terms, _ in read))
    decimals: Decimals = measure.decimals
    for place in sorted(range(len(axes)), key=lambda place: source.order[place]):
        pairs = read[place][1]
        if pairs is not None:
            numbers, decimals = arithmetic(numbers, decimals, place, pairs)
    return Part(*numbers, decimals)


def _read(axis: Axis) -> tuple[tuple[Term, ...], Pairs | None]:
    """The terms of an axis, and how its lines pair them where some compare two."""
    if axis.plain is not None:
        return tuple(Term((place,)) for place in axis.plain.tolist()), None
    terms: list[Term] = []
    left: list[int] = []
    right: list[int] = []
    for pick in axis.picks:
        places = tuple(axis.dimension.index[part] for part in pick.parts)
        left.append(len(terms))
        if pick.op in ("code", "sum"):
            terms.append(Term(places, summed=pick.op == "sum"))
        else:
            terms.extend(Term((place,)) for place in places)
        right.append(len(terms) - 1)
    if len(terms) == len(axis.picks):
        return tuple(terms), None
    return tuple(terms), Pairs(tuple(pick.op for pick in axis.picks), tuple(left), tuple(right))


def base(
    source: Source, axes: Mapping[str, Axis], derive: Derive, picked: tuple[Pick, ...], measure: Measure
) -> Numbers:
    """What cells are set against: one line for all or a line each; MISSING where the table has no such period.

    `picked`: the whole answer's lines along the dimension, of which `axes` may hold a piece.
    """
    asked = axes[derive.dimension]
    absent: list[int] = []
    if derive.base is None:
        parts = tuple(part for pick in picked for part in pick.parts)
        line = replace(asked, picks=(replace(picked[0], parts=parts, op="sum"),), plain=None)
    elif derive.base in asked.dimension.index:
        line = replace(asked, picks=(), plain=np.array([asked.dimension.index[derive.base]], dtype=np.intp))
    else:
        line, absent = _earlier(asked, derive.base)
    part = evaluated(source, tuple({**axes, derive.dimension: line}.values()), measure)
    if absent:
        at = along(list(axes).index(derive.dimension), absent)
        part.status[at] = Status.MISSING
        part.values[at] = 0
    return part.values, part.status


def _earlier(asked: Axis, step: str) -> tuple[Axis, list[int]]:
    """For every period the one before it in the table, or a year before; and where there is none."""
    index = asked.dimension.index
    picks: list[Pick] = []
    absent: list[int] = []
    for number, pick in enumerate(asked.picks):
        place = index[pick.code] - 1 if step == "previous" else index.get(_year_before(pick.code), -1)
        if place < 0:
            absent.append(number)
            place = index[pick.code]
        code = asked.dimension.values[place].code
        picks.append(replace(pick, code=code, parts=(code,)))
    return replace(asked, picks=tuple(picks), plain=None), absent


def _year_before(code: str) -> str:
    """The same period a year earlier: 2024K3 -> 2023K3."""
    year = code[:4]
    return f"{int(year) - 1:04}{code[4:]}" if year.isdecimal() and year.isascii() else ""

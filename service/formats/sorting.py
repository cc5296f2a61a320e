"""Rows in the order of a column: by shown numbers only, the cells without one last in table order (ux §3)."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

import numpy as np

from service.formats.format import Options, Sort
from service.formats.signs import FIRST_WITHOUT_NUMBER
from tables.model import CONTENTS, Answer, Lang, Query

TEXT = ("text",)
LAST = str.maketrans({"æ": "{", "ø": "|", "å": "}"})  # the letters after z


def parted(query: Query, columns: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Down the page, across it, and the axes of one line, which stand in the caption."""
    several = len(query.measures) > 1
    sizes = {axis: size for axis, size in zip(query.axes, query.shape, strict=True) if several or axis != CONTENTS}
    wide = tuple(axis for axis, size in sizes.items() if size > 1) or tuple(sizes)[-1:]
    across = tuple(axis for axis in wide if axis in columns)
    return tuple(a for a in wide if a not in across), across, tuple(a for a in sizes if a not in wide)


def codes(query: Query, axis: str) -> tuple[str, ...]:
    if axis == CONTENTS:
        return tuple(measure.code for measure in query.measures)
    return tuple(pick.code for pick in query.picks[axis])


def places(query: Query, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """What each column of numbers is called in `sort`: its codes, or those of the caption where it is alone."""
    _, across, alone = parted(query, columns)
    named = across or tuple(axis for axis in alone if axis in columns) or alone[-1:]
    if not named:
        return [(query.measures[0].code,)]
    return list(product(*(codes(query, axis) for axis in named)))


def column(query: Query, columns: Sequence[str], sort: Sort) -> int | None:
    """The number of the column that is meant, -1 for the texts of the rows; in any case. None: there is no such one."""
    if sort.by == TEXT:
        return -1
    wanted = tuple(code.casefold() for code in sort.by)
    known = [tuple(code.casefold() for code in each) for each in places(query, columns)]
    return known.index(wanted) if wanted in known else None


def order(answer: Answer, lang: Lang, options: Options) -> Sequence[int] | None:
    """Which row of the table stands at each place; the outer row variables keep their groups. None: table order."""
    query = answer.query
    down, across, _ = parted(query, options.columns)
    if options.sort is None or not down:
        return None
    place = column(query, options.columns, options.sort)
    if place is None:
        return None
    size = len(codes(query, down[-1]))
    rows = prod(len(codes(query, axis)) for axis in down)
    if place < 0:
        keys = [_collated(text, lang) for text in _texts(query, down[-1], lang)] * (rows // size)
        return list(_grouped(keys, [True] * rows, size, descending=options.sort.descending))
    width = prod(len(codes(query, axis)) for axis in across)
    values, shown = _column(answer, place, width)
    return list(_grouped(values, shown, size, descending=options.sort.descending))


def _texts(query: Query, axis: str, lang: Lang) -> list[str]:
    if axis == CONTENTS:
        return [measure.text[lang] for measure in query.measures]
    return [pick.text[lang] for pick in query.picks[axis]]


def _collated(text: str, lang: Lang) -> str:
    folded = text.casefold()
    return folded.replace("aa", "å").translate(LAST) if lang == "da" else folded


def _column(answer: Answer, place: int, width: int) -> tuple[list[int], list[bool]]:
    """The numbers of one column at a common scale, and where they are shown."""
    values: list[int] = []
    shown: list[bool] = []
    start = 0
    blocks = list(answer.blocks())
    most = max(int(np.max(block.decimals)) for block in blocks)
    for block in blocks:
        first = (place - start) % width
        decimals = np.broadcast_to(np.asarray(block.decimals), block.values.shape)
        scaled = zip(block.values[first::width].tolist(), decimals[first::width].tolist(), strict=True)
        values += [value * 10 ** (most - int(own)) for value, own in scaled]
        shown += (block.status[first::width] < FIRST_WITHOUT_NUMBER).tolist()
        start += len(block.values)
    return values, shown


def _grouped(keys: Sequence[int | str], shown: Sequence[bool], size: int, *, descending: bool) -> Iterator[int]:
    for start in range(0, len(keys), size):
        rows = range(start, start + size)
        numbered = [row for row in rows if shown[row]]
        # Sorted is stable, reversed too: ties keep table order in both directions.
        yield from sorted(numbered, key=lambda row: keys[row], reverse=descending)
        yield from (row for row in rows if not shown[row])

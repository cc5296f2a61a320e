"""Cut an answer into blocks and fill them: the only road from a Query to numbers, whichever engine gathers."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import product
from typing import TypeAlias

import numpy as np

from tables.derive.compare import derived
from tables.derive.evaluate import Axis, Part, base, evaluated
from tables.derive.sums import Gather, Source
from tables.model import BLOCK, CONTENTS, SUM, Answer, Block, Measure, Pick, Query
from tables.selection.sheet import Lines, sheet, top_codes

Span: TypeAlias = tuple[int, int]


def read(query: Query, gather: Gather) -> Answer:
    """Every combination of query.axes, row-major, last axis fastest; nothing is touched before a block is asked for."""
    return Answer(query, partial(_blocks, query, gather))


def rectangles(shape: tuple[int, ...]) -> Iterator[tuple[Span, ...]]:
    """Consecutive cells in pieces of at most a block, each a span of every axis."""
    inner, axis = 1, len(shape)
    while axis and inner * shape[axis - 1] <= BLOCK:
        axis -= 1
        inner *= shape[axis]
    whole = tuple((0, size) for size in shape)
    if not axis:
        yield whole
        return
    size = shape[axis - 1]
    pieces = -(-size * inner // (BLOCK // inner * inner))
    step = -(-size // pieces)
    for outer in product(*(range(size) for size in shape[: axis - 1])):
        fixed = tuple((place, place + 1) for place in outer)
        for start in range(0, size, step):
            yield (*fixed, (start, min(start + step, size)), *whole[axis:])


def _blocks(query: Query, gather: Gather) -> Iterator[Block]:
    axes = _axes(query)
    sources = _sources(query, gather, tuple(axes))
    contents = query.axes.index(CONTENTS)
    for spans in rectangles(query.shape):
        start, stop = spans[contents]
        piece = axes if query.cells <= BLOCK else _between(query, axes, spans)
        parts = [_measured(query, sources[place], query.measures[place], piece) for place in range(start, stop)]
        yield parts[0].block() if len(parts) == 1 else _beside(parts, contents, spans)


def _between(query: Query, axes: Mapping[str, Axis], spans: tuple[Span, ...]) -> Mapping[str, Axis]:
    asked = zip(query.axes, spans, strict=True)
    return {**axes, **{code: axes[code].between(span) for code, span in asked if code != CONTENTS}}


def _axes(query: Query) -> dict[str, Axis]:
    """The dimensions asked for in answer order, then those that are summed away."""
    lines = sheet(query.release.table).lines
    axes = {code: _axis(lines[code], query.picks[code]) for code in query.axes if code != CONTENTS}
    for code, total in query.eliminated.items():
        if total == SUM:
            dimension = lines[code].dimension
            axes[code] = _axis(lines[code], (Pick(SUM, dimension.text, top_codes(dimension), "sum"),))
    return axes


def _axis(lines: Lines, picks: tuple[Pick, ...]) -> Axis:
    dimension, index = lines.dimension, lines.dimension.index
    if picks is lines.picks:
        return Axis(dimension, picks, lines.places)
    places = [index[pick.code] for pick in picks if pick.op == "code"]
    return Axis(dimension, picks, np.array(places, dtype=np.intp) if len(places) == len(picks) else None)


def _sources(query: Query, gather: Gather, asked: tuple[str, ...]) -> tuple[Source, ...]:
    """One for each measure; what is left out stands at its total."""
    dimensions = query.release.table.dimensions
    places = {dimension.code: place for place, dimension in enumerate(dimensions)}
    fixed = tuple(
        (places[code], np.array(dimensions[places[code]].index[total], dtype=np.intp))
        for code, total in query.eliminated.items()
        if total != SUM
    )
    order = tuple(places[code] for code in asked)
    return tuple(Source(gather, query.release, measure.code, fixed, order) for measure in query.measures)


def _beside(parts: list[Part], contents: int, spans: tuple[Span, ...]) -> Block:
    """The measures beside each other, at the place the question gives them."""
    shape = tuple(stop - start for start, stop in spans)
    one = (*shape[:contents], *shape[contents + 1 :])
    values = np.stack([part.values.reshape(one) for part in parts], contents).reshape(-1)
    status = np.stack([part.status.reshape(one) for part in parts], contents).reshape(-1)
    decimals = [part.decimals for part in parts]
    first = decimals[0]
    if isinstance(first, int) and all(isinstance(places, int) and places == first for places in decimals):
        return Block(values, status, first)
    spread = [np.broadcast_to(part.decimals, part.values.shape).reshape(one) for part in parts]
    return Block(values, status, np.stack(spread, contents).reshape(-1).astype(np.uint8))


def _measured(query: Query, source: Source, measure: Measure, axes: Mapping[str, Axis]) -> Part:
    part = evaluated(source, tuple(axes.values()), measure)
    if query.derive is None:
        return part
    against = base(source, axes, query.derive, query.picks[query.derive.dimension], measure)
    values, status = derived((part.values, part.status), against, query.derive)
    return Part(values, status, measure.decimals if query.derive.kind == "change" else query.derive.decimals)

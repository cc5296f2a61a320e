"""An answer as Arrow record batches: a text column per variable, the value, and the state in a word."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from service.formats import numbers
from service.formats.format import Options
from service.formats.head import Axis, name, variables
from service.formats.signs import BY_BYTE
from tables.model import Answer, Block, Lang


def whole(answer: Answer) -> bool:
    """Whether every number is an integer; else all are doubles, the nearest to what is written elsewhere."""
    query = answer.query
    if any(pick.op == "divide" for picks in query.picks.values() for pick in picks):
        return False
    if query.derive is not None and query.derive.kind != "change":
        return query.derive.decimals == 0
    return all(measure.decimals == 0 for measure in query.measures)


def schema(answer: Answer, lang: Lang, options: Options) -> "pa.Schema":
    fields = [(name(axis, options.ascii), pa.string()) for axis in variables(answer, lang)]
    return pa.schema([*fields, ("value", pa.int64() if whole(answer) else pa.float64()), ("status", pa.string())])


def batches(answer: Answer, lang: Lang, options: Options) -> Iterator["pa.RecordBatch"]:
    shape = schema(answer, lang, options)
    axes = variables(answer, lang)
    labels = [pa.array([line.code for line in axis.lines], pa.string()) for axis in axes]
    words = pa.array([sign.word or None for sign in BY_BYTE], pa.string())
    start = 0
    for block in answer.blocks():
        places = _places(axes, start, len(block.values))
        columns = [label.take(pa.array(place)) for label, place in zip(labels, places, strict=True)]
        columns += [_values(block, shape), words.take(pa.array(block.status.astype(np.int64)))]
        yield pa.record_batch(columns, schema=shape)
        start += len(block.values)


def _places(axes: tuple[Axis, ...], start: int, count: int) -> tuple[np.ndarray, ...]:
    return np.unravel_index(np.arange(start, start + count), tuple(len(axis.lines) for axis in axes))


def _values(block: Block, shape: "pa.Schema") -> "pa.Array":
    hidden = ~numbers.shown(block)
    if shape.field("value").type == pa.int64():
        return pa.array(block.values, mask=hidden)
    return pa.array(block.values / np.power(10.0, block.decimals), mask=hidden)

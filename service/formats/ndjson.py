"""NDJSON: one object a cell, with codes, value and state."""

import json
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.formats import numbers
from service.formats.format import MILLION, Format, Options
from service.formats.head import name, variables
from service.formats.jsonstat import dumped
from service.formats.rows import Prefixes, lines
from service.formats.signs import BY_BYTE
from tables.model import Answer, Lang


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    shown = variables(answer, lang)
    columns = [[f"{dumped(name(axis, options.ascii))}:{dumped(line.code)}," for line in axis.lines] for axis in shown]
    columns[0] = ["{" + text for text in columns[0]]
    prefixes = Prefixes(columns)
    ends = [f',"status":{json.dumps(sign.word or None)}}}' for sign in BY_BYTE]
    states = pa.array(ends, pa.string())
    start = 0
    for block in answer.blocks():
        values = pc.if_else(pa.array(numbers.shown(block)), numbers.column(block), "null")
        ended = states.take(pa.array(block.status.astype(np.int64)))
        yield lines(prefixes, start, pc.binary_join_element_wise('"value":', values, ended, ""), "\n")
        start += len(block.values)


FORMAT = Format("ndjson", "application/x-ndjson", "ndjson", MILLION, write)

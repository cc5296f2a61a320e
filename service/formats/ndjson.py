"""NDJSON: one object a cell, with codes, value and state."""

import json
from collections.abc import Iterator

from service.formats.format import MILLION, Format, Options
from service.formats.head import name, variables
from service.formats.jsonstat import dumped
from service.formats.rows import Rows
from service.formats.signs import BY_BYTE
from tables.model import Answer, Lang


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    shown = variables(answer, lang)
    columns = [[f"{dumped(name(axis, options.ascii))}:{dumped(line.code)}," for line in axis.lines] for axis in shown]
    columns[0] = ["{" + text for text in columns[0]]
    columns[-1] = [f'{text}"value":' for text in columns[-1]]
    ends = [f',"status":{json.dumps(sign.word or None)}}}\n' for sign in BY_BYTE]
    rows = Rows(columns, [end if sign.number else f"null{end}" for end, sign in zip(ends, BY_BYTE, strict=True)])
    start = 0
    for block in answer.blocks():
        yield rows.lines(start, block)
        start += len(block.values)


FORMAT = Format("ndjson", "application/x-ndjson", "ndjson", MILLION, write)

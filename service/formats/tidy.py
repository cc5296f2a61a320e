"""CSV of the site: codes and texts side by side, the state in its own column, alike in every language (ux §9)."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.formats import numbers
from service.formats.csv import BOM
from service.formats.format import MILLION, Format, Options
from service.formats.head import variables
from service.formats.rows import Prefixes, lines, quoted
from service.formats.signs import BY_BYTE
from tables.model import Answer, Lang

END = "\r\n"  # RFC 4180


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    mark = options.delimiter
    shown = variables(answer, lang)
    names = [name for axis in shown for name in (axis.code, f"{axis.code}_text")]
    header = mark.join([*(quoted(name, mark) for name in names), "value", "status"]) + END
    yield BOM + header.encode() if options.excel else header.encode()
    columns = [
        [f"{quoted(line.code, mark)}{mark}{quoted(line.text, mark)}{mark}" for line in axis.lines] for axis in shown
    ]
    prefixes = Prefixes(columns)
    words = pa.array([mark + sign.word for sign in BY_BYTE], pa.string())
    start = 0
    for block in answer.blocks():
        values = pc.if_else(pa.array(numbers.shown(block)), numbers.column(block, options.decimal), "")
        states = words.take(pa.array(block.status.astype(np.int64)))
        yield lines(prefixes, start, pc.binary_join_element_wise(values, states, ""), END)
        start += len(block.values)


FORMAT = Format("tidy", "text/csv; charset=utf-8", "csv", MILLION, write)

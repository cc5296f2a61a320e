"""CSV of the site: codes and texts side by side, the state in its own column, alike in every language (ux §9)."""

from collections.abc import Iterator

from service.formats.csv import BOM
from service.formats.format import MILLION, Format, Options
from service.formats.head import variables
from service.formats.rows import Rows, quoted
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
    rows = Rows(columns, [mark + sign.word + END for sign in BY_BYTE])
    start = 0
    for block in answer.blocks():
        yield rows.lines(start, block, options.decimal)
        start += len(block.values)


FORMAT = Format("tidy", "text/csv; charset=utf-8", "csv", MILLION, write)

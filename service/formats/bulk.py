"""BULK of DST v1: CSV without a byte order mark, streamed without limit (DST §8.2)."""

from collections.abc import Iterator
from itertools import product

from service.formats import numbers
from service.formats.format import Format, Options
from service.formats.head import Axis, variables
from service.formats.rows import Rows, quoted
from service.formats.signs import BY_BYTE, DST
from tables.model import Answer, Lang

END = "\r\n"
VALUE = "INDHOLD"  # DST §8.1: the last column in both languages


def header(shown: tuple[Axis, ...], options: Options) -> str:
    """DST §8.1: codes in upper case, or the texts when the caller asks for column names as the values."""
    names = [axis.code.upper() if options.names == "code" else axis.text for axis in shown]
    return options.delimiter.join([*(quoted(name, options.delimiter) for name in names), VALUE]) + END


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    shown = variables(answer, lang)
    yield header(shown, options).encode()
    mark = options.delimiter
    columns = [[quoted(line.shown(options.presentation), mark) + mark for line in axis.lines] for axis in shown]
    if answer.query.cells <= numbers.SMALL:
        yield _few(answer, columns, options)
        return
    rows = Rows(columns, [END if sign.number else DST + END for sign in BY_BYTE])
    start = 0
    for block in answer.blocks():
        yield rows.lines(start, block, options.decimal)
        start += len(block.values)


def _few(answer: Answer, columns: list[list[str]], options: Options) -> bytes:
    """A short answer is joined before Arrow has warmed up."""
    labels = map("".join, product(*columns))
    written: list[str] = []
    for block in answer.blocks():
        for text, status in zip(numbers.texts(block, options.decimal), block.status.tolist(), strict=True):
            written.append(f"{next(labels)}{text if BY_BYTE[status].number else DST}{END}")
    return "".join(written).encode()


FORMAT = Format("bulk", "text/csv; charset=utf-8", "csv", None, write)

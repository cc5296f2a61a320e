"""CSV of DST v1: BULK with a byte order mark and a limit (DST §8.1)."""

from collections.abc import Iterator

from service.formats import bulk
from service.formats.format import MILLION, Format, Options
from tables.model import Answer, Lang

BOM = b"\xef\xbb\xbf"


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    yield BOM
    yield from bulk.write(answer, lang, options)


FORMAT = Format("csv", "text/csv; charset=utf-8", "csv", MILLION, write)

"""Arrow: the rows of Parquet as an IPC file."""

import io
from collections.abc import Iterator

import pyarrow as pa

from service.formats.columnar import batches, schema
from service.formats.format import MILLION, Format, Options
from tables.model import Answer, Lang


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, schema(answer, lang, options)) as file:
        for batch in batches(answer, lang, options):
            file.write_batch(batch)
    yield sink.getvalue()


FORMAT = Format("arrow", "application/vnd.apache.arrow.file", "arrow", MILLION, write)

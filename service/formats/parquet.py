"""Parquet: one row a cell, codes as text, number and state."""

import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from service.formats.columnar import batches, schema
from service.formats.format import MILLION, Format, Options
from tables.model import Answer, Lang


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    sink = io.BytesIO()
    rows = pa.Table.from_batches(list(batches(answer, lang, options)), schema(answer, lang, options))
    pq.write_table(rows, sink, compression="zstd", row_group_size=122_880)
    yield sink.getvalue()


FORMAT = Format("parquet", "application/vnd.apache.parquet", "parquet", MILLION, write)

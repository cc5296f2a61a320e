"""The registry of formats: Answer → bytes. A format is one pure file and one name in the tuple."""

from service.formats import (
    arrow,
    bulk,
    csv,
    html,
    html5inclnotes,
    jsonstat,
    jsonstat2,
    markdown,
    ndjson,
    parquet,
    png,
    px,
    svg,
    tidy,
    vegalite,
    xlsx,
)
from service.formats.format import Format, Options

FORMATS = (
    csv.FORMAT,
    bulk.FORMAT,
    tidy.FORMAT,
    jsonstat.FORMAT,
    jsonstat2.FORMAT,
    px.FORMAT,
    xlsx.FORMAT,
    html.FORMAT,
    html5inclnotes.FORMAT,
    parquet.FORMAT,
    arrow.FORMAT,
    ndjson.FORMAT,
    markdown.FORMAT,
)

PICTURES = (svg.FORMAT, png.FORMAT, vegalite.FORMAT)  # not every question has one, and they are drawn elsewhere

__all__ = ["FORMATS", "PICTURES", "Format", "Options"]

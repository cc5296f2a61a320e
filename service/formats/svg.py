"""SVG: the answer as a chart, drawn in a process of its own."""

from collections.abc import Iterator

from service.charts import draw, renderer
from service.formats.format import Format, Options
from tables.model import Answer, Lang

MOST = 20_000  # cells; a chart of more is no longer read


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    yield draw.picture(answer, lang, options, renderer.shared)


FORMAT = Format("svg", "image/svg+xml; charset=utf-8", "svg", MOST, write)

"""PNG: the same picture as SVG, in dots."""

from collections.abc import Iterator

from service.charts import draw, renderer
from service.formats.format import Format, Options
from service.formats.svg import MOST
from tables.model import Answer, Lang


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    yield renderer.shared().png(draw.picture(answer, lang, options, renderer.shared))


FORMAT = Format("png", "image/png", "png", MOST, write)

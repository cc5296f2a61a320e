"""Vega-Lite: the specification of the chart, for readers who make it interactive in their own browser."""

import json
from collections.abc import Iterator

from service.charts import draw, look
from service.formats.format import Format, Options
from service.formats.svg import MOST
from tables.model import Answer, Lang


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    made = {"spec": draw.spec(answer, lang, options.view, options), "locale": look.LOCALES[lang]}
    yield json.dumps(made, ensure_ascii=False).encode()


FORMAT = Format("vegalite", "application/json; charset=utf-8", "vl.json", MOST, write)

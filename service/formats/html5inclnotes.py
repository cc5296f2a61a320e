"""HTML with the notes and the signs that concern the figures (DST §8.5)."""

from collections.abc import Iterator

from service.formats.format import MILLION, Format, Options
from service.formats.html import document
from tables.model import Answer, Lang


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    return document(answer, lang, options, told=True)


FORMAT = Format("html5inclnotes", "text/html; charset=utf-8", "html", MILLION, write)

"""A question of figures that was read and resolved, and its answer: the one road of numbers to every protocol."""

from dataclasses import dataclass

from flask import Response

from service import http
from service.formats import Options
from service.formats.format import Write
from tables.model import Lang, Query


@dataclass(frozen=True, slots=True)
class Ready:
    """All that is left is to look whether the caller has the answer, and to write it."""

    reply: http.Reply
    query: Query
    write: Write
    options: Options
    lang: Lang


def answer(pin: http.Pin, ready: Ready) -> Response:
    bank = http.counter().bank
    return http.respond(pin, ready.reply, lambda: ready.write(bank.read(ready.query), ready.lang, ready.options))

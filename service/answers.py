"""A question of figures that was read and resolved, and its answer: the one road of numbers to every protocol."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

import numpy as np
from flask import Response

from service import http
from service.admission import Admission, heavy
from service.formats import Format, Options
from service.notes import Note, note
from tables.model import Answer, Block, Lang, Query, Status

SUPPRESSED: Final = "Statbank-Suppressed"
HIDDEN: Final = int(Status.CONFIDENTIAL)


@dataclass(frozen=True, slots=True)
class Ready:
    """All that is left is to look whether the caller has the answer, and to write it."""

    reply: http.Reply
    query: Query
    format: Format
    options: Options
    lang: Lang


def answer(pin: http.Pin, ready: Ready) -> Response:
    """An answer that is made before it is sent tells how much of it is hidden."""
    counter = http.counter()
    tell(note(), ready)
    hidden: list[int] = []

    def write() -> Iterator[bytes]:
        shown = counter.bank.read(ready.query)
        if not ready.reply.streamed:
            shown = counting(counter.admission.within(shown), hidden)
        return ready.format.write(shown, ready.lang, ready.options)

    if heavy(ready.query):
        response = _admitted(counter.admission, pin, ready, write)
    else:
        response = http.respond(pin, ready.reply, write)
    if hidden:
        response.headers[SUPPRESSED] = str(sum(hidden))
    return response


def tell(note: Note, ready: Ready) -> None:
    note.table, note.format, note.cells = ready.query.release.table.id, ready.format.name, ready.query.cells
    note.release = ready.reply.release


def _admitted(admission: Admission, pin: http.Pin, ready: Ready, write: Callable[[], Iterator[bytes]]) -> Response:
    """A heavy answer keeps its place until it is sent, or the client has gone."""
    with ExitStack() as held:

        def make() -> Iterator[bytes]:
            held.enter_context(admission.place())
            return admission.streamed(write()) if ready.reply.streamed else admission.whole(write())

        response = http.respond(pin, ready.reply, make)
        response.call_on_close(held.pop_all().close)
    return response


def counting(answer: Answer, hidden: list[int]) -> Answer:
    """The same answer; the hidden cells of each block are told as it is drawn."""

    def blocks() -> Iterator[Block]:
        for block in answer.blocks():
            hidden.append(int(np.count_nonzero(block.status == HIDDEN)))
            yield block

    return Answer(answer.query, blocks)

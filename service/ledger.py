"""Around everything: each request is counted, and told in one line of the log, when its last byte has left."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from service.counts import Counts
from service.notes import KEY, Note

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from service.http import Pairs

LOG: Final = logging.getLogger("service.requests")
FIELDS: Final = "told"  # of a log record: what our lines show beside time and level


class Ledger:
    """WSGI around the app. What it keeps is of the answer, never of who asked."""

    def __init__(self, app: "WSGIApplication", counts: Counts) -> None:
        self._app = app
        self._counts = counts

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        began = time.perf_counter()
        note = environ[KEY] = Note()
        status = ["500"]

        def start(line: str, headers: "Pairs", *fault: object) -> object:
            status[:] = [line[:3]]
            return start_response(line, headers, *fault)  # type: ignore[arg-type]  # exc_info

        def done(size: int) -> None:
            self._entered(note, status[0], time.perf_counter() - began, size)

        body: Iterable[bytes] = self._app(environ, start)  # type: ignore[arg-type]  # `write` is not used
        if type(body) is environ.get("wsgi.file_wrapper"):  # the server sends the file by itself
            done(0)
            return body
        return Leaving(body, done)

    def _entered(self, note: Note, status: str, seconds: float, size: int) -> None:
        counts = self._counts
        counts.add("statbank_requests_total", (note.route, f"{status[0]}xx"))
        counts.observe("statbank_seconds", seconds)
        counts.add("statbank_sent_bytes_total", by=size)
        if status == "304":
            counts.add("statbank_not_modified_total")
        if note.refusal:
            counts.add("statbank_refusals_total", (note.refusal,))
        elif note.table:
            counts.add("statbank_answers_total", (note.table, note.format, note.route))
            counts.observe("statbank_cells", note.cells)
        if LOG.isEnabledFor(logging.INFO):
            told = {FIELDS: _told(note, status, seconds, size)}
            # made here, as looking for the line of code that logs costs more than the line itself
            LOG.handle(LOG.makeRecord(LOG.name, logging.INFO, "", 0, "answered", (), None, extra=told))


def _told(note: Note, status: str, seconds: float, size: int) -> dict[str, object]:
    found: dict[str, object] = {"id": note.number, "route": note.route, "status": int(status)}
    found |= {"ms": round(seconds * 1000, 1), "bytes": size}
    if note.table:
        found |= {"table": note.table, "format": note.format, "cells": note.cells, "release": note.release}
    return found | ({"refusal": note.refusal} if note.refusal else {})


class Leaving:
    """The body on its way out; whoever sends it closes it, also when the client has gone."""

    def __init__(self, body: Iterable[bytes], done: Callable[[int], None]) -> None:
        self._body = body
        self._done = done
        self._size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            self._size += len(piece)
            yield piece

    def close(self) -> None:
        try:
            if hasattr(self._body, "close"):
                self._body.close()
        finally:
            self._done(self._size)

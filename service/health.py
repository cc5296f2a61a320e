"""Whether the process answers, and whether it may be sent readers (operations §11)."""

import time
from pathlib import Path

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import NotFound

from service import clock, http
from service.counts import written
from service.watch import Watch

BLUEPRINT = Blueprint("health", __name__)
PLAIN = "text/plain; charset=utf-8"


@BLUEPRINT.get("/livez")
def livez() -> Response:
    return _plain("ok", 200)


@BLUEPRINT.get("/readyz")
def readyz() -> Response:
    """The body is constant, and nothing in it or its status depends on a plan."""
    counter = http.counter()
    watch = current_app.extensions.get("statbank.watch")
    tracking = counter.settings.clock
    if isinstance(watch, Watch) and not watch.fresh():
        return _plain("not ready", 503)
    if tracking and not clock.right(Path(tracking), counter.bank.now()):
        return _plain("not ready", 503)
    return _plain("ready", 200)


@BLUEPRINT.get("/metrics")
def metrics() -> Response:
    """On the internal listener alone; on any other the address is as unknown as one that never was."""
    counter = http.counter()
    if f"{request.environ['SERVER_NAME']}:{request.environ['SERVER_PORT']}" != counter.settings.internal:
        raise NotFound
    gauges = {"statbank_slots_used": counter.admission.used(), "statbank_clock": time.monotonic()}
    told = "".join(f"# TYPE {name} gauge\n{name} {written(value)}\n" for name, value in gauges.items())
    return _plain(counter.counts.text() + told, 200)


def _plain(text: str, status: int) -> Response:
    response = Response(text.rstrip() + "\n", status=status, content_type=PLAIN)
    response.headers["Cache-Control"] = "no-store"
    return response

"""Whether the process answers, and whether it may be sent readers (operations §11)."""

from flask import Blueprint, Response, current_app

from service.watch import Watch

BLUEPRINT = Blueprint("health", __name__)
PLAIN = "text/plain; charset=utf-8"


@BLUEPRINT.get("/livez")
def livez() -> Response:
    return _plain("ok", 200)


@BLUEPRINT.get("/readyz")
def readyz() -> Response:
    """The body is constant: a plan must not show in it."""
    watch = current_app.extensions.get("statbank.watch")
    if isinstance(watch, Watch) and not watch.fresh():
        return _plain("not ready", 503)
    return _plain("ready", 200)


def _plain(text: str, status: int) -> Response:
    response = Response(text + "\n", status=status, content_type=PLAIN)
    response.headers["Cache-Control"] = "no-store"
    return response

"""A draft served as it would look: the same service over an act that is not published, marked on every page."""

from datetime import datetime
from pathlib import Path
from typing import Final

from flask import Flask, Response
from werkzeug.serving import make_server

from service import create_app
from service.settings import Settings
from tables.bank import Bank, utc_now

LOOPBACK: Final = "127.0.0.1"
MARK: Final = (
    '<p class="banner" role="note"><strong>UDKAST · DRAFT</strong> '
    "Tallene er ikke offentliggjort. <span lang=en>These figures are not published.</span></p>"
)


def preview_app(bank: Path, staged: Path, instant: datetime, settings: Settings) -> Flask:
    """The service as of the act's instant, or now where that is later."""
    opened = Bank(bank, clock=lambda: max(instant, utc_now()), engine=settings.engine, staged=staged)
    opened.refresh()
    app = create_app(opened, settings)
    app.after_request(mark)
    return app


def mark(response: Response) -> Response:
    """A watermark on pages and frames, a header on everything, and nothing of it kept or found."""
    response.headers["Statbank-Draft"] = "1"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "no-store"
    if (
        response.mimetype == "text/html"
        and not response.direct_passthrough
        and "Content-Encoding" not in response.headers
    ):
        text = response.get_data(as_text=True)
        head, body, rest = text.partition("<body")
        if body:
            tag, end, inside = rest.partition(">")
            response.set_data(f"{head}{body}{tag}{end}{MARK}{inside}")
    return response


def serve(app: Flask, port: int) -> None:
    """On loopback only, until it is interrupted."""
    with make_server(LOOPBACK, port, app, threaded=True) as server:
        server.serve_forever()

"""Error class → status; the words by path prefix. The only place that knows HTTP numbers."""

import logging
import secrets
from typing import Final

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from service import embed, oembed, pages
from service.dst import wording as dst
from service.notes import note
from service.wording import Words
from tables.errors import Busy, Gone, InvalidQuery, NotFound, Publisher, TableDamaged, Timeout, TooManyCells

LOG: Final = logging.getLogger(__name__)
STATUS: Final[tuple[tuple[type[Exception], int], ...]] = (
    (NotFound, 404),
    (TooManyCells, 413),
    (InvalidQuery, 400),
    (dst.Refusal, 400),
    (Gone, 410),
    (Busy, 503),
    (Timeout, 503),
    (TableDamaged, 503),
    (Publisher, 503),  # the bank itself cannot be read; what is wrong with it is not for the public
)
WORDINGS: Final[tuple[tuple[str, Words], ...]] = (
    ("/v1/", dst.word),
    ("/embed/", embed.word),
    ("/oembed/", oembed.word),
    ("/", pages.word),
)
RETRY: Final = (2, 10)  # seconds; drawn, so that those who were refused do not come back together


def register(app: Flask) -> None:
    app.register_error_handler(Exception, answer)


def status_of(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.code or 500
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def answer(error: Exception) -> Response:
    """The one handler: a sentence in the words the caller's protocol knows, never a traceback."""
    status = status_of(error)
    note().refusal = type(error).__name__
    if status == 500 or isinstance(error, Publisher):
        LOG.error("a request failed", exc_info=error)
    path = request.path if request.path.endswith("/") else f"{request.path}/"
    word = next(word for prefix, word in WORDINGS if path.startswith(prefix))
    status, body, media_type = word(error, status)
    response = Response(body, status=status, content_type=media_type)
    if isinstance(error, HTTPException) and (allowed := error.get_headers()):
        response.headers.extend((name, value) for name, value in allowed if name == "Allow")
    if status == 503:
        first, last = RETRY
        response.headers["Retry-After"] = str(first + secrets.randbelow(last - first + 1))
    return response

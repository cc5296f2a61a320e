"""The request target as clients really send it: raw UTF-8, Latin-1 escapes, functions in any case (DST §1)."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes, unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FUNCTION = re.compile(r"/v1(?:/[a-z]+)?(?=/|$)", re.IGNORECASE)
PARTS = re.compile(rb"([&=])")
KEPT = "!$'()*+,/:;?@[]~<>|-._"  # what may stand in a query unescaped, or is left as it came


class Targets:
    """WSGI in front of the app: what is not UTF-8 is read as Windows-1252, and nobody behind sees the difference.

    The original answers /v1/Tables as it does /v1/tables, so addresses of either spelling are in use.
    """

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        if "%" in query or not query.isascii():
            environ["QUERY_STRING"] = _query(query.encode("latin-1"))
        path = environ.get("PATH_INFO", "")
        if not path.isascii():  # the server has unquoted it already
            path = text(path.encode("latin-1")).encode().decode("latin-1")
        if function := FUNCTION.match(path):
            path = function[0].lower() + path[function.end() :]
        environ["PATH_INFO"] = path
        return self._app(environ, start_response)


def text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("windows-1252", errors="replace")


def _query(raw: bytes) -> str:
    pieces = PARTS.split(raw)
    return "".join(piece.decode() if piece in {b"&", b"="} else _piece(piece) for piece in pieces)


def _piece(raw: bytes) -> str:
    if raw.isascii() and b"%" not in raw:
        return raw.decode()
    plus = raw.replace(b"+", b"%20")
    return quote_from_bytes(text(unquote_to_bytes(plus)).encode(), safe="")

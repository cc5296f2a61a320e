"""What stands on every answer, put on as it leaves: any page may read it, nothing may guess its type or frame it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from service.http import AS_OF_HEADER, POLICY
from service.notes import KEY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from service.http import Pairs

EXPOSED: Final = (
    "ETag, Link, Retry-After, Content-Disposition, Statbank-Release, Statbank-Suppressed, StatbankAPI-Request-Id"
)
EVERY: Final = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", EXPOSED),
    ("X-Content-Type-Options", "nosniff"),
)
PREFLIGHT: Final = (
    ("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS"),
    ("Access-Control-Allow-Headers", f"Content-Type, {AS_OF_HEADER}, If-None-Match, Range"),
    ("Access-Control-Max-Age", "86400"),
)
KEPT: Final = frozenset({"cache-control", "x-accel-expires", "cdn-cache-control"})  # what lets an answer be kept


class Finish:
    """WSGI around the app; answers made before Flask pass it too."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: "Pairs", *fault: object) -> object:
            return start_response(status, finished(environ, status, headers), *fault)  # type: ignore[arg-type]  # exc_info

        return self._app(environ, start)  # type: ignore[arg-type]  # `write` is not used


def finished(environ: "WSGIEnvironment", status: str, headers: "Pairs") -> "Pairs":
    added = [*EVERY]
    if environ["PATH_INFO"].startswith("/v1"):
        added.append(("StatbankAPI-Request-Id", environ[KEY].number))
    if environ["REQUEST_METHOD"] == "OPTIONS":
        added += PREFLIGHT
    names = {name.lower(): value for name, value in headers}
    if names.get("content-type", "").startswith("text/html") and "content-security-policy" not in names:
        added.append(("Content-Security-Policy", POLICY))
    if status[0] in "45":
        headers = [(name, value) for name, value in headers if name.lower() not in KEPT]
        added.append(("Cache-Control", "no-store"))
    return [*headers, *added]

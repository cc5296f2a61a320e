"""The one way out: one catalogue per request, ETag before any data, and the headers of operations §6."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import TypeAlias

from flask import Response, current_app, g, request
from werkzeug.http import http_date, parse_etags

from service.settings import Settings
from service.shelf import Shelf
from tables.bank import Bank, Catalogue
from tables.errors import InvalidQuery
from tables.model import Release

AS_OF_HEADER = "Statbank-As-Of"
AS_OF_KEY = "x-asof"
AS_OF_SECONDS = 3600
VARY = f"Accept-Encoding, {AS_OF_HEADER}"
COMPRESSED = (":zstd", ":br", ":gzip", ":deflate")  # what flask-compress hangs on our tag
EXPOSED = "ETag, Link, Retry-After, Content-Disposition, Statbank-Release, Statbank-Suppressed, StatbankAPI-Request-Id"
POLICY = (  # of every page but the frames, which bring their own
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
Body: TypeAlias = Iterable[bytes]
Render: TypeAlias = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Counter:
    """What every view needs; made once in create_app."""

    bank: Bank
    settings: Settings
    shelf: Shelf


def counter() -> Counter:
    found: Counter = current_app.extensions["statbank"]
    return found


@dataclass(frozen=True, slots=True)
class Pin:
    """One instant and one catalogue for the whole request; `named` is the table an as-of id is about."""

    catalogue: Catalogue
    now: datetime
    asof: str | None = None
    named: str | None = None

    def release(self, table: str) -> Release:
        found = self.catalogue.release(table)
        if self.named and self.named.casefold() != found.table.id.casefold():
            raise not_an_instant()
        return found


def has_figures(release: Release) -> bool:
    """A table may stand in the catalogue before it has any."""
    within = f"{release.table.id}/"
    files = (release.source or release.act).files
    return any(file.role == "cells" and path.startswith(within) for path, file in files.items())


def not_an_instant() -> InvalidQuery:
    """One constant text, whatever was wrong: a future instant must not be told from a mistyped one."""
    return InvalidQuery(
        "x-asof kan ikke bruges: angiv en udgivelse, fx 2023-06-08T0600Z, eller et tidspunkt med zone i fortiden.",
        "x-asof cannot be used: give a release, as 2023-06-08T0600Z, or an instant of the past with its offset.",
        reason="key",
        dimension=AS_OF_KEY,
    )


def pin(given: str | None = None) -> Pin:
    """`given` is the as-of of the query or the body; the header says the same or nothing."""
    header = request.headers.get(AS_OF_HEADER)
    if given and header and given != header:
        raise not_an_instant()
    bank = counter().bank
    asof = given or header
    if not asof:
        return Pin(bank.catalogue(), bank.now())
    try:
        return Pin(bank.catalogue(asof), bank.now(), asof, asof.rpartition("@")[0] or None)
    except InvalidQuery as error:
        raise not_an_instant() from error


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is made. `release` and `parts` are its ETag: all that its bytes depend on.

    `release` is the public id of the table's release, or over several tables the newest instant.
    """

    pin: Pin
    release: str
    updated: datetime
    parts: tuple[str, ...]
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True  # sent with its length, and in ranges
    streamed: bool = False  # made while it is sent
    frozen: bool = True  # an as-of answer never changes, so it may be kept


def respond(reply: Reply, make: Callable[[], Body]) -> Response:
    """304 when the caller has it already; else the bytes of `make`, the first of them before the status is sent."""
    tag = etag(reply)
    if request.method in {"GET", "HEAD"} and _known(tag):
        response = Response(status=304)
    else:
        response = Response(_body(reply, make), content_type=reply.media_type)
        if reply.whole and not reply.streamed:
            response.headers["Accept-Ranges"] = "bytes"
    response.set_etag(tag)
    _cache(response, reply)
    response.headers.extend(reply.headers)
    response.headers["Statbank-Release"] = reply.release
    if response.status_code == 200 and "Accept-Ranges" in response.headers and "Range" in request.headers:
        length = response.calculate_content_length()
        response.make_conditional(request, accept_ranges=True, complete_length=length)
    return response


def _body(reply: Reply, make: Callable[[], Body]) -> Body:
    """A list has a length; an iterator goes out in chunks. A fault before the first byte is still a status."""
    if not reply.streamed:
        pieces = list(make())
        return [b"".join(pieces)] if reply.whole else iter(pieces)
    pieces_on_the_way = iter(make())
    first = next(pieces_on_the_way, b"")
    return chain((first,), pieces_on_the_way)


def etag(reply: Reply) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in (reply.release, *reply.parts, reply.media_type):
        digest.update(part.encode() + b"\x1f")
    return digest.hexdigest()


def _known(tag: str) -> bool:
    """Weakly compared, as proxies weaken tags; a tag we gave with a compressed body is the same answer."""
    given = request.headers.get("If-None-Match")
    if not given:
        return False
    for ending in COMPRESSED:
        given = given.replace(f'{ending}"', '"')
    return parse_etags(given).contains_weak(tag)


def _cache(response: Response, reply: Reply) -> None:
    headers = response.headers
    headers["Vary"] = VARY
    headers["Last-Modified"] = http_date(reply.updated)
    kept = request.method in {"GET", "HEAD"}
    if reply.pin.asof and reply.frozen:
        headers["Cache-Control"] = f"public, max-age={AS_OF_SECONDS}"
        if kept:
            headers["X-Accel-Expires"] = str(AS_OF_SECONDS)
        return
    headers["Cache-Control"] = "no-cache"
    if kept:
        # the last second of the minute is left out: a proxy counts the second named as valid (operations §6)
        until = reply.pin.now.replace(second=0, microsecond=0) + timedelta(minutes=1, seconds=-1)
        headers["X-Accel-Expires"] = f"@{int(until.timestamp())}"
        headers["CDN-Cache-Control"] = f"max-age={max(0, int((until - reply.pin.now).total_seconds()))}"


def finish(response: Response) -> Response:
    """What stands on every answer: any page may read it, nothing may guess its type or frame it."""
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = EXPOSED
    headers["X-Content-Type-Options"] = "nosniff"
    if response.mimetype == "text/html":
        headers.setdefault("Content-Security-Policy", POLICY)
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, OPTIONS"
        headers["Access-Control-Allow-Headers"] = f"Content-Type, {AS_OF_HEADER}, If-None-Match, Range"
        headers["Access-Control-Max-Age"] = "86400"
    if request.path.startswith("/v1"):
        headers["StatbankAPI-Request-Id"] = g.request_id
    if response.status_code >= 400:
        headers["Cache-Control"] = "no-store"
        headers.pop("X-Accel-Expires", None)
    return response

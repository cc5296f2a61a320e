"""The one way out: one catalogue per request, ETag before any data, and the headers of operations §6."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from math import ceil
from secrets import token_hex
from typing import TypeAlias

from flask import Response, current_app, request
from werkzeug.datastructures import Headers
from werkzeug.http import http_date, parse_etags

from service.settings import Settings
from service.shelf import Shelf
from tables.bank import Bank, Catalogue
from tables.errors import InvalidQuery
from tables.model import Release

AS_OF_HEADER = "Statbank-As-Of"
AS_OF_KEY = "x-asof"
AS_OF_SECONDS = 3600
ONE_WRITE = 1 << 20  # bytes; a short answer is not sent piece by piece
CELLS = "cells.parquet"  # every release with figures has it (operations §1)
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
    questions: Shelf


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
    return f"{release.table.id}/{CELLS}" in (release.source or release.act).files


def not_an_instant() -> InvalidQuery:
    """One constant text, whatever was wrong: a future instant must not be told from a mistyped one."""
    return InvalidQuery(
        "x-asof kan ikke bruges: angiv en udgivelse, fx 2023-06-08T0600Z, eller et tidspunkt med zone i fortiden.",
        "x-asof cannot be used: give a release, as 2023-06-08T0600Z, or an instant of the past with its offset.",
        reason="key",
        dimension=AS_OF_KEY,
    )


def of_the_past() -> bool:
    """Whether the address or a header may name another instant than now."""
    return AS_OF_HEADER in request.headers or AS_OF_KEY.encode() in request.query_string.lower()


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
    """An answer before it is made; the same for everybody, so it may be kept and given again.

    `release` is the public id of the table's release, or over several tables the newest instant; with `parts`, all else
    that the bytes depend on, it makes the ETag.
    """

    release: str
    updated: datetime
    parts: tuple[str, ...]
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True  # sent with its length, and in ranges
    streamed: bool = False  # made while it is sent
    frozen: bool = True  # an as-of answer never changes, so it may be kept
    etag: str = field(init=False)
    fixed: Headers = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.blake2b(digest_size=16)
        for part in (self.release, *self.parts, self.media_type):
            digest.update(part.encode() + b"\x1f")
        fixed = [
            ("ETag", f'"{digest.hexdigest()}"'),
            ("Vary", VARY),
            ("Last-Modified", http_date(self.updated)),
            ("Statbank-Release", self.release),
        ]
        object.__setattr__(self, "etag", digest.hexdigest())
        object.__setattr__(self, "fixed", Headers([*fixed, *self.headers.items()]))


def respond(pin: Pin, reply: Reply, make: Callable[[], Body]) -> Response:
    """304 when the caller has it already; else the bytes of `make`, the first of them before the status is sent."""
    headers = reply.fixed.copy()
    _cache(headers, pin, reply)
    if request.method in {"GET", "HEAD"} and _known(reply.etag):
        return Response(status=304, headers=headers)
    ranges = reply.whole and not reply.streamed
    if ranges:
        headers.add("Accept-Ranges", "bytes")
    response = Response(_body(reply, make), content_type=reply.media_type, headers=headers)
    if ranges and "Range" in request.headers:
        length = response.calculate_content_length()
        response.make_conditional(request, accept_ranges=True, complete_length=length)
    return response


def _body(reply: Reply, make: Callable[[], Body]) -> Body:
    """A list has a length; an iterator goes out in chunks. A fault before the first byte is still a status."""
    if not reply.streamed:
        pieces = list(make())
        if reply.whole:
            return [b"".join(pieces)]
        return iter((b"".join(pieces),) if sum(map(len, pieces)) <= ONE_WRITE else pieces)
    pieces_on_the_way = iter(make())
    first = next(pieces_on_the_way, b"")
    return chain((first,), pieces_on_the_way)


def _known(tag: str) -> bool:
    """Weakly compared, as proxies weaken tags; a tag we gave with a compressed body is the same answer."""
    given = request.headers.get("If-None-Match")
    if not given:
        return False
    for ending in COMPRESSED:
        given = given.replace(f'{ending}"', '"')
    return parse_etags(given).contains_weak(tag)


def _cache(headers: Headers, pin: Pin, reply: Reply) -> None:
    kept = request.method in {"GET", "HEAD"}
    if pin.asof and reply.frozen:
        headers.add("Cache-Control", f"public, max-age={AS_OF_SECONDS}")
        if kept:
            headers.add("X-Accel-Expires", str(AS_OF_SECONDS))
        return
    headers.add("Cache-Control", "no-cache")
    if kept:
        # the last second of the minute is left out: a proxy counts the second named as valid (operations §6)
        now = ceil(pin.now.timestamp())
        until = int(pin.now.timestamp()) // 60 * 60 + 59
        headers.add("X-Accel-Expires", f"@{until}")
        headers.add("CDN-Cache-Control", f"max-age={max(0, until - now)}")


def number() -> str:
    """A random UUID, version 4."""
    drawn = token_hex(16)
    return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-{'89ab'[int(drawn[16], 16) & 3]}{drawn[17:20]}-{drawn[20:]}"


def finish(response: Response) -> Response:
    """What stands on every answer: any page may read it, nothing may guess its type or frame it."""
    headers = response.headers
    headers.add("Access-Control-Allow-Origin", "*")
    headers.add("Access-Control-Expose-Headers", EXPOSED)
    headers.add("X-Content-Type-Options", "nosniff")
    if response.mimetype == "text/html":
        headers.setdefault("Content-Security-Policy", POLICY)
    if request.method == "OPTIONS":
        headers.add("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS")
        headers.add("Access-Control-Allow-Headers", f"Content-Type, {AS_OF_HEADER}, If-None-Match, Range")
        headers.add("Access-Control-Max-Age", "86400")
    if request.path.startswith("/v1"):
        headers.add("StatbankAPI-Request-Id", number())
    if response.status_code >= 400:
        headers["Cache-Control"] = "no-store"
        headers.pop("X-Accel-Expires", None)
    return response

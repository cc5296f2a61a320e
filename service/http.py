"""The one way out: one catalogue per request, ETag before any data, and the headers of operations §6."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from math import ceil
from typing import TYPE_CHECKING, TypeAlias

from flask import Response, current_app, request
from werkzeug.datastructures import Headers
from werkzeug.http import http_date, parse_etags

from service.admission import Admission
from service.counts import Counts
from service.settings import Settings
from service.shelf import Shelf
from tables.bank import Bank, Catalogue
from tables.errors import InvalidQuery
from tables.model import Act, Release

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

AS_OF_HEADER = "Statbank-As-Of"
AS_OF_ENVIRON = "HTTP_STATBANK_AS_OF"  # the header, as WSGI has it
AS_OF_KEY = "x-asof"
AS_OF_SECONDS = 3600
ONE_WRITE = 1 << 20  # bytes; a short answer is not sent piece by piece
X_KEYS = frozenset({AS_OF_KEY, "x-decimal"})  # keys of ours among the variables of a query
MENDS = ("correction", "rollback")
CELLS = "cells.parquet"  # every release with figures has it (operations §1)
KEPT = frozenset({"GET", "HEAD"})  # what caches may keep the answers of
NO_CACHE = ("Cache-Control", "no-cache")
VARY = f"Accept-Encoding, {AS_OF_HEADER}"
COMPRESSED = (":zstd", ":br", ":gzip", ":deflate")  # what flask-compress hangs on our tag
POLICY = (  # of every page but the frames, which bring their own
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
Pairs: TypeAlias = list[tuple[str, str]]
Body: TypeAlias = Iterable[bytes]
Render: TypeAlias = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Counter:
    """What every view needs; made once in create_app."""

    bank: Bank
    settings: Settings
    shelf: Shelf
    questions: Shelf
    admission: Admission
    counts: Counts


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


def of_the_past(environ: "WSGIEnvironment") -> bool:
    """Whether the address or a header may name another instant than now."""
    return AS_OF_ENVIRON in environ or AS_OF_KEY in environ["QUERY_STRING"].lower()


def address(pin: Pin, environ: "WSGIEnvironment") -> tuple[str, str, str]:
    """What a question is kept by: its catalogue and its address as it came."""
    return pin.catalogue.key, environ["PATH_INFO"], environ["QUERY_STRING"]


def present(bank: Bank) -> Pin:
    """What is in force, by one look at the clock: a catalogue of the minute before is never kept for this minute."""
    now = bank.now()
    return Pin(bank.catalogue(now=now), now)


def pin(given: str | None = None) -> Pin:
    """`given` is the as-of of the query or the body; the header says the same or nothing."""
    _ours()
    header = request.headers.get(AS_OF_HEADER)
    if given and header and given != header:
        raise not_an_instant()
    bank = counter().bank
    asof = given or header
    if not asof:
        return present(bank)
    now = bank.now()
    try:
        return Pin(bank.catalogue(asof, now=now), now, asof, asof.rpartition("@")[0] or None)
    except InvalidQuery as error:
        raise not_an_instant() from error


def _ours() -> None:
    """A slip in a key of ours must not pass for no key at all (operations §5)."""
    if b"x-" not in request.query_string.lower():
        return
    for key in request.args:
        if key.casefold().startswith("x-") and key.casefold() not in X_KEYS:
            raise InvalidQuery(f"Nøglen {key} findes ikke.", f"There is no key {key}.", reason="key", dimension=key)


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
    fixed: tuple[tuple[str, str], ...] = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.blake2b(digest_size=16)
        for part in (self.release, *self.parts, self.media_type):
            digest.update(part.encode() + b"\x1f")
        fixed = (
            ("ETag", f'"{digest.hexdigest()}"'),
            ("Vary", VARY),
            ("Last-Modified", http_date(self.updated)),
            ("Statbank-Release", self.release),
            *self.headers.items(),
        )
        object.__setattr__(self, "etag", digest.hexdigest())
        object.__setattr__(self, "fixed", fixed)


class Sent(Response):
    """An answer whose headers are all set here, so that werkzeug need not go over them again."""

    default_mimetype = None

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        return self.headers


def respond(pin: Pin, reply: Reply, make: Callable[[], Body]) -> Response:
    """304 when the caller has it already; else the bytes of `make`, the first of them before the status is sent."""
    environ = request.environ
    kept = environ["REQUEST_METHOD"] in KEPT
    headers = Headers(described(counter(), pin, reply, kept=kept))
    if kept and known(environ.get("HTTP_IF_NONE_MATCH"), reply.etag):
        return Sent(status=304, headers=headers)
    body = _body(reply, make)
    if isinstance(body, list):
        headers.add("Accept-Ranges", "bytes")
        headers.add("Content-Length", str(len(body[0])))
    response = Sent(body, content_type=reply.media_type, headers=headers)
    if isinstance(body, list) and "HTTP_RANGE" in environ:
        response.make_conditional(request, accept_ranges=True, complete_length=len(body[0]))
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


def known(given: str | None, tag: str) -> bool:
    """Weakly compared, as proxies weaken tags; a tag we gave with a compressed body is the same answer."""
    if not given or given == f'"{tag}"':
        return bool(given)
    for ending in COMPRESSED:
        given = given.replace(f'{ending}"', '"')
    return parse_etags(given).contains_weak(tag)


def described(counter: Counter, pin: Pin, reply: Reply, *, kept: bool) -> Pairs:
    """The headers of an answer, 200 and 304 alike; `kept`: shared caches may keep it until the minute ends."""
    always = [*reply.fixed, *_correction(counter, pin, reply)]
    if pin.asof and reply.frozen:
        cache = [("Cache-Control", f"public, max-age={AS_OF_SECONDS}")]
        cache += [("X-Accel-Expires", str(AS_OF_SECONDS))] if kept else []
        return [*always, *cache]
    if not kept:
        return [*always, NO_CACHE]
    # the last second of the minute is left out: a proxy counts the second named as valid (operations §6)
    now = pin.now.timestamp()
    until = int(now) // 60 * 60 + 59
    cdn = ("CDN-Cache-Control", f"max-age={max(0, until - ceil(now))}")
    return [*always, NO_CACHE, ("X-Accel-Expires", f"@{until}"), cdn]


def _correction(counter: Counter, pin: Pin, reply: Reply) -> Pairs:
    """For a while every answer of a table that was mended leads to what was wrong, also those of older releases."""
    table, at, _ = reply.release.partition("@")
    if not at:
        return []
    catalogue = counter.bank.catalogue(now=pin.now) if pin.asof else pin.catalogue
    act = counter.shelf.take((catalogue.key, MENDS), lambda: _mended(catalogue)).get(table)
    if act is None or pin.now - act.effective_at > timedelta(days=counter.settings.correction_days):
        return []
    named = f"{table}@{act.effective_at:%Y-%m-%dT%H%MZ}"
    return [("Link", f'<{counter.settings.url}/da/rettelser#{named}>; rel="correction"')]


def _mended(catalogue: Catalogue) -> dict[str, Act]:
    return {table: act for act in catalogue.acts if act.kind in MENDS for table in act.tables}

"""The counter: create_app wires the bank to the protocols; BLUEPRINTS is all it speaks."""

from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_compress import Compress

from service import (
    cards,
    changes,
    corrections,
    dates,
    discovery,
    documentation,
    dst,
    embed,
    errors,
    feeds,
    health,
    http,
    news,
    oembed,
    openapi,
    pages,
    soem,
)
from service.admission import Admission
from service.counts import Counts
from service.finish import Finish
from service.ledger import Ledger
from service.notes import routed
from service.settings import Settings
from service.shelf import Shelf
from service.target import Targets
from service.unchanged import Unchanged
from tables.bank import Bank

BLUEPRINTS = (
    health.BLUEPRINT,
    dst.BLUEPRINT,
    embed.BLUEPRINT,
    oembed.BLUEPRINT,
    openapi.BLUEPRINT,
    documentation.BLUEPRINT,
    *news.BLUEPRINTS,
    cards.BLUEPRINT,
    changes.BLUEPRINT,
    corrections.BLUEPRINT,
    feeds.BLUEPRINT,
    dates.BLUEPRINT,
    discovery.BLUEPRINT,
    soem.BLUEPRINT,
    pages.BLUEPRINT,
)
SHELF = 4_096  # answers about tables, not figures
QUESTIONS = 2_048  # addresses of figures, read and resolved
HERE = ("127.0.0.1", "localhost", "[::1]", "0.0.0.0")  # noqa: S104  # names, nothing is opened
COMPRESSIBLE = (
    "text/html",
    "text/css",
    "text/csv",
    "text/json",
    "text/plain",
    "text/xml",
    "application/json",
    "application/problem+json",
    "application/x-ndjson",
    "image/svg+xml",
    "application/atom+xml",
    "application/xml",
    "text/calendar",
)


def trusted(url: str) -> list[str] | None:
    """A server with a public name answers to that name, and to this machine; one without, to any."""
    host = urlsplit(url).hostname
    return None if host is None or host in HERE else [host, *HERE]


def create_app(bank: Bank, settings: Settings) -> Flask:
    """Opens nothing: whoever serves calls `bank.refresh` after the fork."""
    app = Flask(__name__)
    counts = Counts(settings.cache)
    counter = http.Counter(bank, settings, Shelf(SHELF), Shelf(QUESTIONS), Admission(settings), counts)
    app.extensions["statbank"] = counter
    app.config.update(
        COMPRESS_MIMETYPES=COMPRESSIBLE,
        COMPRESS_ALGORITHM=["zstd", "br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["zstd", "br", "gzip"],
        COMPRESS_LEVEL=1,
        COMPRESS_BR_LEVEL=1,
        COMPRESS_ZSTD_LEVEL=1,
        COMPRESS_MIN_SIZE=1024,
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=False,  # http.respond has done it
        COMPRESS_REGISTER=False,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        TRUSTED_HOSTS=trusted(settings.url),
    )
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    compress = Compress(app)

    def packed(response: Response) -> Response:
        """For those who can unpack it; the others' answers are not looked at twice."""
        plain = request.environ.get("HTTP_ACCEPT_ENCODING", "") in {"", "identity"} and "Vary" in response.headers
        done: Response = response if plain else compress.after_request(response)
        return done

    app.after_request(packed)
    app.after_request(routed)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    errors.register(app)
    app.wsgi_app = Ledger(Targets(Finish(Unchanged(app.wsgi_app, counter))), counts)  # type: ignore[method-assign]  # how Flask is wrapped
    return app

"""Pages for what went wrong: what happened, what comes nearest, what to do next (ux §2)."""

from collections.abc import Iterator
from typing import Final

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from rapidfuzz import fuzz, process
from werkzeug.exceptions import NotFound as NoPage

from service import http, paper
from service.pages.room import BLUEPRINT, SEGMENTS, address, here, phrase, render, translated
from service.wording import Worded, path_lang, problem, sentence, title
from tables.errors import Gone, Publisher, StatbankError
from tables.model import Lang, Release

NEAR: Final = 3
LIKE: Final = 45  # least likeness of an id or a title, of 100


@BLUEPRINT.get("/<any(da, en):lang>/<path:rest>")
def elsewhere(lang: Lang, rest: str) -> ResponseReturnValue:
    """An address in the other language's words leads to ours; a slash too many is taken away."""
    head = rest.partition("/")[0]
    path = translated(request.path, lang)
    if path != request.path and any(head in words.values() for words in SEGMENTS.values()):
        query = request.query_string.decode("utf-8", "replace")
        return redirect(f"{path}?{query}" if query else path, 301)
    raise NoPage


def word(error: Exception, status: int) -> Worded:
    """A page for a reader, RFC 9457 for whoever asked for a file."""
    lang = path_lang()
    if "." in request.path.rpartition("/")[2] and not request.path.endswith("/"):
        return problem(error, status, lang)
    try:
        pin = http.present(http.counter().bank)
    except StatbankError:
        pin = None
    if pin is None or isinstance(error, Publisher):
        return status, _bare(error, status, lang), paper.HTML
    near = tuple(_near(pin, request.path)) if status == 404 else ()
    body = render(
        "error.html",
        lang,
        pin,
        heading=title(status, lang),
        message=sentence(error, status, lang),
        near=near,
        status=status,
        others=tuple(_others(error, lang)),
        other=here(lang),
    )
    return status, body, paper.HTML


def _near(pin: http.Pin, path: str) -> Iterator[Release]:
    """The tables in force whose id, or title, is most like the last word of the address."""
    asked = path.strip("/").rpartition("/")[2] or path
    asked = asked.partition(".")[0].casefold()
    if asked in {word for words in SEGMENTS.values() for word in words.values()}:
        asked = path.strip("/").split("/")[-2].casefold()
    releases = tuple(pin.catalogue.releases.values())
    known = {place: release.table.id.casefold() for place, release in enumerate(releases)}
    found = process.extract(asked[:100], known, scorer=fuzz.ratio, limit=NEAR, score_cutoff=LIKE)
    for _, _, place in found:
        yield releases[place]


def _others(error: Exception, lang: Lang) -> Iterator[tuple[str, str]]:
    """Of a withdrawn release: the releases that stand."""
    parts = request.path.strip("/").split("/")
    if isinstance(error, Gone) and len(parts) > 2:
        yield phrase("standing_releases", lang), address(lang, "table", parts[2].partition(".")[0], "releases")
        yield phrase("newest_figures", lang), address(lang, "table", parts[2].partition(".")[0])


def _bare(error: Exception, status: int, lang: Lang) -> bytes:
    """Where the bank cannot be read nothing is known of the site."""
    return render_template(
        "bare.html", lang=lang, heading=title(status, lang), message=sentence(error, status, lang)
    ).encode()

"""The front page, and the ways in that name no language: the root and the short address of a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from flask import redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as NoPage

from service import http, paper
from service.pages.lists import told
from service.pages.room import BLUEPRINT, address, answer, inside
from tables.errors import NotFound
from tables.model import LANGUAGES, Entry, Lang, Release, Subject

LATEST: Final = 5


@dataclass(frozen=True, slots=True)
class Branch:
    """A subject with what lies below it that has tables; `count` of them."""

    text: str
    address: str
    count: int
    below: tuple["Branch", ...]


@BLUEPRINT.get("/")
def root() -> ResponseReturnValue:
    response = redirect(f"/{request.accept_languages.best_match(LANGUAGES, default='da')}/")
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "no-cache"
    return response


@BLUEPRINT.get("/<any(da, en):lang>/")
def front(lang: Lang) -> ResponseReturnValue:
    pin = paper.pin()
    site, releases = pin.catalogue.site, tuple(pin.catalogue.releases.values())
    coming = next_releases(pin)
    return answer(
        pin,
        f"front {[entry.at for entry in coming]}",
        lang,
        "front.html",
        heading=site.name[lang],
        front=True,
        branches=tuple(branches(site.subjects, releases, lang)),
        loose=tuple(release for release in releases if not _placed(release, site.subjects)),
        latest=tuple(sorted(releases, key=lambda release: release.updated, reverse=True))[:LATEST],
        coming=coming,
        count=len(releases),
        **told(pin, lang),
    )


def next_releases(pin: http.Pin) -> tuple[Entry, ...]:
    return tuple(sorted((e for e in pin.catalogue.site.calendar if e.at > pin.now), key=lambda e: e.at))[:LATEST]


def branches(subjects: Sequence[Subject], releases: Sequence[Release], lang: Lang) -> Iterator[Branch]:
    """In the order of the tree, without branches that have no tables."""
    for subject in subjects:
        ids = inside(subject)
        count = sum(release.table.subject in ids for release in releases)
        if count:
            below = tuple(branches(subject.subjects, releases, lang))
            yield Branch(subject.text[lang], address(lang, "subject", subject.slug[lang]), count, below)


def _placed(release: Release, subjects: Sequence[Subject]) -> bool:
    return any(release.table.subject in inside(subject) for subject in subjects)


@BLUEPRINT.get("/<code>")
def short(code: str) -> ResponseReturnValue:
    """/isbu04, as it is printed in reports."""
    try:
        release = paper.pin().release(code)
    except NotFound as error:
        raise NoPage from error  # an address of its own protocol is worded there
    lang: Lang = "en" if request.accept_languages.best_match(LANGUAGES, default="da") == "en" else "da"
    response = redirect(address(lang, "table", release.table.id))
    response.headers["Vary"] = "Accept-Language"
    return response

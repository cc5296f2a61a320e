"""Pages to read: one instant for the request, the frame of the site around a template, and the way out."""

import json
from collections.abc import Callable, Mapping
from typing import Final

from flask import Response, render_template, request

from service import http, papertexts, texts
from service.formats.format import WRITING
from service.wording import path_lang
from tables.model import Lang, Subject

HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json; charset=utf-8"
TABLES: Final[Mapping[Lang, str]] = {"da": "tabel", "en": "table"}
SUBJECTS: Final[Mapping[Lang, str]] = {"da": "emne", "en": "subject"}
DOCUMENTATION: Final[Mapping[Lang, str]] = {"da": "dokumentation", "en": "documentation"}
RELEASES: Final[Mapping[Lang, str]] = {"da": "udgivelser", "en": "releases"}
NEWS: Final[Mapping[Lang, str]] = {"da": "nyt", "en": "news"}


def word(key: str, lang: Lang) -> str:
    return papertexts.WORDS[key][lang] if key in papertexts.WORDS else texts.word(key, lang)


def pin() -> http.Pin:
    """The instant of the request, with as-of by key or header."""
    given = (value for key, value in request.args.items() if key.casefold() == http.AS_OF_KEY)
    return http.pin(next(given, None))


def other_lang(lang: Lang) -> Lang:
    return "en" if lang == "da" else "da"


def render(template: str, lang: Lang, pinned: http.Pin, *, heading: str, other: str, **given: object) -> bytes:
    """`other` is the same page in the other language."""
    catalogue = pinned.catalogue
    return render_template(
        template,
        lang=lang,
        site=catalogue.site,
        catalogue=catalogue,
        heading=heading,
        other=other,
        other_lang=other_lang(lang),
        word=lambda key: word(key, lang),
        date=lambda instant: texts.date(instant, lang),
        moment=lambda instant: texts.moment(instant, lang),
        tables=f"/{lang}/{TABLES[lang]}",
        base=http.counter().settings.url,
        canonical=http.counter().settings.url + request.path,
        **given,
    ).encode()


def answer(pinned: http.Pin, parts: tuple[str, ...], media_type: str, make: Callable[[], bytes]) -> Response:
    """Kept by the catalogue, as all it shows belongs to one."""
    catalogue = pinned.catalogue
    key = (catalogue.key, request.path, *parts)
    reply = http.Reply(
        catalogue.instant.strftime("%Y-%m-%dT%H%MZ"),
        catalogue.instant,
        (*parts, catalogue.key, request.path, WRITING),
        media_type,
    )
    response = http.respond(pinned, reply, lambda: [http.counter().shelf.take(key, make)])
    if media_type == HTML:
        response.headers["Content-Language"] = path_lang()
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return response


def plain(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1).encode() + b"\n"


def subject(subjects: tuple[Subject, ...], wanted: str) -> Subject | None:
    for each in subjects:
        if each.id == wanted:
            return each
        if (found := subject(each.subjects, wanted)) is not None:
            return found
    return None

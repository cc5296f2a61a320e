"""/oembed: what a newsroom's system asks when somebody pastes an address of ours (ux §6)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotImplemented as NotThisFormat

from service import http, paper
from service.formats.format import WRITING
from service.keys import SAFE
from service.news.page import card
from service.wording import Worded, problem
from tables.errors import InvalidQuery, NotFound
from tables.model import Lang

BLUEPRINT: Final = Blueprint("oembed", __name__)
WIDE: Final = 600
HIGH: Final = 420
CACHED: Final = 3600  # seconds, as others may keep the answer
_PLACES: Final = (
    re.compile(r"/(?P<lang>da)/tabel/(?P<table>\w+)"),
    re.compile(r"/(?P<lang>en)/table/(?P<table>\w+)"),
    re.compile(r"/embed/(?P<table>\w+)"),
    re.compile(r"/embed/news/(?P<news>[\w-]+)/(?P<figure>\d+)"),
    re.compile(r"/(?P<lang>da)/nyt/(?P<news>[\w-]+)"),
    re.compile(r"/(?P<lang>en)/news/(?P<news>[\w-]+)"),
    re.compile(r"/(?P<table>\w+)"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """What an address of ours leads to: its title, its page and the frame that shows it."""

    pin: http.Pin
    lang: Lang
    title: str
    page: str
    frame: str
    card: str


@BLUEPRINT.get("/oembed")
def oembed() -> ResponseReturnValue:
    if request.args.get("format", "json").casefold() != "json":
        raise NotThisFormat
    url = request.args.get("url", "").strip()
    if not url:
        raise InvalidQuery("url mangler.", "url is missing.", reason="key", dimension="url")
    wide, high = _size("maxwidth", WIDE), _size("maxheight", HIGH)
    found = _found(url)
    instant = found.pin.catalogue.instant
    reply = http.Reply(
        instant.strftime("%Y-%m-%dT%H%MZ"),
        instant,
        ("oembed", found.pin.catalogue.key, url, str(wide), str(high), WRITING),
        paper.JSON,
        frozen=False,
    )
    return http.respond(found.pin, reply, lambda: [json.dumps(_told(found, wide, high), ensure_ascii=False).encode()])


def _size(key: str, most: int) -> int:
    text = request.args.get(key, str(most))
    if not (text.isascii() and text.isdecimal()) or not int(text):
        raise InvalidQuery(
            f"{key} skal være et helt tal over 0.",
            f"{key} must be a whole number above 0.",
            reason="key",
            dimension=key,
        )
    return min(int(text), most)


def _found(url: str) -> Found:
    """Raises NotFound for a foreign, an unknown and an unreleased one alike."""
    parts, home = urlsplit(url), urlsplit(http.counter().settings.url)
    if parts.scheme not in ("http", "https") or parts.netloc != home.netloc:
        raise _unknown()
    path = unquote(parts.path).rstrip("/")
    place = next((match for pattern in _PLACES if (match := pattern.fullmatch(path))), None)
    if place is None:
        raise _unknown()
    keys = dict(parse_qsl(parts.query))
    try:
        pin = http.pin(keys.get(http.AS_OF_KEY))
    except InvalidQuery as error:
        raise _unknown() from error
    named, asked = place.groupdict(), keys.pop("lang", "da")
    lang: Lang = "en" if (named.get("lang") or asked) == "en" else "da"
    if named.get("news"):
        return _article(pin, lang, named["news"], int(named.get("figure") or 1))
    return _table(pin, lang, named["table"], keys)


def _article(pin: http.Pin, lang: Lang, wanted: str, number: int) -> Found:
    """A figure of an article; of the article itself the first."""
    article = pin.catalogue.news.get(wanted)
    if article is None or not 1 <= number <= len(article.figures):
        raise _unknown()
    frame = f"/embed/news/{article.id}/{number}{'?lang=en' if lang == 'en' else ''}"
    page = f"/{lang}/{paper.NEWS[lang]}/{article.id}"
    return Found(pin, lang, article.title[lang], page, frame, card(article, lang))


def _table(pin: http.Pin, lang: Lang, name: str, keys: Mapping[str, str]) -> Found:
    release = pin.release(name)
    if not http.has_figures(release):
        raise _unknown()
    table = release.table
    title = f"{table.id}: {table.description(lang)}"
    frame = f"/embed/{table.id}{_query({**keys, 'lang': lang} if lang == 'en' else keys)}"
    page, asked = f"/{lang}/{paper.TABLES[lang]}/{table.id}", _query(keys)
    return Found(pin, lang, title, page + asked, frame, f"{page}.card.png{asked}")


def _query(keys: Mapping[str, str]) -> str:
    return f"?{urlencode(keys, quote_via=quote, safe=SAFE)}" if keys else ""


def _told(found: Found, wide: int, high: int) -> dict[str, object]:
    base, site = http.counter().settings.url, found.pin.catalogue.site
    title, page, frame = (escape(text) for text in (found.title, base + found.page, base + found.frame))
    markup = (
        f'<blockquote><a href="{page}">{title}</a></blockquote>'
        f'<iframe src="{frame}" width="{wide}" height="{high}" frameborder="0" scrolling="no" title="{title}"></iframe>'
    )
    told: dict[str, object] = {
        "version": "1.0",
        "type": "rich",
        "title": found.title,
        "provider_name": site.name[found.lang],
        "provider_url": base,
        "width": wide,
        "height": high,
        "cache_age": CACHED,
        "html": markup,
    }
    thumbnail = {"thumbnail_url": base + found.card, "thumbnail_width": 1200, "thumbnail_height": 630}
    return told | thumbnail if found.card else told


def _unknown() -> NotFound:
    return NotFound("Adressen kan ikke indsættes.", "This address cannot be embedded.")


def word(error: Exception, status: int) -> Worded:
    return problem(error, status, "en" if request.args.get("lang") == "en" else "da")


@BLUEPRINT.after_request
def _language(response: Response) -> Response:
    response.headers["Content-Language"] = request.args.get("lang", "da")
    return response

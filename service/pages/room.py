"""What all pages share: their addresses in both languages, the words of templates, the policy, the way out."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from jinja2 import pass_context
from jinja2.runtime import Context

from service import http, paper, texts
from service.formats.table import digits
from service.pages.phrases import PHRASES
from service.wording import path_lang
from tables.model import LANGUAGES, Lang, Release, Subject

BLUEPRINT: Final = Blueprint("pages", __name__)
STATIC: Final = Path(__file__).resolve().parents[1] / "static"
SEGMENTS: Final[Mapping[str, Mapping[Lang, str]]] = {  # the first part of an address, and the last of a table's pages
    "table": {"da": "tabel", "en": "table"},
    "subject": {"da": "emne", "en": "subject"},
    "search": {"da": "soeg", "en": "search"},
    "area": {"da": "kommune", "en": "municipality"},
    "classification": {"da": "klassifikation", "en": "classification"},
    "documentation": {"da": "dokumentation", "en": "documentation"},
    "news": {"da": "nyt", "en": "news"},
    "calendar": {"da": "kalender", "en": "calendar"},
    "corrections": {"da": "rettelser", "en": "corrections"},
    "glossary": {"da": "ordliste", "en": "glossary"},
    "signs": {"da": "tegn", "en": "signs"},
    "api": {"da": "api", "en": "api"},
    "changes": {"da": "aendringer", "en": "changes"},
    "soem": {"da": "soem", "en": "soem"},
    "whole": {"da": "hent-alt", "en": "download-all"},
    "about": {"da": "om", "en": "about"},
    "licence": {"da": "licens", "en": "licence"},
    "releases": {"da": "udgivelser", "en": "releases"},
}
FOLDERS: Final = frozenset({"area", "classification", "documentation", "news"})  # their lists end with a slash


def both(kind: str, rest: str = "") -> Iterator[tuple[str, Lang]]:
    """The rule of a kind of page in each language, for the routes."""
    for lang in LANGUAGES:
        yield f"/{lang}/{SEGMENTS[kind][lang]}{rest}", lang


def address(lang: Lang, kind: str = "", *parts: str) -> str:
    """The path of a page; without a kind the front page."""
    if not kind:
        return f"/{lang}/"
    path = f"/{lang}/{SEGMENTS[kind][lang]}"
    if parts:
        return "/".join((path, *(SEGMENTS[part][lang] if part in SEGMENTS else part for part in parts)))
    return f"{path}/" if kind in FOLDERS else path


def translated(path: str, lang: Lang) -> str:
    """The same path with the fixed words of a language."""
    known = {word: words[lang] for words in SEGMENTS.values() for word in words.values()}
    head, *rest = path.removeprefix("/").split("/")
    if head not in LANGUAGES:
        return f"/{lang}/"
    return "/" + "/".join((lang, *(known.get(each, each) for each in rest)))


def other(lang: Lang) -> Lang:
    return "en" if lang == "da" else "da"


def here(lang: Lang) -> str:
    """This page in the other language, its query kept."""
    query = request.query_string.decode("utf-8", "replace")
    return translated(request.path, other(lang)) + (f"?{query}" if query else "")


def render(template: str, lang: Lang, pin: http.Pin, *, heading: str, **given: object) -> bytes:
    turned = given.pop("other", None)
    return paper.render(template, lang, pin, heading=heading, other=str(turned or here(lang)), **given)


def answer(pin: http.Pin, kind: str, lang: Lang, template: str, *, heading: str, **given: object) -> Response:
    """A page that depends on the catalogue alone: made once and kept with it."""
    return paper.answer(
        pin, (kind, lang, looks()), paper.HTML, lambda: render(template, lang, pin, heading=heading, **given)
    )


def looks() -> str:
    """Of the looks: a page names its stylesheet by content, so it changes with it."""
    return asset("statbank.css") + asset("statbank.js")


@cache
def asset(name: str) -> str:
    """The address of one of our own files, new when its content is."""
    return f"/static/{name}?{blake2b((STATIC / name).read_bytes(), digest_size=5).hexdigest()}"


def trail(subjects: Iterable[Subject], wanted: str) -> tuple[Subject, ...]:
    """The subjects from the root to the one that is wanted."""
    for subject in subjects:
        if subject.id == wanted:
            return (subject,)
        if below := trail(subject.subjects, wanted):
            return (subject, *below)
    return ()


def inside(subject: Subject) -> frozenset[str]:
    """The ids of a subject and all below it."""
    return frozenset({subject.id}).union(*(inside(each) for each in subject.subjects))


def period(release: Release, lang: Lang) -> str:
    """2015-2024, or the one period there is."""
    values = release.table.time.values
    first, last = values[0].text[lang], values[-1].text[lang]
    return first if first == last else f"{first}\N{EN DASH}{last}"


def phrase(key: str, lang: Lang, /, **filled: object) -> str:
    """A phrase of the pages with its blanks filled."""
    text = PHRASES[key][lang]
    given = {name: number(value, lang) if isinstance(value, int) else value for name, value in filled.items()}
    return text.format(**given) if given else text


@pass_context
def _phrase(context: Context, key: str, /, **filled: object) -> str:
    return phrase(key, context["lang"], **filled)


@pass_context
def _address(context: Context, kind: str = "", *parts: str) -> str:
    return address(context["lang"], kind, *parts)


@BLUEPRINT.app_context_processor
def _given() -> dict[str, object]:
    return {
        "t": _phrase,
        "page": _address,
        "asset": asset,
        "number": number,
        "period": period,
        "words_asked": request.args.get("q", "") if request.path.rpartition("/")[2] in {"soeg", "search"} else "",
    }


@BLUEPRINT.before_app_request
def _slash() -> ResponseReturnValue | None:
    """A slash too many or too few at the end of any page."""
    if request.path.split("/")[1] not in LANGUAGES:
        return None
    rule = request.url_rule.rule if request.url_rule else request.path
    if rule.endswith("/") == request.path.endswith("/") or rule.endswith(">"):
        return None
    path = request.path.rstrip("/") + ("/" if rule.endswith("/") else "")
    query = request.query_string.decode("utf-8", "replace")
    return redirect(f"{path}?{query}" if query else path, 301)


@BLUEPRINT.after_request
def _headers(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = http.POLICY
        response.headers["Content-Language"] = path_lang()
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return response


@BLUEPRINT.app_template_filter("upper_first")
def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


@BLUEPRINT.app_template_filter("bracketed")
def bracketed(code: str) -> str:
    """A code with a comma stands in brackets (pxwebapi2 §2.4)."""
    return f"[{code}]" if "," in code else code


@BLUEPRINT.app_template_filter("size")
def size(count: int, lang: Lang) -> str:
    """12,3 MB · 12.3 MB."""
    unit, power = ("MB", 6) if count >= 10**6 else ("kB", 3)
    return f"{digits(f'{count / 10**power:.1f}', lang)} {unit}"


@BLUEPRINT.app_template_filter("day")
def day(text: str, lang: Lang) -> str:
    """2024-01-01 as people write it."""
    return texts.date(datetime.combine(date.fromisoformat(text), time(12), texts.COPENHAGEN), lang)


def number(count: int, lang: Lang) -> str:
    return digits(str(count), lang)

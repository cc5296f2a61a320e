"""Documentation of statistics: a page and a file for each reference year, in both languages (ux §2, domain §10)."""

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from service import http, paper
from service.paper import DOCUMENTATION, HTML, JSON
from service.wording import path_lang
from tables.errors import NotFound
from tables.model import Contact, Documentation, Lang, Release, Text

BLUEPRINT: Final = Blueprint("documentation", __name__)


@BLUEPRINT.get("/da/dokumentation/", defaults={"lang": "da"})
@BLUEPRINT.get("/en/documentation/", defaults={"lang": "en"})
def listed(lang: Lang) -> ResponseReturnValue:
    pinned = paper.pin()
    newest = [next(iter(years.values())) for years in pinned.catalogue.documentation.values()]

    def make() -> bytes:
        return paper.render(
            "documentations.html",
            lang,
            pinned,
            heading=paper.word("documentation", lang),
            other=_address(paper.other_lang(lang)),
            papers=sorted(newest, key=lambda one: one.title[lang].casefold()),
            address=lambda one: _address(lang, one.slug),
        )

    return paper.answer(pinned, ("documentation", lang), HTML, make)


@BLUEPRINT.get("/da/dokumentation/<slug>", defaults={"lang": "da", "year": ""})
@BLUEPRINT.get("/en/documentation/<slug>", defaults={"lang": "en", "year": ""})
@BLUEPRINT.get("/da/dokumentation/<slug>/<year>", defaults={"lang": "da"})
@BLUEPRINT.get("/en/documentation/<slug>/<year>", defaults={"lang": "en"})
def page(slug: str, year: str, lang: Lang) -> ResponseReturnValue:
    """The newest year, or the one asked for; with `.json` the same as data."""
    last = year or slug
    stem, dot, ending = last.partition(".")
    if dot and ending != "json":
        raise _unknown()
    slug, year = (slug, stem) if year else (stem, "")
    pinned = paper.pin()
    pinned.catalogue.paper(f"documentation/{slug}/{year}.yaml" if year else f"documentation/{slug}")
    years = pinned.catalogue.documentation.get(slug)
    if not years or (year and year not in years):
        raise _unknown()
    one = years[year] if year else next(iter(years.values()))
    releases = [release for release in pinned.catalogue.releases.values() if release.table.documentation == slug]
    if dot:
        return paper.answer(pinned, ("documentation",), JSON, lambda: paper.plain(_data(one, tuple(years), releases)))
    return paper.answer(
        pinned, ("documentation", lang), HTML, lambda: _page(pinned, one, tuple(years), releases, dated=bool(year))
    )


def _page(
    pinned: http.Pin, one: Documentation, years: Sequence[str], releases: Sequence[Release], *, dated: bool
) -> bytes:
    lang = path_lang()
    return paper.render(
        "documentation.html",
        lang,
        pinned,
        heading=one.title[lang],
        other=_address(paper.other_lang(lang), one.slug, one.year if dated else ""),
        one=one,
        years=years,
        releases=releases,
        subject=paper.subject(pinned.catalogue.site.subjects, one.subject),
        address=lambda year: _address(lang, one.slug, year),
        paragraphs=paragraphs,
    )


def paragraphs(text: Text, lang: Lang) -> list[str]:
    """A folded block of YAML has a paragraph a line."""
    return [line.strip() for line in text[lang].split("\n") if line.strip()]


def _address(lang: Lang, slug: str = "", year: str = "") -> str:
    return f"/{lang}/{DOCUMENTATION[lang]}/{slug}{'/' if year else ''}{year}"


def _unknown() -> NotFound:
    return NotFound("Dokumentationen findes ikke.", "There is no such documentation.")


def _data(one: Documentation, years: Sequence[str], releases: Sequence[Release]) -> Mapping[str, object]:
    base = http.counter().settings.url
    return {
        "slug": one.slug,
        "year": one.year,
        "years": list(years),
        "title": _both(one.title),
        "subject": one.subject,
        "tables": [release.table.id for release in releases],
        "contacts": [contact(each) for each in one.contacts],
        "sections": [
            {"number": each.number, "heading": _both(each.heading), "text": _both(each.text) if each.text else None}
            for each in one.sections
        ],
        "pages": {"da": base + _address("da", one.slug, one.year), "en": base + _address("en", one.slug, one.year)},
    }


def _both(text: Text) -> dict[str, str]:
    return {"da": text.da, "en": text.en}


def contact(one: Contact) -> dict[str, object]:
    return {"name": _both(one.name), "email": one.email, "phone": one.phone}


@BLUEPRINT.get("/da/documentation/<path:rest>", defaults={"lang": "da"})
@BLUEPRINT.get("/en/dokumentation/<path:rest>", defaults={"lang": "en"})
def misspelt(rest: str, lang: Lang) -> ResponseReturnValue:
    """The other language's word in the path."""
    return redirect(_address(lang, rest), 301)

"""The search page: hits with the values that made them one, narrowed by subject, frequency, area and state (ux §2)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue

from service import http, paper
from service.formats.format import WRITING
from service.pages.lists import told
from service.pages.room import BLUEPRINT, both, inside, looks, phrase, render
from tables.bank import Found
from tables.model import Lang, Release, Site

LONGEST: Final = 200
SHOWN: Final = 100
SHOWN_NEWS: Final = 5
FILTERS: Final = ("subject", "frequency", "area", "state")


@dataclass(frozen=True, slots=True)
class Hit:
    release: Release
    values: tuple[tuple[str, str], ...]  # text, address of the table with that value chosen


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks: words, and what is chosen under each filter."""

    words: str
    chosen: Mapping[str, str]

    def address(self, **changed: str) -> str:
        keys = {"q": self.words, **self.chosen, **changed}
        return f"{request.path}?{urlencode({key: text for key, text in keys.items() if text})}"


@dataclass(frozen=True, slots=True)
class Filter:
    """A way to narrow: each option with its number of hits and its address."""

    text: str
    options: tuple[tuple[str, int, str, bool], ...]


def search(lang: Lang) -> ResponseReturnValue:
    pin = paper.pin()
    asked = Asked(request.args.get("q", "")[:LONGEST].strip(), {key: request.args.get(key, "") for key in FILTERS})
    reply = http.Reply(
        pin.catalogue.instant.strftime("%Y-%m-%dT%H%MZ"),
        pin.catalogue.instant,
        ("search", pin.catalogue.key, repr(asked), lang, looks(), WRITING),
        paper.HTML,
    )
    return http.respond(pin, reply, lambda: [_page(pin, lang, asked)])


def _page(pin: http.Pin, lang: Lang, asked: Asked) -> bytes:
    site, releases = pin.catalogue.site, pin.catalogue.releases
    found = http.counter().bank.search(pin.catalogue, asked.words, lang) if asked.words else Found(())
    every = [hit for hit in found.hits if hit.table in releases]
    articles = [pin.catalogue.news[each] for each in found.articles if each in pin.catalogue.news]
    if set(filter(asked.chosen.get, FILTERS)) - {"subject"}:  # what no article has
        articles = []
    kept = [hit for hit in every if all(_fits(releases[hit.table], site, *each) for each in asked.chosen.items())]
    hits = [
        Hit(releases[hit.table], tuple((value.text, f"{value.dimension}={value.code}") for value in hit.values))
        for hit in kept[:SHOWN]
    ]
    return render(
        "search.html",
        lang,
        pin,
        heading=phrase("search_for", lang, words=asked.words) if asked.words else phrase("search", lang),
        words=asked.words,
        hits=hits,
        total=len(kept),
        articles=[one for one in articles if _about(one.subject, site, asked.chosen["subject"])][:SHOWN_NEWS],
        filters=tuple(_filters([releases[hit.table] for hit in every], site, asked, lang)),
        filtered=any(asked.chosen.values()),
        unfiltered=asked.address(**dict.fromkeys(FILTERS, "")),
        suggestion=found.suggestion,
        suggested=asked.address(q=found.suggestion or ""),
        subjects=site.subjects,
        **told(pin, lang),
    )


def _about(subject: str, site: Site, wanted: str) -> bool:
    return not wanted or any(each.id == wanted and subject in inside(each) for each in site.subjects)


def _fits(release: Release, site: Site, key: str, value: str) -> bool:
    return not value or value in _kinds(release, site, key)


def _kinds(release: Release, site: Site, key: str) -> tuple[str, ...]:
    """What a table is under a filter; areas can be several."""
    table = release.table
    if key == "subject":
        return tuple(subject.id for subject in site.subjects if _about(table.subject, site, subject.id))
    if key == "frequency":
        code = table.time.values[-1].code
        return (next((letter for letter in "KMUHD" if letter in code), "A"),)
    if key == "area":
        levels = (level.code for dimension in table.dimensions for level in dimension.levels if level.map)
        return tuple(dict.fromkeys(levels))
    return (table.status,)


def _filters(releases: Sequence[Release], site: Site, asked: Asked, lang: Lang) -> Iterator[Filter]:
    names = {subject.id: subject.text[lang] for subject in site.subjects}
    levels = (level for release in releases for dimension in release.table.dimensions for level in dimension.levels)
    names |= {level.code: level.text[lang] for level in levels}
    for key in FILTERS:
        counts = Counter(kind for release in releases for kind in _kinds(release, site, key))
        options = [
            (
                names[kind] if kind in names else phrase(f"{key}_{kind}", lang),
                count,
                asked.address(**{key: "" if asked.chosen[key] == kind else kind}),
                asked.chosen[key] == kind,
            )
            for kind, count in counts.items()
        ]
        if len(options) > 1 or asked.chosen[key]:
            yield Filter(phrase(f"filter_{key}", lang), tuple(options))


for _rule, _lang in both("search"):
    BLUEPRINT.add_url_rule(_rule, "search", search, defaults={"lang": _lang})

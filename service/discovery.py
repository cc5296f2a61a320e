"""What machines look for: sitemap, robots, and schema.org descriptions of tables and articles (ux §8)."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape

from flask import Blueprint
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from service import http, paper, texts
from service.news import text
from tables.bank import Catalogue
from tables.model import LANGUAGES, Article, Lang, Release

BLUEPRINT: Final = Blueprint("discovery", __name__)
XML: Final = "application/xml; charset=utf-8"
PLAIN: Final = "text/plain; charset=utf-8"
SHORTEST, LONGEST = 50, 5_000  # characters of a description
DISTRIBUTIONS: Final = (
    ("csv", "text/csv"),
    ("json", "application/json"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("parquet", "application/vnd.apache.parquet"),
)


@BLUEPRINT.get("/robots.txt")
def robots() -> ResponseReturnValue:
    pinned = paper.pin()
    lines = ("User-agent: *", "Disallow: /v1/data", "Disallow: /oembed", f"Sitemap: {_base()}/sitemap.xml", "")
    return paper.answer(pinned, ("robots",), PLAIN, lambda: "\n".join(lines).encode())


@BLUEPRINT.get("/sitemap.xml")
def sitemap() -> ResponseReturnValue:
    """Every page of a released thing, in both languages; no query, no planned act."""
    pinned = paper.pin()

    def make() -> bytes:
        head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        urls = (_url(path, changed) for path, changed in _pages(pinned.catalogue))
        return "\n".join([head, *urls, "</urlset>", ""]).encode()

    return paper.answer(pinned, ("sitemap",), XML, make)


def _url(path: str, changed: datetime) -> str:
    local = changed.astimezone(texts.COPENHAGEN).isoformat(timespec="seconds")
    return f"<url><loc>{escape(_base() + path)}</loc><lastmod>{local}</lastmod></url>"


def _pages(catalogue: Catalogue) -> Iterator[tuple[str, datetime]]:
    for lang in LANGUAGES:
        yield f"/{lang}/", catalogue.instant
        for release in catalogue.releases.values():
            yield f"/{lang}/{paper.TABLES[lang]}/{release.table.id}", release.updated
        if {"SOEM01", "SOEM03"} <= set(catalogue.releases):
            yield f"/{lang}/soem", catalogue.releases["SOEM01"].updated
        for slug, years in catalogue.documentation.items():
            for year in ("", *(f"/{year}" for year in years)):
                yield f"/{lang}/{paper.DOCUMENTATION[lang]}/{slug}{year}", catalogue.instant
        yield f"/{lang}/{paper.NEWS[lang]}/", catalogue.instant
        for article in catalogue.news.values():
            yield address(lang, article.id), article.updated


def address(lang: Lang, article_id: str) -> str:
    return f"/{lang}/{paper.NEWS[lang]}/{article_id}"


def _base() -> str:
    return http.counter().settings.url


@BLUEPRINT.app_context_processor
def _given() -> dict[str, object]:
    """For templates of tables."""
    return {"dataset": dataset}


def dataset(catalogue: Catalogue, release: Release, lang: Lang) -> Markup:
    """schema.org Dataset of a table, as a data block: nothing that runs, so the policy of pages lets it stand."""
    table, site = release.table, catalogue.site
    page = f"{_base()}/{lang}/{paper.TABLES[lang]}/{table.id}"
    told = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": f"{_base()}/da/{paper.TABLES['da']}/{table.id}",
        "identifier": table.id,
        "name": f"{table.id}: {table.description(lang)}",
        "description": _description(release, lang),
        "url": page,
        "inLanguage": lang,
        "license": site.licence.get("address"),
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": site.publisher[lang]},
        "dateModified": release.updated.astimezone(texts.COPENHAGEN).isoformat(timespec="minutes"),
        "temporalCoverage": f"{table.time.codes[0][:4]}/{table.time.codes[-1][:4]}",
        "spatialCoverage": {"@type": "Place", "name": "Danmark" if lang == "da" else "Denmark"},
        "variableMeasured": [
            {"@type": "PropertyValue", "name": measure.text[lang], "unitText": measure.unit[lang]}
            for measure in table.measures
        ],
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": media, "contentUrl": f"{page}.{ending}"}
            for ending, media in DISTRIBUTIONS
        ],
        "includedInDataCatalog": {"@type": "DataCatalog", "name": site.name[lang], "url": f"{_base()}/{lang}/"},
    }
    return block(told)


def _description(release: Release, lang: Lang) -> str:
    table = release.table
    source = f"{texts.word('source', lang)}: {table.source[lang]}."
    notes = [note.text[lang] for note in table.notes if not note.at]
    whole = " ".join([f"{table.description(lang)}.", source, *notes])
    period = f" {texts.word('period', lang)} {table.time.codes[0]}–{table.time.codes[-1]}."
    return (whole if len(whole) >= SHORTEST else whole + period)[:LONGEST]


def article(catalogue: Catalogue, one: Article, lang: Lang) -> Markup:
    """schema.org Article and Report, based on the tables it tells of.

    No file of the act: its addresses are those of the host that serves, which a publisher does not know. All it says
    is out of the act, so it is the same for ever, and it is kept with its page.
    """
    tables = [table for table in one.tables if table in catalogue.releases]
    told = {
        "@context": "https://schema.org/",
        "@type": ["Article", "Report"],
        "@id": f"{_base()}{address('da', one.id)}",
        "reportNumber": one.number,
        "headline": one.title[lang],
        "description": text.lead(one.body[lang])[:LONGEST],
        "url": f"{_base()}{address(lang, one.id)}",
        "inLanguage": lang,
        "datePublished": one.published.astimezone(texts.COPENHAGEN).isoformat(timespec="minutes"),
        "dateModified": one.updated.astimezone(texts.COPENHAGEN).isoformat(timespec="minutes"),
        "publisher": {"@type": "Organization", "name": catalogue.site.publisher[lang]},
        "license": catalogue.site.licence.get("address"),
        "isBasedOn": [f"{_base()}/da/{paper.TABLES['da']}/{table}" for table in tables],
    }
    return block(told)


def block(told: object) -> Markup:
    """No end of a script can be written inside it."""
    written = json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")
    return Markup(f'<script type="application/ld+json">{written}</script>')  # noqa: S704  # escaped above

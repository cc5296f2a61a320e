"""The files beside the figures, as the document describes them: feeds, dates, releases, classifications, articles."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from service.openapi import shapes

Part = dict[str, Any]
JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Paper:
    """An address in Danish and in English, with names in braces; `endings` are given as one of them is asked for."""

    name: str
    da: str
    en: str
    summary: str
    types: tuple[str, ...]
    endings: tuple[str, ...] = ()


PAPERS: Final = (
    Paper("feed", "/da/nyt.atom", "/en/news.atom", "What is new in the bank", ("application/atom+xml",)),
    Paper(
        "feed_of_subject",
        "/da/emne/{subject}.atom",
        "/en/subject/{subject}.atom",
        "What is new in a subject, named by its slug",
        ("application/atom+xml",),
    ),
    Paper(
        "feed_of_table",
        "/da/tabel/{table}.atom",
        "/en/table/{table}.atom",
        "The releases of a table",
        ("application/atom+xml",),
    ),
    Paper(
        "feed_of_api",
        "/da/api/aendringer.atom",
        "/en/api/changes.atom",
        "What changes for programs",
        ("application/atom+xml",),
    ),
    Paper("calendar", "/da/kalender.ics", "/en/calendar.ics", "Releases to come", ("text/calendar",)),
    Paper(
        "releases",
        "/da/tabel/{table}/udgivelser.json",
        "/en/table/{table}/releases.json",
        "What each release of a table changed, from shown figures only",
        (JSON,),
    ),
    Paper(
        "classification",
        "/da/klassifikation/{classification}.{ending}",
        "/en/classification/{classification}.{ending}",
        "Codes, levels and texts of a classification",
        (JSON, "text/csv"),
        ("csv", "json"),
    ),
    Paper(
        "article",
        "/da/nyt/{article}.{ending}",
        "/en/news/{article}.{ending}",
        "An article and its figures",
        (JSON, "application/zip"),
        ("json", "zip"),
    ),
)
ALONE: Final = (
    ("sitemap", "/sitemap.xml", "Every page", "application/xml"),
    ("robots", "/robots.txt", "What crawlers may read", "text/plain"),
    ("description", "/openapi.json", "This document", JSON),
)


def papers(refusals: Mapping[str, Part]) -> Iterator[tuple[str, Mapping[str, Part]]]:
    for paper in PAPERS:
        for lang, path in (("da", paper.da), ("en", paper.en)):
            operation: Part = {
                "operationId": f"{paper.name}_{lang}",
                "summary": f"{paper.summary}, in {'Danish' if lang == 'da' else 'English'}",
                "tags": ["Files"],
                "parameters": [*_named(path, paper), {"in": "query", "schema": shapes.AsOf}],
                "responses": {
                    "200": {"description": paper.summary, "content": {media_type: {} for media_type in paper.types}},
                    **refusals,
                },
            }
            yield path, {"get": operation}
    for name, path, summary, media_type in ALONE:
        responses: Part = {"200": {"description": summary, "content": {media_type: {}}}, **refusals}
        yield path, {"get": {"operationId": name, "summary": summary, "tags": ["Files"], "responses": responses}}


def _named(path: str, paper: Paper) -> Iterator[Part]:
    for name in ("subject", "table", "classification", "article", "ending"):
        if f"{{{name}}}" in path:
            schema: Part = {"type": "string"}
            if name == "ending":
                schema["enum"] = list(paper.endings)
            yield {"in": "path", "name": name, "required": True, "schema": schema}

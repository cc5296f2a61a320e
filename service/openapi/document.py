"""The document itself: each address, its keys from the schemas, its answers and its refusals."""

from collections.abc import Iterator, Mapping
from typing import Final

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from service import files
from service.dst.data import OFFERED
from service.openapi import shapes
from service.openapi.calculator import calculator
from service.openapi.papers import JSON, PROBLEM, Part, papers
from tables.model import Site

VERSION: Final = "3.1.0"
KEYS: Final = {
    "in": "query",
    "name": "variables",
    "style": "form",
    "explode": True,
    "description": "A key for each variable, in any case: codes between commas, *, range(a,b), top(3), from(2018).",
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
}
REFUSALS: Final = {
    "400": "The question cannot be answered; the answer says how to mend it.",
    "404": "Unknown, or not released yet.",
    "410": "Withdrawn, with its notice.",
    "413": "Too many cells.",
    "503": "Try again in a moment.",
}


def document(site: Site, base: str) -> Part:
    """OpenAPI 3.1 of everything public; texts in English, as its readers are programs."""
    made = APISpec(
        title=f"{site.name['en']}: API",
        version="1",
        openapi_version=VERSION,
        info={
            "description": "Figures as their release has them; hidden cells have a sign and never a number.",
            "contact": {"name": site.contact.name["en"], "email": site.contact.email},
            "license": {"name": site.licence.get("id", ""), "url": site.licence.get("address", "")},
        },
        servers=[{"url": base}],
        tags=[
            {"name": "StatBank API v1", "description": "The protocol of Statistics Denmark's StatBank."},
            {"name": "Files", "description": "Figures as a file or a picture, and what there is beside them."},
            {"name": "Investment model", "description": "What a social measure costs and may save."},
            {"name": "Embedding", "description": "Frames, and oEmbed for those who show them."},
            {"name": "Health", "description": "For whoever watches the service."},
        ],
        plugins=[MarshmallowPlugin()],
    )
    for path, operations in (
        *_dst(),
        *_files(),
        *papers(_refusals(shapes.Problem, PROBLEM)),
        *calculator(_refusals(shapes.Problem, PROBLEM)),
        *_embedding(),
        *_health(),
    ):
        made.path(path=path, operations=dict(operations))
    return made.to_dict()


def _dst() -> Iterator[tuple[str, Mapping[str, Part]]]:
    listed: list[tuple[str, type[Schema], str]] = [
        ("subjects", shapes.Subjects, "Subjects and their tables"),
        ("tables", shapes.Tables, "All tables"),
        ("tableinfo", shapes.TableInfo, "Variables and values of a table"),
    ]
    for name, shape, summary in listed:
        yield (
            f"/v1/{name}",
            {
                "get": _asked(f"get_{name}", summary, shape),
                "post": _posted(f"post_{name}", summary, shape),
            },
        )
    ids = {
        "in": "path",
        "name": "ids",
        "required": True,
        "schema": {"type": "string"},
        "description": "Between commas.",
    }
    yield (
        "/v1/subjects/{ids}",
        {"get": _asked("subjects_by_id", "Subjects with what is below them", shapes.Subjects, ids)},
    )
    yield "/v1/tableinfo/{table}", {"get": _asked("table", "Variables and values of a table", shapes.Lang, _table())}
    formats = {"in": "path", "name": "format", "required": True, "schema": {"type": "string", "enum": list(OFFERED)}}
    yield (
        "/v1/data/{table}/{format}",
        {
            "get": {
                **_asked("get_data", "Figures", shapes.Presented, _table(), formats, KEYS),
                **_figures(shapes.Refused),
            }
        },
    )
    named = {**formats, "in": "query"}
    yield (
        "/v1/data/{table}",
        {
            "get": {
                **_asked("get_data_as", "Figures, the format as a key", shapes.Presented, _table(), named, KEYS),
                **_figures(shapes.Refused),
            }
        },
    )
    yield "/v1/data", {"post": {**_posted("post_data", "Figures", shapes.DataBody), **_figures(shapes.Refused)}}


def _asked(name: str, summary: str, shape: type[Schema], *more: Part) -> Part:
    return {
        "operationId": name,
        "summary": summary,
        "tags": ["StatBank API v1"],
        "parameters": [*more, {"in": "query", "schema": shape}],
        "responses": {"200": {"description": summary, "content": {"text/json": {}}}, **_refusals(shapes.Refused, JSON)},
    }


def _posted(name: str, summary: str, shape: type[Schema]) -> Part:
    return {
        "operationId": name,
        "summary": summary,
        "tags": ["StatBank API v1"],
        "requestBody": {"required": True, "content": {JSON: {"schema": shape}}},
        "responses": {"200": {"description": summary, "content": {"text/json": {}}}, **_refusals(shapes.Refused, JSON)},
    }


def _figures(refused: type[Schema]) -> Part:
    types = sorted({offered.media_type.partition(";")[0] for offered in OFFERED.values()})
    content: Part = {media_type: {} for media_type in types}
    return {"responses": {"200": {"description": "The figures", "content": content}, **_refusals(refused, JSON)}}


def _refusals(shape: type[Schema], media_type: str) -> Part:
    return {
        status: {"description": text, "content": {media_type: {"schema": shape}}} for status, text in REFUSALS.items()
    }


def _table() -> Part:
    text = "Id of a table, in any case."
    return {"in": "path", "name": "table", "required": True, "description": text, "schema": {"type": "string"}}


def _files() -> Iterator[tuple[str, Mapping[str, Part]]]:
    endings = {"in": "path", "name": "ending", "required": True}
    for lang, word in (("da", "tabel"), ("en", "table")):
        content: Part = {each.format.media_type.partition(";")[0]: {} for each in files.ENDINGS.values()}
        operation: Part = {
            "operationId": f"file_{lang}",
            "summary": f"Figures as a file, texts in {'Danish' if lang == 'da' else 'English'}",
            "tags": ["Files"],
            "parameters": [
                _table(),
                {**endings, "schema": {"type": "string", "enum": list(files.ENDINGS)}},
                {"in": "query", "schema": shapes.Site},
                KEYS,
            ],
            "responses": {
                "200": {"description": "The file", "content": content},
                **_refusals(shapes.Problem, PROBLEM),
            },
        }
        yield f"/{lang}/{word}/{{table}}.{{ending}}", {"get": operation}
    whole = {"200": {"description": "All whole-table files", "content": {JSON: {"schema": shapes.Whole}}}}
    yield (
        "/alt.json",
        {"get": {"operationId": "whole", "summary": "All whole-table files", "tags": ["Files"], "responses": whole}},
    )
    parts = {**endings, "schema": {"type": "string", "enum": ["parquet", "csv.gz"]}}
    packed: Part = {"application/vnd.apache.parquet": {}, "application/gzip": {}}
    yield (
        "/alt/{table}.{ending}",
        {
            "get": {
                "operationId": "whole_table",
                "summary": "A whole table as it was released",
                "tags": ["Files"],
                "parameters": [_table(), parts, {"in": "query", "schema": shapes.AsOf}],
                "responses": {
                    "200": {"description": "The file", "content": packed},
                    **_refusals(shapes.Problem, PROBLEM),
                },
            }
        },
    )


def _embedding() -> Iterator[tuple[str, Mapping[str, Part]]]:
    page: Part = {"text/html": {}}
    frame: Part = {status: {"description": text, "content": page} for status, text in REFUSALS.items()}
    yield (
        "/embed/{table}",
        {
            "get": {
                "operationId": "frame",
                "summary": "A table or chart in a frame any page may show",
                "tags": ["Embedding"],
                "parameters": [_table(), {"in": "query", "schema": shapes.Frame}, KEYS],
                "responses": {"200": {"description": "The frame", "content": page}, **frame},
            }
        },
    )
    answers: Part = {"200": {"description": "How to show it", "content": {JSON: {"schema": shapes.Embedded}}}}
    refusals = _refusals(shapes.Problem, PROBLEM)
    refusals["501"] = {"description": "Another format than json.", "content": {PROBLEM: {"schema": shapes.Problem}}}
    yield (
        "/oembed",
        {
            "get": {
                "operationId": "oembed",
                "summary": "How a page of ours is shown by others",
                "tags": ["Embedding"],
                "parameters": [{"in": "query", "schema": shapes.Oembed}],
                "responses": {**answers, **refusals},
            }
        },
    )


def _health() -> Iterator[tuple[str, Mapping[str, Part]]]:
    for path, text in (("livez", "The process answers"), ("readyz", "It may be sent readers")):
        responses: Part = {"200": {"description": text, "content": {"text/plain": {}}}}
        if path == "readyz":
            responses["503"] = {"description": "Not yet", "content": {"text/plain": {}}}
        yield f"/{path}", {"get": {"operationId": path, "summary": text, "tags": ["Health"], "responses": responses}}

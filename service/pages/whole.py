"""Whole tables, as the release wrote them: the list for people, the one for machines, and the files (ux §9)."""

import json
from collections.abc import Iterator
from typing import Final

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.utils import send_file

from service import http, paper
from service.formats.format import WRITING
from service.pages.room import BLUEPRINT, answer, both, phrase
from tables.errors import NotFound
from tables.model import LANGUAGES, File, Lang, Release

ROLES: Final = {"parquet": "cells", "csv.gz": "download"}
TYPES: Final = {"parquet": "application/vnd.apache.parquet", "csv.gz": "application/gzip"}


def whole(lang: Lang) -> ResponseReturnValue:
    pin = paper.pin()
    rows = [(release, tuple(_files(pin, release))) for release in pin.catalogue.releases.values()]
    return answer(pin, "whole", lang, "whole.html", heading=phrase("whole", lang), rows=rows)


@BLUEPRINT.get("/alt.json")
def machine() -> ResponseReturnValue:
    """One entry a table in force; a withdrawn one has no files."""
    pin = paper.pin()

    def make() -> bytes:
        tables = [_entry(pin, release) for release in pin.catalogue.releases.values()]
        return json.dumps({"tables": tables}, ensure_ascii=False, indent=1).encode()

    return paper.answer(pin, ("alt",), paper.JSON, make)


def _entry(pin: http.Pin, release: Release) -> dict[str, object]:
    url = http.counter().settings.url
    asof = f"?{http.AS_OF_KEY}={release.instant}" if pin.asof else ""
    return {
        "id": release.table.id,
        "title": {lang: release.table.description(lang) for lang in LANGUAGES},
        "release": release.id,
        "updated": release.updated.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "files": [
            {
                "url": f"{url}/alt/{release.table.id}.{ending}{asof}",
                "format": ending,
                "bytes": file.bytes,
                "sha256": file.sha256,
            }
            for ending, file in _files(pin, release)
        ],
    }


def _files(pin: http.Pin, release: Release) -> Iterator[tuple[str, File]]:
    if release.id in pin.catalogue.withdrawn:
        return
    source = release.source or release.act
    for ending, role in ROLES.items():
        for path, file in source.files.items():
            if path.startswith(f"{release.table.id}/") and file.role == role:
                yield ending, file


@BLUEPRINT.get("/alt/<name>")
def file(name: str) -> ResponseReturnValue:
    """The bytes of the act; what is masked is masked there."""
    code, _, ending = name.partition(".")
    if ending not in ROLES:
        raise NotFound(
            f"Filen findes ikke; brug {code}.parquet eller {code}.csv.gz.",
            f"There is no such file; use {code}.parquet or {code}.csv.gz.",
        )
    pin = paper.pin()
    release = pin.release(code)
    path = http.counter().bank.file(release, ROLES[ending])
    reply = http.Reply(release.id, release.updated, ("alt", ending, WRITING), TYPES[ending])
    response = http.respond(pin, reply, lambda: [b""])
    if response.status_code == 304:
        return response
    sent = send_file(
        path,
        request.environ,
        mimetype=TYPES[ending],
        as_attachment=True,
        download_name=f"{release.table.id}.{ending}",
        conditional=False,
        etag=reply.etag,
        response_class=Response,
    )
    for key, value in response.headers.items():
        if key not in {"Content-Length", "Content-Type"}:
            sent.headers[key] = value
    sent.make_conditional(request, accept_ranges=True, complete_length=path.stat().st_size)
    return sent


for _rule, _lang in both("whole"):
    BLUEPRINT.add_url_rule(_rule, "whole", whole, defaults={"lang": _lang})

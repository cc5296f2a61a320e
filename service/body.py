"""The body of a request: read within the limit, then as strict JSON where every number stays the text it was."""

import json
from typing import NoReturn

from flask import request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

DEPTH = 16


class NotJson(ValueError):
    """Not a JSON object, or not one we read: a key twice, too deep, text that is not Unicode."""


def read(limit: int) -> bytes:
    """The whole body; one byte past the limit is refused, also when it comes in chunks."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in {"", "identity"}:
        raise UnsupportedMediaType
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge
    raw = bytearray()
    try:
        while len(raw) <= limit and (piece := request.stream.read(limit + 1 - len(raw))):
            raw += piece
    except (OSError, ParseException) as error:  # broken chunks, or the client left
        raise BadRequest from error
    if len(raw) > limit:
        raise RequestEntityTooLarge
    return bytes(raw)


def document(raw: bytes) -> dict[str, object]:
    """A JSON object of text, true, false, null, lists and objects; numbers as they were written."""
    try:
        found = json.loads(
            raw.decode("utf-8-sig"), object_pairs_hook=_pairs, parse_int=str, parse_float=str, parse_constant=_constant
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise NotJson from error
    if not isinstance(found, dict):
        raise NotJson
    _sound(found, 1)
    return found


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    folded: set[str] = set()
    for key, value in pairs:
        if key.casefold() in folded:
            raise NotJson(key)
        folded.add(key.casefold())
        found[key] = value
    return found


def _constant(name: str) -> NoReturn:
    raise NotJson(name)


def _sound(value: object, depth: int) -> None:
    if depth > DEPTH:
        raise NotJson
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise NotJson
    elif isinstance(value, dict):
        for key, inner in value.items():
            _sound(key, depth)
            _sound(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _sound(inner, depth + 1)

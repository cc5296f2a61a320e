"""How an error becomes a sentence outside the protocols: the same text on pages, frames and files."""

import json
from collections.abc import Callable
from typing import TypeAlias

from flask import request

from service.texts import STATUS
from tables.errors import InvalidQuery, Publisher, StatbankError
from tables.model import Lang, Text

Worded: TypeAlias = tuple[int, bytes, str]  # status, body, media type
Words: TypeAlias = Callable[[Exception, int], Worded]
PROBLEM = "application/problem+json; charset=utf-8"
TITLES = {
    400: Text("Ugyldig forespørgsel", "Invalid request"),
    404: Text("Findes ikke", "Not found"),
    405: Text("Metoden kan ikke bruges", "Method not allowed"),
    410: Text("Trukket tilbage", "Withdrawn"),
    413: Text("For mange celler", "Too many cells"),
    501: Text("Formatet findes ikke", "No such format"),
    503: Text("Prøv igen om lidt", "Try again in a moment"),
}


def path_lang() -> Lang:
    """The language of a page is in its path; a frame says it in `lang`."""
    first = request.path.split("/")[1]
    asked = first if first in {"da", "en"} else request.args.get("lang")
    return "en" if asked == "en" else "da"


def sentence(error: Exception, status: int, lang: Lang) -> str:
    if isinstance(error, StatbankError) and not isinstance(error, Publisher):
        return error.text[lang]
    return STATUS.get(status, STATUS[500])[lang]


def title(status: int, lang: Lang) -> str:
    return TITLES.get(status, STATUS[500])[lang]


def problem(error: Exception, status: int, lang: Lang) -> Worded:
    """RFC 9457, for those who asked for a file."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": title(status, lang),
        "status": status,
        "detail": sentence(error, status, lang),
    }
    if isinstance(error, InvalidQuery) and error.dimension:
        named = {"param": error.dimension, "value": error.value, "suggestions": list(error.near)}
        body["errors"] = [named]
    return status, json.dumps(body, ensure_ascii=False).encode(), PROBLEM

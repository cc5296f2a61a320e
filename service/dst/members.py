"""What a caller of DST v1 sent: members of the body or the query, in any case and type the clients use (DST §1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import g, request

from service import body
from service.dst import wording
from service.dst.wording import EMPTY, FORMAT_MISSING, LANGUAGE, Refusal
from service.http import X_KEYS, counter
from tables.bank import split
from tables.model import Lang


@dataclass(frozen=True, slots=True)
class Members:
    """Values by folded name: text, true, false, lists and objects; what was not given is not there."""

    given: Mapping[str, object]
    query: Mapping[str, tuple[str, list[str]]]  # of the address alone: as it was written first, and its values
    lang: Lang

    def text(self, name: str) -> str:
        value = self.given.get(name, "")
        if isinstance(value, list):
            value = value[0] if value else ""
        return value.strip() if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        return as_texts(self.given.get(name))

    def flag(self, name: str) -> bool:
        """DST §1: what is not true counts as false."""
        return as_flag(self.given.get(name))

    def number(self, name: str) -> int | None:
        """DST §1: what is not a whole number counts as not given; danstat sends NA."""
        value = self.text(name)
        return int(value) if re.fullmatch(r"-?\d{1,9}", value) else None


def as_flag(value: object) -> bool:
    if isinstance(value, list):
        value = value[0] if value else False
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def as_texts(value: object) -> tuple[str, ...]:
    """A list of texts, or the one text that stands where a list is expected."""
    found = value if isinstance(value, list) else [value]
    return tuple(_plain(each) for each in found if isinstance(each, str | bool))


def _plain(value: str | bool) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else value


def listed(values: list[str]) -> tuple[str, ...]:
    """The parts of comma lists; a key sent several times is one list (DST §1)."""
    return tuple(part.strip() for value in values for part in split(value) if part.strip())


def members(**path: str) -> Members:
    """DST §3: the body parses, then the language is known. The path wins over the body, the body over the query."""
    query: dict[str, tuple[str, list[str]]] = {}
    for key, value in request.args.items(multi=True):
        query.setdefault(key.casefold(), (key, []))[1].append(value)
    posted = _posted() if request.method == "POST" else {}
    given: dict[str, object] = {name: values for name, (_, values) in query.items()}
    given |= posted
    given |= {name: value for name, value in path.items() if value}
    lang = _lang(given)
    g.dst_lang = lang
    for key in given:
        if key.startswith("x-") and key not in X_KEYS:
            raise wording.no_key(key)
    return Members(given, query, lang)


def _posted() -> dict[str, object]:
    try:
        found = body.document(body.read(counter().settings.max_body))
    except body.NotJson as error:
        raise Refusal("REQUEST-EMPTY", EMPTY, bilingual=True) from error
    return {key.casefold(): value for key, value in found.items() if value is not None}


def _lang(given: Mapping[str, object]) -> Lang:
    asked = given.get("lang", "")
    if isinstance(asked, list):
        asked = asked[0] if asked else ""
    sent = asked.strip().lower() if isinstance(asked, str) else "?"
    if sent == "en":
        return "en"
    if sent in {"", "da"}:
        return "da"
    raise Refusal("REQUEST-LANGUAGE", LANGUAGE, bilingual=True)


def only_json(asked: Members) -> None:
    """DST §12: metadata is JSON; XML is not served."""
    if asked.text("format").lower() not in {"", "json"}:
        raise Refusal("REQUEST-MISSING", FORMAT_MISSING)

"""The keys of an address as they were sent: ours, variables, code lists, and what others hang on links (ux §1)."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final
from urllib.parse import quote, urlencode

from flask import request

from service import http
from tables.bank import of_level, split, variable
from tables.errors import InvalidQuery
from tables.model import Table

FOREIGN: Final = ("utm_", "fbclid", "gclid")  # what others hang on links
LAID: Final = ("rows", "columns", "view", "sort", "calc", "base")  # how it is shown; every other key is a variable
SAFE: Final = ",:*()[]@"
LISTED: Final = re.compile(r"codelist\[(.*)\]", re.IGNORECASE)
Keys = Mapping[str, str]


def written(keys: Mapping[str, str | None]) -> str:
    return urlencode({key: text for key, text in keys.items() if text}, quote_via=quote, safe=SAFE)


def named(table: Table, key: str) -> str:
    """The variable a key is about; a slip in one of our own keys is told apart from one in a variable."""
    folded = key.casefold()
    try:
        return variable(table, key)
    except InvalidQuery as error:
        near = get_close_matches(folded, LAID, 1, 0.75)
        if not near or (error.near and error.near[0].casefold() == folded):
            raise
        raise InvalidQuery(
            f"Nøglen {key} findes ikke. Mente du {near[0]}?",
            f"There is no key {key}. Did you mean {near[0]}?",
            reason="key",
            dimension=key,
            near=near,
        ) from error


def split_codes(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def foreign(key: str) -> bool:
    return key.casefold().startswith(FOREIGN)


def sent_keys(own: frozenset[str]) -> dict[str, str]:
    """The keys as sent; the same key twice is one list."""
    found: dict[str, str] = {}
    for key, value in request.args.items(multi=True):
        folded = key.casefold()
        if folded in own or foreign(key) or not value.strip():
            continue
        if folded.startswith("x-") and folded != http.AS_OF_KEY:
            raise InvalidQuery(f"Nøglen {key} findes ikke.", f"There is no key {key}.", reason="key", dimension=key)
        name = folded if folded in (*LAID, http.AS_OF_KEY) else key
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def by_variable(table: Table, sent: Keys) -> dict[str, str]:
    """Our keys, and variables by their codes; a code list is settled into the codes it stands for.

    A list whose variable is not asked for is passed over (pxwebapi2 §2.4).
    """
    lists = {named(table, match[1]): sent[key] for key in sent if (match := LISTED.fullmatch(key))}
    keys = {key if key in LAID else named(table, key): text for key, text in sent.items() if not LISTED.fullmatch(key)}
    for code, name in lists.items():
        chosen = of_level(table, code, name, split(keys.get(code, "*")))
        if code in keys:
            keys[code] = ",".join(f"[{each}]" if "," in each else each for each in chosen)
    return keys

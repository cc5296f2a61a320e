"""A question that cannot be answered, told on the page itself: what is wrong, and links that mend it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask import request

from service import http
from service.keys import LAID, LISTED, named, written
from service.pages.choice import readable
from service.pages.room import phrase
from service.wording import sentence
from tables.bank import split
from tables.errors import InvalidQuery, TooManyCells
from tables.model import CONTENTS, Lang, Table

LARGEST: Final = 3
NEAREST: Final = 2


@dataclass(frozen=True, slots=True)
class Refusal:
    """`key`: the site key at fault, `dimension`: the variable at fault; either may be empty."""

    status: int
    title: str
    message: str
    links: tuple[tuple[str, str], ...]
    key: str
    dimension: str
    cells: int


def refusal(table: Table, error: InvalidQuery, lang: Lang, path: str) -> Refusal:
    status = 413 if isinstance(error, TooManyCells) else 400
    fault = error.dimension if error.dimension in LAID else ""
    asked = error.asked if isinstance(error, TooManyCells) else 0
    message = sentence(error, status, lang)
    if isinstance(error, TooManyCells):
        message = phrase("too_many", lang, n=error.asked, most=error.allowed, largest=_largest(table, lang))
    known = {dimension.code for dimension in table.dimensions}
    dimension = error.dimension if error.dimension in known else ""
    return Refusal(
        status,
        phrase("refused_413" if status == 413 else "refused", lang),
        message,
        tuple(_links(table, error, lang, path)),
        fault,
        dimension,
        asked,
    )


def _links(table: Table, error: InvalidQuery, lang: Lang, path: str) -> Iterator[tuple[str, str]]:
    sent = {key: value for key, value in request.args.items() if value.strip()}
    if isinstance(error, TooManyCells):
        if error.asked <= http.counter().settings.max_cells:
            yield phrase("as_file", lang), f"{path}.csv?{written(sent)}"
        yield phrase("whole_table", lang), f"/alt/{table.id}.csv.gz"
    for near in error.near[:NEAREST]:
        changed = _replaced(table, sent, error, near)
        if changed is not None:
            yield phrase("use_instead", lang, text=_named(table, error.dimension, near, lang)), f"{path}?{changed}"
    if fault := next((key for key in sent if key.casefold() == error.dimension.casefold()), ""):
        rest = written({key: value for key, value in sent.items() if key != fault})
        yield phrase("without", lang, key=fault), f"{path}?{rest}" if rest else path
    elif "calc" in sent:
        rest = written({key: value for key, value in sent.items() if key not in ("calc", "base")})
        yield phrase("without", lang, key="calc"), f"{path}?{rest}" if rest else path
    yield phrase("first_view", lang), path


def _replaced(table: Table, sent: dict[str, str], error: InvalidQuery, near: str) -> str | None:
    """The address with the faulty part put right."""
    if error.reason == "variable":
        if near == CONTENTS:
            return None
        return written({near if key == error.dimension else key: value for key, value in sent.items()})
    if error.dimension in LAID or LISTED.fullmatch(error.dimension):
        kept = {key: value for key, value in sent.items() if key.casefold() != error.dimension.casefold()}
        return written({**kept, error.dimension: near})
    if error.reason == "value":
        return written({key: _part(table, key, value, error, near) for key, value in sent.items()})
    if error.reason == "key" and near in LAID:
        return written({near if key == error.dimension else key: value for key, value in sent.items()})
    return None


def _part(table: Table, key: str, value: str, error: InvalidQuery, near: str) -> str:
    try:
        mine = key.casefold() not in LAID and named(table, key) == error.dimension
    except InvalidQuery:
        return value
    return ",".join(near if part.strip() == error.value else part for part in split(value)) if mine else value


def _named(table: Table, code: str, near: str, lang: Lang) -> str:
    """A value or a variable by its text and code."""
    for dimension in table.dimensions:
        if dimension.code == near:
            return f"{dimension.text[lang]} ({near})"
        if dimension.code == code and near in dimension.index:
            return f"{dimension.values[dimension.index[near]].text[lang]} ({near})"
    if code == CONTENTS:
        return next((measure.text[lang] for measure in table.measures if measure.code == near), near)
    return near


def _largest(table: Table, lang: Lang) -> str:
    """The variables with most chosen values: where cutting helps."""
    sent = {key: value for key, value in request.args.items() if value.strip()}
    chosen = readable(table, sent)
    sizes = sorted(((len(codes), code) for code, codes in chosen.items() if code != CONTENTS), reverse=True)
    return ", ".join(f"{table.dimension(code).text[lang]} ({size})" for size, code in sizes[:LARGEST])

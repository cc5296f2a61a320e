"""A page for each area: its newest figures of all tables beside those of the whole, and what has changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from service import http, paper
from service.formats import numbers
from service.formats.head import unit
from service.formats.signs import BY_BYTE
from service.formats.sorting import LAST
from service.formats.table import digits, legend
from service.keys import written
from service.pages.room import BLUEPRINT, address, answer, both, phrase
from tables.bank import Classification
from tables.errors import Gone, InvalidQuery, NotFound, TableDamaged
from tables.model import CONTENTS, Derive, Dimension, Lang, Query, Release

NEWEST: Final = "top(1)"
NOTHING: Final = Markup("")


@dataclass(frozen=True, slots=True)
class Asked:
    """One area on one page; `used` gathers the states that occur."""

    pin: http.Pin
    code: str
    lang: Lang
    used: set[int]


@dataclass(frozen=True, slots=True)
class Row:
    """A measure of a table: the area's number, its change, the number of the whole. Without numbers the link alone."""

    release: Release
    address: str
    text: str
    unit: str = ""
    period: str = ""
    own: Markup = NOTHING
    change: Markup = NOTHING
    whole: Markup = NOTHING


def listed(lang: Lang) -> ResponseReturnValue:
    pin = paper.pin()
    found, level = _areas(pin)
    groups: dict[str, list[Mapping[str, str]]] = {}
    for code in found.codes(level):
        above = found.ancestors(code)
        top = found.row(above[-2] if len(above) > 1 else above[-1] if above else code)[lang]
        groups.setdefault(top, []).append(found.row(code))
    return answer(
        pin,
        "areas",
        lang,
        "areas.html",
        heading=phrase("areas", lang),
        groups={name: sorted(rows, key=lambda row: _danish(row[lang])) for name, rows in groups.items()},
    )


def area(code: str, lang: Lang) -> ResponseReturnValue:
    pin = paper.pin()
    found, level = _areas(pin)
    if code not in found.codes(level):
        raise NotFound("Der er ingen side om det område.", "There is no page about that area.")
    return answer(
        pin,
        "area",
        lang,
        "area.html",
        heading=found.row(code)[lang],
        code=code,
        above=[found.row(each)[lang] for each in found.ancestors(code)],
        trail=[(phrase("areas", lang), address(lang, "area"))],
        **_figures(pin, found.id, code, lang),
    )


def _areas(pin: http.Pin) -> tuple[Classification, str]:
    """The list and the level whose areas have pages."""
    asked = pin.catalogue.site.area_pages
    found = http.counter().bank.classifications(pin.catalogue).get(asked["classification"]) if asked else None
    if asked is None or found is None:
        raise NotFound("Her er ingen sider om områder.", "There are no pages of areas here.")
    return found, asked["level"]


def _figures(pin: http.Pin, classification: str, code: str, lang: Lang) -> dict[str, object]:
    asked = Asked(pin, code, lang, set())
    rows: list[Row] = []
    for release in pin.catalogue.releases.values():
        for dimension in release.table.dimensions:
            if dimension.classification == classification and code in dimension.index and http.has_figures(release):
                rows += _rows(asked, release, dimension)
                break
    sources = dict.fromkeys(row.release.table.source[lang] for row in rows)
    return {"rows": rows, "signs": legend(asked.used, lang), "sources": tuple(sources)}


def _rows(asked: Asked, release: Release, dimension: Dimension) -> Iterator[Row]:
    """What a table says of the area: a line a measure, or the link alone where a variable has no total."""
    table, lang = release.table, asked.lang
    path = address(lang, "table", table.id)
    total = dimension.elimination if dimension.elimination in dimension.index else None
    codes = [asked.code, total] if total else [asked.code]
    try:
        chosen = {dimension.code: codes, table.time.code: [NEWEST]}
        plain = http.counter().bank.ask(asked.pin.catalogue, table.id, chosen, "site")
        cells = _cells(asked, plain, dimension)
    except (InvalidQuery, Gone, TableDamaged):
        yield Row(release, path, table.title[lang])
        return
    changes = _changes(asked, plain, dimension)
    link = f"{path}?{written({dimension.code: ','.join(codes), table.time.code: 'top(5)'})}"
    for place, measure in enumerate(plain.measures):
        title = table.title[lang]
        yield Row(
            release,
            link,
            f"{title}: {measure.text[lang]}" if len(plain.measures) > 1 else title,
            unit(measure, plain, lang),
            plain.picks[table.time.code][-1].text[lang],
            cells[asked.code, place],
            changes.get(place, Markup("\N{EN DASH}")),
            cells[total, place] if total else NOTHING,
        )


def _changes(asked: Asked, plain: Query, dimension: Dimension) -> dict[int, Markup]:
    """Against the period before; nothing where a change cannot be reckoned."""
    table = plain.release.table
    chosen = {dimension.code: [asked.code], table.time.code: [NEWEST]}
    derive = Derive("change", table.time.code, "previous")
    try:
        moved = http.counter().bank.ask(asked.pin.catalogue, table.id, chosen, "site", derive=derive)
    except InvalidQuery:
        return {}
    found = _cells(asked, moved, dimension, signed=True)
    return {place: found[asked.code, place] for place in range(len(moved.measures))}


def _cells(asked: Asked, query: Query, dimension: Dimension, *, signed: bool = False) -> dict[tuple[str, int], Markup]:
    """Every number of a small answer by area and measure, as the page shows it."""
    texts: list[str] = []
    states: list[int] = []
    for block in http.counter().bank.read(query).blocks():
        texts += numbers.texts(block)
        states += block.status.tolist()
    asked.used.update(states)
    found = {}
    for place, (text, state) in enumerate(zip(texts, states, strict=True)):
        spot = dict(zip(query.axes, np.unravel_index(place, query.shape), strict=True))
        code = query.picks[dimension.code][int(spot[dimension.code])].code
        found[code, int(spot[CONTENTS])] = _shown(text, state, asked.lang, signed=signed)
    return found


def _shown(text: str, state: int, lang: Lang, *, signed: bool) -> Markup:
    sign = BY_BYTE[state]
    words = Markup('<span aria-hidden="true">{}</span><span class="vh"> {}</span>').format(sign.mark, sign.text[lang])
    if not sign.number:
        return words
    plus = "+" if signed and float(text) > 0 else ""
    shown = escape(plus + digits(text, lang))
    return shown + words if sign.mark else shown


def _danish(text: str) -> str:
    return text.casefold().translate(LAST)


for _rule, _lang in both("area", "/"):
    BLUEPRINT.add_url_rule(_rule, "areas", listed, defaults={"lang": _lang})
for _rule, _lang in both("area", "/<code>"):
    BLUEPRINT.add_url_rule(_rule, "area", area, defaults={"lang": _lang})

"""The addresses of the calculator; the query is the permalink of page, data and spreadsheet alike."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from service import http, paper
from service.formats.format import WRITING
from service.keys import FOREIGN
from service.soem import book, form, page
from service.soem.asked import Asked, Pairs, read, refused
from service.soem.base import Base, background, base, variables
from service.soem.reckoned import Reckoned, document, reckon
from service.soem.words import HOSTED, WORDS
from service.wording import sentence
from tables.errors import InvalidQuery
from tables.model import Lang
from tables.soem.reasons import texts
from tables.soem.scenario import json_bytes

BLUEPRINT: Final = Blueprint("soem", __name__)
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SAFE: Final = ",:@"
SHORT: Final = 120  # characters of a key or value of an address


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: the instant, what it asks, and how it is written as an address."""

    pin: http.Pin
    base: Base
    pairs: tuple[tuple[str, str], ...]
    address: str


@BLUEPRINT.get("/<any(da, en):lang>/soem")
def calculator(lang: Lang) -> ResponseReturnValue:
    """What cannot be answered is told in the page itself, beside the field, with all that was typed."""
    typed = list(request.args.items(multi=True))
    visit = _visit(_kept(typed))
    try:
        kept = form.sent(_kept(typed))
        if kept != typed:
            return redirect(f"/{lang}/soem?{_written(kept)}" if kept else f"/{lang}/soem", 303)
        asked = read(visit.pairs, visit.base, background(visit.pin, _group(visit))) if visit.pairs else None
    except InvalidQuery as error:
        return Response(_page(visit, None, lang, error), 400, content_type=paper.HTML)
    reply = _reply(visit, ("page", lang, visit.pin.catalogue.key), paper.HTML)
    return http.respond(visit.pin, reply, lambda: [_page(visit, asked, lang)])


def _page(visit: Visit, asked: Asked | None, lang: Lang, error: InvalidQuery | None = None) -> bytes:
    """`error` is what was refused of all that was asked."""
    done = tuple(reckon(wish, visit.base) for wish in asked.wishes) if asked else ()
    group, start = _group(visit), visit.base.estimates.updated.year
    wrong = (error.dimension or "") if error else ""
    shown = form.form(visit.pairs, visit.base, group, start, lang, wrong=wrong)
    compared = form.compared(background(visit.pin, group), variables(visit.pin, lang), visit.pairs, lang, wrong)
    shown = replace(shown, compared=compared)
    other: Lang = "en" if lang == "da" else "da"
    keys = f"?{visit.address}" if visit.address else ""
    return paper.render(
        "soem.html",
        lang,
        visit.pin,
        heading=WORDS["heading"][lang],
        other=f"/{other}/soem{keys}",
        keys=keys,
        say=lambda key, **given: WORDS[key][lang].format(**given) if given else WORDS[key][lang],
        text=lambda key: texts()[key][lang],
        error=form.named(sentence(error, 400, lang), error.dimension or "", shown) if error else "",
        form=replace(shown, carried=form.carried(visit.pairs, shown, lang)),
        columns=page.columns(done, visit.base, lang),
        graph=page.graph(done, lang) if done else "",
        synthetic=HOSTED in visit.base.table.source.da.casefold(),
        asof=visit.pin.asof,
        base_releases=(visit.base.estimates, visit.base.priced),
    )


@BLUEPRINT.get("/<any(da, en):lang>/soem.json")
def data(lang: Lang) -> ResponseReturnValue:
    visit, asked = _asked()

    def make() -> bytes:
        done = [reckon(wish, visit.base) for wish in asked.wishes]
        answer = document(done[0], visit.base)
        if done[1:]:
            answer["scenarier"] = [document(each, visit.base) for each in done[1:]]
        return json_bytes(answer | _told(visit, asked, done, lang))

    return http.respond(visit.pin, _reply(visit, ("json", lang), paper.JSON), lambda: [make()])


@BLUEPRINT.get("/<any(da, en):lang>/soem.xlsx")
def workbook(lang: Lang) -> ResponseReturnValue:
    """Every scenario with sheets of its own; the book itself answers what if."""
    visit, asked = _asked()
    headers = {"Content-Disposition": 'attachment; filename="soem.xlsx"'}
    reply = _reply(visit, ("xlsx", lang), XLSX, headers)

    def make() -> bytes:
        return book.write([reckon(wish, visit.base) for wish in asked.wishes], visit.base, lang)

    return http.respond(visit.pin, reply, lambda: [make()])


def _asked() -> tuple[Visit, Asked]:
    visit = _visit(_kept(list(request.args.items(multi=True))))
    return visit, read(form.sent(visit.pairs), visit.base, background(visit.pin, _group(visit)))


def _visit(sent: Sequence[tuple[str, str]]) -> Visit:
    asof = [text for key, text in sent if key.casefold() == http.AS_OF_KEY]
    for key, text in sent:
        if key.casefold().startswith("x-") and key.casefold() != http.AS_OF_KEY:
            raise refused(key[:SHORT], text[:SHORT], "nøglen findes ikke", "there is no such key")
    pin = http.pin(asof[0] if asof else None)
    pairs = tuple((key, text) for key, text in sent if key.casefold() != http.AS_OF_KEY)
    return Visit(pin, base(pin), pairs, _written(sent))


def _kept(sent: Pairs) -> list[tuple[str, str]]:
    """Without what the form left blank and what others hang on links."""
    return [(key, text) for key, text in sent if text.strip() and not key.casefold().startswith(FOREIGN)]


def _group(visit: Visit) -> tuple[str, str]:
    """The group whose background is shown: the first scenario's, or the first there is."""
    chosen = dict(reversed(visit.pairs))
    name = chosen.get("maalgruppe", visit.base.groups[0][0])
    ages = [age for group, age in visit.base.groups if group == name]
    age = chosen.get("aldersgruppe", ages[0] if ages else "")
    return (name, age) if age in ages else visit.base.groups[0]


def _written(pairs: Sequence[tuple[str, str]]) -> str:
    return urlencode(pairs, quote_via=quote, safe=SAFE)


def _reply(visit: Visit, parts: tuple[str, ...], media_type: str, headers: dict[str, str] | None = None) -> http.Reply:
    newest = max((visit.base.estimates, visit.base.priced), key=lambda release: release.updated)
    parts = ("soem", *parts, visit.base.estimates.id, visit.base.priced.id, visit.address, WRITING)
    return http.Reply(newest.instant, newest.updated, parts, media_type, headers or {})


def _told(visit: Visit, asked: Asked, done: Sequence[Reckoned], lang: Lang) -> dict[str, object]:
    """Where the figures come from, and the sentences that go with them everywhere."""
    keys = ["ikke_aarsag", "vejledende", "umaalt", "flytning"]
    keys += ["negativt"] if any(each.result.net < 0 for each in done) else []
    keys += ["syntetisk"] if HOSTED in visit.base.table.source.da.casefold() else []
    released = {"SOEM01": visit.base.estimates.id, "SOEM03": visit.base.priced.id}
    told: dict[str, object] = {"udgivelser": released, "tekster": {key: texts()[key][lang] for key in keys}}
    return told | ({"egen_gruppe": dict(asked.means)} if asked.means else {})


@BLUEPRINT.after_request
def _language(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = request.path.split("/")[1]
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return response

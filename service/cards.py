"""Social cards: 1200 × 630 with title, table, source and date, and the chart where there is one (ux §5)."""

import re
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Final

from flask import Blueprint
from flask.typing import ResponseReturnValue

from service import http, paper, texts
from service.charts import picture, reason, renderer
from service.files import drawn_as
from service.formats.format import WRITING
from service.news.page import find
from service.sitekeys import SHAPES, View, view
from tables.errors import NotFound
from tables.model import Lang, Site

BLUEPRINT: Final = Blueprint("cards", __name__)
PNG: Final = "image/png"
FONT: Final = "IBM Plex Sans, Liberation Sans, sans-serif"
BRAND: Final = "#00508f"
LETTERS, LINES = 50, 3  # of a title
_ROOT: Final = re.compile(r'<svg [^>]*?viewBox="(?P<box>[^"]+)"[^>]*>')


@dataclass(frozen=True, slots=True)
class Card:
    title: str
    facts: tuple[str, ...]
    name: str
    brand: str


def card(site: Site, lang: Lang, title: str, facts: tuple[str, ...]) -> Card:
    return Card(title, facts, site.name[lang], str(site.colours.get("brand", BRAND)))


@BLUEPRINT.get("/da/tabel/<table>.card.png", defaults={"lang": "da"})
@BLUEPRINT.get("/en/table/<table>.card.png", defaults={"lang": "en"})
def of_table(table: str, lang: Lang) -> ResponseReturnValue:
    asked = view(table, allowed=http.counter().settings.max_page_cells, shapes=SHAPES)
    updated = texts.date(asked.release.updated, lang)
    made = card(
        asked.pin.catalogue.site, lang, asked.table.title[lang], (asked.table.id, asked.table.source[lang], updated)
    )
    parts = (asked.query.key, "card", repr(drawn_as(asked)), repr(made), lang, WRITING)
    reply = http.Reply(asked.release.id, asked.release.updated, parts, PNG)
    return http.respond(asked.pin, reply, lambda: [png(made, _chart(asked, lang))])


@BLUEPRINT.get("/da/nyt/<article>.card.png", defaults={"lang": "da"})
@BLUEPRINT.get("/en/news/<article>.card.png", defaults={"lang": "en"})
def of_article(article: str, lang: Lang) -> ResponseReturnValue:
    """As it was drawn at release."""
    pinned = paper.pin()
    found = find(pinned, article)
    path = found.files.get(f"card.{lang}.png")
    if path is None:
        raise NotFound("Artiklen har intet kort.", "The article has no card.")
    instant = found.updated.strftime("%Y-%m-%dT%H%MZ")
    return http.respond(
        pinned, http.Reply(instant, found.updated, (found.id, "card", lang), PNG), lambda: [path.read_bytes()]
    )


def _chart(asked: View, lang: Lang) -> str:
    """The chart of the page; of a table none."""
    if asked.shape == "table" or reason(asked.query, asked.columns, asked.shape) is not None:
        return ""
    answer = http.counter().bank.read(asked.query)
    return picture(answer, lang, drawn_as(asked), renderer.shared).decode()


def png(made: Card, chart: str) -> bytes:
    return renderer.shared().png(drawing(made, chart).encode())


def drawing(made: Card, chart: str = "") -> str:
    """The card as SVG: half as wide as its picture, which is drawn at twice the size."""
    lines = wrap(made.title, LETTERS)
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], f"{lines[LINES - 1]}…"]
    top = 96
    rows = [_text(escape(made.name), 44, 26, "#55606b")]
    for at, line in enumerate(lines):
        rows.append(_text(escape(line), top + 54 * at, 42, "#14181d", weight=700))
    below = top + 54 * len(lines)
    rows.append(_text(escape(" · ".join(made.facts)), below, 26, "#55606b"))
    nested = _ROOT.sub(
        lambda root: f'<svg x="60" y="{below + 24}" width="1080" height="{630 - below - 60}" viewBox="{root["box"]}">',
        chart,
        count=1,
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="315" viewBox="0 0 1200 630">'
        f'<rect width="1200" height="630" fill="#fff"/><rect width="24" height="630" fill="{escape(made.brand)}"/>'
        f"{''.join(rows)}{nested}</svg>"
    )


def _text(words: str, y: int, size: int, colour: str, *, weight: int = 400) -> str:
    face = f'font-family="{FONT}" font-size="{size}" font-weight="{weight}"'
    return f'<text x="60" y="{y}" {face} fill="{colour}">{words}</text>'

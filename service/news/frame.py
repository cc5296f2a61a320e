"""The figures of an article in frames of their own, and as the pictures drawn at release (ux §6)."""

from typing import Final

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from service import http, paper, texts
from service.embed import HTML, chosen_lang, framed
from service.formats.format import WRITING
from service.later import Later, later, mend
from service.news.figures import Drawn, drawn, still
from service.news.page import address, card, find
from service.share import share
from tables.errors import NotFound
from tables.model import Article, Lang

BLUEPRINT: Final = Blueprint("newsframe", __name__)
PICTURES: Final = {"svg": "image/svg+xml; charset=utf-8", "png": "image/png"}


@BLUEPRINT.get("/embed/news/<article>/<number>")
def frame(article: str, number: str) -> ResponseReturnValue:
    digits, _, ending = number.partition(".")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 3:
        raise NotFound("Figuren findes ikke.", "There is no such figure.")
    lang, pinned = chosen_lang(), paper.pin()
    found = find(pinned, article)
    one = drawn(found, int(digits), pinned, lang)
    if ending in PICTURES:
        return _picture(found, one, ending, lang, pinned)
    if ending:
        raise NotFound(f"Formatet .{ending} findes ikke.", f"There is no .{ending}.")
    since = later(one.asked)
    reply = http.Reply(
        release=one.asked.release.id,
        updated=max(one.asked.release.updated, found.updated),
        parts=("figure", found.id, digits, pinned.catalogue.key, lang, *since.told, WRITING),
        media_type=HTML,
        headers={"Link": f'<{http.counter().settings.url}{address(lang, found.id)}>; rel="canonical"'},
        frozen=False,  # the hint about newer figures depends on now
    )
    response = http.respond(pinned, reply, lambda: [_render(found, one, pinned, lang, since)])
    return framed(response, lang, tuple(pinned.catalogue.site.embed_from))


def _picture(article: Article, one: Drawn, ending: str, lang: Lang, pinned: http.Pin) -> ResponseReturnValue:
    path = article.files.get(f"{one.number}.{lang}.{ending}")
    if path is None:
        return redirect(still(one.figure, one.asked, lang, ending))
    reply = http.Reply(
        article.updated.strftime("%Y-%m-%dT%H%MZ"), article.updated, (article.id, path.name, lang), PICTURES[ending]
    )
    response = http.respond(pinned, reply, lambda: [path.read_bytes()])
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _render(article: Article, one: Drawn, pinned: http.Pin, lang: Lang, since: Later) -> bytes:
    site, title = pinned.catalogue.site, one.figure.title[lang]
    told = f"{title}. {article.title[lang]}."
    return render_template(
        "embed.html",
        lang=lang,
        word=lambda key: paper.word(key, lang),
        heading=title,
        titled=True,
        share=share(
            site,
            lang,
            address(lang, article.id),
            title=title,
            description=told,
            picture=card(article, lang),
        ),
        figures=one.shown,
        table=one.untitled,
        picture=one.picture,
        source=one.asked.table.source[lang],
        updated=texts.date(one.asked.release.updated, lang),
        article=(address(lang, article.id), article.title[lang]),
        page=one.page(lang),
        csv=one.page(lang, ".csv"),
        **mend(one.asked, lang, since),
    ).encode()

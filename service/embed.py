"""Frames: a table or a chart that any page may show, in its own small layout (ux §6)."""

from dataclasses import replace
from typing import Final

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from service import answers, http, paper, texts
from service.charts import reason
from service.figures import Shown, shown
from service.formats import PICTURES
from service.formats.format import WRITING
from service.later import Later, later, mend
from service.share import share
from service.sitekeys import SHAPES, View, view
from service.wording import Worded, path_lang, sentence, title
from tables.errors import Gone, InvalidQuery, NotFound
from tables.model import Lang

BLUEPRINT: Final = Blueprint("embed", __name__)
HTML: Final = "text/html; charset=utf-8"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors {}"
)
OWN: Final = frozenset({"lang"})
SCRIPT_SECONDS: Final = 86_400
SERIES: Final = 3  # periods from which a table is drawn as a line


@BLUEPRINT.get("/embed/<table>")
def frame(table: str) -> ResponseReturnValue:
    code, dot, ending = table.partition(".")
    if dot:
        return picture(code, ending)
    lang = chosen_lang()
    asked = view(code, allowed=http.counter().settings.max_page_cells, own=OWN, shapes=SHAPES)
    _drawable(asked)
    since = later(asked)
    reply = http.Reply(
        release=asked.release.id,
        updated=asked.release.updated,
        parts=(asked.query.key, "embed", repr(asked.options), asked.shape, lang, asked.frozen, *since.told, WRITING),
        media_type=HTML,
        headers={"Link": f'<{http.counter().settings.url}{_page(asked, lang, asked.selection)}>; rel="canonical"'},
        frozen=False,  # the hint about newer figures depends on now
    )
    response = http.respond(asked.pin, reply, lambda: [_render(asked, lang, since)])
    return framed(response, lang, tuple(asked.pin.catalogue.site.embed_from))


def picture(code: str, ending: str) -> Response:
    """The same as a still picture."""
    form = next((form for form in PICTURES if form.extension == ending), None)
    if form is None:
        raise NotFound(f"Formatet .{ending} findes ikke.", f"There is no .{ending}.")
    lang = chosen_lang()
    asked = view(code, allowed=http.counter().settings.max_page_cells, own=OWN, shapes=SHAPES)
    options = replace(
        asked.options, view=_drawn(asked), colours=tuple(asked.pin.catalogue.site.colours.get("series", ()))
    )
    reply = http.Reply(
        asked.release.id,
        asked.release.updated,
        (asked.query.key, "picture", repr(options), lang, WRITING),
        form.media_type,
        {"Cross-Origin-Resource-Policy": "cross-origin"},
    )
    return answers.answer(asked.pin, answers.Ready(reply, asked.query, form, options, lang))


def _drawable(asked: View) -> None:
    """Raises InvalidQuery with the reason where the view makes no sense for the question."""
    why = None if asked.shape == "table" else reason(asked.query, asked.columns, asked.shape)
    if why is not None:
        raise InvalidQuery(why.da, why.en, reason="layout", dimension="view", value=asked.shape)


def _drawn(asked: View) -> str:
    """A picture of a table is drawn as a line over several periods, else as bars (ux §5)."""
    if asked.shape != "table":
        return asked.shape
    return "line" if len(asked.query.picks[asked.table.time.code]) >= SERIES else "bar"


def chosen_lang() -> Lang:
    asked = request.args.get("lang", "da")
    if asked not in {"da", "en"}:
        raise InvalidQuery("lang skal være da eller en.", "lang must be da or en.", reason="key", dimension="lang")
    return "en" if asked == "en" else "da"


def _render(asked: View, lang: Lang, since: Later) -> bytes:
    figures: Shown = shown(http.counter().bank.read(asked.query), lang, asked.options)
    site = asked.pin.catalogue.site
    page = _page(asked, lang, asked.frozen)
    return render_template(
        "embed.html",
        lang=lang,
        word=lambda key: paper.word(key, lang),
        heading=figures.title,
        share=share(
            site,
            lang,
            page,
            title=figures.title,
            description=description(asked, figures, lang),
            picture=_page(asked, lang, asked.frozen, ending=".card.png"),
        ),
        figures=figures,
        table=Markup(figures.table),  # noqa: S704  # made of escaped texts by formats.html
        picture=_picture(asked, lang),
        source=asked.table.source[lang],
        updated=texts.date(asked.release.updated, lang),
        page=page,
        csv=_page(asked, lang, asked.address(view=None), ending=".csv"),
        **mend(asked, lang, since),
    ).encode()


def description(asked: View, figures: Shown, lang: Lang) -> str:
    """A sentence for those who see a link: what it is, whose, and when it was updated."""
    source, updated = asked.table.source[lang], texts.date(asked.release.updated, lang)
    return f"{figures.title}. {texts.word('source', lang)}: {source}. {texts.word('updated', lang)} {updated}."


def _picture(asked: View, lang: Lang) -> str:
    """The address of the chart, where the frame is to show one."""
    if asked.shape == "table":
        return ""
    keys = asked.address()
    return f"/embed/{asked.table.id}.svg?{keys}{'&lang=en' if lang == 'en' else ''}"


def _page(asked: View, lang: Lang, keys: str, *, ending: str = "") -> str:
    path = f"/{lang}/{paper.TABLES[lang]}/{asked.table.id}{ending}"
    return f"{path}?{keys}" if keys else path


def framed(response: Response, lang: Lang, hosts: tuple[str, ...]) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = POLICY.format(" ".join(hosts))
    headers["Content-Language"] = lang
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@BLUEPRINT.get("/embed.js")
def script() -> ResponseReturnValue:
    """What a page around our frames loads; pages keep it for years, so it never breaks."""
    response = current_app.send_static_file("embed.js")
    response.headers["Cache-Control"] = f"public, max-age={SCRIPT_SECONDS}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def word(error: Exception, status: int) -> Worded:
    """Refusals are small frames too."""
    lang = path_lang()
    onwards, wording = _onwards(error, lang)
    body = render_template(
        "embed_error.html",
        lang=lang,
        title=title(status, lang),
        message=sentence(error, status, lang),
        onwards=onwards,
        wording=paper.word(wording, lang),
    )
    return status, body.encode(), HTML


def _onwards(error: Exception, lang: Lang) -> tuple[str, str]:
    """Where a refusal leads, and the word for it: to what stands of the table or article, but of one that is unknown
    or not released only to the front page."""
    if isinstance(error, (InvalidQuery, Gone)):
        catalogue = http.counter().bank.catalogue()
        room, _, article = request.path.removeprefix("/embed/").partition("/")
        table = catalogue.names.get(room.partition(".")[0].casefold())
        if room == "news" and isinstance(error, Gone):
            return f"/{lang}/{paper.NEWS[lang]}/{article.partition('/')[0]}", "see_article"
        if table:
            page = f"/{lang}/{paper.TABLES[lang]}/{table}"
            return (
                (f"{page}/{paper.RELEASES[lang]}", "see_releases") if isinstance(error, Gone) else (page, "see_table")
            )
    return f"/{lang}/", "front"


@BLUEPRINT.after_app_request
def _policy(response: Response) -> Response:
    """Refusals are framed by anyone too."""
    if request.path.startswith("/embed/") and "Content-Security-Policy" not in response.headers:
        return framed(make_response(response), path_lang(), ("*",))
    return response

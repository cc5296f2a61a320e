"""Frames: a table that any page may show, in its own small layout (ux §6)."""

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from service import http, texts
from service.figures import Shown, shown
from service.formats import Options
from service.formats.format import WRITING
from service.sitekeys import View, view
from service.wording import Worded, path_lang, sentence, title
from tables.errors import InvalidQuery
from tables.model import Lang

BLUEPRINT = Blueprint("embed", __name__)
HTML = "text/html; charset=utf-8"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors {}"
)
OWN = frozenset({"lang"})


@BLUEPRINT.get("/embed/<table>")
def frame(table: str) -> ResponseReturnValue:
    lang = _lang()
    asked = view(table, allowed=http.counter().settings.max_page_cells, own=OWN)
    newer = _newer(asked)
    options = Options(columns=asked.columns)
    reply = http.Reply(
        release=asked.release.id,
        updated=asked.release.updated,
        parts=(asked.query.key, "embed", repr(options), lang, asked.frozen, newer, WRITING),
        media_type=HTML,
        headers={"Link": f'<{_page(asked, lang, asked.selection, absolute=True)}>; rel="canonical"'},
        frozen=False,  # the hint about newer figures depends on now
    )
    response = http.respond(asked.pin, reply, lambda: [_render(asked, lang, options, newer=bool(newer)).encode()])
    return _framed(response, lang, tuple(asked.pin.catalogue.site.embed_from))


def _lang() -> Lang:
    asked = request.args.get("lang", "da")
    if asked not in {"da", "en"}:
        raise InvalidQuery("lang skal være da eller en.", "lang must be da or en.", reason="key", dimension="lang")
    return "en" if asked == "en" else "da"


def _newer(asked: View) -> str:
    """The id of the release in force, where a frozen frame shows an earlier one."""
    if not asked.pin.asof:
        return ""
    current = http.counter().bank.catalogue().release(asked.table.id)
    return current.id if current.id != asked.release.id else ""


def _render(asked: View, lang: Lang, options: Options, *, newer: bool) -> str:
    figures: Shown = shown(http.counter().bank.read(asked.query), lang, options)
    return render_template(
        "embed.html",
        lang=lang,
        word=lambda key: texts.word(key, lang),
        figures=figures,
        table=Markup(figures.table),  # noqa: S704  # made of escaped texts by formats.html
        source=asked.table.source[lang],
        updated=texts.date(asked.release.updated, lang),
        as_of=texts.moment(asked.release.updated, lang) if asked.pin.asof else "",
        newer=_page(asked, lang, asked.selection) if newer else "",
        page=_page(asked, lang, asked.frozen),
        csv=_page(asked, lang, asked.frozen, ending=".csv"),
        json=_page(asked, lang, asked.frozen, ending=".json"),
    )


def _page(asked: View, lang: Lang, keys: str, *, ending: str = "", absolute: bool = False) -> str:
    path = f"/{'da/tabel' if lang == 'da' else 'en/table'}/{asked.table.id}{ending}"
    base = http.counter().settings.url if absolute else ""
    return f"{base}{path}?{keys}" if keys else f"{base}{path}"


def _framed(response: Response, lang: Lang, hosts: tuple[str, ...]) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = POLICY.format(" ".join(hosts))
    headers["Content-Language"] = lang
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def word(error: Exception, status: int) -> Worded:
    """Refusals are small frames too."""
    lang = path_lang()
    body = render_template(
        "embed_error.html",
        lang=lang,
        title=title(status, lang),
        message=sentence(error, status, lang),
        front=f"/{lang}/",
        word=lambda key: texts.word(key, lang),
    )
    return status, body.encode(), HTML


@BLUEPRINT.after_request
def _policy(response: Response) -> Response:
    """Error frames are framed by anyone too."""
    if "Content-Security-Policy" not in response.headers:
        return _framed(make_response(response), path_lang(), ("*",))
    return response

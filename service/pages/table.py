"""The page of a table: the form of its question, the figures, and what to take along."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from service import charts, files, guide, http, paper
from service.charts.draw import description
from service.formats.format import WRITING
from service.formats.head import title as titled
from service.keys import written
from service.pages import choice, refusals
from service.pages.lists import told, upcoming
from service.pages.pivot import pivot, tabs
from service.pages.result import result
from service.pages.reuse import reuse
from service.pages.room import BLUEPRINT, address, both, looks, other, phrase, render, trail
from service.share import share
from service.sitekeys import SHAPES, View, view
from tables.errors import InvalidQuery
from tables.model import Answer, Lang, Release

KEPT: Final = ("rows", "columns", "view")  # what the form carries along unseen


def table(name: str, lang: Lang) -> ResponseReturnValue:
    """The page, or with an ending its figures as a file."""
    code, dot, ending = name.partition(".")
    if dot:
        return files.answer(code, ending, lang)
    try:
        release = paper.pin().release(code)
    except InvalidQuery as error:  # an instant that cannot be used
        return _refused(http.pin().release(code), lang, error)
    path = address(lang, "table", release.table.id)
    if name != release.table.id:
        keys = request.query_string.decode("utf-8", "replace")
        return redirect(f"{path}?{keys}" if keys else path, 301)
    keys_mended = choice.mended(release.table)
    if keys_mended is not None:
        return redirect(f"{path}?{keys_mended}" if keys_mended else path, 303)
    try:
        asked = view(code, allowed=http.counter().settings.max_page_cells, shapes=shapes())
    except InvalidQuery as error:
        return _refused(release, lang, error)
    coming = upcoming(asked.pin, release.table.id)
    parts = (asked.query.key, asked.shape, repr(asked.options), asked.frozen, asked.pin.catalogue.key, repr(coming))
    reply = http.Reply(
        asked.release.id,
        asked.release.updated,
        ("page", *parts, lang, looks(), WRITING),
        paper.HTML,
        {"Link": f'<{http.counter().settings.url}{path}>; rel="canonical"'},
    )
    return http.respond(asked.pin, reply, lambda: [_page(asked, lang, path)])


def shapes() -> tuple[str, ...]:
    """The views that can be shown here: all of them where pictures can be drawn."""
    return SHAPES if "svg" in files.ENDINGS else SHAPES[:1]


@dataclass(frozen=True, slots=True)
class Chart:
    """The picture of a view, as a file of its own; or why there is none."""

    address: str = ""
    spec: str = ""
    description: str = ""
    name: str = ""
    reason: str = ""


def _chart(asked: View, answer: Answer, lang: Lang, path: str) -> Chart | None:
    if asked.shape == "table":
        return None
    if why := charts.reason(asked.query, asked.columns, asked.shape):
        return Chart(name=phrase(f"view_{asked.shape}", lang), reason=why[lang])
    spec = "" if asked.shape in ("map", "tiles") else f"{path}.vl.json?{asked.address()}"
    return Chart(f"{path}.svg?{asked.address()}", spec, description(answer, lang, files.drawn_as(asked)))


def _page(asked: View, lang: Lang, path: str) -> bytes:
    answer = http.counter().bank.read(asked.query)
    figures = result(asked, answer, lang, path)
    fields = tuple(choice.fields(asked.table, choice.of(asked.query), _sent(asked), lang))
    return render(
        "table.html",
        lang,
        asked.pin,
        heading=f"{asked.table.id} {asked.table.title[lang]}",
        **_common(asked.release, asked.pin, lang, path),
        figures=figures,
        fields=fields,
        hidden=_hidden(asked),
        hidden_calc={key: asked.keys.get(key, "") for key in ("calc", "base")},
        cells=asked.query.cells,
        selection=asked.frozen,
        live=asked.selection,
        chart=_chart(asked, answer, lang, path),
        tabs=tuple(tabs(asked, lang)) if len(shapes()) > 1 else (),
        pivot=pivot(asked, lang),
        laid="rows" in asked.keys or "columns" in asked.keys,
        sorted=asked.sort is not None,
        unsorted=asked.address(sort=None),
        reuse=reuse(asked, lang, titled(answer, lang)),
        snippets=guide.shown(asked, lang),
    )


def _sent(asked: View) -> Mapping[str, str]:
    """How time and the variables were chosen: by the address, or by the first view of the table."""
    layout = asked.table.default
    chosen = {key: text for key, text in asked.keys.items() if key in asked.query.picks}
    return chosen or (layout.select if layout else {})


def _hidden(asked: View) -> dict[str, str]:
    found = {key: asked.keys[key] for key in KEPT if asked.keys.get(key)}
    if "columns" not in found and "rows" not in found and asked.columns != (asked.table.time.code,):
        found["columns"] = ",".join(asked.columns)
    if asked.pin.asof:
        found[http.AS_OF_KEY] = asked.pin.asof
    return found


def _common(release: Release, pin: http.Pin, lang: Lang, path: str) -> dict[str, object]:
    """What the page says of its table, whatever became of the question."""
    releases = pin.catalogue.releases
    one = release.table
    settings = http.counter().settings
    return {
        **told(pin, lang),
        "share": share(
            pin.catalogue.site,
            lang,
            path,
            title=f"{one.id} {one.title[lang]}",
            description=one.description(lang),
            picture=f"{path}.card.png",
        ),
        "table": one,
        "release": release,
        "path": path,
        "asof": pin.asof,
        "next": upcoming(pin, one.id),
        "trail": [
            (subject.text[lang], address(lang, "subject", subject.slug[lang]))
            for subject in trail(pin.catalogue.site.subjects, one.subject)
        ],
        "successor": releases.get(one.replaced_by or ""),
        "related": tuple(releases[each] for each in one.related if each in releases),
        "limit": settings.max_page_cells,
        "file_limit": settings.max_cells,
    }


def _refused(release: Release, lang: Lang, error: InvalidQuery) -> Response:
    """The same page without an answer: what is wrong, what comes nearest, and the form as it was filled in."""
    path = address(lang, "table", release.table.id)
    pin = http.pin()
    sent = {key: value for key, value in request.args.items() if value.strip()}
    refusal = refusals.refusal(release.table, error, lang, path)
    fields = tuple(choice.fields(release.table, choice.readable(release.table, sent), sent, lang))
    body = render(
        "table.html",
        lang,
        pin,
        heading=f"{release.table.id} {release.table.title[lang]}",
        **_common(release, pin, lang, path),
        refusal=refusal,
        fields=fields if http.has_figures(release) else (),
        hidden={key: sent[key] for key in KEPT if key in sent and refusal.key != key},
        hidden_calc={key: sent.get(key, "") for key in ("calc", "base")},
        cells=refusal.cells,
        other=f"{address(other(lang), 'table', release.table.id)}?{written(sent)}",
    )
    return Response(body, status=refusal.status, content_type=paper.HTML)


for _rule, _lang in both("table", "/<name>"):
    BLUEPRINT.add_url_rule(_rule, "table", table, defaults={"lang": _lang})

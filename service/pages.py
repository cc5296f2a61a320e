"""The front door and the plain page of a table, in both languages, without JavaScript (ux §2)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import NotFound as NoPage

from service import files, http, texts
from service.figures import shown
from service.formats import Options
from service.formats.format import WRITING
from service.sitekeys import view
from service.wording import Worded, path_lang, problem, sentence, title
from tables.errors import NotFound
from tables.model import Lang, Release, Subject

BLUEPRINT = Blueprint("pages", __name__)
HTML = "text/html; charset=utf-8"
TABLES = {"da": "tabel", "en": "table"}


@dataclass(frozen=True, slots=True)
class Section:
    """A subject and its own tables, as the front page lists them."""

    text: str
    depth: int
    releases: tuple[Release, ...]


@BLUEPRINT.get("/")
def root() -> ResponseReturnValue:
    response = redirect(f"/{request.accept_languages.best_match(TABLES, default='da')}/")
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "no-cache"
    return response


@BLUEPRINT.get("/<any(da, en):lang>/")
def front(lang: Lang) -> ResponseReturnValue:
    pin = http.pin(request.args.get(http.AS_OF_KEY))
    releases = tuple(pin.catalogue.releases.values())
    newest = max(releases, key=lambda release: release.updated, default=None)
    reply = http.Reply(
        newest.instant if newest else "",
        newest.updated if newest else pin.now,
        ("front", pin.catalogue.key, lang, WRITING),
        HTML,
    )

    def render() -> bytes:
        site = pin.catalogue.site
        sections = tuple(_sections(site.subjects, releases, lang))
        return _page("front.html", lang, heading=site.name[lang], site=site, sections=sections).encode()

    return http.respond(pin, reply, lambda: [http.counter().shelf.take((pin.catalogue.key, lang, "front"), render)])


def _sections(
    subjects: Sequence[Subject], releases: Iterable[Release], lang: Lang, depth: int = 0
) -> Iterator[Section]:
    """In the order of the tree; branches without tables are left out, tables without a subject stand last."""
    known: set[str] = set()
    for subject in subjects:
        mine = tuple(release for release in releases if release.table.subject == subject.id)
        below = tuple(_sections(subject.subjects, releases, lang, depth + 1))
        known |= {release.table.id for section in below for release in section.releases}
        known |= {release.table.id for release in mine}
        if mine or below:
            yield Section(subject.text[lang], depth, mine)
            yield from below
    if not depth and (rest := tuple(release for release in releases if release.table.id not in known)):
        yield Section(texts.word("table", lang), depth, rest)


@BLUEPRINT.get("/da/tabel/<name>", defaults={"lang": "da"})
@BLUEPRINT.get("/en/table/<name>", defaults={"lang": "en"})
def table(name: str, lang: Lang) -> ResponseReturnValue:
    """The table's page, or with an ending its figures as a file."""
    code, dot, ending = name.partition(".")
    if dot:
        return files.answer(code, ending, lang)
    asked = view(code, allowed=http.counter().settings.max_page_cells)
    if name != asked.table.id:
        keys = request.query_string.decode()
        return redirect(f"/{lang}/{TABLES[lang]}/{asked.table.id}{'?' + keys if keys else ''}", 301)
    options = Options(columns=asked.columns)
    reply = http.Reply(
        asked.release.id,
        asked.release.updated,
        ("page", asked.query.key, repr(options), lang, asked.frozen, asked.pin.catalogue.key, WRITING),
        HTML,
    )

    def render() -> bytes:
        figures = shown(http.counter().bank.read(asked.query), lang, options)
        return _page(
            "table.html",
            lang,
            heading=f"{asked.table.id} {asked.table.title[lang]}",
            site=asked.pin.catalogue.site,
            asked=asked,
            figures=figures,
            markup=Markup(figures.table),  # noqa: S704  # made of escaped texts by formats.html
            keys=f"?{asked.frozen}" if asked.frozen else "",
        ).encode()

    return http.respond(asked.pin, reply, lambda: [render()])


@BLUEPRINT.get("/<code>")
def short(code: str) -> ResponseReturnValue:
    """/isbu04, as it is printed in reports."""
    try:
        release = http.pin(request.args.get(http.AS_OF_KEY)).release(code)
    except NotFound as error:
        raise NoPage from error  # an address of its own protocol is worded there
    lang: Lang = "en" if request.accept_languages.best_match(TABLES, default="da") == "en" else "da"
    response = redirect(f"/{lang}/{TABLES[lang]}/{release.table.id}")
    response.headers["Vary"] = "Accept-Language"
    return response


def _page(template: str, lang: Lang, **given: object) -> str:
    other: Lang = "en" if lang == "da" else "da"
    path = request.path.replace(f"/{lang}/{TABLES[lang]}/", f"/{other}/{TABLES[other]}/")
    return render_template(
        template,
        lang=lang,
        word=lambda key: texts.word(key, lang),
        date=lambda instant: texts.date(instant, lang),
        moment=lambda instant: texts.moment(instant, lang),
        tables=f"/{lang}/{TABLES[lang]}",
        other=f"/{other}/" if path == request.path else path,
        other_lang=other,
        **given,
    )


@BLUEPRINT.after_request
def _language(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = path_lang()
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return response


def word(error: Exception, status: int) -> Worded:
    """A page for a reader, RFC 9457 for whoever asked for a file."""
    lang = path_lang()
    if "." in request.path.rpartition("/")[2]:
        return problem(error, status, lang)
    message = sentence(error, status, lang)
    body = _page("error.html", lang, heading=title(status, lang), message=message, site=None)
    return status, body.encode(), HTML

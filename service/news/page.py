"""The page of an article in the order of ux §7, its machine-readable twin, and its figures in one file."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from html import escape
from typing import Final

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from service import discovery, http, paper, texts
from service.documentation import contact as told_contact
from service.files import ENDINGS
from service.news import text
from service.news.figures import asked, drawn
from service.paper import DOCUMENTATION, HTML, JSON, NEWS
from service.share import share
from tables.errors import Gone, NotFound
from tables.model import LANGUAGES, Article, Contact, Entry, Figure, Lang, Release, Text

BLUEPRINT: Final = Blueprint("news", __name__)
ZIP: Final = "application/zip"
FILES: Final = ("csv", "xlsx")  # of every figure, in the file of all
EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # of the members: the same figures, the same bytes


@BLUEPRINT.get("/da/nyt/", defaults={"lang": "da"})
@BLUEPRINT.get("/en/news/", defaults={"lang": "en"})
def listed(lang: Lang) -> ResponseReturnValue:
    pinned = paper.pin()

    def make() -> bytes:
        return paper.render(
            "news_list.html",
            lang,
            pinned,
            heading=paper.word("latest_news", lang),
            other=address(paper.other_lang(lang)),
            articles=tuple(pinned.catalogue.news.values()),
            address=lambda article: address(lang, article.id),
            lead=lambda article: text.lead(article.body[lang]),
            feed=f"/{lang}/{NEWS[lang]}.atom",
        )

    return paper.answer(pinned, ("news", lang), HTML, make)


@BLUEPRINT.get("/da/nyt/<name>", defaults={"lang": "da"})
@BLUEPRINT.get("/en/news/<name>", defaults={"lang": "en"})
def page(name: str, lang: Lang) -> ResponseReturnValue:
    wanted, dot, ending = name.partition(".")
    pinned = paper.pin()
    article = find(pinned, wanted)
    soon = str(next_release(pinned, article.tables))  # by the clock, not by the catalogue
    if ending == "json":
        return paper.answer(pinned, ("article", soon), JSON, lambda: paper.plain(_twin(article, pinned)))
    if ending == "zip":
        return paper.answer(pinned, ("article", lang), ZIP, lambda: _zipped(article, pinned, lang))
    if dot:
        raise NotFound("Artiklen findes som .json og .zip.", "The article is there as .json and .zip.")
    return paper.answer(pinned, ("article", lang, soon), HTML, lambda: _page(article, pinned, lang))


def find(pinned: http.Pin, wanted: str) -> Article:
    """Raises NotFound, TableDamaged, and Gone with the notice for one that was withdrawn."""
    catalogue = pinned.catalogue
    if wanted in catalogue.gone:
        why = catalogue.gone[wanted]
        raise Gone(why.da, why.en)
    catalogue.paper(f"news/{wanted}")
    if wanted not in catalogue.news:
        raise NotFound("Artiklen findes ikke.", "There is no such article.")
    return catalogue.news[wanted]


def _page(article: Article, pinned: http.Pin, lang: Lang) -> bytes:
    catalogue = pinned.catalogue

    def figure(number: int) -> str:
        try:
            given = {"drawn": drawn(article, number, pinned, lang), "lang": lang}
        except Gone as error:  # of a figure that follows the newest release
            return f'<p class="important">{escape(error.text[lang])}</p>'
        word = partial(paper.word, lang=lang)
        return render_template("_figure.html", word=word, **given)

    releases = [catalogue.releases[table] for table in article.tables if table in catalogue.releases]
    lead = text.lead(article.body[lang])
    return paper.render(
        "news.html",
        lang,
        pinned,
        heading=article.title[lang],
        other=address(paper.other_lang(lang), article.id),
        article=article,
        share=share(
            catalogue.site,
            lang,
            address(lang, article.id),
            title=article.title[lang],
            description=lead,
            picture=card(article, lang),
        ),
        data=discovery.article(catalogue, article, lang),
        body=text.html(article.body[lang], figure),
        subject=paper.subject(catalogue.site.subjects, article.subject),
        releases=releases,
        sources=_sources(releases, lang),
        notes=dict.fromkeys(n.text[lang] for r in releases for n in r.table.notes if n.mandatory and not n.at),
        documentation=_documentation(article, pinned, lang),
        next=next_release(pinned, article.tables),
        contacts=contacts(article, pinned),
        address=lambda ending: f"{address(lang, article.id)}{ending}",
        published=texts.moment(article.published, lang),
    )


def _sources(releases: Sequence[Release], lang: Lang) -> list[tuple[str, list[str]]]:
    """Each source once, with the tables that come from it."""
    found: dict[str, list[str]] = {}
    for release in releases:
        found.setdefault(release.table.source[lang], []).append(release.table.id)
    return list(found.items())


def _documentation(article: Article, pinned: http.Pin, lang: Lang) -> tuple[str, str] | None:
    """Its address and title."""
    years = pinned.catalogue.documentation.get(article.documentation or "", {})
    newest = next(iter(years.values()), None)
    return (f"/{lang}/{DOCUMENTATION[lang]}/{newest.slug}", newest.title[lang]) if newest else None


def contacts(article: Article, pinned: http.Pin) -> tuple[Contact, ...]:
    """The article's own, else those of the documentation, else of the bank."""
    years = pinned.catalogue.documentation.get(article.documentation or "", {})
    documented = next(iter(years.values()), None)
    return article.contacts or (documented.contacts if documented else ()) or (pinned.catalogue.site.contact,)


def next_release(pinned: http.Pin, tables: tuple[str, ...]) -> Entry | None:
    """The next in the calendar that has one of the tables."""
    ahead = [e for e in pinned.catalogue.site.calendar if e.at > pinned.now and set(e.tables) & set(tables)]
    return min(ahead, key=lambda entry: entry.at, default=None)


def address(lang: Lang, article: str = "") -> str:
    return f"/{lang}/{NEWS[lang]}/{article}"


def card(article: Article, lang: Lang) -> str:
    """The picture the article is shared by; empty where none was drawn at release."""
    return f"{address(lang, article.id)}.card.png" if f"card.{lang}.png" in article.files else ""


def _twin(article: Article, pinned: http.Pin) -> Mapping[str, object]:
    """The article for a machine: what it says, every figure with its cell and release, and where the data are."""
    base = http.counter().settings.url
    soon = next_release(pinned, article.tables)
    return {
        "id": article.id,
        "number": article.number,
        "published": stamp(article.published),
        "updated": stamp(article.updated),
        "title": _both(article.title),
        "subject": article.subject,
        "documentation": article.documentation,
        "tables": list(article.tables),
        "conditions": _both(article.conditions),
        "text": _both(article.body),
        "bound": {lang: [_bound(each) for each in article.bound[lang]] for lang in LANGUAGES},
        "figures": [_figure(article, n, each, base) for n, each in enumerate(article.figures, start=1)],
        "contacts": [told_contact(each) for each in contacts(article, pinned)],
        "corrections": [{"at": stamp(each.at), "text": _both(each.text)} for each in article.corrections],
        "next_release": {"at": stamp(soon.at), "title": _both(soon.title), "confirmed": soon.confirmed}
        if soon
        else None,
        "pages": {lang: base + address(lang, article.id) for lang in LANGUAGES},
    }


def _bound(one: object) -> dict[str, object]:
    keys = ("table", "release", "cell", "since", "value", "was", "decimals", "printed")
    return {key: getattr(one, key) for key in keys if getattr(one, key) is not None}


def _figure(article: Article, number: int, figure: Figure, base: str) -> dict[str, object]:
    return {
        "number": number,
        "title": _both(figure.title),
        "table": figure.table,
        "release": figure.release,
        "select": dict(figure.select),
        "rows": list(figure.rows),
        "columns": list(figure.columns),
        "view": figure.view,
        "embed": f"{base}/embed/news/{article.id}/{number}",
    }


def _both(text_: Text) -> dict[str, str]:
    return {"da": text_.da, "en": text_.en}


def stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _zipped(article: Article, pinned: http.Pin, lang: Lang) -> bytes:
    """Every figure as CSV and XLSX, and as the pictures that were drawn at release."""
    packed = io.BytesIO()
    counter = http.counter()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        for number, figure in enumerate(article.figures, start=1):
            answer = counter.bank.read(asked(figure, pinned, flat=True).query)
            for name in FILES:
                ending = ENDINGS[name]
                options = replace(ending.options, address=counter.settings.url)
                data = b"".join(ending.format.write(answer, lang, options))
                bundle.writestr(zipfile.ZipInfo(f"{article.id}-{number}-{figure.table}.{name}", EPOCH), data)
        for name, path in article.files.items():
            if f".{lang}." in name:
                bundle.writestr(zipfile.ZipInfo(f"{article.id}-{name}", EPOCH), path.read_bytes())
    return packed.getvalue()


@BLUEPRINT.get("/da/news/<path:rest>", defaults={"lang": "da"})
@BLUEPRINT.get("/en/nyt/<path:rest>", defaults={"lang": "en"})
def misspelt(rest: str, lang: Lang) -> ResponseReturnValue:
    return redirect(address(lang, rest), 301)

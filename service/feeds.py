"""Atom: what is new in the bank, in a subject and in a table, in both languages (ux §8).

A feed is made from the acts of the pinned catalogue in less time than a page, and kept with it on the shelf. It is no
file of the cache folder: there would be two a table and a subject for every catalogue, most of them never asked for.
"""

import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from typing import Final
from urllib.parse import urlsplit

from feedgenerator import Atom1Feed
from flask import Blueprint
from flask.typing import ResponseReturnValue

from service import changes, http, paper, texts
from service.news import text
from service.news.page import address
from service.pages.api import CHANGES
from service.pages.room import phrase
from tables.bank import Catalogue
from tables.errors import NotFound
from tables.model import Act, Article, Lang, Subject

BLUEPRINT: Final = Blueprint("feeds", __name__)
ATOM: Final = "application/atom+xml; charset=utf-8"
MOST: Final = 50  # entries of a feed


@dataclass(frozen=True, slots=True)
class Item:
    """`path` on this site; `named` is what its id stands on, for good."""

    title: str
    path: str
    named: str
    published: datetime
    updated: datetime
    summary: str
    tables: tuple[str, ...]


class Feed(Atom1Feed):  # type: ignore[misc]  # the library has no types
    """Dated by its entries, and by the catalogue while it has none: never by the clock."""

    empty: datetime

    def latest_post_date(self) -> datetime:
        dates = [item["updateddate"] for item in self.items]
        newest: datetime = max(dates, default=self.empty)
        return newest.astimezone(texts.COPENHAGEN)


@BLUEPRINT.get("/da/nyt.atom", defaults={"lang": "da"})
@BLUEPRINT.get("/en/news.atom", defaults={"lang": "en"})
def everything(lang: Lang) -> ResponseReturnValue:
    pinned = paper.pin()
    catalogue = pinned.catalogue
    title = f"{catalogue.site.name[lang]}: {paper.word('latest_news', lang)}"
    items = _items(catalogue, lang, tuple(catalogue.releases), tuple(catalogue.news.values()))
    return _answer(pinned, lang, title, f"/{lang}/{paper.NEWS[lang]}/", items)


@BLUEPRINT.get("/da/emne/<slug>.atom", defaults={"lang": "da"})
@BLUEPRINT.get("/en/subject/<slug>.atom", defaults={"lang": "en"})
def of_subject(slug: str, lang: Lang) -> ResponseReturnValue:
    pinned = paper.pin()
    catalogue = pinned.catalogue
    found = next((s for s in every(catalogue.site.subjects) if s.slug[lang] == slug), None)
    if found is None:
        raise NotFound("Emnet findes ikke.", "There is no such subject.")
    below = {each.id for each in every((found,))}
    tables = tuple(r.table.id for r in catalogue.releases.values() if r.table.subject in below)
    articles = tuple(a for a in catalogue.news.values() if a.subject in below or set(a.tables) & set(tables))
    title = f"{catalogue.site.name[lang]}: {found.text[lang]}"
    page = f"/{lang}/{paper.SUBJECTS[lang]}/{slug}"
    return _answer(pinned, lang, title, page, _items(catalogue, lang, tables, articles))


@BLUEPRINT.get("/da/tabel/<table>.atom", defaults={"lang": "da"})
@BLUEPRINT.get("/en/table/<table>.atom", defaults={"lang": "en"})
def of_table(table: str, lang: Lang) -> ResponseReturnValue:
    pinned = paper.pin()
    catalogue = pinned.catalogue
    found = pinned.release(table).table
    articles = tuple(article for article in catalogue.news.values() if found.id in article.tables)
    title = f"{catalogue.site.name[lang]}: {found.id} {found.title[lang]}"
    page = f"/{lang}/{paper.TABLES[lang]}/{found.id}"
    steps = http.counter().bank.steps(catalogue, found.id)
    changed = {step.instant: changes.summary(step, found, lang) for step in steps}
    items = [
        replace(item, summary=f"{item.summary}. {changed[instant]}")
        if (instant := item.named.partition("@")[2]) in changed
        else item
        for item in _items(catalogue, lang, (found.id,), articles)
    ]
    return _answer(pinned, lang, title, page, tuple(items))


@BLUEPRINT.get("/da/api/aendringer.atom", defaults={"lang": "da"})
@BLUEPRINT.get("/en/api/changes.atom", defaults={"lang": "en"})
def of_api(lang: Lang) -> ResponseReturnValue:
    """What changes for programs: the entries of the API's change log, each at the start of its day."""
    pinned = paper.pin()
    page = {"da": "/da/api/aendringer", "en": "/en/api/changes"}[lang]
    items = []
    for change in reversed(CHANGES):
        path, day = f"{page}#{change.day}", datetime.fromisoformat(change.day).replace(tzinfo=texts.COPENHAGEN)
        items.append(Item(change.surface, path, path, day, day, change.text[lang], ()))
    title = f"{pinned.catalogue.site.name[lang]}: {phrase('api_changes', lang)}"
    return _answer(pinned, lang, title, page, tuple(items))


def every(subjects: tuple[Subject, ...]) -> Iterator[Subject]:
    for subject in subjects:
        yield subject
        yield from every(subject.subjects)


def _items(
    catalogue: Catalogue, lang: Lang, tables: Collection[str], articles: Collection[Article]
) -> tuple[Item, ...]:
    """Articles and acts, the latest first."""
    found = [_of_article(article, lang) for article in articles]
    found += [item for act in catalogue.acts if (item := _of_act(act, catalogue, lang, tables)) is not None]
    return tuple(sorted(found, key=lambda item: (item.updated, item.named), reverse=True)[:MOST])


def _of_article(article: Article, lang: Lang) -> Item:
    lead = text.lead(article.body[lang])
    path = address(lang, article.id)
    return Item(article.title[lang], path, path, article.published, article.updated, lead, article.tables)


def _of_act(act: Act, catalogue: Catalogue, lang: Lang, tables: Collection[str]) -> Item | None:
    """A release or correction of some of the tables, or their withdrawal."""
    taken = [str(each["table"]) for each in act.withdraw]
    mine = tuple(t for t in (*act.tables, *taken) if t in tables and t in catalogue.releases)
    if not mine:
        return None
    kind = {"release": "released", "withdraw": "withdrawn"}.get(act.kind, "correction")
    listed = "; ".join(f"{table}: {catalogue.releases[table].table.title[lang]}" for table in mine)
    summary = f"{act.notice[lang]} {listed}" if act.notice else listed
    page, instant = f"/{lang}/{paper.TABLES[lang]}/{mine[0]}/", act.effective_at.strftime("%Y-%m-%dT%H%MZ")
    path = f"{page}{paper.RELEASES[lang]}#{instant}"
    title = f"{paper.word(kind, lang)}: {act.title[lang]}"
    return Item(title, path, f"/{lang}/release/{mine[0]}@{instant}", act.effective_at, act.effective_at, summary, mine)


def _answer(pinned: http.Pin, lang: Lang, title: str, page: str, items: tuple[Item, ...]) -> ResponseReturnValue:
    return paper.answer(pinned, ("atom", lang), ATOM, lambda: _written(pinned, lang, title, page, items))


def _written(pinned: http.Pin, lang: Lang, title: str, page: str, items: tuple[Item, ...]) -> bytes:
    base, site = http.counter().settings.url, pinned.catalogue.site
    here = base + page.rstrip("/") + ".atom"
    feed = Feed(
        title=title,
        link=base + page,
        description=site.publisher[lang],
        language=lang,
        author_name=site.publisher[lang],
        feed_url=here,
        feed_guid=here,
        feed_copyright=site.licence.get("id"),
    )
    feed.empty = pinned.catalogue.instant
    for item in items:
        feed.add_item(
            item.title,
            base + item.path,
            escape(item.summary),
            pubdate=item.published.astimezone(texts.COPENHAGEN),
            updateddate=item.updated.astimezone(texts.COPENHAGEN),
            unique_id=f"tag:{urlsplit(base).hostname},{item.published:%Y-%m-%d}:{item.named}",
            categories=item.tables,
        )
    out = io.StringIO()
    feed.write(out, "utf-8")
    return out.getvalue().encode()

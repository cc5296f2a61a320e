"""The figures of an article: the same question and the same picture on its page, in a frame and as a file."""

import re
from dataclasses import dataclass
from html import escape
from typing import Final

from markupsafe import Markup

from service import http, paper
from service.figures import Shown, shown
from service.paste import Paste, paste
from service.sitekeys import View, laid
from tables.errors import NotFound
from tables.model import Article, Figure, Lang

_NAMES: Final = re.compile(r'\b(?P<key>id|headers)="(?P<names>[^"<>]*)"')


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure as it is shown: `number` is its place in the article, from 1; `picture` an address, or empty."""

    article: str
    number: int
    figure: Figure
    asked: View
    shown: Shown
    picture: str
    frame: str

    @property
    def untitled(self) -> Markup:
        """The table without its title, where the figure has said it; its ids are its own among those of the page."""
        table = self.shown.table.replace(escape(self.shown.title), "", 1)
        return Markup(_NAMES.sub(self._own, table))  # noqa: S704  # made of escaped texts by formats.html

    def _own(self, found: re.Match[str]) -> str:
        names = " ".join(f"f{self.number}-{name}" for name in found["names"].split())
        return f'{found["key"]}="{names}"'

    def paste(self, lang: Lang) -> Paste:
        still = f"/embed/news/{self.article}/{self.number}.png?lang={lang}"
        return paste(self.frame, self.page(lang), still, self.figure.title[lang])

    def page(self, lang: Lang, ending: str = "") -> str:
        keys = self.asked.frozen if not ending else self.asked.address(view=None)
        return f"/{lang}/{paper.TABLES[lang]}/{self.figure.table}{ending}{'?' + keys if keys else ''}"


def asked(figure: Figure, pinned: http.Pin, *, flat: bool = False) -> View:
    """The question of a figure: in the release it is frozen to, or in the catalogue of the request."""
    counter = http.counter()
    pin = pinned
    if figure.release is not None:
        instant = figure.release.partition("@")[2]
        pin = http.Pin(counter.bank.catalogue(instant, now=pinned.now), pinned.now, instant)
    keys = dict(figure.select)
    for name, codes in (("rows", figure.rows), ("columns", figure.columns)):
        if codes:
            keys[name] = ",".join(codes)
    if figure.view != "table":
        keys["view"] = figure.view
    limit = None if flat else counter.settings.max_page_cells
    return laid(pin, pin.release(figure.table), keys, allowed=limit, flat=flat)


def drawn(article: Article, number: int, pinned: http.Pin, lang: Lang) -> Drawn:
    """Raises NotFound for a number the article does not have."""
    if not 1 <= number <= len(article.figures):
        raise NotFound("Figuren findes ikke.", "There is no such figure.")
    figure = article.figures[number - 1]
    view = asked(figure, pinned)
    answer = http.counter().bank.read(view.query)
    frame = f"/embed/news/{article.id}/{number}"
    picture = "" if figure.view == "table" else f"{frame}.svg?lang={lang}"
    return Drawn(article.id, number, figure, view, shown(answer, lang, view.options), picture, f"{frame}?lang={lang}")


def still(figure: Figure, view: View, lang: Lang, ending: str) -> str:
    """The address of the same as a picture, where none was drawn at release: of a table, or of the newest figures."""
    keys = "&".join(part for part in (view.address(), "lang=en" if lang == "en" else "") if part)
    return f"/embed/{figure.table}.{ending}{'?' + keys if keys else ''}"

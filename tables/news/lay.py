"""The articles of an act: judged, printed once, drawn, and laid in its folder."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from tables.acts import History
from tables.catalog import Library
from tables.errors import CatalogError, Fault, Refused
from tables.model import LANGUAGES, Act, Answer, Article, Figure, Lang, Release, Site, Table, Text
from tables.news.article import read_article
from tables.news.cells import laid
from tables.news.judge import MOST, Judged, Known, judge
from tables.news.record import RECORD, Record, read_record, record
from tables.news.source import read_source
from tables.news.standing import Standing, withdrawn
from tables.reading import answer
from tables.schema.news import is_id
from tables.workshop import copy

NEWS: Final = "news"


@dataclass(frozen=True, slots=True)
class Pictures:
    """What the other side hands in, so that nothing is drawn in the rush at eight.

    `figure` gives the pictures of a figure by their ending, {svg: …, png: …}; `card` the PNG by which the article is
    known where it is shared, once its figures are drawn.
    """

    figure: Callable[[Answer, Figure, Lang], Mapping[str, bytes]]
    card: Callable[[Site, Article, Lang], bytes]


@dataclass(frozen=True, slots=True)
class Issue:
    """Where and when articles are issued: the folder of the act, and what was in force before it."""

    library: Library
    folder: Path
    history: History
    holders: Mapping[str, Act]
    instant: datetime
    fresh: Mapping[str, Table]
    correction: bool
    say: Callable[[Text], None]
    pictures: Pictures | None = None


def lay_news(issue: Issue, articles: Sequence[str]) -> set[str]:
    """All articles of the act; the tables they draw on that are not in it. CatalogError with all faults of all."""
    faults: list[Fault] = []
    drawn: set[str] = set()
    for article in articles:
        if not (issue.library.folder / NEWS / article).is_dir():
            raise Refused(
                "news", f"news/{article} findes ikke i biblioteket.", f"news/{article} is not in the library."
            )
        earlier = _earlier(issue, article)
        kept = dict(release.split("@") for release in earlier.releases()) if earlier else {}
        standing = Standing(
            issue.history,
            issue.instant,
            issue.folder,
            issue.fresh,
            {table: f"{table}@{instant}" for table, instant in kept.items()},
            issue.correction,
        )
        judged = judged_article(issue.library, article, standing)
        faults += judged.faults
        for warning in judged.warnings:
            issue.say(Text(str(warning), str(warning)))
        if not judged.faults:
            _tell(issue, article, judged, earlier)
            _lay(issue, article, judged, earlier, standing)
            drawn |= {each.table for lang in LANGUAGES for each in judged.bound[lang]}
            drawn |= {each.table for each in judged.figures}
    if faults:
        raise CatalogError(faults)
    return drawn - set(issue.fresh)


def judged_article(library: Library, article: str, releases: Callable[[str, str | None], Release | None]) -> Judged:
    folder = library.folder / NEWS / article
    sources = {
        lang: read_source(folder / f"news.{lang}.md", f"{NEWS}/{article}/news.{lang}.md", lang) for lang in LANGUAGES
    }
    judged = judge(article, sources, known(library), releases)
    if not is_id(article):
        judged.faults.append(Fault(f"{NEWS}/{article}", 0, "", "is not the id of an article; call it like 2025-101"))
    return judged


def known(library: Library) -> Known:
    return Known(library.tables, tuple(_subjects(library)), library.documentation)


def _subjects(library: Library) -> Iterator[str]:
    waiting = list(library.site.subjects)
    while waiting:
        one = waiting.pop()
        yield one.id
        waiting += one.subjects


def _earlier(issue: Issue, article: str) -> Record | None:
    act = issue.holders.get(f"{NEWS}/{article}")
    if act is None or withdrawn(issue.history, act.seq, f"{NEWS}/{article}"):
        return None
    return read_record(act.folder / NEWS / article)


def _tell(issue: Issue, article: str, judged: Judged, earlier: Record | None) -> None:
    """Every printed text that is another than when it was issued before."""
    for lang in LANGUAGES if earlier else ():
        printed: dict[str, list[str]] = {}
        for was in earlier.bound[lang] if earlier else ():
            printed.setdefault(was.named, []).append(was.printed)
        for now in judged.bound[lang]:
            before = printed.get(now.named, [])
            if before and (then := before.pop(0)) != now.printed:
                said = f"{NEWS}/{article}/news.{lang}.md: {now.named}: {then} → {now.printed}"
                issue.say(Text(said, said))


def _lay(issue: Issue, article: str, judged: Judged, earlier: Record | None, releases: Standing) -> None:
    target = issue.folder / NEWS / article
    for lang in LANGUAGES:
        name = f"news.{lang}.md"
        copy(issue.library.folder / NEWS / article / name, target / name)
    published = earlier.published if earlier else issue.instant
    (target / RECORD).write_bytes(record(published, judged.bound, judged.figures))
    if issue.pictures is None:
        return
    for number, figure in enumerate(judged.figures, start=1):
        if figure.release is not None:  # one that follows the newest figures is drawn when it is asked for
            _draw(issue.pictures, target, number, figure, releases)
    if (written := read_article(target, issue.instant)) is not None:
        for lang in LANGUAGES:
            (target / f"card.{lang}.png").write_bytes(issue.pictures.card(issue.library.site, written, lang))


def _draw(pictures: Pictures, target: Path, number: int, figure: Figure, releases: Standing) -> None:
    """From the very release the figure is frozen to, which may be an older one than the article's own."""
    release = releases(figure.table, None)
    if release is None or release.id != figure.release:
        release = releases(figure.table, str(figure.release).partition("@")[2])
    if release is None:
        return
    query = laid(release, figure.select, rows=figure.rows, columns=figure.columns, limit=MOST)
    for lang in LANGUAGES:
        for ending, data in pictures.figure(answer(query, "auto"), figure, lang).items():
            (target / f"{number}.{lang}.{ending}").write_bytes(data)

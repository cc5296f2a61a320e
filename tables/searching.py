"""The search index of a catalogue on this host: made once, if it can be before anybody asks (ARCHITECTURE §9)."""

import fcntl
from collections.abc import Iterable, Sequence
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from tables.catalogue import Catalogue
from tables.model import Article, Site, Table
from tables.search import build

NAME: Final = "search-2.sqlite"  # the number rises with what is in it: a cache outlives the version that made it
KEPT: Final = 16  # folders of catalogues on a host
Subject = tuple[tuple[Table, ...], tuple[Article, ...], Site]  # what an index is made of


def index(cache: Path, catalogue: Catalogue) -> Path:
    """The index, made here and now where nobody has made it yet."""
    path = cache / catalogue.key / NAME
    if not path.exists():
        _make(path, _subject(catalogue))
    return path


def prepare(cache: Path, catalogues: Iterable[Catalogue], busy: BaseProcess | None = None) -> BaseProcess | None:
    """Start a process that makes what is missing, so that the first reader need not wait; it is not waited for.

    `busy` is the process of an earlier call: while it lives no other is started, however often this is called.
    """
    if busy is not None and busy.is_alive():  # which also buries one that is done
        return busy
    missing = [each for each in catalogues if not (cache / each.key / NAME).exists()]
    if not missing:
        return None
    _tidy(cache)
    work = [(cache / each.key / NAME, _subject(each)) for each in missing]
    maker = get_context("spawn").Process(target=_make_all, args=(work,), daemon=True)
    maker.start()
    return maker


def _subject(catalogue: Catalogue) -> Subject:
    """Only what a reader of this catalogue may see: of an article whose hour has not come there is no word."""
    tables = tuple(release.table for release in catalogue.releases.values())
    return tables, tuple(catalogue.news.values()), catalogue.site


def _make_all(work: Sequence[tuple[Path, Subject]]) -> None:
    for path, subject in work:
        _make(path, subject)


def _make(path: Path, subject: Subject) -> None:
    """One process of the host at a time; who comes second finds it made."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            build(*subject, path)


def _tidy(cache: Path) -> None:
    """The oldest go; whoever still asks one of them makes it again."""
    made = sorted(cache.glob("*/search*.sqlite"), key=lambda path: path.stat().st_mtime)
    for path in made[:-KEPT]:
        path.unlink(missing_ok=True)

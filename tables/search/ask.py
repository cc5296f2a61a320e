"""Asking an index: the exact id first, then whole words, then parts of words; spelling help at the end."""

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz, process

from tables.model import Lang
from tables.search.index import NEWS
from tables.search.words import LONGEST, fold, stem, tokens

MOST: Final = 500  # hits
VALUES: Final = 5  # matched values shown with a hit
ALIKE: Final = 72  # least likeness of a suggested word, of 100
_NOISE: Final[Mapping[Lang, frozenset[str]]] = {
    "da": frozenset(
        ["og", "i", "på", "af", "til", "for", "med", "efter", "pr", "en", "et", "de", "der", "den", "det", "at", "er"]
    ),
    "en": frozenset(["and", "in", "on", "of", "to", "for", "with", "by", "per", "the", "a", "an", "at", "is", "are"]),
}


@dataclass(frozen=True, slots=True)
class Match:
    """A value of a table that the words found."""

    dimension: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    table: str
    values: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Hits and the ids of articles, best first; `suggestion` is the question as it was perhaps meant."""

    hits: tuple[Hit, ...]
    suggestion: str | None = None
    articles: tuple[str, ...] = ()


def search(path: Path, words: str, lang: Lang) -> Found:
    """Tables and articles of the index at `path` that all the words fit, by stem, synonym or part of a word."""
    asked = [word for word in tokens(words[:LONGEST]) if word not in _NOISE[lang]]
    if not asked:
        return Found(())
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as base:
        index = _Index(base, lang)
        places = index.places(words, asked)
        if places:
            news = index.articles()
            tables = [place for place in places if place not in news][:MOST]
            articles = tuple(news[place] for place in places if place in news)[:MOST]
            return Found(tuple(index.hit(place, asked) for place in tables), articles=articles)
        return Found((), index.suggestion(asked))


_STATEMENTS: Final = {
    "da": (
        "SELECT rowid FROM t_da WHERE t_da MATCH ? ORDER BY bm25(t_da, 10.0, 5.0, 1.0), rowid",
        "SELECT rowid FROM g_da WHERE g_da MATCH ? ORDER BY rowid",
        "SELECT dimension, code, text FROM v_da WHERE v_da MATCH ? AND place = ? ORDER BY rank, rowid LIMIT ?",
    ),
    "en": (
        "SELECT rowid FROM t_en WHERE t_en MATCH ? ORDER BY bm25(t_en, 10.0, 5.0, 1.0), rowid",
        "SELECT rowid FROM g_en WHERE g_en MATCH ? ORDER BY rowid",
        "SELECT dimension, code, text FROM v_en WHERE v_en MATCH ? AND place = ? ORDER BY rank, rowid LIMIT ?",
    ),
}


class _Index:
    """One open index in one language, for the length of one question."""

    def __init__(self, base: sqlite3.Connection, lang: Lang) -> None:
        self._base = base
        self._lang = lang
        self._text, self._parts, self._values = _STATEMENTS[lang]
        self._synonyms: Mapping[str, Sequence[str]] = json.loads(self._meta("synonyms"))

    def _meta(self, name: str) -> str:
        (content,) = self._base.execute("SELECT content FROM meta WHERE name = ?", (f"{name}_{self._lang}",)).fetchone()
        return str(content)

    def places(self, words: str, asked: Sequence[str]) -> list[int]:
        """Places of tables and articles in the catalogue, best first, closed tables after what is active."""
        exact = self._base.execute("SELECT place FROM tables WHERE lower(id) = ?", (words.strip().lower(),)).fetchall()
        groups = self._readings(asked)
        question = " AND ".join(self._either(group, prefix=True) for group in groups)
        whole = self._base.execute(self._text, (question,)).fetchall()
        long = [[word for word in group if len(word) > 2] for group in groups]  # the index holds parts of three letters
        inside = []
        if all(long):
            inside = self._base.execute(self._parts, (" AND ".join(map(self._either, long)),)).fetchall()
        ranked = [*exact, *self._active_first(whole), *self._active_first(inside)]
        return list(dict.fromkeys(place for (place,) in ranked))

    def articles(self) -> dict[int, str]:
        """The id of each article by its place."""
        return dict(self._base.execute("SELECT place, id FROM tables WHERE status = ?", (NEWS,)).fetchall())

    def _active_first(self, rows: Sequence[tuple[int]]) -> list[tuple[int]]:
        closed = {place for (place,) in self._base.execute("SELECT place FROM tables WHERE status = 'closed'")}
        return sorted(rows, key=lambda row: row[0] in closed)

    def _readings(self, asked: Sequence[str]) -> list[list[str]]:
        """One group a word: its stem and what says the same. A phrase known as a synonym is read as one."""
        base = [stem(word, self._lang) for word in asked]
        groups: list[list[str]] = []
        start = 0
        while start < len(base):
            length = next(
                (
                    n
                    for n in (3, 2, 1)
                    if n <= len(base) - start and " ".join(base[start : start + n]) in self._synonyms
                ),
                1,
            )
            phrase = " ".join(base[start : start + length])
            groups.append(list(self._synonyms.get(phrase, (phrase,))))
            start += length
        return groups

    @staticmethod
    def _either(phrases: Sequence[str], *, prefix: bool = False) -> str:
        """FTS5 text of one group. Words hold letters and digits only, so quoting is all they need."""
        star = "*" if prefix else ""
        return "(" + " OR ".join(f'"{phrase}"{star}' for phrase in phrases) + ")"

    def hit(self, place: int, asked: Sequence[str]) -> Hit:
        """The table with the values that made it one, at most a handful."""
        (table,) = self._base.execute("SELECT id FROM tables WHERE place = ?", (place,)).fetchone()
        phrases = [phrase for group in self._readings(asked) for phrase in group]
        rows = self._base.execute(self._values, (self._either(phrases, prefix=True), place, VALUES)).fetchall()
        return Hit(table, tuple(Match(*row) for row in rows))

    def suggestion(self, asked: Sequence[str]) -> str | None:
        """The same words, each unknown one replaced by the likest known word; None where nothing is like it."""
        known: list[str] = json.loads(self._meta("words"))
        meant = [self._likest(word, known) for word in asked]
        if None in meant or meant == list(asked):
            return None
        text = " ".join(word for word in meant if word)
        return text if self.places(text, tokens(text)) else None

    @staticmethod
    def _likest(word: str, known: Sequence[str]) -> str | None:
        if word in known or re.fullmatch(r"\d+", word):
            return word
        found = process.extractOne(fold(word), known, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return found[0] if found else None

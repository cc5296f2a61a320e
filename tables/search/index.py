"""The index of one catalogue: an SQLite file with full text and parts of words, for both languages.

Articles stand after the tables, in the same columns: one question finds both, and one vocabulary spells for both.
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from tables.model import LANGUAGES, Article, Lang, Site, Subject, Table
from tables.news.source import prose
from tables.search.words import fold, stems, synonyms, tokens

OLDEST_SQLITE: Final = (3, 34, 0)  # the trigram tokenizer
NEWS: Final = "news"  # what stands for the status of a table where it is an article


def build(tables: Sequence[Table], articles: Sequence[Article], site: Site, path: Path) -> None:
    """Write the index aside and move it to `path`; tables and articles in the order of the catalogue.

    Raises OSError with the cure where SQLite is too old for parts of words.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise OSError(f"SQLite {sqlite3.sqlite_version} is too old for search: 3.34 or newer is needed")
    aside = path.with_suffix(f".{os.getpid()}.tmp")
    aside.unlink(missing_ok=True)
    with closing(sqlite3.connect(aside)) as base, base:
        base.execute("PRAGMA journal_mode=off")
        base.execute("CREATE TABLE meta(name TEXT PRIMARY KEY, content TEXT)")
        base.execute("CREATE TABLE tables(place INTEGER PRIMARY KEY, id TEXT, status TEXT, subject TEXT)")
        kinds: list[tuple[Table | Article, str]] = [(table, table.status) for table in tables]
        kinds += [(article, NEWS) for article in articles]
        rows = [(place, one.id, kind, one.subject) for place, (one, kind) in enumerate(kinds)]
        base.executemany("INSERT INTO tables VALUES(?,?,?,?)", rows)
        for lang in LANGUAGES:
            _write(base, tables, articles, site, lang)
    aside.replace(path)


# One pair of full-text tables a language. The names are ours, so the statements are constants.
_CREATE: Final = {
    "da": (
        "CREATE VIRTUAL TABLE t_da USING fts5(id, title, body, tokenize='unicode61 remove_diacritics 0')",
        "CREATE VIRTUAL TABLE g_da USING fts5(txt, tokenize='trigram')",
        "CREATE VIRTUAL TABLE v_da USING fts5(stems, place UNINDEXED, dimension UNINDEXED, code UNINDEXED, "
        "text UNINDEXED, tokenize='unicode61 remove_diacritics 0')",
    ),
    "en": (
        "CREATE VIRTUAL TABLE t_en USING fts5(id, title, body, tokenize='unicode61 remove_diacritics 0')",
        "CREATE VIRTUAL TABLE g_en USING fts5(txt, tokenize='trigram')",
        "CREATE VIRTUAL TABLE v_en USING fts5(stems, place UNINDEXED, dimension UNINDEXED, code UNINDEXED, "
        "text UNINDEXED, tokenize='unicode61 remove_diacritics 0')",
    ),
}
_FILL: Final = {
    "da": (
        "INSERT INTO t_da(rowid, id, title, body) VALUES(?,?,?,?)",
        "INSERT INTO g_da(rowid, txt) VALUES(?,?)",
        "INSERT INTO v_da VALUES(?,?,?,?,?)",
    ),
    "en": (
        "INSERT INTO t_en(rowid, id, title, body) VALUES(?,?,?,?)",
        "INSERT INTO g_en(rowid, txt) VALUES(?,?)",
        "INSERT INTO v_en VALUES(?,?,?,?,?)",
    ),
}


def _write(
    base: sqlite3.Connection, tables: Sequence[Table], articles: Sequence[Article], site: Site, lang: Lang
) -> None:
    for statement in _CREATE[lang]:
        base.execute(statement)
    paths = dict(_paths(site.subjects, lang))
    words: set[str] = set()
    text, parts, values = _FILL[lang]
    told = [(one, " ".join(_body(one, lang))) for one in tables] + [(one, _told(one, lang)) for one in articles]
    for place, (one, words_of) in enumerate(told):
        title, body = one.title[lang], f"{words_of} {paths.get(one.subject, '')}"
        words.update(tokens(title), tokens(body))
        base.execute(text, (place, fold(one.id), stems(title, lang), stems(body, lang)))
        base.execute(parts, (place, " ".join(dict.fromkeys(tokens(f"{title} {body}")))))
    for place, table in enumerate(tables):
        base.executemany(values, _values(place, table, lang))
    for synonym in site.synonyms:
        words.update(word for phrase in synonym[lang] for word in tokens(phrase))
    known = sorted(word for word in words if len(word) > 2 and not word.isdigit())
    base.execute("INSERT INTO meta VALUES(?,?)", (f"words_{lang}", json.dumps(known)))
    base.execute("INSERT INTO meta VALUES(?,?)", (f"synonyms_{lang}", json.dumps(synonyms(site.synonyms, lang))))


def _body(table: Table, lang: Lang) -> Iterator[str]:
    """All texts of a table but its title. Periods are left out: every table has them."""
    for dimension in table.dimensions:
        yield dimension.text[lang]
        if not dimension.time:
            yield from dict.fromkeys(value.text[lang] for value in dimension.values)
    for measure in table.measures:
        yield measure.text[lang]
        yield measure.unit[lang]
    for note in table.notes:
        yield note.text[lang]


def _told(article: Article, lang: Lang) -> str:
    """What an article says, with its figures as they were printed."""
    titles = (figure.title[lang] for figure in article.figures)
    return " ".join([prose(article.body[lang]), *titles, article.conditions[lang], article.number, *article.tables])


def _values(place: int, table: Table, lang: Lang) -> Iterator[tuple[str, int, str, str, str]]:
    for dimension in table.dimensions:
        if not dimension.time:
            for value in dimension.values:
                yield stems(value.text[lang], lang), place, dimension.code, value.code, value.text[lang]


def _paths(subjects: Iterable[Subject], lang: Lang, above: str = "") -> Iterator[tuple[str, str]]:
    """Subject id → the words of its whole path."""
    for subject in subjects:
        path = f"{above} {subject.text[lang]}"
        yield subject.id, path
        yield from _paths(subject.subjects, lang, path)

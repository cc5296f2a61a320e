"""The first lines of an article, so that a writer begins with text and not with keys."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tables.catalog import Library
from tables.errors import Refused
from tables.model import Lang, Table
from tables.news.lay import NEWS
from tables.schema.news import is_id
from tables.selection import default

_WORDS: Final[dict[Lang, dict[str, str]]] = {
    "da": {
        "title": "Skriv her, hvad tallene viser",
        "none": "Ingen.",
        "lead": "Skriv en indledning på to eller tre linjer. I {period} var tallet :figure[{table}?{cell}].",
        "more": "Det er en ændring på :change[{table}?{cell}|from={before}|unit={unit}|sign=yes] siden {before}.",
    },
    "en": {
        "title": "Write here what the figures show",
        "none": "None.",
        "lead": "Write a lead of two or three lines. In {period} the figure was :figure[{table}?{cell}].",
        "more": "That is a change of :change[{table}?{cell}|from={before}|unit={unit}|sign=yes] since {before}.",
    },
}


def new_article(library: Library, article: str, tables: Sequence[str]) -> tuple[Path, ...]:
    """Writes news.da.md and news.en.md; raises Refused where the article is there or a table is not."""
    if not is_id(article):
        raise Refused(
            "news", f"'{article}' er ikke et id; skriv fx 2025-101.", f"'{article}' is no id; write 2025-101."
        )
    folder = library.folder / NEWS / article
    if folder.exists():
        raise Refused("news", f"news/{article} findes allerede.", f"news/{article} is there already.")
    for table in tables or ("",):
        if table not in library.tables:
            raise Refused("table", f"'{table}' findes ikke i biblioteket.", f"'{table}' is not in the library.")
    described = [library.tables[table] for table in tables]
    folder.mkdir(parents=True)
    written = []
    for lang in ("da", "en"):
        path = folder / f"news.{lang}.md"
        path.write_text(_text(article, described, "da" if lang == "da" else "en"), encoding="utf-8")
        written.append(path)
    return tuple(written)


def _text(article: str, tables: Sequence[Table], lang: Lang) -> str:
    first, words = tables[0], _WORDS[lang]
    front = [
        "---",
        f"title: {words['title']}",
        f'number: "{article.replace("-", ":", 1)}"',
        f'subject: "{first.subject}"',
        *([f"documentation: {first.documentation}"] if first.documentation else []),
        f"tables: [{', '.join(table.id for table in tables)}]",
        f"conditions: {words['none']}",
        "---",
    ]
    return "\n".join([*front, "", _lead(first, words), "", _fence(first, lang), ""])


def _lead(table: Table, words: dict[str, str]) -> str:
    """The newest period of the total, and what has happened since the one before."""
    time = table.time
    cell = [f"{d.code}={d.codes[0]}" for d in table.dimensions if d.elimination is None and not d.time]
    if len(table.measures) > 1:
        cell.append(f"ContentsCode={table.measures[0].code}")
    cell.append(f"{time.code}={time.codes[-1]}")
    unit = "pp" if table.measures[0].kind == "ratio" else "abs"
    filled = {"table": table.id, "cell": "&".join(cell), "period": time.codes[-1], "unit": unit}
    if len(time.codes) < 2:
        return words["lead"].format(**filled)
    return f"{words['lead']} {words['more']}".format(**filled, before=time.codes[-2])


def _fence(table: Table, lang: Lang) -> str:
    first = default(table)
    select = ", ".join(f'{code}: "{text}"' for code, text in first.select.items())
    return "\n".join(
        [
            "```statbank",
            f"table: {table.id}",
            f"select: {{{select}}}",
            f"rows: [{', '.join(first.rows)}]",
            f"columns: [{', '.join(first.columns)}]",
            "view: table",
            f'title: "{table.title[lang]}"',
            "asof: release",
            "```",
        ]
    )

"""The figures of a question in the reader's own tool: a few lines to copy for each, made from the address alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from flask import render_template
from markupsafe import Markup

from service import http, paper
from service.sitekeys import View
from tables.model import CONTENTS, Lang, Text

LAID: Final[Mapping[str, None]] = dict.fromkeys(("view", "rows", "columns", "sort"))  # how it is shown: no file follows
NAMES: Final[Mapping[str, Text]] = {
    "address": Text("Adresse", "Address"),
    "curl": Text("curl", "curl"),
    "pandas": Text("Python: pandas", "Python: pandas"),
    "polars": Text("Python: polars", "Python: polars"),
    "r": Text("R", "R"),
    "duckdb": Text("DuckDB", "DuckDB"),
    "excel": Text("Excel: Data › Fra web", "Excel: Data › From Web"),
    "powerquery": Text("Power Query", "Power Query"),
    "javascript": Text("JavaScript", "JavaScript"),
    "citation": Text("Kildehenvisning", "Citation"),
}
HEADING: Final = Text("Hent tallene i dit eget program", "Get the figures in a program of your own")


@dataclass(frozen=True, slots=True)
class Question:
    """`url` is the page of the table, absolute; `keys` its query string; `codes` the columns that hold codes."""

    url: str
    keys: str
    codes: tuple[str, ...]
    citation: str = ""

    def file(self, ending: str) -> str:
        return f"{self.url}.{ending}?{self.keys}" if self.keys else f"{self.url}.{ending}"

    @property
    def id(self) -> str:
        return self.url.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Snippet:
    tool: str
    name: str
    text: str


def snippets(question: Question, lang: Lang) -> tuple[Snippet, ...]:
    """One for each tool, in the order people look for them."""
    written = {
        "address": question.file("csv"),
        "curl": _curl(question),
        "pandas": _pandas(question),
        "polars": _polars(question),
        "r": _r(question),
        "duckdb": _duckdb(question),
        "excel": question.file("dk.csv" if lang == "da" else "xlsx"),
        "powerquery": _power_query(question, lang),
        "javascript": _javascript(question),
        "citation": question.citation,
    }
    return tuple(Snippet(tool, NAMES[tool][lang], text) for tool, text in written.items() if text)


def question(asked: View, lang: Lang, citation: str = "") -> Question:
    """What a page asks, without how it shows it."""
    url = f"{http.counter().settings.url}/{lang}/{paper.TABLES[lang]}/{asked.table.id}"
    axes = [axis for axis in asked.query.axes if axis != CONTENTS or len(asked.query.measures) > 1]
    return Question(url, asked.address(**LAID), tuple(axes), citation)


def shown(asked: View, lang: Lang, citation: str = "") -> Markup:
    """The snippets as the reuse box of a page shows them."""
    found = snippets(question(asked, lang, citation), lang)
    body = render_template("_snippets.html", snippets=found, heading=HEADING[lang])
    return Markup(body)  # noqa: S704  # escaped by the template


def _curl(question: Question) -> str:
    """Brackets of a code would be ranges to curl."""
    return f"curl --fail --compressed --globoff --output {question.id}.csv \\\n  '{_shell(question.file('csv'))}'"


def _shell(text: str) -> str:
    return text.replace("'", "%27")


def _typed(codes: tuple[str, ...], kind: str) -> str:
    """Codes are text: 084 is no number."""
    return "{" + ", ".join(f"{_quoted(code)}: {kind}" for code in codes) + "}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _pandas(question: Question) -> str:
    return (
        "import pandas as pd\n\n"
        f"data = pd.read_csv(\n    {_quoted(question.file('csv'))},\n    dtype={_typed(question.codes, 'str')},\n)\n"
    )


def _polars(question: Question) -> str:
    return (
        "import polars as pl\n\n"
        f"data = pl.read_csv(\n    {_quoted(question.file('csv'))},\n"
        f"    schema_overrides={_typed(question.codes, 'pl.String')},\n)\n"
    )


def _r(question: Question) -> str:
    """R as it comes, without a package."""
    kinds = ", ".join(f'{_quoted(code)} = "character"' for code in question.codes)
    return (
        f'data <- read.csv(\n  "{question.file("csv")}",\n'
        f'  colClasses = c({kinds}),\n  check.names = FALSE, fileEncoding = "UTF-8"\n)\n'
    )


def _duckdb(question: Question) -> str:
    kinds = ", ".join(f"'{code}': 'VARCHAR'" for code in question.codes)
    return f"SELECT *\nFROM read_csv('{_shell(question.file('csv'))}', types = {{{kinds}}});\n"


def _power_query(question: Question, lang: Lang) -> str:
    """The base stands still and the rest in its own fields, or a scheduled refresh is refused."""
    parts = urlsplit(question.file("csv"))
    keys = [key.partition("=") for key in parts.query.split("&") if key]
    fields = ", ".join(f"#{_m(unquote(name))} = {_m(unquote(text))}" for name, _, text in keys)
    source, data = ("Kilde", "Data") if lang == "da" else ("Source", "Data")
    return (
        f'let\n    {source} = Csv.Document(\n        Web.Contents("{parts.scheme}://{parts.netloc}", '
        f'[RelativePath = "{parts.path[1:]}", Query = [{fields}]]),\n'
        '        [Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]\n    ),\n'
        f"    {data} = Table.PromoteHeaders({source}, [PromoteAllScalars = true])\nin\n    {data}\n"
    )


def _m(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _javascript(question: Question) -> str:
    return (
        f"const answer = await fetch({_quoted(question.file('json'))});\n"
        "if (!answer.ok) throw new Error((await answer.json()).detail);\n"
        "const data = await answer.json();\n"
        "console.log(data.label, data.value);\n"
    )

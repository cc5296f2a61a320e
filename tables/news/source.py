"""One language of an article: front matter, text with bound figures, and figures set off; every fault with its line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tables.errors import Fault
from tables.model import Lang
from tables.news.grammar import BINDING, SUSPECT, Binding, binding
from tables.schema import FenceSchema, FrontSchema, shaped
from tables.schema.shape import meant
from tables.yamlfile import Document, scan

FENCE: Final = "statbank"
RULE: Final = "---"
IN_TABLE: Final = r"close it with ]; in a table write \| for |"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure stands in the text, and what it is bound to; None where that cannot be read."""

    binding: Binding | None
    line: int


@dataclass(frozen=True, slots=True)
class Fence:
    """A figure set off: what it says and on which line it begins."""

    shape: Mapping[str, Any]
    line: int
    document: Document


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of running text."""

    text: str
    line: int


@dataclass(slots=True)
class Source:
    """`body` is the Markdown as it was written, without the front matter; it begins on line `first`."""

    name: str
    lang: Lang
    document: Document
    front: Mapping[str, Any]
    body: str
    first: int
    pieces: list[Piece] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    fences: list[Fence] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, line: int, what: str, path: str = "") -> None:
        self.faults.append(Fault(self.name, line, path, what))


def read_source(path: Path, name: str, lang: Lang) -> Source:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        document = Document(name, None, {})
        return Source(
            name, lang, document, {}, "", 1, faults=[Fault(name, 0, "", "is missing, or not UTF-8; write it")]
        )
    lines = text.split("\n")
    end = next((at for at, line in enumerate(lines) if at and line.rstrip() == RULE), None)
    if lines[0].rstrip() != RULE or end is None:
        document = Document(name, None, {})
        return Source(name, lang, document, {}, "", 1, faults=[Fault(name, 1, "", "has no front matter between ---")])
    document = scan("\n" + "\n".join(lines[1:end]), name)
    faults = list(document.faults)
    front = shaped(FrontSchema(), document, faults)
    source = Source(name, lang, document, front, "\n".join(lines[end + 1 :]), end + 2, faults=faults)
    _read_body(source)
    return source


def _read_body(source: Source) -> None:
    for token in parser().parse(source.body):
        line = source.first + (token.map[0] if token.map else 0)
        if token.type == "fence" and token.info.split()[:1] == [FENCE]:
            _fence(source, token, line)
        elif token.type == "inline":
            source.pieces.append(Piece(token.content, line))
            source.places += _bindings(source, token.content, line)
    _strays(source)
    if not source.pieces:
        source.refuse(source.first, "has no text; write the lead")


def parser() -> MarkdownIt:
    """CommonMark with tables; raw HTML is text."""
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _fence(source: Source, token: Token, line: int) -> None:
    document = scan("\n" * line + token.content, source.name)
    source.faults += document.faults
    source.fences.append(Fence(shaped(FenceSchema(), document, source.faults), line, document))


def _bindings(source: Source, text: str, line: int) -> Iterator[Place]:
    for match in SUSPECT.finditer(text):
        here = line + text.count("\n", 0, match.start())
        exact = BINDING.match(text, match.start())
        if exact is None:
            word = match["word"].casefold()
            cure = meant(word, ("figure", "change")) if word not in ("figure", "change") else IN_TABLE
            source.refuse(here, f"'{match[0]}' is neither :figure[…] nor :change[…]; {cure}")
            continue
        try:
            yield Place(binding(exact["kind"], exact["inner"]), here)
        except ValueError as error:
            source.refuse(here, str(error), exact[0])
            yield Place(None, here)


def _strays(source: Source) -> None:
    """Figures are printed where they were found; one that stands elsewhere would be left as it was written."""
    found = sum(len(BINDING.findall(piece.text)) for piece in source.pieces)
    if len(BINDING.findall(outside(source.body))) != found:
        source.refuse(source.first, "a figure stands where there is no running text; take it out of code and links")


def outside(body: str) -> str:
    """The text without its fenced and indented code, line for line."""
    lines = body.split("\n")
    for token in parser().parse(body):
        if token.type in ("fence", "code_block") and token.map:
            lines[token.map[0] : token.map[1]] = [""] * (token.map[1] - token.map[0])
    return "\n".join(lines)


def prose(body: str) -> str:
    """The running text as it is read: without marks, and without the figures set off."""
    tokens = [token for token in parser().parse(body) if token.type == "inline"]
    return " ".join(child.content for token in tokens for child in token.children or () if child.content)


def with_printed(body: str, printed: list[str]) -> str:
    """The text with each figure in its place, in the order they stand."""
    left = iter(printed)
    kept = outside(body).split("\n")
    lines = body.split("\n")
    return "\n".join(BINDING.sub(lambda _: next(left), line) if kept[at] else line for at, line in enumerate(lines))

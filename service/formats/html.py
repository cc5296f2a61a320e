"""HTML: a real table with headers that screen readers follow; signs carry their words (ux §4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import product
from math import prod

from service.formats import numbers
from service.formats.format import MILLION, Format, Options
from service.formats.head import Axis, Line, notes, title, units, updated, variables
from service.formats.signs import BY_BYTE, DST
from tables.model import Answer, Block, Lang, Text

UNIT = Text("Enhed", "Unit")
NOTES = Text("Noter", "Notes")
SIGNS = Text("Tegn i tabellen", "Signs in the table")
SOURCE = Text("Kilde", "Source")
UPDATED = Text("Opdateret", "Updated")
MARKS = {"da": str.maketrans(",.", ".,"), "en": str.maketrans("", "")}  # thousands and decimals as the language has it
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Grid:
    """The axes of a table, parted: down the page, across it, and those with one line, which are in the caption."""

    down: tuple[Axis, ...]
    across: tuple[Axis, ...]
    alone: tuple[Axis, ...]

    @property
    def width(self) -> int:
        return prod(len(axis.lines) for axis in self.across)

    @property
    def deep(self) -> bool:
        return len(self.down) > 1 or len(self.across) > 1


def grid(answer: Answer, lang: Lang, options: Options) -> Grid:
    shown = variables(answer, lang)
    wide = tuple(axis for axis in shown if len(axis.lines) > 1)
    if not wide:
        wide = shown[-1:]
    across = tuple(axis for axis in wide if axis.code in options.columns)
    down = tuple(axis for axis in wide if axis not in across)
    return Grid(down, across, tuple(axis for axis in shown if axis not in wide))


def digits(text: str, lang: Lang) -> str:
    """1234567.5 → 1.234.567,5 or 1,234,567.5, with a true minus."""
    whole, point, rest = text.partition(".")
    grouped = f"{int(whole):,}" if len(whole) > 3 else whole
    if whole.startswith("-") and not grouped.startswith("-"):
        grouped = f"-{grouped}"
    return (grouped + point + rest).translate(MARKS[lang]).replace("-", MINUS)


def cells(block: Block, lang: Lang, options: Options) -> list[str]:
    """The content of every cell; a sign stands with its words, except where a protocol has one sign for all."""
    found: list[str] = []
    for text, status in zip(numbers.texts(block), block.status.tolist(), strict=True):
        sign = BY_BYTE[status]
        if not sign.number:
            found.append(_sign(DST if options.dialect == "dst" else sign.mark, sign.text[lang], options))
            continue
        shown = f'<data value="{text}">{digits(text, lang)}</data>'
        if sign.mark and options.dialect != "dst":
            shown += _sign(sign.mark, sign.text[lang], options)
        found.append(shown)
    return found


def _sign(mark: str, words: str, options: Options) -> str:
    if options.dialect == "dst":
        return mark
    return f'<span aria-hidden="true">{mark}</span><span class="vh"> {escape(words)}</span>'


def table(answer: Answer, lang: Lang, options: Options, used: set[int]) -> Iterator[str]:
    """The table element, row by row; `used` is filled with the states that occur."""
    parted = grid(answer, lang, options)
    yield f'<table class="figures">{_caption(answer, parted, lang)}<thead>{_head(parted, options)}</thead><tbody>'
    width = parted.width
    names = _names(parted)
    rows = _rows(parted, options)
    kept: list[str] = []
    for block in answer.blocks():
        used.update(set(block.status.tolist()))
        kept += cells(block, lang, options)
        whole = len(kept) // width
        for place in range(whole):
            head, ids = next(rows)
            line = kept[place * width : (place + 1) * width]
            yield f"<tr>{head}{''.join(_data(line, names, ids))}</tr>"
        kept = kept[whole * width :]
    yield "</tbody></table>"


def _data(line: Sequence[str], names: Sequence[str], ids: str) -> Iterator[str]:
    for cell, name in zip(line, names, strict=True):
        linked = f' headers="{ids}{name}"' if ids or name else ""
        yield f'<td class="num"{linked}>{cell}</td>'


def _caption(answer: Answer, parted: Grid, lang: Lang) -> str:
    facts = [f"{UNIT[lang]}: {units(answer, lang)}"]
    facts += [f"{axis.text}: {axis.lines[0].text}" for axis in parted.alone]
    return f'<caption>{escape(title(answer, lang))}<span class="facts">{escape(" · ".join(facts))}</span></caption>'


def _head(parted: Grid, options: Options) -> str:
    """One row a column variable; the names of the row variables stand before the first of them."""
    deep = len(parted.across)
    corner = "".join(
        f'<th scope="col"{_span("rowspan", max(deep, 1))}>{escape(axis.text)}</th>' for axis in parted.down
    )
    if not parted.across:
        return f'<tr>{corner}<th scope="col"><span class="vh">{escape(parted.down[-1].text)}</span></th></tr>'
    rows: list[str] = []
    for level, axis in enumerate(parted.across):
        below = prod(len(inner.lines) for inner in parted.across[level + 1 :])
        above = prod(len(outer.lines) for outer in parted.across[:level])
        scope = "col" if level == deep - 1 else "colgroup"
        shown = [_label(line, options) for _ in range(above) for line in axis.lines]
        row = "".join(
            f'<th id="c{level}-{place}" scope="{scope}"{_span("colspan", below)}>{label}</th>'
            for place, label in enumerate(shown)
        )
        rows.append(f"<tr>{corner if not level else ''}{row}</tr>")
    return "".join(rows)


def _span(name: str, size: int) -> str:
    return f' {name}="{size}"' if size > 1 else ""


def _label(line: Line, options: Options) -> str:
    return escape(line.shown(options.presentation))


def _names(parted: Grid) -> list[str]:
    """The ids of the headers above each column, where there are several levels on either side."""
    if not parted.deep or not parted.across:
        return [""] * parted.width
    sizes = [prod(len(inner.lines) for inner in parted.across[level + 1 :]) for level in range(len(parted.across))]
    return [" ".join(f"c{level}-{place // size}" for level, size in enumerate(sizes)) for place in range(parted.width)]


def _rows(parted: Grid, options: Options) -> Iterator[tuple[str, str]]:
    """The headers of each row, and their ids as its cells name them."""
    if not parted.down:
        yield "", ""
        return
    labels = [[_label(line, options) for line in axis.lines] for axis in parted.down]
    sizes = [prod(len(inner.lines) for inner in parted.down[level + 1 :]) for level in range(len(parted.down))]
    last = len(labels) - 1
    for place, combined in enumerate(product(*labels)):
        heads = [
            f'<th id="r{level}-{place // size}" scope="{"row" if level == last else "rowgroup"}"'
            f"{_span('rowspan', size)}>{combined[level]}</th>"
            for level, size in enumerate(sizes)
            if place % size == 0
        ]
        ids = " ".join(f"r{level}-{place // size}" for level, size in enumerate(sizes)) if parted.deep else ""
        yield "".join(heads), f"{ids} " if ids and parted.across else ids


def legend(used: set[int], lang: Lang) -> list[tuple[str, str]]:
    """Sign and words of the states that occur, and of no others."""
    return [(BY_BYTE[status].mark, BY_BYTE[status].text[lang]) for status in sorted(used) if BY_BYTE[status].mark]


def document(answer: Answer, lang: Lang, options: Options, *, told: bool) -> Iterator[bytes]:
    """A page of its own; `told`: with notes and signs."""
    used: set[int] = set()
    name = escape(title(answer, lang))
    head = f'<head><meta charset="utf-8"><title>{name}</title></head>'
    yield f'<!DOCTYPE html>\n<html lang="{lang}">{head}<body>'.encode()
    for piece in table(answer, lang, options, used):
        yield piece.encode()
    if told:
        yield from (piece.encode() for piece in _told(answer, lang, options, used))
    source = escape(answer.table.source[lang])
    yield f"<p>{SOURCE[lang]}: {source} · {UPDATED[lang]} {updated(answer, 'date')}</p></body></html>\n".encode()


def _told(answer: Answer, lang: Lang, options: Options, used: set[int]) -> Iterator[str]:
    if signs := legend(used, lang) if options.dialect != "dst" else []:
        listed_signs = "".join(f"<dt>{escape(mark)}</dt><dd>{escape(words)}</dd>" for mark, words in signs)
        yield f"<h2>{SIGNS[lang]}</h2><dl>{listed_signs}</dl>"
    if lines := "".join(f"<li>{escape(note.text[lang])}</li>" for note in notes(answer)):
        yield f"<h2>{NOTES[lang]}</h2><ul>{lines}</ul>"


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    return document(answer, lang, options, told=False)


FORMAT = Format("html", "text/html; charset=utf-8", "html", MILLION, write)

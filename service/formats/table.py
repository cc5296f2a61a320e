"""The table element: headers that screen readers follow, signs that carry their words (ux §4)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import product
from math import prod

from service.formats import numbers, sorting
from service.formats.format import Options
from service.formats.head import Axis, Line, calculated, title, units, variables
from service.formats.signs import BY_BYTE, DST
from tables.model import Answer, Block, Lang, Text

UNIT = Text("Enhed", "Unit")
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


@dataclass(frozen=True, slots=True)
class Link:
    """A header that sorts: where it leads and how the column is sorted now."""

    address: str
    sorted: str = ""  # ascending, descending or nothing


@dataclass(frozen=True, slots=True)
class Dress:
    """What a page hangs on a table. `links`: of each column of numbers; `texts`: of the innermost row variable.

    `marks`: HTML after the text of a value, by axis and code, and after the number of a cell, by its place.
    `depth`: how far a value is moved in, by axis and code.
    """

    links: Sequence[Link] = ()
    texts: Link | None = None
    marks: Mapping[tuple[str, str], str] = field(default_factory=dict)
    depth: Mapping[tuple[str, str], int] = field(default_factory=dict)
    cells: Mapping[int, str] = field(default_factory=dict)


PLAIN = Dress()


def grid(answer: Answer, lang: Lang, options: Options) -> Grid:
    shown = {axis.code: axis for axis in variables(answer, lang)}
    down, across, alone = sorting.parted(answer.query, options.columns)
    return Grid(tuple(shown[a] for a in down), tuple(shown[a] for a in across), tuple(shown[a] for a in alone))


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


def table(answer: Answer, lang: Lang, options: Options, used: set[int], dress: Dress = PLAIN) -> Iterator[str]:
    """The table element, row by row; `used` is filled with the states that occur."""
    parted = grid(answer, lang, options)
    order = sorting.order(answer, lang, options)
    yield f'<table class="figures">{_caption(answer, parted, lang)}'
    yield f"<thead>{_head(parted, options, dress)}</thead><tbody>"
    names = _names(parted)
    lines = _cut(_pieces(answer, lang, options, used, dress), parted.width)
    if order is not None:
        every = list(lines)
        lines = (every[place] for place in order)
    for (head, ids), line in zip(_rows(parted, options, order, dress), lines, strict=True):
        yield f"<tr>{head}{''.join(_data(line, names, ids))}</tr>"
    yield "</tbody></table>"


def _pieces(answer: Answer, lang: Lang, options: Options, used: set[int], dress: Dress) -> Iterator[list[str]]:
    """The cells of each block, with what hangs on them."""
    start = 0
    for block in answer.blocks():
        used.update(set(block.status.tolist()))
        found = cells(block, lang, options)
        for place in dress.cells.keys() & range(start, start + len(found)):
            found[place - start] += dress.cells[place]
        start += len(found)
        yield found


def _cut(pieces: Iterator[list[str]], width: int) -> Iterator[list[str]]:
    kept: list[str] = []
    for piece in pieces:
        kept += piece
        whole = len(kept) // width
        yield from (kept[place * width : (place + 1) * width] for place in range(whole))
        kept = kept[whole * width :]


def _data(line: Sequence[str], names: Sequence[str], ids: str) -> Iterator[str]:
    for cell, name in zip(line, names, strict=True):
        linked = f' headers="{ids}{name}"' if ids or name else ""
        yield f'<td class="num"{linked}>{cell}</td>'


def _caption(answer: Answer, parted: Grid, lang: Lang) -> str:
    facts = [f"{UNIT[lang]}: {units(answer, lang)}"]
    if derived := calculated(answer.query, lang):
        facts.insert(0, derived)
    facts += [f"{axis.text}: {axis.lines[0].text}" for axis in parted.alone]
    return f'<caption>{escape(title(answer, lang))}<span class="facts">{escape(" · ".join(facts))}</span></caption>'


def _head(parted: Grid, options: Options, dress: Dress) -> str:
    """One row a column variable; the names of the row variables stand before the first of them."""
    deep = len(parted.across)
    corner = "".join(_corner(axis, deep, dress, last=axis is parted.down[-1]) for axis in parted.down)
    if not parted.across:
        alone = parted.alone[-1].lines[0].text if dress.links and parted.alone else parted.down[-1].text
        hidden = escape(alone) if dress.links else f'<span class="vh">{escape(alone)}</span>'
        return f"<tr>{corner}{_column('', 'col', '', hidden, dress.links[0] if dress.links else None)}</tr>"
    rows: list[str] = []
    for level, axis in enumerate(parted.across):
        below = prod(len(inner.lines) for inner in parted.across[level + 1 :])
        above = prod(len(outer.lines) for outer in parted.across[:level])
        innermost = level == deep - 1
        shown = [_label(axis, line, options, dress) for _ in range(above) for line in axis.lines]
        row = "".join(
            _column(
                f' id="c{level}-{place}"',
                "col" if innermost else "colgroup",
                _span("colspan", below),
                label,
                dress.links[place] if innermost and dress.links else None,
            )
            for place, label in enumerate(shown)
        )
        rows.append(f"<tr>{corner if not level else ''}{row}</tr>")
    return "".join(rows)


def _column(name: str, scope: str, span: str, label: str, link: Link | None) -> str:
    if link is None:
        return f'<th{name} scope="{scope}"{span}>{label}</th>'
    state = f' aria-sort="{link.sorted}"' if link.sorted else ""
    text, marks, notes = label.partition("<sup")  # a link in a link would be none
    anchor = f'<a href="{escape(link.address)}" rel="nofollow">{text}</a>'
    return f'<th{name} scope="{scope}"{span}{state}>{anchor}{marks}{notes}</th>'


def _corner(axis: Axis, deep: int, dress: Dress, *, last: bool) -> str:
    return _column("", "col", _span("rowspan", max(deep, 1)), escape(axis.text), dress.texts if last else None)


def _span(name: str, size: int) -> str:
    return f' {name}="{size}"' if size > 1 else ""


def _label(axis: Axis, line: Line, options: Options, dress: Dress) -> str:
    return escape(line.shown(options.presentation)) + dress.marks.get((axis.code, line.code), "")


def _names(parted: Grid) -> list[str]:
    """The ids of the headers above each column, where there are several levels on either side."""
    if not parted.deep or not parted.across:
        return [""] * parted.width
    sizes = [prod(len(inner.lines) for inner in parted.across[level + 1 :]) for level in range(len(parted.across))]
    return [" ".join(f"c{level}-{place // size}" for level, size in enumerate(sizes)) for place in range(parted.width)]


def _rows(parted: Grid, options: Options, order: Sequence[int] | None, dress: Dress) -> Iterator[tuple[str, str]]:
    """The headers of each row, and their ids as its cells name them. Sorting moves rows inside their groups only."""
    if not parted.down:
        yield "", ""
        return
    labels = [
        [(axis.code, line.code, _label(axis, line, options, dress)) for line in axis.lines] for axis in parted.down
    ]
    sizes = [prod(len(inner.lines) for inner in parted.down[level + 1 :]) for level in range(len(parted.down))]
    last = len(labels) - 1
    combined = list(product(*labels)) if order is not None else product(*labels)
    for place, own in enumerate(combined):
        at = place if order is None else order[place]
        texts = own if order is None else (*own[:-1], labels[last][at % len(labels[last])])
        heads = [
            f'<th id="r{level}-{(at if level == last else place) // size}"'
            f' scope="{"row" if level == last else "rowgroup"}"'
            f"{_span('rowspan', size)}{_moved(texts[level], dress)}>{texts[level][2]}</th>"
            for level, size in enumerate(sizes)
            if place % size == 0
        ]
        ids = " ".join(f"r{level}-{at // size}" for level, size in enumerate(sizes)) if parted.deep else ""
        yield "".join(heads), f"{ids} " if ids and parted.across else ids


def _moved(label: tuple[str, str, str], dress: Dress) -> str:
    depth = dress.depth.get(label[:2], 0)
    return f' class="i{depth}"' if depth else ""


def legend(used: set[int], lang: Lang) -> list[tuple[str, str]]:
    """Sign and words of the states that occur, and of no others."""
    return [(BY_BYTE[status].mark, BY_BYTE[status].text[lang]) for status in sorted(used) if BY_BYTE[status].mark]

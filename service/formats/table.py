"""The table element: headers that screen readers follow, signs that carry their words (ux §4)."""

from collections.abc import Iterator, Sequence
from html import escape

from service.formats import numbers, sorting
from service.formats.format import Options
from service.formats.head import calculated, title, told_units
from service.formats.headers import PLAIN, Dress, Grid, above, across, beside, grid, headed
from service.formats.signs import BY_BYTE, DST
from tables.model import Answer, Block, Lang, Text

UNIT = Text("Enhed", "Unit")
MARKS = {"da": str.maketrans(",.", ".,"), "en": str.maketrans("", "")}  # thousands and decimals as the language has it
MINUS = "\N{MINUS SIGN}"


def digits(text: str, lang: Lang) -> str:
    """1234567.5 → 1.234.567,5 or 1,234,567.5, with a true minus."""
    whole, point, rest = text.partition(".")
    grouped = f"{int(whole):,}" if len(whole) > 3 else whole
    if whole.startswith("-") and not grouped.startswith("-"):
        grouped = f"-{grouped}"
    return (grouped + point + rest).translate(MARKS[lang]).replace("-", MINUS)


def cells(block: Block, lang: Lang, options: Options, *, lean: bool = False) -> list[str]:
    """The content of every cell; a sign stands with its words, except where a protocol has one sign for all."""
    found: list[str] = []
    for text, status in zip(numbers.texts(block), block.status.tolist(), strict=True):
        sign = BY_BYTE[status]
        if not sign.number:
            found.append(_sign(DST if options.dialect == "dst" else sign.mark, sign.text[lang], options))
            continue
        shown = digits(text, lang) if lean else f'<data value="{text}">{digits(text, lang)}</data>'
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
    yield f'<table class="figures data">{_caption(answer, parted, lang)}'
    yield f"<thead>{above(parted, options, dress)}</thead><tbody>"
    names = across(parted)
    lines = _cut(_pieces(answer, lang, options, used, dress, lean=parted.lean), parted.width)
    if order is not None:
        every = list(lines)
        lines = (every[place] for place in order)
    group = parted.group
    for place, ((head, ids), line) in enumerate(zip(beside(parted, options, order, dress), lines, strict=True)):
        if place and group and not place % group:  # scope="rowgroup" reaches to the end of its tbody
            yield "</tbody><tbody>"
        yield f"<tr>{head}{''.join(_data(line, names, ids, lean=parted.lean))}</tr>"
    yield "</tbody></table>"


def _pieces(
    answer: Answer, lang: Lang, options: Options, used: set[int], dress: Dress, *, lean: bool
) -> Iterator[list[str]]:
    """The cells of each block, with what hangs on them."""
    start = 0
    for block in answer.blocks():
        used.update(set(block.status.tolist()))
        found = cells(block, lang, options, lean=lean)
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


def _data(line: Sequence[str], names: Sequence[str], ids: str, *, lean: bool) -> Iterator[str]:
    if lean:
        yield from (f"<td>{cell}</td>" for cell in line)
        return
    for cell, name in zip(line, names, strict=True):
        linked = f' headers="{ids}{name}"' if ids or name else ""
        yield f'<td class="num"{linked}>{cell}</td>'


def _caption(answer: Answer, parted: Grid, lang: Lang) -> str:
    facts = [f"{UNIT[lang]}: {told_units(answer, lang)}"]
    if derived := calculated(answer.query, lang):
        facts.insert(0, derived)
    facts += [f"{headed(axis)}: {axis.lines[0].text}" for axis in parted.alone]
    return f'<caption>{escape(title(answer, lang))}<span class="facts">{escape(" · ".join(facts))}</span></caption>'


def legend(used: set[int], lang: Lang) -> list[tuple[str, str]]:
    """Sign and words of the states that occur, and of no others."""
    return [(BY_BYTE[status].mark, BY_BYTE[status].text[lang]) for status in sorted(used) if BY_BYTE[status].mark]

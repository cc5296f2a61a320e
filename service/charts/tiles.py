"""The tile map: every kommune a square of the same size, coloured by classes of the shown numbers only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from service.charts import words
from service.charts.areas import Tile, level, tiles
from service.charts.cells import Cell, Cells
from service.charts.look import FONT, HIDDEN, INK, QUIET, wrapped
from service.formats.signs import BY_BYTE
from tables.model import Lang

SIDE: Final = 42
GAP: Final = 2
LEFT: Final = 12
BLUES: Final = ("#dbe9f6", "#a9cbe6", "#6aa3cf", "#2f76b0", "#00508f")
LIGHT: Final = 3  # on the first so many a dark text is read
EMPTY: Final = "#eef1f4"
SHORT: Final = 3  # letters of a name that fit
WIDTH: Final = LEFT * 2 + 17 * (SIDE + GAP)


@dataclass(frozen=True, slots=True)
class Class:
    """The numbers of one colour: the least and most of those shown, as text."""

    colour: str
    dark: bool
    text: str


def drawing(cells: Cells, along: str, *, title: str, under: Sequence[str]) -> str:
    """An SVG with its root; `along` is the axis of the areas."""
    axis = cells.axis(along)
    names = cells.names(along)
    by_code = {line.code: place for place, line in enumerate(axis.lines)}
    areas = {code: (names[place], cells.at({along: place})) for code, place in by_code.items()}
    kommuner = level(tuple(by_code)) == "kommune"
    grounds = [tile for tile in tiles() if (tile.kommune if kommuner else tile.landsdel) in areas]
    mapped = {code: areas[code] for code in {tile.kommune if kommuner else tile.landsdel for tile in grounds}}
    classes = classed([cell for _, cell in mapped.values()])
    head, top = _head(title, under)
    pieces = [head]
    pieces += [_tile(tile, mapped, classes, top, lang=cells.lang) for tile in grounds] if kommuner else []
    pieces += [] if kommuner else _provinces(grounds, mapped, classes, top, cells.lang)
    bottom = top + 12 * (SIDE + GAP)
    legend, height = _legend(mapped, classes, bottom, cells.lang)
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}">{"".join(pieces)}{legend}</svg>'


def classed(found: Sequence[Cell]) -> Mapping[float, Class]:
    """The class of each shown number: quantiles of the shown ones, and what a class spans is what is in it."""
    shown = sorted({cell.value: cell.text for cell in found if cell.value is not None}.items())
    count = min(len(BLUES), len(shown))
    classes: dict[float, Class] = {}
    for rank in range(count):
        members = shown[len(shown) * rank // count : len(shown) * (rank + 1) // count]
        colour = rank if count > 1 else len(BLUES) // 2
        place = colour * (len(BLUES) - 1) // max(1, count - 1) if count > 1 else colour
        first, last = members[0][1], members[-1][1]
        one = Class(BLUES[place], place >= LIGHT, first if first == last else f"{first}–{last}")
        classes |= {value: one for value, _ in members}
    return classes


def _head(title: str, under: Sequence[str]) -> tuple[str, int]:
    pieces, top = [], 26
    for line in wrapped(title):
        pieces.append(_text(LEFT, top, line, size=15, weight="bold"))
        top += 19
    for line in (each for text in under for each in wrapped(text, 1.15)):
        pieces.append(_text(LEFT, top, line, size=12, fill=QUIET))
        top += 16
    return "".join(pieces), top


def _fill(cell: Cell, classes: Mapping[float, Class]) -> tuple[str, str]:
    """The colour of an area and that of what is written on it."""
    if cell.value is not None:
        found = classes[cell.value]
        return found.colour, "#fff" if found.dark else INK
    return (HIDDEN if cell.hidden else EMPTY), INK


def _spoken(name: str, cell: Cell, lang: Lang) -> str:
    sign = BY_BYTE[cell.state]
    return f"{name}: {cell.text}" if sign.number else f"{name}: {sign.text[lang]}"


def _tile(
    tile: Tile, areas: Mapping[str, tuple[str, Cell]], classes: Mapping[float, Class], top: int, *, lang: Lang
) -> str:
    name, cell = areas[tile.kommune]
    fill, ink = _fill(cell, classes)
    x, y = _corner(tile, top)
    square = f'<rect x="{x}" y="{y}" width="{SIDE}" height="{SIDE}" fill="{fill}" stroke="#8593a0" stroke-width=".5"/>'
    plate = "" if not cell.hidden else f'<rect x="{x + 6}" y="{y + 8}" width="30" height="28" fill="#fff"/>'
    size = 10 if len(cell.text) <= 6 else 8
    return (
        f"<g><title>{escape(_spoken(name, cell, lang))}</title>{square}{plate}"
        f"{_text(x + SIDE // 2, y + 19, name[:SHORT], size=10, fill=ink, anchor='middle')}"
        f"{_text(x + SIDE // 2, y + 32, cell.text, size=size, fill=ink, anchor='middle')}</g>"
    )


def _provinces(
    grounds: Sequence[Tile],
    areas: Mapping[str, tuple[str, Cell]],
    classes: Mapping[float, Class],
    top: int,
    lang: Lang,
) -> list[str]:
    """The tiles of a landsdel in one colour and without a gap, its name and number in the middle of them."""
    pieces, labels = [], []
    for code in sorted(areas):
        name, cell = areas[code]
        fill, _ = _fill(cell, classes)
        corners = [_corner(tile, top) for tile in grounds if tile.landsdel == code]
        step = SIDE + GAP
        squares = "".join(f"M{x} {y}h{step}v{step}h-{step}z" for x, y in corners)
        path = f'<path d="{squares}" fill="{fill}" stroke="#fff" stroke-width=".6"/>'
        pieces.append(f"<g><title>{escape(_spoken(name, cell, lang))}</title>{path}</g>")
        middle = sum(x for x, _ in corners) // len(corners) + step // 2
        height = sum(y for _, y in corners) // len(corners) + step // 2
        short = name.removeprefix("Landsdel ").removeprefix("Province ")
        middle = min(middle, WIDTH - LEFT - len(short) * 3)
        halo = 'stroke="#fff" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke"'
        labels.append(_text(middle, height - 2, short, size=11, anchor="middle", weight="bold", more=halo))
        labels.append(_text(middle, height + 12, cell.text, size=11, anchor="middle", more=halo))
    return [*pieces, *labels]


def _corner(tile: Tile, top: int) -> tuple[int, int]:
    return LEFT + tile.column * (SIDE + GAP), top + tile.row * (SIDE + GAP)


def _legend(
    areas: Mapping[str, tuple[str, Cell]], classes: Mapping[float, Class], top: int, lang: Lang
) -> tuple[str, int]:
    entries = [(each.colour, each.text) for each in dict.fromkeys(classes[value] for value in sorted(classes))]
    states = sorted({cell.state for _, cell in areas.values() if cell.value is None})
    for state in states:
        hidden = any(cell.hidden for _, cell in areas.values() if cell.state == state)
        entries.append((HIDDEN if hidden else EMPTY, f"{BY_BYTE[state].mark} {_meaning(state, lang, hidden=hidden)}"))
    pieces, x, y = [], LEFT, top + 14
    for colour, text in entries:
        wide = 30 + len(text) * 7
        if x + wide > WIDTH:
            x, y = LEFT, y + 20
        pieces.append(
            f'<rect x="{x}" y="{y}" width="16" height="12" fill="{colour}" stroke="#8593a0" stroke-width=".5"/>'
        )
        pieces.append(_text(x + 21, y + 10, text, size=11))
        x += wide
    return "".join(pieces), y + 24


def _meaning(state: int, lang: Lang, *, hidden: bool) -> str:
    return words.NOT_SHOWN[lang] if hidden else BY_BYTE[state].text[lang]


def _text(  # what an SVG text has
    x: int,
    y: int,
    text: str,
    *,
    size: int,
    fill: str = INK,
    anchor: str = "start",
    weight: str = "normal",
    more: str = "",
) -> str:
    return (
        f'<text x="{x}" y="{y}" font-family="{FONT}" font-size="{size}" font-weight="{weight}" fill="{fill}" '
        f'text-anchor="{anchor}" {more}>{escape(text)}</text>'
    )

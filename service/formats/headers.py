"""The headers of a table element: their scope and span, how cells name them, and the links and marks on them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import product
from math import prod

from service.formats import sorting
from service.formats.format import Options
from service.formats.head import Axis, Line, variables
from tables.model import Answer, Lang

LEAN = (
    2_000  # most cells that name their headers and carry their plain number; beyond it scope alone says whose they are
)


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
    def lean(self) -> bool:
        return self.width * prod(len(axis.lines) for axis in self.down) > LEAN

    @property
    def group(self) -> int:
        """The rows of one value of the outermost variable, where others stand inside it; else 0."""
        return prod(len(axis.lines) for axis in self.down[1:]) if len(self.down) > 1 else 0

    @property
    def named(self) -> bool:
        """Whether each cell names its headers: where there are several levels on either side (ux §4)."""
        return (len(self.down) > 1 or len(self.across) > 1) and not self.lean


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


def above(parted: Grid, options: Options, dress: Dress) -> str:
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
                f' id="c{level}-{place}"' if parted.named else "",
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
    span = _span("rowspan", max(deep, 1))
    return _column(' class="corner"', "col", span, escape(headed(axis)), dress.texts if last else None)


def headed(axis: Axis) -> str:
    """The name of a variable where a line begins with it."""
    return axis.text[:1].upper() + axis.text[1:]


def _span(name: str, size: int) -> str:
    return f' {name}="{size}"' if size > 1 else ""


def _label(axis: Axis, line: Line, options: Options, dress: Dress) -> str:
    return escape(line.shown(options.presentation)) + dress.marks.get((axis.code, line.code), "")


def across(parted: Grid) -> list[str]:
    """The ids of the headers above each column, where there are several levels on either side."""
    if not parted.named or not parted.across:
        return [""] * parted.width
    sizes = [prod(len(inner.lines) for inner in parted.across[level + 1 :]) for level in range(len(parted.across))]
    return [" ".join(f"c{level}-{place // size}" for level, size in enumerate(sizes)) for place in range(parted.width)]


def beside(parted: Grid, options: Options, order: Sequence[int] | None, dress: Dress) -> Iterator[tuple[str, str]]:
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
            f"<th{_id(level, (at if level == last else place) // size) if parted.named else ''}"
            f' scope="{_scope(level, last)}"'
            f"{_span('rowspan', size)}{_moved(texts[level], dress)}>{texts[level][2]}</th>"
            for level, size in enumerate(sizes)
            if place % size == 0
        ]
        ids = " ".join(f"r{level}-{at // size}" for level, size in enumerate(sizes)) if parted.named else ""
        yield "".join(heads), f"{ids} " if ids and parted.across else ids


def _id(level: int, place: int) -> str:
    return f' id="r{level}-{place}"'


def _scope(level: int, last: int) -> str:
    """Of a header at the side: a tbody is a group of the outermost; one between spans its own rows."""
    return "rowgroup" if level == 0 and last else "row"


def _moved(label: tuple[str, str, str], dress: Dress) -> str:
    depth = dress.depth.get(label[:2], 0)
    return f' class="i{depth}"' if depth else ""

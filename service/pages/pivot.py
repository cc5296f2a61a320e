"""Rows and columns moved about by links, so that a keyboard is enough; and which views a selection can have."""

from collections.abc import Iterator
from dataclasses import dataclass

from service import charts
from service.formats import sorting
from service.pages.phrases import PHRASES
from service.pages.room import phrase
from service.sitekeys import SHAPES, View
from tables.model import CONTENTS, Lang, Query


@dataclass(frozen=True, slots=True)
class Move:
    """A step a variable can take; without an address it stands at the end already."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Placed:
    text: str
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Pivot:
    rows: tuple[Placed, ...]
    columns: tuple[Placed, ...]
    swapped: str
    suggested: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A view of the figures: where it is, or why this selection has none such."""

    text: str
    address: str
    current: bool
    reason: str = ""


def pivot(asked: View, lang: Lang) -> Pivot:
    query = asked.query
    several = len(query.measures) > 1
    axes = [axis for axis in query.axes if several or axis != CONTENTS]
    columns = [axis for axis in axes if axis in asked.columns]
    rows = [axis for axis in axes if axis not in asked.columns]
    return Pivot(
        tuple(_placed(asked, lang, rows, columns, axis, down=True) for axis in rows),
        tuple(_placed(asked, lang, rows, columns, axis, down=False) for axis in columns),
        _laid(asked, columns, rows),
        _laid(asked, *_suggested(query, rows, columns)),
    )


def _placed(asked: View, lang: Lang, rows: list[str], columns: list[str], axis: str, *, down: bool) -> Placed:
    own, others = (rows, columns) if down else (columns, rows)
    at = own.index(axis)
    moves = []
    for key, step in (("move_up", -1), ("move_down", 1)):
        if 0 <= at + step < len(own):
            turned = [*own]
            turned[at], turned[at + step] = turned[at + step], turned[at]
            address = _laid(asked, turned, columns) if down else _laid(asked, rows, turned)
            moves.append(Move(phrase(key, lang), address))
    less, more = [each for each in own if each != axis], [*others, axis]
    address = _laid(asked, less, more) if down else _laid(asked, more, less)
    moves.append(Move(phrase("to_columns" if down else "to_rows", lang), address))
    return Placed(_name(asked.query, axis, lang), tuple(moves))


def _laid(asked: View, rows: list[str], columns: list[str]) -> str:
    """With nothing across, time would come there by itself; naming every row keeps it down."""
    return asked.address(rows=",".join(rows), columns=",".join(columns), sort=None)


def _suggested(query: Query, rows: list[str], columns: list[str]) -> tuple[list[str], list[str]]:
    """Time across where it is not too long; the longest of the others innermost down."""
    time = query.release.table.time.code
    every = [*rows, *columns]
    sizes = {axis: len(sorting.codes(query, axis)) for axis in every}
    rest = sorted((axis for axis in every if axis != time), key=lambda axis: sizes[axis])
    if not rest:
        return [time], []
    return rest, [time]


def _name(query: Query, axis: str, lang: Lang) -> str:
    return PHRASES["contents"][lang] if axis == CONTENTS else query.release.table.dimension(axis).text[lang]


def tabs(asked: View, lang: Lang) -> Iterator[Tab]:
    reasons = {shape: charts.reason(asked.query, asked.columns, shape) for shape in SHAPES if shape != "table"}
    shown = "table" if reasons.get(asked.shape) else asked.shape
    for shape in SHAPES:
        why = reasons.get(shape)
        address = "" if why else asked.address(view=shape)
        yield Tab(phrase(f"view_{shape}", lang), address, shape == shown, why[lang] if why else "")

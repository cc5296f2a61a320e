"""The answer as a page shows it: the dressed table, numbered notes, how many cells are hidden, signs that occur."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Final

import numpy as np
from markupsafe import Markup

from service.formats import sorting
from service.formats.breaks import crossed
from service.formats.head import notes, title
from service.formats.headers import Dress, Link
from service.formats.table import legend
from service.formats.table import table as written
from service.pages.choice import depth
from service.sitekeys import View
from tables.model import EVERY, Answer, Break, Lang, Note, Query, Status, Text

MARKED: Final = 2_000  # most cells that carry the number of a note; a note of more stands for itself


@dataclass(frozen=True, slots=True)
class Numbered:
    """A note with its number on the page; `back` is the first place that refers to it."""

    number: int
    text: str
    mandatory: bool
    back: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    title: str
    table: Markup
    signs: tuple[tuple[str, str], ...]
    notes: tuple[Numbered, ...]
    cells: int
    hidden: int

    @property
    def important(self) -> tuple[Numbered, ...]:
        return tuple(note for note in self.notes if note.mandatory)

    @property
    def plain(self) -> tuple[Numbered, ...]:
        return tuple(note for note in self.notes if not note.mandatory)


def result(asked: View, answer: Answer, lang: Lang, path: str) -> Result:
    """`path`: of the page, for the links that sort."""
    hidden = sum(int(np.count_nonzero(block.status == Status.CONFIDENTIAL)) for block in answer.blocks())
    found = (*_reckoned(answer.query), *notes(answer), *(_told(each) for each in crossed(answer.query)))
    concerning = sorted(found, key=lambda note: not note.mandatory)
    marks = Marks(asked, concerning)
    dress = Dress(
        links=tuple(_links(asked, path)),
        texts=_link(asked, path, sorting.TEXT),
        marks=marks.values,
        depth={} if asked.sort else _depths(asked.query),  # a sorted row stands under nothing
        cells=marks.cells,
    )
    used: set[int] = set()
    text = "".join(written(answer, lang, asked.options, used, dress))
    for spot in marks.first.values():  # an inner header is written under each outer one, and an id stands once
        before, name, after = text.partition(f' id="{spot}"')
        text = before + name + after.replace(name, "") if name else text
    table = Markup(text)  # noqa: S704  # made of escaped texts
    numbered = tuple(
        Numbered(number, note.text[lang], note.mandatory, marks.first.get(number, ""))
        for number, note in enumerate(concerning, 1)
    )
    return Result(title(answer, lang), table, tuple(legend(used, lang)), numbered, answer.query.cells, hidden)


class Marks:
    """The numbers of notes where they concern something that is seen: a value in the head or the side, or a cell."""

    def __init__(self, asked: View, concerning: Sequence[Note]) -> None:
        self.values: dict[tuple[str, str], str] = {}
        self.cells: dict[int, str] = {}
        self.first: dict[int, str] = {}
        query = asked.query
        down, across, _ = sorting.parted(query, asked.columns)
        seen = {axis: sorting.codes(query, axis) for axis in (*down, *across)}
        for number, note in enumerate(concerning, 1):
            bound = {axis: at for axis, at in note.at.items() if at != EVERY and axis in seen}
            if len(bound) == 1:
                ((axis, at),) = bound.items()
                for code in seen[axis]:
                    if code in at:
                        self._mark(self.values, (axis, code), number)
            elif bound:
                for place in _places(query, {axis: frozenset(at) for axis, at in bound.items()}):
                    self._mark(self.cells, place, number)

    def _mark(self, marks: dict, spot: object, number: int) -> None:  # type: ignore[type-arg]  # of values or of cells
        back = ""
        if number not in self.first:
            self.first[number] = f"ref{number}"
            back = f' id="ref{number}"'
        mark = f'<sup><a href="#n{number}"{back} class="ref">{number}</a></sup>'
        marks[spot] = marks.get(spot, "") + mark


def _places(query: Query, at: dict[str, frozenset[str]]) -> Iterator[int]:
    """The cells of the answer that lie at all of these codes."""
    wanted = [
        [place for place, code in enumerate(sorting.codes(query, axis)) if axis not in at or code in at[axis]]
        for axis in query.axes
    ]
    if prod(len(each) for each in wanted) > MARKED:
        return
    shape = query.shape
    steps = [prod(shape[level + 1 :]) for level in range(len(shape))]
    for spots in product(*wanted):
        yield sum(spot * step for spot, step in zip(spots, steps, strict=True))


def _links(asked: View, path: str) -> Iterator[Link]:
    for codes in sorting.places(asked.query, asked.columns):
        yield _link(asked, path, codes)


def _link(asked: View, path: str, codes: tuple[str, ...]) -> Link:
    """From table order to ascending, to descending, and back."""
    sort = asked.sort
    mine = sort is not None and [c.casefold() for c in sort.by] == [c.casefold() for c in codes]
    state = "" if sort is None or not mine else "descending" if sort.descending else "ascending"
    text = ",".join(codes)
    following = {"": text, "ascending": f"-{text}", "descending": None}[state]
    keys = asked.address(sort=following)
    return Link(f"{path}?{keys}#resultat" if keys else f"{path}#resultat", state)


def _depths(query: Query) -> dict[tuple[str, str], int]:
    """How far each row is moved in under those of its ancestors that are in the answer."""
    found: dict[tuple[str, str], int] = {}
    for axis, picks in query.picks.items():
        dimension = query.release.table.dimension(axis)
        among = frozenset(pick.code for pick in picks)
        for pick in picks:
            place = dimension.index.get(pick.code)
            if place is not None and (steps := depth(dimension, dimension.values[place], among)):
                found[axis, pick.code] = steps
    return found


def _told(each: Break) -> Note:
    head = Text(f"Databrud {each.period}: ", f"Break in series {each.period}: ")
    return Note(Text(head.da + each.text.da, head.en + each.text.en), dict(each.at))


def _reckoned(query: Query) -> Iterator[Note]:
    """Shares of what does not add up are quotients of two published numbers, and do not make a whole (ux §3)."""
    derive = query.derive
    if (
        derive is None
        or derive.kind != "share"
        or all(measure.adds_over(derive.dimension) for measure in query.measures)
    ):
        return
    yield Note(
        Text(
            "Andelene giver ikke 100 tilsammen, da et barn kan tælle med flere steder.",
            "The shares do not add up to 100, as a child may count in several places.",
        ),
        mandatory=True,
    )

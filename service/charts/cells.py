"""The cells of an answer as a chart needs them: shown numbers, and for the others nothing but their state."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from service.charts import words
from service.formats import numbers
from service.formats.head import Axis, axes
from service.formats.signs import BY_BYTE, FIRST_WITHOUT_NUMBER
from service.formats.table import digits
from tables.model import Answer, Lang, Status


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` is None where no number is shown; `text` is the number in the reader's language, or the sign."""

    value: float | None
    text: str
    state: int

    @property
    def hidden(self) -> bool:
        return self.state == Status.CONFIDENTIAL


@dataclass(frozen=True, slots=True)
class Line:
    """One line, one colour of bars: its name and where it lies on its axes."""

    name: str
    place: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Cells:
    """All cells of an answer, by their place on each axis; axes that are not named stand at their first value."""

    axes: tuple[Axis, ...]
    cells: tuple[Cell, ...]
    lang: Lang

    def at(self, place: Mapping[str, int]) -> Cell:
        spot = 0
        for axis in self.axes:
            spot = spot * len(axis.lines) + place.get(axis.code, 0)
        return self.cells[spot]

    def axis(self, code: str) -> Axis:
        return next(axis for axis in self.axes if axis.code == code)

    def names(self, code: str) -> tuple[str, ...]:
        """The texts of an axis, told apart by their codes where two are the same."""
        lines = self.axis(code).lines
        texts = [line.text for line in lines]
        return tuple(line.text if texts.count(line.text) == 1 else f"{line.text} ({line.code})" for line in lines)

    def lines(self, codes: Sequence[str]) -> tuple[Line, ...]:
        """Every combination of the values of some axes, the last one fastest."""
        named = [self.names(code) for code in codes]
        return tuple(
            Line(
                ", ".join(names[spot] for names, spot in zip(named, spots, strict=True)),
                dict(zip(codes, spots, strict=True)),
            )
            for spots in product(*(range(len(names)) for names in named))
        )

    @property
    def shown(self) -> tuple[float, ...]:
        return tuple(cell.value for cell in self.cells if cell.value is not None)

    @property
    def hidden(self) -> int:
        return sum(cell.hidden for cell in self.cells)

    def extremes(self) -> tuple[tuple[str, str], tuple[str, str]] | None:
        """The least and the most of the shown numbers, each with where it stands; the first of equals."""
        spots = [spot for spot, cell in enumerate(self.cells) if cell.value is not None]
        if not spots:
            return None
        least = min(spots, key=lambda spot: self.cells[spot].value or 0.0)
        most = max(spots, key=lambda spot: self.cells[spot].value or 0.0)
        return (self.cells[least].text, self._where(least)), (self.cells[most].text, self._where(most))

    def _where(self, spot: int) -> str:
        parts = []
        for axis in reversed(self.axes):
            spot, here = divmod(spot, len(axis.lines))
            if len(axis.lines) > 1:
                parts.append(axis.lines[here].text)
        return ", ".join(reversed(parts)) or self.axes[0].lines[0].text


def read(answer: Answer, lang: Lang) -> Cells:
    """A number under a state without one is never looked at."""
    return Cells(axes(answer, lang), tuple(_cells(answer, lang)), lang)


def _cells(answer: Answer, lang: Lang) -> Iterator[Cell]:
    for block in answer.blocks():
        places = np.broadcast_to(np.asarray(block.decimals), block.values.shape).tolist()
        for value, state, decimals in zip(block.values.tolist(), block.status.tolist(), places, strict=True):
            if state >= FIRST_WITHOUT_NUMBER:
                yield Cell(None, BY_BYTE[state].mark, state)
            else:
                yield Cell(value / 10**decimals, digits(numbers.text(value, decimals), lang), state)


def told(cell: Cell, lang: Lang) -> str:
    """What stands where a bar or a point would: the words for what is hidden, the sign for the rest."""
    return words.NOT_SHOWN[lang] if cell.hidden else cell.text

"""What every question to a table needs, made once per table: its lines, and its codes in any case."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tables.model import CONTENTS, Dimension, Pick, Table, Text, Value

_FOLDS: Final = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})
_CONTENTS_TEXT: Final = Text("Indhold", "Contents")
TIME: Final = "time"  # the site's other name of the time dimension, in any case


@dataclass(frozen=True, slots=True)
class Lines:
    """A dimension, and for each of its values in table order a pick and its place."""

    dimension: Dimension
    picks: tuple[Pick, ...]
    places: NDArray[np.intp]
    folded: Mapping[str, int]

    @property
    def code(self) -> str:
        return self.dimension.code

    def place(self, text: str) -> int | None:
        """Where the code stands, its exact spelling before any other case."""
        place = self.dimension.index.get(text)
        return self.folded.get(text.casefold()) if place is None else place


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as questions see it: `lines` in table order, the measures just before time."""

    table: Table
    lines: Mapping[str, Lines]
    names: Mapping[str, str]
    site_names: Mapping[str, str]


def fold(text: str) -> str:
    """The published spelling of a code in ASCII, without case (pxwebapi2 §1)."""
    return text.casefold().translate(_FOLDS)


def sheet(table: Table) -> Sheet:
    return _sheet(_Same(table))


def top_codes(dimension: Dimension) -> tuple[str, ...]:
    """The values that make up the whole where no total is stored: those on top, without what stands beside the tree."""
    return tuple(
        value.code for value in dimension.values if value.parent not in dimension.index and value.nests != "no"
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A key that is equal to itself alone: comparing two whole tables would cost more than it saves."""

    table: Table

    def __hash__(self) -> int:
        return id(self.table)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.table is self.table


@lru_cache(maxsize=512)
def _sheet(same: _Same) -> Sheet:
    table = same.table
    dimensions: list[Dimension] = []
    for dimension in table.dimensions:
        if dimension.time:
            dimensions.append(_contents(table))
        dimensions.append(dimension)
    codes = [dimension.code for dimension in dimensions]
    site_names = {TIME: table.time.code} | {fold(code): code for code in codes} | {c.casefold(): c for c in codes}
    return Sheet(
        table=table,
        lines={dimension.code: lines_of(dimension) for dimension in dimensions},
        names={code.casefold(): code for code in codes},
        site_names=site_names,
    )


def _contents(table: Table) -> Dimension:
    values = tuple(Value(measure.code, measure.text) for measure in table.measures)
    return Dimension(CONTENTS, _CONTENTS_TEXT, values)


def lines_of(dimension: Dimension) -> Lines:
    picks = tuple(Pick(value.code, value.text, (value.code,)) for value in dimension.values)
    folded: dict[str, int] = {}
    for place, value in enumerate(dimension.values):
        folded.setdefault(value.code.casefold(), place)
    return Lines(dimension, picks, np.arange(len(picks)), folded)

"""Gather shown cells and add them up, a bounded piece at a time; a sum with a hidden part is hidden (disclosure §8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tables.derive.exact import exactly, largest
from tables.model import BLOCK, Release, Status

# One array of places per dimension of the table, in table order; together they broadcast to the shape asked for,
# and no dimension names a place twice.
Indices: TypeAlias = tuple[NDArray[np.intp], ...]
Numbers: TypeAlias = tuple[NDArray[np.int64], NDArray[np.uint8]]

# What decides in a sum: a part that cannot occur counts as nothing, a provisional one is inherited, a revised one not.
_RANK: Final = np.array([1, 2, 1, 0, 3, 4], dtype=np.uint8)  # by Status
_STATUS: Final = np.array([3, 0, 1, 4, 5], dtype=np.uint8)  # by rank


class Gather(Protocol):
    """An engine: the numbers and statuses of a measure, in the shape the indices broadcast to."""

    def __call__(self, release: Release, measure: str, indices: Indices, /) -> Numbers: ...


@dataclass(frozen=True, slots=True)
class Term:
    """Places of a dimension that make one number: a cell's own place, or the parts of a sum."""

    places: tuple[int, ...]
    summed: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """One measure of one release behind an engine. `fixed`: dimensions that stand at one place; `order`: the others."""

    gather: Gather
    release: Release
    measure: str
    fixed: tuple[tuple[int, NDArray[np.intp]], ...]
    order: tuple[int, ...]

    def cells(self, places: Sequence[NDArray[np.intp]]) -> Numbers:
        """The full product of the places, an axis each in the order given."""
        indices: list[NDArray[np.intp]] = [_ORIGIN] * len(self.release.table.dimensions)
        for dimension, place in self.fixed:
            indices[dimension] = place
        following = len(places)
        for dimension, line in zip(self.order, places, strict=True):
            following -= 1
            indices[dimension] = line.reshape(-1, *(1,) * following)
        return self.gather(self.release, self.measure, tuple(indices))


_ORIGIN: Final = np.zeros((), dtype=np.intp)


def summed(source: Source, terms: tuple[tuple[Term, ...], ...]) -> Numbers:
    """The product of the terms of every axis. What it takes to make it never fills more than a block at once."""
    needs = [tuple(dict.fromkeys(place for term in axis for place in term.places)) for axis in terms]
    if prod(len(need) for need in needs) <= BLOCK:
        return _leaf(source, terms, needs)
    longest = max(range(len(needs)), key=lambda axis: len(needs[axis]))
    first, second = _halves(terms[longest])
    left = summed(source, (*terms[:longest], first, *terms[longest + 1 :]))
    right = summed(source, (*terms[:longest], second, *terms[longest + 1 :]))
    if len(terms[longest]) == 1:
        return _added(left, right)
    return np.concatenate((left[0], right[0]), longest), np.concatenate((left[1], right[1]), longest)


def _halves(terms: tuple[Term, ...]) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """Half of the terms, or of a single sum half of its parts."""
    if len(terms) > 1:
        middle = len(terms) // 2
        return terms[:middle], terms[middle:]
    places = terms[0].places
    middle = len(places) // 2
    return (Term(places[:middle], summed=True),), (Term(places[middle:], summed=True),)


def _leaf(source: Source, terms: tuple[tuple[Term, ...], ...], needs: list[tuple[int, ...]]) -> Numbers:
    numbers = source.cells([np.array(need, dtype=np.intp) for need in needs])
    for axis, (lines, need) in enumerate(zip(terms, needs, strict=True)):
        if any(term.summed for term in lines) or tuple(term.places[0] for term in lines) != need:
            numbers = _reduced(numbers, axis, lines, {place: at for at, place in enumerate(need)})
    return numbers


def _reduced(numbers: Numbers, axis: int, terms: tuple[Term, ...], at: dict[int, int]) -> Numbers:
    """The axis made from places to terms."""
    values, status = numbers
    shape = (*values.shape[:axis], len(terms), *values.shape[axis + 1 :])
    sums, states = np.empty(shape, dtype=np.int64), np.empty(shape, dtype=np.uint8)
    plain = [number for number, term in enumerate(terms) if not term.summed]
    if plain:
        taken = [at[terms[number].places[0]] for number in plain]
        sums[along(axis, plain)] = values.take(taken, axis)
        states[along(axis, plain)] = status.take(taken, axis)
    for number, term in enumerate(terms):
        if term.summed:
            parts = [at[place] for place in term.places]
            sums[along(axis, number)] = _total(values.take(parts, axis), axis)
            states[along(axis, number)] = _STATUS[_RANK[status.take(parts, axis)].max(axis)]
    return _cleared(sums, states)


def along(axis: int, places: int | list[int]) -> tuple[Any, ...]:
    """The index of some places of one axis."""
    return (*(slice(None),) * axis, places)


def _total(parts: NDArray[np.int64], axis: int) -> NDArray[np.int64]:
    return exactly(lambda numbers: numbers.sum(axis), largest(parts) * parts.shape[axis], parts)


def _added(left: Numbers, right: Numbers) -> Numbers:
    bound = largest(left[0]) + largest(right[0])
    values = exactly(lambda first, second: first + second, bound, left[0], right[0])
    return _cleared(values, _STATUS[np.maximum(_RANK[left[1]], _RANK[right[1]])])


def _cleared(values: NDArray[np.int64], status: NDArray[np.uint8]) -> Numbers:
    """No number under a status that has none."""
    values[status > Status.REVISED] = 0
    return values, status

"""Which value of a dimension looks like its total, and whether the figures prove that it is the sum of the others."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tables.catalog.classification import Classification
from tables.imports.nouns import Column, Facts

TOTAL: Final = re.compile(r"(i alt|total|hele landet|all denmark)|(i alt|total), .*|.*(, total|\bi alt)", re.IGNORECASE)
TOTAL_CODES: Final = frozenset({"000", "TOT", "IALT"})
LARGEST: Final = 20_000_000  # cells; beyond, nothing is proved


@dataclass(frozen=True, slots=True)
class Dimension:
    """A column with what was found out about it: its total, parents among its own values, and whether they add up."""

    column: Column
    total: str | None
    parents: Mapping[str, str]
    adds: bool = False


def find_totals(facts: Facts, classifications: Mapping[str, Classification]) -> tuple[Dimension, ...]:
    found = tuple(_dimension(column, classifications) for column in facts.columns)
    shape = tuple(len(column.labels) for column in facts.columns)
    if np.prod(shape, dtype=object) > LARGEST:
        return found
    numbers, known = np.zeros(shape, np.int64), np.zeros(shape, bool)
    spots = tuple(column.rows for column in facts.columns)
    numbers[spots] = facts.figures.numbers
    known[spots] = facts.figures.signs == 0
    return tuple(
        replace(one, adds=_adds(np.moveaxis(numbers, axis, 0), np.moveaxis(known, axis, 0), one))
        for axis, one in enumerate(found)
    )


def _dimension(column: Column, classifications: Mapping[str, Classification]) -> Dimension:
    if column.time:
        return Dimension(column, None, {})
    candidates = [label.code for label in column.labels if TOTAL.fullmatch(label.text) or label.code in TOTAL_CODES]
    total = candidates[0] if len(candidates) == 1 else None
    used = classifications.get(column.classification or "")
    return Dimension(column, total, _parents([label.code for label in column.labels], used, total))


def _parents(codes: Sequence[str], used: Classification | None, total: str | None) -> dict[str, str]:
    """Each value's nearest ancestor in the column, else the total."""
    kept = set(codes)
    parents: dict[str, str] = {}
    for code in codes:
        parent = next((above for above in used.ancestors(code) if above in kept), None) if used else None
        if code != total and (parent or total):
            parents[code] = parent or str(total)
    return parents


def _adds(numbers: NDArray[np.int64], known: NDArray[np.bool_], one: Dimension) -> bool:
    """Whether every parent is the sum of its children wherever all of them have numbers; at least once somewhere."""
    place = {label.code: number for number, label in enumerate(one.column.labels)}
    proved = False
    for parent in sorted(set(one.parents.values())):
        children = [place[code] for code, above in one.parents.items() if above == parent]
        whole = known[place[parent]] & known[children].all(axis=0)
        if (numbers[children].sum(axis=0) != numbers[place[parent]])[whole].any():
            return False
        proved |= bool(whole.any())
    return proved

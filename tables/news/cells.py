"""Where an article gets its figures from: the releases it may draw on, and one cell of one of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import EllipsisType

from tables.errors import InvalidQuery
from tables.model import CONTENTS, Measure, Query, Release, Status
from tables.reading import answer
from tables.schema.shape import meant
from tables.selection import default, resolve, split

# By table id, and by the public id of an instant where the figures of then are wanted; None: nothing anybody can see.
Releases = Callable[[str, str | None], Release | None]
_STATES = {
    Status.CONFIDENTIAL: "is hidden",
    Status.MISSING: "is not available",
    Status.NOT_APPLICABLE: "cannot occur",
}


class Unbuilt(ValueError):
    """A table of the library that has no figures yet: not wrong, but nothing can be checked."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A shown number, scaled by 10^decimals."""

    value: int
    decimals: int
    measure: Measure


def release_of(releases: Releases, table: str, asof: str | None = None) -> Release:
    """Raises ValueError for a table that nobody can see then."""
    found = releases(table, asof)
    if found is None:
        then = f"was not released at {asof}" if asof else "is not released; release it in the same act"
        raise ValueError(f"{table} {then}, or take it out")
    return found


def cell(release: Release, chosen: Mapping[str, str]) -> Cell:
    """The one cell that is named; raises ValueError where it is none, several, or without a number."""
    query = _one(release, chosen)
    (block,) = answer(query, "auto").blocks()
    status = Status(int(block.status[0]))
    named = "&".join(f"{code}={value}" for code, value in chosen.items())
    if status in _STATES:
        raise ValueError(f"{release.table.id}?{named} {_STATES[status]}; choose another cell, or write it without")
    decimals = block.decimals if isinstance(block.decimals, int) else int(block.decimals[0])
    return Cell(int(block.values[0]), decimals, query.measures[0])


def _one(release: Release, chosen: Mapping[str, str]) -> Query:
    table = release.table
    known = {dimension.code: dimension.codes for dimension in table.dimensions}
    known[CONTENTS] = tuple(measure.code for measure in table.measures)
    for code, value in chosen.items():
        if code not in known:
            raise ValueError(f"{code} is no variable of {table.id}; {meant(code, known)}")
        if code == table.time.code and value not in known[code]:
            first, last = known[code][0], known[code][-1]
            raise ValueError(f"{code}={value} is not in {table.id}, which goes from {first} to {last}")
        if value not in known[code]:
            raise ValueError(f"{code}={value} is no value of {table.id}; {meant(value, known[code])}")
    if table.time.code not in chosen:
        raise ValueError(f"names no period of {table.id}; write {table.time.code}=…")
    try:
        query = resolve(release, {code: (value,) for code, value in chosen.items()}, "site")
    except InvalidQuery as error:
        raise ValueError(error.text.en) from error
    if query.cells != 1:
        raise ValueError(f"names {query.cells} cells of {table.id}; choose one measure: {CONTENTS}=…")
    return query


def laid(
    release: Release, select: Mapping[str, str], *, rows: Sequence[str] = (), columns: Sequence[str] = (), limit: int
) -> Query:
    """The figures of a table or chart, `columns` across; raises ValueError where they cannot be asked for."""
    first = default(release.table)
    chosen = select or first.select
    down, across = (rows, columns) if select or rows or columns else (first.rows, first.columns)
    if not across and release.table.time.code not in down:
        across = (release.table.time.code,)
    there = {*chosen, release.table.time.code, CONTENTS}
    order: tuple[str | EllipsisType, ...] = (
        *(code for code in down if code in there),
        ...,
        *(code for code in across if code in there),
    )
    try:
        return resolve(release, {code: split(text) for code, text in chosen.items()}, "site", limit=limit, order=order)
    except InvalidQuery as error:
        raise ValueError(error.text.en) from error

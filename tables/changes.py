"""Two releases of a table → what changed, from what the public sees in both (disclosure §7)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tables.grid import cell, size
from tables.model import Measure, Status, Table
from tables.shown import Shown, numbered

LISTED: Final = 5_000  # revised cells that are told one by one, those that moved most first


@dataclass(frozen=True, slots=True)
class Pair:
    """A release beside the one before it, cell by cell; `before` is that one laid over the new table's cells."""

    now: Shown
    before: Shown
    there: NDArray[np.bool_]  # the cell has a place in both

    def both(self, measure: Measure) -> NDArray[np.bool_]:
        """Where both releases show a number of a measure that has kept its decimals and unit."""
        old = next((each for each in self.before.table.measures if each.code == measure.code), None)
        if old is None or (old.decimals, old.unit) != (measure.decimals, measure.unit):
            return np.zeros(len(self.there), dtype=bool)
        now, before = self.now.status[measure.code], self.before.status[measure.code]
        shown: NDArray[np.bool_] = self.there & numbered(now) & numbered(before)
        return shown

    def differ(self, measure: Measure) -> NDArray[np.bool_]:
        both = self.both(measure)
        differing: NDArray[np.bool_] = both & (self.now.values[measure.code] != self._old(measure))
        return differing

    def _old(self, measure: Measure) -> NDArray[np.int64]:
        return self.before.values.get(measure.code, np.zeros(len(self.there), dtype=np.int64))


def pair(now: Shown, before: Shown) -> Pair:
    """Codes are compared with codes: a new period, a new value or a dropped one moves no other cell."""
    places = _places(now.table, before.table)
    there = places >= 0
    spot = np.where(there, places, 0)
    laid = Shown(
        before.table,
        {code: np.where(there, values[spot], 0) for code, values in before.values.items()},
        {code: np.where(there, status[spot], np.uint8(Status.MISSING)) for code, status in before.status.items()},
        {},
    )
    return Pair(now, laid, there)


def _places(now: Table, before: Table) -> NDArray[np.int64]:
    """Of each cell its place in the older table, -1 where it had none (or other dimensions)."""
    if {dimension.code for dimension in now.dimensions} != {dimension.code for dimension in before.dimensions}:
        return np.full(size(now), -1, dtype=np.int64)
    strides: dict[str, int] = {}
    step = 1
    for dimension in reversed(before.dimensions):
        strides[dimension.code] = step
        step *= len(dimension.values)
    places = np.zeros((1,), dtype=np.int64)
    for dimension in now.dimensions:
        index = before.dimension(dimension.code).index
        old = np.array([index.get(code, -1) for code in dimension.codes], dtype=np.int64)
        moved = np.where(old < 0, -1, old * strides[dimension.code])
        joined = places[:, None] + moved[None, :]
        joined[(places[:, None] < 0) | (moved[None, :] < 0)] = -1
        places = joined.reshape(-1)
    return places


def revised(compared: Pair) -> Shown:
    """The release with REVISED where both show a number and they differ; provisional numbers stay provisional."""
    states = {}
    for measure in compared.now.table.measures:
        status = compared.now.status[measure.code].copy()
        status[compared.differ(measure) & (status == Status.OK)] = Status.REVISED
        states[measure.code] = status
    return replace(compared.now, status=states)


def changes(now: Shown, compared: Pair | None, since: str | None) -> dict[str, Any]:
    """What changed since the release `since`, for changes.json; of a first release only that it is one."""
    if compared is None:
        return {"since": None}
    added, removed = _codes(now.table, compared.before.table)
    return {
        "since": since,
        "added": added,
        "removed": removed,
        "measures": {m.code: _measured(compared, m) for m in now.table.measures},
        "hidden": {"now": now.hidden(), **_covered(compared)},
        "notes": _notes(now.table, compared.before.table),
    }


def _codes(now: Table, before: Table) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    old = {dimension.code: dimension.codes for dimension in before.dimensions}
    new = {dimension.code: dimension.codes for dimension in now.dimensions}
    return _less(new, old), _less(old, new)


def _less(one: Mapping[str, tuple[str, ...]], other: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    rest = {dimension: [c for c in codes if c not in set(other.get(dimension, ()))] for dimension, codes in one.items()}
    return {dimension: codes for dimension, codes in rest.items() if codes}


def _notes(now: Table, before: Table) -> dict[str, list[dict[str, str]]]:
    """The texts that came and went; a changed one does both."""
    new, old = ({(note.text.da, note.text.en) for note in table.notes} for table in (now, before))
    ended = [note.text for note in before.notes if (note.text.da, note.text.en) not in new]
    begun = [note.text for note in now.notes if (note.text.da, note.text.en) not in old]
    both = {"added": begun, "removed": ended}
    return {what: [{"da": text.da, "en": text.en} for text in texts] for what, texts in both.items()}


def _measured(compared: Pair, measure: Measure) -> dict[str, Any]:
    """How many shown numbers differ, and those that do most, relative to what they were."""
    differing = np.flatnonzero(compared.differ(measure))
    told: dict[str, Any] = {"compared": int(np.count_nonzero(compared.both(measure))), "changed": len(differing)}
    if len(differing):
        now, before = compared.now.values[measure.code][differing], compared.before.values[measure.code][differing]
        relative = np.abs(now - before) / np.maximum(np.abs(before), 1)
        order = np.argsort(-relative, kind="stable")[:LISTED]
        listed = [
            {"cell": cell(compared.now.table, int(differing[at])), "from": int(before[at]), "to": int(now[at])}
            for at in order
        ]
        told["largest"] = {**listed[0], "decimals": measure.decimals}
        told["revised"] = listed
    return told


def _covered(compared: Pair) -> dict[str, int]:
    """Cells that were shown and are hidden, and the other way round."""
    now, before = _some_hidden(compared.now, compared.there), _some_hidden(compared.before, compared.there)
    return {"newly": int(np.count_nonzero(now & ~before)), "no_longer": int(np.count_nonzero(before & ~now))}


def _some_hidden(shown: Shown, there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    hidden: NDArray[np.bool_] = there & np.logical_or.reduce([s == Status.CONFIDENTIAL for s in shown.status.values()])
    return hidden

"""How episodes reach the register: in pieces, late, twice, on a parent's number, and now and then wrong."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from tables.synthetic.episodes import Episodes, join
from tables.synthetic.parameters import Ints, Model
from tables.synthetic.people import YEAR, People, day

Flags = NDArray[np.bool_]
NO_DAY = np.iinfo(np.int32).min  # a date that was not reported


@dataclass(frozen=True, slots=True)
class Reports:
    """Parallel arrays, one place a report. `parent`: on a parent's case; `own_number`: then under the parent's key."""

    person: Ints
    kommune: Ints
    code: Ints
    start: Ints
    end: Ints
    arrived: Ints
    valid: Flags
    parent: Flags
    own_number: Flags

    def narrow(self, chosen: NDArray[np.intp]) -> "Reports":
        return Reports(*(getattr(self, each.name)[chosen] for each in fields(Reports)))


def collect(parts: Iterable[Reports]) -> Reports:
    parts = tuple(parts)
    return Reports(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Reports)))


def report(model: Model, rng: np.random.Generator, people: People, episodes: Episodes, *, parents: bool) -> Reports:
    """The reports of the episodes that began in a year; `parents`: some are made on a parent's number."""
    whole = pieces(model, rng, episodes)
    size = len(whole.start)
    birth = people.birth[whole.person]
    parent = parent_cases(model, rng, whole.code) if parents else np.zeros(size, np.bool_)
    reports = Reports(
        person=whole.person,
        kommune=whole.kommune,
        code=whole.code,
        start=decided(model, rng, whole.start, birth),
        end=whole.end,
        arrived=whole.start + delay(model, rng, size),
        valid=np.ones(size, np.bool_),
        parent=parent,
        own_number=parent & (rng.random(size) < model["parents.own_number"]),
    )
    return twice(model, rng, spoilt(model, rng, reports, birth))


def pieces(model: Model, rng: np.random.Generator, episodes: Episodes) -> Episodes:
    """Some episodes in two or three adjoining pieces, none of which starts after the last day of its code."""
    size = len(episodes.start)
    room = np.minimum(episodes.end, _last_days(model)[episodes.code]) - episodes.start
    split = (rng.random(size) < model["reports.pieces"]) & (room > 0)
    old, room = episodes.narrow(np.flatnonzero(split)), room[split]
    cuts = [old.start + 1 + (rng.random(len(room)) * room).astype(np.int32) for _ in range(2)]
    three = rng.random(len(room)) < model["reports.three_pieces"]
    first = np.where(three, np.minimum(*cuts), cuts[0])
    second = np.where(three, np.maximum(*cuts), cuts[0])
    middle = np.flatnonzero(second > first)
    return join(
        [
            episodes.narrow(np.flatnonzero(~split)),
            replace(old, end=first - 1),
            replace(old, start=first, end=second - 1).narrow(middle),
            replace(old, start=second),
        ]
    )


def _last_days(model: Model) -> Ints:
    """Of each code: those that another stands in for from a year."""
    last = np.full(len(model.codes), np.iinfo(np.int32).max, np.int32)
    for row in model.tables["instead"]:
        if row["from"]:
            last[model.codes.index(row["code"])] = day(int(row["from"])) - 1
    return last


def parent_cases(model: Model, rng: np.random.Generator, code: Ints) -> Flags:
    """So many of some codes, and of the others as many as make up the share of all."""
    chances = np.full(len(code), -1.0)
    for row in model.tables["parents_codes"]:
        chances[code == model.codes.index(row["code"])] = float(row["share"])
    others = chances < 0
    wanted = model["parents.share"] * len(code) - chances[~others].sum()
    chances[others] = max(wanted, 0.0) / max(others.sum(), 1)
    return rng.random(len(code)) < chances


def decided(model: Model, rng: np.random.Generator, start: Ints, birth: Ints) -> Ints:
    """Some start on the day of the decision, but in the same year, as the law may be new, and not before the birth."""
    earlier = start - int(model["reports.decision_days"])
    new_year = start.astype("datetime64[D]").astype("datetime64[Y]").astype("datetime64[D]").astype(np.int32)
    moved = (rng.random(len(start)) < model["reports.decision"]) & (earlier >= np.maximum(new_year, birth))
    return np.where(moved, earlier, start)


def delay(model: Model, rng: np.random.Generator, size: int) -> Ints:
    """Days from the start to the report."""
    soon = rng.integers(0, int(model["reports.arrive_days"]) + 1, size)
    late = soon + rng.random(size) * (model["reports.late_years"] * YEAR - model["reports.arrive_days"])
    return np.where(rng.random(size) < model["reports.late"], late, soon).astype(np.int32)


def spoilt(model: Model, rng: np.random.Generator, reports: Reports, birth: Ints) -> Reports:
    """What step 1 of the build must find (domain §4.4): each rule in rows of its own."""
    size = len(birth)
    luck = rng.random(size)
    away = rng.integers(1, 300, size).astype(np.int32)
    bounds = np.cumsum([model["dirt.E1"], model["dirt.E2"], model["dirt.E3"], model["dirt.E7"]])
    rule = np.searchsorted(bounds, luck, side="right")
    born = (rule == 3) & ~reports.parent & (reports.start >= birth)
    start = np.where(born, birth - away, reports.start)
    return replace(
        reports,
        valid=reports.valid & (rule != 0),
        start=np.where(rule == 1, NO_DAY, start).astype(np.int32),
        end=np.where(rule == 2, reports.start - away, reports.end),
    )


def twice(model: Model, rng: np.random.Generator, reports: Reports) -> Reports:
    """Some reports once more: the same again, or later with a later end."""
    size = len(reports.start)
    again = reports.narrow(np.flatnonzero(rng.random(size) < model["duplicates.share"]))
    size = len(again.start)
    longer = rng.random(size) >= model["duplicates.exact"]
    more, later = (rng.integers(1, 366, size).astype(np.int32) * longer for _ in range(2))
    return collect([reports, replace(again, end=again.end + more, arrived=again.arrived + later)])

"""The persons of the synthetic register: who is known where, and who is new."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tables.synthetic.parameters import Chance, Flow, Ints, Model

YEAR = 365.25  # days
NEVER = np.iinfo(np.int32).min


def day(year: int, month: int = 1, of_month: int = 1) -> int:
    """Days since 1970, as every date here."""
    return int(np.datetime64(f"{year}-{month:02d}-{of_month:02d}", "D").astype(np.int64))


def birthday(birth: Ints, years: int) -> Ints:
    """The day a person has lived so many years; born on 29 February that is 1 March (domain §4.4 step 6)."""
    born = birth.astype("datetime64[D]")
    month = born.astype("datetime64[M]")
    day_then: Ints = ((month + 12 * years).astype("datetime64[D]") + (born - month)).astype(np.int32)
    return day_then


@dataclass(slots=True)
class People:
    """Grows as the years pass; a person is a place in the arrays.

    `last` is the end of the latest support of any kind, `placed` that of the latest placement.
    """

    kommune: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    birth: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    boy: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    unknown_sex: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    last: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    placed: Ints = field(default_factory=lambda: np.zeros(0, np.int32))

    def add(self, rng: np.random.Generator, model: Model, kommune: Ints, birth: Ints, boys: float) -> Ints:
        """The places of as many new persons."""
        known, size = len(self.birth), len(birth)
        self.kommune = np.concatenate([self.kommune, kommune])
        self.birth = np.concatenate([self.birth, birth])
        self.boy = np.concatenate([self.boy, rng.random(size) < boys])
        self.unknown_sex = np.concatenate([self.unknown_sex, rng.random(size) < model["unknown_sex"]])
        self.last = np.concatenate([self.last, np.full(size, NEVER, np.int32)])
        self.placed = np.concatenate([self.placed, np.full(size, NEVER, np.int32)])
        return np.arange(known, known + size, dtype=np.int32)

    def move(self, rng: np.random.Generator, share: float, homes: Chance) -> None:
        moving = np.flatnonzero(rng.random(len(self.birth)) < share)
        self.kommune[moving] = homes.draw(rng, len(moving))

    def support(self, person: Ints, end: Ints, *, placed: bool) -> None:
        np.maximum.at(self.last, person, end)
        if placed:
            np.maximum.at(self.placed, person, end)


def known(
    rng: np.random.Generator, model: Model, flow: Flow, people: People, *, year: int, asked: tuple[Ints, Ints]
) -> Ints:
    """For each asked (kommune, start) of the year somebody known there, of the right age and not placed; or -1."""
    kommune, start = asked
    found = np.full(len(start), -1, np.int32)
    recent = _recent(people, day(year) - model["recent_days"])
    first, past = (np.searchsorted(people.kommune[recent], kommune, side=side) for side in ("left", "right"))
    for _ in range(4):  # someone who does not fit is put back, and another drawn
        asking = np.flatnonzero((found < 0) & (past > first))
        count = (past - first)[asking]
        candidate = recent[first[asking] + (rng.random(len(asking)) * count).astype(np.int64)]
        age = (start[asking] - people.birth[candidate]) / YEAR
        fits = (age >= flow["youngest"]) & (age < model["oldest"])
        if flow.placements:
            fits &= people.placed[candidate] < start[asking]
        found[asking[fits]] = candidate[fits]
    return found


def _recent(people: People, since: float) -> Ints:
    """Who was supported later than a day, kommune by kommune."""
    recent = np.flatnonzero(people.last > since).astype(np.int32)
    return recent[np.argsort(people.kommune[recent], kind="stable")]

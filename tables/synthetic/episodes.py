"""What happens to the persons of the synthetic register, year by year: measures, placements and after-care."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tables.synthetic.parameters import Chance, Flow, Ints, Kommuner, Model, chance
from tables.synthetic.people import YEAR, People, birthday, day, known


@dataclass(frozen=True, slots=True)
class Episodes:
    """Parallel arrays; `code` and `kommune` are places in the model's and the library's lists. Both days included."""

    person: Ints
    kommune: Ints
    code: Ints
    start: Ints
    end: Ints

    def narrow(self, chosen: np.ndarray) -> "Episodes":
        return Episodes(*(getattr(self, name)[chosen] for name in self.__slots__))


def join(parts: Iterable[Episodes]) -> Episodes:
    parts = tuple(parts)
    return Episodes(*(np.concatenate([getattr(part, name) for part in parts]) for name in Episodes.__slots__))


@dataclass(frozen=True, slots=True)
class Places:
    """How often each kommune is drawn: for a home, and for the starts of each flow."""

    homes: Chance
    flows: dict[str, Chance]


def places(rng: np.random.Generator, model: Model, kommuner: Kommuner) -> Places:
    factors = {row["municipality_group"]: float(row["factor"]) for row in model.tables["municipality_groups"]}
    expected = kommuner.population * np.array([factors[group] for group in kommuner.groups])
    every = range(len(kommuner.codes))
    return Places(
        chance(every, kommuner.population),
        {
            flow.id: chance(every, expected * np.exp(rng.normal(0, flow["spread"], len(expected))))
            for flow in model.flows
        },
    )


@dataclass(frozen=True, slots=True)
class World:
    """What a year is played in."""

    model: Model
    places: Places
    people: People
    scale: float


def play(world: World, rng: np.random.Generator, year: int) -> tuple[Episodes, Episodes]:
    """The measures and the placements that begin in a year, after-care that follows from them included."""
    model, people = world.model, world.people
    people.move(rng, model["moves"], world.places.homes)
    measures: list[Episodes] = []
    placements: list[Episodes] = []
    for flow in model.flows:
        begun, uncut = begin(world, rng, flow, year)
        (placements if flow.placements else measures).append(begun)
        measures.append(aftercare(world, rng, flow, begun, uncut))
        if flow.placements and year >= model["unborn.from"]:
            placements.append(unborn(world, rng, flow, year))
    return join(measures), join(placements)


def begin(world: World, rng: np.random.Generator, flow: Flow, year: int) -> tuple[Episodes, Ints]:
    """The starts of a flow, cut at the 18th birthday, and when they would have ended without it."""
    size = rng.poisson(world.model.of_year("starts", flow, year) * flow["more"] * world.scale)
    kommune = world.places.flows[flow.id].draw(rng, size)
    start = rng.integers(day(year), day(year + 1), size).astype(np.int32)
    person = _persons(world, rng, flow, year, (kommune, start))
    code = instead(world.model, rng, flow.codes.draw(rng, size), year)
    birth = world.people.birth[person]
    uncut = start + _days(world.model, rng, flow, year, (start - birth) / YEAR)
    adult = birthday(birth, 18)
    end = np.minimum(uncut, adult - 1)
    stays = (uncut >= adult) & (rng.random(size) < flow["stays"])
    longer = end + (rng.exponential(world.model["stay_years"], size) * YEAR).astype(np.int32)
    end = np.where(stays, np.minimum(longer, birthday(birth, 23) - 1), end)
    world.people.support(person, end, placed=flow.placements)
    return Episodes(person, kommune, code, start, end), uncut


def _persons(world: World, rng: np.random.Generator, flow: Flow, year: int, asked: tuple[Ints, Ints]) -> Ints:
    kommune, start = asked
    model, people = world.model, world.people
    again = rng.random(len(start)) < flow["back"]
    person = np.where(again, known(rng, model, flow, people, year=year, asked=asked), -1).astype(np.int32)
    new = np.flatnonzero(person < 0)
    # a day less a year than the calendar has, so that nobody starts on the 18th birthday
    age = (flow.ages.draw(rng, len(new)) + rng.random(len(new))) * (YEAR - 0.05)
    boys = flow["boys_later"] if year >= model["boys_later_from"] else flow["boys"]
    person[new] = people.add(rng, model, kommune[new], start[new] - age.astype(np.int32), boys)
    return person


def _days(model: Model, rng: np.random.Generator, flow: Flow, year: int, age: np.ndarray) -> Ints:
    """How much longer than the first day."""
    mean = np.where(age < 12, flow["years"], flow["years_from_12"]) * model.of_year("longer", flow, year)
    return (rng.gamma(model["shape"], mean / model["shape"]) * YEAR).astype(np.int32)


def instead(model: Model, rng: np.random.Generator, code: Ints, year: int) -> Ints:
    """The codes in use that year in place of those drawn."""
    rows = [row for row in model.tables["instead"] if int(row["from"] or year) <= year <= int(row["until"] or year)]
    used = code.copy()
    for replaced in dict.fromkeys(row["code"] for row in rows):
        own = [row for row in rows if row["code"] == replaced]
        others = chance((model.codes.index(row["by"]) for row in own), (float(row["share"]) for row in own))
        at = np.flatnonzero(code == model.codes.index(replaced))
        used[at] = others.draw(rng, len(at))
    return used


def aftercare(world: World, rng: np.random.Generator, flow: Flow, begun: Episodes, uncut: Ints) -> Episodes:
    """Follows what was cut at the 18th birthday or ended shortly before, until the 23rd at most."""
    model = world.model
    birth = world.people.birth[begun.person]
    near = uncut >= birthday(birth, 18) - model["aftercare.near_days"]
    before = begun.narrow(np.flatnonzero(near & (rng.random(len(birth)) < flow["followed"])))
    size = len(before.start)
    adult = birthday(world.people.birth[before.person], 18)
    start = np.minimum(before.end + 1, adult) + rng.integers(0, int(model["aftercare.within_days"]) + 1, size).astype(
        np.int32
    )
    days = model["aftercare.least_days"] + rng.exponential(model["aftercare.years"], size) * YEAR
    last = birthday(world.people.birth[before.person], 23) - 1
    code = model.chance("aftercare_codes").draw(rng, size)
    after = Episodes(before.person, before.kommune, code, start, np.minimum(start + days.astype(np.int32), last))
    return after.narrow(np.flatnonzero(start <= last))


def unborn(world: World, rng: np.random.Generator, flow: Flow, year: int) -> Episodes:
    """Placements decided before the birth, which may come after the year."""
    model = world.model
    size = max(1, round(model["unborn.starts"] * world.scale))
    start = (day(year + 1) - 1 - rng.integers(0, int(model["unborn.last_days"]), size)).astype(np.int32)
    birth = start + rng.integers(1, int(model["unborn.born_within"]) + 1, size).astype(np.int32)
    kommune = world.places.flows[flow.id].draw(rng, size)
    person = world.people.add(rng, model, kommune, birth, flow["boys_later"])
    uncut = np.maximum(start + _days(model, rng, flow, year, np.zeros(size)), birth)
    end = np.minimum(uncut, birthday(birth, 18) - 1)
    world.people.support(person, end, placed=True)
    return Episodes(person, kommune, model.chance("unborn_codes").draw(rng, size), start, end)

"""How a mask is found: its witnesses, its twins, what it takes over, and what one child may know."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from tables.disclosure.audit import Auditor
from tables.disclosure.group import Past, primaries
from tables.disclosure.known import joined
from tables.disclosure.mask import Task, mask
from tables.disclosure.relations import system
from tables.disclosure.weights import weights
from tables.errors import Refused
from tables.grid import Grid
from tables.model import Group
from tables.shown import show
from tests.cubes import added, counted, dimension, line, masked, masked_or_none, table, wrong
from tests.test_disclosure_cases import cubes


def twins() -> tuple[Grid, Grid, Sequence[Mapping[str, object]]]:
    areas = {"000": ["101", "147", "155", "185"]}
    measures = {"3": ["5", "6"]}
    one = table("M", [dimension("KOM", areas, overlap="rare"), dimension("I", measures)])
    other = table(
        "B",
        [dimension("KOM", areas, overlap="rare"), dimension("I", {"2": ["5", "6"]}, overlap="common")],
        kind="distinct",
    )
    rng = np.random.default_rng(7)
    persons: list[list[tuple[int, int]]] = []
    leaf = np.zeros((4, 2), dtype=np.int64)
    for area, group, count in [
        (0, 0, 40),
        (0, 1, 33),
        (1, 0, 2),
        (1, 1, 25),
        (2, 0, 17),
        (2, 1, 3),
        (3, 0, 21),
        (3, 1, 44),
    ]:
        for _ in range(count):
            spots = [(area, group)] + ([(area, 1 - group)] if area in (0, 3) and rng.random() < 0.2 else [])
            persons.append(spots)
            for spot in spots:
                leaf[spot] += 1
    relation = {"at_most": ("B", "M"), "twins": True, "codes": {"I": {"2": "3"}}}
    return added(one, leaf), counted(other, persons), [relation]


def test_twins_are_hidden_together(tmp_path: Path) -> None:
    measures, children, relations = twins()

    protection = masked(measures, children, relations=relations)

    assert ((protection.masks["M"] > 0) == (protection.masks["B"] > 0)).all()
    assert wrong(protection, tmp_path, measures, children, relations=relations) == []


def test_a_relation_the_numbers_contradict_stops_the_release() -> None:
    measures, children, relations = twins()
    broken = replace(children, numbers={"n": children.numbers["n"] + 50})

    with pytest.raises(Refused, match=r"KOM=\d+ I=\d"):
        masked(measures, broken, relations=relations)


def test_the_last_shown_neighbour_of_a_rare_overlap_gives_nothing_away(tmp_path: Path) -> None:
    areas = dimension("KOM", {"000": ["101", "147", "155", "185"]}, overlap="rare")
    persons = [[(0,)]] * 3 + [[(1,)]] * 40 + [[(2,)]] * 50 + [[(3,)]] * 60 + [[(1,), (2,)]]
    one = counted(table("B", [areas], kind="distinct"), persons)

    protection = masked(one)

    assert (protection.masks["B"] > 0).sum() >= 2
    assert wrong(protection, tmp_path, one) == []


def test_a_cell_hidden_before_and_unchanged_stays_hidden() -> None:
    one = line(3, 20, 30, 40)
    before = np.array([0, 1, 0, 2, 0], dtype=np.uint8)

    protection = masked(one, published={"T": (Past("T@1", one, before),)})

    assert protection.masks["T"][3] > 0


def test_the_certificate_knows_nothing_that_is_not_shown() -> None:
    one = line(3, 20, 30)
    protection = masked(one)
    hidden = np.flatnonzero(protection.masks["T"])
    numbers = one.numbers["n"].copy()
    numbers[hidden] = numbers[hidden][::-1]
    other = replace(one, numbers={"n": numbers})

    auditors = [Auditor(Group("g", ("T",)), {"T": show(grid, protection.masks["T"])}) for grid in (one, other)]
    for auditor in auditors:
        auditor.settle(auditor.judge("2020"))

    assert auditors[0].file() == auditors[1].file()


@pytest.mark.slow
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(one=cubes())
def test_every_primary_keeps_a_witness(one: Grid) -> None:
    group = Group("T", ("T",))
    relations = system(group, {"T": one}, "2020")
    value, [layer] = relations.frame.value, relations.frame.layers
    primary, nothing = primaries(one)[layer.places], np.zeros(len(value), dtype=np.int64)
    task = Task(relations, primary, *[nothing > 0] * 3, weights(relations.frame), nothing)

    found = mask(task)

    reached = value.copy()
    for move in found.witnesses:
        reached[move.cells] = np.maximum(reached[move.cells], value[move.cells] + move.steps)
    lifted = reached >= np.maximum(5, value + 1)
    assert set(np.flatnonzero(primary & ~lifted).tolist()) == set(found.failed)


@pytest.mark.slow
@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(one=cubes())
def test_the_same_cube_gives_the_same_mask(one: Grid) -> None:
    first = masked_or_none(one)
    if first is None:
        return

    second = masked(one)

    assert (first.masks["T"] == second.masks["T"]).all()
    assert first.files == second.files


def test_what_is_known_is_taken_over_and_still_certified(tmp_path: Path) -> None:
    measures, children, relations = twins()
    fresh = masked(measures, children, relations=relations)
    known = tmp_path / "g.known.parquet"
    known.write_bytes(fresh.vault["known.parquet"])

    again = masked(measures, children, relations=relations, known=known)

    assert all((again.masks[t] == fresh.masks[t]).all() for t in ("M", "B"))
    assert again.files == fresh.files
    assert wrong(again, tmp_path, measures, children, relations=relations) == []


def test_one_childs_own_knowledge_does_not_give_another_away() -> None:
    one = line(1, 1, 3, 20, 30)
    group, nothing = Group("T", ("T",)), np.zeros(6, dtype=np.int64)
    relations = system(group, {"T": one}, "2020")
    task = Task(relations, primaries(one), *[nothing > 0] * 3, weights(relations.frame), nothing, singles=True)

    found = mask(task)

    assert found.helped == 0
    for p in np.flatnonzero(primaries(one)):
        lifting = [move for move in found.witnesses if one.numbers["n"][p] + move.at(np.array([p]))[0] >= 5]
        singles = [set(move.cells[one.numbers["n"][move.cells] == 1].tolist()) - {int(p)} for move in lifting]
        assert lifting
        assert not set.intersection(*singles)


def test_known_files_of_several_acts_make_one(tmp_path: Path) -> None:
    measures, children, relations = twins()
    fresh, other = masked(measures, children, relations=relations), masked(line(3, 20, 30))
    for name, protection in (("a", fresh), ("b", other)):
        (tmp_path / name).write_bytes(protection.vault["known.parquet"])
    one = tmp_path / "one"
    one.write_bytes(joined([tmp_path / "a", tmp_path / "b", tmp_path / "a"]))

    again = masked(measures, children, relations=relations, known=one)
    alone = masked(line(3, 20, 30), known=one)

    assert again.masks["M"].tolist() == fresh.masks["M"].tolist()
    assert wrong(again, tmp_path, measures, children, relations=relations) == []
    assert wrong(alone, tmp_path, line(3, 20, 30)) == []

"""The mask: what is hidden, why it suffices, and what notices when it does not (disclosure §11)."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tables.disclosure.audit import Auditor
from tables.disclosure.certificate.layers import layer_of
from tables.disclosure.checker import Certificate, faults
from tables.disclosure.group import Past, Protection, primaries, protect
from tables.disclosure.known import joined
from tables.disclosure.mask import Task, mask
from tables.disclosure.relations import system
from tables.disclosure.weights import weights
from tables.errors import Refused
from tables.grid import Grid
from tables.model import Additive, Dimension, Group, Measure, Rule, Status, Table, Text, Value
from tables.shown import show

T = Text("tekst", "text")
Tree = Mapping[str, Sequence[str]]  # a node and its children; the first is the top


def dimension(code: str, tree: Tree, *, overlap: str | None = None) -> Dimension:
    parents = {child: node for node, children in tree.items() for child in children}
    codes = list(dict.fromkeys([*tree, *parents]))
    top = next(code for code in codes if code not in parents)
    values = tuple(Value(code, T, parent=parents.get(code)) for code in codes)
    return Dimension(code, T, values, elimination=top, overlap=overlap)


def table(
    name: str,
    dimensions: Sequence[Dimension],
    *,
    below: int = 5,
    kind: str = "additive",
    periods: Sequence[str] = ("2020",),
) -> Table:
    time = Dimension("Tid", T, tuple(Value(period, T) for period in periods), time=True)
    over = tuple(Additive(d.code) for d in dimensions) if kind == "additive" else ()
    measure = Measure("n", T, T, kind, additive_over=over, minimum=0)
    return Table(name, T, "1", T, (*dimensions, time), (measure,), (Rule("threshold", {"below": below}),))


def leaves(one: Dimension) -> list[int]:
    parents = {value.parent for value in one.values}
    return [place for place, value in enumerate(one.values) if value.code not in parents]


def under(one: Dimension) -> np.ndarray:
    """nodes × leaves: which leaf lies under which node."""
    matrix = np.zeros((len(one.values), len(leaves(one))), dtype=bool)
    for column, leaf in enumerate(leaves(one)):
        place: int | None = leaf
        while place is not None:
            matrix[place, column] = True
            parent = one.values[place].parent
            place = None if parent is None else one.index[parent]
    return matrix


def added(described: Table, leaf: np.ndarray) -> Grid:
    """A grid of an additive table from its leaf cells, one period."""
    cells = leaf.astype(np.int64)
    for axis, one in enumerate(described.dimensions[:-1]):
        cells = np.moveaxis(np.tensordot(under(one).astype(np.int64), cells, axes=(1, axis)), 0, axis)
    return grid(described, cells)


def counted(described: Table, persons: Sequence[Sequence[tuple[int, ...]]]) -> Grid:
    """A grid of distinct persons; each has a list of leaf cells."""
    cells = np.zeros([len(one.values) for one in described.dimensions[:-1]], dtype=np.int64)
    matrices = [under(one) for one in described.dimensions[:-1]]
    for spots in persons:
        seen = np.zeros(cells.shape, dtype=bool)
        for spot in spots:
            here = np.ones((), dtype=bool)
            for matrix, at in zip(matrices, spot, strict=True):
                here = np.logical_and.outer(here, matrix[:, at])
            seen |= here
        cells += seen
    return grid(described, cells)


def grid(described: Table, cells: np.ndarray, **columns: np.ndarray) -> Grid:
    flat = cells.reshape(-1).astype(np.int64)
    numbers = {"n": flat, **{name: column.reshape(-1).astype(np.int64) for name, column in columns.items()}}
    return Grid(described, numbers, {"n": np.zeros(len(flat), dtype=np.uint8)})


def line(*parts: int, below: int = 5) -> Grid:
    codes = "ABCDEFGH"[: len(parts)]
    return added(table("T", [dimension("D", {"TOT": list(codes)})], below=below), np.array(parts))


def masked(*grids: Grid, relations: Sequence[Mapping[str, object]] = (), **options: object) -> Protection:
    group = Group("g", tuple(one.table.id for one in grids), tuple(relations))
    return protect(group, {one.table.id: one for one in grids}, **options)


def masked_or_none(one: Grid) -> Protection | None:
    """Some cubes are so small that nothing protects them: they are refused."""
    try:
        return masked(one)
    except Refused:
        return None


def wrong(
    protection: Protection, folder: Path, *grids: Grid, relations: Sequence[Mapping[str, object]] = ()
) -> list[str]:
    """What the checker says of the certificate."""
    path = folder / "certificate.parquet"
    path.write_bytes(protection.files["certificate.parquet"])
    layers = [layer_of(show(one, protection.masks[one.table.id]), one.table.measures[0]) for one in grids]
    return list(faults(layers, [dict(r) for r in relations], Certificate(path, layers)))


def unlifted(one: Grid, mask: np.ndarray, relations: Sequence[Mapping[str, object]] = ()) -> list[str]:
    """The cells that the audit finds exact or provably small under a mask of one table."""
    auditor = Auditor(Group("g", (one.table.id,), tuple(relations)), {one.table.id: show(one, mask)})
    found = [auditor.judge(period) for period in auditor.periods]
    return sorted({auditor.name(*cell) for audit in found for cell in (*audit.low, *audit.same)})


def test_a_lone_hidden_cell_is_not_left_alone(tmp_path: Path) -> None:
    one = line(3, 20, 30)

    protection = masked(one)

    assert protection.masks["T"].tolist()[1] == 1
    assert (protection.masks["T"] > 0).sum() >= 2
    assert wrong(protection, tmp_path, one) == []
    assert unlifted(one, primaries(one).astype(np.uint8)) == ["T D=A 2020"]


def test_two_ones_under_a_shown_two_are_not_enough() -> None:
    one = line(1, 1, 20, 30)

    protection = masked(one)

    assert (protection.masks["T"] == 2).any()
    assert unlifted(one, primaries(one).astype(np.uint8)) != []


def test_ones_beside_ones_with_public_zeros_need_more_hidden(tmp_path: Path) -> None:
    dimensions = [dimension("R", {"TOT": ["a", "b", "c"]}), dimension("C", {"TOT": ["x", "y", "z"]})]
    one = added(table("T", dimensions), np.array([[1, 1, 40], [1, 1, 50], [60, 70, 80]]))

    protection = masked(one)

    hidden = (protection.masks["T"] > 0).reshape(4, 4)
    assert hidden.sum() > 4
    assert wrong(protection, tmp_path, one) == []


def test_a_group_is_not_told_by_the_total_less_the_others(tmp_path: Path) -> None:
    tree = {"3": ["5", "6", "7"], "5": ["405", "401"], "6": ["211", "212"], "7": ["260", "261"]}
    areas = dimension("L", {"000": ["01", "02", "03"]})
    one = added(
        table("T", [areas, dimension("I", tree)]),
        np.array([[40, 30, 25, 61, 2, 1], [70, 20, 55, 31, 8, 7], [90, 60, 75, 21, 9, 6]]),
    )

    protection = masked(one)

    cells = protection.masks["T"].reshape(4, 10)
    place = one.table.dimension("I").index
    assert cells[1, place["7"]] > 0
    assert (cells[1, [place["5"], place["6"], place["3"]]] > 0).any()
    assert wrong(protection, tmp_path, one) == []


def test_boys_hidden_while_girls_and_total_are_shown_is_noticed() -> None:
    ages, sexes = dimension("A", {"IALT": ["0005", "0611"]}), dimension("K", {"0": ["D", "P"]})
    one = added(table("T", [ages, sexes]), np.array([[3, 30], [40, 50]]))
    mask = np.zeros(9, dtype=np.uint8)
    mask[one.table.dimension("A").index["0005"] * 3 + 1] = 1

    assert unlifted(one, mask) == ["T A=0005 K=D 2020"]


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


def test_children_shown_under_hidden_measures_are_a_floor() -> None:
    measures, children, relations = twins()
    protection = masked(measures, children, relations=relations)
    group = Group("g", ("M", "B"), tuple(relations))
    alone = {"M": protection.masks["M"], "B": np.zeros_like(protection.masks["B"])}
    lone = np.where(primaries(measures), 1, 0).astype(np.uint8)

    auditor = Auditor(group, {"M": show(measures, lone), "B": show(children, alone["B"])})

    assert auditor.judge("2020").low


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


def test_a_code_that_does_not_exist_yet_drops_out_of_its_lines(tmp_path: Path) -> None:
    one = line(3, 20, 30, 0)
    status = one.status["n"].copy()
    status[4] = Status.NOT_APPLICABLE
    later = replace(one, status={"n": status})

    protection = masked(later)

    assert protection.masks["T"][4] == 0
    assert wrong(protection, tmp_path, later) == []


def test_a_removed_code_is_no_unknown(tmp_path: Path) -> None:
    dimensions = [dimension("K", {"000": ["101", "147", "155"]}), dimension("I", {"3": ["5", "6"]})]
    one = added(table("T", dimensions), np.array([[2, 20], [30, 40], [0, 0]]))
    status = one.status["n"].reshape(4, 3).copy()
    status[3] = Status.MISSING
    removed = replace(one, status={"n": status.reshape(-1)})

    protection = masked(removed)

    assert (protection.masks["T"].reshape(4, 3)[3] == 0).all()
    assert wrong(protection, tmp_path, removed) == []


def test_a_cell_hidden_before_and_unchanged_stays_hidden() -> None:
    one = line(3, 20, 30, 40)
    before = np.array([0, 1, 0, 2, 0], dtype=np.uint8)

    protection = masked(one, published={"T": (Past("T@1", one, before),)})

    assert protection.masks["T"][3] > 0


def test_what_was_shown_is_known_and_a_higher_threshold_says_so() -> None:
    laxer, stricter = line(3, 20, 30, below=3), line(3, 20, 30, below=5)
    shown = np.zeros(4, dtype=np.uint8)

    protection = masked(stricter, published={"T": (Past("T@1", laxer, shown),)})

    assert not protection.masks["T"].any()
    assert any("already public" in warning for warning in protection.warnings)


def test_a_revision_beside_an_unchanged_hidden_cell_gives_nothing_away(tmp_path: Path) -> None:
    old, new = line(3, 20, 30, 40), line(3, 22, 30, 40)
    first = masked(old)

    protection = masked(new, published={"T": (Past("T@1", old, first.masks["T"]),)})

    still = (first.masks["T"] > 0) & (old.numbers["n"] == new.numbers["n"])
    assert (protection.masks["T"][still] > 0).all()
    assert wrong(protection, tmp_path, new) == []


def test_a_certificate_of_another_release_is_refused(tmp_path: Path) -> None:
    one, other = line(3, 20, 30), line(20, 30, 3)
    protection = masked(one)
    moved = replace(protection, masks=masked(other).masks)

    assert any("another release" in fault for fault in wrong(moved, tmp_path, other))


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


@st.composite
def cubes(draw: st.DrawFn) -> Grid:
    """Additive cubes of one to three dimensions, with and without groups, sparse and dense."""
    dimensions = []
    for number in range(draw(st.integers(1, 3))):
        codes = [f"{number}{place}" for place in range(draw(st.integers(2, 5)))]
        tree: dict[str, list[str]] = {"T": codes}
        if len(codes) > 3 and draw(st.booleans()):
            tree = {"T": ["g", "h"], "g": codes[:2], "h": codes[2:]}
        dimensions.append(dimension(f"D{number}", tree))
    shape = [len(leaves(one)) for one in dimensions]
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    leaf = rng.poisson(draw(st.sampled_from([1.5, 6.0, 20.0])), shape) * (
        rng.random(shape) < draw(st.sampled_from([0.5, 1.0]))
    )
    return added(table("T", dimensions), leaf)


@st.composite
def registers(draw: st.DrawFn) -> Grid:
    """Distinct persons over two overlapping dimensions."""
    areas = dimension("K", {"T": ["a", "b", "c", "d"]}, overlap="rare")
    kinds = dimension("I", {"2": ["5", "6"], "5": ["p", "q"], "6": ["r", "s"]}, overlap="common")
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    persons = []
    for _ in range(draw(st.integers(20, 200))):
        home = int(rng.integers(4))
        spots = {(home, int(rng.integers(4))) for _ in range(1 + int(rng.integers(2)))}
        if rng.random() < 0.05:
            spots.add((int(rng.integers(4)), int(rng.integers(4))))
        persons.append(sorted(spots))
    return counted(table("T", [areas, kinds], kind="distinct"), persons)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(one=st.one_of(cubes(), registers()))
def test_every_mask_has_a_valid_certificate_or_is_refused(one: Grid, tmp_path: Path) -> None:
    protection = masked_or_none(one)
    if protection is None:
        return

    assert (protection.masks["T"][primaries(one)] == 1).all()
    assert not (protection.masks["T"][one.numbers["n"] == 0]).any()
    if protection.files:
        assert wrong(protection, tmp_path, one) == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(one=cubes())
def test_every_primary_keeps_a_witness(one: Grid) -> None:
    group = Group("T", ("T",))
    relations = system(group, {"T": one}, "2020")
    primary, nothing = primaries(one), np.zeros(len(one.numbers["n"]), dtype=np.int64)
    task = Task(relations, primary, nothing > 0, nothing > 0, weights(relations.frame), nothing)

    found = mask(task)

    reached = one.numbers["n"].copy()
    for move in found.witnesses:
        reached[move.cells] = np.maximum(reached[move.cells], one.numbers["n"][move.cells] + move.steps)
    lifted = reached >= np.maximum(5, one.numbers["n"] + 1)
    assert set(np.flatnonzero(primary & ~lifted).tolist()) == set(found.failed)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(one=cubes())
def test_the_same_cube_gives_the_same_mask(one: Grid) -> None:
    first = masked_or_none(one)
    if first is None:
        return

    second = masked(one)

    assert (first.masks["T"] == second.masks["T"]).all()
    assert first.files == second.files


@pytest.mark.slow
def test_showing_a_secondary_is_noticed() -> None:
    noticed = tried = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        dimensions = [dimension("R", {"T": list("abcde")}), dimension("C", {"T": list("vwxyz")})]
        one = added(table("T", dimensions), rng.poisson(9.0, (5, 5)))
        mask = masked(one).masks["T"]
        for secondary in np.flatnonzero(mask == 2)[:4]:
            dropped = mask.copy()
            dropped[secondary] = 0
            tried += 1
            noticed += bool(unlifted(one, dropped))

    assert tried > 20
    assert noticed >= 0.95 * tried


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
    task = Task(relations, primaries(one), nothing > 0, nothing > 0, weights(relations.frame), nothing, singles=True)

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


def test_a_stricter_threshold_never_shows_what_a_laxer_one_hid() -> None:
    for below, stricter in itertools.pairwise((2, 3, 5, 8)):
        laxer, strict = line(1, 2, 3, 4, 6, 30, below=below), line(1, 2, 3, 4, 6, 30, below=stricter)
        assert (primaries(strict) >= primaries(laxer)).all()

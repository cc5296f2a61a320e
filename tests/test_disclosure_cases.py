"""The named cases of disclosure §11, each through the real release, and the property over random cubes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tables.bank import Bank
from tables.disclosure.group import primaries
from tables.errors import NotAdditive
from tables.grid import Grid
from tables.model import Status, Text
from tests.cubes import (
    Released,
    added,
    areas,
    counted,
    dimension,
    grid,
    leaves,
    line,
    masked,
    masked_or_none,
    summed,
    table,
    unlifted,
    wrong,
)


@pytest.fixture
def bank(tmp_path: Path) -> Released:
    return Released(tmp_path)


def rules_alone(one: Grid) -> np.ndarray:
    return primaries(one).astype(np.uint8)


def test_case_01_a_lone_hidden_cell_and_two_ones_under_a_shown_two(bank: Released) -> None:
    lone, ones = line(3, 20, 30), line(1, 1, 20, 30)
    pair = replace(ones, table=replace(ones.table, id="U"))

    bank.publish(lone)
    bank.publish(pair, at="2024-06-07 08:00")

    assert bank.acts[0].groups["T"]["hidden"] >= 2
    assert bank.hidden("U").sum() > 2
    assert bank.faults("U") == []
    assert unlifted(lone, rules_alone(lone)) == ["T D=A 2020"]
    assert unlifted(pair, rules_alone(pair)) == ["U D=A 2020", "U D=B 2020"]


def test_case_02_ones_beside_ones_with_public_zeros(bank: Released) -> None:
    dimensions = [dimension("R", {"TOT": ["a", "b", "c"]}), dimension("C", {"TOT": ["x", "y", "z"]})]
    one = added(table("T", dimensions), np.array([[1, 1, 0], [1, 1, 0], [60, 70, 80]]))

    bank.publish(one)

    hidden = bank.hidden("T").reshape(4, 4)
    assert hidden[1:3, 1:3].all()
    assert not hidden[1:3, 3].any()
    assert hidden.sum() > 6
    assert bank.faults("T") == []
    lone = np.zeros((4, 4), dtype=np.uint8)
    lone[1:3, 1:3] = 1
    assert unlifted(one, lone.reshape(-1)) == [f"T R={row} C={column} 2020" for row in "ab" for column in "xy"]


def test_case_03_a_group_is_the_total_less_the_others_at_every_level_and_in_every_table(bank: Released) -> None:
    groups = {"3": ["5", "6", "7"]}
    below = {**groups, "5": ["405", "401"], "6": ["211", "212"], "7": ["260", "261"]}
    wide = added(
        table("WIDE", [areas("OMR", "landsdel"), dimension("I", below)]),
        np.array([[40, 30, 25, 61, 2, 1], [70, 20, 55, 31, 8, 7], [90, 60, 75, 21, 9, 6]]),
    )
    narrow = added(
        table("NARROW", [areas("OMR", "landsdel"), dimension("I", groups)]),
        np.array([[70, 86, 3], [90, 86, 15], [150, 96, 15]]),
    )
    relation = {"equal": ["NARROW", "WIDE"]}

    bank.publish(wide, narrow, relations=[relation])

    for name in ("WIDE", "NARROW"):
        hidden = bank.hidden(name)
        assert bank.at(name, bank.primary(name), "01", "7", "2020")
        assert any(bank.at(name, hidden, "01", group, "2020") for group in ("3", "5", "6"))
    for group in groups["3"]:
        assert bank.at("WIDE", bank.hidden("WIDE"), "01", group, "2020") == bank.at(
            "NARROW", bank.hidden("NARROW"), "01", group, "2020"
        )
    assert bank.faults("WIDE", "NARROW") == []


def test_case_04_a_landsdel_of_one_kommune_and_the_kommune_bound_each_other(bank: Released) -> None:
    local = added(table("I1", [areas("KOM", "kommune")]), np.array([30, 40, 50, 60, 70, 6]))
    started = added(table("I3", [areas("LANDSDEL", "landsdel")]), np.array([60, 70, 3]))
    relation = {"at_most": ["I3", "I1"], "pair": {"LANDSDEL": "KOM"}, "sum": "KOM"}

    bank.publish(local, started, relations=[relation])

    assert bank.at("I3", bank.primary("I3"), "04", "2020")
    assert bank.faults("I1", "I3") == []
    shown = np.zeros(len(started.numbers["n"]), dtype=np.uint8)
    assert unlifted(local, masked(local).masks["I1"], (started, shown), relations=[relation]) == []
    near = replace(local, numbers={"n": np.where(local.numbers["n"] == 6, 4, local.numbers["n"])})
    told = unlifted(started, masked(started).masks["I3"], (near, np.zeros(7, dtype=np.uint8)), relations=[relation])
    assert told == ["I3 LANDSDEL=04 2020"]


def test_case_05_children_shown_under_hidden_measures_are_a_floor(bank: Released) -> None:
    codes = ["101", "147", "155", "185"]
    of_measures = table("M", [dimension("KOM", {"000": codes})], counted="personer")
    of_children = table("B", [dimension("KOM", {"000": codes}, overlap="rare")], kind="distinct")
    one, other = np.array([1, 40, 50, 60]), [[(0,)]] + [[(1,)]] * 39 + [[(2,)]] * 45 + [[(3,)]] * 55
    measures = added(of_measures, one, personer=np.array([1, 39, 45, 55]))
    children = counted(of_children, other)
    relation = {"at_most": ["B", "M"], "twins": True}

    bank.publish(measures, children, relations=[relation])

    assert (bank.hidden("M") == bank.hidden("B")).all()
    assert bank.at("M", bank.primary("M"), "101", "2020")
    assert bank.faults("M", "B") == []
    alone, nothing = masked(measures).masks["M"], np.zeros(len(children.numbers["n"]), dtype=np.uint8)
    assert unlifted(measures, alone, (children, nothing), relations=[relation]) == ["M KOM=101 2020"]


def test_case_06_a_rate_hides_by_the_count_that_the_population_gives_back(bank: Released) -> None:
    dimensions = [dimension("KOM", {"000": ["101", "825", "400", "147"]}, overlap="rare")]
    children, people = (
        summed(dimensions, np.array([130, 2, 31, 47])),
        summed(dimensions, np.array([130_000, 350, 7000, 9000])),
    )
    described = table("R", dimensions, kind="ratio")
    rates = (2 * 100 * children + people) // (2 * people)
    one = grid(described, rates, boern=children, folketal=people)

    bank.publish(one)

    shown, primary = bank.shown("R"), bank.primary("R")
    assert bank.at("R", primary, "825", "2020")
    assert primary.sum() == 1
    assert not bank.at("R", primary, "101", "2020")
    assert bank.hidden("R").sum() >= 2
    assert (shown.denominators["folketal"] == people).all()
    assert bank.faults("R") == []
    assert unlifted(one, rules_alone(one)) == ["R KOM=825 2020"]


def test_case_07_boys_are_not_told_by_the_girls_and_the_total(bank: Released) -> None:
    dimensions = [
        areas("OMR", "landsdel"),
        dimension("A", {"IALT": ["0005", "0611"]}),
        dimension("K", {"0": ["D", "P"]}),
    ]
    one = added(
        table("T", dimensions),
        np.array([[[3, 30], [40, 50]], [[60, 70], [80, 90]], [[25, 35], [45, 55]]]),
    )

    bank.publish(one)

    hidden = bank.hidden("T")
    assert bank.at("T", bank.primary("T"), "01", "0005", "D", "2020")
    assert bank.at("T", hidden, "01", "0005", "P", "2020") or bank.at("T", hidden, "01", "0005", "0", "2020")
    assert bank.at("T", hidden, "01", "0611", "D", "2020") or bank.at("T", hidden, "01", "IALT", "D", "2020")
    assert bank.faults("T") == []
    assert unlifted(one, rules_alone(one)) == ["T OMR=01 A=0005 K=D 2020"]


def test_case_08_the_last_kommune_of_a_landsdel_is_not_told_by_two_years(bank: Released) -> None:
    years = ("2020", "2021")
    local = added(
        table("I1", [areas("KOM", "kommune")], periods=years),
        np.array([[20, 3], [40, 40], [60, 60], [35, 35], [45, 45], [16, 16]]),
    )
    started = added(table("I3", [areas("LANDSDEL", "landsdel")], periods=years), np.array([[70, 63], [30, 30], [8, 8]]))
    standing = added(
        table("I4", [areas("LANDSDEL", "landsdel")], periods=years), np.array([[40, 40], [50, 50], [8, 8]])
    )
    relation = {
        "at_least": ["I3", "I1"],
        "plus": {"I4": {"before": True}},
        "gap": "rare",
        "pair": {"LANDSDEL": "KOM"},
        "sum": "KOM",
    }

    bank.publish(local, started, standing, relations=[relation])

    assert bank.at("I1", bank.primary("I1"), "101", "2021")
    assert bank.faults("I1", "I3", "I4") == []
    alone = masked(local).masks["I1"]
    assert (alone.reshape(-1, 2)[:, 1] > 0).sum() == 2
    others = [(one, np.zeros(len(one.numbers["n"]), dtype=np.uint8)) for one in (started, standing)]
    assert "I1 KOM=101 2021" in unlifted(local, alone, *others, relations=[relation])


def test_case_09_what_did_not_exist_is_neither_zero_nor_hidden(bank: Released) -> None:
    years = ("2019", "2020")
    kinds = dimension("I", {"3": ["5", "6", "7"]}, since={"7": "2020"})
    one = added(table("T", [kinds], periods=years), np.array([[40, 40], [3, 30], [0, 3]]))
    status = np.where(np.array(kinds.codes) == "7", Status.NOT_APPLICABLE, Status.OK)
    early = np.zeros((4, 2), dtype=np.uint8)
    early[:, 0] = status
    lacking = replace(one, status={"n": early.reshape(-1)})

    bank.publish(lacking)

    states = bank.shown("T").status["n"].reshape(4, 2)
    assert states[kinds.index["7"], 0] == Status.NOT_APPLICABLE
    assert states[kinds.index["6"], 0] == Status.CONFIDENTIAL
    assert (states[:, 0] == Status.CONFIDENTIAL).sum() >= 2
    assert bank.faults("T") == []


def test_case_10_a_removed_kommune_is_no_unknown(bank: Released) -> None:
    dimensions = [areas("KOM", "kommune"), dimension("I", {"3": ["5", "6"]})]
    leaf = np.array([[2, 20], [30, 40], [0, 0], [50, 60], [25, 35], [45, 55]])
    one = added(table("T", dimensions), leaf)
    status = one.status["n"].reshape(7, 3).copy()
    status[dimensions[0].index["155"]] = Status.MISSING
    removed = replace(one, status={"n": status.reshape(-1)})

    bank.publish(removed)

    states = bank.shown("T").status["n"].reshape(7, 3)
    assert (states[dimensions[0].index["155"]] == Status.MISSING).all()
    assert bank.at("T", bank.primary("T"), "101", "5", "2020")
    assert bank.faults("T") == []
    assert unlifted(removed, rules_alone(removed)) == ["T KOM=101 I=5 2020"]


def test_case_11_a_revision_beside_an_unchanged_hidden_cell(bank: Released) -> None:
    bank.publish(line(3, 20, 30, 40))
    first = bank.hidden("T")

    bank.publish(line(3, 22, 30, 40), at="2024-09-05 08:00", notice=Text("Rettet", "Mended"))

    second = bank.hidden("T")
    assert second[first & (np.array([[95], [3], [22], [30], [40]]) == np.array([[93], [3], [20], [30], [40]]))].all()
    assert second.sum() >= 2
    assert bank.faults("T") == []


def test_case_12_a_lower_threshold_keeps_what_was_hidden_and_a_higher_one_reports_what_is_known(bank: Released) -> None:
    said: list[str] = []
    bank.publish(line(3, 20, 30, below=5))
    bank.publish(line(3, 20, 30, below=3), at="2024-09-05 08:00")
    higher = replace(line(4, 20, 30, below=3).table, id="U")
    bank.publish(replace(line(4, 20, 30), table=higher), at="2024-09-06 08:00")
    raised = replace(line(4, 20, 30, below=5).table, id="U")

    bank.publish(
        replace(line(4, 20, 30), table=raised), at="2024-09-09 08:00", progress=lambda text: said.append(text.en)
    )

    assert (bank.hidden("T", 1) >= bank.hidden("T", 0)).all()
    assert not bank.hidden("U").any()
    assert "U: 1 cells are already public" in said


def test_case_13_nothing_is_reckoned_from_a_hidden_part(bank: Released) -> None:
    groups = dimension("I", {"3": ["5", "6", "7"]})
    sexes = dimension("K", {"0": ["D", "P"]})
    bank.publish(added(table("T", [groups, sexes]), np.array([[30, 40], [3, 50], [60, 70]])))
    open_ = Bank(bank.folder / "bank", clock=lambda: bank.acts[0].effective_at)
    open_.refresh()
    hidden = {code for code in "3567" if bank.at("T", bank.hidden("T"), code, "D", "2020")}

    def told(*picks: str) -> list[tuple[int, int]]:
        chosen = {"I": picks, "K": ("D",), "Tid": ("2020",)}
        answer = open_.read(open_.ask(open_.catalogue(), "T", chosen, "dst"))
        return [
            cell for block in answer.blocks() for cell in zip(block.values.tolist(), block.status.tolist(), strict=True)
        ]

    hiding = (0, int(Status.CONFIDENTIAL))
    assert {"6"} < hidden
    assert told("sum(5;6)", "subtract(6;6)", "divide(6;5)", "divide(5;6)", "multiply(6;5)") == [hiding] * 5
    assert told("sum(5;7)") == ([hiding] if hidden & {"5", "7"} else [(90, 0)])
    assert told("sum(5;6;7)") == [hiding]  # equals a published node: never the node silently
    with pytest.raises(NotAdditive):
        told("sum(3;6)")


@st.composite
def cubes(draw: st.DrawFn) -> Grid:
    """One to four dimensions, two of them with up to two levels of groups; sparse and dense; additive and distinct."""
    count = draw(st.integers(1, 4))
    most = (6, 5, 4, 3)[count - 1]
    dimensions = [_tree(draw, number, most) for number in range(count)]
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    shape = [len(leaves(one)) for one in dimensions]
    if count < 3 and draw(st.booleans()):
        return _register(dimensions, shape, rng)
    dense = rng.random(shape) < draw(st.sampled_from([0.5, 1.0]))
    leaf = rng.poisson(draw(st.sampled_from([1.5, 6.0, 20.0])), shape) * dense
    late = draw(st.booleans()) and shape[0] > 2
    if not late:
        return added(table("T", dimensions), leaf)
    first = leaf.copy()
    first[-1] = 0
    periods = np.stack([first, rng.permutation(leaf.reshape(-1)).reshape(shape)], -1)
    return _late(added(table("T", dimensions, periods=("2019", "2020")), periods))


def _tree(draw: st.DrawFn, number: int, most: int) -> object:
    codes = [f"{number}{place}" for place in range(draw(st.integers(2, most)))]
    levels = draw(st.integers(0, 2)) if number < 2 else 0
    tree: dict[str, list[str]] = {"T": codes}
    if levels and len(codes) > 3:
        tree = {"T": ["g", "h"], "g": codes[:2], "h": codes[2:]}
    if levels > 1 and len(codes) > 4:
        tree = {"T": ["g", "h"], "g": codes[:2], "h": ["i", codes[-1]], "i": codes[2:-1]}
    return dimension(f"D{number}", tree, overlap=None)


def _register(dimensions: list, shape: list[int], rng: np.random.Generator) -> Grid:
    kinds = ["rare", "common"][: len(dimensions)]
    overlapping = [replace(one, overlap=kind) for one, kind in zip(dimensions, kinds, strict=True)]
    persons = []
    for _ in range(int(rng.integers(20, 200))):
        spot = [int(rng.integers(size)) for size in shape]
        more = [
            spot[0] if rng.random() < 0.95 else int(rng.integers(shape[0])),
            *(int(rng.integers(n)) for n in shape[1:]),
        ]
        persons.append(sorted({tuple(spot), tuple(more)}))
    return counted(table("T", overlapping, kind="distinct"), persons)


def _late(one: Grid) -> Grid:
    """The last leaf of the first dimension exists in the last period only."""
    place = leaves(one.table.dimensions[0])[-1]
    states = np.zeros(one.table.shape, dtype=np.uint8)
    states[place, ..., 0] = Status.NOT_APPLICABLE
    return replace(one, status={"n": states.reshape(-1)})


SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


@pytest.mark.slow
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(one=cubes())
def test_case_14_every_random_cube_has_a_valid_certificate_or_is_refused(one: Grid, tmp_path: Path) -> None:
    protection = masked_or_none(one)
    if protection is None:
        return

    mask = protection.masks["T"]
    assert (mask[primaries(one)] == 1).all()
    assert not mask[one.numbers["n"] == 0].any()
    assert not mask[one.status["n"] > Status.REVISED].any()
    assert unlifted(one, mask) == []
    if protection.files:
        assert wrong(protection, tmp_path, one) == []


@pytest.mark.slow
def test_case_14_dropping_any_secondary_is_noticed() -> None:
    noticed = tried = 0
    for seed in range(14):
        rng = np.random.default_rng(seed)
        dimensions = [
            dimension("R", {"T": list("abcde")}),
            dimension("C", {"T": ["g", "h"], "g": list("vw"), "h": list("xyz")}),
        ]
        one = added(
            table("T", dimensions[: 1 + seed % 2]), rng.poisson((9.0, 4.0)[seed % 3 == 0], (5, 5)[: 1 + seed % 2])
        )
        protection = masked_or_none(one)
        if protection is None:
            continue
        mask = protection.masks["T"]
        for secondary in rng.permutation(np.flatnonzero(mask == 2))[:4]:
            dropped = mask.copy()
            dropped[secondary] = 0
            tried += 1
            noticed += bool(unlifted(one, dropped))

    assert tried > 20
    assert noticed >= 0.95 * tried


@pytest.mark.slow
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(one=cubes())
def test_case_14_a_stricter_threshold_never_shows_what_a_laxer_one_hid(one: Grid) -> None:
    laxer, stricter = (masked_or_none(_below(one, limit)) for limit in (3, 5))
    if laxer is None or stricter is None:
        return

    assert (stricter.masks["T"][laxer.masks["T"] == 1] == 1).all()


def _below(one: Grid, limit: int) -> Grid:
    [rule] = one.table.disclosure
    return replace(one, table=replace(one.table, disclosure=(replace(rule, params={"below": limit}),)))


def test_case_14_the_order_of_rows_in_the_cube_changes_nothing(tmp_path: Path) -> None:
    dimensions = [areas("KOM", "kommune"), dimension("I", {"3": ["5", "6", "7"]})]
    one = added(table("T", dimensions), np.random.default_rng(3).poisson(6.0, (6, 3)))
    first, second = Released(tmp_path / "a"), Released(tmp_path / "b")
    first.publish(one)
    second.publish(one, dry_run=True)
    path = tmp_path / "b/library/T/cube.parquet"
    rows = pq.read_table(path)
    pq.write_table(rows.take(pa.array(np.random.default_rng(5).permutation(len(rows)))), path)

    second.again("T")

    name = "protection/T/certificate.parquet"
    assert (first.acts[0].folder / name).read_bytes() == (second.acts[-1].folder / name).read_bytes()
    assert (first.hidden("T") == second.hidden("T")).all()

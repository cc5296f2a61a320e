"""What is reckoned from shown cells: statuses by rule, whole numbers half up, and what is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.derive import Indices, read
from tables.derive.exact import exactly, half_up, largest, quotient
from tables.errors import InvalidQuery, NotAdditive
from tables.model import CONTENTS, SUM, Act, Additive, Derive, Dimension, Layout, Measure, Release, Table, Text, Value
from tables.selection import calculation, default, resolve

OK, PROVISIONAL, REVISED, IMPOSSIBLE, MISSING, HIDDEN = range(6)
PERIODS = ("2022K4", "2023K3", "2023K4", "2024K3", "2024K4")


def word(text: str) -> Text:
    return Text(f"{text} da", f"{text} en")


def dimension(code: str, codes: Sequence[str], elimination: str | None = None, *, time: bool = False) -> Dimension:
    return Dimension(code, word(code), tuple(Value(c, word(c)) for c in codes), elimination, time)


def bank(measure: Measure, numbers: Sequence[int], states: Sequence[int] | None = None, **dims: Dimension) -> "Toy":
    dimensions = tuple(dims.values()) or (dimension("KØN", ("0", "D", "P", "9"), "0"),)
    if not any(dim.time for dim in dimensions):
        dimensions = (*dimensions, dimension("Tid", ("2024",), time=True))
    table = Table("T", word("t"), "1", word("s"), dimensions, (measure,), ())
    return Toy(table, numbers, states)


def measured(kind: str = "additive", *, decimals: int = 0) -> Measure:
    over = tuple(Additive(code) for code in ("KØN", "ALDER")) if kind == "additive" else ()
    return Measure("m", word("m"), word("u"), kind, decimals, over)


class Toy:
    """A release whose engine is an array in memory."""

    def __init__(self, table: Table, numbers: Sequence[int], states: Sequence[int] | None = None) -> None:
        act = Act(1, "release", datetime(2025, 5, 23, 6, tzinfo=UTC), Path("releases/1"), word("t"), {}, {})
        self.release = Release(table, act)
        self.numbers = np.array(numbers, dtype=np.int64)
        self.states = np.array(states or [OK] * len(numbers), dtype=np.uint8)
        self.most = 0

    def gather(self, release: Release, measure: str, indices: Indices, /) -> tuple[np.ndarray, np.ndarray]:
        offsets = np.ravel_multi_index(np.broadcast_arrays(*indices), release.table.shape)
        self.most = max(self.most, offsets.size)
        return self.numbers[offsets], self.states[offsets]

    def cells(self, chosen: Mapping[str, Sequence[str]], derive: Derive | None = None) -> list[tuple[int, int]]:
        return [cell[:2] for cell in self.full(chosen, derive)]

    def full(self, chosen: Mapping[str, Sequence[str]], derive: Derive | None = None) -> list[tuple[int, int, int]]:
        found: list[tuple[int, int, int]] = []
        for block in read(resolve(self.release, chosen, "dst", derive=derive), self.gather).blocks():
            decimals = np.broadcast_to(np.asarray(block.decimals), block.values.shape).tolist()
            found += zip(block.values.tolist(), block.status.tolist(), decimals, strict=True)
        return found


def pair(one: tuple[int, int], other: tuple[int, int], op: str, *, decimals: int = 0) -> tuple[int, int]:
    """D op P."""
    toy = bank(measured(decimals=decimals), [0, one[0], other[0], 0], [OK, one[1], other[1], OK])
    return toy.cells({"KØN": [f"{op}(D;P)"]})[0]


# ---------------------------------------------------------------------------------------- status


@pytest.mark.parametrize(
    ("one", "other", "summed", "compared"),
    [
        (OK, OK, OK, OK),
        (PROVISIONAL, OK, PROVISIONAL, PROVISIONAL),
        (REVISED, OK, OK, OK),
        (REVISED, REVISED, OK, OK),
        (REVISED, PROVISIONAL, PROVISIONAL, PROVISIONAL),
        (IMPOSSIBLE, OK, OK, IMPOSSIBLE),
        (IMPOSSIBLE, PROVISIONAL, PROVISIONAL, IMPOSSIBLE),
        (IMPOSSIBLE, IMPOSSIBLE, IMPOSSIBLE, IMPOSSIBLE),
        (MISSING, OK, MISSING, MISSING),
        (MISSING, IMPOSSIBLE, MISSING, MISSING),
        (HIDDEN, OK, HIDDEN, HIDDEN),
        (HIDDEN, MISSING, HIDDEN, HIDDEN),
        (HIDDEN, IMPOSSIBLE, HIDDEN, HIDDEN),
        (HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ],
)
def test_the_status_of_what_is_derived_follows_one_rule(one: int, other: int, summed: int, compared: int) -> None:
    for left, right in ((one, other), (other, one)):
        cells = [(0 if state > REVISED else 6, state) for state in (left, right)]

        assert pair(cells[0], cells[1], "sum")[1] == summed
        for op in ("subtract", "multiply", "divide"):
            assert pair(cells[0], cells[1], op)[1] == compared


def test_no_number_stands_under_a_status_without_one() -> None:
    for state in (IMPOSSIBLE, MISSING, HIDDEN):
        for op in ("sum", "subtract", "multiply", "divide"):
            number, status = pair((7, OK), (0, state), op)
            assert status <= REVISED or number == 0
    assert pair((7, OK), (0, IMPOSSIBLE), "sum") == (7, OK)


def test_a_trivial_answer_over_a_hidden_cell_is_hidden_too() -> None:
    assert pair((0, HIDDEN), (0, OK), "multiply")[1] == HIDDEN
    assert pair((0, HIDDEN), (0, OK), "divide")[1] == HIDDEN
    toy = bank(measured(), [9, 0, 0, 0], [OK, HIDDEN, OK, OK])
    assert toy.cells({"KØN": ["subtract(D;D)", "divide(D;D)"]}) == [(0, HIDDEN), (0, HIDDEN)]


def test_a_cell_that_is_not_derived_keeps_its_own_status() -> None:
    toy = bank(measured(), [1, 2, 3, 0], [PROVISIONAL, REVISED, OK, IMPOSSIBLE])

    assert toy.cells({"KØN": ["*", "sum(D;P)"]}) == [(1, 1), (2, 2), (3, 0), (0, 3), (5, 0)]


# ---------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (1, 2, 50),
        (1, 3, 33),
        (2, 3, 67),
        (1, 8, 13),
        (-1, 8, -12),
        (1, -8, -12),
        (-1, -8, 13),
        (3, 200, 2),
        (-3, 200, -1),
    ],
)
def test_a_quotient_has_two_decimals_half_up_below_zero_too(numerator: int, denominator: int, expected: int) -> None:
    toy = bank(measured(), [0, numerator, denominator, 0])

    assert toy.full({"KØN": ["divide(D;P)"]}) == [(expected, OK, 2)]


def test_division_by_zero_cannot_occur() -> None:
    assert pair((7, OK), (0, OK), "divide") == (0, IMPOSSIBLE)
    assert pair((0, OK), (7, OK), "divide") == (0, OK)
    assert pair((0, OK), (0, OK), "divide") == (0, IMPOSSIBLE)
    assert pair((7, OK), (0, PROVISIONAL), "divide") == (0, IMPOSSIBLE)


@pytest.mark.parametrize(
    ("one", "other", "expected"), [(15, 25, 38), (15, -25, -37), (-15, -25, 38), (1, 5, 1), (-1, 5, 0)]
)
def test_a_product_of_scaled_numbers_is_scaled_once(one: int, other: int, expected: int) -> None:
    toy = bank(measured(decimals=1), [0, one, other, 0])

    assert toy.full({"KØN": ["multiply(D;P)"]}) == [(expected, OK, 1)]


def test_decimals_stand_with_each_line() -> None:
    toy = bank(measured(decimals=1), [0, 30, 40, 0])

    found = toy.full({"KØN": ["D", "sum(D;P)", "subtract(D;P)", "divide(D;P)"]})

    assert found == [(30, OK, 1), (70, OK, 1), (-10, OK, 1), (75, OK, 2)]


def test_sums_come_before_comparisons() -> None:
    ages = dimension("ALDER", ("a", "b"))
    sexes = dimension("KØN", ("D", "P"))
    toy = bank(measured(), [1, 2, 3, 4], KØN=sexes, ALDER=ages)

    assert toy.cells({"KØN": ["divide(D;P)"], "ALDER": ["sum(a;b)"]}) == [(43, OK)]
    assert toy.cells({"ALDER": ["sum(a;b)"], "KØN": ["divide(D;P)"]}) == [(43, OK)]


def test_a_dimension_summed_away_is_the_sum_of_its_values() -> None:
    sexes = dimension("KØN", ("1", "2"), SUM)
    toy = bank(
        measured(), [10, 20, 1, 2], [OK, OK, PROVISIONAL, HIDDEN], KØN=sexes, ALDER=dimension("ALDER", ("a", "b"))
    )

    assert toy.cells({"ALDER": ["*"]}) == [(11, PROVISIONAL), (0, HIDDEN)]


def test_what_stands_beside_the_tree_and_below_it_is_not_summed_away() -> None:
    tree = Dimension(
        "KØN",
        word("k"),
        (
            Value("1", word("1")),
            Value("11", word("11"), parent="1"),
            Value("2", word("2")),
            Value("x", word("x"), nests="no"),
        ),
        SUM,
    )
    toy = bank(measured(), [10, 7, 20, 1000], KØN=tree)

    assert toy.cells({}) == [(30, OK)]


def test_a_result_that_runs_over_is_reckoned_exactly_or_refused() -> None:
    huge = 2**62
    assert pair((huge, OK), (huge - 1, OK), "sum") == (2**63 - 1, OK)
    assert pair((huge, OK), (huge, OK), "divide") == (100, OK)
    assert pair((huge, OK), (10, OK), "multiply", decimals=1) == (huge, OK)
    for op, other in (("sum", huge), ("multiply", 2), ("subtract", -huge)):
        with pytest.raises(InvalidQuery):
            pair((huge, OK), (other, OK), op)


@given(st.integers(-(2**40), 2**40), st.integers(1, 2**40))
def test_half_up_is_the_floor_of_one_half_more(numerator: int, denominator: int) -> None:
    found = half_up(np.array([numerator]), np.array([denominator]))

    assert 2 * denominator * found[0] <= 2 * numerator + denominator < 2 * denominator * (found[0] + 1)


@given(st.integers(-(2**62), 2**62), st.integers(-(2**62), 2**62))
def test_the_two_ways_of_reckoning_agree(numerator: int, denominator: int) -> None:
    pair = np.array([numerator]), np.array([denominator])
    bound = 2 * (largest(pair[0]) + largest(pair[1])) * 2

    assert exactly(lambda n, d: quotient(n, d, 1), bound, *pair) == exactly(
        lambda n, d: quotient(n, d, 1), 2**64, *pair
    )


def test_a_sum_of_much_is_gathered_a_piece_at_a_time() -> None:
    ages = dimension("ALDER", [f"a{n}" for n in range(300)])
    sexes = dimension("KØN", [f"k{n}" for n in range(700)], SUM)
    toy = bank(measured(), range(210_000), KØN=sexes, ALDER=ages)

    found = toy.cells({"ALDER": [f"sum({';'.join(ages.codes)})", "*"]})

    assert found[0] == (sum(range(210_000)), OK)
    assert found[2] == (sum(range(1, 210_000, 300)), OK)
    assert toy.most <= 65_536


# ---------------------------------------------------------------------------------------- calculations over an answer


def quarters(numbers: Sequence[int], states: Sequence[int] | None = None, measure: Measure | None = None) -> Toy:
    return bank(measure or measured(), numbers, states, Tid=dimension("Tid", PERIODS, time=True))


def test_change_is_from_the_period_before_in_the_table_also_one_not_asked_for() -> None:
    toy = quarters([10, 11, 13, 9, 0])

    assert toy.cells({"Tid": ["*"]}, Derive("change", "Tid")) == [(0, MISSING), (1, OK), (2, OK), (-4, OK), (-9, OK)]
    assert toy.cells({"Tid": ["2023K4"]}, Derive("change", "", "previous")) == [(2, OK)]


def test_change_from_a_year_before_or_from_a_period() -> None:
    toy = quarters([10, 11, 13, 9, 20])

    year = toy.cells({"Tid": ["*"]}, Derive("change", "tid", "YEAR"))
    period = toy.cells({"Tid": ["*"]}, Derive("change", "TIME", "2023k4"))

    assert year == [(0, MISSING), (0, MISSING), (3, OK), (-2, OK), (7, OK)]
    assert period == [(-3, OK), (-2, OK), (0, OK), (-4, OK), (7, OK)]


def test_change_keeps_the_decimals_of_the_measure_and_the_rest_have_one() -> None:
    toy = quarters([100, 110, 121, 100, 90], measure=measured("ratio", decimals=2))

    assert toy.full({"Tid": ["2023K3"]}, Derive("change", "Tid")) == [(10, OK, 2)]
    assert toy.full({"Tid": ["2023K3"]}, Derive("index", "Tid", "2022K4")) == [(1100, OK, 1)]


def test_per_cent_change_and_index() -> None:
    toy = quarters([8, 9, 0, 7, -7])

    assert toy.cells({"Tid": ["*"]}, Derive("pct", "Tid")) == [
        (0, MISSING),
        (125, OK),
        (-1000, OK),
        (0, IMPOSSIBLE),
        (-2000, OK),
    ]
    assert toy.cells({"Tid": ["2023K3", "2024K3"]}, Derive("index", "Tid")) == [(1000, OK), (778, OK)]
    assert toy.cells({"Tid": ["2023K3", "2024K4"]}, Derive("index", "Tid", "2022K4")) == [(1125, OK), (-875, OK)]


def test_a_calculation_over_a_hidden_cell_is_hidden_on_either_side() -> None:
    toy = quarters([0, 11, 0, 9, 9], [HIDDEN, PROVISIONAL, HIDDEN, REVISED, MISSING])

    assert [status for _, status in toy.cells({"Tid": ["*"]}, Derive("pct", "Tid"))] == [
        HIDDEN,
        HIDDEN,
        HIDDEN,
        HIDDEN,
        MISSING,
    ]
    assert [status for _, status in toy.cells({"Tid": ["*"]}, Derive("index", "Tid", "2023K3"))] == [
        HIDDEN,
        PROVISIONAL,
        HIDDEN,
        PROVISIONAL,
        MISSING,
    ]


def test_a_share_of_what_is_picked_has_the_sum_as_base() -> None:
    toy = bank(measured(), [100, 30, 60, 10])

    assert toy.full({"KØN": ["D", "P"]}, Derive("share", "KØN")) == [(333, OK, 1), (667, OK, 1)]
    assert toy.full({"KØN": ["D", "P"]}, Derive("share", "køn", factor=1000)) == [(3333, OK, 1), (6667, OK, 1)]
    assert toy.full({"KØN": ["sum(D;9)", "P"]}, Derive("share", "KØN")) == [(400, OK, 1), (600, OK, 1)]
    assert toy.full({"KØN": ["D"]}, Derive("share", "")) == [(1000, OK, 1)]
    with pytest.raises(InvalidQuery):
        toy.full({"Tid": ["*"]}, Derive("share", ""))


def test_a_share_of_what_is_picked_is_hidden_when_one_of_them_is() -> None:
    toy = bank(measured(), [100, 30, 0, 10], [OK, OK, HIDDEN, OK])

    assert [status for _, status in toy.cells({"KØN": ["D", "P", "9"]}, Derive("share", "KØN"))] == [HIDDEN] * 3
    assert [status for _, status in toy.cells({"KØN": ["D", "9"]}, Derive("share", "KØN"))] == [OK, OK]


def test_a_share_against_a_cell_compares_two_cells() -> None:
    toy = bank(measured("distinct"), [100, 30, 0, 80], [OK, OK, HIDDEN, REVISED])

    assert toy.cells({"KØN": ["*"]}, Derive("share", "KØN", "0")) == [(1000, OK), (300, OK), (0, HIDDEN), (800, OK)]
    assert toy.cells({"KØN": ["D"]}, Derive("share", "KØN", "p")) == [(0, HIDDEN)]


def test_a_share_of_nothing_cannot_occur() -> None:
    toy = bank(measured(), [0, 0, 0, 0])

    assert toy.cells({"KØN": ["D", "P"]}, Derive("share", "KØN")) == [(0, IMPOSSIBLE)] * 2


@pytest.mark.parametrize(
    ("kind", "derive", "error"),
    [
        ("estimate", Derive("change", "Tid"), NotAdditive),
        ("estimate", Derive("share", "KØN", "0"), NotAdditive),
        ("estimate", Derive("index", "Tid"), NotAdditive),
        ("ratio", Derive("pct", "Tid"), NotAdditive),
        ("ratio", Derive("share", "KØN"), NotAdditive),
        ("distinct", Derive("share", "KØN"), NotAdditive),
        ("additive", Derive("share", "Tid"), NotAdditive),
        ("additive", Derive("share", "NOSUCH"), InvalidQuery),
        ("additive", Derive("share", CONTENTS), InvalidQuery),
        ("additive", Derive("change", "KØN"), InvalidQuery),
        ("additive", Derive("share", "KØN", "nosuch"), InvalidQuery),
        ("additive", Derive("change", "Tid", "1066"), InvalidQuery),
        ("additive", Derive("index", "Tid", "previous"), InvalidQuery),
    ],
)
def test_a_calculation_without_meaning_is_refused(kind: str, derive: Derive, error: type[InvalidQuery]) -> None:
    toy = bank(measured(kind), range(4))

    with pytest.raises(error):
        toy.cells({"KØN": ["D", "P"]}, derive)


def test_a_share_with_the_total_among_the_picked_is_refused_like_a_sum() -> None:
    with pytest.raises(NotAdditive):
        bank(measured(), range(4)).cells({"KØN": ["*"]}, Derive("share", "KØN"))


def test_a_share_along_what_was_left_out_asks_for_values() -> None:
    with pytest.raises(InvalidQuery) as caught:
        bank(measured(), range(4)).cells({}, Derive("share", "KØN"))

    assert (caught.value.reason, caught.value.dimension) == ("missing", "KØN")


def test_arithmetic_on_values_is_not_mixed_with_a_calculation() -> None:
    toy = bank(measured(), range(4))

    with pytest.raises(InvalidQuery):
        toy.cells({"KØN": ["D", "divide(D;P)"]}, Derive("share", "KØN"))
    with pytest.raises(InvalidQuery):
        toy.cells({"KØN": ["D"], "Tid": ["subtract(2024;2024)"]}, Derive("change", "Tid"))


def test_a_rate_may_be_set_against_a_cell_on_v1_but_has_no_share_on_the_site() -> None:
    toy = bank(measured("ratio"), [5, 10, 20, 1])

    assert toy.cells({"KØN": ["D"]}, Derive("share", "KØN", "P")) == [(500, OK)]
    with pytest.raises(NotAdditive):
        resolve(toy.release, {"KØN": ["D"]}, "site", derive=Derive("share", "KØN", "P"))


# ---------------------------------------------------------------------------------------- the site's keys


def test_the_site_keys_become_a_calculation() -> None:
    table = bank(measured(), range(4)).release.table

    assert calculation(table, "change") == Derive("change", "Tid", "previous")
    assert calculation(table, "PCT", "year") == Derive("pct", "Tid", "year")
    assert calculation(table, "index") == Derive("index", "Tid")
    assert calculation(table, "index", "2024") == Derive("index", "Tid", "2024")
    assert calculation(table, "share", "kon") == Derive("share", "KØN", "0")
    assert calculation(table, "share", innermost="KØN") == Derive("share", "KØN", "0")


def test_a_calculation_that_is_not_there_is_told_with_those_that_are() -> None:
    table = bank(measured(), range(4)).release.table

    with pytest.raises(InvalidQuery) as caught:
        calculation(table, "median")
    assert (caught.value.reason, caught.value.value) == ("key", "median")
    assert "share" in caught.value.near
    with pytest.raises(NotAdditive):
        calculation(table, "share", "Tid")
    with pytest.raises(InvalidQuery):
        calculation(table, "share", "nosuch")


# ---------------------------------------------------------------------------------------- the first view


def table_of(*dims: Dimension, measures: int = 1) -> Table:
    kinds = tuple(replace(measured(), code=f"m{n}") for n in range(measures))
    return Table("T", word("t"), "1", word("s"), (*dims, dimension("Tid", PERIODS, time=True)), kinds, ())


def sized(code: str, size: int, elimination: str | None = None) -> Dimension:
    return dimension(code, [f"{code}{n}" for n in range(size)], elimination)


@pytest.mark.parametrize(
    ("table", "layout"),
    [
        (table_of(measures=2), Layout(("Tid",), (CONTENTS,), {CONTENTS: "*", "Tid": "top(13)"})),
        (table_of(measures=6), Layout((CONTENTS,), ("Tid",), {CONTENTS: "*", "Tid": "top(13)"})),
        (
            table_of(sized("A", 1600)),
            Layout(("A",), (CONTENTS, "Tid"), {"A": "top(1500)", CONTENTS: "*", "Tid": "top(13)"}),
        ),
        (
            table_of(sized("A", 3), measures=5),
            Layout((CONTENTS,), ("A", "Tid"), {CONTENTS: "*", "A": "*", "Tid": "top(1)"}),
        ),
        (
            table_of(sized("A", 11, "A0"), sized("B", 9, "B0"), sized("C", 4, "C0")),
            Layout(("A",), (CONTENTS, "C", "Tid"), {"A": "*", "C": "*", CONTENTS: "top(1)", "Tid": "top(1)"}),
        ),
        (
            table_of(sized("A", 11, "A0"), sized("B", 4), sized("C", 20, "C0"), measures=2),
            Layout(("C",), (CONTENTS, "B", "Tid"), {"C": "*", "B": "*", CONTENTS: "top(1)", "Tid": "top(1)"}),
        ),
        (
            table_of(sized("A", 5), sized("B", 4), sized("C", 30), sized("D", 2, "D0")),
            Layout(
                ("C",),
                ("B", CONTENTS, "A", "Tid"),
                {"C": "*", "A": "*", "B": "top(1)", CONTENTS: "top(1)", "Tid": "top(1)"},
            ),
        ),
        (
            table_of(sized("A", 20, "A0"), sized("B", 14, "B0")),
            Layout(("A",), (CONTENTS, "B", "Tid"), {"A": "*", "B": "top(13)", CONTENTS: "top(1)", "Tid": "top(1)"}),
        ),
    ],
)
def test_the_first_view_follows_the_rule_and_can_be_asked(table: Table, layout: Layout) -> None:
    found = default(table)
    toy = Toy(table, [0])

    query = resolve(toy.release, {code: [text] for code, text in found.select.items()}, "site")

    assert found == layout
    assert set(query.axes) == {*found.rows, *found.columns}


def test_the_first_view_of_a_tables_own_folder_goes_first() -> None:
    own = Layout(("Tid",), (), {"Tid": "*"})

    assert default(replace(table_of(sized("A", 3)), default=own)) is own

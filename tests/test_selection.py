"""The two grammars: every form, its order, and every way to write it wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from math import prod
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.catalog import read_library
from tables.errors import InvalidQuery, NotAdditive, TooManyCells
from tables.model import (
    CONTENTS,
    SUM,
    Act,
    Additive,
    Derive,
    Dimension,
    Measure,
    Pick,
    Query,
    Release,
    Table,
    Text,
    Value,
)
from tables.selection import Grammar, default, resolve, split

YEARS = tuple(str(year) for year in range(1990, 2010))


def word(text: str) -> Text:
    return Text(f"{text} da", f"{text} en")


def dimension(code: str, codes: Sequence[str], elimination: str | None = None, *, time: bool = False) -> Dimension:
    return Dimension(code, word(code.lower()), tuple(Value(c, word(c)) for c in codes), elimination, time)


def measure(code: str, **fields: object) -> Measure:
    known = {"kind": "additive", "additive_over": tuple(map(Additive, ("LANDSDEL", "ALDER", "KØN")))}
    return Measure(code, word(code), word("Antal"), **{**known, **fields})


def released(table: Table) -> Release:
    act = Act(1, "release", datetime(2025, 5, 23, 6, tzinfo=UTC), Path("releases/1"), word("t"), {}, {})
    return Release(table, act)


LANDSDEL = dimension("LANDSDEL", ("000", "01", "02", "03", "04"), "000")
ALDER = dimension("ALDER", ("IALT", "0005", "0611", "1217", "1800", "999"), "IALT")
SEX = dimension("KØN", ("0", "D", "P", "9"), "0")
TID = dimension("Tid", YEARS, time=True)
TABLE = Table("ISBU04", word("t"), "1", word("s"), (LANDSDEL, ALDER, SEX, TID), (measure("indsatser"),), ())
RELEASE = released(TABLE)
AGES = dimension("ALDER", (*tuple(str(age) for age in range(126)), "TOT"))
FREE = released(replace(TABLE, dimensions=(dimension("KØN", ("1", "2"), SUM), AGES, TID)))
QUARTERS = released(
    replace(
        TABLE,
        dimensions=(SEX, dimension("Tid", tuple(f"{y}K{k}" for y in range(2008, 2021) for k in "1234"), time=True)),
    )
)
TWO = released(replace(TABLE, measures=(measure("antal"), measure("beløb", decimals=1))))


def ask(chosen: Mapping[str, str | Sequence[str]], grammar: Grammar = "dst", release: Release = RELEASE) -> Query:
    """A text alone is one entry."""
    return resolve(release, {key: [v] if isinstance(v, str) else v for key, v in chosen.items()}, grammar)


def codes(query: Query, dimension: str) -> list[str]:
    return [pick.code for pick in query.picks[dimension]]


def refused(
    chosen: Mapping[str, str | Sequence[str]], grammar: Grammar = "dst", release: Release = RELEASE
) -> InvalidQuery:
    with pytest.raises(InvalidQuery) as caught:
        ask(chosen, grammar, release)
    assert caught.value.text.da
    assert caught.value.text.en
    assert caught.value.text.da != caught.value.text.en
    return caught.value


# ---------------------------------------------------------------------------------------- DST: entries


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (["04", "01"], ["04", "01"]),
        (["*"], ["000", "01", "02", "03", "04"]),
        (["0*"], ["000", "01", "02", "03", "04"]),
        (["*4"], ["04"]),
        (["0*0"], ["000"]),
        (["*0*"], ["000", "01", "02", "03", "04"]),
        (["**"], ["000", "01", "02", "03", "04"]),
        ([">=01<=03"], ["01", "02", "03"]),
        ([">01<03"], ["02"]),
        ([">=03"], ["03", "04"]),
        (["<01"], ["000"]),
        (["<=01"], ["000", "01"]),
        (["04", "*"], ["04", "000", "01", "02", "03"]),
        (["02", "02", ">=02"], ["02", "03", "04"]),
        ([">=03", "<=01"], ["03", "04", "000", "01"]),
        ([" 01 "], ["01"]),
    ],
)
def test_dst_entries_keep_request_order_and_patterns_table_order(entries: list[str], expected: list[str]) -> None:
    assert codes(ask({"LANDSDEL": entries}), "LANDSDEL") == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("(1)", YEARS[-1:]),
        ("(2)", YEARS[-2:-1]),
        ("(-n+3)", YEARS[-3:]),
        ("(-n 3)", YEARS[-3:]),
        ("-(-n+3)", YEARS[:3]),
        ("-(2)", YEARS[1:2]),
        ("(n)", YEARS),
        ("(2n+1)", YEARS[1::2]),
        ("(2n)", YEARS[0::2]),
        ("(odd)", YEARS[1::2]),
        ("(even)", YEARS[0::2]),
        ("(Odd)", YEARS[1::2]),
        ("first(1)", YEARS[:1]),
        ("last(1)", YEARS[-1:]),
        ("FIRST(-n+2)", YEARS[:2]),
        ("+(1)", YEARS[-1:]),
        (" (1)", YEARS[-1:]),
        ("(n+18)", YEARS[:3]),
        ("(-2n+5)", YEARS[-5::2]),
        ("(3n-1)", YEARS[::-1][1::3][::-1]),
        ("(+n+18)", YEARS[:3]),
        ("(-n+99)", YEARS),
        ("(-3n+99)", YEARS[::-1][2::3][::-1]),
        ("*", YEARS),
        ("199*", YEARS[:10]),
        (">=2005", YEARS[15:]),
        (">1990<1993", YEARS[1:3]),
    ],
)
def test_dst_nth_rules_count_from_the_newest(entry: str, expected: Sequence[str]) -> None:
    assert codes(ask({"Tid": entry}), "Tid") == list(expected)


def test_dst_periods_are_ascending_and_unique_however_they_were_sent() -> None:
    assert codes(ask({"tid": ["2009", "(1)", "1990", "-(2)"]}), "Tid") == ["1990", "1991", "2009"]
    assert codes(ask({"TID": ["2010k2", "(1)"]}, release=QUARTERS), "Tid") == ["2010K2", "2020K4"]
    assert codes(ask({"Tid": ">=2010K1<=2010K3"}, release=QUARTERS), "Tid") == ["2010K1", "2010K2", "2010K3"]
    assert len(codes(ask({"Tid": [">=2010K1", "<=2015K4"]}, release=QUARTERS), "Tid")) == 52
    assert codes(ask({"Tid": "*K1"}, release=QUARTERS), "Tid")[:2] == ["2008K1", "2009K1"]
    assert codes(ask({"Tid": "202*K1"}, release=QUARTERS), "Tid") == ["2020K1"]


def test_dst_wildcards_match_codes_as_recorded() -> None:
    assert codes(ask({"ALDER": "1*"}, release=FREE), "ALDER") == [
        "1",
        *(str(age) for age in range(10, 20)),
        *(str(age) for age in range(100, 126)),
    ]
    assert len(codes(ask({"ALDER": ">=0<=98"}, release=FREE), "ALDER")) == 99


def test_a_code_is_a_code_before_it_is_anything_else() -> None:
    odd = released(replace(TABLE, dimensions=(dimension("X", ("*", "a", "(1)", "top(1)", ">a", "sum(a)")), TID)))

    assert codes(ask({"X": "sum(a)"}, release=odd), "X") == ["sum(a)"]
    assert codes(ask({"X": [">a", "(1)"]}, release=odd), "X") == [">a", "(1)"]
    assert codes(ask({"X": "TOP(1)"}, "site", odd), "X") == ["top(1)"]


def test_codes_and_names_are_found_in_any_case_and_keep_the_tables_spelling() -> None:
    query = ask({"køn": ["d", "P"], "alder": "ialt", "LandsDel": "01"})

    assert query.axes == ("KØN", "ALDER", "LANDSDEL", CONTENTS, "Tid")
    assert (codes(query, "KØN"), codes(query, "ALDER")) == (["D", "P"], ["IALT"])


def test_the_exact_spelling_wins_over_another_case() -> None:
    twins = released(replace(TABLE, dimensions=(dimension("X", ("a", "A")), TID)))

    assert codes(ask({"X": ["A"]}, release=twins), "X") == ["A"]
    assert codes(ask({"X": ["a"]}, release=twins), "X") == ["a"]


def test_the_same_variable_in_two_spellings_is_united() -> None:
    assert codes(ask({"KØN": ["P"], "køn": ["D"]}), "KØN") == ["P", "D"]


# ---------------------------------------------------------------------------------------- DST: what is left out


def test_nothing_chosen_is_every_total_of_the_newest_period() -> None:
    query = ask({})

    assert query.axes == (CONTENTS, "Tid")
    assert query.eliminated == {"LANDSDEL": "000", "ALDER": "IALT", "KØN": "0"}
    assert codes(query, "Tid") == ["2009"]
    assert query.cells == 1


def test_axes_follow_the_request_and_a_time_left_out_comes_last() -> None:
    assert ask({"tid": "(1)", "landsdel": "01", "køn": "D"}).axes == ("Tid", "LANDSDEL", "KØN", CONTENTS)
    assert ask({"køn": "D", "landsdel": "01"}).axes == ("KØN", "LANDSDEL", CONTENTS, "Tid")
    assert ask({"Tid": "(1)", "ContentsCode": "*", "KØN": "D"}, release=TWO).axes == ("Tid", CONTENTS, "KØN")


def test_empty_values_are_values_not_given() -> None:
    assert ask({"KØN": [], "ALDER": ["", " "]}).eliminated == {"LANDSDEL": "000", "ALDER": "IALT", "KØN": "0"}


def test_a_dimension_without_a_stored_total_is_summed_only_within_additive_over() -> None:
    assert ask({"ALDER": "1"}, release=FREE).eliminated == {"KØN": SUM}
    distinct = replace(FREE.table, measures=(measure("børn", kind="distinct", additive_over=()),))

    error = refused({"ALDER": "1"}, release=released(distinct))

    assert isinstance(error, NotAdditive)
    assert error.dimension == "KØN"


@pytest.mark.parametrize("grammar", ["dst", "site"])
def test_a_dimension_that_must_be_chosen_is_asked_for_by_name(grammar: Grammar) -> None:
    error = refused({"køn": "1"}, grammar, FREE)

    assert (error.reason, error.dimension) == ("missing", "ALDER")


def test_several_measures_must_be_chosen_on_v1_and_are_all_there_on_the_site() -> None:
    error = refused({"KØN": "D"}, "dst", TWO)

    assert (error.reason, error.dimension) == ("missing", CONTENTS)
    assert [m.code for m in ask({"KØN": "D"}, "site", TWO).measures] == ["antal", "beløb"]
    assert [m.code for m in ask({"contentscode": ["BELØB", "antal"]}, "dst", TWO).measures] == ["beløb", "antal"]
    assert [m.code for m in ask({"contentscode": ["BELØB", "antal"]}, "site", TWO).measures] == ["antal", "beløb"]
    assert refused({"ContentsCode": "sum(antal;beløb)"}, "dst", TWO).dimension == CONTENTS


def test_v1_has_no_variable_of_measures_where_there_is_one_measure() -> None:
    assert refused({"ContentsCode": "*"}).reason == "variable"
    assert ask({"ContentsCode": "*"}, "site").measures == TABLE.measures


# ---------------------------------------------------------------------------------------- DST: streaming, order, limit


def stream(chosen: Mapping[str, Sequence[str]], release: Release = RELEASE) -> Query:
    return resolve(release, chosen, "dst", streaming=True)


def test_a_stream_needs_every_variable_and_names_the_first_missing_in_table_order() -> None:
    whole = {"Tid": ["*"], "KØN": ["0"], "ALDER": ["*"], "LANDSDEL": ["04"]}
    assert stream(whole).axes == ("Tid", "KØN", "ALDER", "LANDSDEL", CONTENTS)
    for left_out, sent in (("LANDSDEL", {"NOSUCH": ["*"], "Tid": ["9999"]}), ("Tid", {**whole, "Tid": []})):
        with pytest.raises(InvalidQuery) as caught:
            stream(sent)
        assert (caught.value.reason, caught.value.dimension) == ("missing", left_out)
    with pytest.raises(InvalidQuery) as caught:
        stream({**whole, "NOSUCH": ["1"]})
    assert caught.value.reason == "variable"


def test_a_stream_of_several_measures_needs_them_before_time() -> None:
    with pytest.raises(InvalidQuery) as caught:
        stream({"LANDSDEL": ["*"], "ALDER": ["*"], "KØN": ["*"]}, TWO)

    assert (caught.value.reason, caught.value.dimension) == ("missing", CONTENTS)


def test_a_stream_does_not_calculate() -> None:
    whole = {"Tid": ["*"], "KØN": ["sum(D;P)"], "ALDER": ["*"], "LANDSDEL": ["04"]}

    with pytest.raises(NotAdditive):
        stream(whole)
    with pytest.raises(NotAdditive):
        resolve(RELEASE, {**whole, "KØN": ["D"]}, "dst", streaming=True, derive=Derive("share", "KØN"))


def test_checks_come_in_the_order_variables_values_limit() -> None:
    with pytest.raises(InvalidQuery) as caught:
        resolve(RELEASE, {"KØN": ["nosuch"], "NOSUCH": ["1"]}, "dst", limit=0)
    assert (caught.value.reason, caught.value.dimension) == ("variable", "NOSUCH")
    with pytest.raises(InvalidQuery) as caught:
        resolve(FREE, {"KØN": ["nosuch"]}, "dst", limit=0)
    assert caught.value.reason == "missing"
    with pytest.raises(InvalidQuery) as caught:
        resolve(RELEASE, {"KØN": ["nosuch"]}, "dst", limit=0)
    assert (caught.value.reason, caught.value.dimension, caught.value.value) == ("value", "KØN", "nosuch")


def test_the_limit_is_the_protocols_own_formula_over_the_picks() -> None:
    seen: list[tuple[int, ...]] = []

    def formula(counts: tuple[int, ...]) -> int:
        seen.append(counts)
        cells = prod(counts) * (len(counts) + 1)
        if cells > 100:
            raise TooManyCells(cells, 100)
        return cells

    resolve(RELEASE, {"KØN": ["*"], "Tid": ["(-n+5)"]}, "dst", limit=formula)
    with pytest.raises(TooManyCells) as caught:
        resolve(TWO, {"KØN": ["*"], CONTENTS: ["*"], "Tid": ["(-n+5)"]}, "dst", limit=formula)

    assert seen == [(4, 5), (4, 2, 5)]
    assert (caught.value.asked, caught.value.allowed) == (160, 100)


def test_a_plain_limit_counts_cells() -> None:
    resolve(RELEASE, {"KØN": ["*"], "Tid": ["*"]}, "site", limit=80)
    with pytest.raises(TooManyCells) as caught:
        resolve(RELEASE, {"KØN": ["*"], "Tid": ["*"]}, "site", limit=79)

    assert (caught.value.asked, caught.value.allowed) == (80, 79)


def test_the_recorded_counts_of_the_original_come_out() -> None:
    sizes = (105, 3, 127, 5)
    dims = tuple(dimension(f"V{at}", [f"{n}" for n in range(size)]) for at, size in enumerate(sizes))
    quarters = dimension("Tid", [f"{2000 + n // 4}K{n % 4 + 1}" for n in range(71)], time=True)
    big = released(replace(TABLE, dimensions=(*dims, quarters)))
    asked: list[int] = []

    def formula(counts: tuple[int, ...]) -> int:
        asked.append(prod(counts) * (len(counts) + 1))
        return asked[-1]

    every = {f"V{at}": ["*"] for at in range(4)}
    resolve(big, {**every, "Tid": ["*"]}, "dst", limit=formula)
    resolve(big, {**every, "Tid": ["(-n+4)"]}, "dst", limit=formula)

    assert asked == [85_210_650, 4_800_600]


def test_newest_first_turns_the_periods_and_leaves_what_is_derived_last() -> None:
    query = resolve(RELEASE, {"Tid": ["subtract(2009;2008)", "2008", "2009"]}, "dst", descending=True)

    assert codes(query, "Tid") == ["2009", "2008", "subtract(2009;2008)"]


def test_axes_may_be_ordered_by_the_protocol() -> None:
    chosen = {"tid": ["2009"], "køn": ["D"], "alder": ["*"]}

    assert resolve(RELEASE, chosen, "dst", order=(..., CONTENTS, "Tid")).axes == ("KØN", "ALDER", CONTENTS, "Tid")
    assert resolve(RELEASE, chosen, "site", order=("KON", ..., "TIME")).axes == ("KØN", "ALDER", CONTENTS, "Tid")
    assert resolve(RELEASE, chosen, "site", order=("Tid", "contentscode", "ALDER", "KØN")).axes[0] == "Tid"
    for wrong in (("KØN", "KØN", ...), ("LANDSDEL", ...), ("nosuch", ...), ("KØN",)):
        with pytest.raises(InvalidQuery) as caught:
            resolve(RELEASE, chosen, "site", order=wrong)
        assert caught.value.reason == "layout"


# ---------------------------------------------------------------------------------------- DST: arithmetic


@pytest.mark.parametrize(
    ("entry", "code", "text", "parts"),
    [
        ("sum(0005;0611)", "sum(0005;0611)", Text("sum(0005;0611)", "sum(0005;0611)"), ("0005", "0611")),
        ("SUM(0005,0611)", "sum(0005;0611)", Text("sum(0005;0611)", "sum(0005;0611)"), ("0005", "0611")),
        ("sum(0-11 år=0005;0611)", "sum(0005;0611)", Text("0-11 år", "0-11 år"), ("0005", "0611")),
        ("sum(0_11|0-11 år=0005;0611)", "0_11", Text("0-11 år", "0-11 år"), ("0005", "0611")),
        (
            "sum(0017|[da 0-17 år][en 0-17 years]=0005,0611,1217)",
            "0017",
            Text("0-17 år", "0-17 years"),
            ("0005", "0611", "1217"),
        ),
        ("sum(99-|[da 99- år][en 99- years]=1800,999)", "99-", Text("99- år", "99- years"), ("1800", "999")),
        ("sum(x|[en only]=1800)", "x", Text("only", "only"), ("1800",)),
        ("sum(a=b (c)=1800)", "sum(1800)", Text("a=b (c)", "a=b (c)"), ("1800",)),
        ("divide(0005;ialt)", "divide(0005;IALT)", Text("divide(0005;IALT)", "divide(0005;IALT)"), ("0005", "IALT")),
        ("subtract(q|=0005;0005)", "q", Text("q", "q"), ("0005", "0005")),
        (
            "multiply( 0005 ; 0611 )",
            "multiply(0005;0611)",
            Text("multiply(0005;0611)", "multiply(0005;0611)"),
            ("0005", "0611"),
        ),
    ],
)
def test_arithmetic_names_itself_or_is_named(entry: str, code: str, text: Text, parts: tuple[str, ...]) -> None:
    pick = ask({"ALDER": entry}).picks["ALDER"][0]

    assert (pick.code, pick.text, pick.parts) == (code, text, parts)


def test_an_arithmetic_value_stands_where_its_expression_stands_but_after_the_periods() -> None:
    assert codes(ask({"KØN": ["P", "sum(b|begge=D;P)", "D"]}), "KØN") == ["P", "b", "D"]
    assert codes(ask({"Tid": ["divide(v|vækst=2009;2008)", "2009", "2008"]}), "Tid") == ["2008", "2009", "v"]


def test_the_same_sum_twice_is_one_line_and_one_name_for_two_sums_is_refused() -> None:
    assert codes(ask({"KØN": ["sum(D;P)", "SUM(d,p)"]}), "KØN") == ["sum(D;P)"]
    assert refused({"KØN": ["sum(b|b=D;P)", "sum(b|b=D;9)"]}).reason == "expression"


@pytest.mark.parametrize(
    "entry",
    ["divide(0005)", "subtract(0005;0611;1217)", "multiply()", "sum()", "sum(x|y=)", "sum(ialt|I alt=0005;0611)"],
)
def test_arithmetic_written_wrong_is_told(entry: str) -> None:
    error = refused({"ALDER": entry})

    assert (error.reason, error.dimension, error.value) == ("expression", "ALDER", entry)


def test_an_unknown_operand_is_an_unknown_value() -> None:
    error = refused({"ALDER": "sum(0005;42)"})

    assert (error.reason, error.dimension, error.value) == ("value", "ALDER", "42")
    assert refused({"ALDER": "sum(0005;*)"}).value == "*"
    assert refused({"ALDER": "sum(0005;0611"}).value == "sum(0005;0611"


@pytest.mark.parametrize("entry", ["sum(IALT;0005)", "sum(0005;0611;0005)", "sum(IALT)"])
def test_nothing_counts_twice_in_a_sum(entry: str) -> None:
    error = refused({"ALDER": entry})

    assert isinstance(error, NotAdditive)
    assert error.dimension == "ALDER"


def test_a_value_and_what_lies_inside_it_are_not_summed() -> None:
    region = Dimension(
        "OMRÅDE",
        word("o"),
        (
            Value("000", word("all")),
            Value("084", word("region"), parent="000"),
            Value("101", word("town"), parent="084"),
            Value("147", word("town"), parent="084"),
            Value("411", word("rock"), parent="084", nests="no"),
        ),
        "000",
    )
    counted = (measure("n", additive_over=(Additive("OMRÅDE"),)),)
    release = released(replace(TABLE, dimensions=(region, TID), measures=counted))

    assert isinstance(refused({"OMRÅDE": "sum(084;101)"}, release=release), NotAdditive)
    assert ask({"OMRÅDE": "sum(101;147)"}, release=release)
    assert ask({"OMRÅDE": "sum(084;411)"}, release=release)
    assert ask({"OMRÅDE": "subtract(084;101)"}, release=release)


CASES = [
    ("additive", "sum", "KØN", True),
    ("additive", "multiply", "KØN", True),
    ("additive", "divide", "Tid", True),
    ("additive", "subtract", "Tid", True),
    ("additive", "sum", "Tid", False),
    ("additive", "multiply", "Tid", False),
    ("distinct", "sum", "KØN", False),
    ("distinct", "multiply", "KØN", False),
    ("distinct", "subtract", "KØN", True),
    ("distinct", "divide", "Tid", True),
    ("ratio", "sum", "KØN", False),
    ("ratio", "divide", "KØN", True),
    ("ratio", "subtract", "Tid", True),
    ("estimate", "sum", "KØN", False),
    ("estimate", "subtract", "KØN", False),
    ("estimate", "divide", "Tid", False),
]


@pytest.mark.parametrize(("kind", "op", "along", "allowed"), CASES)
def test_what_adds_up_and_what_compares(kind: str, op: str, along: str, allowed: bool) -> None:
    over = (Additive("KØN"),) if kind == "additive" else ()
    release = released(replace(TABLE, measures=(measure("m", kind=kind, additive_over=over),)))
    entry = f"{op}(D;P)" if along == "KØN" else f"{op}(2009;2008)"

    if allowed:
        assert ask({along: entry}, release=release).picks[along][0].op == op
    else:
        error = refused({along: entry}, release=release)
        assert isinstance(error, NotAdditive)
        assert error.dimension == along


def test_a_measure_that_adds_up_under_a_condition_needs_it_in_the_whole_answer() -> None:
    line = dimension("FORAN", ("1", "2", "3", "4"), "3")
    dims = (dimension("OMRÅDE", ("000", "01", "02"), "000"), line, TID)
    only = measure("n", kind="distinct", additive_over=(Additive("OMRÅDE", {"FORAN": ("3", "4")}),))
    release = released(replace(TABLE, dimensions=dims, measures=(only,)))
    summed = {"OMRÅDE": "sum(01;02)"}

    assert ask(summed, release=release)
    assert ask({**summed, "FORAN": ["4", "3"]}, release=release)
    assert isinstance(refused({**summed, "FORAN": ["4", "1"]}, release=release), NotAdditive)
    assert isinstance(refused({**summed, "FORAN": "subtract(3;1)"}, release=release), NotAdditive)
    totalled = replace(release.table, dimensions=(dims[0], replace(line, elimination="1"), TID))
    assert isinstance(refused(summed, release=released(totalled)), NotAdditive)


# ---------------------------------------------------------------------------------------- the site's grammar


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (["04", "01"], ["01", "04"]),
        (["*"], ["000", "01", "02", "03", "04"]),
        (["range(01,03)"], ["01", "02", "03"]),
        (["RANGE(03,01)"], ["01", "02", "03"]),
        (["[range(01,03)]"], ["01", "02", "03"]),
        (["top(2)"], ["000", "01"]),
        (["top(2,1)"], ["01", "02"]),
        (["Top( 2 , 1 )"], ["01", "02"]),
        (["top(99)"], ["000", "01", "02", "03", "04"]),
        (["top(9,3)"], ["03", "04"]),
        (["bottom(2)"], ["03", "04"]),
        (["bottom(2,1)"], ["02", "03"]),
        (["bottom(9,4)"], ["000"]),
        (["from(03)"], ["03", "04"]),
        (["to(01)"], ["000", "01"]),
        (["0?"], ["01", "02", "03", "04"]),
        (["???"], ["000"]),
        (["*4"], ["04"]),
        (["0*"], ["000", "01", "02", "03", "04"]),
        (["*0*"], ["000", "01", "02", "03", "04"]),
        (["[04]", "04", "bottom(1)"], ["04"]),
    ],
)
def test_site_expressions_come_in_table_order(entries: list[str], expected: list[str]) -> None:
    assert codes(ask({"LANDSDEL": entries}, "site"), "LANDSDEL") == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("TOP(1,5)", ["2004"]),
        ("top(3)", ["2007", "2008", "2009"]),
        ("bottom(2)", ["1990", "1991"]),
        ("bottom(1,1)", ["1991"]),
        ("from(2008)", ["2008", "2009"]),
        ("to(1990)", ["1990"]),
        ("range(2001,2000)", ["2000", "2001"]),
    ],
)
def test_for_time_the_top_is_the_newest_and_the_order_ascending(entry: str, expected: list[str]) -> None:
    assert codes(ask({"Tid": entry}, "site"), "Tid") == expected
    assert codes(ask({"TIME": entry}, "site"), "Tid") == expected


@pytest.mark.parametrize("name", ["KØN", "køn", "KON", "kon"])
def test_the_site_takes_danish_and_folded_names(name: str) -> None:
    assert codes(ask({name: "D"}, "site"), "KØN") == ["D"]
    if name.casefold() == "kon":
        assert refused({name: "D"}, "dst").reason == "variable"


def test_the_site_answers_in_table_order_whatever_the_order_of_keys() -> None:
    one = ask({"Tid": ["2009", "2008"], "KON": ["P", "D"], "LANDSDEL": "*"}, "site")
    other = ask({"LANDSDEL": ["04", "03", "02", "01", "000"], "KØN": "?", "time": "top(2)"}, "site")

    assert one.axes == ("LANDSDEL", "KØN", CONTENTS, "Tid")
    assert other.axes == one.axes
    assert ask({}, "site").axes == (CONTENTS, "Tid")
    assert codes(ask({}, "site"), "Tid") == ["2009"]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("top(0)", "expression"),
        ("top()", "expression"),
        ("top(x)", "expression"),
        ("top(-1)", "expression"),
        ("top(1,2,3)", "expression"),
        ("range(01)", "expression"),
        ("from(01,02)", "expression"),
        ("*0*0", "expression"),
        ("0*4", "expression"),
        ("***", "expression"),
        ("*?", "expression"),
        ("range(01,77)", "value"),
        ("to(77)", "value"),
        ("9*", "value"),
        ("????", "value"),
        ("top(1,99)", "value"),
        ("99", "value"),
        ("01-04", "value"),
        (">=01", "value"),
        ("sum(01;02)", "value"),
    ],
)
def test_site_expressions_written_wrong_are_named(entry: str, reason: str) -> None:
    error = refused({"LANDSDEL": ["01", entry]}, "site")

    assert (error.reason, error.dimension) == (reason, "LANDSDEL")
    assert error.value in entry


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("01,02", ("01", "02")),
        ("01", ("01",)),
        ("", ("",)),
        ("range(01,05),top(3,1)", ("range(01,05)", "top(3,1)")),
        ("[code,with,comma],x", ("[code,with,comma]", "x")),
        (
            ">=0<=98,sum(99-|[da 99- år][en 99- years]=99,100,101)",
            (">=0<=98", "sum(99-|[da 99- år][en 99- years]=99,100,101)"),
        ),
        ("a),b", ("a)", "b")),
        ("(a,b", ("(a,b",)),
    ],
)
def test_a_list_is_cut_at_commas_outside_brackets(text: str, parts: tuple[str, ...]) -> None:
    assert split(text) == parts


# ---------------------------------------------------------------------------------------- what is wrong


@pytest.mark.parametrize(
    "entry",
    [
        "1066",
        "(99)",
        "(0)",
        "(n+99)",
        "(-1)",
        "(x)",
        "()",
        "(n+n)",
        "2007-2009",
        "?00?",
        ">=1066",
        ">=1066<=2000",
        ">=2005<=2001",
        ">",
        ">=",
        "<>",
        "20*x",
        "[1990]",
        "first()",
        "middle(1)",
        "(9999999)",
        "top(1)",
    ],
)
def test_an_entry_that_is_or_finds_nothing_is_an_unknown_value(entry: str) -> None:
    error = refused({"Tid": ["1990", entry]})

    assert (error.reason, error.dimension) == ("value", "Tid")
    assert error.value
    assert error.value in entry


def test_nth_rules_are_for_time_alone() -> None:
    assert refused({"KØN": "(1)"}).value == "(1)"


def test_what_lies_near_is_suggested() -> None:
    assert refused({"LANDSDL": "01"}).near[0] == "LANDSDEL"
    assert refused({"Tid": "20009"}).near[0] in ("2000", "2009")
    assert len(refused({"Tid": "1066"}).near) == 3
    named = released(replace(TABLE, dimensions=(dimension("OMRÅDE", ("101", "147")), TID)))
    places = replace(
        named.table.dimensions[0],
        values=(Value("101", Text("København", "Copenhagen")), Value("147", Text("Frederiksberg", "Frederiksberg"))),
    )
    release = released(replace(named.table, dimensions=(places, TID)))
    assert refused({"OMRÅDE": "Kobenhavn"}, release=release).near[0] == "101"
    assert refused({"OMRÅDE": "copenhagn"}, "site", release).near[0] == "101"


@pytest.mark.parametrize("grammar", ["dst", "site"])
@pytest.mark.parametrize("chosen", [{"KØN": ["\ud800"]}, {"K\udfffN": ["D"]}, {"KØN": ["sum(\udc00|x=D;P)"]}])
def test_lone_surrogates_are_refused_with_a_sentence_that_can_be_sent(
    chosen: Mapping[str, Sequence[str]], grammar: Grammar
) -> None:
    error = refused(chosen, grammar)

    assert error.text.da.encode()
    assert error.text.en.encode()


@pytest.mark.parametrize("grammar", ["dst", "site"])
def test_more_than_a_variable_can_be_asked_for_is_refused(grammar: Grammar) -> None:
    assert refused({"KØN": ["D"] * 20_001}, grammar).reason == "expression"
    assert refused({"KØN": ["*D"] * 51}, grammar).reason == "expression"
    assert ask({"KØN": ["*D"] * 50}, grammar)
    assert refused({"KØN": "9" * 501}, grammar).reason == "expression"
    assert refused({"N" * 501: "9"}, grammar).reason == "variable"
    assert refused({"KØN": "sum(" + "D;" * 20_001 + ")"}).reason == "expression"
    assert len(refused({"KØN": "9" * 501}, grammar).value) <= 200


def test_no_pattern_is_slow() -> None:
    long = released(replace(TABLE, dimensions=(dimension("X", ["a" * 400 + str(n) for n in range(300)]), TID)))

    assert refused({"X": ["*a" * 200 + "b"] * 50}, release=long).reason == "value"
    assert refused({"X": "?" * 400 + "b"}, "site", long).reason == "value"


NAMES = st.sampled_from(["LANDSDEL", "køn", "KON", "Tid", "TIME", "ContentsCode", "ALDER", "x", ""])
PIECES = st.sampled_from(
    [
        "*",
        "?",
        "(",
        ")",
        "n",
        "+",
        "-",
        "1",
        "2",
        "[",
        "]",
        "sum",
        "top",
        "range",
        "=",
        "|",
        ";",
        ",",
        "<",
        ">",
        "da ",
        "D",
        "01",
        "odd",
    ]
)
WORDS = st.one_of(st.lists(PIECES, max_size=9).map("".join), st.text(max_size=6), st.sampled_from(["D", "01", "2009"]))


@given(st.dictionaries(NAMES, st.lists(WORDS, max_size=4), max_size=4), st.sampled_from(["dst", "site"]))
def test_whatever_is_sent_is_answered_or_refused_in_both_languages(
    chosen: dict[str, list[str]], grammar: Grammar
) -> None:
    try:
        query = resolve(TWO, chosen, grammar, limit=10_000)
    except InvalidQuery as error:
        error.text.da.encode()
        error.text.en.encode()
        return
    assert all(query.picks.values())
    assert len({*query.axes}) == len(query.axes) == len(query.picks) + 1
    assert all(len({pick.code for pick in picks}) == len(picks) for picks in query.picks.values())


# ---------------------------------------------------------------------------------------- one key


def test_the_same_picks_in_the_same_order_have_one_key() -> None:
    key = ask({"LANDSDEL": "*", "Tid": "(-n+2)"}).key

    for entries, periods in (
        (["000", "01", "02", "03", "04"], ["2009", "2008"]),
        (["0*"], ["(2)", "2009"]),
        (["000", "*", "*"], [">=2008"]),
        ([">=000"], ["(-n 2)"]),
    ):
        assert ask({"landsdel": entries, "TID": periods}).key == key
    assert ask({"Tid": "top(2)", "landsdel": "*"}, "site").key == key


def test_another_order_another_pick_or_another_calculation_has_another_key() -> None:
    chosen = {"KØN": ["D", "P"], "Tid": ["2009"]}
    others = [
        resolve(RELEASE, chosen, "dst"),
        resolve(RELEASE, {"Tid": ["2009"], "KØN": ["D", "P"]}, "dst"),
        resolve(RELEASE, {"KØN": ["P", "D"], "Tid": ["2009"]}, "dst"),
        resolve(RELEASE, {"KØN": ["D", "P"], "Tid": ["2008"]}, "dst"),
        resolve(RELEASE, {"KØN": ["D", "sum(R|P2=P)"], "Tid": ["2009"]}, "dst"),
        resolve(RELEASE, {"KØN": ["D", "sum(Q|P2=P)"], "Tid": ["2009"]}, "dst"),
        resolve(RELEASE, chosen, "dst", derive=Derive("share", "KØN")),
        resolve(RELEASE, chosen, "dst", derive=Derive("share", "KØN", factor=1000)),
        resolve(RELEASE, chosen, "dst", derive=Derive("change", "Tid")),
        resolve(RELEASE, chosen, "dst", order=(CONTENTS, ...)),
        resolve(TWO, {**chosen, CONTENTS: ["antal"]}, "dst"),
        resolve(TWO, {**chosen, CONTENTS: ["beløb"]}, "dst"),
    ]

    assert len({query.key for query in others}) == len(others)


@given(st.lists(st.sampled_from(LANDSDEL.codes), min_size=1), st.lists(st.sampled_from(YEARS), min_size=1))
def test_selection_keeps_order_and_drops_nothing(areas: list[str], years: list[str]) -> None:
    query = ask({"LANDSDEL": areas, "Tid": years})
    site = ask({"LANDSDEL": areas, "Tid": years}, "site")

    assert codes(query, "LANDSDEL") == list(dict.fromkeys(areas))
    assert codes(query, "Tid") == sorted(set(years))
    assert codes(site, "LANDSDEL") == [code for code in LANDSDEL.codes if code in areas]
    assert ask({axis: codes(query, axis) for axis in ("LANDSDEL", "Tid")}).key == query.key


ENTRIES = {
    "LANDSDEL": (
        "01",
        "000",
        "*",
        "0*",
        ">=02",
        ">01<=03",
        "sum(01;02)",
        "sum(a|[da b][en c]=01,02)",
        "subtract(x=02;01)",
    ),
    "KØN": ("D", "p", "*", "divide(D;P)", "sum(begge=D;P)", "multiply(q|[da r][en s]=D,P)"),
    "Tid": ("2009", "*", "(1)", "(-n+2)", "-(2)", "(2n+1)", "20*8", ">=2008", "subtract(2009;2008)", "first(odd)"),
}


def canonical(query: Query) -> dict[str, list[str]]:
    """Codes and expressions alone, in the order of the answer: the plainest way to ask for the same."""

    def written(pick: Pick) -> str:
        plain = f"{pick.op}({';'.join(pick.parts)})"
        if pick.op == "code" or (pick.code, pick.text.da) == (plain, plain):
            return pick.code
        head = "" if pick.code == plain else f"{pick.code}|"
        return f"{pick.op}({head}[da {pick.text.da}][en {pick.text.en}]={','.join(pick.parts)})"

    return {axis: [written(pick) for pick in query.picks[axis]] for axis in query.axes if axis != CONTENTS}


@given(st.data())
def test_any_selection_means_the_same_as_its_canonical_form(data: st.DataObject) -> None:
    names = data.draw(st.permutations(list(ENTRIES)))[: data.draw(st.integers(1, 3))]
    chosen = {name: data.draw(st.lists(st.sampled_from(ENTRIES[name]), min_size=1, max_size=4)) for name in names}
    descending = data.draw(st.booleans())

    try:
        query = resolve(RELEASE, chosen, "dst", descending=descending)
    except InvalidQuery:
        return
    again = resolve(RELEASE, canonical(query), "dst", descending=descending)

    assert again.key == query.key
    assert (again.picks, again.eliminated, again.axes) == (query.picks, query.eliminated, query.axes)


# ------------------------------------------------------------------------- the worked examples of dst-api §10


@pytest.fixture(scope="module")
def library() -> Mapping[str, Release]:
    folder = Path(__file__).resolve().parents[1] / "tables" / "library"
    return {code: released(table) for code, table in read_library(folder).tables.items()}


def test_the_worked_examples_resolve_on_the_librarys_own_tables(library: Mapping[str, Release]) -> None:
    one = library["ISBU04"]

    nothing = ask({}, release=one)
    ordered = ask({"tid": split("(-n 2)"), "landsdel": split("01,04"), "køn": "D"}, release=one)
    percentage = ask({"OMRÅDE": "101", "Tid": "2024"}, release=library["BU43"])
    summed = ask({"ALDER": split("sum(0017|[da 0-17 år][en 0-17 years]=0005,0611,1217)"), "Tid": "2024"}, release=one)

    assert (nothing.axes, codes(nothing, "Tid"), nothing.cells) == ((CONTENTS, "Tid"), ["2024"], 1)
    assert ordered.axes == ("Tid", "LANDSDEL", "KØN", CONTENTS)
    assert (codes(ordered, "Tid"), codes(ordered, "LANDSDEL")) == (["2023", "2024"], ["01", "04"])
    assert ordered.eliminated == {"INDSATSER": "3", "ALDER": "IALT"}
    assert percentage.measures[0].decimals == 1
    assert summed.picks["ALDER"][0].text == Text("0-17 år", "0-17 years")


def test_the_worked_stream_names_what_is_missing_and_then_answers(library: Mapping[str, Release]) -> None:
    with pytest.raises(InvalidQuery) as caught:
        stream({"Tid": ["*"]}, library["ISBU04"])
    complete = {"LANDSDEL": ["04"], "INDSATSER": ["3"], "ALDER": ["*"], "KØN": ["0"], "Tid": ["2024"]}

    assert (caught.value.reason, caught.value.dimension) == ("missing", "LANDSDEL")
    assert codes(stream(complete, library["ISBU04"]), "ALDER") == ["IALT", "0005", "0611", "1217", "1800", "999"]


def test_the_worked_errors_name_the_value_and_the_tables_spelling(library: Mapping[str, Release]) -> None:
    error = refused({"tid": "1066"}, release=library["ISBU04"])

    assert (error.reason, error.value, error.dimension) == ("value", "1066", "Tid")


def test_persons_are_summed_over_areas_only_where_their_measures_are_counted(library: Mapping[str, Release]) -> None:
    one = library["BU04A"]
    summed = {"OMRÅDE": "sum(01;02)"}

    assert ask({**summed, "FORAN": ["3", "4"]}, release=one)
    assert isinstance(refused(summed, release=one), NotAdditive)
    assert isinstance(refused({"KOMMUNEDK": "sum(101;147)"}, release=library["ISBU02"]), NotAdditive)


@pytest.mark.parametrize("code", ["ISBU01", "ISBU02", "ISBU03", "ISBU04", "BU43", "BU04A", "BU28", "BUFF01", "FOLK1A"])
def test_the_first_view_of_every_library_table_can_be_asked(library: Mapping[str, Release], code: str) -> None:
    layout = default(library[code].table)

    query = resolve(library[code], {key: split(text) for key, text in layout.select.items()}, "site", limit=20_000)

    assert {*layout.rows, *layout.columns} <= set(query.axes)

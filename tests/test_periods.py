"""Periods of six frequencies: expressions, neighbours, validity, texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables import periods
from tables.model import Text


@pytest.mark.parametrize(
    ("expression", "codes"),
    [
        ("2015-2018", "2015 2016 2017 2018"),
        ("2008K1, 2009K1,2010K1", "2008K1 2009K1 2010K1"),
        ("2008K3-2009K2", "2008K3 2008K4 2009K1 2009K2"),
        ("2008K1-2008K2, 2009K4", "2008K1 2008K2 2009K4"),
        ("2021M11-2022M02", "2021M11 2021M12 2022M01 2022M02"),
        ("2009U52-2010U02", "2009U52 2009U53 2010U01 2010U02"),
        ("2015H2-2016H2", "2015H2 2016H1 2016H2"),
        ("2020M02D28-2020M03D01", "2020M02D28 2020M02D29 2020M03D01"),
        ("2024", "2024"),
    ],
)
def test_an_expression_is_written_out(expression: str, codes: str):
    assert periods.expand(expression) == tuple(codes.split())


def test_weeks_follow_the_iso_calendar_with_its_long_years():
    weeks = periods.expand("2007U01-2009U53")

    assert len(weeks) == 52 + 52 + 53


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("", "is not a period"),
        ("2015K5", "is not a period"),
        ("2015-", "is not a period"),
        ("2015-2016-2017", "is not a period"),
        ("٢٠١٥", "is not a period"),
        ("2015M13", "not in the calendar"),
        ("2010U53", "not in the calendar"),
        ("2019M02D29", "not in the calendar"),
        ("2018-2015", "runs backwards"),
        ("2015, 2015", "there twice"),
        ("2016, 2015", "order of time"),
        ("2015, 2016K1", "two frequencies"),
        ("2015-2016K1", "keep to one"),
        ("1000M01D01-9000M01D01", "is the last year right"),
    ],
)
def test_a_wrong_expression_is_told_with_the_cure(expression: str, word: str):
    with pytest.raises(ValueError, match=word):
        periods.expand(expression)


@pytest.mark.parametrize(
    ("code", "frequency", "before"),
    [
        ("2015", "A", "2014"),
        ("2015H1", "H", "2014H2"),
        ("2015K1", "Q", "2014K4"),
        ("2015M01", "M", "2014M12"),
        ("2010U01", "W", "2009U53"),
        ("2020M03D01", "D", "2020M02D29"),
    ],
)
def test_the_period_before_has_the_same_frequency(code: str, frequency: str, before: str):
    assert periods.frequency(code) == frequency
    assert periods.before(code) == before
    assert periods.before(before, -1) == code


@pytest.mark.parametrize(
    ("code", "since", "until", "inside"),
    [
        ("2020", "2020", "2020", True),
        ("2019", "2020", None, False),
        ("2024", None, "2023", False),
        ("2015", None, None, True),
        ("2020K1", "2020", None, True),
        ("2019K4", "2020", None, False),
        ("2020K4", None, "2020", True),
        ("2021K1", None, "2020", False),
        ("2020", "2020K2", None, False),
    ],
)
def test_a_period_is_inside_when_the_whole_of_it_is(code: str, since: str | None, until: str | None, inside: bool):
    assert periods.within(code, since, until) is inside


def test_only_quarters_read_differently_in_english():
    assert periods.text("2008K1") == Text("2008K1", "2008Q1")
    assert periods.text("2007U01") == Text("2007U01", "2007U01")


@given(st.sampled_from(["2015", "2015H1", "2015K3", "2015M12", "2015U53", "2015M02D28"]), st.integers(-1000, 1000))
def test_steps_back_and_forth_lead_home(code: str, steps: int):
    away = periods.before(code, steps)

    assert periods.before(away, -steps) == code
    assert (away < code) == (steps > 0)

"""How numbers are written in foreign files, and where the reader refuses to guess."""

import pytest

from tables.errors import CatalogError
from tables.imports.figures import read_figures
from tables.imports.nouns import SIGNS, Figures, Finding, How
from tables.model import Status


def read(*cells: str, **how: object) -> tuple[Figures, list[Finding]]:
    lines = range(2, len(cells) + 2)
    return read_figures("INDHOLD", cells, lines, file="T.csv", how=How(**how))  # type: ignore[arg-type]  # any of How's


@pytest.mark.parametrize(
    ("cells", "numbers", "decimals"),
    [
        (("12", "-3", "0"), [12, -3, 0], 0),
        (("105,0", "7,5"), [1050, 75], 1),
        (("72.5", "80.25", "3"), [7250, 8025, 300], 2),
        (("1.234,5", "2,5"), [12345, 25], 1),
        (("1,234.5", "2.5"), [12345, 25], 1),
        (("1.234.567", "12"), [1234567, 12], 0),
        (("1.234", "12,5"), [12340, 125], 1),
        (("1 234", "56"), [1234, 56], 0),
        (("1\u00a0234,5", "−2,0"), [12345, -20], 1),
        (("0.123", "0.5"), [123, 500], 3),
        (("1234.567", "1.5"), [1234567, 1500], 3),
    ],
)
def test_a_number_means_what_was_written(cells: tuple[str, ...], numbers: list[int], decimals: int) -> None:
    figures, _ = read(*cells)

    assert (figures.numbers.tolist(), figures.decimals) == (numbers, decimals)


@pytest.mark.parametrize("cells", [("1.234", "56"), ("1.234", "5678"), ("1,234",), ("-1.234", "12.345")])
def test_what_can_be_read_two_ways_is_refused(cells: tuple[str, ...]) -> None:
    with pytest.raises(CatalogError, match=r"T\.csv:2: INDHOLD: '.*' can be read with or without decimals"):
        read(*cells)


@pytest.mark.parametrize(("decimal", "number", "decimals"), [(",", 1234, 0), (".", 1234, 3)])
def test_naming_the_decimal_sign_settles_it(decimal: str, number: int, decimals: int) -> None:
    figures, _ = read("1.234", decimal=decimal)

    assert (figures.numbers.tolist(), figures.decimals) == ([number], decimals)


@pytest.mark.parametrize(
    ("cells", "line"), [(("1,5", "1.5"), 3), (("12 34",), 2), (("1.5", "1.2.3"), 3), (("1,234.5", "1.234,5"), 2)]
)
def test_numbers_written_in_two_ways_are_refused(cells: tuple[str, ...], line: int) -> None:
    with pytest.raises(CatalogError, match=rf"T\.csv:{line}: INDHOLD: .* is not written like the other numbers"):
        read(*cells)


@pytest.mark.parametrize("text", ["tolv", "1e5", "12*", "....", "½", "--", "٣"])
def test_text_in_the_number_column_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(CatalogError) as refused:
        read("1", text, "2")

    assert str(refused.value.faults[0]).startswith(f"T.csv:3: INDHOLD: '{text}' is neither a number nor a known sign")


def test_signs_are_read_as_the_states_of_the_bank() -> None:
    figures, found = read("5", "..", ".", "...", "-", "")

    assert figures.signs.tolist() == [
        Status.OK,
        Status.CONFIDENTIAL,
        Status.NOT_APPLICABLE,
        Status.MISSING,
        Status.OK,
        Status.MISSING,
    ]
    assert figures.numbers.tolist() == [5, 0, 0, 0, 0, 0]
    assert "cells with '..', read as confidential: 1" in [finding.text.en for finding in found]


def test_a_table_may_give_a_sign_another_meaning() -> None:
    figures, _ = read("..", "....", signs=dict(SIGNS) | {"..": Status.MISSING, "....": Status.CONFIDENTIAL})

    assert figures.signs.tolist() == [Status.MISSING, Status.CONFIDENTIAL]


def test_a_number_that_cannot_be_kept_is_refused() -> None:
    with pytest.raises(CatalogError, match="too large"):
        read("12345678901234567890")


def test_many_like_faults_are_counted() -> None:
    with pytest.raises(CatalogError) as refused:
        read(*(f"x{number}" for number in range(100)))

    assert len(refused.value.faults) == 21
    assert "80 more" in refused.value.faults[-1].what

"""Cubes tampered with, one number at a time, and what the check says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tables.catalog import Library
from tables.check import CheckReport, check, check_cube
from tables.coherence import rounding
from tables.errors import Fault
from tables.grid import read_cube
from tables.model import (
    Additive,
    Contact,
    Dimension,
    Entry,
    Measure,
    Note,
    Rule,
    Site,
    Table,
    Text,
    Value,
)

Cells = dict[tuple[str, ...], int | None]


def same(text: str) -> Text:
    return Text(text, text)


def values(codes: str, parent: str | None = None, **more: str) -> tuple[Value, ...]:
    """The first code is the total of the others where `parent` says so."""
    return tuple(
        Value(code, same(code), parent=None if code == parent else parent, **more)  # type: ignore[arg-type]  # nests
        for code in codes.split()
    )


AREA = Dimension("AREA", same("area"), values("000 01 02", "000"), elimination="000")
KIND = Dimension("KIND", same("kind"), values("T a b", "T"), elimination="T", overlap="common")
TIME = Dimension("Tid", same("time"), values("2020 2021"), time=True)
PEOPLE = Measure(
    "n", same("n"), same("Number"), "additive", additive_over=(Additive("AREA"), Additive("KIND")), minimum=0
)
RATE = replace(PEOPLE, code="rate", kind="ratio", numerator="top", denominator="below", additive_over=(), decimals=1)


def table(measure: Measure = PEOPLE, dimensions: Sequence[Dimension] = (AREA, KIND, TIME), **more: object) -> Table:
    described = Table("TOY", same("Toy"), "1", same("us"), tuple(dimensions), (measure,), (Rule("none", {}),))
    return replace(described, **more)  # type: ignore[arg-type]  # any field of a table


def whole(counts: Mapping[tuple[str, ...], int] | None = None) -> Cells:
    """Sums over both dimensions of 2×2×2 inner cells."""
    inner = dict(counts or dict.fromkeys(product(("01", "02"), "ab", ("2020", "2021")), 10))
    cells: Cells = {}
    for area, kind, time in product(("000", "01", "02"), "Tab", ("2020", "2021")):
        parts = [number for (a, k, t), number in inner.items() if area in ("000", a) and kind in ("T", k) and time == t]
        cells[area, kind, time] = sum(parts)
    return cells


def faults(tmp_path: Path, toy: Table, cells: Cells, **columns: Sequence[int | None]) -> tuple[Fault, ...]:
    return report(tmp_path, toy, cells, **columns).faults


def report(tmp_path: Path, toy: Table, cells: Cells, **columns: Sequence[int | None]) -> CheckReport:
    codes = {dim.code: [key[axis] for key in cells] for axis, dim in enumerate(toy.dimensions)}
    measured = {} if toy.measures[0].kind == "ratio" else {toy.measures[0].code: pa.array(cells.values(), pa.int64())}
    path = tmp_path / "TOY" / "cube.parquet"
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table(codes | measured | {name: pa.array(c, pa.int64()) for name, c in columns.items()}), path)
    return check_cube(read_cube(path, toy))


def test_figures_that_add_up_pass(tmp_path: Path) -> None:
    assert faults(tmp_path, table(), whole()) == ()


@pytest.mark.parametrize("cell", [("000", "T", "2020"), ("01", "a", "2021"), ("02", "T", "2020")])
def test_any_one_number_changed_is_found(tmp_path: Path, cell: tuple[str, ...]) -> None:
    cells = whole()
    cells[cell] = (cells[cell] or 0) + 1

    found = faults(tmp_path, table(), cells)

    assert found
    assert all(f"Tid={cell[2]}" in fault.path for fault in found)


def test_a_finding_names_table_cell_figures_and_cure(tmp_path: Path) -> None:
    cells = whole()
    cells["000", "T", "2020"] = 41

    found = faults(tmp_path, table(replace(PEOPLE, additive_over=(Additive("AREA"),)), (AREA, KIND, TIME)), cells)

    assert [str(fault) for fault in found] == [
        "TOY/cube.parquet: AREA=000, KIND=T, Tid=2020: n is 41, its parts along AREA make 40: "
        "count again, or take AREA out of additive_over"
    ]


def test_nothing_is_summed_outside_additive_over(tmp_path: Path) -> None:
    children = replace(PEOPLE, kind="distinct", additive_over=())
    cells = whole()
    cells["000", "T", "2020"] = 31  # less than the sum of 40, more than the largest part of 20

    assert faults(tmp_path, table(children), cells) == ()


@pytest.mark.parametrize(("number", "said"), [(19, "one part is larger"), (41, "more than its parts together")])
def test_a_distinct_total_lies_between_its_largest_part_and_the_sum(tmp_path: Path, number: int, said: str) -> None:
    children = replace(PEOPLE, kind="distinct", additive_over=())
    cells = whole()
    cells["000", "T", "2020"] = number

    found = faults(tmp_path, table(children), cells)

    assert len(found) == 2  # along both dimensions
    assert all(said in fault.what for fault in found)


def test_a_measure_may_add_up_at_some_codes_only(tmp_path: Path) -> None:
    partly = replace(PEOPLE, kind="distinct", additive_over=(Additive("AREA", {"KIND": ("a",)}),))
    cells = whole()
    cells["000", "b", "2020"] = 15  # distinct: fine
    cells["000", "a", "2021"] = 15  # must add up

    found = faults(tmp_path, table(partly), cells)

    assert [fault.path for fault in found if "along AREA" in fault.what] == ["AREA=000, KIND=a, Tid=2021"]


def test_parts_that_nest_partly_may_leave_a_rest_but_not_exceed_it(tmp_path: Path) -> None:
    loose = replace(AREA, values=values("000 01 02", "000", nests="partly"))
    cells = whole()
    cells |= {
        ("000", kind, "2020"): (cells["000", kind, "2020"] or 0) + 7 * (2 if kind == "T" else 1) for kind in "Tab"
    }

    assert faults(tmp_path, table(dimensions=(loose, KIND, TIME)), cells) == ()

    cells["000", "a", "2021"] = 19
    found = faults(tmp_path, table(dimensions=(loose, KIND, TIME)), cells)
    assert any("the parts are more than the whole" in fault.what for fault in found)


def test_values_beside_the_tree_are_compared_with_nothing(tmp_path: Path) -> None:
    beside = replace(KIND, values=values("T a b", "T", nests="no"))
    cells = whole()
    cells |= {(area, "T", time): 999 for area in ("01", "02") for time in ("2020", "2021")}
    cells |= {("000", "T", time): 1998 for time in ("2020", "2021")}

    assert faults(tmp_path, table(dimensions=(AREA, beside, TIME)), cells) == ()


def test_parts_that_cannot_occur_drop_out(tmp_path: Path) -> None:
    born = (Value("T", same("T")), Value("a", same("a"), parent="T"), Value("b", same("b"), parent="T", since="2021"))
    cells = whole()
    for area in ("000", "01", "02"):
        cells[area, "T", "2020"] = cells[area, "a", "2020"]
        del cells[area, "b", "2020"]

    assert faults(tmp_path, table(dimensions=(AREA, replace(KIND, values=born), TIME)), cells) == ()


def test_a_total_with_a_missing_part_is_only_bounded_below(tmp_path: Path) -> None:
    cells = whole()
    cells["01", "a", "2020"] = None

    assert faults(tmp_path, table(), cells) == ()

    cells["000", "a", "2020"] = 9
    assert any("AREA=000, KIND=a" in fault.path for fault in faults(tmp_path, table(), cells))


def test_a_missing_total_is_compared_with_nothing(tmp_path: Path) -> None:
    cells = whole()
    cells["000", "T", "2020"] = None

    assert faults(tmp_path, table(), cells) == ()


@pytest.mark.parametrize(("apart", "wrong"), [(1, False), (2, True)])
def test_money_rounded_line_by_line_may_miss_its_total_by_one(tmp_path: Path, apart: int, wrong: bool) -> None:
    money = replace(PEOPLE, additive_over=(), minimum=None)
    cells = whole()
    cells["01", "T", "2020"] = 20 + apart
    cells["000", "T", "2020"] = 40 + apart

    assert bool(faults(tmp_path, table(money), cells)) is wrong


def test_the_more_lines_are_rounded_the_more_may_be_missing() -> None:
    assert [rounding(parts) for parts in (1, 2, 8, 11, 98)] == [1, 1, 1, 2, 5]


def test_the_children_of_a_rate_are_distinct(tmp_path: Path) -> None:
    cells = whole()
    top = list(cells.values())
    top[0] = 41

    found = faults(tmp_path, table(RATE), cells, top=top, below=[1000] * len(cells))

    assert {fault.what.split(" is ")[0] for fault in found} == {"top"}


def test_the_population_behind_a_rate_may_be_more_than_that_of_the_places_listed(tmp_path: Path) -> None:
    cells = whole()
    below = [1000 if key[0] == "000" else 400 for key in cells]

    assert faults(tmp_path, table(RATE), cells, top=list(cells.values()), below=below) == ()

    below = [300 if key[0] == "000" else 400 for key in cells]
    assert any(
        "below is 300" in fault.what for fault in faults(tmp_path, table(RATE), cells, top=[0] * 18, below=below)
    )


def test_a_rate_over_one_hundred_per_cent_is_worth_a_look(tmp_path: Path) -> None:
    cells = whole()

    found = report(tmp_path, table(RATE), cells, top=list(cells.values()), below=[30] * len(cells))

    assert found.faults == ()
    assert "AREA=000, KIND=T" in found.warnings[0].path


def test_persons_behind_a_cell_keep_within_their_bounds(tmp_path: Path) -> None:
    counted = table(disclosure=(Rule("threshold", {"below": 5, "counted": "personer"}),))
    cells = whole()
    persons = [1 if key == ("000", "T", "2020") else 5 for key in cells]

    found = faults(tmp_path, counted, cells, personer=persons)

    assert found
    assert all(fault.what.startswith("personer is 1") for fault in found)


def test_many_like_faults_are_counted(tmp_path: Path) -> None:
    wide = replace(TIME, values=tuple(Value(str(year), same(str(year))) for year in range(1900, 1950)))
    cells: Cells = {(area, str(year)): 1 for area in ("000", "01", "02") for year in range(1900, 1950)}

    found = faults(tmp_path, table(dimensions=(AREA, wide)), cells)

    assert len(found) == 21
    assert found[-1].what == "n: 30 more cells of AREA=000 like the last one"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    site = Site(same("Bank"), same("Office"), ("da", "en"), Contact(same("Office"), "a@example.dk", "1"), {})
    entry = Entry(datetime(2025, 1, 1, tzinfo=UTC), same("Toy"), ("TOY",))
    return Library(tmp_path, {"TOY": table()}, {}, replace(site, calendar=(entry,)))


def put(library: Library, cells: Cells) -> None:
    report(library.folder, library.tables["TOY"], cells)


def test_a_sound_library_has_no_findings(library: Library) -> None:
    put(library, whole())

    found = check(library)

    assert (found.tables, found.faults, found.warnings) == (("TOY",), (), ())


def test_a_table_without_figures_is_a_fault_only_where_it_is_named(library: Library) -> None:
    assert check(library).faults == ()
    assert "no figures yet" in check(library).warnings[0].what
    assert "missing" in check(library, ["TOY"]).faults[0].what


def test_an_unknown_table_is_named_with_the_known_ones(library: Library) -> None:
    assert str(check(library, ["TOYS"]).faults[0]) == "TOYS: is not a table of the library; known: TOY"


def test_a_damaged_cube_does_not_keep_the_others_from_being_checked(library: Library) -> None:
    put(library, whole())
    two = replace(library, tables={"BAD": replace(table(), id="BAD"), **library.tables})
    (library.folder / "BAD").mkdir()
    (library.folder / "BAD" / "cube.parquet").write_bytes(b"PAR1")

    found = check(two)

    assert found.tables == ("TOY",)
    assert found.faults[0].file == "BAD/cube.parquet"


def test_a_table_in_no_entry_of_the_calendar_is_worth_a_look(library: Library) -> None:
    put(library, whole())

    found = check(replace(library, site=replace(library.site, calendar=())))

    assert [str(warning) for warning in found.warnings] == [
        "site/calendar.yaml: TOY is in no entry; announce its releases"
    ]


def test_invented_figures_say_so_in_a_mandatory_note(library: Library) -> None:
    put(library, whole())
    invented = replace(table(), source=Text("Syntetiske data", "Synthetic data"))
    noted = replace(invented, notes=(Note(Text("Tallene er syntetiske.", "Synthetic."), mandatory=True),))

    assert "syntetisk" in check(replace(library, tables={"TOY": invented})).warnings[0].what
    assert check(replace(library, tables={"TOY": noted})).warnings == ()

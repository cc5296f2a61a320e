"""Every rule of the registers by a small case: steps (domain §4.4) and counting (domain §5)."""

import csv
import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import pytest

from tables.catalog import read_library
from tables.errors import Refused
from tables.model import Table, Value
from tables.register.approvals import read_approvals
from tables.register.codes import Codes, read_codes
from tables.register.counts import count
from tables.register.invariants import check
from tables.register.jobs import choose, find_kommuner
from tables.register.lists import DUPLICATES, ERRORS, WARNED, WARNINGS
from tables.register.plan import Inputs
from tables.register.reports import TABLES, take_in
from tables.register.scheme import Scheme
from tables.register.steps import make_episodes

LIBRARY = Path(__file__).resolve().parents[1] / "tables" / "library"
YEARS = ("2018", "2020", "2021", "2022", "2023", "2024")
Row = Mapping[str, str]


@cache
def written() -> tuple[dict[str, Table], Codes]:
    library = read_library(LIBRARY)
    return {name: shortened(table) for name, table in library.tables.items()}, read_codes(library.classifications)


def shortened(table: Table) -> Table:
    """The same table over YEARS, to keep the cases quick."""
    time = dataclasses.replace(table.time, values=tuple(Value(code, table.time.values[0].text) for code in YEARS))
    return dataclasses.replace(table, dimensions=tuple(time if dim.time else dim for dim in table.dimensions))


@dataclasses.dataclass(frozen=True)
class Counted:
    con: duckdb.DuckDBPyConnection
    scheme: Scheme

    def number(self, table: str, area: str, line: str, year: int, *, age: str = "", sex: str = "") -> int:
        query = "SELECT number FROM cells WHERE tabel = ? AND area = ? AND line = ? AND aar = ? AND age = ? AND sex = ?"
        found = self.con.execute(query, [table, area, line, year, age, sex]).fetchone()
        return found[0] if found else 0

    def listed(self, query: str, source: int = 0) -> list[tuple[object, ...]]:
        return self.con.execute(query, {"source": source}).fetchall()


class Case:
    """Reports of one test, in the layout of domain §4.1 and §4.2."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.measures: list[Row] = []
        self.placements: list[Row] = []
        self.approvals: list[Row] = []

    def measure(self, pid: str, code: str, since: str, until: str = "", **more: str) -> "Case":
        row = {"handlekommune": "101", "paa_foraelder": "0", "indsats": code}
        self.measures.append(self._report(len(self.measures) + 1, pid, since, until) | row | more)
        return self

    def placed(self, pid: str, basis: str, since: str, until: str = "", **more: str) -> "Case":
        row = {"handlekommune": "101", "grundlag": basis, "sted": "23"}
        self.placements.append(self._report(len(self.placements) + 1, pid, since, until) | row | more)
        return self

    def approve(self, kommune: str, year: str, status: str) -> "Case":
        self.approvals.append({"kommune": kommune, "aar": year, "status": status, "note": ""})
        return self

    def count(self, *, arrived_by: date | None = None) -> Counted:
        register = self._file("register.csv", self.measures or [self._nobody("indsats")])
        placements = self._file("placements.csv", self.placements or [self._nobody("grundlag")])
        tables, codes = written()
        kommuner = find_kommuner(tables)
        approvals = read_approvals(self._file("godkendelser.csv", self.approvals) if self.approvals else None, kommuner)
        jobs, _ = choose(tables, Inputs(register, placements, population=register), codes)
        scheme = Scheme(jobs, codes, kommuner, approvals)
        con = duckdb.connect()
        con.execute(TABLES)
        for source, path in enumerate((register, placements)):
            take_in(con, source, path, arrived_by, lambda _: None)
        for name, table in scheme.tables().items():
            con.from_arrow(table).create(name)
        make_episodes(con)
        count(con, scheme.years, lambda _: None)
        con.execute(WARNINGS)
        check(con, scheme)
        return Counted(con, scheme)

    @staticmethod
    def _report(number: int, pid: str, since: str, until: str) -> dict[str, str]:
        person = {"id": str(number), "pid": pid, "cpr_gyldig": "1", "foedselsdato": "2010-06-15", "koen": "M"}
        return person | {"startdato": since, "slutdato": until, "indberettet": "2022-02-01"}

    def _nobody(self, code: str) -> Row:
        return self._report(1, "nobody", "", "") | {"handlekommune": "", "paa_foraelder": "0", code: ""}

    def _file(self, name: str, rows: Sequence[Row]) -> Path:
        with (self.folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return self.folder / name


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


FAULTY: tuple[tuple[str, dict[str, str]], ...] = (
    ("E1", {"cpr_gyldig": "0"}),
    ("E2", {"startdato": "2021-02-30"}),
    ("E3", {"slutdato": "2021-02-28"}),
    ("E4", {"indsats": "6"}),
    ("E4", {"indsats": ""}),
    ("E5", {"indsats": "463", "startdato": "2023-12-31"}),
    ("E5", {"indsats": "269", "startdato": "2019-12-31"}),
    ("E6", {"indsats": "422", "startdato": "2024-01-01"}),
    ("E7", {"foedselsdato": "2021-03-02"}),
    ("E8", {"foedselsdato": "1998-03-01"}),
)


def test_the_error_list_names_the_rule_and_takes_the_row_out(case: Case) -> None:
    for _, row in FAULTY:
        case.measure("A", "420", "2021-03-01", **row)

    counted = case.measure("A", "420", "2021-03-01").count()

    assert counted.listed(ERRORS) == [(place, rule) for place, (rule, _) in enumerate(FAULTY, 1)]
    assert counted.number("ISBU01", "000", "3", 2021) == 1


def test_a_row_with_two_faults_gets_the_first(case: Case) -> None:
    counted = case.measure("A", "777", "2021-03-01", "2021-02-01").count()

    assert counted.listed(ERRORS) == [(1, "E3")]


def test_starting_on_the_day_of_birth_or_the_day_before_23_is_no_error(case: Case) -> None:
    case.measure("A", "420", "2021-03-01", foedselsdato="2021-03-01")
    counted = case.measure("B", "231", "2021-02-28", "2021-02-28", foedselsdato="1998-03-01").count()

    assert counted.listed(ERRORS) == []
    assert counted.number("ISBU01", "101", "3", 2021) == 2


def test_birth_rules_pass_over_cases_on_a_parent_and_unborn_children(case: Case) -> None:
    case.measure("A", "427", "2024-03-01", paa_foraelder="1", foedselsdato="1980-01-01")
    counted = case.placed("B", "114", "2024-10-01", foedselsdato="2025-01-01").count()

    assert counted.listed(ERRORS) == []
    assert counted.number("ISBU01", "000", "3", 2024) == 0
    assert counted.number("BU04A", "000", "114", 2024, age="0005") == 1


def test_codes_collected_late_may_have_started_earlier(case: Case) -> None:
    counted = case.measure("A", "408", "2018-05-01", "2018-06-01").count()

    assert counted.number("ISBU01", "101", "408", 2018) == 1


def test_of_duplicates_the_latest_to_arrive_is_kept_then_the_highest_id(case: Case) -> None:
    case.measure("A", "420", "2021-05-01", "2021-06-01", indberettet="2021-06-02")
    case.measure("A", "420", "2021-05-01", "2022-06-01", indberettet="2021-09-02", paa_foraelder="1")
    case.measure("A", "420", "2021-05-01", "2021-07-01", indberettet="")
    case.measure("B", "420", "2021-05-01", "2021-05-02", indberettet="")
    counted = case.measure("B", "420", "2021-05-01", "2022-05-02", indberettet="").count()

    assert counted.listed(DUPLICATES) == [(1, 2), (3, 2), (4, 5)]
    assert counted.number("ISBU01", "101", "420", 2022) == 1


def test_adjoining_and_inner_reports_are_one_episode_a_gap_of_a_day_makes_two(case: Case) -> None:
    case.measure("A", "213", "2021-01-01", "2021-12-31").measure("A", "213", "2021-03-01", "2021-03-31")
    case.measure("A", "213", "2022-01-01", "2022-02-01")
    counted = (
        case.measure("B", "213", "2022-01-01", "2022-01-31").measure("B", "213", "2022-02-02", "2022-03-01").count()
    )

    assert counted.number("ISBU01", "101", "213", 2021) == 1
    assert counted.number("ISBU01", "101", "213", 2022) == 3
    assert counted.number("ISBU02", "101", "213", 2022) == 2
    assert counted.number("ISBU03", "01", "6", 2022) == 2


def test_ends_on_new_years_eve_count_as_that_day(case: Case) -> None:
    counted = (
        case.measure("A", "420", "2021-03-01", "2021-12-31").measure("B", "420", "2021-03-01", "2021-12-30").count()
    )

    assert counted.number("ISBU04", "01", "6", 2021) == 1
    assert counted.number("ISBU01", "101", "6", 2021) == 2
    assert counted.number("ISBU01", "101", "6", 2022) == 0


def test_a_person_has_the_latest_filled_sex_and_birth_over_both_registers(case: Case) -> None:
    case.measure("A", "213", "2021-02-01", foedselsdato="2010-01-01", koen="M", indberettet="2021-02-02")
    case.measure("A", "217", "2021-02-01", foedselsdato="2012-01-01", koen="X", indberettet="2021-03-02")
    case.placed("A", "101", "2021-02-01", foedselsdato="2018-01-01", koen="K", indberettet="2021-03-02")
    counted = case.measure("A", "219", "2021-02-01", foedselsdato="1980-01-01", koen="K", paa_foraelder="1").count()

    assert counted.number("ISBU04", "000", "3", 2021, age="0611", sex="K") == 2  # the measure before the placement
    assert counted.number("BU04A", "000", "1", 2021, age="0611", sex="K") == 1


def test_unknown_sex_and_birth_are_counted_as_such_but_an_unborn_child_is_0(case: Case) -> None:
    case.measure("A", "420", "2024-02-01", foedselsdato="2010-13-45", koen="")
    case.measure("B", "420", "2024-02-01", foedselsdato="", koen="")
    counted = case.placed("B", "115", "2024-11-01", foedselsdato="", koen="").count()

    assert counted.number("ISBU04", "000", "3", 2024, age="999", sex="9") == 1
    assert counted.number("ISBU04", "000", "3", 2024, age="0005", sex="9") == 1
    assert counted.number("BU43", "000", "FORB", 2024) == 1
    assert counted.listed(WARNED) == [(1, "W3")]


def test_an_episode_is_cut_the_day_before_23_on_1_march_for_the_leap_day(case: Case) -> None:
    case.measure("A", "231", "2020-02-01", foedselsdato="1998-12-31")
    case.measure("B", "231", "2020-02-01", foedselsdato="1999-01-01")
    counted = case.measure("C", "233", "2023-02-28", foedselsdato="2000-02-29").count()

    assert counted.number("ISBU04", "000", "6", 2020, age="1800") == 2
    assert counted.number("ISBU04", "000", "6", 2021) == 1  # B is 23 on 1 January, A was on New Year's Eve
    assert counted.number("ISBU01", "000", "6", 2022) == 0
    assert counted.number("ISBU01", "000", "6", 2023) == 1


def test_after_its_last_year_a_code_counts_under_its_successor_and_is_no_start(case: Case) -> None:
    case.measure("A", "422", "2023-10-01", "2024-05-01").measure("A", "217", "2024-05-02")
    counted = case.measure("B", "217", "2024-03-01", "2024-03-02").count()

    assert counted.number("ISBU01", "101", "422", 2023) == 1
    assert counted.number("ISBU01", "101", "217", 2024) == 3
    assert counted.number("ISBU02", "101", "217", 2024) == 2
    assert counted.number("ISBU03", "000", "6", 2024) == 2


def test_a_removed_kommune_year_counts_nowhere_and_wins(case: Case) -> None:
    case.approve("270", "2021", "fjernet").approve("270", "2021", "ikke godkendt").approve(
        "270", "2021", "indberetter via 101"
    )
    case.measure("A", "420", "2021-02-01", handlekommune="270")
    counted = case.measure("A", "420", "2021-03-01", "2021-04-01", handlekommune="210").count()

    assert counted.number("ISBU01", "000", "3", 2021) == 1
    assert counted.number("ISBU02", "000", "2", 2021) == 1
    assert counted.number("ISBU03", "000", "6", 2021) == 1
    assert counted.number("ISBU03", "000", "6", 2022) == 0
    assert counted.number("ISBU01", "270", "3", 2022) == 1


def test_a_kommune_reporting_through_another_counts_there_persons_once(case: Case) -> None:
    case.approve("825", "2021", "indberetter via 813").approve("825", "2022", "indberetter via 813")
    case.approve("813", "2022", "fjernet")
    case.measure("A", "420", "2021-01-01", handlekommune="825").measure("A", "420", "2021-01-01", handlekommune="813")
    counted = case.count()

    assert counted.number("ISBU01", "813", "420", 2021) == 2
    assert counted.number("ISBU02", "813", "420", 2021) == 1
    assert counted.number("ISBU01", "825", "420", 2021) == 0
    assert counted.number("ISBU01", "000", "420", 2022) == 0
    assert counted.number("ISBU01", "825", "420", 2023) == 1


def test_an_unknown_kommune_is_in_the_net_statement_alone(case: Case) -> None:
    for pid, kommune in (("A", ""), ("B", "411"), ("C", "999"), ("D", "01")):
        case.measure(pid, "420", "2021-06-01", handlekommune=kommune)

    counted = case.count()

    assert counted.number("ISBU01", "000", "3", 2021) == 0
    assert counted.number("BUFF01", "000", "3", 2021) == 0
    assert counted.number("BU43", "000", "IALT", 2021) == 0
    assert counted.number("BU04A", "000", "1", 2021) == counted.number("BU04A", "99", "1", 2021) == 4
    assert counted.listed(WARNED) == [(1, "W1"), (2, "W1"), (3, "W1"), (4, "W1")]


def test_eighteen_in_an_early_measure_warns_for_every_report_of_the_episode(case: Case) -> None:
    case.measure("A", "405", "2021-01-01", foedselsdato="2003-02-02")
    case.measure("A", "405", "2020-06-01", "2020-12-31", foedselsdato="2003-02-02")
    counted = case.measure("B", "231", "2021-01-01", foedselsdato="2003-02-02").count()

    assert counted.listed(WARNED) == [(1, "W2"), (2, "W2")]


def test_a_child_on_two_bases_in_two_landsdele_counts_once_in_each_line(case: Case) -> None:
    case.placed("A", "101", "2018-01-01").placed("A", "104", "2018-01-01", handlekommune="461")
    counted = case.measure("A", "213", "2018-01-01").measure("A", "420", "2018-01-01").count()

    lines = {line: counted.number("BU04A", "000", line, 2018) for line in "123456789"}
    assert lines == {"1": 1, "2": 1, "3": 2, "4": 1, "5": 1, "6": 1, "7": 1, "8": 1, "9": 1}
    assert counted.number("BU04A", "07", "9", 2018) == counted.number("BU04A", "01", "9", 2018) == 1
    assert counted.number("BU04A", "000", "4", 2020) == 0


def test_reports_that_had_not_arrived_are_not_there(case: Case) -> None:
    case.measure("A", "420", "2021-02-01", "2021-03-01", indberettet="2021-04-01")
    case.measure("A", "420", "2021-02-01", "2022-03-01", indberettet="2022-03-02")
    counted = case.measure("B", "420", "2021-02-01", indberettet="").count(arrived_by=date(2022, 3, 1))

    assert counted.listed(DUPLICATES) == []
    assert counted.number("ISBU01", "101", "3", 2021) == 2
    assert counted.number("ISBU01", "101", "3", 2022) == 1


def test_ids_are_compared_as_numbers(case: Case) -> None:
    case.measure("A", "420", "2021-02-01", "2021-03-01", id="99")
    counted = case.measure("A", "420", "2021-02-01", "2022-03-01", id="100").count()

    assert counted.listed(DUPLICATES) == [(99, 100)]


TAMPERED: tuple[tuple[str, int, tuple[str, ...], str], ...] = (
    ("lines", 1, ("ISBU01", "101", "420", "", ""), "ISBU01 KOMMUNEDK=101, INDSATSER=6, Tid=2021: 2, but must be 3"),
    ("lines", -1, ("ISBU02", "000", "6", "", ""), "INDSATSER=6, Tid=2021: 0, but must be between 1 and 2"),
    ("lines", 3, ("BU04A", "000", "1", "", ""), "FORAN=1, ALDER=IALT, KØN=TOT, Tid=2021: 4, but must be between 1"),
    ("lines", 5, ("BU43", "000", "IALT", "9917", ""), "FORANSTALT=IALT, ALDER=9917, Tid=2021: 6, but must be between"),
    ("areas", 1, ("ISBU03", "01", "4", "", ""), "LANDSDEL=000, INDSATSER=4, Tid=2021: 2, but must be 3"),
    ("areas", -1, ("ISBU02", "000", "2", "", ""), "KOMMUNEDK=000, INDSATSER=2, Tid=2021: 0, but must be 1"),
    ("ages", 1, ("ISBU04", "000", "6", "0611", "M"), "ALDER=IALT, KØN=D, Tid=2021: 2, but must be 3"),
    ("sexes", 1, ("BU04A", "000", "9", "", "M"), "FORAN=9, ALDER=IALT, KØN=TOT, Tid=2021: 1, but must be 2"),
    ("active", 9, ("ISBU03", "01", "6", "", ""), "LANDSDEL=01, INDSATSER=6, Tid=2021: 11, but must be between 0 and 2"),
    ("children", 9, ("BU04A", "01", "2", "0611", "M"), "ALDER=0611, KØN=M, Tid=2021: 10, but must be between 0 and 2"),
    ("standing", -1, ("BU04A", "01", "3", "", "M"), "ALDER=IALT, KØN=M, Tid=2021: 1, but must be 2"),
    ("shares", -1, ("BU43", "000", "ANBR", "", ""), "FORANSTALT=ANBR, ALDER=TOT22, Tid=2021: 0, but must be 1"),
    ("closed", 1, ("BUFF01", "01", "3", "", ""), "OMRÅDE=01, FORAN=3, Tid=2021: 3, but must be 2"),
)


def test_a_tampered_count_stops_the_build_with_table_cell_and_figures(case: Case) -> None:
    case.measure("A", "420", "2021-02-01").measure("A", "213", "2021-02-01").placed("A", "101", "2021-01-01")
    counted = case.count()

    for what, by, cell, figures in TAMPERED:
        tamper(counted, by, cell)
        with pytest.raises(Refused, match="Tid=2021") as refused:
            check(counted.con, counted.scheme)
        tamper(counted, -by, cell)

        assert figures in str(refused.value), what
    check(counted.con, counted.scheme)


def test_a_number_where_the_code_does_not_exist_stops_the_build(case: Case) -> None:
    counted = case.measure("A", "420", "2021-02-01").count()
    counted.con.execute("INSERT INTO cells VALUES ('BU04A', 2021, '000', '4', '999', '9', 1, 1)")

    with pytest.raises(Refused, match="FORAN=4, ALDER=999, KØN=9, Tid=2021: 1, but must be 0"):
        check(counted.con, counted.scheme)


def tamper(counted: Counted, by: int, cell: tuple[str, ...]) -> None:
    counted.con.execute(
        """UPDATE cells SET number = number + ?
        WHERE tabel = ? AND area = ? AND line = ? AND aar = 2021 AND age = ? AND sex = ?""",
        [by, *cell],
    )

"""The library's tables, codes, areas and periods as small tables of numbers that the counting joins with.

A reported code, a kommune, a line of a table and an area of a table each have a place from 1; the unknown kommune is 0.
Successors, approvals and the years a line exists are settled here, so the SQL of a year only joins.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import pyarrow as pa

from tables.model import Table
from tables.periods import within
from tables.register.approvals import Approvals
from tables.register.codes import EARLY, YOUTH_CRIME, Codes, Leaf
from tables.register.lines import by_measures, lines_of
from tables.register.plan import Plan

KOMMUNE: Final = "kommune"  # levels of the classification of areas
UNKNOWN: Final = "uoplyst"
AGES: Final = ("0005", "0611", "1217", "1800", "999")  # domain §5: completed years on 31 December
BANDS: Final = {"0005": "9917", "0611": "9917", "1217": "9917", "1800": "1822"}  # of the shares; unknown age is in none
SEXES: Final = ("M", "K", "9")
LINES_BY_YEAR: Final = ("aar", "tabel", "moment", "code_place", "line_place", "watched")
AREAS_BY_YEAR: Final = ("aar", "tabel", "kommune_place", "area_place")
TYPES: Final = {
    **dict.fromkeys(("place", "code_place", "line_place", "area_place", "kommune_place", "aar"), pa.int16()),
    **dict.fromkeys(("unborn", "by_measures", "watched"), pa.bool_()),
    **dict.fromkeys(("lawful", "last"), pa.date32()),
    "source": pa.int8(),
}
TOTAL: Final = ""  # all ages, or both sexes, before the table's own code is put there


@dataclass(frozen=True, slots=True)
class Job:
    """A table that is counted now."""

    plan: Plan
    table: Table

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(int(code) for code in self.table.time.codes)

    @property
    def areas(self) -> tuple[str, ...]:
        return self.table.dimension(self.plan.area).codes

    @property
    def lines(self) -> tuple[str, ...]:
        return self.table.dimension(self.plan.line).codes

    def total(self, dimension: str) -> str:
        """The code of the total; the rules were checked to have one."""
        return self.table.dimension(dimension).elimination or TOTAL

    def own(self, dimension: str, code: str) -> str:
        """The table's own code of a total or a sex; other codes are the library's already."""
        if code == TOTAL:
            return self.total(dimension)
        if dimension == self.plan.sex:
            return dict(zip(SEXES, self.plan.boys_girls, strict=False)).get(code, code)
        return code

    def exists(self, line: str, year: int) -> bool:
        value = self.table.dimension(self.plan.line).values[self.table.dimension(self.plan.line).index[line]]
        return within(str(year), value.since, value.until)


@dataclass(frozen=True, slots=True)
class Scheme:
    """What one build counts, and by which codes and approvals."""

    jobs: tuple[Job, ...]
    codes: Codes
    kommuner: tuple[str, ...]
    approvals: Approvals

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted({year for job in self.jobs for year in job.years}))

    @property
    def reported(self) -> tuple[tuple[int, Leaf], ...]:
        """Every code that may be reported with its source, by place."""
        measures = [(0, leaf) for leaf in self.codes.measures.values()]
        return tuple(measures + [(1, leaf) for leaf in self.codes.bases.values()])

    def tables(self) -> dict[str, pa.Table]:
        """By the name the SQL knows them under."""
        ages = [row for job in self.jobs for row in _ages(job)]
        sexes = [row for job in self.jobs for row in _sexes(job)]
        return {
            "codes": tabled(("place", "source", "code", "lawful", "last", "unborn"), self._codes()),
            "kommuner": tabled(("place", "kommune"), list(enumerate(self.kommuner, 1))),
            "table_lines": tabled(("place", "tabel", "line", "by_measures"), self._table_lines()),
            "table_areas": tabled(("place", "tabel", "area"), self._table_areas()),
            "lines_by_year": tabled(LINES_BY_YEAR, list(self._lines_by_year())),
            "areas_by_year": tabled(AREAS_BY_YEAR, list(self._areas_by_year())),
            "ages": tabled(("tabel", "own", "code"), ages),
            "sexes": tabled(("tabel", "own", "code"), sexes),
        }

    def _codes(self) -> list[tuple[object, ...]]:
        return [
            (place, source, leaf.code, _day(leaf.lawful, 1, 1), _day(leaf.until, 12, 31), leaf.unborn)
            for place, (source, leaf) in enumerate(self.reported, 1)
        ]

    def _table_lines(self) -> list[tuple[object, ...]]:
        return [
            (place, job.plan.table, line, by_measures(job.plan, line))
            for place, (job, line) in enumerate(self._all_lines(), 1)
        ]

    def _table_areas(self) -> list[tuple[object, ...]]:
        areas = [(job.plan.table, area) for job in self.jobs for area in job.areas]
        return [(place, table, area) for place, (table, area) in enumerate(areas, 1)]

    def _job_years(self) -> list[tuple[Job, int]]:
        return [(job, year) for job in self.jobs for year in job.years]

    def _all_lines(self) -> list[tuple[Job, str]]:
        return [(job, line) for job in self.jobs for line in job.lines]

    def _lines_by_year(self) -> Iterator[tuple[object, ...]]:
        places = {(job.plan.table, line): place for place, (job, line) in enumerate(self._all_lines(), 1)}
        for job, year in self._job_years():
            for code, (source, leaf) in enumerate(self.reported, 1):
                counted = leaf if source else self.codes.counted_as(leaf.code, year)
                watched = job.plan.table == "ISBU04" and bool({EARLY, YOUTH_CRIME} & set(counted.above))
                for line in lines_of(job.plan, job.table, counted, placement=bool(source)):
                    if job.exists(line, year):
                        place = places[job.plan.table, line]
                        yield year, job.plan.table, job.plan.moment, code, place, watched and line in counted.above

    def _areas_by_year(self) -> Iterator[tuple[object, ...]]:
        places = {(table, area): place for place, table, area in self._table_areas()}
        for job, year in self._job_years():
            for kommune, code in enumerate(("", *self.kommuner)):
                for area in self._areas_of(job, code, year):
                    yield year, job.plan.table, kommune, places[job.plan.table, area]

    def _areas_of(self, job: Job, kommune: str, year: int) -> Sequence[str]:
        """The areas a kommune's children count in; the unknown one only where the table has a line for it."""
        dimension = job.table.dimension(job.plan.area)
        if not kommune:
            unknown = [value.code for value in dimension.values if value.level == UNKNOWN]
            return [*unknown, job.total(job.plan.area)] if unknown else []
        under = self.approvals.counts_under(year, kommune)
        if under is None:
            return []
        wanted = {under, *self.codes.areas[under], job.total(job.plan.area)}
        return [area for area in job.areas if area in wanted]


def tabled(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> pa.Table:
    """Rows under column names, typed by the name: text unless TYPES says otherwise."""
    schema = pa.schema([(name, TYPES.get(name, pa.string())) for name in columns])
    found = zip(*rows, strict=True) if rows else ([] for _ in columns)
    return pa.table([pa.array(column, field.type) for column, field in zip(found, schema, strict=True)], schema)


def _day(year: int | None, month: int, day: int) -> date | None:
    return None if year is None else date(year, month, day)


def _ages(job: Job) -> Iterator[tuple[str, str, str]]:
    """From an age to every code it counts in."""
    bands = BANDS if job.plan.table == "BU43" else {age: age for age in AGES}
    for age in AGES:
        if age in bands or job.plan.table != "BU43":
            yield job.plan.table, age, TOTAL
        if job.plan.age and age in bands:
            yield job.plan.table, age, bands[age]


def _sexes(job: Job) -> Iterator[tuple[str, str, str]]:
    for sex in SEXES:
        yield job.plan.table, sex, TOTAL
        if job.plan.sex:
            yield job.plan.table, sex, sex

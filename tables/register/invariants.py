"""Runs what must hold in every build (domain §6); a cell that does not fit stops it, with table, cell and figures.

Domain §6.7 is about BU28, which is not counted from the registers.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from duckdb import DuckDBPyConnection

from tables.errors import Refused
from tables.register.laws import ACTIVE, AGES, AREAS, CLOSED, LINES, NET, OUTSIDE, ROLED, SEXES, SHARES, STANDING
from tables.register.scheme import UNKNOWN, Job, Scheme, tabled

TOLD: Final = 5  # cells that are spelled out
INVARIANTS: Final = (  # domain §6, what is wrong in both languages
    ("Linjerne passer ikke sammen", "The lines do not fit together", LINES),
    ("Områderne passer ikke sammen", "The areas do not fit together", AREAS),
    ("Aldrene giver ikke totalen", "The ages do not make up the total", AGES),
    ("Kønnene giver ikke totalen", "The sexes do not make up the total", SEXES),
    ("Der er flere end de aktive i ISBU01", "There are more than the active ones of ISBU01", ACTIVE),
    ("Der er flere børn end indsatser", "There are more children than measures", NET),
    ("Indsatserne er ikke dem i ISBU04", "The measures are not those of ISBU04", STANDING),
    ("Børnene er ikke dem i BU04A", "The children are not those of BU04A", SHARES),
    ("Der er tal, hvor koden ikke findes", "There are numbers where the code does not exist", OUTSIDE),
    ("Tallene er ikke gruppe 6 i ISBU04", "The numbers are not group 6 of ISBU04", CLOSED),
)

# What makes up what in the net statement (domain §6.5): one measure has one direction; a child may be in both parts.
NET_SUMS: Final = (("4", "3"), ("6", "3"))
NET_BETWEEN: Final = (("2", "1"), ("9", "1"), ("5", "2"), ("7", "2"), ("5", "8"), ("9", "8"))


def check(con: DuckDBPyConnection, scheme: Scheme) -> None:
    """Raises Refused with everything that `cells` break, so that one look finds the cause."""
    tables: dict[str, tuple[Sequence[str], Sequence[Sequence[object]]]] = {
        "tree": (("tabel", "aar", "rule", "part", "whole"), list(_tree(scheme))),
        "area_tree": (("tabel", "part", "whole"), list(_area_tree(scheme))),
        "existing": (("tabel", "aar", "line"), list(_existing(scheme))),
        "table_years": (("tabel", "aar"), [(job.plan.table, year) for job in scheme.jobs for year in job.years]),
        "totals": (("tabel", "line", "area"), [_totals(job) for job in scheme.jobs]),
        "unknown_areas": (("area",), [(area,) for area in sorted(_unknown(scheme))]),
        "above": (("area", "above"), list(_above(scheme))),
    }
    for name, (columns, rows) in tables.items():
        con.register(name, tabled(columns, rows))
    con.execute(ROLED)
    danish: list[str] = []
    english: list[str] = []
    for da, en, query in INVARIANTS:
        broken = sorted(con.execute(query).fetchall())
        if broken:
            told = _told(scheme, broken)
            danish += [f"{da}:", *told[0]]
            english += [f"{en}:", *told[1]]
    if danish:
        raise Refused("invariants", "\n".join(danish), "\n".join(english))


def _told(scheme: Scheme, broken: list[tuple[object, ...]]) -> tuple[list[str], list[str]]:
    """The first cells with their figures, in Danish and in English."""
    jobs = {job.plan.table: job for job in scheme.jobs}
    da, en = [], []
    for tabel, aar, area, line, age, sex, number, least, most in broken[:TOLD]:
        cell = _cell(jobs[str(tabel)], {"area": area, "line": line, "age": age, "sex": sex, "aar": aar})
        exact = least == most
        da.append(f"  {cell}: {number}, men skal være " + (f"{least}" if exact else f"mellem {least} og {most}"))
        en.append(f"  {cell}: {number}, but must be " + (f"{least}" if exact else f"between {least} and {most}"))
    more = len(broken) - TOLD
    if more > 0:
        da.append(f"  og {more} celler mere")
        en.append(f"  and {more} more cells")
    return da, en


def _cell(job: Job, codes: dict[str, object]) -> str:
    keys = {job.plan.area: "area", job.plan.line: "line", job.plan.age: "age", job.plan.sex: "sex"}
    written = []
    for dimension in job.table.dimensions:
        code = codes["aar"] if dimension.time else codes[keys[dimension.code]]
        written.append(f"{dimension.code}={job.own(dimension.code, str(code))}")
    return f"{job.plan.table} {', '.join(written)}"


def _tree(scheme: Scheme) -> Iterator[tuple[object, ...]]:
    """Which lines a line is made of, in the years both exist."""
    for job in scheme.jobs:
        for rule, part, whole in _relations(job):
            for year in job.years:
                if job.exists(part, year) and job.exists(whole, year):
                    yield job.plan.table, year, rule, part, whole


def _relations(job: Job) -> Iterator[tuple[str, str, str]]:
    values = job.table.dimension(job.plan.line).values
    if job.plan.table == "BU04A":
        known = set(job.lines)
        named = [("sum", *pair) for pair in NET_SUMS] + [("between", *pair) for pair in NET_BETWEEN]
        named += [("between", value.code, "9") for value in values if value.parent == "9"]
        yield from (relation for relation in named if {relation[1], relation[2]} <= known)
    else:
        rule = "between" if job.plan.table in ("ISBU02", "BU43") else "sum"
        yield from ((rule, value.code, value.parent) for value in values if value.parent and value.nests == "fully")


def _area_tree(scheme: Scheme) -> Iterator[tuple[object, ...]]:
    for job in scheme.jobs:
        values = job.table.dimension(job.plan.area).values
        parts = [value for value in values if value.parent and value.nests == "fully"]
        yield from ((job.plan.table, value.code, value.parent) for value in parts)


def _existing(scheme: Scheme) -> Iterator[tuple[object, ...]]:
    for job in scheme.jobs:
        for line in job.lines:
            yield from ((job.plan.table, year, line) for year in job.years if job.exists(line, year))


def _totals(job: Job) -> tuple[object, ...]:
    return job.plan.table, job.total(job.plan.line), job.total(job.plan.area)


def _unknown(scheme: Scheme) -> set[str]:
    areas = (value for job in scheme.jobs for value in job.table.dimension(job.plan.area).values)
    return {value.code for value in areas if value.level == UNKNOWN}


def _above(scheme: Scheme) -> Iterator[tuple[object, ...]]:
    """The areas a kommune lies in, but for the country, which is counted by itself."""
    totals = {job.total(job.plan.area) for job in scheme.jobs}
    for kommune in scheme.kommuner:
        yield from ((kommune, above) for above in scheme.codes.areas[kommune] if above not in totals)

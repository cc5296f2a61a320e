"""From counted cells to the cube of a table: its own codes, rows without a number, table order, one file."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from tables.model import Dimension, Status
from tables.register.plan import PERSONS
from tables.register.population import Population
from tables.register.scheme import BANDS, KOMMUNE, TOTAL, Job, Scheme

COUNTED: Final = """
SELECT area, line, age, sex, CAST(aar AS VARCHAR) AS aar, number, persons, CAST(NULL AS UTINYINT) AS status
FROM cells WHERE tabel = $tabel
"""

# Every share has its denominator, so every share is there, also where no child is.
SHARES: Final = """
SELECT s.area, s.line, s.age, '' AS sex, CAST(s.aar AS VARCHAR) AS aar,
    CASE WHEN s.folketal IS NOT NULL THEN coalesce(c.number, 0) END AS number, s.folketal AS persons,
    CAST(NULL AS UTINYINT) AS status
FROM shares s LEFT JOIN cells c
    ON c.tabel = $tabel AND c.area = s.area AND c.line = s.line AND c.age = s.age AND c.aar = s.aar
"""

KEYS: Final = ("area", "line", "age", "sex", "aar")
SHARE: Final = pa.schema(
    [("aar", pa.int16()), ("area", pa.string()), ("line", pa.string()), ("age", pa.string()), ("folketal", pa.int64())]
)
ROW: Final = pa.schema(
    [(key, pa.string()) for key in KEYS] + [("number", pa.int64()), ("persons", pa.int64()), ("status", pa.uint8())]
)


def make_cube(con: DuckDBPyConnection, job: Job, scheme: Scheme, population: Population | None) -> pa.Table:
    """The cube's rows in table order; the same cells give the same rows whatever the order they came in."""
    if population is None or job.table.measures[0].kind != "ratio":
        counted: pa.Table = con.sql(COUNTED, params={"tabel": job.plan.table}).to_arrow_table()
    else:
        con.register("shares", pa.Table.from_pylist(list(_shares(job, scheme, population)), SHARE))
        counted = con.sql(SHARES, params={"tabel": job.plan.table}).to_arrow_table()
        con.unregister("shares")
    empty = pa.Table.from_pylist(list(_without_number(job, scheme)), ROW)
    return _named(job, pa.concat_tables([counted.cast(ROW), empty]))


def write_cube(cube: pa.Table, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(cube, path, compression="zstd")


def _shares(job: Job, scheme: Scheme, population: Population) -> Iterator[dict[str, object]]:
    for year in job.years:
        for area in job.areas:
            if area in scheme.kommuner and scheme.approvals.counts_under(year, area) != area:
                continue
            for age in _ages(job):
                persons = population.behind(year, area, age, scheme.approvals)
                for line in job.lines:
                    yield {"aar": year, "area": area, "line": line, "age": age, "folketal": persons}


def _without_number(job: Job, scheme: Scheme) -> Iterator[dict[str, object]]:
    """Kommune-years that were removed (MISSING) or are counted elsewhere (NOT_APPLICABLE): domain §5, last part."""
    levels = {value.code: value.level for value in job.table.dimension(job.plan.area).values}
    for year in job.years:
        for area in (area for area in job.areas if levels[area] == KOMMUNE):
            elsewhere = scheme.approvals.reports_through(year, area) is not None
            if not elsewhere and scheme.approvals.counts_under(year, area) == area:
                continue
            status = int(Status.NOT_APPLICABLE) if elsewhere else None
            for line in (line for line in job.lines if job.exists(line, year)):
                for age in _ages(job):
                    yield {"area": area, "line": line, "age": age, "sex": TOTAL, "aar": str(year), "status": status}


def _ages(job: Job) -> Sequence[str]:
    return (TOTAL, *dict.fromkeys(BANDS.values())) if job.plan.age and job.plan.table == "BU43" else (TOTAL,)


def _named(job: Job, rows: pa.Table) -> pa.Table:
    plan, measure = job.plan, job.table.measures[0]
    keys = {plan.area: "area", plan.line: "line", plan.age: "age", plan.sex: "sex", job.table.time.code: "aar"}
    columns = {dim.code: _coded(job, dim, rows.column(keys[dim.code])) for dim in job.table.dimensions}
    order = {dim.code: pc.index_in(columns[dim.code], pa.array(dim.codes)) for dim in job.table.dimensions}
    if measure.kind == "ratio":
        columns |= {measure.numerator or "": rows.column("number"), measure.denominator or "": rows.column("persons")}
    else:
        columns[measure.code] = rows.column("number")
    if rows.column("status").null_count < rows.num_rows:
        columns[f"{measure.code}.status"] = rows.column("status")
    if plan.counted:
        columns[PERSONS] = rows.column("persons")
    places = pc.sort_indices(pa.table(order), sort_keys=[(dim.code, "ascending") for dim in job.table.dimensions])
    return pa.table(columns).take(places).combine_chunks()


def _coded(job: Job, dimension: Dimension, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The table's own codes for the total and the two sexes."""
    if dimension.time or dimension.code in (job.plan.area, job.plan.line):
        return column
    codes = pc.unique(column)
    own = pa.array([job.own(dimension.code, code) for code in codes.to_pylist()], pa.string())
    return pc.take(own, pc.index_in(column, codes))

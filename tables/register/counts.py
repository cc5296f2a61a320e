"""Counts one year at a time: who is there, in which lines and areas, once for each person (domain §5)."""

from collections.abc import Callable
from datetime import date
from typing import Final

from duckdb import DuckDBPyConnection

# `base`: by place of line and area, age and sex, the children and their measures. `grown`: episodes behind W2.
TABLES: Final = """
CREATE TABLE base (
    aar SMALLINT, line SMALLINT, area SMALLINT, age VARCHAR, sex VARCHAR, persons BIGINT, measures BIGINT
);
CREATE TABLE grown (episode BIGINT);
"""

# An age by year of birth is the completed years on 31 December; unborn children are 0 (domain §5).
PRESENT: Final = """
CREATE OR REPLACE TABLE present AS
WITH unborn AS (
    SELECT DISTINCT e.person FROM episodes e JOIN codes c ON c.place = e.code
    WHERE c.unborn AND e.since <= $last AND e.until >= $last)
SELECT e.episode, e.person, e.kommune, e.code, e.since >= $first AS started, e.until >= $last AS standing,
    CASE WHEN p.birth IS NULL AND u.person IS NULL THEN '999'
         WHEN p.birth IS NULL OR $year - year(p.birth) < 6 THEN '0005'
         WHEN $year - year(p.birth) < 12 THEN '0611'
         WHEN $year - year(p.birth) < 18 THEN '1217'
         ELSE '1800' END AS age,
    coalesce(p.sex, '9') AS sex
FROM episodes e JOIN people p USING (person) LEFT JOIN unborn u USING (person)
WHERE e.since <= $last AND e.until >= $first
"""

# First each person once in each cell, then the cells: a distinct count at every level, from the records.
COUNTED: Final = """
INSERT INTO base
WITH each AS (
    SELECT l.line_place AS line, a.area_place AS area, p.person, p.age, p.sex, count(*) AS measures
    FROM present p
    JOIN lines_by_year l ON l.aar = $year AND l.code_place = p.code
    JOIN areas_by_year a ON a.aar = $year AND a.tabel = l.tabel AND a.kommune_place = p.kommune
    WHERE l.moment = 'active' OR (l.moment = 'started' AND p.started) OR (l.moment = 'standing' AND p.standing)
    GROUP BY l.line_place, a.area_place, p.person, p.age, p.sex)
SELECT $year, line, area, age, sex, count(*), sum(measures) FROM each GROUP BY line, area, age, sex
"""

GROWN: Final = """
INSERT INTO grown
SELECT DISTINCT p.episode
FROM present p
JOIN lines_by_year l ON l.aar = $year AND l.code_place = p.code AND l.watched
JOIN areas_by_year a ON a.aar = $year AND a.tabel = l.tabel AND a.kommune_place = p.kommune
WHERE p.standing AND p.age = '1800'
"""

# A person has one age and one sex in a year (domain §5), so these two add up; lines and areas never do here.
CELLS: Final = """
CREATE TABLE cells AS
SELECT l.tabel, b.aar, a.area, l.line, g.code AS age, s.code AS sex,
    CAST(sum(CASE WHEN l.by_measures THEN b.measures ELSE b.persons END) AS BIGINT) AS number,
    CAST(sum(b.persons) AS BIGINT) AS persons
FROM base b
JOIN table_lines l ON l.place = b.line
JOIN table_areas a ON a.place = b.area
JOIN ages g ON g.tabel = l.tabel AND g.own = b.age
JOIN sexes s ON s.tabel = l.tabel AND s.own = b.sex
GROUP BY l.tabel, b.aar, a.area, l.line, g.code, s.code
"""


def count(con: DuckDBPyConnection, years: tuple[int, ...], heard: Callable[[int], None]) -> None:
    """Fills `cells` from `episodes` and `people`, telling each year before it is counted."""
    con.execute(TABLES)
    for year in years:
        heard(year)
        first, last = date(year, 1, 1), date(year, 12, 31)
        con.execute(PRESENT, {"year": year, "first": first, "last": last})
        con.execute(COUNTED, {"year": year})
        con.execute(GROWN, {"year": year})
    con.execute(CELLS)

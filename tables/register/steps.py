"""The fixed steps from reports to episodes, for measures and placements at once (domain §4.4, steps 1-6 and 9).

`reports` → `judged` (a rule, or none) → `kept` (no errors, no duplicates) → `people` and `linked` → `episodes`.
Needs `codes` (place, source, code, lawful, last, unborn) and `kommuner` (place, kommune), places from 1.
"""

from typing import Final

from duckdb import DuckDBPyConnection

# domain §4.4.6: born on 29 February, 23 on 1 March. An open end is the last day there is.
MACROS: Final = """
CREATE MACRO birthday23(birth) AS
    CASE WHEN month(birth) = 2 AND day(birth) = 29 THEN make_date(year(birth) + 23, 3, 1)
         ELSE make_date(year(birth) + 23, month(birth), day(birth)) END;
CREATE MACRO open_ended(until) AS coalesce(until, DATE '9999-12-31');
"""

# domain §4.4.1: the first rule that applies, by the row's own birth date
JUDGED: Final = """
CREATE TABLE judged AS
SELECT r.*, c.place,
    CASE WHEN NOT r.valid THEN 'E1'
         WHEN r.since IS NULL THEN 'E2'
         WHEN r.until < r.since THEN 'E3'
         WHEN c.place IS NULL THEN 'E4'
         WHEN r.since < c.lawful THEN 'E5'
         WHEN r.since > c.last THEN 'E6'
         WHEN r.since < r.birth AND NOT r.parent AND NOT c.unborn THEN 'E7'
         WHEN r.since >= birthday23(r.birth) AND NOT r.parent THEN 'E8' END AS rule
FROM reports r LEFT JOIN codes c ON c.source = r.source AND c.code = r.code;
DROP TABLE reports;
"""

# domain §4.4.2: the latest to arrive is kept, an empty date is the oldest, then the highest id
RANKED: Final = """
CREATE TABLE ranked AS
SELECT *, first_value(id) OVER (
    PARTITION BY source, pid, kommune, place, since ORDER BY arrived DESC NULLS LAST, id DESC) AS keeper
FROM judged WHERE rule IS NULL;
CREATE TABLE errors AS SELECT source, id, rule FROM judged WHERE rule IS NOT NULL;
DROP TABLE judged;
CREATE TABLE duplicates AS SELECT source, id AS discarded, keeper AS kept FROM ranked WHERE id <> keeper;
"""

# domain §4.4.4: for sex and birth each the filled value of the latest row; then measures, then highest id
PEOPLE: Final = """
CREATE TABLE kept AS SELECT * EXCLUDE (rule, keeper, valid, code) FROM ranked WHERE id = keeper;
DROP TABLE ranked;
CREATE TABLE people AS
WITH told AS (
    SELECT pid, sex, birth, parent,
        (coalesce(date_diff('day', DATE '0001-01-01', arrived) + 1, 0) * 2 + 1 - source)::HUGEINT
            * 1000000000000000000 + id AS rank
    FROM kept)
SELECT pid, row_number() OVER (ORDER BY pid) AS person,
    arg_max(sex, rank) FILTER (WHERE sex IS NOT NULL AND NOT parent) AS sex,
    arg_max(birth, rank) FILTER (WHERE birth IS NOT NULL AND NOT parent) AS birth
FROM told GROUP BY pid;
"""

# domain §4.4.3: a report that starts on or before the day after the largest end so far goes on with the episode
LINKED: Final = """
CREATE TABLE linked AS
WITH reached AS (
    SELECT k.source, k.id, p.person, k.kommune, k.place, k.parent, k.since, k.until,
        max(open_ended(k.until)) OVER before AS reach
    FROM kept k JOIN people p USING (pid)
    WINDOW before AS (PARTITION BY p.person, k.kommune, k.place, k.parent ORDER BY k.since
                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
SELECT source, id, person, kommune, place, parent, since, open_ended(until) AS until,
    sum(CASE WHEN since <= reach + 1 THEN 0 ELSE 1 END) OVER (
        PARTITION BY person, kommune, place, parent ORDER BY since ROWS UNBOUNDED PRECEDING) AS part
FROM reached;
"""

# domain §4.4.5, 6 and 9: no parent cases, cut the day before 23, an unknown kommune is place 0
EPISODES: Final = """
CREATE TABLE episodes AS
WITH whole AS (
    SELECT person, kommune, place, part, min(since) AS since, max(until) AS until
    FROM linked WHERE NOT parent GROUP BY person, kommune, place, part)
SELECT row_number() OVER () AS episode, w.person, w.kommune AS reported_in, w.place AS code, w.part,
    coalesce(k.place, 0) AS kommune, w.since, coalesce(least(w.until, birthday23(p.birth) - 1), w.until) AS until
FROM whole w JOIN people p USING (person) LEFT JOIN kommuner k USING (kommune)
WHERE coalesce(w.since < birthday23(p.birth), true);
"""

STEPS: Final = (MACROS, JUDGED, RANKED, PEOPLE, LINKED, EPISODES)


def make_episodes(con: DuckDBPyConnection) -> None:
    for statements in STEPS:
        con.execute(statements)

"""The SQL of what must hold between counted cells (domain §6).

Every query gives the cells that fail: table, year, area, line, age, sex, the number, and what it must lie between.
A cell that is not there is zero. The empty age, sex and role are the totals.
"""

from typing import Final

# 1-6: lines that make up a line by year (`sum`), or of which each child is in one or more (`between`)
LINES: Final = """
WITH sides AS (
    SELECT c.tabel, c.aar, c.area, t.whole AS line, c.age, c.sex, t.rule, c.number AS part, 0 AS whole
    FROM cells c JOIN tree t ON t.tabel = c.tabel AND t.aar = c.aar AND t.part = c.line
    UNION ALL
    SELECT c.tabel, c.aar, c.area, c.line, c.age, c.sex, t.rule, 0, c.number
    FROM cells c JOIN (SELECT DISTINCT tabel, aar, rule, whole FROM tree) t
        ON t.tabel = c.tabel AND t.aar = c.aar AND t.whole = c.line)
SELECT tabel, aar, area, line, age, sex, sum(whole) AS number,
    CASE WHEN rule = 'sum' THEN sum(part) ELSE max(part) END AS least, sum(part) AS most
FROM sides GROUP BY tabel, aar, area, line, age, sex, rule
HAVING sum(whole) NOT BETWEEN CASE WHEN rule = 'sum' THEN sum(part) ELSE max(part) END AND sum(part)
"""

# 1-6: areas add up in the lines that count measures; of children each is in one or more
AREAS: Final = """
WITH sides AS (
    SELECT c.tabel, c.aar, t.whole AS area, c.line, c.age, c.sex, c.number AS part, 0 AS whole
    FROM cells c JOIN area_tree t ON t.tabel = c.tabel AND t.part = c.area
    UNION ALL
    SELECT c.tabel, c.aar, c.area, c.line, c.age, c.sex, 0, c.number
    FROM cells c JOIN (SELECT DISTINCT tabel, whole FROM area_tree) t ON t.tabel = c.tabel AND t.whole = c.area)
SELECT b.tabel, aar, area, b.line, age, sex, sum(whole) AS number,
    CASE WHEN l.by_measures THEN sum(part) ELSE max(part) END AS least, sum(part) AS most
FROM sides b JOIN table_lines l ON l.tabel = b.tabel AND l.line = b.line
GROUP BY b.tabel, aar, area, b.line, age, sex, l.by_measures
HAVING sum(whole) NOT BETWEEN CASE WHEN l.by_measures THEN sum(part) ELSE max(part) END AND sum(part)
"""

# 4-6: every person has one age and one sex
AGES: Final = """
SELECT tabel, aar, area, line, '' AS age, sex, coalesce(sum(number) FILTER (WHERE age = ''), 0) AS number,
    coalesce(sum(number) FILTER (WHERE age <> ''), 0) AS least,
    coalesce(sum(number) FILTER (WHERE age <> ''), 0) AS most
FROM cells WHERE tabel IN (SELECT tabel FROM ages WHERE code <> '')
GROUP BY tabel, aar, area, line, sex HAVING sum(CASE WHEN age = '' THEN number ELSE -number END) <> 0
"""
SEXES: Final = """
SELECT tabel, aar, area, line, age, '' AS sex, coalesce(sum(number) FILTER (WHERE sex = ''), 0) AS number,
    coalesce(sum(number) FILTER (WHERE sex <> ''), 0) AS least,
    coalesce(sum(number) FILTER (WHERE sex <> ''), 0) AS most
FROM cells WHERE tabel IN (SELECT tabel FROM sexes WHERE code <> '')
GROUP BY tabel, aar, area, line, age HAVING sum(CASE WHEN sex = '' THEN number ELSE -number END) <> 0
"""

# 2-4: what is in a table is at most what was active in the year, there and in every area above
ACTIVE: Final = """
WITH active AS (
    SELECT aar, area, role, number FROM roled WHERE tabel = 'ISBU01'
    UNION ALL
    SELECT r.aar, a.above, r.role, sum(r.number) FROM roled r JOIN above a USING (area)
    WHERE r.tabel = 'ISBU01' GROUP BY r.aar, a.above, r.role),
sides AS (
    SELECT tabel, aar, area, role, number, 0 AS most FROM roled
    WHERE tabel IN ('ISBU02', 'ISBU03', 'ISBU04') AND age = '' AND sex = ''
    UNION ALL
    SELECT y.tabel, a.aar, a.area, a.role, 0, a.number
    FROM active a JOIN table_years y ON y.aar = a.aar AND y.tabel IN ('ISBU02', 'ISBU03', 'ISBU04'))
SELECT b.tabel, b.aar, b.area, CASE WHEN role = '' THEN t.line ELSE role END AS line, '' AS age, '' AS sex,
    sum(number) AS number, 0 AS least, sum(most) AS most
FROM sides b JOIN totals t ON t.tabel = b.tabel
WHERE b.aar IN (SELECT aar FROM table_years WHERE tabel = 'ISBU01')
GROUP BY b.tabel, b.aar, b.area, role, t.line HAVING sum(number) > sum(most)
"""

# 5: children are at most their measures; measures of the eleven landsdele are those of ISBU04
NET: Final = """
SELECT 'BU04A' AS tabel, aar, area, '2' AS line, age, sex, coalesce(sum(number) FILTER (WHERE line = '2'), 0) AS number,
    0 AS least, coalesce(sum(number) FILTER (WHERE line = '3'), 0) AS most
FROM cells WHERE tabel = 'BU04A' AND line IN ('2', '3')
GROUP BY aar, area, age, sex HAVING sum(CASE WHEN line = '2' THEN number ELSE -number END) > 0
"""
STANDING: Final = """
SELECT 'BU04A' AS tabel, aar, area, '3' AS line, age, sex,
    coalesce(sum(number) FILTER (WHERE tabel = 'BU04A'), 0) AS number,
    coalesce(sum(number) FILTER (WHERE tabel = 'ISBU04'), 0) AS least,
    coalesce(sum(number) FILTER (WHERE tabel = 'ISBU04'), 0) AS most
FROM roled
WHERE ((tabel = 'BU04A' AND line = '3') OR (tabel = 'ISBU04' AND role = ''))
    AND area NOT IN (SELECT area FROM totals) AND area NOT IN (SELECT area FROM unknown_areas)
    AND aar IN (SELECT aar FROM table_years WHERE tabel = 'BU04A')
    AND aar IN (SELECT aar FROM table_years WHERE tabel = 'ISBU04')
GROUP BY aar, area, age, sex HAVING sum(CASE WHEN tabel = 'BU04A' THEN number ELSE -number END) <> 0
"""

# 6: the shares count the children of the net statement, but for unknown age and unknown kommune
SHARES: Final = """
WITH paired AS (SELECT * FROM (VALUES ('1', 'IALT'), ('2', 'FORB'), ('9', 'ANBR')) p(net, share)),
counted AS (
    SELECT r.aar, p.share,
        coalesce(sum(number) FILTER (WHERE r.tabel = 'BU43' AND age = ''), 0) AS number,
        coalesce(sum(CASE WHEN age = '' THEN number ELSE -number END)
            FILTER (WHERE r.tabel = 'BU04A' AND age IN ('', '999') AND r.area = t.area), 0) AS most,
        coalesce(sum(number) FILTER (WHERE r.tabel = 'BU04A' AND age = '' AND r.area <> t.area), 0) AS unknown
    FROM roled r JOIN paired p ON (r.tabel = 'BU43' AND r.line = p.share) OR (r.tabel = 'BU04A' AND r.line = p.net)
    JOIN totals t ON t.tabel = r.tabel
    WHERE sex = '' AND (r.area = t.area OR r.area IN (SELECT area FROM unknown_areas))
    GROUP BY r.aar, p.share)
SELECT 'BU43' AS tabel, c.aar, t.area, c.share AS line, '' AS age, '' AS sex, number, most - unknown AS least, most
FROM counted c JOIN totals t ON t.tabel = 'BU43'
WHERE number NOT BETWEEN most - unknown AND most
    AND c.aar IN (SELECT aar FROM table_years WHERE tabel = 'BU04A')
    AND c.aar IN (SELECT aar FROM table_years WHERE tabel = 'BU43')
"""

# 8: no number outside since and until
OUTSIDE: Final = """
SELECT c.tabel, c.aar, c.area, c.line, c.age, c.sex, c.number, 0 AS least, 0 AS most
FROM cells c LEFT JOIN existing e ON e.tabel = c.tabel AND e.aar = c.aar AND e.line = c.line
WHERE e.line IS NULL AND c.number <> 0
"""

# 9: the closed table is group 6 of ISBU04
CLOSED: Final = """
SELECT 'BUFF01' AS tabel, r.aar, r.area, t.line, '' AS age, '' AS sex,
    coalesce(sum(number) FILTER (WHERE r.tabel = 'BUFF01'), 0) AS number,
    coalesce(sum(number) FILTER (WHERE r.tabel = 'ISBU04'), 0) AS least,
    coalesce(sum(number) FILTER (WHERE r.tabel = 'ISBU04'), 0) AS most
FROM roled r JOIN totals t ON t.tabel = 'BUFF01'
WHERE ((r.tabel = 'BUFF01' AND role = '') OR (r.tabel = 'ISBU04' AND r.line = '6' AND age = '' AND sex = ''))
    AND r.aar IN (SELECT aar FROM table_years WHERE tabel = 'BUFF01')
    AND r.aar IN (SELECT aar FROM table_years WHERE tabel = 'ISBU04')
GROUP BY r.aar, r.area, t.line HAVING sum(CASE WHEN r.tabel = 'BUFF01' THEN number ELSE -number END) <> 0
"""

# A line by its role: '' the total of its table, else its code
ROLED: Final = """
CREATE OR REPLACE VIEW roled AS
SELECT c.*, CASE WHEN c.line = t.line THEN '' ELSE c.line END AS role FROM cells c JOIN totals t ON t.tabel = c.tabel
"""

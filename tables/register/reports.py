"""Takes both registers in as one table of typed reports, in pieces; a row without a usable id stops the build."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from duckdb import DuckDBPyConnection

from tables.errors import CatalogError, Fault
from tables.register.files import numbered, read_batches

_ID: Final = re.compile(r"[0-9]{1,18}")
TOLD: Final = 20  # rows that are named when ids are wrong; the rest are counted

_COMMON: Final = ("id", "pid", "cpr_gyldig", "foedselsdato", "koen", "handlekommune", "startdato", "slutdato")
MEASURE_COLUMNS: Final = (*_COMMON, "indberettet", "indsats", "paa_foraelder")
PLACEMENT_COLUMNS: Final = (*_COMMON, "indberettet", "grundlag")

# Source 0 is the register of measures, 1 that of placements. What is no date is missing (domain §4.1).
TABLES: Final = """
CREATE MACRO written_day(text) AS
    CASE WHEN regexp_full_match(text, '[0-9]{4}-[0-9]{2}-[0-9]{2}') AND text >= '0001' THEN try_cast(text AS DATE) END;
CREATE MACRO undated(text) AS text <> '' AND written_day(text) IS NULL;
CREATE MACRO whole(text) AS CASE WHEN regexp_full_match(text, '[0-9]{1,18}') THEN CAST(text AS BIGINT) END;
CREATE TABLE reports (
    source TINYINT, id BIGINT, pid VARCHAR, valid BOOLEAN, birth DATE, sex VARCHAR, kommune VARCHAR, code VARCHAR,
    since DATE, until DATE, parent BOOLEAN, arrived DATE, undated BOOLEAN
);
"""

# An empty date of arrival is the oldest of all (domain §4.4.2), so such a report is there whatever the day.
MEASURES: Final = """
INSERT INTO reports
SELECT 0, whole(id), pid, cpr_gyldig = '1', written_day(foedselsdato), CASE WHEN koen IN ('M', 'K') THEN koen END,
    handlekommune, indsats, written_day(startdato), written_day(slutdato), paa_foraelder = '1',
    written_day(indberettet), undated(foedselsdato) OR undated(slutdato) OR undated(indberettet)
FROM incoming
WHERE coalesce(written_day(indberettet) <= CAST($by AS DATE), true)
"""
PLACEMENTS: Final = """
INSERT INTO reports
SELECT 1, whole(id), pid, cpr_gyldig = '1', written_day(foedselsdato), CASE WHEN koen IN ('M', 'K') THEN koen END,
    handlekommune, grundlag, written_day(startdato), written_day(slutdato), false,
    written_day(indberettet), undated(foedselsdato) OR undated(slutdato) OR undated(indberettet)
FROM incoming
WHERE coalesce(written_day(indberettet) <= CAST($by AS DATE), true)
"""

WRONG_IDS: Final = "SELECT 1 FROM reports WHERE source = $source GROUP BY id HAVING count(*) > 1 OR id IS NULL LIMIT 1"


def take_in(con: DuckDBPyConnection, source: int, path: Path, by: date | None, heard: Callable[[float], None]) -> None:
    """Appends a register to `reports`, telling the share read; those that arrived after `by` are left behind."""
    taken, size = 0, path.stat().st_size
    columns, insert = ((MEASURE_COLUMNS, MEASURES), (PLACEMENT_COLUMNS, PLACEMENTS))[source]
    for batch in read_batches(path, columns):
        con.register("incoming", batch)
        con.execute(insert, {"by": by})
        con.unregister("incoming")
        taken += batch.nbytes
        heard(min(taken / size, 1.0))
    if con.execute(WRONG_IDS, {"source": source}).fetchone():
        raise CatalogError(_wrong_ids(path))


def _wrong_ids(path: Path) -> list[Fault]:
    faults: list[Fault] = []
    lines: dict[int, int] = {}
    for line, row in numbered(path, ("id",)):
        if not _ID.fullmatch(row["id"]):
            faults.append(Fault(str(path), line, "id", f"'{row['id']}' is not a running number; write a whole number"))
            continue
        first = lines.setdefault(int(row["id"]), line)
        if first != line:
            faults.append(
                Fault(str(path), line, "id", f"{row['id']} stands in line {first} too; give each report its own")
            )
    more = len(faults) - TOLD
    return faults[:TOLD] + ([Fault(str(path), 0, "id", f"and {more} more rows like these")] if more > 0 else [])

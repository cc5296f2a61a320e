"""StatBank CSV, one row a cell: codes, texts or both; `;`, `,` or tab; columns in any order, or periods across.

The figures the library carries come in by this door, so that anybody can make them again: a CSV with the columns
OMRÅDE;KØN;ALDER;TID;INDHOLD named FOLK1A.csv, then `statbank import FOLK1A.csv --out tables/library`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from tables.catalog.reserved import DIMENSIONS
from tables.errors import CatalogError, Fault
from tables.imports.columns import Raw, holes, period, read_column, read_time
from tables.imports.cubes import cube_of, refuse_twins
from tables.imports.description import describe, undecided
from tables.imports.figures import read_figures
from tables.imports.layout import Sheet, read_sheet
from tables.imports.nouns import Column, Draft, Facts, Figures, Finding, How, Reader
from tables.imports.roles import VALUE, time_place, upright, value_place
from tables.imports.totals import Dimension, find_totals
from tables.model import Text

TIME: Final = "Tid"
ID: Final = re.compile(r"[A-Z][A-Z0-9]+")
SUFFIXES: Final = frozenset({".csv", ".tsv", ".txt"})
FOREIGN: Final = (b"PK", b"PAR1", b"{", b"[", b"<", b"CHARSET", b"AXIS-VERSION")


def sniff(path: Path, head: bytes) -> bool:
    """By name and first bytes; what else is wrong with a CSV is better told by reading it."""
    return path.suffix.casefold() in SUFFIXES and not head.startswith(FOREIGN)


def read(path: Path, how: How) -> Draft:
    """Raises CatalogError with every fault of the first kind found: file, line, column, what and the cure."""
    findings: list[Finding] = []
    sheet = upright(read_sheet(path, findings), findings)
    value = value_place(sheet, how, findings)
    time = time_place(sheet, value, findings)
    cells = [row[value] for row in sheet.rows]
    figures, found = read_figures(sheet.header[value], cells, sheet.lines, file=sheet.file, how=how)
    findings += found
    columns = _columns(sheet, (value, time), how, findings)
    facts = Facts(sheet.file, columns, _named(figures), np.array(sheet.lines, dtype=np.int64))
    refuse_twins(facts)
    table = how.table or table_id(path)
    dimensions = find_totals(facts, how.classifications)
    findings += [Finding(one.column.code, _guess(one)) for one in dimensions]
    findings += [*_gaps(facts), *undecided(how)]
    return Draft(table, describe(table, dimensions, facts.figures, how), cube_of(facts), facts, tuple(findings))


def table_id(path: Path) -> str:
    """The first word of the file's name that could be a table: FOLK1A of `01_FOLK1A_koder.csv`."""
    words = re.split(r"[^0-9A-Za-zÆØÅæøå]+", path.stem)
    found = next((word for word in words if ID.fullmatch(word)), None)
    if found is None:
        raise CatalogError(
            [Fault(path.name, 0, "", "no table in the name of the file; call it like its table, FOLK1A.csv")]
        )
    return found


def _columns(sheet: Sheet, places: tuple[int, int], how: How, findings: list[Finding]) -> tuple[Column, ...]:
    """In the order of the file, time last."""
    time = places[1]
    both = any(" " in row[time] and period(row[time]) for row in sheet.rows)
    columns = []
    names: dict[str, str] = {TIME.upper(): sheet.header[time]}
    for place, name in enumerate(sheet.header):
        if place in places:
            continue
        code = re.sub(r"[^A-ZÆØÅ0-9_]+", "_", name.upper()).strip("_")
        if not code or code in names or code.casefold() in DIMENSIONS:
            what = f"'{name}' cannot be the code of a dimension, or is one already; give the column another name"
            raise CatalogError([Fault(sheet.file, sheet.head_line, name, what)])
        names[code] = name
        column, found = read_column(_raw(sheet, place), code, both, how.classifications)
        columns.append(column)
        findings += found
    return (*columns, read_time(_raw(sheet, time), TIME))


def _raw(sheet: Sheet, place: int) -> Raw:
    return Raw(sheet.file, sheet.header[place], [row[place] for row in sheet.rows], sheet.lines)


def _named(figures: Figures) -> Figures:
    """INDHOLD says nothing: whole numbers are called antal until the office knows better."""
    if figures.name.upper() != VALUE:
        return replace(figures, name=re.sub(r"[^a-zæøå0-9_]+", "_", figures.name.lower()).strip("_") or "antal")
    return replace(figures, name="vaerdi" if figures.decimals else "antal")


def _guess(one: Dimension) -> Text:
    """What is taken for the total of a dimension, and why."""
    labels, total = one.column.labels, one.total
    if one.column.time:
        first, last = labels[0].code, labels[-1].code
        da, en = f"perioder: {len(labels)}, fra {first} til {last}", f"periods: {len(labels)}, from {first} to {last}"
    elif total is None:
        da, en = (
            "ingen total fundet: skal vælges i hver forespørgsel",
            "no total found: must be chosen in every question",
        )
    elif len(labels) == 1:
        da, en = f"{total} er den eneste værdi", f"{total} is the only value"
    elif one.adds:
        da = f"{total} er summen af de andre og svarer, når variablen udelades"
        en = f"{total} is the sum of the others and answers when the dimension is left out"
    else:
        da = f"{total} ligner en total, men er ikke summen af de andre: må ikke lægges sammen"
        en = f"{total} looks like a total but is not the sum of the others: not to be added"
    return Text(da, en)


def _gaps(facts: Facts) -> Iterator[Finding]:
    for column in facts.columns:
        gaps = holes([label.code for label in column.labels])
        if gaps and not column.time:
            listed = ", ".join(gaps)
            yield Finding(column.code, Text(f"hul i rækken: {listed} mangler", f"a hole in the run: {listed} missing"))
    full = int(np.prod([len(column.labels) for column in facts.columns], dtype=object))
    if full > len(facts.lines):
        absent = full - len(facts.lines)
        yield Finding(
            facts.file,
            Text(
                f"celler, der ikke er i filen og derfor ikke foreligger: {absent} af {full}",
                f"cells that are not in the file, and so not available: {absent} of {full}",
            ),
        )


READER: Final = Reader("statbank", sniff, read)

"""Which column of a sheet holds the figures and which the time; periods across the head are brought down first."""

from typing import Final

from tables.errors import CatalogError, Fault
from tables.imports.columns import period
from tables.imports.figures import NUMBER, PLAIN
from tables.imports.layout import Sheet
from tables.imports.nouns import Finding, How
from tables.model import Text

VALUE: Final = "INDHOLD"  # DST §8.1: the value column, in both languages
TIME: Final = "TID"
TIMES: Final = frozenset({"tid", "time", "år", "year", "kvartal", "quarter", "måned", "month", "uge", "week"})


def upright(sheet: Sheet, findings: list[Finding]) -> Sheet:
    """A sheet with periods for column names as one with a row a cell; any other as it is."""
    across = [place for place, name in enumerate(sheet.header) if period(name)]
    if not across or any(name.casefold() in TIMES or name.upper() == VALUE for name in sheet.header):
        return sheet
    stub = [place for place in range(len(sheet.header)) if place not in across]
    da, en = f"{len(across)} perioder stod i hovedet", f"{len(across)} periods stood in the head"
    findings.append(Finding(sheet.file, Text(da, en)))
    return Sheet(
        sheet.file,
        (*(sheet.header[place] for place in stub), TIME, VALUE),
        [[*(row[stay] for stay in stub), sheet.header[place], row[place]] for row in sheet.rows for place in across],
        [line for line in sheet.lines for _ in across],
        sheet.head_line,
    )


def value_place(sheet: Sheet, how: How, findings: list[Finding]) -> int:
    """INDHOLD wherever it stands; else the last column, if it holds numbers and signs only."""
    for place, name in enumerate(sheet.header):
        if name.upper() == VALUE:
            return place
    last = len(sheet.header) - 1
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        if row[last] not in how.signs and not NUMBER.fullmatch(row[last].translate(PLAIN)):
            what = f"no column is called {VALUE}, and '{row[last]}' in the last is no number; call the figures {VALUE}"
            raise CatalogError([Fault(sheet.file, line, sheet.header[last], what)])
    da, en = (
        f"tallene er taget fra den sidste kolonne, {sheet.header[last]}",
        f"figures from the last column, {sheet.header[last]}",
    )
    findings.append(Finding(sheet.header[last], Text(da, en)))
    return last


def time_place(sheet: Sheet, value: int, findings: list[Finding]) -> int:
    """The column named for time; else the only one that holds periods throughout."""
    named = [place for place, name in enumerate(sheet.header) if name.casefold() in TIMES and place != value]
    if len(named) == 1:
        return named[0]
    held = [
        place
        for place in named or range(len(sheet.header))
        if place != value and all(period(text) for text in {row[place] for row in sheet.rows})
    ]
    if len(held) != 1:
        which = " or ".join(sheet.header[place] for place in held)
        what = (
            f"time could be {which}; name one {TIME}"
            if held
            else f"no column holds periods; name the time column {TIME}"
        )
        raise CatalogError([Fault(sheet.file, sheet.head_line, "", what)])
    name = sheet.header[held[0]]
    findings.append(Finding(name, Text("læst som tid", "read as time")))
    return held[0]

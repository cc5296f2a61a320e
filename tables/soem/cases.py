"""The rule cases of `soem include`: lists of years and p-values in, counted years out (som.md §7, §13)."""

from pathlib import Path
from typing import Final

from tables.soem.files import Faults, number, read_sheet, sheet_bytes, whole
from tables.soem.include import included
from tables.soem.settings import settings

COLUMNS: Final = ("case", "voksen", "aar", "p")


def include(path: Path) -> bytes:
    """The four columns unchanged and `medregnede_aar`; raises BadInput with file, line and column."""
    sheet = read_sheet(path)
    faults = Faults(sheet.name)
    for name in COLUMNS:
        if name not in sheet.header:
            faults.add(1, name, "kolonnen mangler")
    faults.tell()
    rows = []
    known = settings()
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        cells = dict(zip(sheet.header, row, strict=True))
        years = _years(cells["aar"], line, faults)
        p = _levels(cells["p"], line, faults)
        if cells["voksen"] not in ("0", "1"):
            faults.add(line, "voksen", f"'{cells['voksen']}' er hverken 0 eller 1")
        if len(years) != len(p):
            faults.add(line, "p", f"{len(p)} p-værdier til {len(years)} år; der skal være lige mange")
            continue
        adult = cells["voksen"] == "1"
        counted = included(p, known.level(adult=adult), adult=adult)
        chosen = " ".join(str(year) for year, counts in zip(years, counted, strict=True) if counts)
        rows.append([cells[name] for name in COLUMNS] + [chosen])
    faults.tell()
    return sheet_bytes((*COLUMNS, "medregnede_aar"), rows)


def _years(text: str, line: int, faults: Faults) -> list[int]:
    years: list[int] = []
    for word in text.split():
        year = whole(word)
        if year is None:
            faults.add(line, "aar", f"'{word}' er ikke et helt tal")
        elif years and year <= years[-1]:
            faults.add(line, "aar", f"{year} efter {years[-1]}: årene skal stå i stigende orden, hvert én gang")
        years.append(year or 0)
    return years


def _levels(text: str, line: int, faults: Faults) -> list[float | None]:
    levels: list[float | None] = []
    for word in text.split():
        value = None if word == "NA" else number(word)
        if word != "NA" and (value is None or not 0 <= value <= 1):
            faults.add(line, "p", f"'{word}' er hverken NA eller et tal fra 0 til 1")
        levels.append(value)
    return levels

"""A delimited text file as rows with line numbers: encoding, delimiter, header, and rows of one width."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tables.errors import CatalogError, Fault
from tables.imports.nouns import Finding, shortened
from tables.model import Text

DELIMITERS: Final = (";", "\t", ",")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Header and rows of one file; `lines` says on which line each row begins."""

    file: str
    header: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    head_line: int = 1


def read_sheet(path: Path, findings: list[Finding]) -> Sheet:
    """The rows of a CSV file, every cell as text without the blanks around it."""
    text = _decode(path, findings)
    records = list(_records(path.name, text, _delimiter(path.name, text)))
    if not records:
        raise _fault(path.name, 1, "the file holds nothing but blank lines; export the table again")
    (head_line, header), *body = records
    _check_header(path.name, head_line, header)
    if not body:
        raise _fault(path.name, head_line, "the file has a header and no rows; export the table again")
    wrong = [
        Fault(
            path.name,
            line,
            "",
            f"{len(row)} cells where the header has {len(header)}; a text with the separator in it must be quoted",
        )
        for line, row in body
        if len(row) != len(header)
    ]
    if wrong:
        raise CatalogError(shortened(wrong))
    return Sheet(path.name, tuple(header), [row for _, row in body], [line for line, _ in body], head_line)


def _decode(path: Path, findings: list[Finding]) -> str:
    raw = path.read_bytes()
    if not raw:
        raise _fault(path.name, 0, "the file is empty; export the table again")
    if b"\0" in raw:
        raise _fault(path.name, 0, "this is not a text file in UTF-8; export the table as CSV in UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
    try:
        text = raw.decode("windows-1252")
    except UnicodeDecodeError:
        raise _fault(path.name, line, "neither UTF-8 nor Windows-1252; export the table as CSV in UTF-8") from None
    findings.append(Finding(path.name, Text("læst som Windows-1252, ikke UTF-8", "read as Windows-1252, not UTF-8")))
    return text


def _delimiter(file: str, text: str) -> str:
    """The sign that cuts the first line into most cells; a tie is refused."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    widths = {delimiter: _width(first, delimiter) for delimiter in DELIMITERS}
    most = max(widths.values())
    best = [delimiter for delimiter, width in widths.items() if width == most]
    if most < 2:
        raise _fault(
            file, 1, "no ; , or tab in the header; a StatBank CSV has a column for every dimension and INDHOLD"
        )
    if len(best) > 1:
        listed = " and ".join(repr(delimiter) for delimiter in best)
        raise _fault(file, 1, f"{listed} cut the header equally; quote the names that hold a separator")
    return best[0]


def _width(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter, strict=True), []))
    except csv.Error:
        return 1


def _records(file: str, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for row in reader:
            cells = [" ".join(cell.split()) if "\n" in cell else cell.strip() for cell in row]
            if any(cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise _fault(file, begins, f"the quotes from here on do not match ({error}); mend or export again") from None


def _check_header(file: str, line: int, header: list[str]) -> None:
    for place, name in enumerate(header):
        if not name:
            raise _fault(
                file,
                line,
                f"column {place + 1} has no name; is this a laid-out table? Export it as CSV with one row a cell",
            )
        if name.casefold() in (other.casefold() for other in header[:place]):
            raise _fault(file, line, f"two columns are called {name}; give each its own name")


def _fault(file: str, line: int, what: str) -> CatalogError:
    return CatalogError([Fault(file, line, "", what)])

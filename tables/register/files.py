"""Reads the files handed to a build: header, encoding, rows with their lines; every fault by file and line."""

import csv
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.csv as pacsv

from tables.errors import CatalogError, Fault

BLOCK: Final = 8 << 20  # bytes of a register in memory at a time

Row = tuple[int, Mapping[str, str]]  # the line it ends on, and its cells


def refuse(path: Path, line: int, column: str, what: str) -> CatalogError:
    return CatalogError([Fault(str(path), line, column, what)])


def check_header(path: Path, columns: Sequence[str]) -> list[str]:
    """The names in the header; raises CatalogError when the file is empty, unreadable or lacks a column."""
    if not path.is_file():
        raise refuse(path, 0, "", "there is no such file; give the path of a CSV file")
    header = next((cells for line in _lines(path) for cells in csv.reader([line]) if cells), None)
    if header is None:
        raise refuse(path, 0, "", "the file is empty; export it again, with one header row and a row for each record")
    faults = [
        Fault(str(path), 1, name, f"the column is missing; the header is {','.join(header)[:200]}, parted by commas")
        for name in columns
        if name not in header
    ]
    faults += [
        Fault(str(path), 1, name, "the column stands twice in the header; keep one")
        for name in sorted({name for name in header if header.count(name) > 1})
    ]
    if faults:
        raise CatalogError(faults)
    return header


def read_rows(path: Path, columns: Sequence[str], *, may_be_empty: bool = False) -> list[Row]:
    """A small file as a whole, each row with its line."""
    header = check_header(path, columns)
    rows = list(_numbered(path, header))
    if not rows and not may_be_empty:
        raise _no_rows(path)
    return rows


def read_batches(path: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
    """A large file in pieces of about BLOCK bytes, the named columns as text; an empty cell is an empty text."""
    header = check_header(path, columns)
    rows = 0
    try:
        with pacsv.open_csv(
            path,
            read_options=pacsv.ReadOptions(block_size=BLOCK),
            parse_options=pacsv.ParseOptions(newlines_in_values=True),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.string() for name in header},
                include_columns=list(columns),
                null_values=[],
                strings_can_be_null=False,
            ),
        ) as reader:
            for batch in reader:
                rows += batch.num_rows
                yield pa.Table.from_batches([batch])
    except pa.ArrowInvalid as error:
        for _ in _numbered(path, header):  # slower, but tells the line
            pass
        raise refuse(path, 0, "", "this is not a CSV file we can read; export it again as UTF-8 with commas") from error
    if not rows:
        raise _no_rows(path)


def numbered(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """Row by row, slowly: to find the lines of what is wrong."""
    yield from _numbered(path, check_header(path, columns))


def _no_rows(path: Path) -> CatalogError:
    return refuse(path, 1, "", "there is a header but not one row; export the file again")


def _numbered(path: Path, header: Sequence[str]) -> Iterator[Row]:
    with closing(_lines(path)) as lines:
        reader = csv.reader(lines, strict=True)
        try:
            filled = (cells for cells in reader if cells)
            next(filled)
            for cells in filled:
                if len(cells) != len(header):
                    what = f"{len(cells)} cells where the header has {len(header)}; a text with a comma needs quotes"
                    raise refuse(path, reader.line_num, "", what)
                yield reader.line_num, dict(zip(header, cells, strict=True))
        except csv.Error as error:
            raise refuse(path, reader.line_num, "", "a quote is not closed or stands inside a cell; mend it") from error


def _lines(path: Path) -> Generator[str, None, None]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            try:
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                where = f"byte {error.start + 1} of the line is not UTF-8; save the file as UTF-8"
                raise refuse(path, number, "", where) from error
            yield text

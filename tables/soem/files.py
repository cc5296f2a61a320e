"""The files of the investment model: strict CSV in, canonical CSV out, and faults with file, line and column."""

import csv
import io
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tables.errors import BadInput, Fault

MOST: Final = 20  # faults told at once

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file as it was read: cells are text, and row i stands on line `lines[i]` (the header on line 1)."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def column(self, name: str) -> list[str]:
        place = self.header.index(name)
        return [row[place] for row in self.rows]


class Faults:
    """What is wrong with the inputs of one command, told together."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[Fault] = []

    def add(self, line: int, column: str, what: str) -> None:
        self.found.append(Fault(self.name, line, column, what))

    def tell(self) -> None:
        """Raise BadInput when anything was found; the first line first, at most MOST."""
        if self.found:
            shown = sorted(dict.fromkeys(self.found))
            more = len(shown) - MOST
            tail = [Fault(self.name, 0, "", f"og {more} fejl mere")] if more > 0 else []
            raise BadInput([*shown[:MOST], *tail])


def read_sheet(path: Path) -> Sheet:
    """Read a whole CSV file; raises BadInput on broken encoding, a missing header or a row of another length."""
    faults = Faults(path.name)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        faults.add(line, "", "linjen er ikke UTF-8; gem filen som UTF-8")
        faults.tell()
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    header: tuple[str, ...] = ()
    try:
        header = tuple(next(reader, ()))
        for row in reader:
            if not row:
                continue
            if len(row) != len(header):
                faults.add(reader.line_num, "", f"rækken har {len(row)} felter; overskriften har {len(header)}")
                continue
            rows.append(tuple(row))
            lines.append(reader.line_num)
    except csv.Error as error:
        faults.add(reader.line_num, "", f"filen kan ikke læses som CSV: {error}")
    if not header:
        faults.add(1, "", "filen er tom; første linje skal være overskrifter")
    for name in sorted({name for name in header if header.count(name) > 1}):
        faults.add(1, name, "kolonnen står to gange; slet den ene")
    faults.tell()
    return Sheet(path.name, header, tuple(rows), tuple(lines))


def number(text: str) -> float | None:
    """A finite number by its value, None for anything else; `1_0`, `nan` and `inf` are no numbers."""
    if "_" in text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def no_number(text: str) -> str:
    """What is wrong with a text that is no number, and the cure where it is plain."""
    cure = "; skriv decimaler med punktum" if number(text.replace(",", ".")) is not None else ""
    return f"'{text}' er ikke et endeligt tal{cure}"


def whole(text: str) -> int | None:
    """A whole number by its value: `2.0` is 2."""
    value = number(text)
    return int(value) if value is not None and value == int(value) else None


def written(cell: Cell) -> str:
    """One cell of an output: floats as repr, no −0, empty for None."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return repr(cell + 0.0)
    return str(cell)


def sheet_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([written(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write every file aside, then move all into place, so that a failure leaves nothing behind."""
    aside = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in files}
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            aside[path].write_bytes(content)
        for path, temporary in aside.items():
            temporary.replace(path)
    finally:
        for temporary in aside.values():
            temporary.unlink(missing_ok=True)

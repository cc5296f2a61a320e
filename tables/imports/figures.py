"""The number column of a file: signs, decimal sign and thousands sign; where two readings fit it is refused."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tables.errors import CatalogError, Fault
from tables.imports.nouns import Figures, Finding, How, shortened
from tables.model import Status, Text

PLAIN: Final = str.maketrans({"−": "-", "\u00a0": " ", "\u202f": " "})  # minus, and the blanks that do not break
NUMBER: Final = re.compile(r"-?\d+(?:[., ]\d+)*", re.ASCII)
LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Writing:
    """How numbers are written in a file: the decimal sign and the thousands sign, if any."""

    decimal: str | None
    thousands: str | None

    def parts(self, text: str) -> tuple[str, str] | None:
        """Whole part and decimals of a number written so; None if it cannot be."""
        whole = r"\d+" + (rf"|[1-9]\d{{0,2}}(?:{re.escape(self.thousands)}\d{{3}})+" if self.thousands else "")
        tail = rf"(?:{re.escape(self.decimal)}(\d+))?" if self.decimal else "()"
        match = re.fullmatch(rf"(-?)({whole}){tail}", text, re.ASCII)
        if match is None:
            return None
        sign, digits, decimals = match.groups()
        return sign + (digits.replace(self.thousands, "") if self.thousands else digits), decimals or ""


def read_figures(
    name: str, cells: Sequence[str], lines: Sequence[int], *, file: str, how: How
) -> tuple[Figures, list[Finding]]:
    """Numbers scaled by the most decimals in the file. Text, unknown signs and doubtful separators are refused."""
    first: dict[str, int] = {}
    for cell, line in zip(cells, lines, strict=True):
        first.setdefault(cell, line)
    plain = {cell: cell.translate(PLAIN) for cell in first if cell not in how.signs}
    _refuse(
        [
            Fault(
                file, first[cell], name, f"'{cell}' is neither a number nor a known sign; mend it, or say what it means"
            )
            for cell, text in plain.items()
            if not NUMBER.fullmatch(text)
        ]
    )
    writing = _writing(plain, first, file, (name, how.decimal))
    parts = {cell: writing.parts(text) or ("0", "") for cell, text in plain.items()}
    decimals = max((len(tail) for _, tail in parts.values()), default=0)
    numbers = {cell: int(whole + tail.ljust(decimals, "0")) for cell, (whole, tail) in parts.items()}
    _refuse(
        [
            Fault(file, first[cell], name, f"{cell} is too large to be kept exactly")
            for cell, number in numbers.items()
            if abs(number) > LARGEST
        ]
    )
    values = np.array([numbers.get(cell, 0) for cell in cells], dtype=np.int64)
    signs = np.array([how.signs.get(cell, Status.OK) for cell in cells], dtype=np.uint8)
    return Figures(name, name, values, signs, decimals), [
        *_writing_findings(name, writing, decimals),
        *_sign_findings(name, cells, how.signs),
    ]


def _writing(plain: Mapping[str, str], first: Mapping[str, int], file: str, column: tuple[str, str | None]) -> Writing:
    """The one way that fits every number; refused where none does, or two do and give different numbers."""
    name, told = column
    used = {mark for text in plain.values() for mark in ",. " if mark in text}
    read = {way: [way.parts(text) for text in plain.values()] for way in _ways(used, told)}
    fits = {way: parts for way, parts in read.items() if None not in parts}
    if not fits:
        most = max(read, key=lambda way: sum(parts is not None for parts in read[way]))
        cell = next(cell for cell, parts in zip(plain, read[most], strict=True) if parts is None)
        what = f"'{cell}' is not written like the other numbers; write all with the same decimal sign"
        raise CatalogError([Fault(file, first[cell], name, what)])
    for cell, *readings in zip(plain, *fits.values(), strict=True):
        if len(set(readings)) > 1:
            what = (
                f"'{cell}' can be read with or without decimals, and no other number settles it; name the decimal sign"
            )
            raise CatalogError([Fault(file, first[cell], name, what)])
    return next(iter(fits))


def _ways(used: set[str], told: str | None) -> Iterator[Writing]:
    for decimal in (told,) if told else (None, *sorted(used - {" "})):
        for thousands in (None, *sorted(used - {decimal or ""})):
            yield Writing(decimal, thousands)


def _writing_findings(name: str, writing: Writing, decimals: int) -> Iterator[Finding]:
    yield Finding(name, Text(f"decimaler: {decimals}", f"decimals: {decimals}"))
    if writing.thousands:
        da, en = ("mellemrum", "a blank") if writing.thousands == " " else (f"«{writing.thousands}»",) * 2
        yield Finding(name, Text(f"{da} er læst som tusindtegn", f"{en} is read as the thousands sign"))


def _sign_findings(name: str, cells: Sequence[str], signs: Mapping[str, Status]) -> Iterator[Finding]:
    for sign, status in signs.items():
        count = cells.count(sign)
        if count:
            meaning = "ZERO" if status is Status.OK else status.name
            yield Finding(
                name,
                Text(
                    f"celler med «{sign}», læst som {meaning.lower()}: {count}",
                    f"cells with '{sign}', read as {meaning.lower()}: {count}",
                ),
            )


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise CatalogError(shortened(faults))

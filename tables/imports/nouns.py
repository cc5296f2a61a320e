"""The nouns of an import: what the person says, what was read, what was guessed, and the draft that comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tables.catalog.classification import Classification
from tables.errors import Fault
from tables.model import Status, Text

# domain §11; OK means zero. A sign not listed is refused: its meaning differs from file to file.
SIGNS: Final[Mapping[str, Status]] = {
    ".": Status.NOT_APPLICABLE,
    "..": Status.CONFIDENTIAL,
    "...": Status.MISSING,
    "-": Status.OK,
    "": Status.MISSING,
}
Form = Literal["codes", "texts", "both", "time"]  # how a column is written; of texts the codes are made here
SHOWN: Final = 20  # faults of one kind told one by one; the rest are counted


@dataclass(frozen=True, slots=True)
class How:
    """What is known about a file beforehand, so that it need not be guessed.

    `public` is the reason why nothing needs hiding; without it the draft is refused by `check` until a rule is chosen.
    `classifications` are those of the library the draft is meant for.
    """

    table: str | None = None
    signs: Mapping[str, Status] = field(default_factory=lambda: dict(SIGNS))
    decimal: Literal[",", "."] | None = None
    public: str | None = None
    classifications: Mapping[str, Classification] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something guessed, or worth a look; `place` is a column, or the whole file."""

    place: str
    text: Text


@dataclass(frozen=True, slots=True)
class Label:
    """A value as it stands in the file: its code (perhaps made by us) and its text."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """One dimension of a file: its values in the order of the draft, and the place of each row's value among them."""

    code: str
    labels: tuple[Label, ...]
    rows: NDArray[np.int64]
    form: Form
    classification: str | None = None

    @property
    def time(self) -> bool:
        return self.form == "time"


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of a file, scaled by 10^decimals; 0 under a sign. `signs` is OK where there is a number.

    `name` is what the measure is to be called, `column` how the file calls it.
    """

    name: str
    column: str
    numbers: NDArray[np.int64]
    signs: NDArray[np.uint8]
    decimals: int


@dataclass(frozen=True, slots=True)
class Facts:
    """A file read into columns and figures, row by row, with the line each row came from."""

    file: str
    columns: tuple[Column, ...]
    figures: Figures
    lines: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed table folder: the text of table.yaml and the cube, and what was guessed on the way."""

    id: str
    description: str
    cube: pa.Table
    facts: Facts
    report: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """One foreign format. `sniff` tells from the path and the first 64 KiB whether a file is meant for it."""

    name: str
    sniff: Callable[[Path, bytes], bool]
    read: Callable[[Path, How], Draft]


def shortened(faults: list[Fault]) -> list[Fault]:
    """The first of many like faults, and how many more there are."""
    if len(faults) <= SHOWN:
        return faults
    last = faults[-1]
    more = Fault(last.file, last.line, last.path, f"{len(faults) - SHOWN} more like the ones above, up to this line")
    return [*faults[:SHOWN], more]

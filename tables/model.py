"""The nouns of the house: frozen descriptions without numbers, and the Answer that carries shown ones.

Longer than a module may be: every room reads the nouns, and they explain each other side by side.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from math import prod
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Lang = Literal["da", "en"]
LANGUAGES: Final[tuple[Lang, ...]] = ("da", "en")
SUM: Final = "sum"  # Dimension.elimination when the total is a sum; no value may have this code
CONTENTS: Final = "ContentsCode"  # the axis of the measures
EVERY: Final = ("*",)  # a note's place: the whole dimension
BLOCK: Final = 65_536  # most cells in one block of an Answer

Nests = Literal["fully", "partly", "no"]
Kind = Literal["additive", "distinct", "ratio", "estimate"]
Operation = Literal["code", "sum", "multiply", "divide", "subtract"]


@dataclass(frozen=True, slots=True)
class Text:
    """A text in the languages of the bank."""

    da: str
    en: str

    def __getitem__(self, lang: Lang) -> str:
        return self.da if lang == "da" else self.en


class Status(IntEnum):
    """The stored byte of a cell. Precedence: 3 > 4 > 5 > 1 > 2 (domain §11)."""

    OK = 0
    PROVISIONAL = 1
    REVISED = 2
    NOT_APPLICABLE = 3
    MISSING = 4
    CONFIDENTIAL = 5


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a classification, as a dimension uses it; `map` is DST's name of the geography."""

    code: str
    text: Text
    map: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a dimension.

    `parent` is the nearest ancestor *in the dimension*, else its elimination code; None at the top.
    `nests` says how this value stands to its parent: with its siblings it makes it up fully, partly or not at all.
    `since` and `until` are periods, both included; outside them a cell is NOT_APPLICABLE.
    `ancestors` are all it lies in by its classification, nearest first, in the dimension or not.
    """

    code: str
    text: Text
    level: str | None = None
    parent: str | None = None
    nests: Nests = "fully"
    since: str | None = None
    until: str | None = None
    ancestors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dimension:
    """An ordered code list of a table; exactly one dimension of a table has `time`."""

    code: str
    text: Text
    values: tuple[Value, ...]
    elimination: str | None = None  # a code, SUM, or None: must be chosen
    time: bool = False
    overlap: Literal["rare", "common"] | None = None
    classification: str | None = None
    levels: tuple[Level, ...] = ()
    index: Mapping[str, int] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {value.code: place for place, value in enumerate(self.values)})

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(value.code for value in self.values)

    @property
    def map(self) -> str | None:
        """DST's name of the geography: that of the finest level with one."""
        return next((level.map for level in reversed(self.levels) if level.map), None)


@dataclass(frozen=True, slots=True)
class Additive:
    """A dimension along which a measure adds up, if need be only where other dimensions stand at these codes."""

    dimension: str
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of numbers. Stored and shown numbers are integers scaled by 10^decimals, estimates too."""

    code: str
    text: Text
    unit: Text
    kind: Kind
    decimals: int = 0
    additive_over: tuple[Additive, ...] = ()
    series: Literal["stock", "flow", "average"] | None = None
    reference: Text | None = None
    prices: Literal["current", "fixed"] | None = None
    base: str | None = None
    minimum: int | None = None
    missing: Literal["zero", "unknown"] = "zero"
    numerator: str | None = None
    denominator: str | None = None

    def adds_over(self, dimension: str) -> Additive | None:
        return next((additive for additive in self.additive_over if additive.dimension == dimension), None)


Place = Mapping[str, tuple[str, ...]]  # dimension -> codes, or EVERY; empty: the table


@dataclass(frozen=True, slots=True)
class Note:
    text: Text
    at: Place = field(default_factory=dict)
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Break:
    """A break in the series; `period` is the first of the new one."""

    at: Place
    period: str
    kind: Literal["level", "scope", "definition"]
    text: Text


@dataclass(frozen=True, slots=True)
class Rule:
    """One step of `disclosure:`."""

    method: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Weights:
    """What the mask should spare, and give up first."""

    keep: tuple[str, ...] = ()
    prefer: Place = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contact:
    name: Text
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The first view of a table: dimensions in rows and columns, and a selection in the site grammar."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    select: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """Pure description of a table. Cells are row-major over `dimensions`, the last fastest."""

    id: str
    title: Text
    subject: str
    source: Text
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    disclosure: tuple[Rule, ...]
    status: Literal["active", "closed"] = "active"
    replaced_by: str | None = None
    notes: tuple[Note, ...] = ()
    breaks: tuple[Break, ...] = ()
    weights: Weights = Weights()
    default: Layout | None = None
    related: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    documentation: str | None = None
    by_code: Mapping[str, Dimension] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_code", {dimension.code: dimension for dimension in self.dimensions})

    def dimension(self, code: str) -> Dimension:
        return self.by_code[code]

    def measure(self, code: str) -> Measure:
        return next(measure for measure in self.measures if measure.code == code)

    @property
    def time(self) -> Dimension:
        return next(dimension for dimension in self.dimensions if dimension.time)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(dimension.values) for dimension in self.dimensions)

    def description(self, lang: Lang) -> str:
        """Title with its dimensions: «… efter kommune, indsats og tid»."""
        texts = [dimension.text[lang] for dimension in self.dimensions]
        by, last = (" efter ", " og ") if lang == "da" else (" by ", " and ")
        listed = ", ".join(texts[:-1]) + last + texts[-1] if len(texts) > 1 else texts[0]
        return self.title[lang] + by + listed


@dataclass(frozen=True, slots=True)
class Group:
    """The tables of one protection file; `relations` as written there, codes resolved by disclosure.relations."""

    id: str
    tables: tuple[str, ...]
    relations: tuple[Mapping[str, Any], ...] = ()
    insiders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    id: str
    slug: Text
    text: Text
    subjects: tuple["Subject", ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the public calendar, in UTC."""

    at: datetime
    title: Text
    tables: tuple[str, ...]
    confirmed: bool = False
    change_reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Words that find each other; with a text they are an entry of the glossary."""

    da: tuple[str, ...]
    en: tuple[str, ...]
    text: Text | None = None

    def __getitem__(self, lang: Lang) -> tuple[str, ...]:
        return self.da if lang == "da" else self.en


@dataclass(frozen=True, slots=True)
class Site:
    """Everything public that is no table."""

    name: Text
    publisher: Text
    languages: tuple[Lang, ...]
    contact: Contact
    licence: Mapping[str, str]
    subjects: tuple[Subject, ...] = ()
    calendar: tuple[Entry, ...] = ()
    synonyms: tuple[Synonyms, ...] = ()
    banner: Text | None = None
    citation: Text | None = None
    accessibility: str | None = None
    colours: Mapping[str, Any] = field(default_factory=dict)
    area_pages: Mapping[str, str] | None = None
    embed_from: tuple[str, ...] = ("*",)
    logo: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a documentation, `2.4`; without a text it stands over its sections."""

    number: str
    heading: Text
    text: Text | None = None

    @property
    def depth(self) -> int:
        return self.number.count(".") + 1


@dataclass(frozen=True, slots=True)
class Documentation:
    """The documentation of a statistic for one reference year."""

    slug: str
    year: str
    title: Text
    subject: str
    contacts: tuple[Contact, ...]
    sections: tuple[Section, ...]

    @property
    def summary(self) -> Text:
        """What its introduction says."""
        return next((section.text for section in self.sections if section.text), self.title)


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure in the text of an article, bound to one cell: what it printed, and the release it was read from.

    `since` is the period a change is counted from; numbers are scaled, `was` is the one of `since`.
    """

    table: str
    release: str
    cell: Mapping[str, str]
    printed: str
    value: int
    decimals: int
    since: str | None = None
    was: int | None = None

    @property
    def named(self) -> str:
        """What it is bound to: `ISBU02?KOMMUNEDK=000&Tid=2024 from 2023`."""
        cell = "&".join(f"{code}={value}" for code, value in self.cell.items())
        return f"{self.table}?{cell}{f' from {self.since}' if self.since else ''}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A table or chart in an article; `release` is its public id, or None where it follows the newest figures."""

    table: str
    title: Text
    release: str | None
    select: Mapping[str, str]
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    view: str = "table"


@dataclass(frozen=True, slots=True)
class Correction:
    """What was mended in an article that had been issued, and when."""

    at: datetime
    text: Text


@dataclass(frozen=True, slots=True)
class Article:
    """News: Markdown in both languages with its figures printed. `published` is its first issue, `updated` the last.

    `files` are the pictures drawn at release, by name: `1.da.svg`.
    """

    id: str
    number: str
    title: Text
    subject: str
    tables: tuple[str, ...]
    conditions: Text
    contacts: tuple[Contact, ...]
    body: Text
    published: datetime
    updated: datetime
    documentation: str | None = None
    corrections: tuple[Correction, ...] = ()
    bound: Mapping[Lang, tuple[Bound, ...]] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class File:
    """A file of an act, by its path inside the act's folder."""

    path: str
    role: str
    bytes: int
    sha256: str
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One folder of `releases/`. Its number and hashes never leave the host."""

    seq: int
    kind: Literal["release", "correction", "rollback", "cancel", "withdraw"]
    effective_at: datetime  # UTC, a full minute
    folder: Path
    title: Text
    files: Mapping[str, File]
    tables: Mapping[str, Mapping[str, Any]]
    groups: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    parents: Mapping[str, int | None] = field(default_factory=dict)
    notice: Text | None = None
    cancel: int | None = None
    withdraw: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """One table in one act; `source` is the act whose folder has the files, where that is another one (a rollback)."""

    table: Table
    act: Act
    source: Act | None = None

    @property
    def instant(self) -> str:
        """The public id of the instant, in UTC to the minute: 2023-06-08T0600Z."""
        return self.act.effective_at.strftime("%Y-%m-%dT%H%MZ")

    @property
    def id(self) -> str:
        return f"{self.table.id}@{self.instant}"

    @property
    def updated(self) -> datetime:
        return self.act.effective_at

    def path(self, name: str) -> Path:
        """A file of this release inside the host; only the bank opens it."""
        return (self.source or self.act).folder / self.table.id / name


@dataclass(frozen=True, slots=True)
class Pick:
    """One line of an answer: a code, or a value derived from codes. `parts` are codes of the dimension."""

    code: str
    text: Text
    parts: tuple[str, ...]
    op: Operation = "code"


@dataclass(frozen=True, slots=True)
class Derive:
    """A calculation over the whole answer, along one axis.

    `share` with base None: of the sum of what is picked along `dimension`; with a code: of that cell.
    `change` is the difference in the measure's own decimals, `pct` the same in per cent of the base; their base is
    a period, `previous` or `year`. `index` has a period, set to `factor`.
    """

    kind: Literal["share", "change", "pct", "index"]
    dimension: str
    base: str | None = None
    factor: int = 100
    decimals: int = 1


@dataclass(frozen=True, slots=True)
class Query:
    """A question, resolved and valid. Only `Bank.ask` makes one.

    `axes` are the dimensions in answer order with CONTENTS among them; `eliminated` the others, at a code or SUM.
    `key` is its canonical text: the same picks in the same order give the same key.
    """

    release: Release
    measures: tuple[Measure, ...]
    picks: Mapping[str, tuple[Pick, ...]]
    eliminated: Mapping[str, str]
    axes: tuple[str, ...]
    derive: Derive | None
    key: str
    shape: tuple[int, ...] = field(init=False, compare=False, repr=False)
    cells: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        shape = tuple(len(self.measures if axis == CONTENTS else self.picks[axis]) for axis in self.axes)
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "cells", prod(shape))


@dataclass(frozen=True, slots=True)
class Block:
    """Up to BLOCK consecutive cells: numbers scaled by 10^decimals, 0 where the status has no number."""

    values: NDArray[np.int64]
    status: NDArray[np.uint8]
    decimals: int | NDArray[np.uint8]


class Source(Protocol):
    """What an Answer draws its blocks from."""

    def __call__(self) -> Iterator[Block]: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """Every combination of the query's axes, row-major, the last axis fastest; already masked."""

    query: Query
    source: Source

    def blocks(self) -> Iterator[Block]:
        return self.source()

    @property
    def release(self) -> Release:
        return self.query.release

    @property
    def table(self) -> Table:
        return self.query.release.table

"""The child panel: reading, validation, and arrays per target group and age group (som.md §2)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tables.soem.columns import KEYS, Column
from tables.soem.files import Faults, Sheet, no_number, number, read_sheet, whole
from tables.soem.settings import Settings

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Children:
    """One target group and age group. Row i of every array is one child.

    `outcomes[name]` has shape (children, horizon + 1): NaN where absent or not observed; `present` tells the two apart.
    `age` is that at t = 0, NaN where unknown; `d` is 1, 0 or NaN; `background` holds the values at t = 0.
    """

    target_group: str | None
    age_group: str | None
    horizon: int
    d: Floats
    year: Integers
    age: Floats
    present: NDArray[np.bool_]
    background: Mapping[str, Floats]
    outcomes: Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class Panel:
    """All groups in output order, with what was left out and why (`outside`: children by target group)."""

    groups: tuple[Children, ...]
    catalogue: tuple[Column, ...]
    grouped: bool
    outside: Mapping[str, int]
    warnings: tuple[str, ...]


def read_panel(path: Path, catalogue: Sequence[Column], settings: Settings) -> Panel:
    """Validate the whole panel, then cut it into groups; raises BadInput with file, line and column."""
    sheet = read_sheet(path)
    faults = Faults(sheet.name)
    _check_header(sheet, catalogue, faults)
    faults.tell()
    rows = _Rows(sheet, catalogue, settings, faults)
    faults.tell()
    known = {*KEYS, "maalgruppe", *_needed(rows.grouped, catalogue)}
    unknown = [name for name in sheet.header if name not in known]
    warnings = [f"{sheet.name}: kolonnen {name} står ikke i kataloget og er ikke brugt" for name in unknown]
    groups, outside = rows.groups()
    return Panel(tuple(groups), tuple(catalogue), rows.grouped, outside, tuple(warnings))


def _check_header(sheet: Sheet, catalogue: Sequence[Column], faults: Faults) -> None:
    grouped = "maalgruppe" in sheet.header
    for name in (*KEYS, *_needed(grouped, catalogue)):
        if name not in sheet.header:
            faults.add(1, name, "kolonnen mangler i panelet")
    if grouped and sheet.header[0] != "maalgruppe":
        faults.add(1, "maalgruppe", "kolonnen skal stå først")


def _needed(grouped: bool, catalogue: Sequence[Column]) -> list[str]:
    """The columns of numbers; age groups and windows need the age, whether or not it is background."""
    aged = grouped or any(column.windowed for column in catalogue)
    return list(dict.fromkeys([*(column.name for column in catalogue), *(["alder"] if aged else [])]))


class _Rows:
    """The parsed rows of a panel; row i of every array is row i of the sheet."""

    def __init__(self, sheet: Sheet, catalogue: Sequence[Column], settings: Settings, faults: Faults) -> None:
        self.settings = settings
        self.catalogue = catalogue
        self.grouped = "maalgruppe" in sheet.header
        self._sheet, self._faults = sheet, faults
        size = len(sheet.rows)
        names = sheet.column("maalgruppe") if self.grouped else [""] * size
        self._keys = list(zip(names, sheet.column("pid"), strict=True))
        self._t = self._whole("t", lambda value: value >= 0, "er ikke et helt tal fra 0 og op")
        self._year = self._whole("aar0", self._in_window, f"ligger uden for registeret {settings.window}")
        self._d = [self._success(line, text) for line, text in zip(sheet.lines, sheet.column("d"), strict=True)]
        self._numbers = {name: self._floats(name) for name in _needed(self.grouped, catalogue)}
        faults.tell()
        self._check_children()

    def _in_window(self, year: int) -> bool:
        return self.settings.first_year <= year <= self.settings.last_year

    def _whole(self, name: str, holds: Callable[[int], bool], wrong: str) -> list[int]:
        values: list[int] = []
        for line, text in zip(self._sheet.lines, self._sheet.column(name), strict=True):
            value = whole(text)
            if value is None or not holds(value):
                self._faults.add(line, name, f"'{text}' {wrong}")
            values.append(-1 if value is None else value)
        return values

    def _success(self, line: int, text: str) -> float:
        value = whole(text) if text else None
        if text and value not in (0, 1):
            self._faults.add(line, "d", f"'{text}' er hverken 0, 1 eller tom")
        return np.nan if value is None else float(value)

    def _floats(self, name: str) -> Floats:
        """A column as numbers, NaN where it is empty."""
        texts = self._sheet.column(name)
        try:
            if "_" in "".join(texts):
                raise ValueError
            values = np.array([float(text) if text else np.nan for text in texts], dtype=np.float64)
            empty = np.array([not text for text in texts], dtype=bool)
            if np.isfinite(values[~empty]).all():
                return values
        except ValueError:
            pass
        return self._floats_one_by_one(name, texts)

    def _floats_one_by_one(self, name: str, texts: Sequence[str]) -> Floats:
        values = np.full(len(texts), np.nan)
        for place, text in enumerate(texts):
            value = number(text) if text else np.nan
            if value is None:
                self._faults.add(self._sheet.lines[place], name, no_number(text))
            else:
                values[place] = value
        return values

    def _check_children(self) -> None:
        """One row a year, one year 0, one d and one aar0 a child, and no year after the register ends."""
        first: dict[tuple[str, str], int] = {}
        seen: set[tuple[str, str, int]] = set()
        starts: set[tuple[str, str]] = set()
        lines = self._sheet.lines
        for row, key in enumerate(self._keys):
            t, pid = self._t[row], key[1]
            start = first.setdefault(key, row)
            if (*key, t) in seen:
                self._faults.add(lines[row], "t", f"pid {pid} har t = {t} to gange")
            seen.add((*key, t))
            if t == 0:
                starts.add(key)
            if not _same(self._d[row], self._d[start]):
                self._faults.add(lines[row], "d", f"pid {pid} har flere værdier af d")
            if self._year[row] != self._year[start]:
                self._faults.add(lines[row], "aar0", f"pid {pid} har flere værdier af aar0")
            elif t > self.settings.last_year - self._year[row]:
                what = f"pid {pid} har t = {t}, men registeret slutter i {self.settings.last_year}"
                self._faults.add(lines[row], "t", what)
        for key, row in first.items():
            if key not in starts:
                self._faults.add(lines[row], "t", f"pid {key[1]} har ingen række med t = 0")

    def groups(self) -> tuple[list[Children], dict[str, int]]:
        """Children by target group (code as text) and age group, in the order of the settings."""
        by_child: dict[tuple[str, str], list[int]] = {}
        for row, key in enumerate(self._keys):
            by_child.setdefault(key, []).append(row)
        cut: dict[tuple[str, int], list[list[int]]] = {}
        outside: dict[str, int] = {}
        for key in sorted(by_child):
            rows = by_child[key]
            place = self._age_place(key[0], rows) if self.grouped else 0
            if place is None:
                outside[key[0]] = outside.get(key[0], 0) + 1
            else:
                cut.setdefault((key[0], place), []).append(rows)
        return [self._children(group, place, cut[group, place]) for group, place in sorted(cut)], outside

    def _age_place(self, group: str, rows: Sequence[int]) -> int | None:
        start = next(row for row in rows if self._t[row] == 0)
        age = self._numbers["alder"][start]
        return next(
            (place for place, (low, high) in enumerate(self.settings.ages(group)) if low <= np.floor(age) <= high), None
        )

    def _children(self, group: str, place: int, members: Sequence[Sequence[int]]) -> Children:
        last = self.settings.horizon
        horizon = max(self._t[row] for rows in members for row in rows if self._t[row] <= last)
        grid = np.full((len(members), horizon + 1), -1, dtype=np.int64)
        for child, rows in enumerate(members):
            for row in rows:
                if self._t[row] <= horizon:
                    grid[child, self._t[row]] = row
        start = grid[:, 0]
        low, high = self.settings.ages(group)[place] if self.grouped else (0, 0)
        ages = self._numbers.get("alder")
        return Children(
            group if self.grouped else None,
            f"{low}-{high}" if self.grouped else None,
            horizon,
            np.array(self._d)[start],
            np.array(self._year)[start],
            np.full(len(members), np.nan) if ages is None else ages[start],
            grid >= 0,
            {column.name: self._numbers[column.name][start] for column in self._of("baggrund")},
            {
                column.name: np.where(grid >= 0, self._numbers[column.name][grid], np.nan)
                for column in self._of("konsekvens")
            },
        )

    def _of(self, role: str) -> Iterator[Column]:
        return (column for column in self.catalogue if column.role == role)


def _same(one: float, other: float) -> bool:
    return one == other or (np.isnan(one) and np.isnan(other))

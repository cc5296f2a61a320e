"""Shared code lists: a file of classifications/ and the columns it may carry.

Every row has code, level, parent, since, until, da and en ("" where nothing is written). Further columns are read by
`build` and `demo` alone, always as text:

- omraade: `municipality_group` (1-5), `nuts`
- indsatser: `collected_from` (first year of collection where the legal basis is older; such a code has no since),
  `sel`, `bl`, `lbu` (place in each act, "" if it has none), `successor` (counted under it after until),
  `direction` (P child, F family); leaves are level `paragraf`, groups `gruppe`, totals `i-alt`
- foranstaltninger: `unborn` ("1" for decisions before birth); bases are level `grundlag`, the sections `paragraf` and
  `paragraf-lbu`
- udgifter: `account` (account functions, blank between)
- anbringelsessted: none; places are level `sted`
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tables import periods
from tables.catalog.reading import Reading, Row, opened, rows
from tables.model import Level, Nests, Text
from tables.schema import ClassificationSchema
from tables.yamlfile import Place

_OWN: Final = ("level", "parent", "since", "until")


@dataclass(frozen=True, slots=True)
class Classification:
    """A code list in the order of its file. `nests` is by level."""

    id: str
    version: str
    text: Text
    levels: tuple[Level, ...]
    nests: Mapping[str, Nests]
    rows: tuple[Mapping[str, str], ...]
    by_code: Mapping[str, Mapping[str, str]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_code", {row["code"]: row for row in self.rows})

    def row(self, code: str) -> Mapping[str, str]:
        """KeyError for a code it does not have."""
        return self.by_code[code]

    def codes(self, *levels: str) -> tuple[str, ...]:
        """In file order; without levels, all."""
        return tuple(row["code"] for row in self.rows if not levels or row["level"] in levels)

    def ancestors(self, code: str) -> tuple[str, ...]:
        """From the parent up."""
        found: list[str] = []
        above = self.by_code[code]["parent"]
        while above:
            found.append(above)
            above = self.by_code[above]["parent"]
        return tuple(found)


def read_classification(path: Path, name: str | None = None) -> Classification:
    """Raises CatalogError with every fault of the file."""
    reading, classification = classify(path, name or f"{path.parent.name}/{path.name}")
    reading.raised()
    assert classification is not None  # noqa: S101  # without faults it is whole
    return classification


def classify(path: Path, name: str) -> tuple[Reading, Classification | None]:
    """The file as far as it can be read; None where that is too little to use it."""
    reading = opened(path, name, ClassificationSchema())
    shape = reading.shape
    if shape.get("id", path.stem) != path.stem:
        reading.refuse(("id",), f"'{shape['id']}' is not the name of the file; write {path.stem}")
    if not {"id", "version", "text", "levels", "values"} <= set(shape):
        return reading, None
    found = rows(reading, ("values",), shape["values"], columns=_OWN, free=True)
    filled = [Row(dict.fromkeys(_OWN, "") | dict(row.cells), row.below) for row in found]
    _check(reading, filled, shape["levels"])
    levels = tuple(
        Level(code, Text(level["da"], level["en"]), level.get("map")) for code, level in shape["levels"].items()
    )
    nests: dict[str, Nests] = {code: level.get("nests", "fully") for code, level in shape["levels"].items()}
    if reading.faults:
        return reading, None
    listed = tuple(row.cells for row in filled)
    return reading, Classification(shape["id"], shape["version"], shape["text"], levels, nests, listed)


def _check(reading: Reading, found: list[Row], levels: Mapping[str, object]) -> None:
    path: Place = ("values",)
    parents = {row.cells["code"]: row.cells["parent"] for row in found}
    for row in found:
        code, level, parent = (row.cells[column] for column in ("code", "level", "parent"))
        if level not in levels:
            known = ", ".join(levels)
            reading.refuse(
                path, f"'{code}' has the level '{level}', which is not under levels: {known}", below=row.below
            )
        if parent and parent not in parents:
            reading.refuse(path, f"'{code}' hangs under '{parent}', which is not in the list", below=row.below)
        elif circular(code, parents):
            reading.refuse(path, f"'{code}' hangs under itself; mend its parent", below=row.below)
        valid(reading, path, row)


def circular(code: str, parents: Mapping[str, str]) -> bool:
    seen = {code}
    above = parents.get(code, "")
    while above:
        if above in seen:
            return above == code
        seen.add(above)
        above = parents.get(above, "")
    return False


def valid(reading: Reading, path: Place, row: Row) -> None:
    """since and until are periods, and in order."""
    bounds = [row.cells.get(column, "") for column in ("since", "until")]
    for column, bound in zip(("since", "until"), bounds, strict=True):
        if bound and not periods.is_period(bound):
            reading.refuse(path, f"{column} '{bound}' is not a period; write 2015, 2015K1 or 2015M01", below=row.below)
            return
    since, until = bounds
    if since and until and periods.span(since)[0] > periods.span(until)[1]:
        reading.refuse(path, f"'{row.cells['code']}' ends {until} before it begins {since}", below=row.below)

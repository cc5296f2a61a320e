"""Places in a table: where a note or a break hangs, which dimensions and codes it names."""

from collections.abc import Mapping
from dataclasses import dataclass

from tables import periods
from tables.catalog.reading import Reading
from tables.model import EVERY, Dimension
from tables.yamlfile import Place as Path


@dataclass(frozen=True, slots=True)
class Dimensions:
    """The dimensions as written; `built` has None for one whose values are not known because of a fault."""

    codes: tuple[str, ...]
    built: tuple[Dimension | None, ...]

    @property
    def time(self) -> str | None:
        return next((dimension.code for dimension in self.built if dimension and dimension.time), None)

    def dimension(self, code: str) -> Dimension | None:
        return next((dimension for dimension in self.built if dimension and dimension.code == code), None)


def place(
    reading: Reading, path: Path, written: Mapping[str, tuple[str, ...]], dimensions: Dimensions
) -> dict[str, tuple[str, ...]]:
    """The codes of each dimension in table order; a span of periods is cut to those of the table."""
    found: dict[str, tuple[str, ...]] = {}
    for code, texts in written.items():
        if not reading.known((*path, code), code, dimensions.codes, "a dimension of the table"):
            continue
        dimension = dimensions.dimension(code)
        if texts == EVERY:
            found[code] = EVERY
        elif dimension is not None:
            named = [name for text in texts for name in _codes(reading, (*path, code), text, dimension)]
            found[code] = tuple(sorted(set(named), key=dimension.index.__getitem__))
    return found


def _codes(reading: Reading, path: Path, text: str, dimension: Dimension) -> list[str]:
    if dimension.time and text not in dimension.index:
        return _span(reading, path, text, dimension)
    known = reading.known(path, text, dimension.index, f"a value of {dimension.code}")
    return [text] if known else []


def _span(reading: Reading, path: Path, text: str, dimension: Dimension) -> list[str]:
    """`2002-2011, 2016-2024` as in time:."""
    try:
        wanted = periods.expand(text)
    except ValueError as error:
        reading.refuse(path, str(error))
        return []
    there = [code for code in wanted if code in dimension.index]
    if not there:
        first, last = dimension.values[0].code, dimension.values[-1].code
        reading.refuse(path, f"'{text}' is not in the time of the table, {first} to {last}")
    return there

"""documentation/<slug>/<year>.yaml → Documentation: nine chapters, each with something to say."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from tables.catalog.reading import Reading, opened
from tables.errors import Fault
from tables.model import Documentation, Section, Text
from tables.schema import DocumentationSchema
from tables.schema.shape import meant
from tables.schema.words import SLUG
from tables.yamlfile import parse

CHAPTERS: Final = tuple(str(number) for number in range(1, 10))
ROOM: Final = "documentation"
Years = Mapping[str, Documentation]  # by reference year, the newest first


@cache
def headings() -> Mapping[str, Text]:
    """Every heading by its number, in the order they are read."""
    written = parse(files("tables.catalog").joinpath("headings.yaml").read_text("utf-8"), "headings.yaml").data
    assert isinstance(written, dict)  # noqa: S101  # our own file
    rows = ([cell.strip() for cell in line.split(";")] for line in written["values"].splitlines()[1:])
    return {number: Text(da, en) for number, da, en in rows}


def documentation(path: Path, name: str) -> tuple[Reading, Documentation | None]:
    """The file, or None where a fault stands in the way; every fault is in the reading."""
    reading = opened(path, name, DocumentationSchema())
    shape = reading.shape
    year, slug = path.stem, path.parent.name
    if not (year.isdecimal() and len(year) == 4):
        reading.refuse((), f"{path.name} is not called by a reference year; call it 2024.yaml")
    if not SLUG.fullmatch(slug):
        reading.refuse((), f"the folder {slug} is not a slug; use small letters a-z, digits and single hyphens")
    texts = shape.get("sections", {})
    for number in texts:
        if number not in headings():
            reading.refuse(("sections", number), f"'{number}' is not a heading; {meant(number, headings())}")
    for chapter in CHAPTERS if texts else ():
        if not any(number.split(".")[0] == chapter for number in texts):
            title = headings()[chapter].en
            reading.refuse(("sections",), f"chapter {chapter}, {title}, says nothing; write one of its sections")
    if "contacts" in shape and not shape["contacts"]:
        reading.refuse(("contacts",), "names no office; write one")
    if reading.faults or not {"title", "subject", "contacts", "sections"} <= set(shape):
        return reading, None
    sections = tuple(_sections(texts))
    return reading, Documentation(slug, year, shape["title"], shape["subject"], tuple(shape["contacts"]), sections)


def _sections(texts: Mapping[str, Text]) -> Iterator[Section]:
    """The headings that have a text, or stand over one that has."""
    for number, heading in headings().items():
        if number in texts or any(below.startswith(f"{number}.") for below in texts):
            yield Section(number, heading, texts.get(number))


def documentations(folder: Path) -> tuple[dict[str, Reading], dict[str, Years | None]]:
    """All of a library by slug; None for a statistic of which a file has faults."""
    read: dict[str, Reading] = {}
    found: dict[str, Years | None] = {}
    for path in sorted((folder / ROOM).glob("*/*.yaml"), reverse=True):
        name = path.relative_to(folder).as_posix()
        read[name], one = documentation(path, name)
        years = found.setdefault(path.parent.name, {})
        found[path.parent.name] = None if one is None or years is None else {**years, one.year: one}
    return read, found


def strays(folder: Path) -> Iterator[Fault]:
    """Files that would not be read."""
    for path in sorted((folder / ROOM).rglob("*")):
        own = path.suffix == ".yaml" and path.parent.parent == folder / ROOM
        if path.is_file() and not own and not path.name.startswith("."):
            name = path.relative_to(folder).as_posix()
            yield Fault(name, 0, "", "would not be read; a documentation is documentation/<slug>/<year>.yaml")

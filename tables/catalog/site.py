"""site/ → Site: the look of the bank, the subject tree, the calendar, words that find each other."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from marshmallow import Schema

from tables.catalog.reading import Reading, opened
from tables.errors import Fault
from tables.model import Entry, Site, Subject, Synonyms, Text
from tables.schema import CalendarSchema, SiteSchema, SubjectSchema, SynonymsSchema
from tables.yamlfile import Place

ZONE: Final = ZoneInfo("Europe/Copenhagen")
_SHAPES: Final[Mapping[str, Callable[[], Schema]]] = {
    "site.yaml": SiteSchema,
    "subjects.yaml": lambda: SubjectSchema(many=True),
    "calendar.yaml": lambda: CalendarSchema(many=True),
    "synonyms.yaml": lambda: SynonymsSchema(many=True),
}
FILES: Final = tuple(_SHAPES)
_NEEDED: Final = ("site.yaml", "subjects.yaml")


@dataclass(frozen=True, slots=True)
class Known:
    """What the calendar and the area pages may name; None: not judged."""

    tables: Collection[str] | None = None
    levels: Mapping[str, Collection[str] | None] | None = None


def site(files: Mapping[str, Path], known: Known, folder: str = "site") -> tuple[list[Fault], Site | None]:
    """`files` by name (`site.yaml`, …), wherever each lies; calendar and synonyms may be left out."""
    faults = [Fault(f"{folder}/{name}", 0, "", "is missing; a bank needs it") for name in _NEEDED if name not in files]
    readings = {name: opened(path, f"{folder}/{name}", _SHAPES[name]()) for name, path in files.items()}
    if "site.yaml" in readings:
        _look(readings["site.yaml"], known, files["site.yaml"].parent)
    subjects = tuple(_subjects(readings.get("subjects.yaml")))
    calendar = tuple(_calendar(readings.get("calendar.yaml"), known))
    synonyms = readings.get("synonyms.yaml")
    faults += [fault for reading in readings.values() for fault in reading.faults]
    if faults:
        return faults, None
    words = tuple(item for item in (synonyms.shape if synonyms else ()) if isinstance(item, Synonyms))
    return [], _built(readings["site.yaml"].shape, subjects, calendar, words)


def _built(
    shape: Mapping[str, Any], subjects: tuple[Subject, ...], calendar: tuple[Entry, ...], words: tuple[Synonyms, ...]
) -> Site:
    return Site(
        shape["name"],
        shape["publisher"],
        shape["languages"],
        shape["contact"],
        shape["licence"],
        subjects=subjects,
        calendar=calendar,
        synonyms=words,
        banner=shape.get("banner"),
        citation=shape.get("citation"),
        accessibility=shape.get("accessibility"),
        colours=shape.get("colours", {}),
        area_pages=shape.get("area_pages"),
        embed_from=shape.get("embed_from", ("*",)),
        logo=shape.get("logo"),
    )


def _look(reading: Reading, known: Known, folder: Path) -> None:
    logo = reading.shape.get("logo")
    if logo and known.tables is not None and not (folder / logo).is_file():
        reading.refuse(("logo",), f"{logo} is not in this folder; bring it, or take the key out")
    pages = reading.shape.get("area_pages", {})
    if known.levels is not None and {"classification", "level"} <= set(pages):
        path: Place = ("area_pages", "classification")
        if reading.known(path, pages["classification"], known.levels, "a classification"):
            levels = known.levels[pages["classification"]]
            if levels is not None:
                reading.known(("area_pages", "level"), pages["level"], levels, f"a level of {pages['classification']}")


def _subjects(reading: Reading | None) -> Iterator[Subject]:
    if reading is None:
        return
    seen: dict[str, set[str]] = {"id": set(), "da": set(), "en": set()}
    yield from _branch(reading, (), reading.shape, seen)


def _branch(reading: Reading, path: Place, items: Sequence[Any], seen: Mapping[str, set[str]]) -> Iterator[Subject]:
    for at, item in enumerate(items):
        here = (*path, at)
        below = tuple(_branch(reading, (*here, "subjects"), item.get("subjects", ()), seen))
        if not {"id", "slug", "text"} <= set(item):
            continue
        for key, step, word in (
            ("id", ("id",), item["id"]),
            ("da", ("slug", "da"), item["slug"].get("da")),
            ("en", ("slug", "en"), item["slug"].get("en")),
        ):
            if word in seen[key]:
                reading.refuse((*here, *step), f"'{word}' is another subject's too; give this one its own")
            seen[key].add(word)
        if {"da", "en"} <= set(item["slug"]):
            yield Subject(item["id"], Text(item["slug"]["da"], item["slug"]["en"]), item["text"], below)


def _calendar(reading: Reading | None, known: Known) -> Iterator[Entry]:
    if reading is None:
        return
    titles: set[str] = set()
    for at, item in enumerate(reading.shape):
        for number, table in enumerate(item.get("tables", ())):
            if known.tables is not None:
                reading.known((at, "tables", number), table, known.tables, "a table of the library")
        title = item.get("title")
        if isinstance(title, Text):
            if title.da in titles:
                reading.refuse((at, "title"), f"'{title.da}' is another entry's title too; a title names one for good")
            titles.add(title.da)
        instant = _instant(reading, at, item)
        if instant and isinstance(title, Text) and "tables" in item:
            confirmed = item.get("confirmed", False)
            yield Entry(instant, title, item["tables"], confirmed=confirmed, change_reason=item.get("change_reason"))


def _instant(reading: Reading, at: int, item: Mapping[str, Any]) -> datetime | None:
    if "at" not in item:
        return None
    try:
        return copenhagen(item["at"])
    except ValueError as error:
        reading.refuse((at, "at"), str(error))
        return None


def copenhagen(wall: str) -> datetime:
    """`2023-06-08 08:00` on a Danish clock, in UTC. ValueError where that clock never showed it, or twice."""
    try:
        naive = datetime.strptime(wall, "%Y-%m-%d %H:%M")  # noqa: DTZ007  # the zone follows
    except ValueError:
        raise ValueError(f"'{wall}' is not a time; write 2023-06-08 08:00") from None
    if naive.strftime("%Y-%m-%d %H:%M") != wall:
        raise ValueError(f"'{wall}' is not a time; write 2023-06-08 08:00")
    first, second = (naive.replace(tzinfo=ZONE, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(ZONE).replace(tzinfo=None) != naive:
        raise ValueError(f"{wall} does not exist: the clock goes forward that hour; choose another time")
    if first != second:
        raise ValueError(f"{wall} comes twice: the clock goes back that hour; choose another time")
    return first

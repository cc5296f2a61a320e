"""The whole library: every file read, every rule across files, all faults at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tables.catalog.classification import Classification, classify
from tables.catalog.documentation import Years, documentations, strays
from tables.catalog.group import group
from tables.catalog.reading import Reading, in_order
from tables.catalog.site import FILES, Known, site
from tables.catalog.table import table
from tables.errors import CatalogError, Fault
from tables.model import Group, Site, Subject, Table
from tables.schema.shape import meant
from tables.schema.words import TABLE_ID

FOLDERS: Final = ("classifications", "protection", "site", "documentation", "news")
LISTS: Final = "kommune"  # what `build` writes beside the cubes for each kommune; no part of a library


@dataclass(frozen=True, slots=True)
class Library:
    """What people wrote: tables in the order of their ids, `classifications` by id."""

    folder: Path
    tables: Mapping[str, Table]
    groups: Mapping[str, Group]
    site: Site
    classifications: Mapping[str, Classification] = field(default_factory=dict)
    documentation: Mapping[str, Years] = field(default_factory=dict)

    def group_of(self, table_id: str) -> Group:
        """The group the table is masked with; its own where no protection file has it."""
        named = (one for one in self.groups.values() if table_id in one.tables)
        return next(named, Group(table_id, (table_id,)))

    def sources(self, table_id: str) -> tuple[Path, ...]:
        """The files that a release of the table carries: table.yaml, then its classifications."""
        used = dict.fromkeys(one.classification for one in self.tables[table_id].dimensions if one.classification)
        lists = (self.folder / "classifications" / f"{name}.yaml" for name in used)
        return (self.folder / table_id / "table.yaml", *lists)


def read_library(folder: Path) -> Library:
    """Raises CatalogError with all faults of all files."""
    faults = [*_folders(folder), *strays(folder)]
    classified, classifications = _classifications(folder)
    tabled, tables = _tables(folder, classifications)
    grouped, groups = _groups(folder, tables)
    documented, documentation = documentations(folder)
    _documented(tabled, documentation)
    levels = {name: _levels(one) for name, one in classifications.items()}
    files = {name: folder / "site" / name for name in FILES if (folder / "site" / name).is_file()}
    told, read = site(files, Known(tables, levels))
    faults += told
    if read is not None:
        _subjects((*tabled.values(), *documented.values()), read)
    for reading in (*classified.values(), *tabled.values(), *grouped.values(), *documented.values()):
        faults += reading.faults
    if faults or read is None:
        raise CatalogError(in_order(faults))
    return Library(
        folder,
        {name: one for name, one in tables.items() if one},
        groups,
        read,
        {name: one for name, one in classifications.items() if one},
        {slug: years for slug, years in documentation.items() if years},
    )


def _levels(classification: Classification | None) -> tuple[str, ...] | None:
    return tuple(level.code for level in classification.levels) if classification else None


def _folders(folder: Path) -> list[Fault]:
    """A misspelt folder or ending would silently take rules away, so each is told."""
    if not folder.is_dir():
        return [Fault(str(folder), 0, "", "is not a folder; name the library with STATBANK_LIBRARY")]
    faults: list[Fault] = []
    for path in sorted(folder.iterdir()):
        if not path.is_dir() or path.name in (*FOLDERS, LISTS) or path.name.startswith((".", "_")):
            continue
        if (path / "table.yaml").is_file():
            continue
        if TABLE_ID.fullmatch(path.name):
            faults.append(Fault(f"{path.name}/table.yaml", 0, "", "is missing; write it, or take the folder away"))
        else:
            faults.append(Fault(path.name, 0, "", f"is not a folder of a library; {meant(path.name, FOLDERS)}"))
    for name in ("classifications", "protection", "site"):
        strays = sorted((folder / name).glob("*.yml"))
        faults += [Fault(f"{name}/{stray.name}", 0, "", "would not be read; call it .yaml") for stray in strays]
    return faults


def _classifications(folder: Path) -> tuple[dict[str, Reading], dict[str, Classification | None]]:
    read = {
        path.stem: classify(path, f"classifications/{path.name}")
        for path in sorted((folder / "classifications").glob("*.yaml"))
    }
    return {name: one[0] for name, one in read.items()}, {name: one[1] for name, one in read.items()}


def _tables(
    folder: Path, classifications: Mapping[str, Classification | None]
) -> tuple[dict[str, Reading], dict[str, Table | None]]:
    paths = [path for path in sorted(folder.glob("*/table.yaml")) if path.parent.name not in FOLDERS]
    read = {path.parent.name: table(path, f"{path.parent.name}/table.yaml", classifications) for path in paths}
    for reading, _ in read.values():
        shape = reading.shape
        if "replaced_by" in shape:
            reading.known(("replaced_by",), shape["replaced_by"], read, "a table of the library")
        for at, other in enumerate(shape.get("related", ())):
            reading.known(("related", at), other, read, "a table of the library")
    built = {name: None if reading.faults else one for name, (reading, one) in read.items()}
    return {name: one[0] for name, one in read.items()}, built


def _groups(folder: Path, tables: Mapping[str, Table | None]) -> tuple[dict[str, Reading], dict[str, Group]]:
    read = {
        path.stem: group(path, f"protection/{path.name}", tables)
        for path in sorted((folder / "protection").glob("*.yaml"))
    }
    home: dict[str, str] = {}
    for name, (reading, one) in read.items():
        for at, member in enumerate(one.tables):
            if home.setdefault(member, name) != name:
                reading.refuse(("tables", at), f"'{member}' is in protection/{home[member]}.yaml too; keep it in one")
    return {name: one[0] for name, one in read.items()}, {name: one[1] for name, one in read.items()}


def _documented(tabled: Mapping[str, Reading], known: Mapping[str, Years | None]) -> None:
    for reading in tabled.values():
        if "documentation" in reading.shape:
            slug = reading.shape["documentation"]
            reading.known(("documentation",), slug, known, "a folder of documentation/")


def _subjects(readings: Iterable[Reading], read: Site) -> None:
    known = {subject.id for subject in _all(read.subjects)}
    for reading in readings:
        if "subject" in reading.shape:
            reading.known(("subject",), reading.shape["subject"], known, "a subject of site/subjects.yaml")


def _all(subjects: tuple[Subject, ...]) -> list[Subject]:
    return [one for subject in subjects for one in (subject, *_all(subject.subjects))]


def read_table(folder: Path) -> Table:
    """A released table: table.yaml with the classifications it was released with beside it."""
    name = folder.name
    classifications = {
        path.stem: classify(path, f"{name}/classifications/{path.name}")
        for path in sorted((folder / "classifications").glob("*.yaml"))
    }
    reading, built = table(
        folder / "table.yaml", f"{name}/table.yaml", {key: one for key, (_, one) in classifications.items()}
    )
    faults = [*reading.faults, *(fault for one, _ in classifications.values() for fault in one.faults)]
    if faults or built is None:
        raise CatalogError(in_order(faults))
    return built


def read_site(folder: Path) -> Site:
    """The site of a library or of a whole act: `folder` has site/ in it."""
    return site_of({name: folder / "site" / name for name in FILES if (folder / "site" / name).is_file()})


def site_of(files: Mapping[str, Path]) -> Site:
    """The site from its files by name (`site.yaml`, `subjects.yaml`, …), which may lie in different acts."""
    faults, read = site({name: path for name, path in files.items() if name in FILES}, Known())
    if read is None:
        raise CatalogError(in_order(faults))
    return read


def read_group(path: Path) -> Group:
    """A protection file by itself: its shape is judged, the tables it names are not."""
    reading, read = group(path, path.name, None)
    reading.raised()
    return read

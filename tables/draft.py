"""A draft laid out as an act: every file of the folder that will be frozen, and of the vault beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tables.acts import History, canonical, digest_file, public_id
from tables.catalog import Library, read_table
from tables.changes import changes, pair, revised
from tables.check import check_cube
from tables.disclosure.group import Protection
from tables.errors import CatalogError, Fault, Refused
from tables.files import write_data
from tables.fold import home
from tables.grid import Grid, read_cube, size
from tables.model import Act, File, Table
from tables.protecting import CUBE, MASK, write_mask
from tables.shown import CELLS, Shown, read_shown, show
from tables.workshop import ACT, VAULT, copy

ALGORITHM: Final = 1  # of masking, as release.json names it
_ROLES: Final[Mapping[str, str]] = {
    "table.yaml": "table",
    "cells.parquet": "cells",
    "shown.arrow": "shown",
    "changes.json": "changes",
    "table.csv.gz": "download",
}
_ROOMS: Final[Mapping[str, str]] = {
    "site": "site",
    "documentation": "documentation",
    "news": "news",
    "protection": "certificate",
}


def read_cubes(library: Library, tables: Sequence[str], warn: Callable[[str], None]) -> dict[str, Grid]:
    """The checked cubes of the tables; raises Refused for an unknown table, CatalogError with all faults of all."""
    for table in tables:
        if table not in library.tables:
            raise Refused("table", f"{table} findes ikke i biblioteket.", f"{table} is not in the library.")
    grids: dict[str, Grid] = {}
    faults: list[Fault] = []
    for table in tables:
        try:
            grid = read_cube(library.folder / table / CUBE, library.tables[table])
        except CatalogError as error:
            faults += error.faults
            continue
        found = check_cube(grid)
        faults += found.faults
        for warning in found.warnings:
            warn(str(warning))
        grids[table] = grid
    if faults:
        raise CatalogError(faults)
    return grids


@dataclass(frozen=True, slots=True)
class Previous:
    """A table's release that stands until the act: who holds it, and what it shows."""

    act: Act
    shown: Shown

    @property
    def id(self) -> str:
        return f"{self.shown.table.id}@{public_id(self.act.effective_at)}"


def previous(act: Act | None, table: str, history: History) -> Previous | None:
    """None for a first release, and for one whose cells were withdrawn."""
    if act is None:
        return None
    source = home(act, table, history)
    folder = source.folder / table
    if not (folder / CELLS).is_file():
        return None
    return Previous(act, read_shown(folder, read_table(folder)))


def lay_table(library: Library, grid: Grid, protection: Protection, stage: Path, old: Previous | None) -> Shown:
    """All files of one release, and its true numbers into the vault."""
    table = grid.table
    mask = protection.masks[table.id]
    shown = show(grid, mask, protection.hides.get(table.id))
    compared = pair(shown, old.shown) if old else None
    if compared:
        shown = revised(compared)
        compared = pair(shown, old.shown) if old else None
    folder = stage / ACT / table.id
    described, *lists = library.sources(table.id)
    copy(described, folder / "table.yaml")
    for path in lists:
        copy(path, folder / "classifications" / path.name)
    write_data(shown, folder)
    (folder / "changes.json").write_bytes(canonical(changes(shown, compared, old.id if old else None)))
    _keep(library, table, mask, stage / VAULT / table.id)
    return shown


def _keep(library: Library, table: Table, mask: NDArray[np.uint8], folder: Path) -> None:
    cube = library.folder / table.id / CUBE
    copy(cube, folder / CUBE)
    write_mask(folder / MASK, mask)
    told = {
        "cube": digest_file(folder / CUBE),
        "software": version("statistikbank"),
        "hidden": {"primary": int(np.count_nonzero(mask == 1)), "secondary": int(np.count_nonzero(mask == 2))},
    }
    (folder / "provenance.json").write_bytes(canonical(told))


def lay_group(library: Library, group: str, protection: Protection, stage: Path) -> None:
    """The group file as it was used and what proves the masks; what the public may not see goes to the vault."""
    written = library.folder / "protection" / f"{group}.yaml"
    if written.is_file():
        copy(written, stage / ACT / "protection" / group / "group.yaml")
    for room, files in ((ACT, protection.files), (VAULT, protection.vault)):
        for name, data in files.items():
            path = stage / room / "protection" / group / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def site_files(library: Library, holders: Mapping[str, Act]) -> dict[str, Path]:
    """Files of site/ and documentation/ that are not in force as they are written now, by their path in the act."""
    found: dict[str, Path] = {}
    for room in ("site", "documentation"):
        root = library.folder / room
        for path in sorted(path for path in root.rglob("*") if path.is_file() and not path.name.startswith(".")):
            name = path.relative_to(library.folder).as_posix()
            holder = holders.get(name)
            if holder is None or holder.files[name].sha256 != digest_file(path):
                found[name] = path
    return found


def schema(table: Table) -> dict[str, Any]:
    """The columns of cells.parquet, for release.json."""
    columns: list[dict[str, Any]] = [{"name": dimension.code, "type": "text"} for dimension in table.dimensions]
    for measure in table.measures:
        told = {"name": measure.code, "type": "int64", "unit": measure.unit.en, "decimals": measure.decimals}
        columns += [told, {"name": f"{measure.code}.status", "type": "uint8"}]
        if measure.denominator:
            columns.append({"name": measure.denominator, "type": "int64"})
    keys = [dimension.code for dimension in table.dimensions]
    return {"columns": columns, "keys": keys, "order": keys}


def policy(table: Table) -> dict[str, Any]:
    rules = [{"method": rule.method, **rule.params} for rule in table.disclosure]
    return {"rules": rules, "algorithm": ALGORITHM}


def listed(folder: Path, tables: Mapping[str, Table]) -> dict[str, File]:
    """Every file of the sealed folder, read back and hashed."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    described = (_described(folder, path, tables) for path in files)
    return {file.path: file for file in described}


def _described(folder: Path, path: Path, tables: Mapping[str, Table]) -> File:
    name = path.relative_to(folder).as_posix()
    room, _, rest = name.partition("/")
    role = _ROOMS.get(room) or _ROLES.get(rest) or "classification"
    rows = size(tables[room]) if role in ("cells", "shown", "download") else None
    return File(name, role, path.stat().st_size, digest_file(path), rows)

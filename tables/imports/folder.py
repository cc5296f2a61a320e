"""Files into table folders: a new folder whole or not at all; in a folder that exists only the cube changes."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from tables.catalog.classification import Classification, classify
from tables.catalog.table import table as read_table
from tables.errors import CatalogError, Fault
from tables.grid import read_cube
from tables.imports import READERS
from tables.imports.cubes import cube_of, refuse_twins, write_cube
from tables.imports.nouns import Draft, Finding, How, Reader
from tables.imports.target import fit, refuse_below
from tables.model import Table, Text

HEAD: Final = 65_536
CUBE: Final = "cube.parquet"
TABLE: Final = "table.yaml"

Classifications = Mapping[str, Classification | None]  # None: its file has faults


@dataclass(frozen=True, slots=True)
class Imported:
    """One table that came in: `cells` in its cube, and whether its folder is new."""

    id: str
    file: str
    reader: str
    new: bool
    cells: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    tables: tuple[Imported, ...]


def import_file(paths: Sequence[Path], out: Path, how: How | None = None) -> ImportReport:
    """Every file is read and checked before anything is written.

    Raises CatalogError with the faults of all files, or OSError where a disk fails.
    """
    classifications = _classifications(out)
    known = {name: found for name, found in classifications.items() if found}
    out.mkdir(parents=True, exist_ok=True)
    faults: list[Fault] = []
    staged: dict[str, Imported] = {}
    with TemporaryDirectory(prefix=".import-", dir=out) as folder:
        for path in paths:
            try:
                reader = _reader(path)
                draft = reader.read(path, replace(how or How(), classifications=known))
                if draft.id in staged:
                    raise _fault(path.name, f"{draft.id} comes from {staged[draft.id].file} too; join the files first")
                staged[draft.id] = _staged(draft, reader, out, Path(folder), classifications)
            except CatalogError as error:
                faults += error.faults
        if faults:
            raise CatalogError(list(dict.fromkeys(faults)))
        for item in staged.values():
            if item.new:
                os.rename(Path(folder) / item.id, out / item.id)
            else:
                os.replace(Path(folder) / item.id / CUBE, out / item.id / CUBE)
    return ImportReport(tuple(staged.values()))


def _reader(path: Path) -> Reader:
    with path.open("rb") as file:
        head = file.read(HEAD)
    found = next((reader for reader in READERS if reader.sniff(path, head)), None)
    if found is None:
        known = ", ".join(reader.name for reader in READERS)
        raise _fault(path.name, f"no reader knows this kind of file; known: {known} (.csv, .tsv, .txt)")
    return found


def _classifications(library: Path) -> Classifications:
    files = sorted((library / "classifications").glob("*.yaml"))
    return {path.stem: classify(path, f"classifications/{path.name}")[1] for path in files}


def _staged(draft: Draft, reader: Reader, out: Path, folder: Path, classifications: Classifications) -> Imported:
    """The files of one table, checked, in a folder of their own beside their place."""
    (folder / draft.id).mkdir()
    path = folder / draft.id / CUBE
    new = not (out / draft.id).exists()
    if new:
        refuse_below(draft.facts, 0)
        (folder / draft.id / TABLE).write_text(draft.description, encoding="utf-8")
        write_cube(draft.cube, path)
        return Imported(draft.id, draft.facts.file, reader.name, new, draft.cube.num_rows, draft.report)
    table = _existing(out / draft.id, classifications)
    facts, differences = fit(draft.facts, table)
    refuse_twins(facts)
    refuse_below(facts, table.measures[0].minimum)
    write_cube(cube_of(facts), path)
    findings = (*_of_figures(draft), *differences, *_changed(path, out / draft.id / CUBE, table))
    return Imported(draft.id, facts.file, reader.name, new, len(facts.lines), findings)


def _existing(folder: Path, classifications: Classifications) -> Table:
    path = folder / TABLE
    if not path.is_file():
        raise _fault(f"{folder.name}/{TABLE}", "is missing in a folder that exists; write it, or remove the folder")
    reading, table = read_table(path, f"{folder.name}/{TABLE}", classifications)
    if table is None:
        broken = [
            Fault(f"classifications/{name}.yaml", 0, "", "has faults; `statbank check` tells them")
            for name, found in classifications.items()
            if found is None
        ]
        raise CatalogError(reading.faults or broken)
    return table


def _of_figures(draft: Draft) -> list[Finding]:
    """Of what the reader guessed only what is about the figures: codes, texts and totals are the table's own."""
    columns = {column.code for column in draft.facts.columns}
    decided = {"subject", "title", "disclosure"}
    return [finding for finding in draft.report if finding.place not in columns | decided]


def _changed(path: Path, earlier: Path, table: Table) -> list[Finding]:
    """How many cells differ from the cube that stands there. Raises CatalogError if the new one does not fit."""
    new = read_cube(path, table)
    if not earlier.is_file():
        return []
    place = f"{table.id}/{CUBE}"
    try:
        old = read_cube(earlier, table)
    except CatalogError:
        text = Text("den tidligere kube passer ikke til tabellen", "the earlier cube does not fit the table")
        return [Finding(place, text)]
    code = table.measures[0].code
    differ = (new.numbers[code] != old.numbers[code]) | (new.status[code] != old.status[code])
    count = int(np.count_nonzero(differ))
    text = Text(f"ændrede celler: {count}", f"cells changed: {count}")
    return [Finding(place, text)]


def _fault(file: str, what: str) -> CatalogError:
    return CatalogError([Fault(file, 0, "", what)])

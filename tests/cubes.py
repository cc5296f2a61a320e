"""Small tables for the tests of the mask: described, counted, masked, judged, and written as a library to release."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tables.catalog import read_table
from tables.disclosure.audit import Auditor
from tables.disclosure.certificate.layers import layer_of
from tables.disclosure.checker import Certificate, check, faults
from tables.disclosure.group import Protection, protect
from tables.errors import Refused
from tables.grid import Grid
from tables.model import Act, Additive, Dimension, Group, Measure, Rule, Status, Table, Text, Value
from tables.protecting import MASK
from tables.rehearsal import rehearse
from tables.release import release
from tables.shown import Shown, read_shown, show
from tests.conftest import SITE, SUBJECTS

T = Text("tekst", "text")
Tree = Mapping[str, Sequence[str]]  # a node and its children; the first is the top
Relations = Sequence[Mapping[str, object]]
AREAS: Tree = {"000": ["01", "02", "04"], "01": ["101", "147", "155"], "02": ["151", "153"], "04": ["400"]}
_LEVELS = {"000": "land", **dict.fromkeys(AREAS["000"], "landsdel")}


def dimension(
    code: str, tree: Tree, *, overlap: str | None = None, since: Mapping[str, str] | None = None
) -> Dimension:
    parents = {child: node for node, children in tree.items() for child in children}
    codes = list(dict.fromkeys([*tree, *parents]))
    top = next(code for code in codes if code not in parents)
    values = tuple(Value(code, T, parent=parents.get(code), since=(since or {}).get(code)) for code in codes)
    return Dimension(code, T, values, elimination=top, overlap=overlap)


def areas(code: str, *levels: str, overlap: str | None = None) -> Dimension:
    """A dimension over AREAS as a classification: the country, and the areas of these levels."""
    parents = {child: node for node, children in AREAS.items() for child in children}
    kept = [one for one in dict.fromkeys([*AREAS, *parents]) if _LEVELS.get(one, "kommune") in ("land", *levels)]
    values = []
    for one in kept:
        above = [parents[one], "000"] if parents.get(one, "000") != "000" else ["000"]
        above = above if one != "000" else []
        nearest = next((node for node in above if node in kept), None)
        values.append(Value(one, T, level=_LEVELS.get(one, "kommune"), parent=nearest, ancestors=tuple(above)))
    return Dimension(code, T, tuple(values), elimination="000", overlap=overlap, classification="omraade")


def table(
    name: str,
    dimensions: Sequence[Dimension],
    *,
    below: int = 5,
    kind: str = "additive",
    periods: Sequence[str] = ("2020",),
    counted: str | None = None,
) -> Table:
    time = Dimension("Tid", T, tuple(Value(period, T) for period in periods), time=True)
    over = tuple(Additive(d.code) for d in dimensions) if kind == "additive" else ()
    share = {"numerator": "boern", "denominator": "folketal"} if kind == "ratio" else {}
    measure = Measure("n", T, T, kind, additive_over=over, minimum=0, **share)
    rule = Rule("threshold", {"below": below, **({"counted": counted} if counted else {})})
    return Table(name, T, "11", T, (*dimensions, time), (measure,), (rule,))


def leaves(one: Dimension) -> list[int]:
    parents = {value.parent for value in one.values}
    return [place for place, value in enumerate(one.values) if value.code not in parents]


def under(one: Dimension) -> np.ndarray:
    """nodes × leaves: which leaf lies under which node."""
    matrix = np.zeros((len(one.values), len(leaves(one))), dtype=bool)
    for column, leaf in enumerate(leaves(one)):
        place: int | None = leaf
        while place is not None:
            matrix[place, column] = True
            parent = one.values[place].parent
            place = None if parent is None else one.index[parent]
    return matrix


def summed(dimensions: Sequence[Dimension], leaf: np.ndarray) -> np.ndarray:
    """All cells from leaf cells; a last axis of periods stays as it is."""
    cells = leaf.astype(np.int64)
    for axis, one in enumerate(dimensions):
        cells = np.moveaxis(np.tensordot(under(one).astype(np.int64), cells, axes=(1, axis)), 0, axis)
    return cells


def added(described: Table, leaf: np.ndarray, **columns: np.ndarray) -> Grid:
    """A grid of an additive table from its leaf cells; with several periods they are the last axis."""
    dimensions = described.dimensions[:-1]
    more = {name: summed(dimensions, column) for name, column in columns.items()}
    return grid(described, summed(dimensions, leaf), **more)


def counted(described: Table, persons: Sequence[Sequence[tuple[int, ...]]]) -> Grid:
    """A grid of distinct persons; each has a list of leaf cells."""
    cells = np.zeros([len(one.values) for one in described.dimensions[:-1]], dtype=np.int64)
    matrices = [under(one) for one in described.dimensions[:-1]]
    for spots in persons:
        seen = np.zeros(cells.shape, dtype=bool)
        for spot in spots:
            here = np.ones((), dtype=bool)
            for matrix, at in zip(matrices, spot, strict=True):
                here = np.logical_and.outer(here, matrix[:, at])
            seen |= here
        cells += seen
    return grid(described, cells)


def grid(described: Table, cells: np.ndarray, **columns: np.ndarray) -> Grid:
    flat = cells.reshape(-1).astype(np.int64)
    numbers = {"n": flat, **{name: column.reshape(-1).astype(np.int64) for name, column in columns.items()}}
    return Grid(described, numbers, {"n": np.zeros(len(flat), dtype=np.uint8)})


def line(*parts: int, below: int = 5) -> Grid:
    codes = "ABCDEFGH"[: len(parts)]
    return added(table("T", [dimension("D", {"TOT": list(codes)})], below=below), np.array(parts))


def masked(*grids: Grid, relations: Relations = (), **options: object) -> Protection:
    group = Group("g", tuple(one.table.id for one in grids), tuple(relations))
    return protect(group, {one.table.id: one for one in grids}, **options)


def masked_or_none(one: Grid) -> Protection | None:
    """Some cubes are so small that nothing protects them: they are refused."""
    try:
        return masked(one)
    except Refused:
        return None


def wrong(protection: Protection, folder: Path, *grids: Grid, relations: Relations = ()) -> list[str]:
    """What the checker says of the certificate."""
    path = folder / "certificate.parquet"
    path.write_bytes(protection.files["certificate.parquet"])
    layers = [layer_of(show(one, protection.masks[one.table.id]), one.table.measures[0]) for one in grids]
    return list(faults(layers, [dict(r) for r in relations], Certificate(path, layers)))


def unlifted(one: Grid, mask: np.ndarray, *others: tuple[Grid, np.ndarray], relations: Relations = ()) -> list[str]:
    """The cells that the audit finds exact or provably small under masks."""
    shown = {each.table.id: show(each, cells) for each, cells in ((one, mask), *others)}
    auditor = Auditor(Group("g", tuple(shown), tuple(relations)), shown)
    found = [auditor.judge(period) for period in auditor.periods]
    return sorted({auditor.name(*cell) for audit in found for cell in (*audit.low, *audit.same)})


def shelve(library: Path, *grids: Grid, relations: Relations = ()) -> Path:
    """The grids as a library: a table folder each, and a protection file where there is more than one."""
    files = {"site/site.yaml": SITE, "site/subjects.yaml": SUBJECTS, "classifications/omraade.yaml": _classified()}
    files |= {f"{one.table.id}/table.yaml": json.dumps(_told(one.table), ensure_ascii=False, indent=1) for one in grids}
    if len(grids) > 1:
        group = {"tables": [one.table.id for one in grids], "relations": _texts([dict(one) for one in relations])}
        files["protection/g.yaml"] = json.dumps(group, indent=1)
    for name, text in files.items():
        (library / name).parent.mkdir(parents=True, exist_ok=True)
        (library / name).write_text(text, encoding="utf-8")
    for one in grids:
        _write_cube(library / one.table.id / "cube.parquet", one)
    return library


def _texts(told: Any) -> Any:
    """As the reader of YAML takes it: every scalar is text."""
    if isinstance(told, Mapping):
        return {str(key): _texts(one) for key, one in told.items()}
    if isinstance(told, list | tuple):
        return [_texts(one) for one in told]
    return str(told).lower() if isinstance(told, bool) else str(told)


def _told(described: Table) -> Mapping[str, object]:
    text, measure = {"da": "tekst", "en": "text"}, described.measures[0]
    counts = {"code": "n", "text": text, "unit": text, "kind": measure.kind, "minimum": "0"}
    counts |= {"additive_over": [one.dimension for one in measure.additive_over]} if measure.kind == "distinct" else {}
    counts |= {"numerator": "boern", "denominator": "folketal"} if measure.kind == "ratio" else {}
    rules = [_texts({"method": rule.method, **rule.params}) for rule in described.disclosure]
    dimensions = [_dimension(one) for one in described.dimensions]
    names = {"id": described.id, "subject": "11", "title": text, "source": text, "status": described.status}
    return {**names, "dimensions": dimensions, "measures": [counts], "disclosure": rules}


def _dimension(one: Dimension) -> Mapping[str, object]:
    told: dict[str, object] = {"code": one.code, "text": {"da": one.code, "en": one.code}}
    if one.time:
        return {**told, "time": ", ".join(one.codes)}
    told |= {"elimination": one.elimination} if one.elimination else {}
    told |= {"overlap": one.overlap} if one.overlap else {}
    if one.classification:
        levels = list(dict.fromkeys(str(value.level) for value in one.values if value.level != "land"))
        return {**told, "classification": one.classification, "levels": levels}
    rows = [f"{v.code};{v.parent or ''};{v.since or ''};{v.code};{v.code}" for v in one.values]
    return {**told, "values": "\n".join(["code;parent;since;da;en", *rows]) + "\n"}


def _classified() -> str:
    text = {"da": "Områder", "en": "Areas"}
    levels = {level: {"da": level, "en": level} for level in ("land", "landsdel", "kommune")}
    parents = {child: node for node, children in AREAS.items() for child in children}
    inner = [f"{one};{_LEVELS.get(one, 'kommune')};{parents.get(one, '')};{one};{one}" for one in _nested("000")]
    values = "\n".join(["code;level;parent;da;en", *inner]) + "\n"
    told = {"id": "omraade", "version": "2007-01-01", "text": text, "levels": levels, "values": values}
    return json.dumps(told, ensure_ascii=False)


def _nested(code: str) -> list[str]:
    return [code, *(one for child in AREAS.get(code, ()) for one in _nested(child))]


def _write_cube(path: Path, one: Grid) -> None:
    described = one.table
    places = np.unravel_index(np.arange(len(one.status["n"])), described.shape)
    columns: dict[str, object] = {
        dimension.code: [dimension.codes[place] for place in axis.tolist()]
        for dimension, axis in zip(described.dimensions, places, strict=True)
    }
    gone = one.status["n"] == Status.MISSING
    for name, numbers in one.numbers.items():
        if described.measures[0].kind != "ratio" or name != "n":
            columns[name] = pa.array(numbers, pa.int64(), mask=gone)
    told = pa.table(columns)
    pq.write_table(told.filter(pa.array(one.status["n"] != Status.NOT_APPLICABLE)), path)


class Released:
    """A bank of these tables, and what the acts show of them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.acts = folder, list[Act]()

    def publish(self, *grids: Grid, at: str = "2024-06-06 08:00", relations: Relations = (), **options: Any) -> Act:
        """One act, through the real release with the real rehearsal."""
        shelve(self.folder / "library", *grids, relations=relations)
        clock = datetime.strptime(f"{at} +0000", "%Y-%m-%d %H:%M %z") - timedelta(hours=3)
        names = [one.table.id for one in grids]
        settings = {"clock": lambda: clock, "rehearse": rehearse, "at": at, **options}
        self.acts.append(release(self.folder / "library", self.folder / "bank", names, **settings))
        return self.acts[-1]

    def again(self, *names: str, at: str = "2024-06-06 08:00") -> None:
        """An act of what the library holds now."""
        clock = datetime.strptime(f"{at} +0000", "%Y-%m-%d %H:%M %z") - timedelta(hours=3)
        library, bank = self.folder / "library", self.folder / "bank"
        self.acts.append(release(library, bank, names, at=at, clock=lambda: clock, rehearse=rehearse))

    def shown(self, name: str, act: int = -1) -> Shown:
        folder = self.acts[act].folder / name
        return read_shown(folder, read_table(folder))

    def hidden(self, name: str, act: int = -1) -> np.ndarray:
        """Shaped like the table; True where the public sees no number."""
        shown = self.shown(name, act)
        return (shown.status["n"] == Status.CONFIDENTIAL).reshape(shown.table.shape)

    def primary(self, name: str, act: int = -1) -> np.ndarray:
        path = self.folder / "bank/vault" / self.acts[act].folder.name / name / MASK
        mask = pq.read_table(path).column("mask").to_numpy()
        return (mask == 1).reshape(self.shown(name, act).table.shape)

    def at(self, name: str, flags: np.ndarray, *codes: str) -> bool:
        """The flag of one cell of a table, by its codes."""
        shown = self.shown(name)
        place = tuple(d.index[c] for d, c in zip(shown.table.dimensions, codes, strict=True))
        return bool(flags[place])

    def faults(self, *names: str, act: int = -1) -> list[str]:
        """What the single-file checker says, from the released files alone."""
        [protection] = (self.acts[act].folder / "protection").iterdir()
        return check({name: self.acts[act].folder / name for name in names}, protection)

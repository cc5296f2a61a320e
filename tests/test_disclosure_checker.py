"""The single-file checker: it stands alone, agrees with those who mask and audit, and refuses whatever was changed."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tables.catalog import read_library
from tables.disclosure.attack import derived
from tables.disclosure.audit import Auditor
from tables.disclosure.checker import EQUAL, Lines, check, main, read_layer, words
from tables.disclosure.relations import system
from tables.disclosure.rows import EQUAL as SAME
from tables.grid import Grid, read_cube
from tables.model import Group, Status
from tables.protecting import CUBE
from tables.shown import read_shown, show
from tests.cubes import Released, added, areas, dimension, masked, table

YEARS = ("2020", "2021")
RELATION = {
    "at_least": ["I3", "I1"],
    "plus": {"I4": {"before": True}},
    "gap": "rare",
    "pair": {"LANDSDEL": "KOM"},
    "sum": "KOM",
}
NAMES = ("I1", "I3", "I4")
CHECKER = Path(__file__).resolve().parents[1] / "tables" / "disclosure" / "checker.py"


def two_years() -> tuple[Grid, Grid, Grid]:
    """Running in the year, started in it, and running before; in landsdel 02 and the country they do not fit."""
    landsdele, kommuner = areas("LANDSDEL", "landsdel"), areas("KOM", "kommune")
    running = [[20, 3], [40, 40], [60, 60], [35, 35], [45, 45], [16, 16]]
    return (
        added(table("I1", [kommuner], periods=YEARS), np.array(running)),
        added(table("I3", [landsdele], periods=YEARS), np.array([[70, 63], [30, 20], [8, 8]])),
        added(table("I4", [landsdele], periods=YEARS), np.array([[40, 40], [50, 50], [8, 8]])),
    )


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Released:
    bank = Released(tmp_path_factory.mktemp("two_years"))
    bank.publish(*two_years(), relations=[RELATION])
    return bank


@pytest.fixture
def act(published: Released, tmp_path: Path) -> Path:
    """A copy of the act, to change."""
    other = tmp_path / "act"
    shutil.copytree(published.acts[0].folder, other, copy_function=shutil.copyfile)
    for path in (other, *other.rglob("*")):
        path.chmod(0o755)
    return other


def judged(act: Path) -> list[str]:
    return check({name: act / name for name in NAMES}, act / "protection/g")


def rewrite(path: Path, change: Callable[[pa.Table], pa.Table], **told: object) -> None:
    """Another Parquet file in its place; `told`: entries of its metadata."""
    rows = pq.read_table(path)
    metadata = rows.schema.metadata or {}
    if told:
        metadata = {b"statbank": json.dumps({**json.loads(metadata[b"statbank"]), **told}).encode()}
    pq.write_table(change(rows).replace_schema_metadata(metadata), path)


def same(rows: pa.Table) -> pa.Table:
    return rows


def put(rows: pa.Table, column: str, place: int, value: int) -> pa.Table:
    cells = rows.column(column).to_pylist()
    cells[place] = value
    return rows.set_column(rows.column_names.index(column), column, pa.array(cells, rows.schema.field(column).type))


def test_the_checker_stands_alone_and_reads_a_released_act(act: Path) -> None:
    told = subprocess.run([sys.executable, "-I", str(CHECKER), str(act)], capture_output=True, text=True, check=False)

    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout == "g: the promise holds\n"


def test_the_checker_needs_nothing_but_pyarrow_and_pyyaml() -> None:
    lines = CHECKER.read_text(encoding="utf-8").splitlines()

    brought = {line.split()[1].partition(".")[0] for line in lines if line.startswith(("import ", "from "))}

    assert brought - sys.stdlib_module_names == {"pyarrow", "yaml"}


def test_a_certificate_of_another_release_is_refused(act: Path, tmp_path: Path) -> None:
    other = Released(tmp_path / "other")
    running, *rest = two_years()
    codes = running.table.dimensions[0].codes
    moved = running.numbers["n"].reshape(-1, 2)[[0, *range(2, len(codes)), 1]]
    other.publish(replace(running, numbers={"n": moved.reshape(-1)}), *rest, relations=[{"at_most": ["I4", "I4"]}])
    shutil.copyfile(other.acts[0].folder / "protection/g/certificate.parquet", act / "protection/g/certificate.parquet")

    found = judged(act)

    assert any("I1 row" in fault and "is it of another release?" in fault for fault in found)
    assert main([str(act)]) == 1


def test_a_certificate_of_other_tables_is_refused(act: Path, toy_folder: Path) -> None:
    toy = next((toy_folder / "releases").iterdir()) / "protection/TOY/certificate.parquet"
    shutil.copyfile(toy, act / "protection/g/certificate.parquet")

    assert judged(act) == [
        "certificate.parquet is cut off, or is none of these tables: fetch that of this release again"
    ]


@pytest.mark.parametrize("kept", [0, 4, 200, -1])
def test_a_truncated_certificate_is_refused(act: Path, kept: int) -> None:
    path = act / "protection/g/certificate.parquet"
    path.write_bytes(path.read_bytes()[:kept])

    assert judged(act) == [
        "certificate.parquet is cut off, or is none of these tables: fetch that of this release again"
    ]
    assert main([str(act)]) == 1


def test_every_number_of_the_certificate_matters(act: Path) -> None:
    path = act / "protection/g/certificate.parquet"
    whole = path.read_bytes()
    rows = pq.read_table(path)
    tables = [name for name in rows.column_names if name[0] == "t" and name[1:].isdigit()]
    quiet = []
    for name in tables:
        for place in range(len(rows)):
            rewrite(path, lambda old, n=name, p=place: put(old, n, p, old.column(n)[p].as_py() + 1))
            quiet += [] if any("the line is" in fault for fault in judged(act)) else [(name, place)]
            path.write_bytes(whole)

    assert len(tables) * len(rows) == 6
    assert quiet == []


def test_a_row_dropped_from_the_certificate_is_refused(act: Path) -> None:
    rewrite(act / "protection/g/certificate.parquet", lambda rows: rows.slice(1))

    found = judged(act)

    assert len(found) == 1
    assert "is hidden, not in the certificate" in found[0]


def test_a_hidden_cell_that_the_certificate_lacks_is_refused(act: Path) -> None:
    path = act / "I1/cells.parquet"
    shown = pq.read_table(path).column("n.status").to_pylist().index(0)
    rewrite(path, lambda rows: put(rows, "n.status", shown, int(Status.CONFIDENTIAL)))

    assert f"I1 row {shown} is hidden, not in the certificate: is it of another release?" in judged(act)


def test_a_hidden_cell_that_is_shown_after_all_is_refused(act: Path) -> None:
    path = act / "I1/cells.parquet"
    hidden = pq.read_table(path).column("n.status").to_pylist().index(5)
    rewrite(path, lambda rows: put(put(rows, "n.status", hidden, 0), "n", hidden, 3))

    assert f"I1 row {hidden} is in the certificate, not hidden: is it of another release?" in judged(act)


def test_a_shown_cell_that_was_altered_is_refused(act: Path) -> None:
    path = act / "I3/cells.parquet"
    rows = pq.read_table(path)
    place = next(p for p, status in enumerate(rows.column("n.status").to_pylist()) if status == 0 and p > 1)
    rewrite(path, lambda old: put(old, "n", place, old.column("n")[place].as_py() + 7))

    assert any("I3 LANDSDEL" in fault or "relation 1" in fault for fault in judged(act))


def test_a_relation_taken_out_of_the_group_file_is_refused(act: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = act / "protection/g/group.yaml"
    path.write_text(json.dumps({"tables": NAMES}), encoding="utf-8")

    assert not any("the line is" in fault for fault in judged(act))  # fewer lines: so files are held to the record
    assert main([str(act)]) == 1
    assert "act/protection/g/group.yaml is not the file of this release: fetch it again" in capsys.readouterr().out


def test_a_dropped_pair_that_was_invented_is_refused(act: Path) -> None:
    path = act / "protection/g/certificate.parquet"
    told = json.loads(pq.read_schema(path).metadata[b"statbank"])
    assert told["dropped"] == [[0, "2021", ["000"]], [0, "2021", ["02"]]]
    rewrite(path, same, dropped=[*told["dropped"], [0, "2021", ["01"]]])

    found = judged(act)

    assert len(found) == 1
    assert "relation 1 I3 ('01',) I1 (dropped)" in found[0]


def test_a_count_that_is_not_the_published_rate_is_refused(act: Path) -> None:
    rewrite(act / "protection/g/certificate.parquet", same, held=[["I1", "n", 0, 7]])

    assert "I1 row 0: 7 of 1 is not the published rate" in judged(act)


def test_a_table_that_another_act_holds_is_asked_for(act: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.move(act / "I4", act.parent / "elsewhere")

    assert main([str(act)]) == 1
    assert "I4 is not here: name the act that holds it, too" in capsys.readouterr().out


def test_the_checker_reads_from_files_what_the_audit_reads_from_memory(published: Released) -> None:
    """Their lines are the same, term by term, for every period."""
    folder = published.acts[0].folder
    library = read_library(published.folder / "library")
    shown = {name: read_shown(folder / name, library.tables[name]) for name in NAMES}
    told = {name: words(folder / name / "table.yaml") for name in NAMES}
    layers = [read_layer(folder / name, told[name], told[name]["measures"][0]) for name in NAMES]
    relations = words(folder / "protection/g/group.yaml")["relations"]
    auditor = Auditor(library.groups["g"], shown)

    for year in YEARS:
        ours, theirs = Lines(layers, relations, ()).of(year)[0], auditor.lines.of(year)[0]
        assert bool(ours) == (year == "2021")
        assert [_plain(line) for line in ours] == [_plain(line) for line in theirs]


def _plain(line: object) -> tuple[object, ...]:
    terms = [[(f, layer.table, offset) for f, layer, offset in part] for part in (line.open, line.before)]
    return line.row.kind, line.row.name, line.known, *terms


def test_the_checker_knows_every_line_that_the_masking_keeps(published: Released) -> None:
    """Two builders that share no code: with every cell an unknown, they write the same rows."""
    library = read_library(published.folder / "library")
    group = library.groups["g"]
    grids = {name: read_cube(library.folder / name / CUBE, library.tables[name]) for name in NAMES}
    nothing = {name: np.full(len(grid.status["n"]), 1, dtype=np.uint8) for name, grid in grids.items()}
    shown = {name: published.shown(name) for name in NAMES}
    hidden = {n: replace(one, status={"n": nothing[n] * 5}, values={"n": nothing[n] * 0}) for n, one in shown.items()}
    dropped = [(0, "2021", ("000",)), (0, "2021", ("02",))]
    auditor = Auditor(group, hidden, dropped=dropped)

    for year in YEARS:
        found = system(group, grids, year)
        frame, rows = found.frame, found.rows
        theirs = {
            (
                rows.kind[i] == SAME,
                frozenset((frame.name(int(c)), int(f)) for c, f in zip(one.indices, one.data, strict=True)),
            )
            for i, one in enumerate(rows.matrix)
        }
        ours = {
            (line.row.kind == EQUAL, frozenset((auditor.name(layer, o), f) for f, layer, o in line.open))
            for line in auditor.lines.of(year)[0]
        }
        assert ours == theirs


@pytest.mark.parametrize("gap", [1, 2])
def test_a_pair_that_is_dropped_does_not_tell_that_a_cell_is_small(gap: int) -> None:
    """That 3 + 20 is less than B tells that the 3 is at most B − 21, so that must not be small."""
    landsdele = areas("L", "landsdel")
    small = added(table("A", [landsdele], periods=YEARS), np.array([[30, 3], [40, 40], [50, 50]]))
    before = added(table("P", [landsdele], periods=YEARS), np.array([[20, 20], [20, 20], [20, 20]]))
    large = added(table("B", [landsdele], periods=YEARS), np.array([[30, 23 + gap], [40, 60], [50, 70]]))
    relation = {"at_least": ("A", "B"), "plus": {"P": {"before": True}}, "gap": "rare", "only": {"L": ("01",)}}

    group = Group("g", ("A", "B", "P"), (relation,))

    masks = masked(small, large, before, relations=[relation]).masks

    assert masks["B"].any()
    shown = {one.table.id: show(one, masks[one.table.id]) for one in (small, large, before)}
    assert [str(finding) for finding in derived(group, shown)] == []


def test_a_large_cell_of_the_year_before_may_go_down_alone() -> None:
    """Beside a total and the one child of group 7, group 5 is at most what it is: no number a reader can compute."""
    kinds = dimension("I", {"3": ["5", "7"]})
    numbers = {"I1": [[330, 318], [3, 2]], "I3": [[230, 222], [2, 1]], "I4": [[96, 99], [1, 5]]}
    tables = [added(table(name, [kinds], periods=YEARS), np.array(cells)) for name, cells in numbers.items()]
    relation = {"at_least": ("I3", "I1"), "plus": {"I4": {"before": True}}, "gap": "rare"}

    masks = masked(*tables, relations=[relation]).masks

    assert masks["I4"].reshape(3, 2)[:, 0].tolist() == [0, 2, 1]
    shown = {one.table.id: show(one, masks[one.table.id]) for one in tables}
    assert [str(finding) for finding in derived(Group("g", NAMES, (relation,)), shown)] == []

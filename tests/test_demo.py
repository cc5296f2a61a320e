"""The demo: made whole or not at all, found finished the second time, with acts that are data."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import tables
from service.cli import main
from tables.bank import Bank
from tables.catalog import read_library
from tables.demo import demo
from tables.demo.acts import cut_cube, growing, moved, read_acts, set_time
from tables.errors import Refused
from tables.instants import at_wall
from tables.model import Text

PACKAGED = Path(tables.__file__).parent / "library"
SCALE = 0.02
KEPT = {"BUFF01", "FOLK1B", "BU28", "ISBU03"}
FEW = tuple(replace(act, tables=kept) for act in read_acts() if (kept := tuple(t for t in act.tables if t in KEPT)))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "demo"
    demo(folder, acts=FEW, scale=SCALE)
    return folder


def test_the_acts_name_tables_of_the_library_and_entries_of_its_calendar() -> None:
    library = read_library(PACKAGED)
    announced = {entry.at: entry for entry in library.site.calendar}

    for act in read_acts():
        assert set(act.tables) <= set(library.tables)
        assert act.notice or set(announced[at_wall(act.at)].tables) <= set(act.tables)
        assert act.arrived_by in (None, date(int(act.at[:4]), 3, 1))
        assert act.until is None or act.arrived_by or act.notice


def test_an_act_that_is_to_come_moves_to_the_same_weekday_of_a_year_ahead() -> None:
    *past, coming = read_acts()

    later = moved(coming, at_wall("2028-06-08 08:00"))

    assert later.at == "2029-06-14 08:00"
    assert moved(coming, at_wall("2027-06-10 07:59")) == coming
    assert all(moved(act, at_wall("2028-06-08 08:00")) == act for act in past)


def test_an_act_sets_the_years_of_tables_that_grow(tmp_path: Path) -> None:
    shutil.copytree(PACKAGED, tmp_path / "library")
    before = read_library(tmp_path / "library")
    growing_ones = [table for table in before.tables.values() if growing(table)]

    for table in growing_ones:
        set_time(tmp_path / "library", table, 2025)

    after = read_library(tmp_path / "library")
    assert {"ISBU04", "BU28"} <= {table.id for table in growing_ones}
    assert not {"BUFF01", "FOLK1A"} & {table.id for table in growing_ones}
    for table in growing_ones:
        assert after.tables[table.id].time.codes == (*table.time.codes, "2025")
        assert after.tables[table.id].notes == table.notes


def test_a_carried_cube_is_cut_to_the_years_of_the_act(tmp_path: Path) -> None:
    table = read_library(PACKAGED).tables["BU28"]

    cut_cube(PACKAGED / "BU28" / "cube.parquet", tmp_path / "cube.parquet", table, 2022)

    years = pq.read_table(tmp_path / "cube.parquet")["Tid"].to_pylist()
    assert min(years) == table.time.codes[0]
    assert max(years) == "2022"


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("kære mor")

    with pytest.raises(Refused, match="not empty"):
        demo(tmp_path, scale=SCALE)

    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.slow
def test_the_demo_has_a_library_and_a_bank_and_nothing_of_the_register(made: Path) -> None:
    assert {path.name for path in made.iterdir()} == {"library", "bank", "demo.json", "demo.lock"}
    assert read_library(made / "library").tables.keys() == read_library(PACKAGED).tables.keys()
    for act in FEW:
        instant = at_wall(act.at)
        bank = Bank(made / "bank", clock=lambda instant=instant: instant)
        bank.refresh()
        releases = bank.catalogue().releases
        assert all(releases[table].updated == instant for table in act.tables)
        assert "ISBU03" not in act.tables or releases["ISBU03"].table.time.codes[-1] == str(act.until)
        assert releases["BUFF01"].table.status == ("active" if act is FEW[0] else "closed")


@pytest.mark.slow
def test_the_correction_of_the_morning_moves_two_cells_and_a_note(made: Path) -> None:
    bank = Bank(made / "bank", clock=lambda: at_wall("2023-06-08 10:48"))
    bank.refresh()
    newest, first = bank.steps(bank.catalogue(), "ISBU03")

    moved_cells = {
        (cell["cell"]["LANDSDEL"], cell["cell"]["INDSATSER"])
        for cell in newest.changes["measures"]["indsatser"]["revised"]
    }
    assert newest.correction
    assert first.instant == "2023-06-08T0600Z"
    assert moved_cells == {("02", "6"), ("03", "6"), ("02", "4"), ("03", "4")}
    assert len(newest.changes["notes"]["added"]) == 1


@pytest.mark.slow
def test_the_act_to_come_is_there_and_not_seen(made: Path) -> None:
    before = datetime(2026, 1, 1, tzinfo=UTC)
    bank = Bank(made / "bank", clock=lambda: before)
    bank.refresh()

    assert bank.catalogue().release("ISBU03").table.time.codes[-1] == "2024"
    assert len(list((made / "bank/releases").iterdir())) == len(FEW)


@pytest.mark.slow
def test_a_finished_demo_is_left_as_it_is(made: Path) -> None:
    before = sorted((path, path.lstat().st_mtime_ns) for path in made.rglob("*"))

    again = CliRunner().invoke(main, ["--lang", "en", "demo", str(made)])

    assert again.exit_code == 0
    assert "finished" in again.stdout
    assert sorted((path, path.lstat().st_mtime_ns) for path in made.rglob("*")) == before


@pytest.mark.slow
def test_what_an_interrupted_demo_left_is_made_anew(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made / "bank", tmp_path / "bank")
    (tmp_path / "register").mkdir()
    (tmp_path / "demo.lock").touch()
    told: list[tuple[Text, float]] = []

    anew = demo(tmp_path, acts=FEW, scale=SCALE, progress=lambda what, done: told.append((what, done)))

    assert anew
    assert {path.name for path in tmp_path.iterdir()} == {"library", "bank", "demo.json", "demo.lock"}
    assert [done for _, done in told] == sorted(done for _, done in told)
    shares = [
        [path.read_bytes() for path in sorted((folder / "bank" / "releases").glob("*/*/*")) if path.is_file()]
        for folder in (made, tmp_path)
    ]
    assert shares[0] == shares[1]

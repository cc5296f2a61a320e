"""A release is one frozen folder that appears by one rename, or nothing at all."""

import csv
import gzip
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.cli.release import renderers
from tables import durable
from tables.acts import parse
from tables.bank import Bank
from tables.errors import CatalogError, Locked, Refused
from tables.model import Act, Text
from tables.rehearsal import rehearse
from tables.release import release
from tables.workshop import locked

Publish = Callable[..., Act]
SPOT = ("KØN", "OMRÅDE", "Tid")


def change(library: Path, cells: Mapping[tuple[str, str, str], int]) -> None:
    """Other true figures in the cube."""
    path = library / "TOY" / "cube.parquet"
    rows = pq.read_table(path).to_pylist()
    for row in rows:
        row["antal"] = cells.get(tuple(row[code] for code in SPOT), row["antal"])
    pq.write_table(pa.Table.from_pylist(rows), path)


def rewrite(library: Path, old: str, new: str) -> None:
    path = library / "TOY" / "table.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def contents(act: Act) -> dict[str, bytes]:
    return {path.relative_to(act.folder).as_posix(): path.read_bytes() for path in durable.files(act.folder)}


def nothing_is_left(bank: Path, *, acts: int = 0) -> bool:
    stages = [path for path in (bank / "staging").glob("*") if path.name != "planned"]
    return len(list((bank / "releases").glob("*"))) == acts == len(list((bank / "vault").glob("*"))) and not stages


def table_csv(act: Act) -> dict[tuple[str, ...], tuple[str, str]]:
    text = gzip.decompress((act.folder / "TOY" / "table.csv.gz").read_bytes()).decode()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    return {tuple(row[:3]): (row[3], row[4]) for row in rows[1:]}


def test_an_act_holds_exactly_what_its_record_names_read_only_and_dated_by_its_instant(publish: Publish) -> None:
    act = publish()

    read, prev = parse((act.folder / "release.json").read_bytes(), act.folder)
    assert read == act
    assert prev is None
    assert act.folder.name == "000001-20240606T060000Z"
    assert set(contents(act)) == set(act.files) | {"release.json"}
    for path in durable.files(act.folder):
        assert path.stat().st_mode & 0o777 == 0o444
        assert path.stat().st_mtime == act.effective_at.timestamp()
    assert act.folder.stat().st_mode & 0o777 == (act.folder / "TOY").stat().st_mode & 0o777 == 0o555


def test_nobody_but_the_publisher_looks_into_staging_and_vault(publish: Publish, tmp_path: Path) -> None:
    act = publish()

    for room in ("staging", "vault"):
        assert (tmp_path / "bank" / room).stat().st_mode & 0o777 == 0o700
    kept = {path.name for path in (tmp_path / "bank" / "vault" / act.folder.name / "TOY").iterdir()}
    assert kept == {"cube.parquet", "mask.parquet", "provenance.json"}


def test_the_same_draft_gives_the_same_bytes(publish: Publish, library: Path, tmp_path: Path) -> None:
    first = contents(publish())
    rows = pq.read_table(library / "TOY/cube.parquet").to_pylist()
    pq.write_table(pa.Table.from_pylist(rows[::-1]), library / "TOY/cube.parquet")
    shutil.move(tmp_path / "bank", tmp_path / "other")

    assert contents(publish()) == first


HIDDEN = "  - {method: hide, at: {KØN: D, OMRÅDE: ['01', '02'], Tid: '2024'}, reason: prøve}\n"


def test_an_act_is_the_same_whatever_stands_under_its_mask(publish: Publish, library: Path, tmp_path: Path) -> None:
    rewrite(library, "below: 5}\n", "below: 5}\n" + HIDDEN)
    first = publish()
    mask = (tmp_path / "bank/vault" / first.folder.name / "TOY/mask.parquet").read_bytes()
    shutil.move(tmp_path / "bank", tmp_path / "other")
    before = contents(
        parse(
            (tmp_path / "other/releases" / first.folder.name / "release.json").read_bytes(),
            tmp_path / "other/releases" / first.folder.name,
        )[0]
    )

    change(library, {("D", "01", "2024"): 14, ("D", "02", "2024"): 4})
    second = publish()

    assert (tmp_path / "bank/vault" / second.folder.name / "TOY/mask.parquet").read_bytes() == mask
    assert contents(second) == before


def test_no_number_stands_under_a_hidden_cell(publish: Publish) -> None:
    act = publish()

    cells = {
        tuple(row[code] for code in SPOT): row for row in pq.read_table(act.folder / "TOY/cells.parquet").to_pylist()
    }
    with pa.memory_map(str(act.folder / "TOY/shown.arrow")) as source:
        array = pa.ipc.open_file(source).get_batch(0).to_pydict()
    for number, (spot, row) in enumerate(cells.items()):
        hidden = row["antal.status"] == 5
        assert (row["antal"] is None) == hidden
        assert array["antal"][number] == (row["antal"] or 0)
        assert array["antal.status"][number] == row["antal.status"]
        assert table_csv(act)[spot] == (("", "confidential") if hidden else (str(row["antal"]), ""))
    assert cells["D", "02", "2024"]["antal.status"] == 5
    assert cells["P", "02", "2024"]["antal"] == 0


def test_a_later_act_marks_what_it_revises_from_shown_figures_only(publish: Publish, library: Path) -> None:
    publish()
    change(library, {("P", "000", "2023"): 20, ("P", "01", "2023"): 11})

    act = publish("2024-06-07 08:00")

    told = json.loads((act.folder / "TOY/changes.json").read_bytes())
    assert table_csv(act)["P", "000", "2023"] == ("20", "revised")
    assert table_csv(act)["P", "02", "2023"] == ("9", "")
    assert told["since"] == "TOY@2024-06-06T0600Z"
    assert told["measures"]["antal"]["changed"] == 2
    assert told["measures"]["antal"]["largest"] == {
        "cell": {"KØN": "P", "OMRÅDE": "01", "Tid": "2023"},
        "from": 7,
        "to": 11,
        "decimals": 0,
    }
    assert act.parents == {"TOY": 1}


def test_a_new_period_is_told_and_moves_no_other_cell(publish: Publish, library: Path) -> None:
    publish()
    rewrite(library, "time: 2023-2024", "time: 2024-2025")

    path = library / "TOY/cube.parquet"
    rows = [row for row in pq.read_table(path).to_pylist() if row["Tid"] == "2024"]
    pq.write_table(pa.Table.from_pylist(rows), path)
    act = publish("2024-06-07 08:00")

    told = json.loads((act.folder / "TOY/changes.json").read_bytes())
    assert (told["added"], told["removed"]) == ({"Tid": ["2025"]}, {"Tid": ["2023"]})
    assert told["measures"]["antal"]["changed"] == 0


def test_the_site_comes_with_the_first_act_and_later_only_where_it_changed(publish: Publish, library: Path) -> None:
    first = publish()
    (library / "site/site.yaml").write_text((library / "site/site.yaml").read_text().replace("Toy", "New"))

    without = publish("2024-06-07 08:00")
    along = publish("2024-06-08 08:00", site=True)

    assert {path for path in first.files if path.startswith("site/")} == {"site/site.yaml", "site/subjects.yaml"}
    assert not any(path.startswith("site/") for path in without.files)
    assert [path for path in along.files if path.startswith("site/")] == ["site/site.yaml"]


def test_it_appears_by_one_rename(publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int]] = []
    real = os.rename

    def watched(source: Any, target: Any) -> None:
        before = list((tmp_path / "bank/releases").iterdir())
        real(source, target)
        if Path(target).parent.name == "releases":
            seen.append((Path(target).name, len(before)))

    monkeypatch.setattr(os, "rename", watched)

    act = publish()

    assert seen == [(act.folder.name, 0)]


@pytest.mark.parametrize("when", ["rename", "fsync"])
def test_a_disk_that_fails_leaves_the_bank_as_it_was(
    publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    publish()
    calls = 0
    real = getattr(os, when)

    def fails(*paths: Any) -> None:
        nonlocal calls
        calls += 1
        if when == "rename" and Path(paths[1]).parent.name != "releases":
            return real(*paths)
        if when == "fsync" and calls < 8:
            return real(*paths)
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, when, fails)
        with pytest.raises(OSError, match="Input/output"):
            publish("2024-06-07 08:00")
    publish("2024-06-08 08:00")

    assert nothing_is_left(tmp_path / "bank", acts=2)


def spoil_yaml(library: Path) -> None:
    rewrite(library, "dimensions:", "dimension:")


def spoil_cube(library: Path) -> None:
    path = library / "TOY/cube.parquet"
    path.write_bytes(path.read_bytes()[:-9])


def double_row(library: Path) -> None:
    path = library / "TOY/cube.parquet"
    rows = pq.read_table(path).to_pylist()
    pq.write_table(pa.Table.from_pylist([*rows, rows[0]]), path)


def break_total(library: Path) -> None:
    change(library, {("P", "000", "2023"): 99})


@pytest.mark.parametrize("spoil", [spoil_yaml, spoil_cube, double_row, break_total])
def test_bad_input_is_refused_with_file_and_cure_and_disturbs_nobody(
    publish: Publish, library: Path, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    publish()
    spoil(library)

    with pytest.raises(CatalogError) as caught:
        publish("2024-06-07 08:00")

    assert all(fault.file.startswith("TOY/") for fault in caught.value.faults)
    assert nothing_is_left(tmp_path / "bank", acts=1)


def test_the_faults_of_all_cubes_are_told_at_once(publish: Publish, library: Path) -> None:
    shutil.copytree(library / "TOY", library / "TOY2")
    path = library / "TOY2/table.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("id: TOY", "id: TOY2"), encoding="utf-8")
    (library / "TOY2/cube.parquet").write_bytes(b"")
    double_row(library)

    with pytest.raises(CatalogError) as caught:
        publish("2024-06-07 08:00", "TOY", "TOY2")

    assert [fault.file for fault in caught.value.faults] == ["TOY/cube.parquet", "TOY2/cube.parquet"]


@pytest.mark.parametrize(
    "options",
    [
        {"at": "2024-03-31 02:30"},
        {"at": "2024-06-06"},
        {"hours": -1},
        {"hours": 0.001},
    ],
)
def test_an_instant_that_is_past_near_or_none_is_refused(
    publish: Publish, tmp_path: Path, options: Mapping[str, Any]
) -> None:
    with pytest.raises((Refused, ValueError)):
        publish(**options)

    assert not list((tmp_path / "bank").glob("releases/*"))


def test_when_must_be_said_and_said_once(library: Path, tmp_path: Path) -> None:
    for when in ({}, {"at": "2024-06-06 08:00", "now": True}):
        with pytest.raises(Refused, match="either --at or --now"):
            release(library, tmp_path / "bank", ["TOY"], **when)  # type: ignore[arg-type]


def test_now_is_the_minute_after_the_rehearsal(library: Path, tmp_path: Path) -> None:
    times: Iterator[datetime] = (datetime(2024, 6, 6, 6, minute // 4, 40, tzinfo=UTC) for minute in range(99))

    act = release(library, tmp_path / "bank", ["TOY"], now=True, clock=lambda: next(times), rehearse=rehearse)

    committed = json.loads((act.folder / "release.json").read_bytes())["committed_at"]
    assert act.effective_at.second == 0
    assert timedelta(seconds=5) <= act.effective_at - datetime.fromisoformat(committed) <= timedelta(seconds=65)


def test_a_second_publisher_is_refused(publish: Publish, tmp_path: Path) -> None:
    publish()

    with locked(tmp_path / "bank"), pytest.raises(Locked):
        publish("2024-06-07 08:00")

    assert nothing_is_left(tmp_path / "bank", acts=1)


def test_leftovers_of_a_crash_are_swept_by_the_next_publisher(publish: Publish, tmp_path: Path) -> None:
    publish()
    old, young, vault = (
        tmp_path / "bank" / name for name in ("staging/aa", "staging/bb", "vault/000002-20240606T060000Z")
    )
    for folder in (old, young, vault):
        (folder / "act").mkdir(parents=True)
        (folder / "act").chmod(0o555)
    long_ago = datetime(2024, 6, 1, tzinfo=UTC).timestamp()
    os.utime(old, (long_ago, long_ago))

    publish("2024-06-07 08:00")

    assert (old.exists(), young.exists(), vault.exists()) == (False, True, False)


def test_a_dry_run_writes_nothing(publish: Publish, tmp_path: Path) -> None:
    said: list[Text] = []

    act = publish(dry_run=True, progress=said.append)

    assert act.tables.keys() == {"TOY"}
    assert not (tmp_path / "bank").exists()
    assert said


def test_unknown_tables_and_empty_acts_are_refused(publish: Publish, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not in the library"):
        publish("2024-06-06 08:00", "TOYS")

    assert not (tmp_path / "bank/releases").exists()


def test_two_acts_of_one_instant_never_hold_the_same_table(publish: Publish, tmp_path: Path) -> None:
    publish("2024-06-06 08:00")

    with pytest.raises(Refused, match="TOY is also part of the act of 2024-06-06T0600Z"):
        publish("2024-06-06 08:00")

    assert nothing_is_left(tmp_path / "bank", acts=1)


def test_nothing_is_corrected_before_an_act_that_waits(publish: Publish) -> None:
    publish("2024-06-01 08:00")
    publish("2024-06-09 08:00", hours=24 * 5)

    with pytest.raises(Refused, match="TOY is also part of the act of 2024-06-09T0600Z"):
        publish("2024-06-05 08:00")


@pytest.mark.slow
def test_the_rehearsal_runs_in_a_process_of_its_own(library: Path, tmp_path: Path) -> None:
    common: dict[str, Any] = {"at": "2024-06-06 08:00", "clock": lambda: datetime(2024, 6, 6, 5, tzinfo=UTC)}

    with pytest.raises(TypeError, match="not iterable"):
        release(library, tmp_path / "bank", ["TOY"], renderers={"broken": zip}, **common)
    left = nothing_is_left(tmp_path / "bank")
    act = release(library, tmp_path / "bank", ["TOY"], renderers=renderers(), **common)

    assert left
    assert act.folder.is_dir()


def test_a_file_that_changes_before_the_rehearsal_is_noticed(publish: Publish, tmp_path: Path) -> None:
    def tampered(folder: Path, staged: Path, instant: datetime, renderers: Any) -> None:
        (staged / "TOY/changes.json").chmod(0o644)
        (staged / "TOY/changes.json").write_bytes(b"{}")
        rehearse(folder, staged, instant, renderers)

    with pytest.raises(Refused, match=r"changes\.json is not what was written"):
        publish(rehearse=tampered)

    assert nothing_is_left(tmp_path / "bank")


def test_a_title_is_taken_from_the_calendar(publish: Publish, library: Path) -> None:
    entry = "- at: 2024-06-06 08:00\n  title: {da: Børn 2024, en: Children 2024}\n  tables: [TOY]\n"
    (library / "site/calendar.yaml").write_text(entry, encoding="utf-8")

    assert publish().title == Text("Børn 2024", "Children 2024")


def test_a_running_server_is_not_disturbed_by_a_failing_release(
    publish: Publish, library: Path, tmp_path: Path
) -> None:
    publish()
    bank = Bank(tmp_path / "bank", clock=lambda: datetime(2024, 6, 7, tzinfo=UTC))
    bank.refresh()
    spoil_cube(library)

    with pytest.raises(CatalogError):
        publish("2024-06-07 08:00")
    bank.refresh(thoroughly=True)

    assert bank.catalogue().release("TOY").id == "TOY@2024-06-06T0600Z"

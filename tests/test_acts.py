"""Acts: a canonical record, an unbroken chain, and the fold that says what is in force when."""

import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.acts import NOTHING, History, canonical, check_format, digest, folder_name, parse, read_history, record
from tables.errors import BankDamaged, NewerFormat, Refused
from tables.fold import before, check_lineage, fold, home, line
from tables.instants import asked, at_wall, next_minute
from tables.model import Act, File, Text

NOW = datetime(2024, 6, 6, 6, 0, tzinfo=UTC)


def act(seq: int, *tables: str, at: int = 0, parents: Mapping[str, int | None] | None = None, **more: Any) -> Act:
    touched = {table: {"schema": {}} for table in tables}
    when = NOW + timedelta(minutes=at)
    return Act(
        seq, more.pop("kind", "release"), when, Path(), Text("a", "a"), {}, touched, parents=parents or {}, **more
    )


def commit(releases: Path, added: Act, prev: str | None) -> str:
    data = record(added, prev=prev, actor="kontoret", committed_at=NOW)
    folder = releases / folder_name(added.seq, added.effective_at)
    folder.mkdir(parents=True)
    (folder / "release.json").write_bytes(data)
    return digest(data)


def chain(releases: Path, *acts: Act) -> None:
    prev = None
    for added in acts:
        prev = commit(releases, added, prev)


def test_a_record_is_canonical_and_reads_back_as_it_was() -> None:
    files = {"T/table.yaml": File("T/table.yaml", "table", 3, "ab" * 32), "æ": File("æ", "site", 1, "cd" * 32, 7)}
    told = Act(
        7,
        "correction",
        NOW,
        Path("x"),
        Text("Støtte", "Support"),
        files,
        {"T": {"schema": {"keys": ["Tid"]}}},
        groups={"g": {"hidden": 2}},
        parents={"T": 3, "æ": None},
        notice=Text("rettet", "corrected"),
    )

    data = record(told, prev="00" * 32, actor="mig", committed_at=NOW)

    assert parse(data, Path("x")) == (told, "00" * 32)
    assert data == canonical(json.loads(data))
    assert b"\n" not in data
    assert b'"local":"2024-06-06 08:00"' in data


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: data.replace(b'"seq":1', b'"seq": 1'),
        lambda data: data.replace(b'"kind":"release"', b'"kind":"rumour"'),
        lambda data: data.replace(b'"path":"x"', b'"path":"../x"'),
        lambda data: data.replace(b'"path":"x"', b'"path":"/x"'),
        lambda data: data.replace(b'"bytes":1', b'"bytes":NaN'),
        lambda data: b"[]",
        lambda data: b"\xff",
    ],
)
def test_what_is_no_record_of_ours_is_damage(spoil: Any) -> None:
    data = record(
        Act(1, "release", NOW, Path(), Text("a", "a"), {"x": File("x", "site", 1, "aa")}, {}),
        prev=None,
        actor="",
        committed_at=NOW,
    )

    with pytest.raises(BankDamaged):
        parse(spoil(data), Path("x"))


def test_the_chain_is_read_on_from_what_is_known(tmp_path: Path) -> None:
    chain(tmp_path, act(1, "A"), act(2, "A", at=1))
    known = read_history(tmp_path)

    commit(tmp_path, act(3, "B", at=2), known.head)
    history = read_history(tmp_path, known)

    assert [each.seq for each in history.acts] == [1, 2, 3]
    assert history.hashes[:2] == known.hashes


def test_a_gap_a_broken_chain_and_a_lost_act_are_damage(tmp_path: Path) -> None:
    chain(tmp_path / "gap", act(1, "A"), act(3, "A", at=1))
    chain(tmp_path / "lost", act(1, "A"), act(2, "A", at=1))
    known = read_history(tmp_path / "lost")
    shutil.rmtree(known.acts[1].folder)
    commit(tmp_path / "broken", act(1, "A"), None)
    commit(tmp_path / "broken", act(2, "A", at=1), "00" * 32)

    for name, held in (("gap", NOTHING), ("lost", known), ("broken", NOTHING)):
        with pytest.raises(BankDamaged):
            read_history(tmp_path / name, held)


def test_a_bank_of_newer_software_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "FORMAT").write_text('{"format":2}')

    with pytest.raises(NewerFormat, match=r"format 2; .* up to 1"):
        check_format(tmp_path)


def test_the_fold_takes_the_last_by_instant_then_by_number() -> None:
    acts = (act(1, "A", "B"), act(2, "A", at=10), act(3, "A", at=5), act(4, "B", at=20))

    assert {named: held.seq for named, held in before(acts, NOW + timedelta(minutes=10)).items()} == {"A": 2, "B": 1}
    assert [each.seq for each in line(acts)] == [1, 3, 2, 4]


def test_a_cancelled_act_never_was() -> None:
    acts = (act(1, "A"), act(2, "A", at=10), act(3, at=10, kind="cancel", cancel=2))

    assert fold(line(acts)) == {"A": acts[0]}


def test_site_files_documents_and_news_are_held_one_by_one() -> None:
    paths = ["site/site.yaml", "documentation/x/2024.yaml", "news/n1/news.da.md", "protection/g/group.yaml"]
    files = {path: File(path, "site", 1, "") for path in paths}

    held = fold([Act(1, "release", NOW, Path(), Text("a", "a"), files, {})])

    assert set(held) == {"site/site.yaml", "documentation/x/2024.yaml", "news/n1"}


def test_a_rolled_back_table_finds_its_files_in_the_older_act() -> None:
    first, second = act(1, "A"), act(2, "A", at=1)
    back = Act(3, "rollback", NOW + timedelta(minutes=2), Path(), Text("a", "a"), {}, {"A": {"from": 1}})

    assert home(back, "A", History((first, second, back), ("", "", ""))) is first


@pytest.mark.parametrize(
    ("acts", "added"),
    [
        # a correction before an act that was made from what it corrects
        ([act(1, "A"), act(2, "A", at=60, parents={"A": 1})], act(3, "A", at=5, parents={"A": 1})),
        # a partner that an act to come was masked against
        ([act(1, "A", "B"), act(2, "A", at=60, parents={"A": 1, "B": 1})], act(3, "B", at=5, parents={"B": 1})),
        # made from something that is no longer in force
        ([act(1, "A"), act(2, "A", at=5, parents={"A": 1})], act(3, "A", at=60, parents={"A": 1})),
        # two of one instant for the same table
        ([act(1, "A"), act(2, "A", at=60, parents={"A": 1})], act(3, "A", at=60, parents={"A": 2})),
    ],
)
def test_an_act_that_would_undo_another_is_refused_by_name(acts: Sequence[Act], added: Act) -> None:
    with pytest.raises(Refused, match=r"^[AB] is also part of the act of 2024"):
        check_lineage(acts, added)


def test_acts_of_other_tables_may_come_in_any_order() -> None:
    acts = [act(1, "A"), act(2, "A", at=60, parents={"A": 1})]

    check_lineage(acts, act(3, "B", at=60, parents={"B": None}))


@given(st.lists(st.tuples(st.integers(0, 9), st.sets(st.sampled_from("ABC"), min_size=1)), max_size=12))
def test_the_fold_equals_asking_every_table_for_its_latest_act(made: list[tuple[int, set[str]]]) -> None:
    acts = [act(number, *sorted(tables), at=at) for number, (at, tables) in enumerate(made, 1)]

    for minute in range(10):
        instant = NOW + timedelta(minutes=minute)
        naive = {}
        for table in "ABC":
            held = [
                (each.effective_at, each.seq) for each in acts if table in each.tables and each.effective_at <= instant
            ]
            if held:
                naive[table] = max(held)[1]
        assert {table: each.seq for table, each in before(acts, instant).items()} == naive


def test_wall_time_is_copenhagen_time_in_summer_and_winter() -> None:
    assert at_wall("2024-06-06 08:00") == datetime(2024, 6, 6, 6, tzinfo=UTC)
    assert at_wall("2024-12-06 08:00") == datetime(2024, 12, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "wall", ["2027-03-28 02:30", "2027-10-31 02:30", "2027-02-30 08:00", "8:00", "2027-01-01 08:00:00"]
)
def test_a_time_that_is_not_there_or_twice_is_refused(wall: str) -> None:
    with pytest.raises(Refused):
        at_wall(wall)


@pytest.mark.parametrize("year", range(2020, 2041))
def test_eight_in_the_morning_exists_around_every_change_of_the_clock(year: int) -> None:
    for month, day in ((3, 31), (10, 31)):
        last = datetime(year, month, day, tzinfo=UTC)
        sunday = last - timedelta(days=(last.weekday() + 1) % 7)
        hours = [at_wall(f"{sunday + timedelta(days=shift):%Y-%m-%d} 08:00").hour for shift in (-2, -1, 0, 1)]
        assert hours == ([7, 7, 6, 6] if month == 3 else [6, 6, 7, 7])
        for gap_or_overlap in ("02:00", "02:30", "02:59"):
            with pytest.raises(Refused):
                at_wall(f"{sunday:%Y-%m-%d} {gap_or_overlap}")
        assert [at_wall(f"{sunday:%Y-%m-%d} {hour}").hour for hour in ("01:59", "03:00")] == (
            [0, 1] if month == 3 else [23, 2]
        )


@pytest.mark.parametrize(("seconds", "minute"), [(0, 1), (54, 1), (55, 1), (55.001, 2), (59, 2)])
def test_now_is_the_next_full_minute_at_least_five_seconds_ahead(seconds: float, minute: int) -> None:
    assert next_minute(NOW + timedelta(seconds=seconds)) == NOW + timedelta(minutes=minute)


@pytest.mark.parametrize(
    "text",
    [
        "2024-06-06T0600Z",
        "TOY@2024-06-06T0600Z",
        "2024-06-06T08:00:00+02:00",
        "2024-06-06T06:00:00.0000000Z",
        "2024-06-06t06:00:00z",
    ],
)
def test_the_past_is_asked_for_by_public_id_or_with_an_offset(text: str) -> None:
    assert asked(text, NOW, "toy") == NOW

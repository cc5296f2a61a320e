"""A server sees acts without being told, holds them back until their instant, and never answers a wrong number."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tables import durable
from tables.acts import digest_file
from tables.bank import Bank
from tables.catalogue import Catalogue
from tables.errors import BankDamaged, InvalidQuery, NotFound, StatbankError, TableDamaged
from tables.model import Act
from tests.front import add, lift

Publish = Callable[..., Act]
EVERYTHING = {"KØN": ["*"], "OMRÅDE": ["*"], "Tid": ["*"]}
OPENING = datetime(2024, 6, 6, 6, 0, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(OPENING)


@pytest.fixture
def bank(publish: Publish, tmp_path: Path, clock: Clock) -> Bank:
    """A bank in which TOY is in force and, an hour later, will be again with other figures."""
    publish()
    found = Bank(tmp_path / "bank", clock=clock)
    found.refresh()
    return found


def numbers(bank: Bank, catalogue: Catalogue, table: str = "TOY") -> list[int]:
    query = bank.ask(catalogue, table, EVERYTHING, "site")
    return [int(value) for block in bank.read(query).blocks() for value in block.values]


def writable(root: Path) -> Path:
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return root


def test_a_new_act_is_seen_without_a_restart_and_held_until_its_instant(
    bank: Bank, publish: Publish, clock: Clock
) -> None:
    before = bank.catalogue()
    publish("2024-06-06 09:00")
    bank.refresh()

    clock.now = OPENING + timedelta(minutes=59, seconds=59, microseconds=999_999)
    last_old = bank.catalogue()
    clock.now = OPENING + timedelta(hours=1)
    first_new = bank.catalogue()

    assert before.release("TOY").id == last_old.release("TOY").id == "TOY@2024-06-06T0600Z"
    assert first_new.release("TOY").id == "TOY@2024-06-06T0700Z"
    assert first_new.instant == clock.now


def test_a_table_before_its_first_instant_does_not_exist(publish: Publish, tmp_path: Path) -> None:
    publish()
    bank = Bank(tmp_path / "bank", clock=lambda: OPENING - timedelta(seconds=1))
    bank.refresh()

    catalogue = bank.catalogue()

    assert catalogue.releases == {}
    assert "toy" not in catalogue.site.name.en.casefold()
    with pytest.raises(NotFound) as hidden:
        catalogue.release("TOY")
    with pytest.raises(NotFound) as unknown:
        catalogue.release("NEVER")
    assert hidden.value.text == unknown.value.text


def test_a_clock_set_back_hides_no_figure(bank: Bank, publish: Publish, clock: Clock) -> None:
    publish("2024-06-06 09:00")
    bank.refresh()
    clock.now = OPENING + timedelta(hours=1)
    bank.catalogue()

    clock.now = OPENING

    assert bank.catalogue().release("TOY").id == "TOY@2024-06-06T0700Z"


def test_a_pinned_catalogue_does_not_move(bank: Bank, publish: Publish, clock: Clock) -> None:
    pinned = bank.catalogue()
    publish("2024-06-06 09:00")
    bank.refresh()
    clock.now = OPENING + timedelta(days=1)
    bank.catalogue()

    assert pinned.release("toy").id == "TOY@2024-06-06T0600Z"
    assert len(numbers(bank, pinned)) == 12


@pytest.mark.parametrize("asof", ["2024-06-06T0600Z", "TOY@2024-06-06T0630Z", OPENING, "2024-06-06T08:30:00+02:00"])
def test_the_past_is_as_it_was(bank: Bank, publish: Publish, clock: Clock, asof: str | datetime) -> None:
    publish("2024-06-06 09:00")
    bank.refresh()
    clock.now = OPENING + timedelta(days=1)

    assert bank.catalogue(asof, table="toy").release("TOY").id == "TOY@2024-06-06T0600Z"
    assert bank.catalogue(asof) is bank.catalogue(OPENING)


@pytest.mark.parametrize(
    "asof",
    [
        "",
        "yesterday",
        "2024-06-06",
        "2024-06-06T06:00:00",
        "2024-13-06T0600Z",
        "OTHER@2024-06-06T0600Z",
        "TOY@",
        "٢٠٢٤-06-06T0600Z",
    ],
)
def test_a_past_that_cannot_be_read_is_refused(bank: Bank, asof: str) -> None:
    with pytest.raises(InvalidQuery, match="x-asof"):
        bank.catalogue(asof, table="TOY")


def test_the_future_is_refused_with_one_text_whatever_is_planned(bank: Bank, publish: Publish) -> None:
    publish("2024-06-06 09:00")
    bank.refresh()

    texts = set()
    for asof in ("2024-06-06T0700Z", "2024-06-06T0701Z", "TOY@2024-06-06T0700Z", OPENING + timedelta(hours=1)):
        with pytest.raises(InvalidQuery) as refused:
            bank.catalogue(asof)
        texts.add(refused.value.text)

    assert len(texts) == 1


def test_before_the_first_act_there_is_nothing(bank: Bank) -> None:
    assert bank.catalogue("1999-01-01T0000Z").releases == {}


def test_two_acts_of_one_instant_come_together_and_every_instant_can_be_asked_for(
    bank: Bank, publish: Publish, library: Path, tmp_path: Path, clock: Clock
) -> None:
    add(library, "TAY")
    publish("2024-06-06 09:00", "TAY")
    lift(library, "TOY", 2)
    publish("2024-06-06 09:00")
    publish("2024-06-06 10:00", "TAY")
    old, both, last = (f"2024-06-06T0{hour}00Z" for hour in (6, 7, 8))
    model = [{"TOY": old}, {"TOY": both, "TAY": both}, {"TOY": both, "TAY": last}]

    for started in (OPENING, OPENING + timedelta(hours=2)):  # catalogues to come, and of the past
        clock.now = started
        bank = Bank(tmp_path / "bank", clock=clock)
        bank.refresh()
        clock.now = OPENING + timedelta(hours=2)
        for seconds in range(0, 7_201, 60):
            for moment in {max(seconds - 1, 0), seconds}:
                found = bank.catalogue(OPENING + timedelta(seconds=moment)).releases
                assert {table: each.instant for table, each in found.items()} == model[moment // 3_600]


def test_tables_come_in_the_order_of_the_subject_tree(publish: Publish, library: Path, tmp_path: Path) -> None:
    tree = '\n    - {id: "9", slug: {da: aa, en: aa}, text: {da: Først, en: First}}\n'
    subjects = library / "site/subjects.yaml"
    subjects.write_text(
        subjects.read_text(encoding="utf-8").replace("subjects:\n", "subjects:" + tree), encoding="utf-8"
    )
    for name, subject in (("ABC", "11"), ("XYZ", "9")):
        shutil.copytree(library / "TOY", library / name)
        path = library / name / "table.yaml"
        text = path.read_text(encoding="utf-8").replace("id: TOY", f"id: {name}")
        path.write_text(text.replace('subject: "11"', f'subject: "{subject}"'), encoding="utf-8")

    publish("2024-06-06 08:00", "TOY", "XYZ", "ABC")
    bank = Bank(tmp_path / "bank", clock=lambda: OPENING)
    bank.refresh()

    assert list(bank.catalogue().releases) == ["XYZ", "ABC", "TOY"]


def test_the_two_engines_answer_alike(toy_folder: Path) -> None:
    answers = []
    for engine in ("array", "duckdb"):
        bank = Bank(toy_folder, clock=lambda: OPENING, engine=engine)  # type: ignore[arg-type]
        bank.refresh()
        query = bank.ask(bank.catalogue(), "TOY", {"OMRÅDE": ["*"], "Tid": ["*"]}, "site")
        answers.append([(block.values.tolist(), block.status.tolist()) for block in bank.read(query).blocks()])

    assert answers[0] == answers[1]
    assert 5 in answers[0][0][1]


def test_whole_files_are_handed_out_by_their_role(toy: Bank) -> None:
    release = toy.catalogue().release("TOY")

    assert toy.file(release, "download").name == "table.csv.gz"
    assert toy.file(release, "cells").name == "cells.parquet"
    with pytest.raises(NotFound):
        toy.file(release, "secret")


def test_a_bank_that_is_not_there_says_so(tmp_path: Path) -> None:
    bank = Bank(tmp_path / "nowhere")

    with pytest.raises(BankDamaged):
        bank.refresh()
    with pytest.raises(BankDamaged):
        bank.catalogue()


def test_a_flipped_bit_takes_down_its_table_only(publish: Publish, library: Path, tmp_path: Path) -> None:
    shutil.copytree(library / "TOY", library / "OTHER")
    path = library / "OTHER/table.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("id: TOY", "id: OTHER"), encoding="utf-8")
    act = publish("2024-06-06 08:00", "TOY", "OTHER")
    bank = Bank(tmp_path / "bank", clock=lambda: OPENING)
    bank.refresh()
    catalogue = bank.catalogue()
    whole = numbers(bank, catalogue)

    data = bytearray((act.folder / "TOY/shown.arrow").read_bytes())
    data[300] ^= 1
    (act.folder / "TOY/shown.arrow").chmod(0o644)
    (act.folder / "TOY/shown.arrow").write_bytes(data)

    with pytest.raises(TableDamaged):
        numbers(bank, catalogue)
    assert numbers(bank, catalogue, "OTHER") == whole


def test_a_lost_description_takes_down_its_table_only(bank: Bank, tmp_path: Path) -> None:
    act = bank.catalogue().release("TOY").act
    writable(act.folder)
    (act.folder / "TOY/table.yaml").unlink()
    restarted = Bank(tmp_path / "bank", clock=lambda: OPENING)
    restarted.refresh()

    with pytest.raises(TableDamaged):
        restarted.catalogue().release("toy")
    assert restarted.catalogue().releases == {}


@pytest.mark.parametrize("harm", ["rewrite", "remove", "gap", "reorder"])
def test_a_harmed_history_keeps_the_last_good_state_and_is_told(
    bank: Bank, publish: Publish, tmp_path: Path, harm: str
) -> None:
    act = publish("2024-06-06 09:00")
    bank.refresh()
    good = bank.catalogue()
    writable(tmp_path / "bank/releases")
    record = act.folder / "release.json"
    if harm == "rewrite":
        record.write_bytes(record.read_bytes().replace(b'"actor":""', b'"actor":"x"'))
    elif harm == "remove":
        shutil.rmtree(act.folder)
    elif harm == "gap":
        shutil.copytree(act.folder, act.folder.with_name("000004-20240606T070000Z"))
    else:
        act.folder.rename(act.folder.with_name("000002-20240606T080000Z"))

    with pytest.raises(BankDamaged):
        bank.refresh(thoroughly=True)

    assert bank.error is not None
    assert bank.catalogue() is good


def test_a_damaged_site_file_of_a_new_act_keeps_the_last_good_state(
    bank: Bank, publish: Publish, library: Path
) -> None:
    (library / "site/site.yaml").write_text((library / "site/site.yaml").read_text().replace("Toy", "New"))
    act = publish("2024-06-06 09:00", site=True)
    writable(act.folder)
    (act.folder / "site/site.yaml").write_text("{}")

    with pytest.raises(BankDamaged):
        bank.refresh()

    assert bank.catalogue().site.name.en == "Toy bank"


@pytest.fixture(scope="module")
def harmed(toy_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("harmed") / "bank"
    shutil.copytree(toy_folder, folder)
    return writable(folder / "releases").parent


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_flipped_bit_gives_the_right_answer_or_none(toy: Bank, harmed: Path, data: st.DataObject) -> None:
    right = numbers(toy, toy.catalogue())
    path = data.draw(st.sampled_from(list(durable.files(harmed / "releases"))))
    whole = path.read_bytes()
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    broken = np.frombuffer(whole, dtype=np.uint8).copy()
    broken[bit // 8] ^= 1 << bit % 8
    path.write_bytes(broken.tobytes())
    bank = Bank(harmed, clock=lambda: OPENING, engine=data.draw(st.sampled_from(["array", "duckdb"])))

    try:
        bank.refresh()
        found = numbers(bank, bank.catalogue())
    except StatbankError:
        found = right
    finally:
        path.write_bytes(whole)

    assert found == right


def test_a_start_in_a_damaged_bank_serves_what_the_host_served_last(publish: Publish, tmp_path: Path) -> None:
    publish()
    cache = tmp_path / "cache"
    Bank(tmp_path / "bank", clock=lambda: OPENING, cache=cache).refresh()
    act = publish("2024-06-06 09:00")
    writable(act.folder)
    (act.folder / "release.json").write_text("{}")
    later = OPENING + timedelta(days=1)

    restarted = Bank(tmp_path / "bank", clock=lambda: later, cache=cache)
    with pytest.raises(BankDamaged):
        restarted.refresh()
    stranger = Bank(tmp_path / "bank", clock=lambda: later, cache=tmp_path / "other")
    with pytest.raises(BankDamaged):
        stranger.refresh()

    assert restarted.catalogue().release("TOY").id == "TOY@2024-06-06T0600Z"
    assert restarted.error is not None
    with pytest.raises(BankDamaged):
        stranger.catalogue()


def test_what_one_process_has_verified_the_next_need_not(
    toy_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Path] = []

    def counted(path: Path) -> str:
        taken.append(path)
        return digest_file(path)

    monkeypatch.setattr("tables.verify.digest_file", counted)

    def opened(run: str) -> int:
        before = len(taken)
        Bank(toy_folder, clock=lambda: OPENING, cache=tmp_path, run=run).refresh()
        return len(taken) - before

    first = opened("a")
    (record,) = (tmp_path / "verified").iterdir()
    with record.open("ab") as lines:
        lines.write(b'["cut')  # its writer was killed

    assert first > 5
    assert opened("a") == 0
    assert opened("b") == first  # another service looks for itself
    assert [path.name for path in (tmp_path / "verified").iterdir()] == ["b"]
    assert opened("") == first


def test_a_file_that_has_changed_is_verified_anew_whatever_another_process_found(
    publish: Publish, tmp_path: Path
) -> None:
    act = publish()

    def opened() -> Bank:
        bank = Bank(tmp_path / "bank", clock=lambda: OPENING, cache=tmp_path / "cache", run="a")
        bank.refresh()
        return bank

    first = opened()
    path = act.folder / "TOY/shown.arrow"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)

    for bank in (opened(), first, opened()):
        query = bank.ask(bank.catalogue(), "TOY", {}, "site")
        with pytest.raises(TableDamaged):
            bank.read(query)

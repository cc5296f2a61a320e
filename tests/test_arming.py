"""Planned, armed, cancelled, rolled back, withdrawn: every step before its instant, and none of them seen too early."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tables.arming import arm, cancel
from tables.bank import Bank
from tables.errors import Gone, NotFound, Refused
from tables.instants import at_wall
from tables.model import Act, Text
from tables.rehearsal import rehearse
from tables.takeback import Undo, roll_back, withdraw

Publish = Callable[..., Act]
LEAD = timedelta(minutes=15)
OPENING = datetime(2024, 6, 6, 6, 0, tzinfo=UTC)
NOTICE = Text("Tallene var forkerte.", "The figures were wrong.")


def at(wall: str) -> Callable[[], datetime]:
    return lambda: at_wall(wall)


def change(library: Path, figure: int) -> None:
    path = library / "TOY/cube.parquet"
    rows = pq.read_table(path).to_pylist()
    for row in rows:
        if (row["KØN"], row["Tid"]) == ("P", "2023") and row["OMRÅDE"] in ("000", "01"):
            row["antal"] = figure + (9 if row["OMRÅDE"] == "000" else 0)
    pq.write_table(pa.Table.from_pylist(rows), path)


def figure(bank: Path, wall: str, asof: str | None = None) -> int:
    """Girls in the north in 2023, as the bank answers at that time."""
    opened = Bank(bank, clock=at(wall))
    opened.refresh()
    query = opened.ask(opened.catalogue(asof), "TOY", {"KØN": ["P"], "OMRÅDE": ["01"], "Tid": ["2023"]}, "site")
    return int(next(opened.read(query).blocks()).values[0])


def tables(bank: Path, wall: str) -> list[str]:
    opened = Bank(bank, clock=at(wall))
    opened.refresh()
    return list(opened.catalogue().releases)


def test_a_planned_act_waits_in_staging_and_is_armed_in_time(publish: Publish, tmp_path: Path) -> None:
    bank = tmp_path / "bank"

    plan = publish(max_lead=LEAD)
    early = arm(bank, clock=at("2024-06-06 07:44"), rehearse=rehearse)
    (armed,) = arm(bank, clock=at("2024-06-06 07:45"), rehearse=rehearse)

    assert plan.folder.is_relative_to(bank / "staging/planned")
    assert not plan.folder.exists()
    assert early == ()
    assert armed.folder == bank / "releases/000001-20240606T060000Z"
    assert list((bank / "staging/planned").iterdir()) == []
    assert tables(bank, "2024-06-06 07:59") == []
    assert tables(bank, "2024-06-06 08:00") == ["TOY"]


def test_a_plan_within_the_lead_is_committed_at_once(publish: Publish, tmp_path: Path) -> None:
    act = publish(max_lead=LEAD, hours=0.2)

    assert act.folder.parent == tmp_path / "bank/releases"


def test_an_act_that_missed_its_instant_is_never_committed_late(publish: Publish, tmp_path: Path) -> None:
    publish(max_lead=LEAD)

    with pytest.raises(Refused, match="missed its instant"):
        arm(tmp_path / "bank", clock=at("2024-06-06 08:00"), rehearse=rehearse)

    assert list((tmp_path / "bank/releases").iterdir()) == []


def test_one_plan_that_fails_holds_no_other_back(publish: Publish, tmp_path: Path) -> None:
    publish(max_lead=LEAD)

    def refuses(folder: Path, staged: Path, instant: datetime, renderers: Any) -> None:
        raise Refused("rehearsal", "nej", "no")

    with pytest.raises(Refused, match=r"^no$"):
        arm(tmp_path / "bank", clock=at("2024-06-06 07:50"), rehearse=refuses)
    (armed,) = arm(tmp_path / "bank", clock=at("2024-06-06 07:51"), rehearse=rehearse)

    assert armed.seq == 1


def test_other_acts_may_be_committed_while_one_is_planned(publish: Publish, library: Path, tmp_path: Path) -> None:
    publish("2024-06-05 08:00")
    publish(max_lead=LEAD)
    shutil.copytree(library / "TOY", library / "OTHER")
    path = library / "OTHER/table.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("id: TOY", "id: OTHER"), encoding="utf-8")

    publish("2024-06-06 07:30", "OTHER")
    (armed,) = arm(tmp_path / "bank", clock=at("2024-06-06 07:50"), rehearse=rehearse)

    assert armed.seq == 3
    assert tables(tmp_path / "bank", "2024-06-06 08:00") == ["OTHER", "TOY"]


def test_a_table_with_a_planned_act_is_corrected_only_after_cancel(publish: Publish, tmp_path: Path) -> None:
    publish("2024-06-05 08:00")
    plan = publish(max_lead=LEAD)

    with pytest.raises(Refused, match="also part of the act of 2024-06-06T0600Z"):
        publish("2024-06-05 10:48", notice=NOTICE)
    cancelled = cancel(tmp_path / "bank", "2024-06-06T0600Z", clock=at("2024-06-05 09:00"))
    act = publish("2024-06-05 10:48", notice=NOTICE)

    assert cancelled.title == plan.title
    assert (act.kind, act.notice) == ("correction", NOTICE)


def test_an_armed_act_is_cancelled_by_an_act_and_never_was(publish: Publish, library: Path, tmp_path: Path) -> None:
    publish("2024-06-05 08:00")
    change(library, 11)
    publish()

    cancel(tmp_path / "bank", "2024-06-06T0600Z", clock=at("2024-06-06 07:59"))

    assert figure(tmp_path / "bank", "2024-06-06 08:01") == 7
    publish("2024-06-06 08:00", hours=0.01)
    assert figure(tmp_path / "bank", "2024-06-06 08:01") == 11


def test_what_is_public_or_unknown_cannot_be_cancelled(publish: Publish, tmp_path: Path) -> None:
    publish()

    for named, wall in (("2024-06-06T0600Z", "2024-06-06 08:00"), ("2024-06-06T0601Z", "2024-06-06 07:00")):
        with pytest.raises(Refused, match="neither planned nor armed"):
            cancel(tmp_path / "bank", named, clock=at(wall))


def test_an_act_that_others_were_made_from_is_not_cancelled_alone(publish: Publish, tmp_path: Path) -> None:
    publish("2024-06-06 08:00", hours=5)
    publish("2024-06-06 09:00", hours=5)

    with pytest.raises(Refused, match="also part of the act of 2024-06-06T0700Z"):
        cancel(tmp_path / "bank", "2024-06-06T0600Z", clock=at("2024-06-06 07:00"))


def test_a_rollback_shows_the_older_figures_under_its_own_name(publish: Publish, library: Path, tmp_path: Path) -> None:
    publish()
    change(library, 11)
    publish("2024-06-06 09:00")

    act = roll_back(
        tmp_path / "bank",
        ["TOY"],
        "2024-06-06T0600Z",
        Undo("2024-06-06 10:00", NOTICE, "mig"),
        clock=at("2024-06-06 09:30"),
        rehearse=rehearse,
    )

    assert (act.kind, act.tables) == ("rollback", {"TOY": {"from": 1}})
    assert [figure(tmp_path / "bank", f"2024-06-06 {hour}:00") for hour in ("08", "09", "10")] == [7, 11, 7]
    assert figure(tmp_path / "bank", "2024-06-06 10:00", "2024-06-06T0700Z") == 11
    opened = Bank(tmp_path / "bank", clock=at("2024-06-06 10:00"))
    opened.refresh()
    assert opened.catalogue().release("TOY").id == "TOY@2024-06-06T0800Z"


def test_after_a_rollback_the_next_release_compares_with_what_stands(
    publish: Publish, library: Path, tmp_path: Path
) -> None:
    publish()
    change(library, 11)
    publish("2024-06-06 09:00")
    undo = Undo("2024-06-06 10:00", NOTICE, "mig")
    roll_back(tmp_path / "bank", ["TOY"], "2024-06-06T0600Z", undo, clock=at("2024-06-06 09:30"), rehearse=rehearse)

    act = publish("2024-06-06 11:00", hours=0.5)

    assert act.parents["TOY"] == 3
    assert (act.folder / "TOY/changes.json").read_text().startswith('{"added":{},"hidden"')
    assert '"since":"TOY@2024-06-06T0800Z"' in (act.folder / "TOY/changes.json").read_text()


@pytest.mark.parametrize(
    ("table", "then"), [("TOY", "2024-06-06T0700Z"), ("TOY", "2024-06-05T0600Z"), ("NO", "2024-06-06T0600Z")]
)
def test_a_rollback_to_nothing_is_refused(publish: Publish, tmp_path: Path, table: str, then: str) -> None:
    publish()
    publish("2024-06-06 09:00")
    undo = Undo("2024-06-06 10:00", NOTICE, "mig")

    with pytest.raises(Refused):
        roll_back(tmp_path / "bank", [table], then, undo, clock=at("2024-06-06 09:30"), rehearse=rehearse)


def test_a_withdrawn_release_is_gone_from_its_instant_also_from_the_past(publish: Publish, tmp_path: Path) -> None:
    act = publish()
    publish("2024-06-06 09:00")
    undo = Undo("2024-06-06 10:00", NOTICE, "mig")
    withdraw(tmp_path / "bank", "TOY", "TOY@2024-06-06T0600Z", undo, clock=at("2024-06-06 09:30"))

    assert figure(tmp_path / "bank", "2024-06-06 09:59", "2024-06-06T0600Z") == 7
    with pytest.raises(Gone, match=r"The figures were wrong\."):
        figure(tmp_path / "bank", "2024-06-06 10:00", "2024-06-06T0600Z")
    assert figure(tmp_path / "bank", "2024-06-06 10:00") == 7

    publish("2024-06-06 11:00", hours=0.5)
    left = sorted(path.name for path in (act.folder / "TOY").iterdir())
    assert left == ["table.yaml"]
    with pytest.raises(Gone):
        figure(tmp_path / "bank", "2024-06-06 12:00", "2024-06-06T0600Z")


def test_a_withdrawn_release_in_force_is_gone_until_a_new_one(publish: Publish, tmp_path: Path) -> None:
    publish()
    undo = Undo("2024-06-06 10:00", NOTICE, "mig")
    withdraw(tmp_path / "bank", "TOY", "2024-06-06T0600Z", undo, clock=at("2024-06-06 09:30"))
    opened = Bank(tmp_path / "bank", clock=at("2024-06-06 10:00"))
    opened.refresh()
    release = opened.catalogue().release("TOY")

    with pytest.raises(Gone):
        opened.file(release, "download")
    assert opened.catalogue().withdrawn == {"TOY@2024-06-06T0600Z": NOTICE}
    publish("2024-06-06 11:00", hours=0.5)
    assert figure(tmp_path / "bank", "2024-06-06 11:00") == 7


def test_only_what_was_released_can_be_withdrawn(publish: Publish, tmp_path: Path) -> None:
    publish()

    with pytest.raises(Refused, match="was not released"):
        withdraw(tmp_path / "bank", "TOY", "2024-06-06T0601Z", Undo(None, NOTICE, ""), clock=at("2024-06-06 09:30"))


def test_a_table_stays_unknown_until_its_act_is_armed_and_due(publish: Publish, tmp_path: Path) -> None:
    publish(max_lead=LEAD)
    arm(tmp_path / "bank", clock=at("2024-06-06 07:50"), rehearse=rehearse)
    opened = Bank(tmp_path / "bank", clock=at("2024-06-06 07:59"))
    opened.refresh()

    with pytest.raises(NotFound):
        opened.catalogue().release("TOY")

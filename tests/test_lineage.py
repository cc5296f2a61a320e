"""Plan, arm, correct, cancel, roll back, withdraw, wait: at every instant the public sees what a small model says."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tables import durable
from tables.arming import arm, cancel
from tables.bank import Bank
from tables.errors import Refused
from tables.instants import wall
from tables.model import Act, Text
from tables.release import release
from tables.takeback import Undo, roll_back, withdraw

LEAD = timedelta(minutes=15)
NOTICE = Text("Rettet.", "Corrected.")
START = datetime(2024, 6, 6, 6, 0, tzinfo=UTC)
sets = st.sampled_from([("TOY",), ("ABC",), ("TOY", "ABC")])
minutes = st.integers(1, 40)


def quietly(*_: Any) -> None:
    """No rehearsal: it is tested elsewhere, and this machine makes hundreds of acts."""


@dataclass
class Held:
    """An act as the model knows it: where each table's figures come from; `seq` None while it is planned.

    A rollback (`back`) follows nothing, so others may come or go before it.
    """

    at: datetime
    tables: dict[str, int]
    seq: int | None
    name: str
    back: bool = False
    dead: bool = False


class Office(RuleBasedStateMachine):
    """A publisher and a reader beside a list of what was done."""

    def __init__(self, library: Path) -> None:
        super().__init__()
        self.library = library
        self.root = Path(mkdtemp())
        self.bank = self.root / "bank"
        self.now = START
        self.made: list[Held] = []
        self.committed = 0
        self.gone: list[tuple[datetime, int, str]] = []
        self.publish(("TOY", "ABC"), 1, corrected=False)  # with the site, which every later act finds in force
        self.wait(1)

    def teardown(self) -> None:
        durable.discard(self.root)

    def clock(self) -> datetime:
        return self.now

    def living(self, table: str) -> list[Held]:
        return [held for held in self.made if table in held.tables and not held.dead]

    def free(self, table: str, at: datetime) -> bool:
        """Whether no act was made from what is in force from this instant on."""
        following = min((held for held in self.living(table) if held.at > at), key=lambda held: held.at, default=None)
        return following is None or following.back

    def fits(self, table: str, at: datetime) -> bool:
        """Whether an act may be added at this instant: beside none, after one that has its number."""
        others = self.living(table)
        last = max((held for held in others if held.at <= at), key=lambda held: held.at, default=None)
        return self.free(table, at) and (last is None or (last.at < at and last.seq is not None))

    def expects(self, allowed: bool, step: Callable[[], Act]) -> Act | None:
        if allowed:
            return step()
        with pytest.raises(Refused):
            step()
        return None

    def number(self) -> int:
        self.committed += 1
        return self.committed

    @rule(ahead=st.integers(1, 200))
    def wait(self, ahead: int) -> None:
        self.now += timedelta(minutes=ahead)

    @rule(tables=sets, ahead=minutes, corrected=st.booleans())
    def publish(self, tables: tuple[str, ...], ahead: int, *, corrected: bool) -> None:
        at = self.now + timedelta(minutes=ahead)
        allowed = all(self.fits(table, at) for table in tables)
        act = self.expects(
            allowed,
            lambda: release(
                self.library,
                self.bank,
                tables,
                at=wall(at),
                clock=self.clock,
                notice=NOTICE if corrected else None,
                max_lead=LEAD,
                rehearse=quietly,
            ),
        )
        if act:
            seq = self.number() if at - self.now <= LEAD else None
            self.made.append(Held(at, dict.fromkeys(tables, seq or 0), seq, act.folder.parent.name))

    @rule()
    def arm(self) -> None:
        waiting = sorted((held for held in self.made if held.seq is None and not held.dead), key=lambda held: held.at)
        missed = any(held.at <= self.now for held in waiting)
        try:
            arm(self.bank, max_lead=LEAD, clock=self.clock, rehearse=quietly)
        except Refused:
            assert missed
        for held in waiting:
            if self.now < held.at <= self.now + LEAD:
                held.seq = self.number()
                held.tables = dict.fromkeys(held.tables, held.seq)

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        ahead = [held for held in self.made if not held.dead and (held.seq is None or held.at > self.now)]
        if not ahead:
            return
        held = data.draw(st.sampled_from(ahead))
        name = held.name if held.seq is None else f"{held.seq:06}-{held.at:%Y%m%dT%H%M%SZ}"
        allowed = held.seq is None or all(self.free(table, held.at) for table in held.tables)
        if self.expects(allowed, lambda: cancel(self.bank, name, clock=self.clock)):
            held.dead = True
            if held.seq is not None:
                self.number()

    @rule(table=st.sampled_from(["TOY", "ABC"]), ahead=minutes, data=st.data())
    def roll_back(self, table: str, ahead: int, data: st.DataObject) -> None:
        past = sorted({held.at for held in self.living(table) if held.seq and held.at <= self.now})
        if not past:
            return
        then, at = data.draw(st.sampled_from(past)), self.now + timedelta(minutes=ahead)
        old, new = self.source(table, then), self.source(table, at)
        alone = all(held.at != at for held in self.living(table)) and self.free(table, at)
        allowed = old != new and alone and not any(gone[1:] == (old, table) for gone in self.gone)
        undo = Undo(wall(at), NOTICE, "")
        named = f"{then:%Y-%m-%dT%H%MZ}"
        act = self.expects(
            allowed, lambda: roll_back(self.bank, [table], named, undo, clock=self.clock, rehearse=quietly)
        )
        if act and old:
            self.made.append(Held(at, {table: old}, self.number(), act.folder.name, back=True))

    @rule(table=st.sampled_from(["TOY", "ABC"]), ahead=minutes, data=st.data())
    def withdraw(self, table: str, ahead: int, data: st.DataObject) -> None:
        past = [held for held in self.living(table) if held.seq and held.at <= self.now]
        if not past:
            return
        held, at = data.draw(st.sampled_from(past)), self.now + timedelta(minutes=ahead)
        withdraw(self.bank, table, f"{held.at:%Y-%m-%dT%H%MZ}", Undo(wall(at), NOTICE, ""), clock=self.clock)
        self.number()
        self.gone.append((at, held.tables[table], table))

    def source(self, table: str, at: datetime) -> int | None:
        held = [held for held in self.living(table) if held.seq and held.at <= at]
        return max(held, key=lambda one: (one.at, one.seq)).tables[table] if held else None

    @invariant()
    def the_public_sees_what_the_model_says(self) -> None:
        if not (self.bank / "FORMAT").exists():
            return
        bank = Bank(self.bank, clock=self.clock)
        bank.refresh()
        for at in sorted({held.at for held in self.made if held.at <= self.now} | {self.now}):
            catalogue = bank.catalogue(at)
            seen = {table: (found.source or found.act).seq for table, found in catalogue.releases.items()}
            assert seen == {table: seq for table in ("TOY", "ABC") if (seq := self.source(table, at))}
            gone = {(seen[table], table) for table in seen if catalogue.releases[table].id in catalogue.withdrawn}
            assert gone == {
                (seq, table) for when, seq, table in self.gone if when <= self.now and seen.get(table) == seq
            }


@pytest.mark.slow
def test_whatever_the_office_does_the_public_sees_what_the_model_says(library: Path) -> None:
    shutil.copytree(library / "TOY", library / "ABC")
    path = library / "ABC/table.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("id: TOY", "id: ABC"), encoding="utf-8")

    run_state_machine_as_test(
        lambda: Office(library),
        settings=settings(
            max_examples=15,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.reuse, Phase.generate),  # a shorter failure is not worth minutes of acts
        ),
    )

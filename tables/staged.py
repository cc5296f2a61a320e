"""An act that is whole on disk and not yet public: its record, the checks at the door, and the step outside."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from tables import durable
from tables.acts import RECORD, History, digest, folder_name, parse, public_id, record
from tables.errors import Refused
from tables.fold import check_lineage
from tables.instants import LEAD, wall
from tables.model import Act
from tables.workshop import ACT, DIGEST, PLANNED, VAULT, commit, plan

Clock = Callable[[], datetime]
_LATER = 10**9  # planned acts have no number yet; for the fold they come after all that have


@dataclass(frozen=True, slots=True)
class Staged:
    """`folder` has act/ and vault/; the act's own folder is the first of them until it is committed.

    `local` is the wall time that was written when the act was planned.
    """

    act: Act
    folder: Path
    actor: str
    local: str = ""


def stamped(staged: Staged, history: History, clock: Clock, instant: datetime | None = None) -> Staged:
    """Numbered as the next act, and its record written as it would be committed now (at another instant)."""
    root = staged.folder / ACT
    when = instant or staged.act.effective_at
    act = replace(staged.act, seq=len(history.acts) + 1, effective_at=when, folder=root)
    path, data = root / RECORD, record(act, prev=history.head, actor=staged.actor, committed_at=clock())
    durable.replace(path, data)
    durable.replace(staged.folder / VAULT / DIGEST, digest(data).encode())
    path.chmod(durable.READ_ONLY)
    if when != staged.act.effective_at:
        durable.date(root, when)
    os.utime(path, (when.timestamp(),) * 2)
    durable.sync(path)
    durable.sync(root)
    return replace(staged, act=act)


def check_ahead(instant: datetime, clock: Clock) -> None:
    if instant - clock() < LEAD:
        raise Refused(
            "late",
            f"{wall(instant)} er passeret eller for tæt på. Vælg et senere tidspunkt.",
            f"{wall(instant)} is past, or too close. Choose a later time.",
        )


def publish(bank: Path, staged: Staged, clock: Clock) -> Act:
    """The one rename, if there is still time for it."""
    check_ahead(staged.act.effective_at, clock)
    name = folder_name(staged.act.seq, staged.act.effective_at)
    return replace(staged.act, folder=commit(bank, staged.folder, name))


def plan_ahead(bank: Path, staged: Staged) -> Act:
    """Left where only the publisher sees it, under the public id of its instant."""
    name = f"{public_id(staged.act.effective_at)}-{staged.folder.name}"
    return replace(staged.act, folder=plan(bank, staged.folder, name))


def planned(bank: Path) -> tuple[Staged, ...]:
    """Planned acts in order of their instants."""
    found = []
    for folder in (bank / "staging" / PLANNED).glob("*"):
        data = (folder / ACT / RECORD).read_bytes()
        act, _ = parse(data, folder / ACT)
        told = json.loads(data)
        found.append(Staged(act, folder, str(told["actor"]), str(told["local"])))
    return tuple(sorted(found, key=lambda staged: (staged.act.effective_at, staged.folder.name)))


def check_future(history: History, waiting: tuple[Staged, ...], added: Act) -> None:
    """The lineage rule over everything that is to come, planned acts included; raises Refused."""
    to_come = (replace(staged.act, seq=_LATER + place) for place, staged in enumerate(waiting))
    check_lineage((*history.acts, *to_come), added)


def due(staged: Staged, now: datetime, lead: timedelta) -> bool:
    return staged.act.effective_at - now <= lead

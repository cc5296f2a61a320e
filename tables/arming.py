"""Planned acts become public, or never were: `arm` commits those that are due, `cancel` takes one back in time."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from tables import durable
from tables.acts import History, public_id, read_history
from tables.bank import utc_now
from tables.errors import Publisher, Refused
from tables.instants import LEAD, at_wall, wall
from tables.model import Act, Text
from tables.rehearsal import Rehearse, Renderers, in_a_fresh_process
from tables.staged import Clock, Staged, check_future, due, planned, publish, stamped
from tables.workshop import ACT, at_work, looking_on, stage, unplan

MAX_LEAD: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Door:
    """What an act needs on its way out."""

    bank: Path
    clock: Clock
    renderers: Renderers
    rehearse: Rehearse


def arm(
    bank: Path,
    *,
    max_lead: timedelta = MAX_LEAD,
    renderers: Renderers | None = None,
    clock: Clock = utc_now,
    rehearse: Rehearse = in_a_fresh_process,
    dry_run: bool = False,
) -> tuple[Act, ...]:
    """Commit every planned act whose instant is at most `max_lead` away; to be run each minute.

    An act that missed its instant is never committed late. One that fails holds no other back: Refused is raised, with
    every reason, when all have been tried. With `dry_run` those that are due are only told.
    """
    if dry_run:
        return tuple(staged.act for staged in planned(bank) if due(staged, clock(), max_lead))
    door = Door(bank, clock, renderers or {}, rehearse)
    armed: list[Act] = []
    failed: list[Text] = []
    with at_work(bank, clock()) as history:
        for staged in planned(bank):
            if not due(staged, clock(), max_lead):
                continue
            try:
                armed.append(_armed(door, staged, history))
            except Publisher as error:
                failed.append(error.text)
            history = read_history(bank / "releases", history)
    if failed:
        raise Refused("arm", "\n".join(text.da for text in failed), "\n".join(text.en for text in failed))
    return tuple(armed)


def _armed(door: Door, staged: Staged, history: History) -> Act:
    act = staged.act
    named = public_id(act.effective_at)
    if act.effective_at - door.clock() < LEAD:
        raise Refused(
            "missed",
            f"Udgivelsen {named} nåede ikke sit tidspunkt ({wall(act.effective_at)}); annuller den, og planlæg igen.",
            f"The act of {named} missed its instant ({wall(act.effective_at)}); cancel it and plan it again.",
        )
    if at_wall(staged.local) != act.effective_at:
        raise Refused(
            "time",
            f"{staged.local} dansk tid er ikke længere {named}; annuller udgivelsen, og planlæg den igen.",
            f"{staged.local} in Copenhagen is no longer {named}; cancel the act and plan it again.",
        )
    waiting = tuple(other for other in planned(door.bank) if other.folder != staged.folder)
    numbered = stamped(staged, history, door.clock)
    check_future(history, waiting, numbered.act)
    door.rehearse(door.bank, numbered.folder / ACT, act.effective_at, door.renderers)
    committed = publish(door.bank, stamped(numbered, history, door.clock), door.clock)
    durable.discard(staged.folder)
    return committed


def cancel(bank: Path, named: str, *, actor: str = "", clock: Clock = utc_now, dry_run: bool = False) -> Act:
    """Take back a planned act, or by an act of its own one that is armed; until 5 s before its instant.

    `named`: its public instant, or the name of its folder. Raises Refused if it is none of these, several, or too late.
    """
    with looking_on(bank) if dry_run else at_work(bank, clock()) as history:
        waiting = planned(bank)
        plans = [staged for staged in waiting if staged.folder.name.startswith(named)]
        ahead = [act for act in _coming(history, clock) if named in (act.folder.name, public_id(act.effective_at))]
        if len(plans) + len(ahead) != 1:
            raise _not_one(named, [staged.folder.name for staged in plans] + [act.folder.name for act in ahead])
        if dry_run:
            return plans[0].act if plans else ahead[0]
        if plans:
            unplan(bank, plans[0].folder)
            return plans[0].act
        return _taken_back(bank, history, ahead[0], actor, clock)


def _coming(history: History, clock: Clock) -> list[Act]:
    gone = {act.cancel for act in history.acts}
    return [a for a in history.acts if a.effective_at > clock() and a.kind != "cancel" and a.seq not in gone]


def _taken_back(bank: Path, history: History, target: Act, actor: str, clock: Clock) -> Act:
    with stage(bank) as folder:
        title = Text(f"Annulleret: {target.title.da}", f"Cancelled: {target.title.en}")
        act = Act(0, "cancel", target.effective_at, folder / ACT, title, {}, {}, cancel=target.seq)
        staged = stamped(Staged(act, folder, actor), history, clock)
        check_future(history, planned(bank), staged.act)
        publish(bank, staged, clock)
    return target


def _not_one(named: str, found: list[str]) -> Refused:
    listed = ", ".join(found)
    if found:
        return Refused("cancel", f"{named} er flere: {listed}. Nævn én.", f"{named} is several: {listed}. Name one.")
    return Refused(
        "cancel",
        f"{named} er hverken planlagt eller på vej. Er tidspunktet passeret, er der kun tilbageførsel (--back-to).",
        f"{named} is neither planned nor armed. If its instant has passed, only a rollback (--back-to) is left.",
    )

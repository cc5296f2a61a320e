"""Acts that undo: a rollback puts older releases in force again, a withdrawal makes one unreadable for good."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tables.acts import History, public_id
from tables.bank import utc_now
from tables.errors import Refused
from tables.fold import before, home, touches
from tables.instants import asked, at_wall, next_minute
from tables.model import Act, Text
from tables.news.record import read_record
from tables.rehearsal import Rehearse, Renderers, in_a_fresh_process
from tables.staged import Clock, Staged, check_ahead, check_future, planned, publish, stamped
from tables.workshop import ACT, at_desk

KEPT = ("table", "classification")  # the description stays: it says what is gone


@dataclass(frozen=True, slots=True)
class Undo:
    """When, why and by whom; `at` is Copenhagen wall time, None the next full minute."""

    at: str | None
    notice: Text
    actor: str


def roll_back(
    bank: Path,
    tables: Sequence[str],
    back_to: str,
    undo: Undo,
    *,
    renderers: Renderers | None = None,
    clock: Clock = utc_now,
    rehearse: Rehearse = in_a_fresh_process,
    dry_run: bool = False,
) -> Act:
    """Put the tables in force again as they stood at `back_to` (a public id or RFC 3339); nothing is deleted."""
    with at_desk(bank, clock(), dry_run=dry_run) as (history, folder):
        instant = at_wall(undo.at) if undo.at else next_minute(clock())
        check_ahead(instant, clock)
        then, now = before(history.acts, asked(back_to, clock())), before(history.acts, instant)
        told = {table: {"from": _older(table, then, now, history)} for table in tables}
        if not told:
            raise Refused("nothing", "Nævn mindst én tabel.", "Name at least one table.")
        named = ", ".join(sorted(told))
        act = Act(
            0,
            "rollback",
            instant,
            folder / ACT,
            Text(f"{named} ført tilbage", f"{named} rolled back"),
            {},
            told,
            parents={table: now[table].seq for table in told},
            notice=undo.notice,
        )
        staged = stamped(Staged(act, folder, undo.actor), history, clock)
        rehearse(bank, folder / ACT, instant, renderers or {})
        return staged.act if dry_run else _out(bank, staged, history, undo, clock)


def _older(table: str, then: Mapping[str, Act], now: Mapping[str, Act], history: History) -> int:
    if table not in then:
        raise Refused("rollback", f"{table} var ikke udgivet dengang.", f"{table} was not released then.")
    source = home(then[table], table, history)
    if home(now[table], table, history) == source:
        raise Refused("rollback", f"{table} er ikke ændret siden.", f"{table} has not changed since.")
    gone = any(each["act"] == source.seq and each["table"] == table for act in history.acts for each in act.withdraw)
    if gone:
        raise Refused("rollback", f"{table} er trukket tilbage fra dengang.", f"{table} of then was withdrawn.")
    return source.seq


def withdraw(bank: Path, table: str, of: str, undo: Undo, *, clock: Clock = utc_now, dry_run: bool = False) -> Act:
    """Make one release of a table unreadable from the instant on; `of` is its public id.

    The files are removed by the next publishing command after the instant.
    """
    with at_desk(bank, clock(), dry_run=dry_run) as (history, folder):
        instant = at_wall(undo.at) if undo.at else next_minute(clock())
        check_ahead(instant, clock)
        held = asked(of, clock(), table)
        target = next((a for a in history.acts if table in a.tables and a.effective_at == held), None)
        if target is None:
            raise Refused("withdraw", f"{table} blev ikke udgivet {of}.", f"{table} was not released at {of}.")
        act = Act(
            0,
            "withdraw",
            instant,
            folder / ACT,
            Text(f"{table} trukket tilbage", f"{table} withdrawn"),
            {},
            {},
            notice=undo.notice,
            withdraw=(
                _listed(home(target, table, history), table),
                *_articles(history, home(target, table, history), table),
            ),
        )
        staged = stamped(Staged(act, folder, undo.actor), history, clock)
        return staged.act if dry_run else _out(bank, staged, history, undo, clock)


def _listed(source: Act, table: str) -> Mapping[str, Any]:
    own = (file for path, file in source.files.items() if path.startswith(f"{table}/"))
    return {"act": source.seq, "table": table, "files": sorted(file.path for file in own if file.role not in KEPT)}


def _articles(history: History, source: Act, table: str) -> Iterator[Mapping[str, Any]]:
    """Every issue of an article that draws on the release: it goes too, until it is issued again."""
    ids = {f"{table}@{public_id(a.effective_at)}" for a in history.acts if _holds(a, table, source, history)}
    for act in history.acts:
        for named in sorted(named for named in touches(act) if named.startswith("news/")):
            told = read_record(act.folder / named)
            if told is not None and ids & set(told.releases()):
                files = sorted(path for path in act.files if path.startswith(f"{named}/"))
                yield {"act": act.seq, "table": named, "files": files}


def _holds(act: Act, table: str, source: Act, history: History) -> bool:
    return table in act.tables and home(act, table, history) == source


def _out(bank: Path, staged: Staged, history: History, undo: Undo, clock: Clock) -> Act:
    instant = staged.act.effective_at if undo.at else next_minute(clock())
    staged = stamped(staged, history, clock, instant)
    check_future(history, planned(bank), staged.act)
    return publish(bank, staged, clock)

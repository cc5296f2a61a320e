"""From a draft to one act: check, mask the group, freeze, rehearse, and publish by one rename."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tables import durable
from tables.acts import History
from tables.bank import utc_now
from tables.catalog import Library, read_library
from tables.draft import lay_group, lay_table, listed, policy, previous, read_cubes, schema, site_files
from tables.errors import Refused
from tables.fold import before, touches
from tables.grid import Grid
from tables.instants import at_wall, next_minute
from tables.model import Act, Text
from tables.news.lay import Issue, Pictures, lay_news
from tables.protecting import Vault, groups, masks, partners
from tables.rehearsal import Rehearse, Renderers, in_a_fresh_process
from tables.staged import Staged, check_ahead, check_future, due, plan_ahead, planned, publish, stamped
from tables.workshop import ACT, VAULT, at_desk, copy

Say = Callable[[Text], None]


def silent(sentence: Text) -> None:
    """For a caller who does not want to hear how it goes."""


def unseen(act: Act) -> None:
    """For a caller who does not look before it is public."""


def plainly(say: Say) -> Callable[[str], None]:
    """For sentences that exist in one language."""
    return lambda sentence: say(Text(sentence, sentence))


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be published, by whom and when; `at` is Copenhagen wall time, None the next full minute."""

    tables: tuple[str, ...]
    at: str | None
    site: bool
    news: tuple[str, ...]
    actor: str
    title: Text | None
    notice: Text | None


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an act is being made: `history` and what `waiting` is planned as they stand under the lock."""

    library: Library
    bank: Path
    history: History
    waiting: tuple[Staged, ...]
    folder: Path
    clock: Callable[[], datetime]
    say: Say
    pictures: Pictures | None = None
    secondary: bool = True


def release(
    library: Path,
    bank: Path,
    tables: Sequence[str],
    *,
    at: str | None = None,
    now: bool = False,
    clock: Callable[[], datetime] = utc_now,
    renderers: Renderers | None = None,
    site: bool = False,
    news: Sequence[str] = (),
    pictures: Pictures | None = None,
    actor: str = "",
    title: Text | None = None,
    notice: Text | None = None,
    max_lead: timedelta | None = None,
    dry_run: bool = False,
    secondary: bool = True,
    progress: Say = silent,
    rehearse: Rehearse = in_a_fresh_process,
    seen: Callable[[Act], None] = unseen,
) -> Act:
    """Publish the tables as one act, in force `at` that Copenhagen time, or `now`: at the next full minute.

    With a `notice` of what was wrong it is a correction. Further ahead than `max_lead` it is only planned, for `arm`
    to commit (None: committed at once, however far). The first act of a bank takes site files and documentation along;
    later ones do with `site`, where they changed. Articles of `news` are issued with it, their figures drawn by
    `pictures`. Without `secondary` only what the rules themselves hide is hidden: for invented figures alone, as then
    some of it can be reckoned from what is shown. Whatever fails (CatalogError, Refused, Locked, BankDamaged,
    OSError), nothing of it is left.
    """
    if (at is None) != now:
        raise Refused("time", "Skriv enten --at eller --now.", "Write either --at or --now.")
    wish = Wish(tuple(dict.fromkeys(tables)), at, site, tuple(dict.fromkeys(news)), actor, title, notice)
    read = read_library(library)
    grids = read_cubes(read, wish.tables, plainly(progress))
    with at_desk(bank, clock(), dry_run=dry_run) as (history, folder):
        desk = Desk(read, bank, history, planned(bank), folder, clock, progress, pictures, secondary)
        staged = _made(desk, wish, grids)
        progress(Text("Holder prøve", "Rehearsing"))
        check_future(history, desk.waiting, staged.act)
        seen(staged.act)
        rehearse(bank, folder / ACT, staged.act.effective_at, renderers or {})
        return staged.act if dry_run else _published(desk, wish, staged, max_lead)


def draft(
    library: Path,
    bank: Path,
    tables: Sequence[str],
    use: Callable[[Act, History], None],
    *,
    news: Sequence[str] = (),
    pictures: Pictures | None = None,
    clock: Callable[[], datetime] = utc_now,
    progress: Say = silent,
) -> None:
    """The tables and articles as an act of the next minute, for `use` to look at; nothing is published, or left.

    What is planned for later plays no part.
    """
    wish = Wish(tuple(dict.fromkeys(tables)), None, True, tuple(dict.fromkeys(news)), "", None, None)
    read = read_library(library)
    grids = read_cubes(read, wish.tables, plainly(progress))
    with at_desk(bank, clock(), dry_run=True) as (history, folder):
        use(_made(Desk(read, bank, history, (), folder, clock, progress, pictures), wish, grids).act, history)


def _published(desk: Desk, wish: Wish, staged: Staged, max_lead: timedelta | None) -> Act:
    """Planned if it is further ahead than an act may be committed; `--now` means the minute after the rehearsal."""
    if wish.at is None:
        staged = stamped(staged, desk.history, desk.clock, next_minute(desk.clock()))
        check_future(desk.history, desk.waiting, staged.act)
    elif max_lead is not None and not due(staged, desk.clock(), max_lead):
        return plan_ahead(desk.bank, staged)
    return publish(desk.bank, stamped(staged, desk.history, desk.clock), desk.clock)


def _made(desk: Desk, wish: Wish, grids: Mapping[str, Grid]) -> Staged:
    """The act, staged, sealed and with its record."""
    instant = at_wall(wish.at) if wish.at else next_minute(desk.clock())
    check_ahead(instant, desk.clock)
    holders = before(desk.history.acts, instant)
    told, parents = _lay_tables(desk, grids, holders, instant)
    if wish.news:
        parents |= lay_news(_issue(desk, wish, grids, holders, instant), wish.news)
    carried = site_files(desk.library, holders) if wish.site or "site/site.yaml" not in holders else {}
    for name, path in carried.items():
        copy(path, desk.folder / ACT / name)
    if not grids and not carried and not wish.news:
        raise Refused("nothing", "Der er intet at udgive.", "There is nothing to publish.")
    for room in (ACT, VAULT):
        durable.seal(desk.folder / room, instant)
    act = Act(
        seq=len(desk.history.acts) + 1,
        kind="correction" if wish.notice else "release",
        effective_at=instant,
        folder=desk.folder / ACT,
        title=wish.title or _title(desk.library, wish, instant),
        files=listed(desk.folder / ACT, {table: grid.table for table, grid in grids.items()}),
        tables={table: {"schema": schema(grid.table), "policy": policy(grid.table)} for table, grid in grids.items()},
        groups=told,
        notice=wish.notice,
    )
    named = touches(act) | set(parents)
    act = replace(act, parents={name: holders[name].seq if name in holders else None for name in sorted(named)})
    return stamped(Staged(act, desk.folder, wish.actor), desk.history, desk.clock)


def _issue(desk: Desk, wish: Wish, grids: Mapping[str, Grid], holders: Mapping[str, Act], instant: datetime) -> Issue:
    return Issue(
        desk.library,
        desk.folder / ACT,
        desk.history,
        holders,
        instant,
        {table: grid.table for table, grid in grids.items()},
        wish.notice is not None,
        desk.say,
        desk.pictures,
    )


def _lay_tables(
    desk: Desk, grids: Mapping[str, Grid], holders: Mapping[str, Act], instant: datetime
) -> tuple[dict[str, dict[str, Any]], set[str]]:
    """Every group masked and every table written; the groups as told in the record, and the partners they stand on."""
    told: dict[str, dict[str, Any]] = {}
    needed: set[str] = set()
    vault = Vault(desk.bank, desk.history, instant)
    for group in groups(desk.library, tuple(grids)):
        desk.say(Text(f"Diskretionerer {group.id}", f"Masking {group.id}"))
        protection = masks(desk.library, group, grids, vault, plainly(desk.say) if desk.secondary else None)
        for warning in protection.warnings:
            plainly(desk.say)(warning)
        needed |= set(partners(group, grids, vault))
        hidden = 0
        for table in (table for table in group.tables if table in grids):
            desk.say(Text(f"Skriver {table}", f"Writing {table}"))
            old = previous(holders.get(table), table, desk.history)
            hidden += lay_table(desk.library, grids[table], protection, desk.folder, old).hidden()
        lay_group(desk.library, group.id, protection, desk.folder)
        members = [table for table in group.tables if table in grids]
        told[group.id] = {"tables": members, "hidden": hidden, **protection.summary}
        told[group.id] |= {} if desk.secondary else {"rules_only": True}
    return told, needed


def _title(library: Library, wish: Wish, instant: datetime) -> Text:
    """What the calendar calls it, else the names of the tables, or of the articles where they come alone."""
    for entry in library.site.calendar:
        if entry.at == instant and set(entry.tables) & set(wish.tables):
            return entry.title
    named, news = ", ".join(wish.tables), ", ".join(wish.news)
    da, en = (f"Nyt {news}", f"News {news}") if news else ("Oplysninger om banken", "About the bank")
    return Text(named or da, named or en)

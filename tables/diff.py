"""What a draft would change of what stands, or one release of another, as changes.json tells it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tables.acts import History, read_history
from tables.bank import utc_now
from tables.catalog import read_table
from tables.changes import changes, pair
from tables.draft import Previous, previous
from tables.errors import Refused
from tables.fold import before
from tables.instants import asked
from tables.model import Act
from tables.release import Say, draft, silent
from tables.shown import Shown, read_shown

Changes = Mapping[str, Mapping[str, Any]]  # by table


def drafted(
    library: Path,
    bank: Path,
    tables: Sequence[str],
    *,
    since: str | None = None,
    clock: Callable[[], datetime] = utc_now,
    progress: Say = silent,
) -> Changes:
    """The library's tables, masked as they would be, beside what stands now or stood at `since`."""
    found: dict[str, Mapping[str, Any]] = {}

    def compare(act: Act, history: History) -> None:
        holders = before(history.acts, asked(since, clock()) if since else clock())
        for table in act.tables:
            folder = act.folder / table
            now = read_shown(folder, read_table(folder))
            found[table] = _changed(now, previous(holders.get(table), table, history))

    draft(library, bank, tables, compare, clock=clock, progress=progress)
    return found


def between(
    bank: Path, tables: Sequence[str], since: str, until: str | None, *, clock: Callable[[], datetime] = utc_now
) -> Changes:
    """Two releases of each table (without names: of all that stand at `until`); `until` None is now."""
    history = read_history(bank / "releases")
    old, new = (before(history.acts, asked(at, clock()) if at else clock()) for at in (since, until))
    standing = [name for name, act in new.items() if name in act.tables]
    found = {}
    for table in tables or sorted(standing):
        now = previous(new.get(table), table, history) if table in standing else None
        if now is None:
            raise Refused("diff", f"{table} var ikke udgivet dengang.", f"{table} was not released then.")
        found[table] = _changed(now.shown, previous(old.get(table), table, history))
    return found


def _changed(now: Shown, old: Previous | None) -> Mapping[str, Any]:
    return changes(now, pair(now, old.shown) if old else None, old.id if old else None)

"""The releases an article may draw on: those of its act, those in force, and those it had when it was issued."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tables.acts import History, public_id
from tables.catalog import read_table
from tables.errors import InvalidQuery
from tables.files import DOWNLOAD
from tables.fold import before, home, line
from tables.instants import asked
from tables.model import Act, File, Release, Table, Text
from tables.shown import ARRAY, CELLS


@dataclass(frozen=True, slots=True)
class Standing:
    """`fresh` are the tables laid in `folder`; `kept` the releases of an article that is issued again, by table."""

    history: History
    instant: datetime
    folder: Path
    fresh: Mapping[str, Table]
    kept: Mapping[str, str]
    correction: bool

    def __call__(self, table: str, asof: str | None = None) -> Release | None:
        if asof is not None:
            return self._then(table, asof)
        if table in self.kept and (found := self._moved(table)) is not None:
            return found
        if table in self.fresh:
            return laid(self.folder, self.fresh[table], self.instant)
        return self._standing(before(self.history.acts, self.instant).get(table), table)

    def _then(self, table: str, asof: str) -> Release | None:
        try:
            instant = asked(asof, self.instant, table)
        except InvalidQuery:
            return None
        return self._standing(before(self.history.acts, instant).get(table), table)

    def _standing(self, act: Act | None, table: str) -> Release | None:
        if act is None or table not in act.tables:
            return None
        source = home(act, table, self.history)
        if withdrawn(self.history, source.seq, table):
            return None
        return Release(read_table(source.folder / table), act, source if source is not act else None)

    def _moved(self, table: str) -> Release | None:
        """The release it had, or the last of the corrections that followed it at once."""
        held = [act for act in line(self.history.acts) if table in act.tables and act.effective_at <= self.instant]
        places = [at for at, act in enumerate(held) if f"{table}@{public_id(act.effective_at)}" == self.kept[table]]
        if not places:
            return None
        at = places[-1]
        while at + 1 < len(held) and held[at + 1].kind in ("correction", "rollback"):
            at += 1
        if at + 1 == len(held) and self.correction and table in self.fresh:
            return laid(self.folder, self.fresh[table], self.instant)
        return self._standing(held[at], table)


def laid(folder: Path, table: Table, instant: datetime) -> Release:
    """A table whose files are in the folder of an act that has no record yet."""
    named = (f"{table.id}/{name}" for name in (ARRAY, CELLS, DOWNLOAD))
    files = {name: File(name, "", 0, "") for name in named if (folder / name).is_file()}
    return Release(table, Act(0, "release", instant, folder, Text("", ""), files, {table.id: {}}))


def withdrawn(history: History, seq: int, named: str) -> bool:
    """Whether what the act has of a table or article has been taken back; `named`: a table id or `news/<id>`."""
    return any(each["act"] == seq and each["table"] == named for act in history.acts for each in act.withdraw)


def drawn_tables(releases: Collection[str]) -> set[str]:
    return {release.partition("@")[0] for release in releases}

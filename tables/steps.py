"""The releases of a table one after the other, and what each of them changed, from its changes.json."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tables.acts import public_id
from tables.catalogue import Catalogue
from tables.model import Act, Text
from tables.verify import Verified

CHANGES: Final = "changes.json"


@dataclass(frozen=True, slots=True)
class Step:
    """One release of a table. `changes` as in changes.json; None where they cannot be told: withdrawn or damaged.

    `withdrawn`: why nobody may read it any more.
    """

    table: str
    act: Act
    changes: Mapping[str, Any] | None
    withdrawn: Text | None = None

    @property
    def instant(self) -> str:
        return public_id(self.act.effective_at)

    @property
    def id(self) -> str:
        return f"{self.table}@{self.instant}"

    @property
    def correction(self) -> bool:
        return self.act.kind in ("correction", "rollback")

    @property
    def changed(self) -> bool:
        """Whether it names a cell, a code or a period; a rollback always puts other figures in force."""
        told = self.changes
        if self.act.kind == "rollback" or told is None:
            return True
        return bool(told.get("added") or told.get("removed")) or any(
            measured["changed"] for measured in told.get("measures", {}).values()
        )


def steps(catalogue: Catalogue, table: str, verified: Verified) -> tuple[Step, ...]:
    """The newest first; `table` as it is written in the catalogue."""
    by_number = {act.seq: act for act in catalogue.acts}
    found = []
    for act in catalogue.acts:
        if table in act.tables:
            source = by_number.get(int(act.tables[table].get("from", act.seq)), act)
            why = _withdrawn(source, table, catalogue.withdrawals)
            told = None if why or source is not act else _read(source, table, verified)
            found.append(Step(table, act, told, why))
    return tuple(reversed(found))


def _withdrawn(source: Act, table: str, withdrawals: tuple[Act, ...]) -> Text | None:
    for act in withdrawals:
        if any(each["act"] == source.seq and each["table"] == table for each in act.withdraw):
            return act.notice or act.title
    return None


def _read(act: Act, table: str, verified: Verified) -> Mapping[str, Any] | None:
    path = f"{table}/{CHANGES}"
    if path not in act.files or not verified.holds(act.folder / path, act.files[path]):
        return None
    told: Mapping[str, Any] = json.loads((act.folder / path).read_bytes())
    return told

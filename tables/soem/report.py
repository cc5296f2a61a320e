"""The delivery report: how many children each of the three steps loses, and why (som.md §1). Internal and exact."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from tables.soem.estimate import sample
from tables.soem.files import Cell
from tables.soem.panel import Children, Panel
from tables.soem.settings import Settings

HEADER: Final = ("trin", "maalgruppe", "aldersgruppe", "grund", "antal")


def losses(panel: Panel, settings: Settings) -> Iterator[list[Cell]]:
    """Rows of the report; step 3 has one set of rows for every consequence and year."""
    for group, count in sorted(panel.outside.items()):
        yield [1, group, "", "set første gang uden for aldersgrupperne", count]
    for children in panel.groups:
        lead: list[Cell] = [children.target_group or "", children.age_group or ""]
        yield [1, *lead, f"set første gang i registeret {settings.window}", len(children.d)]
        for reason, count in (
            ("d mangler: ikke observeret i år 1", int(np.isnan(children.d).sum() - _seen(children))),
            ("d mangler: observeret i år 1, succes ukendt", _seen(children)),
            ("succes", int((children.d == 1).sum())),
            ("ikke succes", int((children.d == 0).sum())),
        ):
            yield [2, *lead, reason, count]
        for column in panel.catalogue:
            if column.role == "konsekvens":
                for t in range(2, children.horizon + 1):
                    y = children.outcomes[column.name][:, t]
                    present = children.present[:, t]
                    used = sample(children, column, t)
                    observed = ~np.isnan(y) & ~np.isnan(children.d)
                    what = f"{column.name} t={t}: "
                    yield [3, *lead, what + "fraværende", int((~present).sum())]
                    yield [3, *lead, what + "y mangler", int((present & np.isnan(y)).sum())]
                    yield [3, *lead, what + "uden for aldersvinduet", int((observed & ~used).sum())]
                    yield [3, *lead, what + "anvendt", int(used.sum())]


def _seen(children: Children) -> int:
    """Children present in year 1 whose success is unknown all the same."""
    present = children.present[:, 1] if children.horizon >= 1 else np.zeros(len(children.d), dtype=bool)
    return int((np.isnan(children.d) & present).sum())

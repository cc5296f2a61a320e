"""What a release asks of the vault: true figures of partners and of earlier releases, so a group is masked whole."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tables.acts import History, public_id
from tables.catalog import Library, read_table
from tables.disclosure.group import Past, Protection, primaries, protect
from tables.disclosure.measures import single
from tables.disclosure.protection import PRIMARY
from tables.errors import Refused
from tables.fold import before, home, line
from tables.grid import Grid, read_cube
from tables.model import Act, Group

MASK: Final = "mask.parquet"
CUBE: Final = "cube.parquet"
MEMORY: Final = timedelta(days=5 * 365 + 2)  # disclosure §7: releases in force during the last five years


@dataclass(frozen=True, slots=True)
class Vault:
    """The true numbers of what is released, as they will stand just before an instant."""

    bank: Path
    history: History
    instant: datetime

    def standing(self, table: str) -> Act | None:
        """The act that holds a table just before the instant."""
        return before(self.history.acts, self.instant).get(table)

    def earlier(self, table: str) -> tuple[Past, ...]:
        """The table's releases that were in force during the last five years, newest first."""
        held = [a for a in line(self.history.acts) if table in a.tables and a.effective_at <= self.instant]
        since = self.instant - MEMORY
        ends = [act.effective_at for act in held[1:]] + [self.instant]
        kept = [act for act, end in zip(held, ends, strict=False) if end >= since]
        sources = dict.fromkeys(home(act, table, self.history).seq for act in reversed(kept))
        return tuple(self.past(self.history.act(seq), table) for seq in sources)

    def past(self, source: Act, table: str) -> Past:
        """A release's true numbers and its mask; raises Refused where the vault has lost them."""
        folder = self.bank / "vault" / source.folder.name / table
        if not (folder / CUBE).is_file() or not (folder / MASK).is_file():
            raise Refused(
                "vault",
                f"De sande tal for {table} fra {public_id(source.effective_at)} mangler i vault/; hent dem fra "
                "sikkerhedskopien.",
                f"The true figures of {table} from {public_id(source.effective_at)} are not in vault/; bring them back "
                "from the backup.",
            )
        grid = read_cube(folder / CUBE, read_table(source.folder / table))
        mask = np.array(pq.read_table(folder / MASK).column("mask").to_numpy(), dtype=np.uint8)
        return Past(f"{table}@{public_id(source.effective_at)}", grid, mask)


def write_mask(path: Path, mask: NDArray[np.uint8]) -> None:
    pq.write_table(pa.table({"mask": pa.array(mask, pa.uint8())}), path, compression="zstd")


def groups(library: Library, tables: Sequence[str]) -> Iterator[Group]:
    """The protection groups of the tables, each once."""
    yield from {group.id: group for group in map(library.group_of, tables)}.values()


def partners(group: Group, grids: Mapping[str, Grid], vault: Vault) -> dict[str, Act]:
    """Tables of the group that are not in the act and stand as released."""
    absent = (table for table in group.tables if table not in grids)
    return {table: act for table in absent if (act := vault.standing(table))}


def _certificate(group: Group, vault: Vault) -> Path | None:
    """The certificate of the group's newest release."""
    holders = [act for table in group.tables if (act := vault.standing(table))]
    if not holders:
        return None
    newest = max(holders, key=lambda act: (act.effective_at, act.seq))
    path = newest.folder / "protection" / group.id / "certificate.parquet"
    return path if path.is_file() else None


def masks(
    library: Library, group: Group, grids: Mapping[str, Grid], vault: Vault, progress: Callable[[str], None] | None
) -> Protection:
    """The masks of the group's tables in the act, decided together with what is released already.

    Without `progress` there is no search: the rules themselves hide, and nothing more.
    """
    own = {table: grids[table] for table in group.tables if table in grids}
    hides = {table: single(grid) for table, grid in own.items()}
    found = _cells(library, group, own, vault, progress) if progress else _ruled(own)
    return replace(found, hides=hides)


def _ruled(own: Mapping[str, Grid]) -> Protection:
    return Protection({table: primaries(grid).astype(np.uint8) * PRIMARY for table, grid in own.items()})


def _cells(
    library: Library, group: Group, own: dict[str, Grid], vault: Vault, progress: Callable[[str], None]
) -> Protection:
    """Whole cells. Estimates are in no equation, so a table of them alone is hidden by its own rules."""
    standing = partners(group, own, vault)
    if not standing and all(measure.kind == "estimate" for grid in own.values() for measure in grid.table.measures):
        return _ruled(own)
    if not standing and all(rule.method == "none" for grid in own.values() for rule in grid.table.disclosure):
        return protect(group, own, progress=progress)
    earlier = {table: vault.earlier(table) for table in (*own, *standing)}
    known = library.folder / "protection" / f"{group.id}.known.parquet"
    return protect(
        group,
        own | {table: vault.past(home(act, table, vault.history), table).grid for table, act in standing.items()},
        published={table: past for table, past in earlier.items() if past},
        standing=tuple(standing),
        known=known if known.is_file() else None,
        certificate=_certificate(group, vault),
        progress=progress,
    )

"""Why one cell is hidden, for the office only: by a rule, or for the small cells that its lines lead to."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from tables.disclosure.protection import PRIMARY
from tables.disclosure.relations import system
from tables.errors import Refused
from tables.grid import Grid
from tables.model import Group, Table, Text

_NEAREST = 8


class Net:
    """The hidden cells of a period and the lines they share; `kind` is 0 shown, 1 primary, 2 secondary."""

    def __init__(
        self, group: Group, grids: Mapping[str, Grid], masks: Mapping[str, NDArray[np.uint8]], period: str
    ) -> None:
        relations = system(group, grids, period, earlier=set(grids))
        self.frame, self._rows = relations.frame, relations.rows
        self._columns = self._rows.matrix.tocsc()
        self.kind = np.concatenate([masks[layer.table.id][layer.places] for layer in self.frame.layers])

    def chains(self, cell: int, most: int = _NEAREST) -> list[list[int]]:
        """The shortest ways to primaries over lines: the cell, hidden cells between, and the primary last."""
        chains, reached, found = [[cell]], {cell}, list[list[int]]()
        while chains and not found:
            longer = []
            for chain in chains:
                for other in self._beside(chain[-1]):
                    if other not in reached:
                        reached.add(other)
                        longer.append([*chain, other])
            found = [chain for chain in longer if self.kind[chain[-1]] == PRIMARY]
            chains = longer
        return found[:most]

    def _beside(self, cell: int) -> list[int]:
        """The hidden cells that share a line with this one."""
        lines = self._columns.indices[self._columns.indptr[cell] : self._columns.indptr[cell + 1]]
        cells = np.unique(self._rows.matrix[lines].indices)
        beside: list[int] = cells[self.kind[cells] > 0].tolist()
        return beside


def explained(
    group: Group,
    grids: Mapping[str, Grid],
    masks: Mapping[str, NDArray[np.uint8]],
    table: str,
    codes: Mapping[str, str],
) -> Iterator[Text]:
    """In sentences. Raises Refused for a dimension or value that the table lacks."""
    grid = grids[table]
    place, period = _place(grid.table, codes), codes[grid.table.time.code]
    kind = int(masks[table][place])
    if kind == 0:
        yield Text("Cellen vises.", "The cell is shown.")
        return
    if kind == PRIMARY:
        yield from _ruled(grid, place)
        return
    net = Net(group, grids, masks, period)
    layer = next(layer for layer in net.frame.layers if layer.table.id == table)
    chains = net.chains(layer.start + int(np.searchsorted(layer.places, place)))
    yield Text("Skjult for at beskytte:", "Hidden to protect:")
    for chain in chains:
        way = "".join(f" ← {net.frame.name(cell)}" for cell in reversed(chain[1:-1]))
        yield Text(f"  {net.frame.name(chain[-1])}{way}", f"  {net.frame.name(chain[-1])}{way}")
    if not chains:
        yield Text("  skjult i en tidligere udgivelse", "  it was hidden in an earlier release")


def _ruled(grid: Grid, place: int) -> Iterator[Text]:
    yield Text("Skjult af tabellens regler:", "Hidden by the rules of the table:")
    for rule in grid.table.disclosure:
        if rule.method == "hide":
            yield Text(f"  i hånden: {rule.params['reason']}", f"  by hand: {rule.params['reason']}")
        elif rule.method == "threshold":
            column = str(rule.params.get("counted") or grid.table.measures[0].numerator or grid.table.measures[0].code)
            told = f"  {column} = {grid.numbers[column][place]}"
            yield Text(f"{told}; vises fra {rule.params['below']}", f"{told}; shown from {rule.params['below']}")


def _place(table: Table, codes: Mapping[str, str]) -> int:
    unknown = [code for code in codes if code not in {dimension.code for dimension in table.dimensions}]
    if unknown:
        known = ", ".join(dimension.code for dimension in table.dimensions)
        raise Refused(
            "cell",
            f"{table.id} har ingen variabel {unknown[0]}; brug {known}.",
            f"{table.id} has no dimension {unknown[0]}; use {known}.",
        )
    place = 0
    for dimension in table.dimensions:
        code = codes.get(dimension.code, dimension.elimination or "")
        if code not in dimension.index:
            known = ", ".join(dimension.codes[:8])
            raise Refused(
                "cell",
                f"{table.id} {dimension.code}: skriv en af {known} …, ikke {code!r}.",
                f"{table.id} {dimension.code}: write one of {known} …, not {code!r}.",
            )
        place = place * len(dimension.values) + dimension.index[code]
    return place

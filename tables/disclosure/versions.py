"""What earlier releases bind (disclosure §7): the attacker keeps old answers.

A cell that was shown with the number it has now is known: it cannot be hidden; if a rule asks for it, that is reported
as already public. A cell that was hidden and is unchanged stays hidden. A cell whose number changed is another unknown;
if it was hidden it is hidden again, for what it protected has not gone away, and the picture stays the same.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tables.disclosure.method import counts
from tables.disclosure.moves import Flags, Ints
from tables.disclosure.protection import Past
from tables.grid import Grid
from tables.model import Status, Table


@dataclass(slots=True)
class Sticky:
    """Per table, flat: what the rules hide and may, what stays hidden, what everybody knows, what was hidden before.

    `once` was hidden with another number, `before` in the period before.
    """

    primary: dict[str, Flags] = field(default_factory=dict)
    kept: dict[str, Flags] = field(default_factory=dict)
    once: dict[str, Flags] = field(default_factory=dict)
    public: dict[str, Flags] = field(default_factory=dict)
    before: dict[str, Flags] = field(default_factory=dict)
    already: dict[str, int] = field(default_factory=dict)

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(f"{table}: {count} cells are already public" for table, count in self.already.items() if count)


def sticky(
    grids: Mapping[str, Grid],
    primary: Mapping[str, Flags],
    published: Mapping[str, Sequence[Past]],
    standing: Collection[str],
) -> Sticky:
    """Reads what was published; a table in `standing` keeps the mask of its newest release as it is."""
    told = Sticky()
    for table, grid in grids.items():
        size = len(primary[table])
        kept, once, public, before = (np.zeros(size, dtype=np.bool_) for _ in range(4))
        for number, past in enumerate(published.get(table, ())):
            here, there = matched(grid.table, past.grid.table)
            same = _same(grid, past.grid, here, there)
            hidden = past.mask[there] > 0
            public[here[same & ~hidden]] = True
            if number == 0:
                kept[here[same & hidden]] = True
                once[here[~same & hidden]] = True
                before |= _a_period_later(grid.table, here[hidden], size)
                if table in standing:
                    public[:] = True
                    public[here[hidden]] = False
        told.kept[table], told.once[table] = kept & ~public, once & ~public
        told.public[table], told.before[table] = public, before
        told.primary[table] = primary[table] & ~public
        told.already[table] = 0 if table in standing else int((primary[table] & public).sum())
    return told


def matched(table: Table, other: Table) -> tuple[Ints, Ints]:
    """The cells of both tables that have the same codes: their places here and there."""
    if {d.code for d in table.dimensions} != {d.code for d in other.dimensions}:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    here, there = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    steps = {d.code: int(np.prod(other.shape[axis + 1 :])) for axis, d in enumerate(other.dimensions)}
    for axis, dimension in enumerate(table.dimensions):
        index = other.dimension(dimension.code).index
        both = [(place, index[code]) for place, code in enumerate(dimension.codes) if code in index]
        pair = np.array(both, dtype=np.int64).reshape(-1, 2)
        here = (here[:, None] + pair[:, 0] * int(np.prod(table.shape[axis + 1 :]))).reshape(-1)
        there = (there[:, None] + pair[:, 1] * steps[dimension.code]).reshape(-1)
    return here, there


def _same(grid: Grid, other: Grid, here: Ints, there: Ints) -> Flags:
    """Whether the cells show the same numbers, of every measure that both have."""
    same = np.ones(len(here), dtype=np.bool_)
    theirs = {measure.code for measure in other.table.measures}
    for measure in grid.table.measures:
        if measure.code not in theirs:
            continue
        states = grid.status[measure.code][here], other.status[measure.code][there]
        same &= (states[0] <= Status.REVISED) & (states[1] <= Status.REVISED)
        for column in {counts(measure), measure.code}:
            same &= grid.numbers[column][here] == other.numbers[column][there]
    return same


def _a_period_later(table: Table, hidden: Ints, size: int) -> Flags:
    """The same cells one period later."""
    axis = next(axis for axis, dimension in enumerate(table.dimensions) if dimension.time)
    step = int(np.prod(table.shape[axis + 1 :]))
    place = (hidden // step) % table.shape[axis]
    later = np.zeros(size, dtype=np.bool_)
    later[hidden[place + 1 < table.shape[axis]] + step] = True
    return later

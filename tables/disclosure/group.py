"""Masks the tables of a protection group together, and has the mask judged (disclosure §5-§7).

Periods are masked side by side; then each makes room for what its lines read of the one before. The audit goes through
them in order of time. What it cannot lift goes back as a target, with what is hidden as a floor; after five rounds, or
where there is nothing more to hide, the release is refused with the cells named. What leaves is a mask with a
certificate, or nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tables.disclosure import METHODS
from tables.disclosure.again import Again
from tables.disclosure.audit import Audit, Auditor, Pending
from tables.disclosure.begun import Progress, begun, hide, hopeless, reaches, roomier
from tables.disclosure.certificate.layers import period_of
from tables.disclosure.frame import Frame, Layer, periods
from tables.disclosure.known import Known, Numbers, Remembered, key_of, known_file
from tables.disclosure.mask import Task
from tables.disclosure.moves import Flags
from tables.disclosure.protection import PRIMARY, SECONDARY, Past, Protection
from tables.disclosure.relations import system
from tables.disclosure.versions import Sticky, sticky
from tables.disclosure.weights import weights
from tables.grid import Grid
from tables.model import Group
from tables.periods import before
from tables.shown import show

__all__ = ["Past", "Protection", "primaries", "protect"]

ROUNDS: Final = 5


def silent(sentence: str) -> None:
    """The progress of a caller who does not want to hear it."""


def protect(
    group: Group,
    grids: Mapping[str, Grid],
    *,
    published: Mapping[str, Sequence[Past]] | None = None,
    standing: Collection[str] = (),
    known: Path | None = None,
    certificate: Path | None = None,
    progress: Progress = silent,
) -> Protection:
    """The mask of every table of the group, and the certificate that it suffices.

    `grids` holds all tables of the group; those in `standing` are not in the act and keep the mask of their newest
    release. `published`: per table its earlier releases in force during the last five years, newest first, and
    `certificate` the one that the newest of them came with. `known`: a file of masks found before, for periods whose
    inputs are the same; None computes afresh.
    Raises Refused with the cells named where no mask keeps the promise, or a relation is false.
    """
    told = sticky(grids, {table: primaries(grid) for table, grid in grids.items()}, published or {}, standing)
    if not group.relations and not any(told.primary[table].any() or told.kept[table].any() for table in grids):
        nothing = {table: np.zeros(len(flags), dtype=np.uint8) for table, flags in told.primary.items()}
        return Protection(nothing, warnings=told.warnings)
    loose = {table for table, grid in grids.items() if table in standing or grid.table.status == "closed"}
    tasks = {period: _task(group, grids, told, period, loose) for period in periods(grids)}
    memory, keys = Known(known), {period: key_of(task) for period, task in tasks.items()}
    then = {table: past[0].grid.table for table, past in (published or {}).items()}
    again = Again(certificate, {table: grid.table for table, grid in grids.items()}, then)
    stands = {period: again.recall(task) for period, task in tasks.items()}
    recalled = {p: stands[p] or memory.recall(task, keys[p]) for p, task in tasks.items()}
    notes: list[str] = []
    dropped = sorted({(d.relation, d.period, d.codes) for task in tasks.values() for d in task.system.dropped})
    auditor = Auditor(group, {table: show(grid, _nothing(grid)) for table, grid in grids.items()}, dropped=dropped)
    hidden: dict[str, Flags] = {}
    for period, flags, told_before, pending in begun(auditor, tasks, recalled, progress, notes):
        hidden[period] = _judged(auditor, tasks[period], flags, hidden.get(before(period)), told_before, pending)
        progress(f"{period}: audited")
    made = known_file((tasks[p], keys[p], hidden[p], *_numbers(auditor, p)) for p in tasks if not stands[p])
    return Protection(
        _masks(grids, tasks, hidden),
        {"certificate.parquet": auditor.file()},
        auditor.summary(),
        {"known.parquet": made},
        (*told.warnings, *notes, *(f"relation {n + 1}, {p} {' '.join(codes)}: dropped" for n, p, codes in dropped)),
    )


def primaries(grid: Grid) -> NDArray[np.bool_]:
    """What the table's own rules hide."""
    methods = {method.name: method for method in METHODS}
    found = np.zeros(int(np.prod(grid.table.shape)), dtype=np.bool_)
    for rule in grid.table.disclosure:
        found |= methods[rule.method].primary(grid, rule.params)
    return found


def _task(group: Group, grids: Mapping[str, Grid], told: Sticky, period: str, loose: Collection[str]) -> Task:
    relations = system(group, grids, period, earlier=loose)
    frame = relations.frame
    flags = [_framed(frame, part) for part in (told.primary, told.kept, told.once, told.public, told.before)]
    extra = np.zeros(frame.size, dtype=np.int64)
    singles = "singles" in group.insiders
    past = np.zeros(relations.before.size if relations.before else 0, dtype=np.int64)
    weight = weights(frame, flags[4], relations.between.read)
    return Task(relations, flags[0], flags[1], flags[2], flags[3], weight, extra, singles=singles, past=past)


def _framed(frame: Frame, flags: Mapping[str, Flags]) -> Flags:
    return np.concatenate([flags[layer.table.id][layer.places] for layer in frame.layers])


def _nothing(grid: Grid) -> NDArray[np.uint8]:
    return np.zeros(int(np.prod(grid.table.shape)), dtype=np.uint8)


def _judged(
    auditor: Auditor,
    task: Task,
    hidden: Flags,
    past: Flags | None,
    remembered: Remembered | None,
    pending: Pending | None,
) -> Flags:
    """Audits a period; returns the mask, widened where the audit could not lift a cell.

    `past`: what is hidden in the period before, if a table has it. `pending`: the audit has begun, without the past.
    """
    period = task.system.frame.period
    if remembered is not None and remembered.tables:
        recalled = auditor.recall(period, remembered.numbers, remembered.settled)
        if recalled is not None:
            auditor.settle(recalled)
            return hidden
    if reaches(task, past):
        hidden, pending = roomier(task, hidden, past), None
        hide(auditor, task, hidden)
    for _ in range(ROUNDS):
        audit = auditor.judged(pending) if pending else auditor.judge(period)
        pending = None
        if not audit.low and not audit.same and not audit.behind:
            auditor.settle(audit)
            return hidden
        wider = hidden
        for _ in range(ROUNDS):
            _ask(task, audit)
            wider = roomier(task, hidden, past)
            if (wider & ~hidden).any():
                break
        else:  # the same mask would be judged the same
            break
        hidden = wider
        hide(auditor, task, hidden)
    raise hopeless([auditor.name(*cell) for cell in (*audit.low, *audit.same, *audit.behind)])


def _numbers(auditor: Auditor, period: str) -> tuple[Numbers, Numbers]:
    """What was found of a period: numbers of cells, and what was settled."""
    found, when = auditor.found, period_of
    numbers = {(one.table, one.measure, o): row for (one, o), row in found.values.items() if when(one, o) == period}
    settled: Numbers = {(one.table, one.measure, o): (n,) for one, o, n in found.held if when(one, o) == period}
    return numbers, settled


def _ask(task: Task, audit: Audit) -> None:
    """More room for the cells that the audit could not lift."""
    for frame, further, cells in (
        (task.system.frame, task.extra, (*audit.low, *audit.same)),
        (task.system.before, task.past, audit.behind),
    ):
        layers: dict[tuple[str, str], Layer] = {(o.table.id, o.measure.code): o for o in frame.layers} if frame else {}
        for layer, offset in cells:
            own = layers[layer.table, layer.measure]
            further[own.start + int(np.searchsorted(own.places, offset))] += 2


def _masks(
    grids: Mapping[str, Grid], tasks: Mapping[str, Task], hidden: Mapping[str, Flags]
) -> dict[str, NDArray[np.uint8]]:
    """Per table: 0 shown, 1 primary, 2 secondary."""
    masks = {table: np.zeros(int(np.prod(grid.table.shape)), dtype=np.uint8) for table, grid in grids.items()}
    for period, flags in hidden.items():
        task = tasks[period]
        kind = np.where(task.primary, PRIMARY, SECONDARY)
        for layer in task.system.frame.layers:
            here = slice(layer.start, layer.start + len(layer.places))
            place = layer.places[flags[here]]
            masks[layer.table.id][place] = np.maximum(masks[layer.table.id][place], kind[here][flags[here]])
    return masks

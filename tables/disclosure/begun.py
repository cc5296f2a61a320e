"""Periods of a group side by side: masked, and their audit begun, in processes of their own (disclosure §5.10)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from typing import Final

import numpy as np

from tables.disclosure.audit import Auditor, Pending
from tables.disclosure.certificate import Found, Piece, alternatives
from tables.disclosure.known import Remembered
from tables.disclosure.mask import Mask, Task, mask
from tables.disclosure.moves import Flags
from tables.disclosure.widen import reached, widen
from tables.errors import Refused
from tables.periods import before

_SMALL: Final = 3_000  # cells of a period that are masked sooner than a process starts
Progress = Callable[[str], None]


def begun(
    auditor: Auditor,
    tasks: Mapping[str, Task],
    recalled: Mapping[str, Remembered | None],
    progress: Progress,
    notes: list[str],
) -> Iterator[tuple[str, Flags, Remembered | None, Pending | None]]:
    """The hidden cells of every period, in order of time: remembered, or found in processes of their own.

    Those audit, too: what no line joins with a hidden cell of the period before is being judged when it is told. What
    is remembered comes without its tables where a new period reads it: they must go on in it, and are sought again.
    """
    fresh = [p for p, task in tasks.items() if recalled[p] is None and (task.primary.any() or task.kept.any())]
    large = len(fresh) > 1 and max(tasks[period].system.frame.size for period in fresh) >= _SMALL
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) if large else nullcontext() as pool:
        running = {period: pool.submit(mask, tasks[period]) for period in fresh} if pool else {}
        masks: dict[str, Flags] = {}
        for period, task in tasks.items():
            remembered, flags = recalled[period], np.zeros(task.system.frame.size, dtype=np.bool_)
            if remembered is not None:
                flags[remembered.hidden] = True
            elif period in fresh:
                found = running[period].result() if pool else mask(task)
                flags = _checked(task, found, notes)
                flags = roomier(task, flags, masks.get(before(period)))
                progress(f"{period}: {int(flags.sum())} hidden")
            hide(auditor, task, flags)
            masks[period] = flags
        search = partial(_submitted, pool) if pool else None
        alone = [p for p in fresh if search and not reaches(tasks[p], masks.get(before(p)))]
        pending = {period: auditor.begin(period, search) for period in alone if search}
        sought = {before(p) for p in fresh if reaches(tasks[p], masks.get(before(p)))}
        for period, flags in masks.items():
            told = recalled[period]
            yield period, flags, replace(told, tables=0) if told and period in sought else told, pending.get(period)


def _submitted(pool: Executor, piece: Piece) -> Callable[[], Found]:
    return pool.submit(alternatives, piece).result


def reaches(task: Task, past: Flags | None) -> bool:
    """Whether lines join something with a hidden cell of the period before."""
    return past is not None and len(reached(task, past.astype(np.int64))) > 0


def _checked(task: Task, found: Mask, notes: list[str]) -> Flags:
    if task.singles and found.helped is None:
        notes.append(f"{task.system.frame.period}: too many cells to hold the mask to one child's own knowledge")
    elif task.singles and found.helped:
        notes.append(f"{task.system.frame.period}: one child's own knowledge helps with {found.helped} small cells")
    if task.singles and task.kept.any():
        notes.append(f"{task.system.frame.period}: one child's own knowledge was tried on new small cells alone")
    if found.failed:
        raise hopeless([task.system.frame.name(cell) for cell in found.failed])
    return found.hidden


def hopeless(names: Sequence[str]) -> Refused:
    told = "\n".join(f"  {name}" for name in names[:20])
    return Refused(
        "disclosure",
        f"{len(names)} celler kan ikke beskyttes; skjul mere, eller udgiv gruppens øvrige tabeller samtidig:\n{told}",
        f"{len(names)} cells cannot be protected; hide more, or release the other tables of the group too:\n{told}",
    )


def roomier(task: Task, hidden: Flags, past: Flags | None) -> Flags:
    """The mask with room for what was hidden in the period before, and for what an audit could not lift."""
    wider, stuck = widen(task, hidden, task.past + (past if past is not None and len(task.past) else 0))
    if stuck and task.system.before is not None:
        raise hopeless([task.system.before.name(cell) for cell in stuck])
    return wider


def hide(auditor: Auditor, task: Task, hidden: Flags) -> None:
    for layer in task.system.frame.layers:
        own = hidden[layer.start : layer.start + len(layer.places)]
        auditor.hide(layer.table.id, layer.places[own].tolist())

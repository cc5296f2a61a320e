"""The rehearsal: the would-be bank opened by the server's own code, before anything is published."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from tables import durable
from tables.acts import RECORD, History, parse, read_history
from tables.bank import Bank
from tables.errors import Refused, StatbankError
from tables.grid import size
from tables.model import LANGUAGES, Act, Answer, Lang, Query, Release, Text
from tables.proof import faults
from tables.selection import Chosen, default, split
from tables.verify import Verified

WHOLE: Final = 100_000  # cells of a table that is compared whole

# What the other side hands in: a format's name, and what it makes of an answer.
Renderer: TypeAlias = Callable[[Answer, Lang], Iterable[bytes]]
Renderers: TypeAlias = Mapping[str, Renderer]
Rehearse: TypeAlias = Callable[[Path, Path, datetime, Renderers], None]


def in_a_fresh_process(folder: Path, staged: Path, instant: datetime, renderers: Renderers) -> None:
    """Raises Refused with what went wrong; a process that dies is a failure too."""
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            wrong = pool.submit(_rehearsed, folder, staged, instant, dict(renderers)).result()
    except BrokenProcessPool as error:
        raise _refused(Text("processen døde.", "the process died.")) from error
    if wrong is not None:
        raise _refused(wrong)


def _rehearsed(folder: Path, staged: Path, instant: datetime, renderers: Renderers) -> Text | None:
    """What went wrong, as a value: errors of ours do not travel between processes."""
    try:
        rehearse(folder, staged, instant, renderers)
    except Refused as error:
        return error.text
    return None


def rehearse(folder: Path, staged: Path, instant: datetime, renderers: Renderers) -> None:
    """Verify every file of the act, ask both engines of every table, and render every format once."""
    act, _ = parse((staged / RECORD).read_bytes(), staged)
    array = Bank(folder, clock=lambda: instant, engine="array", staged=staged)
    database = Bank(folder, clock=lambda: instant, engine="duckdb", staged=staged)
    try:
        _check_files(act)
        _check_proof(act, read_history(folder / "releases"))
        array.refresh()
        database.refresh()
        for release in array.catalogue().releases.values():
            fresh = release.act.seq == act.seq
            for chosen in _canaries(release, every=fresh):
                _compare(array, database, release, chosen)
            if fresh:
                _render(array, release, renderers)
    except Refused:
        raise
    except StatbankError as error:
        raise _refused(error.text) from error


def _check_files(act: Act) -> None:
    """The folder holds exactly what the record names, byte for byte."""
    found = {path.relative_to(act.folder).as_posix() for path in durable.files(act.folder)} - {RECORD}
    for path in sorted(found ^ set(act.files)):
        raise _refused(Text(f"{path} er ikke i release.json, eller mangler.", f"{path} is unlisted, or missing."))
    verified = Verified()
    for path, file in act.files.items():
        if not verified.holds(act.folder / path, file):
            raise _refused(Text(f"{path} er ikke det, der blev skrevet.", f"{path} is not what was written."))


def _check_proof(act: Act, history: History) -> None:
    """Every group of the act that was to be masked has a certificate that holds."""
    for fault in faults(act, history):
        raise _refused(fault)


def _canaries(release: Release, *, every: bool) -> Iterator[Chosen]:
    """The first view; of a table of the act also its totals, and all of it or a line along each dimension."""
    table = release.table
    first = {code: split(text) for code, text in default(table).select.items()}
    yield first
    if not every:
        return
    must = {dim.code: ("*",) if dim.time else dim.codes[:1] for dim in table.dimensions if dim.elimination is None}
    yield must
    everything = {dimension.code: ("*",) for dimension in table.dimensions}
    if size(table) <= WHOLE:
        yield everything
    else:
        yield from ({**{dim.code: dim.codes[:1] for dim in table.dimensions}, code: ("*",)} for code in everything)


def _compare(array: Bank, database: Bank, release: Release, chosen: Chosen) -> None:
    answers = [bank.read(_asked(bank, release, chosen)) for bank in (array, database)]
    for one, other in zip(answers[0].blocks(), answers[1].blocks(), strict=True):
        if not (np.array_equal(one.values, other.values) and np.array_equal(one.status, other.status)):
            raise _refused(
                Text(
                    f"de to motorer svarer forskelligt for {release.table.id}.",
                    f"the two engines answer differently for {release.table.id}.",
                )
            )


def _asked(bank: Bank, release: Release, chosen: Chosen) -> Query:
    return bank.ask(bank.catalogue(), release.table.id, chosen, "site")


def _render(bank: Bank, release: Release, renderers: Renderers) -> None:
    query = _asked(bank, release, next(_canaries(release, every=False)))
    for name, render in renderers.items():
        for lang in LANGUAGES:
            if not sum(map(len, render(bank.read(query), lang))):
                raise _refused(Text(f"formatet {name} blev tomt.", f"the format {name} came out empty."))


def _refused(why: Text) -> Refused:
    return Refused("rehearsal", f"Prøven fejlede: {why.da}", f"The rehearsal failed: {why.en}")

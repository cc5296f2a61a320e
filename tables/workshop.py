"""The publisher's side of the bank's folder: the lock, the staging area, and the one rename that publishes."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from tables import durable
from tables.acts import FORMAT, RECORD, History, canonical, check_format, folder_name, parse, read_history
from tables.errors import Locked

LEFTOVER: Final = timedelta(hours=24)
PLANNED: Final = "planned"
ACT: Final = "act"
VAULT: Final = "vault"
DIGEST: Final = "release.sha256"  # in an act's vault: of its record, which only a later act's `prev` names in public


@contextmanager
def locked(bank: Path) -> Iterator[None]:
    """The bank, made if it is not there yet, for one publisher at a time; raises Locked for the second."""
    _found(bank)
    with (bank / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Locked(
                "En anden udgivelse er i gang i denne bank. Vent, til den er færdig.",
                "Another act is being made in this bank. Wait until it is done.",
            ) from error
        yield


def _found(bank: Path) -> None:
    durable.folder(bank)
    durable.folder(bank / "releases")
    durable.folder(bank / "staging", durable.PRIVATE)
    durable.folder(bank / "staging" / PLANNED, durable.PRIVATE)
    durable.folder(bank / VAULT, durable.PRIVATE)
    if not (bank / "FORMAT").exists() and not any((bank / "releases").iterdir()):
        durable.replace(bank / "FORMAT", canonical({"format": FORMAT}))
    check_format(bank)


@contextmanager
def at_work(bank: Path, now: datetime) -> Iterator[History]:
    """Under the lock, with leftovers swept: the acts so far. Every publishing command begins so."""
    with locked(bank):
        sweep(bank, now)
        history = read_history(bank / "releases")
        remove_withdrawn(history, now)
        yield history


@contextmanager
def looking_on(bank: Path) -> Iterator[History]:
    """The acts so far, for a command that only tells what it would do: nothing is locked, swept or made."""
    yield read_history(bank / "releases")


@contextmanager
def stage(bank: Path) -> Iterator[Path]:
    """A private folder for one act, gone when it was not published."""
    folder = bank / "staging" / secrets.token_hex(8)
    folder.mkdir(mode=durable.PRIVATE)
    try:
        (folder / ACT).mkdir(mode=durable.OPEN)
        (folder / VAULT).mkdir(mode=durable.PRIVATE)
        yield folder
    finally:
        durable.discard(folder)


@contextmanager
def at_desk(bank: Path, now: datetime, *, dry_run: bool) -> Iterator[tuple[History, Path]]:
    """The acts so far and a folder for one more; of a dry run it lies elsewhere and the bank stays untouched."""
    if not dry_run:
        with at_work(bank, now) as history, stage(bank) as folder:
            yield history, folder
        return
    folder = Path(mkdtemp(prefix="statbank-"))
    try:
        for room in (ACT, VAULT):
            (folder / room).mkdir()
        yield read_history(bank / "releases"), folder
    finally:
        durable.discard(folder)


def sweep(bank: Path, now: datetime) -> None:
    """Take away what crashed publishers left: old stages, and vaults of acts that never came to be."""
    for folder in (bank / "staging" / PLANNED).iterdir():
        _mend(bank, folder)
    for folder in (bank / "staging").iterdir():
        if folder.name != PLANNED and now.timestamp() - folder.stat().st_mtime > LEFTOVER.total_seconds():
            durable.discard(folder)
    for folder in (bank / VAULT).iterdir():
        if not (bank / "releases" / folder.name).exists():
            durable.discard(folder)


def _mend(bank: Path, folder: Path) -> None:
    """A plan whose arming was cut off: gone if its act became public, else it gets its vault back."""
    record = folder / ACT / RECORD
    if not record.exists():
        if not (folder / VAULT).exists():
            durable.discard(folder)
        return
    data = record.read_bytes()
    act, _ = parse(data, folder / ACT)
    name = folder_name(act.seq, act.effective_at)
    public = bank / "releases" / name / RECORD
    if public.exists() and public.read_bytes() == data:
        durable.discard(folder)
    elif not (folder / VAULT).exists() and (bank / VAULT / name).exists():
        durable.rename(bank / VAULT / name, folder / VAULT)


def remove_withdrawn(history: History, now: datetime) -> None:
    """Take away the files of releases that were withdrawn; the records stay as they are."""
    for act in history.acts:
        if act.kind != "withdraw" or act.effective_at > now:
            continue
        for each in act.withdraw:
            for path in each["files"]:
                durable.remove(history.act(each["act"]).folder / path)


def commit(bank: Path, staged: Path, name: str) -> Path:
    """Publish: the vault first, then one rename. Nothing of the act is seen before it, all of it after."""
    kept = bank / VAULT / name
    durable.rename(staged / VAULT, kept)
    target = bank / "releases" / name
    os.rename(staged / ACT, target)
    durable.sync(bank / "releases")
    target.chmod(durable.CLOSED)
    return target


def plan(bank: Path, staged: Path, name: str) -> Path:
    """Leave the act where only the publisher sees it, until it is armed."""
    target = bank / "staging" / PLANNED / name
    durable.sync(staged)  # the names of its two rooms
    durable.rename(staged, target)
    return target / ACT


def unplan(bank: Path, folder: Path) -> None:
    """Take a planned act away: by one rename it is planned no more, whatever happens while it is removed."""
    aside = bank / "staging" / folder.name
    durable.rename(folder, aside)
    durable.discard(aside)


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)

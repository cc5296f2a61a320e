"""What a host remembers across restarts: the last act it served, in case the next start finds a damaged bank."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from tables.acts import NOTHING, History, fewer, read_history, rewritten
from tables.catalogue import Reader
from tables.errors import Publisher
from tables.state import State, build

RECORD: Final = "last-good.json"


@dataclass(frozen=True, slots=True)
class Served:
    """The number of the newest act, and the hash of its record; `bank` tells its bank from others."""

    seq: int
    head: str
    bank: str


def remember(cache: Path | None, releases: Path, history: History) -> None:
    """A host without a cache folder remembers nothing."""
    if cache is None or history.head is None:
        return
    served = Served(len(history.acts), history.head, _bank(releases, history))
    if recall(cache) == served:
        return
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = cache / f"{RECORD}.{os.getpid()}"
    aside.write_text(json.dumps(asdict(served)))
    aside.replace(cache / RECORD)


def recall(cache: Path | None) -> Served | None:
    if cache is None:
        return None
    try:
        told = json.loads((cache / RECORD).read_bytes())
        return Served(int(told["seq"]), str(told["head"]), str(told["bank"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def forget(cache: Path) -> None:
    """For one who makes a bank anew in its old place."""
    (cache / RECORD).unlink(missing_ok=True)


def read(cache: Path | None, releases: Path, known: History = NOTHING) -> History:
    """The acts, verified; raises BankDamaged also where a start does not find all that this host has served."""
    history = read_history(releases, known)
    recorded = None if known.acts else recall(cache)
    if recorded is None or recorded.bank != _bank(releases, history):
        return history
    if len(history.acts) < recorded.seq:
        raise fewer()
    if history.hashes[recorded.seq - 1] != recorded.head:
        raise rewritten(history.act(recorded.seq))
    return history


def last_good(cache: Path | None, releases: Path, now: datetime, reader: Reader) -> State | None:
    """After a start in a damaged bank: the state this host last served, if its acts still verify."""
    recorded = recall(cache)
    if recorded is None:
        return None
    try:
        history = read_history(releases, last=recorded.seq)
        return build(history, now, reader) if history.head == recorded.head else None
    except Publisher:
        return None


def _bank(releases: Path, history: History) -> str:
    first = history.hashes[0] if history.hashes else ""
    return sha256(f"{releases.resolve()}\n{first}".encode()).hexdigest()

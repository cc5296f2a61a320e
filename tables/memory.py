"""What a host remembers across restarts: the last act it served, in case the next start finds a damaged bank."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from tables.acts import read_history
from tables.catalogue import Reader
from tables.errors import Publisher
from tables.state import State, build

RECORD: Final = "last-good.json"


@dataclass(frozen=True, slots=True)
class Served:
    """The number of the newest act, and the hash of its record."""

    seq: int
    head: str


def remember(cache: Path | None, served: Served) -> None:
    """A host without a cache folder remembers nothing."""
    if cache is None or recall(cache) == served:
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
        return Served(int(told["seq"]), str(told["head"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


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

"""Who may ask something heavy now: slots of the host, places of the worker, and time (operations §8)."""

import fcntl
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final

from service.settings import Settings
from tables.errors import Busy, Timeout
from tables.model import Answer, Block, Query

HEAVY: Final = 20_000  # cells; who asks for fewer never waits
WAIT: Final = 0.5  # seconds for the first slot, while a refusal is still possible
PAUSE: Final = (0.01, 0.03)  # seconds between two looks; drawn, so that nobody is always the last
FOLDER: Final = "slots"


def heavy(query: Query) -> bool:
    return query.cells > HEAVY


class Admission:
    """Slots are locks on files, so all workers of a host share them and a killed one frees its own."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.cache / FOLDER
        self._slots = settings.heavy_slots
        self._seconds = settings.query_seconds
        self._places = BoundedSemaphore(settings.streams)

    @contextmanager
    def place(self) -> Iterator[None]:
        """One of the worker's threads that heavy answers may hold while they are made and sent; never waits."""
        if not self._places.acquire(blocking=False):
            raise _busy()
        try:
            yield
        finally:
            self._places.release()

    @contextmanager
    def slot(self, patience: float = WAIT) -> Iterator[None]:
        """The right to work on something heavy; raises Busy when none came free in `patience` seconds."""
        held = self._waited(patience)
        try:
            yield
        finally:
            os.close(held)  # and with it the lock

    def whole(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """An answer that is made before it is sent: one slot from its first piece to its last."""
        with self.slot():
            yield from pieces

    def streamed(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """An answer that is made while it is sent: a slot for each piece, none while the client takes it."""
        source = iter(pieces)
        patience = WAIT
        while True:
            with self.slot(patience):
                piece = next(source, None)
            if piece is None:
                return
            yield piece
            patience = self._seconds

    def within(self, answer: Answer) -> Answer:
        """The same answer, or Timeout at the first block after its time."""
        return Answer(answer.query, _timed(answer.blocks, self._seconds))

    def used(self) -> int:
        """Slots of the host that are taken."""
        free = [held for number in range(self._slots) if (held := _locked(self._slot(number))) is not None]
        for held in free:
            os.close(held)
        return self._slots - len(free)

    def _waited(self, patience: float) -> int:
        until = time.monotonic() + patience
        while (held := self._free()) is None:
            if time.monotonic() >= until:
                raise _busy()
            time.sleep(random.uniform(*PAUSE))  # noqa: S311  # not a secret
        return held

    def _free(self) -> int | None:
        """An open file that holds the lock of a slot."""
        for number in range(self._slots):
            held = _locked(self._slot(number))
            if held is not None:
                return held
        return None

    def _slot(self, number: int) -> Path:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._folder / str(number)


def _timed(blocks: Callable[[], Iterator[Block]], seconds: float) -> Callable[[], Iterator[Block]]:
    def until_late() -> Iterator[Block]:
        until = time.monotonic() + seconds
        for block in blocks():
            if time.monotonic() > until:
                raise Timeout("Forespørgslen tog for lang tid.", "The question took too long.")
            yield block

    return until_late


def _locked(path: Path) -> int | None:
    found = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(found)
        return None
    return found


def _busy() -> Busy:
    return Busy("Serveren har for travlt. Prøv igen om lidt.", "The server is too busy. Try again in a moment.")

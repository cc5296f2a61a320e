"""Bytes made once and kept: metadata per catalogue and language, for as long as there is room."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar

Kept = TypeVar("Kept")


class Shelf:
    """The least recently used goes first. Two threads may make the same thing once each; both get one.

    A key names one kind of thing, so what is taken is what was made.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._kept: OrderedDict[Hashable, object] = OrderedDict()
        self._lock = Lock()

    def kept(self, key: Hashable) -> object | None:
        """What is there already."""
        with self._lock:
            return self._kept.get(key)

    def take(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]  # type: ignore[return-value]  # made by the same key
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._room:
                self._kept.popitem(last=False)
        return made

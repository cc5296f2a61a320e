"""The drawing process, held by the hand: started when first needed, asked in turn, and another when it dies."""

import atexit
import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from threading import BoundedSemaphore, Lock, Timer
from typing import Any, Final

from service.charts import words
from service.charts.look import LOCALES, Spec
from service.shelf import Shelf
from tables.errors import Busy
from tables.model import Lang

LOG: Final = logging.getLogger(__name__)
WORKER: Final = Path(__file__).with_name("worker.py")
SECONDS: Final = 10.0
WAITING: Final = 4  # drawings asked for at once in a process; there are more threads to answer readers
KEPT: Final = 64
SCALE: Final = 2.0  # of a PNG: sharp on today's screens


class Renderer:
    """One per process that answers; nothing is started before the first drawing, and nothing survives a fork."""

    def __init__(self, *, seconds: float = SECONDS, waiting: int = WAITING) -> None:
        self._seconds = seconds
        self._places = BoundedSemaphore(waiting)
        self._turn = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._kept = Shelf(KEPT)

    @property
    def pid(self) -> int | None:
        """Of the drawing process, while there is one."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def svg(self, spec: Spec, lang: Lang) -> str:
        """Raises Busy when it cannot be drawn now."""
        return self._draw({"kind": "svg", "spec": spec, "locale": LOCALES[lang]}).decode()

    def png(self, svg: bytes) -> bytes:
        return self._draw({"kind": "png", "svg": svg.decode(), "scale": SCALE})

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _draw(self, job: Mapping[str, Any]) -> bytes:
        line = json.dumps(job, ensure_ascii=False).encode() + b"\n"
        return self._kept.take(blake2b(line, digest_size=16).digest(), lambda: self._queued(line))

    def _queued(self, line: bytes) -> bytes:
        if not self._places.acquire(blocking=False):
            raise _busy()
        try:
            if not self._turn.acquire(timeout=self._seconds):
                raise _busy()
            try:
                return self._asked(line)
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def _asked(self, line: bytes) -> bytes:
        """Once more where the process had ended of itself, or was ended, since the last time."""
        known = self._process
        answer = self._exchange(line)
        if answer is None and known is not None:
            answer = self._exchange(line)
        if answer is None:
            raise _busy()
        return answer

    def _exchange(self, line: bytes) -> bytes | None:
        """None when the process died on the way, by its own fault or the clock's."""
        process = self._running()
        clock = Timer(self._seconds, process.kill)
        clock.daemon = True
        clock.start()
        try:
            return _spoken(process, line)
        except OSError:
            self.close()
            return None
        finally:
            clock.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        self._process = subprocess.Popen(  # noqa: S603  # our own file, no text of a user
            [sys.executable, "-P", str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self._process


def _spoken(process: subprocess.Popen[bytes], line: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise BrokenPipeError
    process.stdin.write(line)
    process.stdin.flush()
    good, _, size = process.stdout.readline().partition(b" ")
    if not size:
        raise BrokenPipeError
    body = process.stdout.read(int(size))
    if len(body) < int(size):
        raise BrokenPipeError
    if good != b"1":
        LOG.error("a chart could not be drawn: %s", body[:500].decode("utf-8", "replace"))
        raise _busy()
    return body


def _busy() -> Busy:
    return Busy(words.BUSY.da, words.BUSY.en)


def shared() -> Renderer:
    """The one of this process: a fork has none until it draws."""
    return _of(os.getpid())


@cache
def _of(pid: int) -> Renderer:
    made = Renderer()
    atexit.register(made.close)
    return made

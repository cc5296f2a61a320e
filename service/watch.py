"""The thread of a worker that looks for new acts; started after the fork, never before."""

import logging
import os
import threading
import time
from pathlib import Path

from service.counts import Counts
from tables.bank import Bank
from tables.errors import StatbankError

LOG = logging.getLogger(__name__)
SECONDS = 0.25
THOROUGH = 5.0  # how often the bank is listed in any case: times of change may be coarse (operations §3)
COUNTED = 1.0  # how often the counts are written
STALE = 30.0  # without a good look for so long the worker is not ready (operations §11)


class Watch:
    """Polls the bank; a look that fails leaves the last good state in place and is told once."""

    def __init__(self, bank: Bank, counts: Counts, seconds: float = SECONDS) -> None:
        self._bank = bank
        self._counts = counts
        self._seconds = seconds
        self._looked: float | None = None
        self._listed = 0.0
        self._counted = 0.0
        self._newest = 0
        self._trouble = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="statbank-watch", daemon=True)

    def start(self) -> None:
        self.look()
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def look(self) -> None:
        try:
            thoroughly = time.monotonic() - self._listed >= THOROUGH
            self._bank.refresh(thoroughly=thoroughly)
            self._listed = time.monotonic() if thoroughly else self._listed
            self._bank.prepare()
            self._learn()
        except (StatbankError, OSError) as error:
            self._counts.add("statbank_bank_errors_total")
            if str(error) != self._trouble:
                LOG.error("the bank cannot be read: %s", error)
            self._trouble = str(error)
        else:
            self._trouble = ""
            self._looked = time.monotonic()
            self._counts.put("statbank_polled", self._looked)

    def fresh(self) -> bool:
        return self._looked is not None and time.monotonic() - self._looked < STALE

    def _learn(self) -> None:
        """Which act is in force, and how long after its instant that was found; nothing of acts to come."""
        acts = self._bank.catalogue().acts
        if not acts or acts[-1].seq == self._newest:
            return
        if self._newest:
            late = (self._bank.now() - acts[-1].effective_at).total_seconds()
            self._counts.put("statbank_flip_late_seconds", late)
        self._newest = acts[-1].seq
        self._counts.put("statbank_applied_seq", self._newest)

    def _run(self) -> None:
        while not self._stop.wait(self._seconds):
            self.look()
            if time.monotonic() - self._counted >= COUNTED:
                self._counted = time.monotonic()
                self._counts.put("statbank_worker_bytes", _memory())
                self._counts.write()


def _memory() -> int:
    """Resident bytes of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")

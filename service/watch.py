"""The thread of a worker that looks for new acts; started after the fork, never before."""

import logging
import threading
import time

from tables.bank import Bank
from tables.errors import StatbankError

LOG = logging.getLogger(__name__)
SECONDS = 0.25
THOROUGH = 5.0  # how often the bank is listed in any case: times of change may be coarse (operations §3)
STALE = 30.0  # without a good look for so long the worker is not ready (operations §11)


class Watch:
    """Polls the bank; a look that fails leaves the last good state in place and is told once."""

    def __init__(self, bank: Bank, seconds: float = SECONDS) -> None:
        self._bank = bank
        self._seconds = seconds
        self._looked: float | None = None
        self._listed = 0.0
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
        except (StatbankError, OSError) as error:
            if str(error) != self._trouble:
                LOG.error("the bank cannot be read: %s", error)
            self._trouble = str(error)
        else:
            self._trouble = ""
            self._looked = time.monotonic()

    def fresh(self) -> bool:
        return self._looked is not None and time.monotonic() - self._looked < STALE

    def _run(self) -> None:
        while not self._stop.wait(self._seconds):
            self.look()

"""A publisher is killed, or its disk fails, while readers ask a running server: before or after, never torn."""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tables.rehearsal import rehearse
from tables.release import release
from tables.scrub import scrub
from tests.conftest import OPENING
from tests.front import ROOT, add, served
from tests.test_flip import FIGURE

FAULTS = 26
OLD = 20  # the figure before all


@dataclass(slots=True)
class Reader:
    """Asks one table after the other, and the list of both, until it is told to stop."""

    port: int
    figures: list[int] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self.stop.is_set():
            for table in ("TOY", "TAY"):
                status, body = self.ask(line, FIGURE.format(table))
                if status == 200:
                    self.figures.append(int(body.strip().rpartition(";")[2]))
            status, body = self.ask(line, "/alt.json")
            if status == 200 and len({each["updated"] for each in json.loads(body)["tables"]}) != 1:
                self.mixed.append(body)
            time.sleep(0.1)
        line.close()

    def ask(self, line: http.client.HTTPConnection, path: str) -> tuple[int, str]:
        line.request("GET", path)
        answer = line.getresponse()
        body = answer.read().decode()
        if answer.status != 200:
            self.failed.append(f"{path}: {answer.status} {body}")
        return answer.status, body


@pytest.mark.slow
def test_whatever_strikes_the_publisher_readers_see_before_or_after(library: Path, tmp_path: Path) -> None:
    add(library, "TAY")
    bank = tmp_path / "bank"
    past = OPENING - timedelta(hours=1)
    release(library, bank, ("TOY", "TAY"), at="2024-06-06 08:00", clock=lambda: past, rehearse=rehearse)
    with served(bank, tmp_path / "host") as ports:
        readers = [Reader(*ports) for _ in range(2)]
        threads = [threading.Thread(target=reader.read) for reader in readers]
        for thread in threads:
            thread.start()
        command = [sys.executable, str(ROOT / "tests/struck.py"), str(bank), str(library)]
        struck = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        last = OLD * (FAULTS + 3)
        until = time.monotonic() + 10
        while time.monotonic() < until and any(reader.figures[-1:] != [last] for reader in readers):
            time.sleep(0.1)
        for reader in readers:
            reader.stop.set()
        for thread in threads:
            thread.join()

    told = [json.loads(line) for line in struck.stdout.splitlines() if line.startswith("{")]
    assert len(told) == FAULTS, struck.stderr
    assert [each for each in told if each["ends"][-1] != 0] == []  # the next try succeeds
    struck_down = Counter((each["ends"][0], *each["acts"]) for each in told)
    assert struck_down.keys() == {(-9, 0, 1), (1, 0, 1), (-9, 1, 2), (1, 1, 2)}
    assert struck_down[-9, 0, 1] >= 8  # killed before the act was there
    assert struck_down[1, 0, 1] >= 8  # failed before it
    for reader in readers:
        assert (reader.mixed, reader.failed) == ([], [])
        assert reader.figures == sorted(reader.figures)
        assert set(reader.figures) <= {OLD * by for by in range(1, FAULTS + 4)}
        assert reader.figures[-1] == last
    assert scrub(bank, (), datetime.now(UTC)).wrong == ()

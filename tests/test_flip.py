"""The flip as readers see it: three production servers behind the real nginx, two tables in one act, polled past T."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tables.rehearsal import rehearse
from tables.release import release
from tests.conftest import OPENING
from tests.front import NGINX, add, fronted, lift, served

FIGURE = "/v1/data/{}/CSV?K%C3%98N=D&OMR%C3%85DE=000&Tid=2023"
LIST = "/v1/tables"
TABLES = ("TOY", "TAY")
OLD, NEW = "20", "120"
PAUSE = 0.005


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer: when it was asked and had, and which release it showed; of the list: all that it told at once."""

    asked: float
    had: float
    path: str
    shown: str


@dataclass(slots=True)
class Reader:
    """One line to one surface, kept open as browsers do; every question says what its reader has already."""

    port: int
    answers: list[Seen] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    kept: dict[str, tuple[str, str]] = field(default_factory=dict)

    def poll(self, begin: float, until: float) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        now = 0.0
        while now < until:
            now = time.time()
            for path in (*map(FIGURE.format, TABLES), LIST):
                self.ask(line, path)
            time.sleep(PAUSE if now > begin else 0.25)
        line.close()

    def ask(self, line: http.client.HTTPConnection, path: str) -> None:
        tag, shown = self.kept.get(path, ("", ""))
        asked = time.time()
        try:
            line.request("GET", path, headers={"If-None-Match": tag} if tag else {})
            answer = line.getresponse()
            body = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.faults.append(f"{path} at {asked}: {error!r}")
            line.close()
            return
        if answer.status == 200:
            shown = listed(body) if path == LIST else body.strip().rpartition(";")[2]
            self.kept[path] = answer.headers["ETag"], shown
        elif answer.status != 304:
            self.faults.append(f"{path} at {asked}: {answer.status} {body}")
        self.answers.append(Seen(asked, time.time(), path, shown))


def listed(body: str) -> str:
    """OLD or NEW where every table of the list is as before the act or as after it; else the list itself."""
    fresh = {table: f'"id":"{table}"' in body.replace(" ", "") for table in ("TOY", "TAY", "NEWEST")}
    dates = body.count("2024-06-06")
    if fresh == {"TOY": True, "TAY": True, "NEWEST": False} and dates >= 2:
        return OLD
    return NEW if all(fresh.values()) and not dates else body


@contextmanager
def polled(readers: list[Reader], instant: float) -> Iterator[None]:
    """Every reader asks from now until three seconds after the instant, most densely around it; once if it is past."""
    threads = [threading.Thread(target=each.poll, args=(instant - 1, instant + 3)) for each in readers]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


@pytest.mark.slow
@pytest.mark.skipif(not Path(NGINX).exists(), reason="nginx is not installed: make system")
def test_never_early_never_half_never_late(library: Path, tmp_path: Path) -> None:
    add(library, "TAY")
    add(library, "NEWEST")
    bank = tmp_path / "bank"
    past = OPENING - timedelta(hours=1)
    release(library, bank, TABLES, at="2024-06-06 08:00", clock=lambda: past, rehearse=rehearse)
    with served(bank, tmp_path / "hosts", 3) as ports, fronted(tmp_path / "nginx", ports) as front:
        for table in TABLES:
            lift(library, table, 6)
        readers = [Reader(port) for port in (*ports, front)]
        with polled(readers, 0):  # once: a worker's first question loads code
            pass

        act = release(library, bank, (*TABLES, "NEWEST"), now=True, rehearse=rehearse)
        instant = act.effective_at.timestamp()
        with polled(readers, instant):
            began = datetime.now(UTC)

    answers = [each for reader in readers for each in reader.answers]
    assert began < act.effective_at  # so the flip happened while they asked
    assert [each for each in answers if each.had < instant and each.shown != OLD] == []
    assert [each for each in answers if each.asked >= instant + 1 and each.shown != NEW] == []
    assert [each for reader in readers for each in halves(reader)] == []
    assert [fault for reader in readers for fault in reader.faults] == []
    assert all({each.shown for each in reader.answers} == {OLD, NEW} for reader in readers)
    assert " HIT " in (tmp_path / "nginx/statbank.log").read_text()  # and nginx answered from its cache


def halves(reader: Reader) -> list[Seen]:
    """Once a surface showed something new, no later question finds anything old, of whichever table or list."""
    first = min((each.had for each in reader.answers if each.shown == NEW), default=float("inf"))
    return [each for each in reader.answers if each.asked > first and each.shown != NEW]

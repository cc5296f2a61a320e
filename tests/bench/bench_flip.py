"""How long after an act's instant the last old answer and the first new one arrive, straight and through nginx.

Waits for the next full minute. Every reader asks for one figure every 5 ms from a second before the instant.
"""

import http.client
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench_release import START, library

from tables.rehearsal import rehearse
from tables.release import release

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from front import NGINX, fronted, lift, served

FIGURE = "/v1/data/BIG/CSV?A=0000&B=0000&C=0000&Tid=2015"


@dataclass(slots=True)
class Reader:
    """When each answer was asked for and had, and of which release it was."""

    name: str
    port: int
    seen: list[tuple[float, float, str]] = field(default_factory=list)

    def poll(self, instant: float) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        time.sleep(max(0.0, instant - 1 - time.time()))
        asked = 0.0
        while asked < instant + 2:
            asked = time.time()
            line.request("GET", FIGURE)
            answer = line.getresponse()
            answer.read()
            self.seen.append((asked, time.time(), answer.headers["Statbank-Release"]))
            time.sleep(0.005)
        line.close()

    def told(self, instant: float, fresh: str) -> str:
        first = min(had for _, had, shown in self.seen if shown == fresh) - instant
        asked, last, _ = max(each for each in self.seen if each[2] != fresh)
        early = sum(had < instant and shown == fresh for _, had, shown in self.seen)
        slowest = max(had - asked for asked, had, _ in self.seen)
        return (
            f"{self.name:>8}: first new answer {first * 1000:+.0f} ms, last old one {(last - instant) * 1000:+.0f} ms "
            f"(asked for at {(asked - instant) * 1000:+.0f}), early {early} of {len(self.seen)}, "
            f"slowest {slowest * 1000:.0f} ms"
        )


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        drafts, bank = folder / "library", folder / "bank"
        library(drafts, 10)
        past = START - timedelta(hours=1)
        release(drafts, bank, ["BIG"], at="2024-06-06 08:00", clock=lambda: past, rehearse=rehearse)
        with served(bank, folder / "hosts", 3) as ports, fronted(folder / "nginx", ports) as front:
            readers = [Reader("straight", port) for port in ports] + [Reader("nginx", front)]
            for reader in readers:
                reader.poll(time.time() - 2)  # once: a worker's first question loads code
                reader.seen.clear()
            lift(drafts, "BIG", 2)
            act = release(drafts, bank, ["BIG"], now=True, rehearse=rehearse)
            instant = act.effective_at.timestamp()
            threads = [threading.Thread(target=reader.poll, args=(instant,)) for reader in readers]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        for reader in readers:
            print(reader.told(instant, f"BIG@{act.effective_at:%Y-%m-%dT%H%MZ}"))


if __name__ == "__main__":
    if not Path(NGINX).exists():
        sys.exit("nginx is not installed: make system")
    main()

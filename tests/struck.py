"""A publisher that is struck: each act is tried with a fault, in a process of its own, and then once more without.

Run as a program (bank, library); says a line of JSON for each fault: what it was, how each try ended, and how many acts
there were more after it.
"""

import contextlib
import errno
import itertools
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tables.errors import StatbankError
from tables.rehearsal import rehearse
from tables.release import release

TABLES = ("TOY", "TAY")
FIRST = datetime(2024, 6, 7, 6, 0, tzinfo=UTC)  # 08:00 in Copenhagen
DONE, FAILED = 0, 1
Fault = tuple[str, str, int]
FAULTS = (  # call, blow, and which of the calls (-1 the last); of a full disk the bytes that a file may have
    ("size", "ENOSPC", 0),
    ("size", "ENOSPC", 1_000),
    *(("rename", blow, nth) for nth in (1, -3, -2, -1) for blow in ("KILL", "EIO")),  # records, the vault, the act
    ("rename", "ENOSPC", -1),
    *(
        ("fsync", blow, nth) for nth in (1, 16, -12, -4, -3, -2, -1) for blow in ("KILL", "EIO")
    ),  # the last: of releases/
    ("fsync", "ENOSPC", -1),
)


def lift(library: Path, cubes: dict[str, pa.Table], by: int) -> None:
    for table, cube in cubes.items():
        place = cube.schema.get_field_index("antal")
        lifted = cube.set_column(place, "antal", pc.multiply(cube["antal"], pa.scalar(by)))
        pq.write_table(lifted, library / table / "cube.parquet")


def struck(call: str, blow: str, nth: int) -> Callable[[], int]:
    """Set the trap; the function tells how often the call was made."""
    made = 0
    if call == "size":
        resource.setrlimit(resource.RLIMIT_FSIZE, (nth, nth))  # the kernel says EFBIG, as it says ENOSPC elsewhere
        return int
    real = getattr(os, call)

    def trap(*given: object, **options: object) -> object:
        nonlocal made
        made += 1
        if made == nth and blow == "KILL":
            os.kill(os.getpid(), signal.SIGKILL)
        if made == nth:
            raise OSError(getattr(errno, blow), os.strerror(getattr(errno, blow)))
        return real(*given, **options)

    setattr(os, call, trap)
    return lambda: made


def tried(publish: Callable[[], object], fault: Fault | None) -> int:
    """The end of a child that publishes; negative if it was killed."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    end = FAILED
    with contextlib.suppress(StatbankError, OSError, pa.ArrowException):
        made = struck(*fault) if fault else int
        publish()
        end = made() if fault and not fault[2] else DONE
    os._exit(end)


def main(bank: Path, library: Path) -> None:
    cubes = {table: pq.read_table(library / table / "cube.parquet") for table in TABLES}
    minutes = itertools.count(1)

    def publish() -> None:
        at = FIRST + timedelta(minutes=minute)
        wall = (at + timedelta(hours=2)).strftime("%Y-%m-%d %H:%M")
        release(library, bank, TABLES, at=wall, clock=lambda: at - timedelta(hours=1), rehearse=rehearse)

    calls = {"size": 0}
    for by, call in enumerate(("rename", "fsync"), 2):
        lift(library, cubes, by)
        minute = next(minutes)
        calls[call] = tried(publish, (call, "none", 0))
    for by, (call, blow, nth) in enumerate(FAULTS, 4):
        lift(library, cubes, by)
        before = len(list((bank / "releases").iterdir()))
        ends, acts = [], []
        for fault in ((call, blow, nth if nth >= 0 else calls[call] + 1 + nth), None):
            minute = next(minutes)
            ends.append(tried(publish, fault))
            acts.append(len(list((bank / "releases").iterdir())) - before)
        print(json.dumps({"fault": (call, blow, nth), "ends": ends, "acts": acts}), flush=True)  # noqa: T201  # it is asked to tell


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

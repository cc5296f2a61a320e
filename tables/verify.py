"""Which bytes of the bank are what they were: full hashes, taken once and again whenever a file looks different."""

import fcntl
import json
import os
from contextlib import suppress
from pathlib import Path

from tables.acts import RECORD, digest_file
from tables.errors import BankDamaged
from tables.model import Act, File

Look = tuple[int, int, int, int]  # device, inode, bytes, time of change


def look(path: Path | str) -> Look | None:
    """What a file looks like from outside; None if it is not there."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


class Shared:
    """Hashes that the processes of one service have taken, in a file of theirs: each is taken once on the host.

    Whoever takes one holds the lock, so another who needs it waits and reads it. A cache that takes nothing costs time
    alone. Records of services before this one are removed: each service looks for itself.
    """

    def __init__(self, record: Path) -> None:
        self._record = record
        self._read = 0
        self._found: dict[str, tuple[Look, str]] = {}

    def digest(self, path: str, now: Look) -> str:
        try:
            lines = self._opened()
        except OSError:
            return digest_file(Path(path))
        try:
            fcntl.flock(lines, fcntl.LOCK_EX)
            self._learn(lines)
            known = self._found.get(path)
            if known is not None and known[0] == now:
                return known[1]
            digest = digest_file(Path(path))
            if look(path) == now:
                with suppress(OSError):
                    os.write(lines, b"\n" + json.dumps([path, now, digest]).encode() + b"\n")
            return digest
        finally:
            os.close(lines)

    def _opened(self) -> int:
        if not self._record.exists():
            self._record.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            for older in self._record.parent.iterdir():
                older.unlink(missing_ok=True)
        return os.open(self._record, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def _learn(self, lines: int) -> None:
        size = os.fstat(lines).st_size
        start = self._read if self._read <= size else 0
        for line in os.pread(lines, size - start, start).splitlines():
            with suppress(ValueError):  # empty, or cut when its writer was killed
                path, seen, digest = json.loads(line)
                self._found[path] = (tuple(seen), digest)
        self._read = size


class Verified:
    """The files whose hash was found right, each as it looked then.

    Threads may share it: entries are whole when they are put in, and a hash taken twice does no harm.
    """

    def __init__(self, shared: Shared | None = None) -> None:
        self._known: dict[str, tuple[Look, str]] = {}
        self._shared = shared

    def holds(self, file: Path | str, expected: File) -> bool:
        """Whether the file is there with exactly the bytes that the act names."""
        path = str(file)
        now = look(path)
        if now is None or now[2] != expected.bytes:
            return False
        if self._known.get(path) == (now, expected.sha256):
            return True
        try:
            found = self._shared.digest(path, now) if self._shared else digest_file(Path(path))
        except OSError:
            return False
        if found != expected.sha256 or look(path) != now:
            return False
        self._known[path] = (now, found)
        return True

    def unchanged(self, act: Act, sha256: str) -> bool:
        """Whether the act's record is still the one with this hash."""
        path = act.folder / RECORD
        now = look(path)
        return now is not None and self.holds(path, File(RECORD, "record", now[2], sha256))

    def whole(self, act: Act, below: str) -> bool:
        """Whether every file of the act below this folder is right."""
        return all(self.holds(act.folder / path, file) for path, file in act.files.items() if path.startswith(below))

    def required(self, act: Act, path: str) -> None:
        """Raises BankDamaged unless the file is right."""
        if not self.holds(act.folder / path, act.files[path]):
            where = f"{act.folder.name}/{path}"
            raise BankDamaged(f"{where} er beskadiget eller mangler.", f"{where} is damaged or missing.")

"""Which bytes of the bank are what they were: full hashes, taken once and again whenever a file looks different."""

import os
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


class Verified:
    """The files whose hash was found right, each as it looked then.

    Threads may share it: entries are whole when they are put in, and a hash taken twice does no harm.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[Look, str]] = {}

    def holds(self, file: Path | str, expected: File) -> bool:
        """Whether the file is there with exactly the bytes that the act names."""
        path = str(file)
        now = look(path)
        if now is None or now[2] != expected.bytes:
            return False
        if self._known.get(path) == (now, expected.sha256):
            return True
        try:
            found = digest_file(Path(path))
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

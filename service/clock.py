"""Whether this host's clock may be trusted: what chrony last wrote of it (deploy/chrony.md)."""

from datetime import datetime
from pathlib import Path
from typing import Final

OFF: Final = 0.1  # seconds
OLD: Final = 600.0  # seconds since chrony wrote
OFFSET, LEAP, FIELDS = 4, 13, 14  # of `chronyc -c tracking`


def right(tracking: Path, now: datetime) -> bool:
    """A file that is not there, old or unreadable says nothing good."""
    try:
        age = now.timestamp() - tracking.stat().st_mtime
        fields = tracking.read_text(encoding="ascii").strip().split(",")
        return age < OLD and len(fields) == FIELDS and fields[LEAP] == "Normal" and abs(float(fields[OFFSET])) <= OFF
    except (OSError, ValueError):
        return False

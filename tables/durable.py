"""Files that outlive a power cut: every write, name and folder reaches the disk before the next step relies on it.

An error from write, fsync or rename ends the command; nothing is tried twice (after a failed fsync the kernel may have
dropped the very pages it was asked to keep).
"""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

READ_ONLY: Final = 0o444
CLOSED: Final = 0o555
OPEN: Final = 0o755
PRIVATE: Final = 0o700


def write(path: Path, data: bytes) -> None:
    """A new file, on disk when this returns; its name is not, until its folder is synced."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync(path: Path) -> None:
    """fsync of a file or folder that is there already."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def rename(source: Path, target: Path) -> None:
    """The name changes at once and stays: both folders are synced."""
    os.rename(source, target)
    sync(target.parent)
    if source.parent != target.parent:
        sync(source.parent)


def replace(path: Path, data: bytes) -> None:
    """A small file, old or new but never half."""
    aside = path.with_name(f".{path.name}.new")
    aside.unlink(missing_ok=True)
    write(aside, data)
    rename(aside, path)


def folder(path: Path, mode: int = OPEN) -> None:
    """A folder that is there for good, its name synced into its parent."""
    if not path.is_dir():
        path.mkdir(parents=True)
        sync(path.parent)
    if path.stat().st_mode & 0o777 != mode:
        path.chmod(mode)


def files(root: Path) -> Iterator[Path]:
    """All files below, in a fixed order."""
    for place in sorted(root.rglob("*")):
        if place.is_file():
            yield place


def seal(root: Path, instant: datetime) -> None:
    """Everything below `root` on disk, read-only, and dated by the act's instant; `root` itself stays open.

    A folder that is to be renamed must be writable for its owner: its `..` changes.
    """
    date(root, instant)
    for place in files(root):
        sync(place)
        place.chmod(READ_ONLY)
    folders = sorted((place for place in root.rglob("*") if place.is_dir()), reverse=True)
    for place in folders:
        sync(place)
        place.chmod(CLOSED)
    sync(root)


def date(root: Path, instant: datetime) -> None:
    """Give sealed files the act's instant: a web server tells it as the time of last change."""
    for place in files(root):
        os.utime(place, (instant.timestamp(),) * 2)


def remove(path: Path) -> None:
    """Take a file out of a closed folder, for good; nothing happens if it is gone already."""
    if not path.exists():
        return
    folder = path.parent
    mode = folder.stat().st_mode & 0o777
    folder.chmod(OPEN)
    path.unlink()
    sync(folder)
    folder.chmod(mode)


def discard(root: Path) -> None:
    """Take away a folder that is no part of the bank (yet), sealed or not."""
    if not root.exists():
        return
    root.chmod(PRIVATE)
    for place in root.rglob("*"):
        if place.is_dir() and not place.is_symlink():
            place.chmod(PRIVATE)
    shutil.rmtree(root)

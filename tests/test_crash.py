"""Power cuts during every publishing command: each state the disk may be left in is a bank, old or new, and goes on.

The model (operations §2): data last once their file is synced, names once their folder is; all else may or may not have
happened, and a file not synced is empty, half or whole. What was moved stands in its old place, its new or both, as a
journal keeps a rename in one piece. It is asked before each step that changes or syncs anything.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tables.arming import arm, cancel
from tables.bank import Bank
from tables.errors import StatbankError
from tables.model import Text
from tables.rehearsal import rehearse
from tables.release import release
from tables.staged import planned
from tables.takeback import Undo, roll_back
from tables.verify import Verified
from tables.workshop import at_work
from tests.conftest import Publish
from tests.front import lift

Tree = Mapping[str, bytes]
Names = dict[int, dict[str, int]]
Command = Callable[[Path, Path], object]
STEPS = ("rename", "mkdir", "unlink", "rmdir", "chmod")
NOW = datetime(2024, 6, 8, 5, tzinfo=UTC)
NOTICE = Text("Rettet.", "Corrected.")
LATER = {"rehearse": rehearse, "max_lead": timedelta(minutes=15)}


@dataclass(slots=True)
class Disk:
    """What lies below `root`, and what of it would outlive a power cut; files are numbered as inodes are reused."""

    root: Path
    synced: bool = True  # without, no fsync counts
    folders: bool = True  # without, none of a folder counts
    numbers: dict[int, int] = field(default_factory=dict)
    names: Names = field(default_factory=dict)
    data: dict[int, bytes] = field(default_factory=dict)
    states: dict[frozenset[tuple[str, bytes]], Tree] = field(default_factory=dict)

    def number(self, inode: int) -> int:
        return self.numbers.setdefault(inode, len(self.numbers) + sum(map(len, self.names.values())) * 1_000_003 + 1)

    def now(self) -> tuple[Names, dict[int, bytes]]:
        names: Names = {}
        data: dict[int, bytes] = {}
        for place in (self.root, *self.root.rglob("*")):
            mine = self.number(place.stat().st_ino)
            if place.is_dir():
                names[mine] = {each.name: self.number(each.stat().st_ino) for each in place.iterdir()}
            else:
                data[mine] = place.read_bytes()
        return names, data

    def settle(self) -> None:
        self.names, self.data = self.now()

    def sync(self, handle: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        if not self.synced or not path.is_relative_to(self.root):
            return
        mine = self.number(path.stat().st_ino)
        if not path.is_dir():
            self.data[mine] = path.read_bytes()
        elif self.folders:
            self.names[mine] = {each.name: self.number(each.stat().st_ino) for each in path.iterdir()}

    def forget(self, inode: int) -> None:
        self.numbers.pop(inode, None)

    def cut(self) -> None:
        """Every state after a cut here: all old or all new, and each folder or file against the others."""
        for tree in self.left():
            kept = {path: data for path, data in tree.items() if not _passing(path)}
            self.states.setdefault(frozenset(kept.items()), kept)

    def left(self) -> Iterator[Tree]:
        names, data = self.now()
        unsure = [each for each in names if names[each] != self.names.get(each, {})]
        unwritten = [each for each in data if data[each] != self.data.get(each)]
        for happened in (set[int](), set(unsure)):
            for chosen in (happened, *(happened ^ {each} for each in unsure)):
                shown = self.names | {each: names[each] for each in chosen}
                if not _listed(self.names) & _listed(names) <= _listed(shown):
                    continue
                whole = self.data | data
                yield self.tree(shown, whole)
                if unwritten:
                    yield self.tree(shown, whole | {each: self.data.get(each, b"") for each in unwritten})
                    yield self.tree(shown, whole | {each: data[each][: len(data[each]) // 2] for each in unwritten})

    def tree(self, names: Names, data: Mapping[int, bytes]) -> Tree:
        found: dict[str, bytes] = {}

        def walk(folder: int, path: str) -> None:
            for name, mine in names.get(folder, {}).items():
                if mine in data:
                    found[f"{path}{name}"] = data[mine]
                else:
                    found[f"{path}{name}/"] = b""
                    walk(mine, f"{path}{name}/")

        walk(self.number(self.root.stat().st_ino), "")
        return found


def _listed(names: Names) -> set[int]:
    return {each for folder in names.values() for each in folder.values()}


def _passing(path: str) -> bool:
    """Stages that are not planned acts: nobody reads them."""
    return path.startswith("staging/") and not path.startswith("staging/planned")


def watched(disk: Disk, monkeypatch: pytest.MonkeyPatch, command: Callable[[], object]) -> None:
    """Run the command; before each of its steps the power may be cut, and after the last."""
    with monkeypatch.context() as patch:
        for name in STEPS:
            patch.setattr(os, name, partial(_step, disk, getattr(os, name), gone=name in {"unlink", "rmdir"}))
        real = os.fsync

        def fsync(handle: int) -> None:
            disk.cut()
            real(handle)
            disk.sync(handle)

        patch.setattr(os, "fsync", fsync)
        command()
    disk.cut()


def _step(disk: Disk, real: Callable[..., object], *given: object, gone: bool, **options: object) -> object:
    disk.cut()
    inode = os.lstat(given[0], dir_fd=options.get("dir_fd")).st_ino if gone else 0  # type: ignore[call-overload]  # as given
    done = real(*given, **options)
    if gone:
        disk.forget(inode)
    return done


def laid(tree: Tree, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path, data in sorted(tree.items()):
        place = folder / path
        if path.endswith("/"):
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
    return folder


def told(bank: Path) -> tuple[str, ...]:
    """The acts and plans of a bank that is whole; raises or says what is not."""
    with at_work(bank, NOW) as history:
        waiting = planned(bank)
    verified = Verified()
    for act in history.acts:
        if not verified.whole(act, ""):
            return (f"{act.folder.name} is not whole",)
        if act.tables and not (bank / "vault" / act.folder.name).is_dir():
            return (f"{act.folder.name} has no vault",)
    for staged in waiting:
        if not all((staged.folder / room).is_dir() for room in ("act", "vault")):
            return (f"{staged.folder.name} is not whole",)
        if not verified.whole(staged.act, ""):
            return (f"{staged.folder.name} is not whole",)
    served = Bank(bank, clock=lambda: NOW)
    served.refresh()
    return (*(act.folder.name for act in history.acts), *(f"planned {staged.act.title.da}" for staged in waiting))


def harmed(disk: Disk, folder: Path, allowed: set[tuple[str, ...]]) -> list[str]:
    found = []
    for tree in disk.states.values():
        try:
            after = told(laid(tree, folder))
        except (StatbankError, OSError) as error:
            after = (repr(error),)
        if after not in allowed:
            found.append(str(after))
    return found


def correct(library: Path, bank: Path) -> object:
    release(library, bank, ("TOY",), at="2024-06-08 08:00", clock=lambda: NOW, rehearse=rehearse, notice=NOTICE)
    return None


def plan(library: Path, bank: Path) -> object:
    return release(library, bank, ("TOY",), at="2024-06-08 08:00", clock=lambda: NOW, **LATER)  # type: ignore[arg-type]


def arm_it(library: Path, bank: Path) -> object:
    return arm(bank, clock=lambda: NOW + timedelta(minutes=50), rehearse=rehearse)


def cancel_it(library: Path, bank: Path) -> object:
    return cancel(bank, "2024-06-08T0600Z", clock=lambda: NOW)


def roll(library: Path, bank: Path) -> object:
    undo = Undo("2024-06-08 08:00", NOTICE, "")
    return roll_back(bank, ("TOY",), "2024-06-06T0600Z", undo, clock=lambda: NOW, rehearse=rehearse)


def sweep(library: Path, bank: Path) -> object:
    with at_work(bank, NOW):
        return None


def nothing(library: Path, bank: Path) -> object:
    return None


def revised(library: Path, bank: Path) -> object:
    """A second act, so that there is one to go back to."""
    lift(library, "TOY", 2)
    clock = datetime(2024, 6, 7, 5, tzinfo=UTC)
    return release(library, bank, ("TOY",), at="2024-06-07 08:00", clock=lambda: clock, rehearse=rehearse)


def leftovers(library: Path, bank: Path) -> object:
    """What a crashed publisher left: a vault without its act, an old stage."""
    for place in ("vault/000002-20240607T060000Z", "staging/0123456789abcdef"):
        (bank / place / "TOY").mkdir(parents=True)
        (bank / place / "TOY/cube.parquet").write_bytes(b"x" * 100)
    os.utime(bank / "staging/0123456789abcdef", (0, 0))
    return None


CASES: tuple[tuple[str, Command, Command], ...] = (
    ("correction", nothing, correct),
    ("correction over leftovers", leftovers, correct),
    ("plan", nothing, plan),
    ("arm", plan, arm_it),
    ("cancel a plan", plan, cancel_it),
    ("cancel an armed act", correct, cancel_it),
    ("rollback", revised, roll),
    ("sweep", leftovers, sweep),
)


def cut(
    disk: Disk, library: Path, before: Command, command: Command, monkeypatch: pytest.MonkeyPatch
) -> set[tuple[str, ...]]:
    """The command over what was there before; what the bank may tell afterwards."""
    before(library, disk.root)
    lift(library, "TOY", 6)
    disk.settle()
    old = _told_aside(disk.root)
    watched(disk, monkeypatch, lambda: command(library, disk.root))
    return {old, _told_aside(disk.root)}


def _told_aside(bank: Path) -> tuple[str, ...]:
    """Told of a copy, as looking sweeps."""
    aside = bank.with_name("aside")
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(bank, aside)
    return told(aside)


@pytest.mark.slow
@pytest.mark.parametrize(("before", "command"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_power_cut_leaves_the_old_bank_or_the_new(
    publish: Publish, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: Command, command: Command
) -> None:
    publish()
    disk = Disk(tmp_path / "bank")

    allowed = cut(disk, library, before, command, monkeypatch)

    assert disk.states
    assert harmed(disk, tmp_path / "cut", allowed) == []


@pytest.mark.slow
@pytest.mark.parametrize(("before", "command"), [case[1:] for case in CASES[:-1]], ids=[case[0] for case in CASES[:-1]])
def test_what_was_reported_done_outlives_a_power_cut(
    publish: Publish, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: Command, command: Command
) -> None:
    publish()
    disk = Disk(tmp_path / "bank")

    cut(disk, library, before, command, monkeypatch)
    disk.states.clear()
    disk.cut()

    assert harmed(disk, tmp_path / "cut", {_told_aside(disk.root)}) == []


@pytest.mark.slow
@pytest.mark.parametrize("without", [{"synced": False}, {"folders": False}])
def test_the_model_notices_a_publisher_who_does_not_sync(
    publish: Publish, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without: dict[str, bool]
) -> None:
    publish()
    disk = Disk(tmp_path / "bank", **without)

    allowed = cut(disk, library, nothing, correct, monkeypatch)

    assert harmed(disk, tmp_path / "cut", allowed)

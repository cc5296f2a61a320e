"""Makes the demo bank: library and bank in one folder, whole or not at all."""

import fcntl
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import tables
from tables import durable
from tables.catalog import read_library
from tables.demo.acts import DemoAct, cut_cube, growing, hold_back, read_acts, set_time
from tables.errors import Locked, Refused
from tables.instants import at_wall
from tables.model import Text
from tables.register import build
from tables.rehearsal import Renderers
from tables.release import release
from tables.soem.draft import draft as estimate
from tables.synthetic import Generated, generate

PACKAGED: Final = Path(tables.__file__).parent / "library"
DONE: Final = "demo.json"  # written last
LOCK: Final = "demo.lock"  # written first; held while the demo is being made
ROOMS: Final = ("library", "bank", "register", "cubes")  # what we make; the last two are gone in the end
AHEAD: Final = timedelta(minutes=10)  # how long before its instant an act is made
ACTOR: Final = "statbank demo"

Progress = Callable[[Text, float], None]  # what is being done, and how much of all is done (0-1)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the work, told as a share of all of it."""

    heard: Progress | None
    first: float
    last: float

    def tell(self, what: Text, done: float) -> None:
        if self.heard is not None:
            self.heard(what, self.first + (self.last - self.first) * min(done, 1.0))

    def told(self, da: str, en: str) -> Callable[[str, float], None]:
        """For work that names its steps: what is being done with them."""
        return lambda step, done: self.tell(Text(f"{da} {step}", f"{en} {step}"), done)

    def split(self, *weights: float) -> Iterator["Part"]:
        first = self.first
        for weight in weights:
            last = first + (self.last - self.first) * weight / sum(weights)
            yield replace(self, first=first, last=last)
            first = last


def demo(
    folder: Path,
    *,
    library: Path = PACKAGED,
    acts: Sequence[DemoAct] | None = None,
    scale: float = 1.0,
    renderers: Renderers | None = None,
    progress: Progress | None = None,
) -> bool:
    """Makes folder/library and folder/bank, and tells whether there was anything to make.

    A finished demo is left as it is; what an interrupted one left is made anew. Raises Refused for a folder with
    other things in it, Locked while another process is making it.
    """
    listed = tuple(acts) if acts is not None else read_acts()
    with _alone(folder):
        if (folder / DONE).is_file():
            return False
        for room in ROOMS:
            durable.discard(folder / room)
        making, publishing = Part(progress, 0.0, 1.0).split(1, 9 * len(listed))
        shutil.copytree(library, folder / "library")
        last = max(act.until for act in listed if act.until is not None)
        made = generate(
            folder / "register", library=library, last=last, scale=scale, progress=making.told("Danner", "Making")
        )
        for act, part in zip(listed, publishing.split(*(1 for _ in listed)), strict=True):
            counting, releasing = part.split(5, 4)
            if act.until is None:
                counting.tell(Text("Estimerer konsekvenser", "Estimating consequences"), 0.0)
                estimate(folder / "library", folder / "register" / "soem", scale=scale)
            else:
                _draft(folder, library, made, act, counting)
            _publish(folder, act, act.news if scale == 1 else (), renderers, releasing)
        for room in ("register", "cubes"):
            durable.discard(folder / room)
        durable.replace(folder / DONE, json.dumps({"acts": [act.at for act in listed]}).encode())
    return True


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The folder to ourselves."""
    if folder.exists() and any(folder.iterdir()) and not any((folder / ours).is_file() for ours in (DONE, LOCK)):
        raise Refused(
            "demo",
            f"{folder} er ikke tom og er ikke en demobank. Vælg en anden mappe.",
            f"{folder} is not empty and is no demo bank. Choose another folder.",
        )
    durable.folder(folder)
    with (folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Locked(
                f"En anden proces er i gang med demobanken i {folder}. Vent, til den er færdig.",
                f"Another process is making the demo bank in {folder}. Wait until it is done.",
            ) from error
        yield


def _draft(folder: Path, packaged: Path, made: Generated, act: DemoAct, part: Part) -> None:
    """Bring the library to the years of an act: their `time:`, and their cubes, counted or carried."""
    library = folder / "library"
    until, arrived_by = act.until, act.arrived_by
    assert until is not None  # noqa: S101  # an act that is counted has its last year
    hold_back(library, packaged, until)
    for table in read_library(library).tables.values():
        if growing(table):
            set_time(library, table, until)
    report = build(
        library,
        register=made.register,
        placements=made.placements,
        approvals=made.approvals,
        population=made.population,
        out=folder / "cubes",
        arrived_by=arrived_by,
        progress=part.told("Tæller", "Counting"),
    )
    for table in read_library(library).tables.values():
        cube = library / table.id / "cube.parquet"
        if table.id in report.tables:
            (folder / "cubes" / table.id / "cube.parquet").replace(cube)
        elif growing(table):
            cut_cube(packaged / table.id / "cube.parquet", cube, table, until)


def _publish(folder: Path, act: DemoAct, news: Sequence[str], renderers: Renderers | None, part: Part) -> None:
    """As if it were some minutes before the act's instant. `news` tells of a register of full size only."""
    told: list[Text] = []

    def say(what: Text) -> None:
        told.append(what)
        part.tell(what, len(told) / (2 * len(act.tables) + 4))

    instant: datetime = at_wall(act.at)
    release(
        folder / "library",
        folder / "bank",
        act.tables,
        at=act.at,
        clock=lambda: instant - AHEAD,
        renderers=renderers,
        site=True,
        news=news,
        actor=ACTOR,
        progress=say,
    )

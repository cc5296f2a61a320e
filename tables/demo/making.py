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
from tables.bank import utc_now
from tables.catalog import read_library
from tables.demo.acts import (
    DemoAct,
    announce,
    cut_cube,
    describe,
    growing,
    hold_back,
    make_slip,
    moved,
    read_acts,
    set_time,
)
from tables.errors import Locked, Refused
from tables.instants import at_wall
from tables.model import Text
from tables.news.lay import Pictures
from tables.register import build
from tables.rehearsal import Renderers
from tables.release import release
from tables.soem.draft import draft as estimate
from tables.synthetic import Generated, generate

PACKAGED: Final = Path(tables.__file__).parent / "library"
DONE: Final = "demo.json"  # written last
LOCK: Final = "demo.lock"  # written first; held while the demo is being made
CACHE: Final = "cache"  # a server's, which may have been there first
ROOMS: Final = ("library", "bank", "register", "cubes")  # what we make; the last two are gone in the end
Clock = Callable[[], datetime]
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


@dataclass(frozen=True, slots=True)
class Site:
    """Where a demo is being made, and of what."""

    folder: Path
    packaged: Path
    made: Generated
    renderers: Renderers | None
    pictures: Pictures | None
    clock: Clock
    scale: float

    @property
    def library(self) -> Path:
        return self.folder / "library"


def demo(
    folder: Path,
    *,
    library: Path = PACKAGED,
    acts: Sequence[DemoAct] | None = None,
    scale: float = 1.0,
    clock: Clock = utc_now,
    renderers: Renderers | None = None,
    pictures: Pictures | None = None,
    progress: Progress | None = None,
    standing: Callable[[], None] | None = None,
) -> bool:
    """Makes folder/library and folder/bank, and tells whether there was anything to make.

    `standing` is called when the first act stands, so that a server may begin while the others arrive. A finished demo
    is left as it is; what an interrupted one left, or one whose coming act has passed, is made anew. Raises Refused for
    a folder with other things in it, Locked while another process is making it.
    """
    written = tuple(acts) if acts is not None else read_acts()
    with _alone(folder):
        if _fresh(folder, clock()):
            return False
        for room in (DONE, *ROOMS):
            durable.discard(folder / room) if (folder / room).is_dir() else (folder / room).unlink(missing_ok=True)
        shutil.copytree(library, folder / "library")
        listed = tuple(moved(act, clock()) for act in written)
        announce(folder / "library", listed, written)
        making, publishing = Part(progress, 0.0, 1.0).split(1, 9 * len(listed))
        last = max(act.until for act in listed if act.until is not None)
        made = generate(
            folder / "register", library=library, last=last, scale=scale, progress=making.told("Danner", "Making")
        )
        site = Site(folder, library, made, renderers, pictures, clock, scale)
        for act, part in zip(listed, publishing.split(*map(_weight, listed)), strict=True):
            counting, releasing = part.split(5, 4)
            _draft(site, act, counting)
            _publish(site, act, releasing)
            if standing is not None and act is listed[0]:
                standing()
        for room in ("register", "cubes"):
            durable.discard(folder / room)
        done = {"acts": [act.at for act in listed], "coming": [act.at for act in listed if act.coming]}
        durable.replace(folder / DONE, json.dumps(done).encode())
    return True


def _weight(act: DemoAct) -> float:
    """About how long an act takes beside the others: one table or many, counted or not."""
    return 1 + len(act.tables) + (3 if act.arrived_by else 0)


def _fresh(folder: Path, now: datetime) -> bool:
    """Whether the demo is there whole, and what is to come has not come yet."""
    if not (folder / DONE).is_file():
        return False
    coming = json.loads((folder / DONE).read_bytes()).get("coming", [])
    return all(at_wall(at) > now for at in coming)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The folder to ourselves."""
    found = {path.name for path in folder.iterdir()} - {CACHE} if folder.exists() else set()
    if found and not found & {DONE, LOCK}:
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


def _draft(site: Site, act: DemoAct, part: Part) -> None:
    """Bring the library to the years of an act: what its tables say, and their cubes."""
    if act.until is None:
        part.tell(Text("Estimerer konsekvenser", "Estimating consequences"), 0.0)
        estimate(site.library, site.folder / "register" / "soem", scale=site.scale)
        return
    hold_back(site.library, site.packaged, act.until)
    for table in act.tables:
        describe(site.library, site.packaged, act, table)
    described = read_library(site.library).tables
    for table in act.tables:
        if growing(described[table]):
            set_time(site.library, described[table], act.until)
    if act.arrived_by is not None:
        _count(site, act, part)
    _bring(site, act, act.until)
    if act.slip is not None:
        make_slip(site.library, act.slip)


def _count(site: Site, act: DemoAct, part: Part) -> None:
    """The cubes of the act's tables, aside; a closed table is not counted again."""
    described = read_library(site.library).tables
    released = (site.folder / "bank").is_dir()
    build(
        site.library,
        register=site.made.register,
        placements=site.made.placements,
        approvals=site.made.approvals,
        population=site.made.population,
        out=site.folder / "cubes",
        arrived_by=act.arrived_by,
        only=[table for table in act.tables if described[table].status == "active" or not released],
        progress=part.told("Tæller", "Counting"),
    )


def _bring(site: Site, act: DemoAct, until: int) -> None:
    """Cubes that were counted, else what the library came with, up to the act's years."""
    for table in map(read_library(site.library).tables.__getitem__, act.tables):
        cube = site.library / table.id / "cube.parquet"
        counted = site.folder / "cubes" / table.id / "cube.parquet"
        if counted.is_file():
            shutil.copyfile(counted, cube)
        elif growing(table):
            cut_cube(site.packaged / table.id / "cube.parquet", cube, table, until)


def _publish(site: Site, act: DemoAct, part: Part) -> None:
    """As if it were some minutes before the act's instant, or now for one that is to come.

    News tell of a register of full size only.
    """
    told: list[Text] = []

    def say(what: Text) -> None:
        told.append(what)
        part.tell(what, len(told) / (2 * len(act.tables) + 4))

    early = at_wall(act.at) - AHEAD
    release(
        site.library,
        site.folder / "bank",
        act.tables,
        at=act.at,
        clock=lambda: min(early, site.clock()),
        renderers=site.renderers,
        site=act.notice is None,
        news=act.news if site.scale == 1 else (),
        pictures=site.pictures,
        actor=ACTOR,
        title=act.title,
        notice=act.notice,
        secondary=False,  # invented figures; the README says so in its first lines
        progress=say,
    )

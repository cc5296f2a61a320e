"""The bank as a server sees it: which acts exist, what the clock shows, and the one door to numbers and files."""

import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock
from typing import Final
from weakref import finalize

from tables import memory, searching
from tables.acts import History, check_format, with_staged
from tables.catalog.classification import Classification
from tables.catalogue import Catalogue, Reader, damaged, notice
from tables.codelists import codelists
from tables.errors import BankDamaged, Gone, NotFound, Publisher
from tables.instants import asked, past
from tables.model import Act, Answer, Derive, Lang, Query, Release
from tables.reading import Engine, answer, needed
from tables.search import Found, search
from tables.selection import Chosen, Grammar, Limit, Order, calculation, codes, default, resolve, split, variable
from tables.selection.levels import of_level
from tables.state import State, build
from tables.steps import Step, steps
from tables.verify import Look, Shared, Verified, look

__all__ = [  # all that the counter may know of this side
    "Bank",
    "Catalogue",
    "Classification",
    "Found",
    "Step",
    "calculation",
    "codes",
    "default",
    "of_level",
    "split",
    "utc_now",
    "variable",
]

KEPT: Final = 8  # past catalogues


def utc_now() -> datetime:
    return datetime.now(UTC)


class Bank:
    """One per process. It opens no thread, map or database by itself; `refresh` is called by whoever watches.

    `staged`: an act that is not committed yet, read as if it were the newest one (preview and rehearsal). `run`: names
    the service whose processes share in the cache what they have verified.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], datetime] = utc_now,
        engine: Engine = "auto",
        cache: Path | None = None,
        staged: Path | None = None,
        run: str = "",
    ) -> None:
        self.folder, self.cache = folder, cache
        self.error: Publisher | None = None
        self._clock = clock
        self._engine: Engine = engine
        self._staged = staged
        self._latest = datetime(1970, 1, 1, tzinfo=UTC)
        self._verified = Verified(Shared(cache / "verified" / run) if cache and run else None)
        self._reader = Reader(self._verified)
        self._state: State | None = None
        self._seen: Look | None = None
        self._past: OrderedDict[str, Catalogue] = OrderedDict()
        self._lock = Lock()
        self._preparing: BaseProcess | None = None

    def now(self) -> datetime:
        """The clock, but never less than the latest time seen: a clock set back hides no figure."""
        self._latest = max(self._latest, self._clock())
        return self._latest

    def refresh(self, *, thoroughly: bool = False) -> None:
        """Look for new acts, verify them aside and put them in place at once.

        Costs one stat where nothing happened; `thoroughly` lists in any case and looks at known acts again. On any
        failure the last good state stays (at start: the one this host served last), `error` says why, and BankDamaged
        or NewerFormat is raised.
        """
        releases = self.folder / "releases"
        seen = look(releases)
        if self._state is not None and self.error is None and seen == self._seen and not thoroughly:
            return
        try:
            if not self._staged:
                check_format(self.folder)
            self._state = self._built(releases)
        except Publisher as error:
            self.error = error
            if self._state is None:
                self._state = memory.last_good(self.cache, releases, self.now(), self._reader)
            raise
        self.error, self._seen = None, seen
        self._remember()

    def _remember(self) -> None:
        if self._state and not self._staged:
            memory.remember(self.cache, self.folder / "releases", self._state.history)

    def _built(self, releases: Path) -> State:
        known = self._state.history if self._state and not self._staged else History()
        for act, digest in zip(known.acts, known.hashes, strict=True):
            if not self._verified.unchanged(act, digest):
                where = act.folder.name
                raise BankDamaged(f"{where}: release.json er ændret.", f"{where}: release.json has changed.")
        history = memory.read(self.cache, releases, known)
        if self._staged:
            history = with_staged(history, self._staged)
        if self._state is not None and history == known:
            return self._state
        state = build(history, self.now(), self._reader)
        for catalogue in state.ready.values():
            for release in catalogue.releases.values():
                self._verified.whole(release.source or release.act, f"{release.table.id}/")
        return state

    def catalogue(
        self, asof: str | datetime | None = None, *, table: str | None = None, now: datetime | None = None
    ) -> Catalogue:
        """The catalogue at `now`, by the clock if not given, or as it was at `asof`; to be kept for the whole request.

        Raises InvalidQuery for an `asof` that is unreadable, of another table than `table`, or in the future.
        """
        state = self._state
        if state is None:
            raise BankDamaged("Banken er ikke indlæst.", "The bank is not loaded.") from self.error
        now = now or self.now()
        if asof is None:
            instant = now
        elif isinstance(asof, datetime):
            instant = past(asof, now)
        else:
            instant = asked(asof, now, table)
        withdrawals = state.withdrawals(now)
        position = state.position(instant)
        return state.ready.get((position, len(withdrawals))) or self._earlier(state, position, withdrawals)

    def _earlier(self, state: State, position: int, withdrawals: tuple[Act, ...]) -> Catalogue:
        """A past catalogue, made on demand and kept for a while."""
        key = state.key(position, withdrawals)
        with self._lock:
            found = self._past.get(key) or state.catalogue(position, withdrawals, self._reader)
            self._past[key] = found
            self._past.move_to_end(key)
            while len(self._past) > KEPT:
                self._past.popitem(last=False)
        return found

    def ask(
        self,
        catalogue: Catalogue,
        table_id: str,
        chosen: Chosen,
        grammar: Grammar,
        limit: Limit | None = None,
        *,
        order: Order = (...,),
        derive: Derive | None = None,
        streaming: bool = False,
        descending: bool = False,
    ) -> Query:
        """The question, resolved; no number is touched. Raises NotFound, Gone, TableDamaged or InvalidQuery."""
        release = catalogue.release(table_id)
        self._available(release)
        return resolve(
            release,
            chosen,
            grammar,
            limit=limit,
            order=order,
            derive=derive,
            streaming=streaming,
            descending=descending,
        )

    def read(self, query: Query) -> Answer:
        """Raises TableDamaged if the release's bytes are no longer what they were."""
        self._available(query.release)
        self._sound(query.release, needed(query.release, self._engine))
        return answer(query, self._engine)

    def file(self, release: Release, role: str) -> Path:
        """A whole, prepared file of a release by its role: cells, download, changes. Raises Gone too."""
        self._available(release)
        source = release.source or release.act
        wanted = f"{release.table.id}/"
        for path, file in source.files.items():
            if path.startswith(wanted) and file.role == role:
                self._sound(release, path.removeprefix(wanted))
                return source.folder / path
        raise NotFound("Filen findes ikke.", "There is no such file.")

    def steps(self, catalogue: Catalogue, table: str) -> tuple[Step, ...]:
        """Every release of a table up to now, newest first, with what it changed."""
        return steps(catalogue, table, self._verified)

    def classifications(self, catalogue: Catalogue) -> Mapping[str, Classification]:
        return codelists(catalogue, self._verified)

    def search(self, catalogue: Catalogue, words: str, lang: Lang) -> Found:
        """Tables and articles of this catalogue that all the words fit, best first."""
        return search(searching.index(self._shelves(), catalogue), words, lang)

    def prepare(self) -> None:
        """Make ready what a host derives from the catalogues in force and to come; called by whoever watches."""
        if self.cache is not None and self._state is not None:
            self._preparing = searching.prepare(self.cache, self._state.ready.values(), self._preparing)

    def _shelves(self) -> Path:
        """Where indexes lie; a bank without a cache folder has one for as long as it lives."""
        with self._lock:
            if self.cache is None:
                self.cache = Path(tempfile.mkdtemp(prefix="statbank-"))
                finalize(self, shutil.rmtree, self.cache, ignore_errors=True)
            return self.cache

    def _sound(self, release: Release, name: str) -> None:
        source = release.source or release.act
        file = source.files.get(f"{release.table.id}/{name}")
        if file is None or not self._verified.holds(f"{source.folder}/{file.path}", file):
            raise damaged(release.table.id)

    def _available(self, release: Release) -> None:
        if self._state and (why := notice(release, self._state.withdrawals(self.now()))):
            raise Gone(why.da, why.en)

"""The bank at one instant: every table in force, in the order of the subject tree, and the site around them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tables.acts import History
from tables.catalog import read_table, site_of
from tables.catalog.documentation import Years
from tables.errors import BankDamaged, CatalogError, NotFound, TableDamaged
from tables.fold import fold, home
from tables.model import Act, Article, Contact, Release, Site, Subject, Table, Text
from tables.papers import Papers
from tables.verify import Verified

BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)  # of a bank in which nothing is in force
_OFFICE: Final = Text("Statistikbanken", "StatBank")
NOWHERE: Final = Site(_OFFICE, _OFFICE, ("da", "en"), Contact(_OFFICE, "", ""), {})


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All releases at one instant, by table id. `instant`: of the newest act in force. `key` stays on the host.

    `documents`: the other public files in force, by their path in the act: documentation, geography, logo.
    `withdrawn`: notices of releases that may no longer be read, by release id. `acts`: those in force, in their order;
    `withdrawals`: what has been taken back since, whatever the instant.
    """

    instant: datetime
    releases: Mapping[str, Release]
    site: Site
    key: str
    documents: Mapping[str, Path] = field(default_factory=dict)
    withdrawn: Mapping[str, Text] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()
    acts: tuple[Act, ...] = ()
    withdrawals: tuple[Act, ...] = ()
    documentation: Mapping[str, Years] = field(default_factory=dict)  # by slug, then by reference year, newest first
    news: Mapping[str, Article] = field(default_factory=dict)  # by id, the latest first
    gone: Mapping[str, Text] = field(default_factory=dict)  # articles that were withdrawn, and why
    lost: frozenset[str] = frozenset()  # articles and documentation that cannot be read, by their path in the act
    names: Mapping[str, str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        every = (*self.releases, *self.unreadable)
        object.__setattr__(self, "names", {table_id.casefold(): table_id for table_id in every})

    def release(self, table_id: str) -> Release:
        """The release of a table, in any case; raises NotFound, or TableDamaged where its description is lost."""
        found = self.names.get(table_id.casefold())
        if found is None:
            raise NotFound("Tabellen findes ikke.", "There is no such table.")
        if found in self.unreadable:
            raise damaged(found)
        return self.releases[found]

    def paper(self, path: str) -> None:
        """Raises TableDamaged where this article, or any documentation below this path, is lost."""
        if any(f"{each}/".startswith(f"{path}/") for each in self.lost):
            raise lost()


def damaged(table_id: str) -> TableDamaged:
    return TableDamaged(
        f"Tabellen {table_id} kan ikke vises lige nu. Prøv igen senere.",
        f"Table {table_id} is not available right now. Try again later.",
    )


def lost() -> TableDamaged:
    return TableDamaged(
        "Siden kan ikke vises lige nu. Prøv igen senere.", "The page is not available right now. Try again later."
    )


class Reader:
    """Reads catalogues out of acts; keeps the tables it has read, since many catalogues share them."""

    def __init__(self, verified: Verified) -> None:
        self._verified = verified
        self._tables: dict[tuple[int, str], Table] = {}
        self._papers = Papers(verified)
        self._sites: dict[tuple[tuple[str, int], ...], Site] = {}

    def catalogue(self, acts: Sequence[Act], history: History, key: str, withdrawals: Sequence[Act]) -> Catalogue:
        """What these acts, in order of force, leave in force. Raises BankDamaged if the site cannot be read."""
        holders = fold(acts)
        found: dict[str, Release] = {}
        unreadable: set[str] = set()
        for named, act in holders.items():
            if named in act.tables:
                source = home(act, named, history)
                table = self._table(source, named)
                if table is None:
                    unreadable.add(named)
                else:
                    found[named] = Release(table, act, source if source is not act else None)
        site = self._site(holders)
        documents = {path: act.folder / path for path, act in _files(holders) if not _site_text(path)}
        instant = acts[-1].effective_at if acts else BEGINNING
        releases = {release.table.id: release for release in _in_order(found, site)}
        gone = {release.id: why for release in releases.values() if (why := notice(release, withdrawals))}
        return Catalogue(
            instant,
            releases,
            site,
            key,
            documents,
            gone,
            frozenset(unreadable),
            tuple(acts),
            tuple(withdrawals),
            self._papers.documentation(_files(holders)),
            *self._papers.news(holders, withdrawals),
            self._papers.lost(holders),
        )

    def _table(self, source: Act, table_id: str) -> Table | None:
        spot = (source.seq, table_id)
        if spot not in self._tables:
            texts = [path for path, file in source.files.items() if file.role in ("table", "classification")]
            own = [path for path in texts if path.startswith(f"{table_id}/")]
            if not own or not all(self._verified.holds(source.folder / path, source.files[path]) for path in own):
                return None
            try:
                self._tables[spot] = read_table(source.folder / table_id)
            except CatalogError:
                return None
        return self._tables[spot]

    def _site(self, holders: Mapping[str, Act]) -> Site:
        texts = tuple(sorted((path, act) for path, act in _files(holders) if _site_text(path)))
        if not texts:
            return NOWHERE
        spot = tuple((path, act.seq) for path, act in texts)
        if spot not in self._sites:
            for path, act in texts:
                self._verified.required(act, path)
            try:
                self._sites[spot] = site_of({path.removeprefix("site/"): act.folder / path for path, act in texts})
            except CatalogError as error:
                raise BankDamaged(
                    f"Filerne i site/ kan ikke læses: {error}", f"site/ cannot be read: {error}"
                ) from error
        return self._sites[spot]


def _files(holders: Mapping[str, Act]) -> Iterator[tuple[str, Act]]:
    """The public files in force outside the tables, by path."""
    for named, act in holders.items():
        if named in act.files:
            yield named, act
        elif named not in act.tables:
            yield from ((path, act) for path in act.files if path.startswith(f"{named}/"))


def _site_text(path: str) -> bool:
    return path.startswith("site/") and path.endswith(".yaml") and path.count("/") == 1


def _in_order(found: Mapping[str, Release], site: Site) -> list[Release]:
    order = {subject: place for place, subject in enumerate(_subjects(site.subjects))}
    return sorted(found.values(), key=lambda r: (order.get(r.table.subject, len(order)), r.table.id))


def _subjects(subjects: Sequence[Subject]) -> Iterator[str]:
    for subject in subjects:
        yield subject.id
        yield from _subjects(subject.subjects)


def notice(release: Release, withdrawals: Sequence[Act]) -> Text | None:
    """Why a release may no longer be read: the act that has its files was withdrawn for its table."""
    source = release.source or release.act
    for act in withdrawals:
        if any(each["act"] == source.seq and each["table"] == release.table.id for each in act.withdraw):
            return act.notice or act.title
    return None

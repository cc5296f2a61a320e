"""What people read beside the figures, out of acts: the documentation of statistics, and news."""

from collections.abc import Iterable, Mapping, Sequence

from tables.catalog.documentation import ROOM, Years, documentation
from tables.model import Act, Article, Documentation, Text
from tables.news.article import read_article
from tables.verify import Verified


class Papers:
    """Reads them once and keeps them, since many catalogues share them. A damaged file is not read: it is lost."""

    def __init__(self, verified: Verified) -> None:
        self._verified = verified
        self._documentation: dict[tuple[int, str], Documentation] = {}
        self._articles: dict[tuple[int, str], Article] = {}

    def documentation(self, files: Iterable[tuple[str, Act]]) -> Mapping[str, Years]:
        """By slug, then by reference year, the newest first."""
        found: dict[str, dict[str, Documentation]] = {}
        for path, act in sorted(files, key=lambda each: each[0], reverse=True):
            if path.startswith(f"{ROOM}/") and path.endswith(".yaml"):
                one = self._documented(path, act)
                if one is not None:
                    found.setdefault(one.slug, {})[one.year] = one
        return found

    def _documented(self, path: str, act: Act) -> Documentation | None:
        spot = (act.seq, path)
        if spot not in self._documentation and self._verified.holds(act.folder / path, act.files[path]):
            one = documentation(act.folder / path, path)[1]
            if one is not None:
                self._documentation[spot] = one
        return self._documentation.get(spot)

    def news(
        self, holders: Mapping[str, Act], withdrawals: Sequence[Act]
    ) -> tuple[Mapping[str, Article], Mapping[str, Text]]:
        """Articles by id, the latest first; and why those are gone that were withdrawn."""
        found: list[Article] = []
        gone: dict[str, Text] = {}
        for named, act in holders.items():
            room, _, article = named.partition("/")
            if room != "news":
                continue
            why = _notice(act, named, withdrawals)
            if why is not None:
                gone[article] = why
            elif (one := self._article(named, act)) is not None:
                found.append(one)
        found.sort(key=lambda one: (one.published, one.id), reverse=True)
        return {one.id: one for one in found}, gone

    def _article(self, named: str, act: Act) -> Article | None:
        spot = (act.seq, named)
        if spot not in self._articles and self._verified.whole(act, f"{named}/"):
            one = read_article(act.folder / named, act.effective_at)
            if one is not None:
                self._articles[spot] = one
        return self._articles.get(spot)

    def lost(self, holders: Mapping[str, Act]) -> frozenset[str]:
        """What is in force and could not be read, after all was read: `news/ID`, `documentation/SLUG/YEAR.yaml`."""
        read = {*self._documentation, *self._articles}
        papers = (named for named in holders if named.startswith(("news/", f"{ROOM}/")))
        return frozenset(named for named in papers if (holders[named].seq, named) not in read)


def _notice(act: Act, named: str, withdrawals: Sequence[Act]) -> Text | None:
    for taken in withdrawals:
        if any(each["act"] == act.seq and each["table"] == named for each in taken.withdraw):
            return taken.notice or taken.title
    return None

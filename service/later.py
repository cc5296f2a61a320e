"""What has happened to the figures of a frozen frame since: newer ones, a correction (ux §6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from service import http, paper, texts
from service.sitekeys import View
from tables.bank import Step
from tables.model import Lang


@dataclass(frozen=True, slots=True)
class Later:
    """What has happened to the table of a frozen frame since: the release in force, and when it was last corrected.

    A release that was withdrawn tells nothing: its figures are no newer ones to look at.
    """

    release: str = ""
    newer: bool = False
    corrected: datetime | None = None
    correction: str = ""

    @property
    def told(self) -> tuple[str, str, str]:
        return self.release, str(self.newer), self.correction


@dataclass(frozen=True, slots=True)
class Turn:
    """A release of a table that may be read, and what it did to the one before it."""

    release: str
    at: datetime
    correction: bool
    changed: bool


def later(asked: View) -> Later:
    if not asked.pin.asof:
        return Later()
    counter, table = http.counter(), asked.table.id
    current = counter.bank.catalogue(now=asked.pin.now)
    held = counter.shelf.take((current.key, "turns", table), lambda: turns(counter.bank.steps(current, table)))
    since = [turn for turn in held if turn.at > asked.release.updated]
    if not since:
        return Later()
    corrected = next((turn for turn in since if turn.correction), None)
    return Later(
        since[0].release,
        any(turn.changed for turn in since),
        corrected.at if corrected else None,
        corrected.release if corrected else "",
    )


def turns(steps: Iterable[Step]) -> tuple[Turn, ...]:
    """All that frames need of what may be thousands of changed cells, so that it can be kept."""
    return tuple(Turn(s.id, s.act.effective_at, s.correction, s.changed) for s in steps if s.withdrawn is None)


def mend(asked: View, lang: Lang, since: Later) -> dict[str, str]:
    """What a frozen frame says of its figures: when they were released, and what has happened to them."""
    return {
        "as_of": texts.moment(asked.release.updated, lang) if asked.pin.asof else "",
        "newer": _address(asked, lang) if since.newer else "",
        "corrected": texts.date(since.corrected, lang) if since.corrected else "",
        "corrections": f"/{lang}/{'rettelser' if lang == 'da' else 'corrections'}#{since.correction}",
    }


def _address(asked: View, lang: Lang) -> str:
    """The page of the table with the same selection, following the newest figures."""
    path = f"/{lang}/{paper.TABLES[lang]}/{asked.table.id}"
    return f"{path}?{asked.selection}" if asked.selection else path

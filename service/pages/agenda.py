"""The release calendar, twelve months ahead and a while back; and everything that was corrected or withdrawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask.typing import ResponseReturnValue

from service import http, paper, texts
from service.pages.room import BLUEPRINT, answer, both, phrase
from service.texts import COPENHAGEN
from tables.model import Act, Entry, Lang, Text

AHEAD: Final = timedelta(days=366)
BACK: Final = 10


@dataclass(frozen=True, slots=True)
class Month:
    text: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """What was wrong with a release of a table; `id` is the anchor, `since` the instant of the faulty figures."""

    id: str
    table: str
    title: str
    at: datetime
    kind: str
    notice: Text
    since: datetime | None


def calendar(lang: Lang) -> ResponseReturnValue:
    pin = paper.pin()
    entries = sorted(pin.catalogue.site.calendar, key=lambda entry: entry.at)
    ahead = [entry for entry in entries if pin.now < entry.at <= pin.now + AHEAD]
    behind = [entry for entry in entries if entry.at <= pin.now]
    return answer(
        pin,
        f"calendar {[entry.at for entry in ahead]}",
        lang,
        "calendar.html",
        heading=phrase("release_calendar", lang),
        months=tuple(_months(ahead, lang)),
        behind=tuple(reversed(behind[-BACK:])),
        known=pin.catalogue.releases,
    )


def _months(entries: list[Entry], lang: Lang) -> Iterator[Month]:
    """«juni 2027»: the day is Danish time."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        local = entry.at.astimezone(COPENHAGEN)
        found.setdefault(f"{texts.MONTHS[local.month - 1][lang]} {local.year}", []).append(entry)
    for text, listed in found.items():
        yield Month(text, tuple(listed))


def corrections(lang: Lang) -> ResponseReturnValue:
    pin = paper.pin()
    found = sorted(_corrections(pin, lang), key=lambda each: each.at, reverse=True)
    return answer(
        pin, "corrections", lang, "corrections.html", heading=phrase("corrections_head", lang), found=tuple(found)
    )


def _corrections(pin: http.Pin, lang: Lang) -> Iterator[Correction]:
    acts = {act.seq: act for act in pin.catalogue.acts}
    last: dict[str, Act] = {}
    for act in pin.catalogue.acts:
        for table in act.tables:
            if act.kind in ("correction", "rollback"):
                since = last[table].effective_at if table in last else None
                yield _told(pin, lang, act, table, since)
            last[table] = act
    for act in pin.catalogue.withdrawals:
        if act.effective_at > pin.catalogue.instant and pin.asof:
            continue
        for taken in act.withdraw:
            gone = acts.get(int(taken["act"]))
            yield _told(pin, lang, act, str(taken["table"]), gone.effective_at if gone else None)


def _told(pin: http.Pin, lang: Lang, act: Act, table: str, since: datetime | None) -> Correction:
    release = pin.catalogue.releases.get(table)
    title = release.table.title[lang] if release else ""
    at = act.effective_at
    return Correction(f"{table}@{at:%Y-%m-%dT%H%MZ}", table, title, at, act.kind, act.notice or act.title, since)


for _kind, _view in (("calendar", calendar), ("corrections", corrections)):
    for _rule, _lang in both(_kind):
        BLUEPRINT.add_url_rule(_rule, _kind, _view, defaults={"lang": _lang})

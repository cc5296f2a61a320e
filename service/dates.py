"""The release calendar: a page, and iCalendar with an event a release that keeps its name when it moves (RFC 5545)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint
from flask.typing import ResponseReturnValue

from service import http, paper
from tables.model import Entry, Lang

BLUEPRINT: Final = Blueprint("dates", __name__)
ICS: Final = "text/calendar; charset=utf-8"
CALENDAR: Final = "site/calendar.yaml"
WORDS: Final[Mapping[Lang, str]] = {"da": "kalender", "en": "calendar"}
WIDTH: Final = 75  # octets of a line
_SPECIAL: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


@BLUEPRINT.get("/da/kalender.ics", defaults={"lang": "da"})
@BLUEPRINT.get("/en/calendar.ics", defaults={"lang": "en"})
def calendar(lang: Lang) -> ResponseReturnValue:
    pinned = paper.pin()
    return paper.answer(pinned, ("ics", lang), ICS, lambda: _written(pinned, lang))


@BLUEPRINT.get("/da/kalender", defaults={"lang": "da"})
@BLUEPRINT.get("/en/calendar", defaults={"lang": "en"})
def page(lang: Lang) -> ResponseReturnValue:
    pinned = paper.pin()
    entries = sorted(pinned.catalogue.site.calendar, key=lambda entry: entry.at)
    coming = [entry for entry in entries if entry.at > pinned.now]
    past = [entry for entry in reversed(entries) if entry.at <= pinned.now]
    other = paper.other_lang(lang)

    def make() -> bytes:
        return paper.render(
            "calendar.html",
            lang,
            pinned,
            heading=paper.word("calendar", lang),
            other=f"/{other}/{WORDS[other]}",
            coming=coming,
            past=past,
            known=pinned.catalogue.releases,
            ics=f"/{lang}/{WORDS[lang]}.ics",
        )

    return paper.answer(pinned, ("calendar", lang, str(len(coming))), paper.HTML, make)


def _written(pinned: http.Pin, lang: Lang) -> bytes:
    catalogue = pinned.catalogue
    told = [act.effective_at for act in catalogue.acts if CALENDAR in act.files]
    stamp, sequence = (told[-1] if told else catalogue.instant), max(len(told) - 1, 0)
    name = f"{catalogue.site.name[lang]}: {paper.word('calendar', lang)}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_text(catalogue.site.publisher[lang])}//Statistikbank//{lang.upper()}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for entry in catalogue.site.calendar:
        lines += _event(entry, lang, stamp, sequence, [table for table in entry.tables if table in catalogue.releases])
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _folded(line)).encode()


def _event(entry: Entry, lang: Lang, stamp: datetime, sequence: int, tables: Sequence[str]) -> Iterator[str]:
    """`sequence` rises with every calendar that was released, so a moved event is taken for the newer one.

    `tables` are those the public knows.
    """
    base = http.counter().settings.url
    told = [", ".join(tables)] if tables else []
    if entry.change_reason:
        told.append(entry.change_reason[lang])
    if not entry.confirmed:
        told.append(paper.word("not_confirmed", lang))
    yield "BEGIN:VEVENT"
    yield f"UID:{sha256(entry.title.da.encode()).hexdigest()[:32]}@{urlsplit(base).hostname}"
    yield f"DTSTAMP:{_utc(stamp)}"
    yield f"LAST-MODIFIED:{_utc(stamp)}"
    yield f"SEQUENCE:{sequence}"
    yield f"DTSTART:{_utc(entry.at)}"
    yield f"SUMMARY;LANGUAGE={lang}:{_text(entry.title[lang])}"
    yield f"DESCRIPTION;LANGUAGE={lang}:{_text('. '.join(told))}"
    yield f"URL:{base}/{lang}/{WORDS[lang]}"
    yield f"STATUS:{'CONFIRMED' if entry.confirmed else 'TENTATIVE'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    return words.translate(_SPECIAL)


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 octets, cut between characters; what follows begins with a blank."""
    kept, size, lead = "", 0, ""
    for letter in line:
        width = len(letter.encode())
        if size + width > WIDTH:
            yield lead + kept
            kept, size, lead = "", 1, " "
        kept, size = kept + letter, size + width
    yield lead + kept

"""`statbank probe`: a release watched from outside, through the public name, as readers meet it (operations §11)."""

import hashlib
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import click

from service.cli.main import Shell
from tables.bank import utc_now
from tables.errors import Refused
from tables.instants import at_wall, wall
from tables.model import Text

SURFACES: Final[Mapping[str, str]] = {
    "page": "/da/tabel/{}",
    "metadata": "/v1/tableinfo/{}",
    "data": "/da/tabel/{}.csv",
    "feed": "/da/tabel/{}.atom",
}
WHOLE: Final = "/alt/{}.csv.gz"
BEFORE, AFTER = timedelta(seconds=5), timedelta(seconds=30)
LATE: Final = timedelta(seconds=3)
PATIENCE: Final = 5.0  # seconds for one answer


@dataclass(frozen=True, slots=True)
class Seen:
    """What one surface said when it was asked: the instant of its release, or its status."""

    surface: str
    asked: datetime
    answered: datetime
    shown: str


@click.command()
@click.argument("url")
@click.argument("table")
@click.option("--at", metavar='"2026-06-04 08:00"', help="Watch from 5 s before until 30 s after this Copenhagen time.")
@click.option("--sha256", metavar="HEX", help="Of the table's table.csv.gz in the act; compared after the time.")
@click.pass_obj
def probe(shell: Shell, url: str, table: str, *, at: str | None, sha256: str | None) -> None:
    """Ask page, metadata, data and feed of TABLE at the public URL; alarm if any is early, late or not there."""
    if not url.startswith(("http://", "https://")):
        raise click.BadParameter(url, param_hint="URL")
    base = url.rstrip("/")
    if at is None:
        seen = tuple(look(base, table, utc_now))
        wrong = [each for each in seen if not each.shown.endswith("Z")]
        for each in seen:
            shell.say(Text(f"{each.surface}: {each.shown}", f"{each.surface}: {each.shown}"))
        shell.report({"table": table, "shown": {each.surface: each.shown for each in seen}})
        if wrong:
            raise click.exceptions.Exit(1)
        return
    instant = at_wall(at)
    if instant + AFTER < utc_now():
        raise Refused("time", f"{wall(instant)} er passeret.", f"{wall(instant)} has passed.")
    wrong = watched(base, table, instant, utc_now, time.sleep, lambda each: alarm(shell, each, instant))
    same = sha256 is None or whole(base, table) == sha256
    if not same:
        shell.say(Text("ALARM: filen er en anden end den, der blev udgivet", "ALARM: the file is not the one released"))
    shell.report({"table": table, "at": at, "alarms": [_plain(each) for each in wrong], "same_file": same})
    if wrong or not same:
        raise click.exceptions.Exit(1)
    shell.say(Text(f"{table} kom {wall(instant)}, alle steder.", f"{table} came at {wall(instant)}, everywhere."))


def watched(
    base: str,
    table: str,
    instant: datetime,
    clock: Callable[[], datetime],
    wait: Callable[[float], None],
    found: Callable[[Seen], None],
) -> list[Seen]:
    """All that was early or late; each is also told as it is found."""
    wait(max(0.0, (instant - BEFORE - clock()).total_seconds()))
    wrong: list[Seen] = []
    while (began := clock()) <= instant + AFTER:
        for each in look(base, table, clock):
            if amiss(each, instant):
                wrong.append(each)
                found(each)
        wait(max(0.0, 1 - (clock() - began).total_seconds()))
    return wrong


def look(base: str, table: str, clock: Callable[[], datetime]) -> Iterator[Seen]:
    for surface, path in SURFACES.items():
        asked = clock()
        shown = _shown(base + path.format(table))
        yield Seen(surface, asked, clock(), shown)


def amiss(seen: Seen, instant: datetime) -> bool:
    """Early: the new release before its instant. Late: anything else three seconds after."""
    public = f"{instant:%Y-%m-%dT%H%MZ}"
    if seen.answered < instant:
        return seen.shown == public
    return seen.asked >= instant + LATE and seen.shown != public


def alarm(shell: Shell, seen: Seen, instant: datetime) -> None:
    da, en = ("for tidligt", "early") if seen.answered < instant else ("for sent", "late")
    when = f"{(seen.asked - instant).total_seconds():+.0f} s"
    what = f"{seen.surface}: {seen.shown}"
    shell.say(Text(f"ALARM {when} {da}: {what}", f"ALARM {when} {en}: {what}"))


def whole(base: str, table: str) -> str:
    """The hash of the whole table as readers get it."""
    with urllib.request.urlopen(base + WHOLE.format(table), timeout=60) as answer:  # noqa: S310  # http(s), checked
        return hashlib.file_digest(answer, "sha256").hexdigest()


def _shown(address: str) -> str:
    """The instant in Statbank-Release, else the status, else that nothing answered."""
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310  # http(s), checked
            answer.read()
            release = str(answer.headers.get("Statbank-Release") or answer.status)
            return release.rpartition("@")[2]
    except urllib.error.HTTPError as error:
        with error:
            return str(error.code)
    except OSError as error:
        return type(error).__name__


def _plain(seen: Seen) -> dict[str, str]:
    return {"surface": seen.surface, "asked": seen.asked.isoformat(), "shown": seen.shown}

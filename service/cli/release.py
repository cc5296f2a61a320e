"""`statbank release`: tables of the library published as one act."""

import json
import os
import pwd
import sys
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click

from service.cli.main import Shell
from service.formats import FORMATS, Format, Options
from service.news.pictures import pictures
from tables.bank import utc_now
from tables.instants import at_wall, wall
from tables.model import Act, Answer, Lang, Text
from tables.rehearsal import Renderers
from tables.release import release as publish

HOUR = timedelta(hours=1)


def render(form: Format, answer: Answer, lang: Lang) -> Iterable[bytes]:
    return form.write(answer, lang, Options())


def renderers() -> Renderers:
    """Every format, as the rehearsal wants them: it runs in a process of its own."""
    return {form.name: partial(render, form) for form in FORMATS}


@click.command()
@click.argument("tables", nargs=-1)
@click.option("--at", metavar='"2026-06-04 08:00"', help="Copenhagen time, a full minute.")
@click.option("--now", is_flag=True, help="The next full minute.")
@click.option("--site", is_flag=True, help="Take changed site files and documentation along; can be alone.")
@click.option("--news", multiple=True, metavar="ID", help="Issue this article with it; repeatable, and can be alone.")
@click.option("--dry-run", is_flag=True, help="Do everything but publish; write nothing.")
@click.pass_obj
def release(  # one parameter an option
    shell: Shell,
    tables: Sequence[str],
    *,
    at: str | None,
    now: bool,
    site: bool,
    news: Sequence[str],
    dry_run: bool,
) -> None:
    """Publish TABLES together, as one act, at one instant."""
    if (at is None) != now:
        raise click.UsageError("--at or --now must be given, and only one of them")
    if not dry_run:
        _typed_back(shell, tables, at)
    act = publish(
        shell.library,
        shell.bank,
        tables,
        at=at,
        now=now,
        renderers=renderers(),
        site=site,
        news=news,
        pictures=pictures,
        actor=pwd.getpwuid(os.getuid()).pw_name,
        dry_run=dry_run,
        progress=shell.say,
    )
    shell.say(_when(act, dry_run=dry_run))
    told = {} if dry_run else _changes(act.folder, tuple(act.tables))
    for line in _largest(told):
        shell.say(line)
    shell.report(
        {
            "tables": sorted(act.tables),
            "effective_at": act.effective_at.isoformat(),
            "local": wall(act.effective_at),
            "dry_run": dry_run,
            "hidden": {group: each.get("hidden", 0) for group, each in act.groups.items()},
            "changes": told,
        }
    )


def _typed_back(shell: Shell, tables: Sequence[str], at: str | None) -> None:
    """On a terminal, an act that comes within the hour is published by one who types what it is."""
    near = at is None or at_wall(at) - utc_now() < HOUR
    if not (near and tables and sys.stdin.isatty()):
        return
    asked = Text(
        f"Det sker inden for en time. Skriv {tables[0]} for at udgive", f"Within the hour. Type {tables[0]} to publish"
    )
    if click.prompt(asked[shell.lang], err=True) != tables[0]:
        raise click.Abort


def _when(act: Act, *, dry_run: bool) -> Text:
    hours = max((act.effective_at - utc_now()) / HOUR, 0)
    named = ", ".join(sorted(act.tables))
    da, en = ("ville blive udgivet", "would be published") if dry_run else ("udgives", "will be published")
    return Text(
        f"{named or 'Oplysninger om banken'} {da} {wall(act.effective_at)} dansk tid, om {hours:.1f} timer.".replace(
            f"{hours:.1f}", f"{hours:.1f}".replace(".", ",")
        ),
        f"{named or 'About the bank'} {en} {wall(act.effective_at)} Copenhagen time, in {hours:.1f} hours.",
    )


def _changes(folder: Path, tables: Sequence[str]) -> dict[str, Any]:
    return {table: json.loads((folder / table / "changes.json").read_bytes()) for table in sorted(tables)}


def _largest(told: dict[str, Any]) -> Iterable[Text]:
    """What a publisher wants to see of every table before it is public."""
    for table, changes in told.items():
        for code, measured in changes.get("measures", {}).items():
            most = measured.get("largest")
            if most:
                cell = ", ".join(most["cell"].values())
                old, new = (most[end] / 10 ** most["decimals"] for end in ("from", "to"))
                yield Text(
                    f"{table}, {code}: {measured['changed']} tal ændret, mest {cell}: {old:g} → {new:g}",
                    f"{table}, {code}: {measured['changed']} figures changed, most {cell}: {old:g} → {new:g}",
                )
        if "hidden" in changes:
            newly, gone = changes["hidden"]["newly"], changes["hidden"]["no_longer"]
            yield Text(
                f"{table}: {newly} celler nu skjult, {gone} nu vist",
                f"{table}: {newly} cells now hidden, {gone} now shown",
            )

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

from service.cli.diff import lines
from service.cli.main import Shell
from service.formats import FORMATS, Format, Options
from service.news.pictures import article_card, figure_pictures
from service.settings import Settings
from tables.bank import utc_now
from tables.instants import at_wall, wall
from tables.model import Act, Answer, Lang, Text
from tables.news.lay import Pictures
from tables.notice import read_notice
from tables.rehearsal import Renderers
from tables.release import release as publish
from tables.takeback import Undo, roll_back
from tables.workshop import PLANNED

HOUR = timedelta(hours=1)
PICTURES = Pictures(figure_pictures, article_card)
NOTICE = click.Path(exists=True, dir_okay=False, path_type=Path)
PUBLISHED = (("udgives", "will be published"), ("ville blive udgivet", "would be published"))
WHAT = {
    "release": PUBLISHED,
    "correction": (("rettes", "will be corrected"), ("ville blive rettet", "would be corrected")),
    "rollback": (("føres tilbage", "will be rolled back"), ("ville blive ført tilbage", "would be rolled back")),
    "withdraw": (("trækkes tilbage", "will be withdrawn"), ("ville blive trukket tilbage", "would be withdrawn")),
}


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
@click.option("--notice", type=NOTICE, help="YAML with da and en: what was wrong. Makes it a correction.")
@click.option("--back-to", metavar="T", help="Put TABLES in force again as they stood at T; goes with --notice.")
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
    notice: Path | None,
    back_to: str | None,
    dry_run: bool,
) -> None:
    """Publish TABLES together, as one act, at one instant."""
    if (at is None) != now:
        raise click.UsageError("--at or --now must be given, and only one of them")
    why = read_notice(notice) if notice else None
    told: dict[str, Any] = {}

    def seen(act: Act) -> None:
        told.update(_changes(act))
        for table, changes in told.items():
            for line in lines(table, changes):
                shell.say(line)
        if not dry_run and tables and (at is None or at_wall(at) - utc_now() < HOUR):
            confirmed(shell, tables[0])

    if back_to is not None:
        if why is None or site or news:
            raise click.UsageError("--back-to goes with --notice, and without --site and --news")
        act = _rolled_back(shell, tables, back_to, Undo(at, why, actor()), dry_run=dry_run)
    else:
        act = publish(
            shell.library,
            shell.bank,
            tables,
            at=at,
            now=now,
            renderers=renderers(),
            site=site,
            news=news,
            pictures=PICTURES,
            actor=actor(),
            notice=why,
            max_lead=timedelta(minutes=Settings.from_environment().max_arm_lead),
            dry_run=dry_run,
            progress=shell.say,
            seen=seen,
        )
    planned = PLANNED in act.folder.parts
    shell.say(when(act, dry_run=dry_run))
    if planned:
        shell.say(
            Text(
                "Den er planlagt: «statbank arm» gør den klar i tide.",
                "It is planned: `statbank arm` commits it in time.",
            )
        )
    shell.report(
        {
            "kind": act.kind,
            "tables": sorted(act.tables),
            "effective_at": act.effective_at.isoformat(),
            "local": wall(act.effective_at),
            "planned": planned,
            "dry_run": dry_run,
            "hidden": {group: each.get("hidden", 0) for group, each in act.groups.items()},
            "changes": told,
        }
    )


def _rolled_back(shell: Shell, tables: Sequence[str], back_to: str, undo: Undo, *, dry_run: bool) -> Act:
    if not dry_run and tables and (undo.at is None or at_wall(undo.at) - utc_now() < HOUR):
        confirmed(shell, tables[0])
    return roll_back(shell.bank, tables, back_to, undo, renderers=renderers(), dry_run=dry_run)


def actor() -> str:
    """Who publishes, as the system knows the person."""
    return pwd.getpwuid(os.getuid()).pw_name


def confirmed(shell: Shell, table: str) -> None:
    """On a terminal, an act that comes within the hour is published by one who types what it is."""
    if not sys.stdin.isatty():
        return
    asked = Text(
        f"Det sker inden for en time. Skriv {table} for at udgive", f"Within the hour. Type {table} to publish"
    )
    if click.prompt(asked[shell.lang], err=True) != table:
        raise click.Abort


def when(act: Act, *, dry_run: bool) -> Text:
    """What happens, at which local time and in how many hours."""
    hours = f"{max((act.effective_at - utc_now()) / HOUR, 0):.1f}"
    tables = sorted({*act.tables, *(str(each["table"]) for each in act.withdraw)})
    named, local = ", ".join(tables), wall(act.effective_at)
    da, en = WHAT[act.kind][dry_run]
    return Text(
        f"{named or 'Oplysninger om banken'} {da} {local} dansk tid, om {hours.replace('.', ',')} timer.",
        f"{named or 'About the bank'} {en} {local} Copenhagen time, in {hours} hours.",
    )


def _changes(act: Act) -> dict[str, Any]:
    return {table: json.loads((act.folder / table / "changes.json").read_bytes()) for table in sorted(act.tables)}

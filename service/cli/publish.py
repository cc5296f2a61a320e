"""`statbank arm`, `cancel` and `withdraw`: what happens to an act after it is made."""

from datetime import timedelta
from pathlib import Path

import click

from service.cli.main import Shell
from service.cli.release import HOUR, actor, confirmed, renderers, when
from service.settings import Settings
from tables.arming import arm as commit
from tables.arming import cancel as take_back
from tables.bank import utc_now
from tables.instants import at_wall, wall
from tables.model import Act, Text
from tables.notice import read_notice
from tables.takeback import Undo
from tables.takeback import withdraw as make_gone

NOTICE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--dry-run", is_flag=True, help="Tell which acts are due; write nothing.")
@click.pass_obj
def arm(shell: Shell, *, dry_run: bool) -> None:
    """Commit every planned act whose instant is near; a timer runs this each minute."""
    lead = timedelta(minutes=Settings.from_environment().max_arm_lead)
    armed = commit(shell.bank, max_lead=lead, renderers=renderers(), dry_run=dry_run)
    for act in armed:
        shell.say(when(act, dry_run=dry_run))
    if not armed:
        shell.say(Text("Ingen udgivelse er klar endnu.", "No act is due yet."))
    shell.report({"armed": [plain(act) for act in armed], "dry_run": dry_run})


@click.command()
@click.argument("act")
@click.option("--dry-run", is_flag=True, help="Tell what would be cancelled; write nothing.")
@click.pass_obj
def cancel(shell: Shell, act: str, *, dry_run: bool) -> None:
    """Take back the planned or armed ACT, named by its instant like 2027-06-10T0600Z."""
    gone = take_back(shell.bank, act, actor=actor(), dry_run=dry_run)
    da, en = ("ville blive annulleret", "would be cancelled") if dry_run else ("er annulleret", "is cancelled")
    instant = wall(gone.effective_at)
    shell.say(Text(f"{gone.title.da} {instant} {da}.", f"{gone.title.en} {instant} {en}."))
    shell.report({"cancelled": plain(gone), "dry_run": dry_run})


@click.command()
@click.argument("table")
@click.argument("instant")
@click.option("--notice", type=NOTICE, required=True, help="YAML with da and en: what is wrong, and whom to ask.")
@click.option("--at", metavar='"2026-06-04 08:00"', help="Copenhagen time, a full minute.")
@click.option("--now", is_flag=True, help="The next full minute.")
@click.option("--dry-run", is_flag=True, help="Tell what would be withdrawn; write nothing.")
@click.pass_obj
def withdraw(  # one parameter an option
    shell: Shell, table: str, instant: str, *, notice: Path, at: str | None, now: bool, dry_run: bool
) -> None:
    """Make the release of TABLE at INSTANT unreadable for good: 410 with the notice, then its files are removed."""
    if (at is None) != now:
        raise click.UsageError("--at or --now must be given, and only one of them")
    undo = Undo(at, read_notice(notice), actor())
    if not dry_run and (at is None or at_wall(at) - utc_now() < HOUR):
        confirmed(shell, table)
    act = make_gone(shell.bank, table, instant, undo, dry_run=dry_run)
    shell.say(when(act, dry_run=dry_run))
    shell.say(
        Text(
            "Kør igen en udgivelseskommando efter tidspunktet: så fjernes filerne. Tøm derefter nginx og CDN for:",
            "Run a publishing command after the instant: it removes the files. Then purge nginx and the CDN of:",
        )
    )
    purge = [f"*{table}*{instant}*", *(path for each in act.withdraw for path in each["files"])]
    for line in purge:
        shell.say(Text(f"  {line}", f"  {line}"))
    shell.report({"withdrawn": f"{table}@{instant}", **plain(act), "purge": purge, "dry_run": dry_run})


def plain(act: Act) -> dict[str, object]:
    """An act as JSON tells it; its number stays on the host too, but this is the publisher's terminal."""
    return {
        "kind": act.kind,
        "act": act.folder.name,
        "tables": sorted(act.tables),
        "effective_at": act.effective_at.isoformat(),
        "local": wall(act.effective_at),
        "title": {"da": act.title.da, "en": act.title.en},
    }

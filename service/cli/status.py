"""`statbank status`: what is in force, planned and armed, and whether this host is fit to publish."""

import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

import click

from service.cli.main import Shell
from service.cli.publish import plain
from tables.acts import check_format, read_history
from tables.bank import utc_now
from tables.fold import line
from tables.instants import wall
from tables.model import Act, Text
from tables.staged import planned

FREE: Final = 2 * 1024**3  # bytes that a release may need
ALARM: Final = timedelta(minutes=2)  # before its instant an act must be on every replica (operations §4)
SECONDS: Final = 2.0


@click.command()
@click.option("--wait", is_flag=True, help="Ask until every replica is ready and has what is armed.")
@click.option("--replica", "replicas", multiple=True, metavar="URL", help="A server to ask; repeatable.")
@click.pass_obj
def status(shell: Shell, *, wait: bool, replicas: Sequence[str]) -> None:
    """Tell which acts are in force, planned and armed, and check this host."""
    check_format(shell.bank)
    history, now = read_history(shell.bank / "releases"), utc_now()
    order = line(history.acts)
    armed = [act for act in order if act.effective_at > now]
    waiting = [staged.act for staged in planned(shell.bank)]
    for act in (act for act in order if act.effective_at <= now):
        shell.say(_told(act, Text("i kraft", "in force")))
    for act in armed:
        shell.say(_told(act, Text("klar", "armed")))
    for act in waiting:
        late = act.effective_at <= now
        shell.say(_told(act, Text("PASSERET", "MISSED") if late else Text("planlagt", "planned")))
    if wait:
        _wait(shell, replicas, armed)
    answers = {url: _ready(url) for url in replicas}
    for url, ready in answers.items():
        shell.say(Text(f"{url}: {'klar' if ready else 'ikke klar'}", f"{url}: {'ready' if ready else 'not ready'}"))
    wrong = list(_host(shell.bank))
    for each in wrong:
        shell.say(each)
    shell.report(
        {
            "in_force": [plain(act) for act in order if act.effective_at <= now],
            "armed": [plain(act) for act in armed],
            "planned": [plain(act) for act in waiting],
            "replicas": answers,
            "host": [text[shell.lang] for text in wrong],
        }
    )
    if wrong or not all(answers.values()) or any(act.effective_at <= now for act in waiting):
        raise click.exceptions.Exit(1)


def _told(act: Act, state: Text) -> Text:
    tables = ", ".join(sorted(act.tables)) or "-"
    rest = f"{wall(act.effective_at)}  {tables}"
    return Text(f"{state.da:<9} {rest}  {act.title.da}", f"{state.en:<9} {rest}  {act.title.en}")


def _wait(shell: Shell, replicas: Sequence[str], armed: Sequence[Act]) -> None:
    """A server that is ready has listed the bank within the last seconds, so it holds what was armed before that."""
    until = min((act.effective_at for act in armed), default=utc_now() + ALARM) - ALARM
    while not all(map(_ready, replicas)):
        if utc_now() >= until:
            shell.say(Text("ALARM: ikke alle servere er klar", "ALARM: not every server is ready"))
            return
        time.sleep(SECONDS)


def _ready(url: str) -> bool:
    address = f"{url.rstrip('/')}/readyz"
    if not address.startswith(("http://", "https://")):
        raise click.BadParameter(url, param_hint="--replica")
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310  # http(s) only, checked above
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _host(bank: Path) -> Iterator[Text]:
    """What on this machine could make a release go wrong."""
    free = shutil.disk_usage(bank).free
    if free < FREE:
        yield Text(f"Kun {free // 1024**2} MB ledig i {bank}", f"Only {free // 1024**2} MB free in {bank}")
    for room in ("staging", "vault"):
        if (bank / room).stat().st_mode & 0o077:
            yield Text(f"{room}/ kan læses af andre; chmod 700", f"{room}/ can be read by others; chmod 700")

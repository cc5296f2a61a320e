"""`statbank attack`: the red team over the public API."""

from pathlib import Path

import click

from service.cli.main import Shell
from service.cli.progress import progress
from tables.catalog import read_group, read_library
from tables.disclosure.attack import attack as attack_bank
from tables.disclosure.doors import over_http
from tables.model import Text


@click.command()
@click.argument("url")
@click.option(
    "--group",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Attack the tables of this protection file alone.",
)
@click.pass_obj
def attack(shell: Shell, url: str, file: Path | None) -> None:
    """Put together all that the bank at URL tells, and say which hidden cells that gives away.

    It asks the public API and nothing else. Descriptions and protection files are read from the library, where they are
    public: the cubes beside them are not opened. Exit 1 where it finds anything.
    """
    fetch, library = over_http(url), read_library(shell.library)
    groups = (read_group(file),) if file else tuple(library.groups.values())
    tables = {name: table for name, table in library.tables.items() if not file or name in groups[0].tables}
    found = []
    with progress(shell) as advance:
        for finding in attack_bank(fetch, tables, groups, lambda step: advance(step, 0.0)):
            found.append(str(finding))
            shell.say(Text(str(finding), str(finding)))
    count = len(found)
    shell.say(Text(f"Fundet: {count}", f"Found: {count}"))
    shell.report({"findings": found})
    if found:
        raise click.exceptions.Exit(1)

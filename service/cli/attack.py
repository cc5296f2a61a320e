"""`statbank attack`: the red team over the public API."""

import click

from service.cli.main import Shell
from tables.catalog import read_library
from tables.disclosure.attack import attack as attack_bank
from tables.disclosure.attack import over_http
from tables.model import Text


@click.command()
@click.argument("url")
@click.pass_obj
def attack(shell: Shell, url: str) -> None:
    """Put together everything that URL tells and say which hidden cells that gives away.

    Descriptions and protection groups are read from the library, which is public but for its cubes.
    """
    library = read_library(shell.library)
    found = []
    for finding in attack_bank(over_http(url), library.tables, tuple(library.groups.values())):
        found.append(str(finding))
        shell.say(Text(str(finding), str(finding)))
    count = len(found)
    shell.say(Text(f"Fundet: {count}", f"Found: {count}"))
    shell.report({"findings": found})
    if found:
        raise click.exceptions.Exit(1)

"""`statbank verify`: is every byte of the bank what was published, and does every certificate hold?"""

from collections.abc import Sequence

import click

from service.cli.main import Shell
from tables.bank import utc_now
from tables.errors import BankDamaged
from tables.model import Text
from tables.scrub import scrub


@click.command()
@click.argument("acts", nargs=-1, metavar="[ACT]…")
@click.pass_obj
def verify(shell: Shell, acts: Sequence[str]) -> None:
    """Check every file and certificate of ACTS (all), and the chain and lineage of them all."""
    verdict = scrub(shell.bank, acts, utc_now())
    shell.say(
        Text(
            f"Udgivelser: {verdict.acts} · filer: {verdict.files} · fejl: {len(verdict.wrong)}",
            f"Acts: {verdict.acts} · files: {verdict.files} · faults: {len(verdict.wrong)}",
        )
    )
    for text in verdict.unproven:
        shell.say(text)
    if verdict.wrong:
        raise BankDamaged("\n".join(t.da for t in verdict.wrong), "\n".join(t.en for t in verdict.wrong))
    told = [text[shell.lang] for text in verdict.unproven]
    shell.report({"acts": verdict.acts, "files": verdict.files, "faults": [], "unproven": told})

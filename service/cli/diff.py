"""`statbank diff`: what a draft would change, or what one release changed of another."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from service.cli.main import Shell
from tables.catalog import read_library
from tables.diff import between, drafted
from tables.model import Text

MOST = 10  # figures told one by one of each measure


@click.command()
@click.argument("tables", nargs=-1)
@click.option("--from", "since", metavar="T", help="The older side: a release or an instant (what stands now).")
@click.option("--to", "until", metavar="T", help="The newer side (the draft in the library).")
@click.pass_obj
def diff(shell: Shell, tables: Sequence[str], *, since: str | None, until: str | None) -> None:
    """Tell what the draft of TABLES changes of what stands: periods, figures, hidden cells, notes."""
    if until is not None:
        if since is None:
            raise click.UsageError("--to goes with --from")
        told = between(shell.bank, tables, since, until)
    else:
        read = read_library(shell.library)
        drawn = tables or [name for name in read.tables if (shell.library / name / "cube.parquet").is_file()]
        told = drafted(shell.library, shell.bank, drawn, since=since, progress=shell.say)
    for table, changes in told.items():
        for line in lines(table, changes, most=MOST):
            shell.say(line)
    shell.report({"changes": told})


def lines(table: str, changes: Mapping[str, Any], *, most: int = 1) -> Iterator[Text]:
    """Sentences about one table's changes.json; the figures that move most come first."""
    if changes["since"] is None:
        yield Text(f"{table}: udgives første gang", f"{table}: released for the first time")
        return
    for what, da, en in (("added", "nye", "new"), ("removed", "væk", "gone")):
        for dimension, codes in changes[what].items():
            listed = ", ".join(codes)
            yield Text(f"{table}, {dimension}: {da} {listed}", f"{table}, {dimension}: {en} {listed}")
    for code, measured in changes["measures"].items():
        yield from _figures(f"{table}, {code}", measured, most)
    newly, gone = changes["hidden"]["newly"], changes["hidden"]["no_longer"]
    yield Text(
        f"{table}: {newly} celler nu skjult, {gone} nu vist", f"{table}: {newly} cells now hidden, {gone} now shown"
    )
    for what, da, en in (("added", "ny note", "new note"), ("removed", "note væk", "note gone")):
        for note in changes["notes"][what]:
            yield Text(f"{table}: {da}: {note['da']}", f"{table}: {en}: {note['en']}")


def _figures(where: str, measured: Mapping[str, Any], most: int) -> Iterator[Text]:
    changed = measured["changed"]
    if not changed:
        yield Text(f"{where}: ingen tal ændret", f"{where}: no figures changed")
        return
    yield Text(f"{where}: {changed} tal ændret, mest:", f"{where}: {changed} figures changed, most:")
    scale = 10 ** measured["largest"]["decimals"]
    for moved in measured["revised"][:most]:
        cell, old, new = ", ".join(moved["cell"].values()), moved["from"] / scale, moved["to"] / scale
        yield Text(f"  {cell}: {old:g} → {new:g}".replace(".", ","), f"  {cell}: {old:g} → {new:g}")

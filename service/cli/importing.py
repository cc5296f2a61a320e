"""`statbank import`: foreign files become table folders, with a report of what was guessed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import click

from service.cli.main import Shell
from tables.imports.folder import Imported, import_file
from tables.imports.nouns import SIGNS, How
from tables.model import Status, Text

STATES: Final = {
    "zero": Status.OK,
    "not_applicable": Status.NOT_APPLICABLE,
    "missing": Status.MISSING,
    "confidential": Status.CONFIDENTIAL,
}


def signs(_context: click.Context, _option: click.Parameter, given: Sequence[str]) -> dict[str, Status]:
    """`..=missing` → what the sign means; signs not named keep their meaning."""
    meanings = dict(SIGNS)
    for text in given:
        sign, equals, state = text.rpartition("=")
        if not equals or state not in STATES:
            raise click.BadParameter(f"'{text}': write SIGN=STATE, the state one of {', '.join(STATES)}")
        meanings[sign] = STATES[state]
    return meanings


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Library to write to (this one).")
@click.option("--decimal", type=click.Choice([",", "."]), help="The decimal sign, where the file leaves doubt.")
@click.option("--sign", multiple=True, callback=signs, help="What a sign means, like ..=missing; repeatable.")
@click.option("--public", metavar="REASON", help="Why nothing in new tables needs hiding; else check asks for a rule.")
@click.pass_obj
def import_(
    shell: Shell,
    files: Sequence[Path],
    *,
    out: Path | None,
    decimal: Literal[",", "."] | None,
    sign: dict[str, Status],
    public: str | None,
) -> None:
    """Bring StatBank CSV files into table folders.

    A file is named like its table: FOLK1A.csv. A table that is new gets a table.yaml to complete; of one that exists
    only the cube changes, once every label is found in its table.yaml.
    """
    report = import_file(files, out or shell.library, How(signs=sign, decimal=decimal, public=public))
    for item in report.tables:
        _tell(shell, item)
    shell.report({"tables": [_plain(item, shell) for item in report.tables]})


def _tell(shell: Shell, item: Imported) -> None:
    da, en = ("ny tabel", "new table") if item.new else ("ny kube", "new cube")
    shell.say(
        Text(
            f"{item.id}: {item.cells} celler fra {item.file} ({da})",
            f"{item.id}: {item.cells} cells from {item.file} ({en})",
        )
    )
    for finding in item.findings:
        shell.say(Text(f"  {finding.place}: {finding.text.da}", f"  {finding.place}: {finding.text.en}"))


def _plain(item: Imported, shell: Shell) -> dict[str, object]:
    findings = [{"place": finding.place, "text": finding.text[shell.lang]} for finding in item.findings]
    return {
        "id": item.id,
        "file": item.file,
        "reader": item.reader,
        "new": item.new,
        "cells": item.cells,
        "findings": findings,
    }

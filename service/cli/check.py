"""`statbank check`: every fault of the library and its figures at once."""

from collections.abc import Sequence

import click

from service.cli.main import Shell
from tables.catalog import read_library
from tables.check import CheckReport
from tables.check import check as check_library
from tables.errors import CatalogError, Fault
from tables.model import Text


@click.command()
@click.argument("tables", nargs=-1)
@click.option("--strict", is_flag=True, help="Warnings are faults.")
@click.pass_obj
def check(shell: Shell, tables: Sequence[str], *, strict: bool) -> None:
    """Tell every fault of the library, its news, and the figures of all tables or those named."""
    try:
        report = check_library(read_library(shell.library), tables or None)
    except CatalogError as error:
        report = CheckReport((), error.faults, ())
    for fault in () if shell.json else report.faults:
        click.echo(str(fault), err=True)
    for warning in report.warnings:
        shell.say(Text(f"advarsel: {warning}", f"warning: {warning}"))
    for figure in report.figures if shell.verbose else ():
        shell.say(Text(figure, figure))
    shell.say(_summary(report))
    shell.report(
        {
            "tables": list(report.tables),
            "faults": [_plain(fault) for fault in report.faults],
            "warnings": [_plain(warning) for warning in report.warnings],
            "figures": list(report.figures),
        }
    )
    if report.faults or (strict and report.warnings):
        raise click.exceptions.Exit(1)


def _summary(report: CheckReport) -> Text:
    tables, faults, warnings = (len(part) for part in (report.tables, report.faults, report.warnings))
    return Text(
        f"Kontrolleret: {tables} · fejl: {faults} · advarsler: {warnings}",
        f"Checked: {tables} · faults: {faults} · warnings: {warnings}",
    )


def _plain(fault: Fault) -> dict[str, object]:
    return {"file": fault.file, "line": fault.line, "path": fault.path, "what": fault.what}

"""`statbank disclose`: what a release would hide, and why; for the office only."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from service.cli.main import Shell
from service.cli.progress import progress
from tables.catalog import Library, read_library
from tables.disclosure.group import Protection, protect
from tables.disclosure.report import explained, html, report
from tables.grid import Grid, read_cube
from tables.model import Rule, Table, Text


@click.command()
@click.argument("tables", nargs=-1, required=True)
@click.option("--set", "settings", multiple=True, metavar="K=V", help="Try another value of a rule: below=3.")
@click.option("--cell", multiple=True, metavar="DIM=CODE", help="Explain one cell of the first table.")
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with pictures.")
@click.option("--fresh", is_flag=True, help="Take nothing over from the known file.")
@click.pass_obj
def disclose(  # one parameter an option
    shell: Shell, tables: Sequence[str], settings: Sequence[str], cell: Sequence[str], page: Path | None, *, fresh: bool
) -> None:
    """What would be hidden in the tables and their groups, and why."""
    library = read_library(shell.library)
    unknown = [table for table in tables if table not in library.tables]
    if unknown:
        raise click.UsageError(f"not in the library: {', '.join(unknown)}")
    changed = _pairs(settings)
    for group in {group.id: group for group in map(library.group_of, tables)}.values():
        grids = _grids(library, group.tables, changed)
        known = library.folder / "protection" / f"{group.id}.known.parquet"
        with progress(shell) as advance:
            protection = protect(group, grids, known=None if fresh else known, progress=lambda text: advance(text, 0.0))
        _tell(shell, grids, protection)
        if cell and tables[0] in grids:
            for da, en in explained(group, grids, protection.masks, tables[0], _pairs(cell)):
                shell.say(Text(da, en))
        if page:
            page.write_text(html(grids, protection), encoding="utf-8")


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    if any(not sign for _, sign, _ in pairs):
        raise click.UsageError("write NAME=VALUE, for instance below=3")
    return {name: value for name, _, value in pairs}


def _grids(library: Library, tables: Sequence[str], changed: dict[str, str]) -> dict[str, Grid]:
    there = [table for table in tables if (library.folder / table / "cube.parquet").is_file()]
    grids = {table: read_cube(library.folder / table / "cube.parquet", library.tables[table]) for table in there}
    return {table: replace(grid, table=_with(grid.table, changed)) for table, grid in grids.items()}


def _with(table: Table, changed: dict[str, str]) -> Table:
    """The table with other values in the rules that have them."""
    rules = [Rule(r.method, {k: changed.get(k, v) for k, v in r.params.items()}) for r in table.disclosure]
    return replace(table, disclosure=tuple(rules))


def _tell(shell: Shell, grids: dict[str, Grid], protection: Protection) -> None:
    told = report(grids, protection)
    for table, counts in told.tables.items():
        numbers = f"{counts['primary']} + {counts['secondary']} / {counts['cells']} ({counts['share']:.1%})"
        shell.say(
            Text(
                f"{table}: skjult af regler + til beskyttelse / celler: {numbers}",
                f"{table}: hidden by rules + to protect / cells: {numbers}",
            )
        )
        for name in counts["useless"]:
            shell.say(Text(f"  mere end halvdelen skjult: {name}", f"  more than half hidden: {name}"))
    for warning in told.warnings:
        shell.say(Text(f"advarsel: {warning}", f"warning: {warning}"))
    shell.report({"tables": told.tables, "warnings": list(told.warnings), "group": dict(protection.summary)})

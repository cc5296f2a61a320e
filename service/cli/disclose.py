"""`statbank disclose`: what a release would hide, and why; for the office only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from service.cli.main import Shell
from service.cli.progress import progress
from tables.catalog import Library, read_library
from tables.disclosure.explained import explained
from tables.disclosure.group import Protection, protect
from tables.disclosure.picture import html
from tables.disclosure.report import Report, changes, report
from tables.errors import Refused
from tables.grid import Grid, read_cube
from tables.model import Group, Rule, Table, Text


@dataclass(frozen=True, slots=True)
class Wish:
    """What the options ask for beside the counts."""

    settings: Mapping[str, str]
    cell: Mapping[str, str]
    page: Path | None
    fresh: bool


@click.command()
@click.argument("tables", nargs=-1, required=True)
@click.option(
    "--set", "settings", multiple=True, metavar="K=V", help="Tell what another value of a rule changes: below=3."
)
@click.option("--cell", multiple=True, metavar="DIM=CODE", help="Explain one cell of the first table.")
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with pictures.")
@click.option("--fresh", is_flag=True, help="Take nothing over from the known file.")
@click.pass_obj
def disclose(  # one parameter an option
    shell: Shell, tables: Sequence[str], settings: Sequence[str], cell: Sequence[str], page: Path | None, *, fresh: bool
) -> None:
    """Tell what would be hidden in TABLES and their groups, and why."""
    library, wish = read_library(shell.library), Wish(_pairs(settings), _pairs(cell), page, fresh)
    for table in tables:
        if table not in library.tables:
            raise Refused("disclose", f"{table} findes ikke i biblioteket.", f"{table} is not in the library.")
    found = [_group(shell, library, group, tables[0], wish) for group in _groups(library, tables)]
    shell.report({"groups": found} if len(found) > 1 else found[0])


def _groups(library: Library, tables: Sequence[str]) -> list[Group]:
    return list({group.id: group for group in map(library.group_of, tables)}.values())


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    if any(not sign for _, sign, _ in pairs):
        raise Refused("disclose", "Skriv NAVN=VÆRDI, fx below=3.", "Write NAME=VALUE, for instance below=3.")
    return {name: value for name, _, value in pairs}


def _group(shell: Shell, library: Library, group: Group, first: str, wish: Wish) -> dict[str, object]:
    grids = _grids(library, group.tables)
    file = library.folder / "protection" / f"{group.id}.known.parquet"
    known = None if wish.fresh or not file.is_file() else file
    other = _settled(grids, wish.settings)
    with progress(shell) as advance:
        protection = protect(group, grids, known=known, progress=lambda text: advance(text, 0.0))
        then = protect(group, other, progress=lambda text: advance(text, 0.0)) if wish.settings else None
    told = report(group, grids, protection)
    _tell(shell, told, protection)
    if then is not None:
        _changed(shell, protection, then)
    if wish.cell and first in grids:
        for text in explained(group, grids, protection.masks, first, wish.cell):
            shell.say(text)
    if wish.page:
        wish.page.write_text(html(grids, protection.masks, told, shell.lang), encoding="utf-8")
    found: dict[str, object] = {
        "group": group.id,
        "tables": told.tables,
        "dearest": told.dearest,
        "minimality": told.minimality,
    }
    found |= {"warnings": list(told.warnings), "certificate": dict(protection.summary)}
    return found | ({"set": dict(wish.settings), "changes": changes(protection.masks, then.masks)} if then else {})


def _grids(library: Library, tables: Sequence[str]) -> dict[str, Grid]:
    there = [table for table in tables if (library.folder / table / "cube.parquet").is_file()]
    if not there:
        named = ", ".join(tables)
        raise Refused(
            "disclose",
            f"{named} har ingen tal endnu: byg tabellen først.",
            f"{named} has no figures yet: build it first.",
        )
    return {table: read_cube(library.folder / table / "cube.parquet", library.tables[table]) for table in there}


def _settled(grids: Mapping[str, Grid], settings: Mapping[str, str]) -> dict[str, Grid]:
    """The tables with other values in the rules that have them; raises Refused where none has, or takes it."""
    for name, value in settings.items():
        if not any(name in rule.params for grid in grids.values() for rule in grid.table.disclosure):
            raise Refused("disclose", f"Ingen regel har {name}; brug below=3.", f"No rule has {name}; write below=3.")
        if name == "below" and not (value.isdecimal() and int(value) > 0):
            raise Refused("disclose", "below skal være mindst 1.", "below must be a whole number, at least 1.")
    return {table: replace(grid, table=_with(grid.table, settings)) for table, grid in grids.items()}


def _with(table: Table, changed: Mapping[str, str]) -> Table:
    rules = [Rule(r.method, {k: changed.get(k, v) for k, v in r.params.items()}) for r in table.disclosure]
    return replace(table, disclosure=tuple(rules))


def _tell(shell: Shell, told: Report, protection: Protection) -> None:
    for table, counts in told.tables.items():
        numbers = f"{counts['primary']} + {counts['secondary']} / {counts['cells']} ({counts['share']:.1%})"
        shell.say(
            Text(
                f"{table}: skjult af regler + til beskyttelse / celler: {numbers}",
                f"{table}: hidden by rules + to protect / cells: {numbers}",
            )
        )
        share = f"{counts['of_total']:.1%}"
        shell.say(Text(f"  {share} af det, der tælles, er skjult", f"  {share} of what is counted is hidden"))
        for level, one in counts["levels"].items():
            numbers = f"{one['primary']} + {one['secondary']} / {one['cells']}"
            shell.say(Text(f"  niveau {level}: {numbers}", f"  level {level}: {numbers}"))
        for name in counts["useless"]:
            shell.say(Text(f"  mere end halvdelen skjult: {name}", f"  more than half hidden: {name}"))
    for one in told.dearest:
        named = ", ".join(one["protects"])
        shell.say(Text(f"  {one['cell']} beskytter {named}", f"  {one['cell']} protects {named}"))
    if told.minimality:
        small, parts = told.minimality["always_small"], told.minimality["parts"]
        shell.say(
            Text(
                f"{small} af {parts} sammenhængende dele har et lille tal i alle mulige tabeller",
                f"{small} of {parts} connected parts have a small number in all possible tables",
            )
        )
    for warning in protection.warnings:
        shell.say(Text(f"advarsel: {warning}", f"warning: {warning}"))


def _changed(shell: Shell, now: Protection, then: Protection) -> None:
    for table, counts in changes(now.masks, then.masks).items():
        more, fewer = counts["hidden_too"], counts["shown_then"]
        shell.say(
            Text(
                f"{table}: {more} celler mere ville være skjult, {fewer} færre",
                f"{table}: {more} cells more would be hidden, {fewer} fewer",
            )
        )

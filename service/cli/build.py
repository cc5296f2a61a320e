"""`statbank build`: registers of persons become the cubes of the tables, and the lists for each kommune."""

from pathlib import Path

import click

from service.cli.main import Shell
from service.cli.progress import progress
from tables.model import Text
from tables.register import build as build_cubes

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--register", type=FILE, help="Measures, one row a report.")
@click.option("--placements", type=FILE, help="Placements outside the home, one row a report.")
@click.option("--approvals", type=FILE, help="Approvals by kommune and year; left out, everything counts as approved.")
@click.option("--population", type=FILE, help="Children and young people by kommune on 31 December.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to (the library).")
@click.pass_obj
def build(  # one parameter an option
    shell: Shell,
    register: Path | None,
    placements: Path | None,
    approvals: Path | None,
    population: Path | None,
    out: Path | None,
) -> None:
    """Count registers into cubes.

    Tables whose input is not given are named and left out.
    """
    if register is None and placements is None:
        raise click.UsageError("--register or --placements must be given")
    with progress(shell) as advance:
        report = build_cubes(
            shell.library,
            register=register,
            placements=placements,
            approvals=approvals,
            population=population,
            out=out or shell.library,
            progress=advance,
        )
    for table, missing in report.left_out.items():
        shell.say(
            Text(
                f"{table} er udeladt: {', '.join(missing)} mangler",
                f"{table} is left out: {', '.join(missing)} is missing",
            )
        )
    for table, rows in report.tables.items():
        shell.say(Text(f"{table}: {rows} celler", f"{table}: {rows} cells"))
    shell.report({"tables": dict(report.tables), "left_out": {k: list(v) for k, v in report.left_out.items()}})

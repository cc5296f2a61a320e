"""`statbank soem`: the investment model's three commands on files (som.md §13)."""

from pathlib import Path

import click

from service.cli.main import Shell
from tables.model import Text
from tables.soem.cases import include as include_cases
from tables.soem.columns import read_catalogue
from tables.soem.estimate import HEADER, LEAD, Options, estimate, robustness
from tables.soem.files import sheet_bytes, write_all
from tables.soem.fit import Law, Variance
from tables.soem.net import net
from tables.soem.panel import read_panel
from tables.soem.prices import read_prices
from tables.soem.publish import Results, publish
from tables.soem.report import HEADER as REPORT
from tables.soem.report import losses
from tables.soem.scenario import (
    ECONOMY,
    economy_rows,
    group_of,
    json_bytes,
    net_json,
    read_estimates,
    read_scenario,
)
from tables.soem.settings import settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)


@click.group()
def soem() -> None:
    """The investment model: from panel to estimates, from estimates to kroner."""


@soem.command("estimate")
@click.argument("panel", type=FILE)
@click.option("--catalogue", type=FILE, required=True, help="Columns with their role and window.")
@click.option("--out", type=OUT, required=True, help="ESTIMATES to write.")
@click.option("--voksen", is_flag=True, help="Level and first-year rule of adults.")
@click.option(
    "--se", "variance", type=click.Choice(["HC0", "HC1", "HC3"]), default="HC1", help="Robust variance (HC1)."
)
@click.option("--dist", "law", type=click.Choice(["t", "z"]), default="t", help="Law of the test (t).")
@click.option("--robusthed", type=OUT, help="The estimation again with fewer blocks of background.")
@click.option("--report", type=OUT, help="How many children each step loses, and why.")
@click.option(
    "--library", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Library to write the tables into."
)
@click.option("--prices", type=FILE, help="Prices to publish; goes with --library.")
@click.pass_obj
def estimate_(  # one parameter an option
    shell: Shell,
    panel: Path,
    catalogue: Path,
    out: Path,
    voksen: bool,
    variance: Variance,
    law: Law,
    robusthed: Path | None,
    report: Path | None,
    library: Path | None,
    prices: Path | None,
) -> None:
    """Estimate every consequence of a child panel; with --library and --prices also as four tables to publish."""
    if (library is None) != (prices is None):
        raise click.UsageError("--library and --prices go together")
    price_list = read_prices(prices) if prices else {}
    columns = read_catalogue(catalogue)
    known = settings(library) if library else settings()
    read = read_panel(panel, columns, known)
    for warning in read.warnings:
        click.echo(warning, err=True)
    options = Options(variance, law, voksen)
    rows = estimate(read, known, options)
    header = (*LEAD, *HEADER) if read.grouped else HEADER
    files = {out: sheet_bytes(header, (row.row(grouped=read.grouped) for row in rows))}
    if robusthed:
        lines = ([name, *row.row(grouped=read.grouped)] for name, row in robustness(read, known, options))
        files[robusthed] = sheet_bytes(("blokke", *header), lines)
    if report:
        files[report] = sheet_bytes(REPORT, losses(read, known))
    if library:
        files |= publish(library, Results(panel.name, read, rows, price_list, known, voksen))
    write_all(files)
    done = sum(not row.why for row in rows)
    shell.say(Text(f"{done} af {len(rows)} estimeret", f"{done} of {len(rows)} estimated"))
    shell.report({"rows": len(rows), "estimated": done, "warnings": list(read.warnings)})


@soem.command("include")
@click.argument("cases", type=FILE)
@click.option("--out", type=OUT, required=True, help="File to write.")
def include_(cases: Path, out: Path) -> None:
    """Apply the inclusion rules to lists of p-values."""
    write_all({out: include_cases(cases)})


@soem.command("net")
@click.argument("estimates", type=FILE)
@click.option("--prices", type=FILE, required=True, help="Prices per unit and payer.")
@click.option("--scenario", type=FILE, required=True, help="Participants, effect, cost and rate as JSON.")
@click.option("--economy", type=OUT, required=True, help="Money by consequence, year and payer to write.")
@click.option("--out", type=OUT, required=True, help="Net result to write, as JSON.")
@click.pass_obj
def net_(shell: Shell, estimates: Path, prices: Path, scenario: Path, economy: Path, out: Path) -> None:
    """Turn counted estimates into the net result of a measure."""
    read = read_estimates(estimates)
    price_list = read_prices(prices)
    for outcome in (name for name in price_list if name not in read.outcomes):
        click.echo(f"{prices.name}: outcome: {outcome} er ikke i estimaterne og er ikke brugt", err=True)
    data, asked = read_scenario(scenario, grouped=read.grouped)
    group = group_of(read, data, scenario.name)
    result = net(read.counted[group], price_list, asked, read.horizon[group])
    answer = net_json(data, result, asked.effect)
    write_all({economy: sheet_bytes(ECONOMY, economy_rows(result)), out: json_bytes(answer)})
    for warning in answer["advarsler"]:
        click.echo(warning, err=True)
    shell.report(answer)

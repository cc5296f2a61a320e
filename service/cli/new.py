"""`statbank new`: the first lines of what people write."""

from collections.abc import Sequence

import click

from service.cli.main import Shell
from tables.catalog import read_library
from tables.model import Text
from tables.news.skeleton import new_article
from tables.skeleton import new_table


@click.group()
def new() -> None:
    """Begin something new in the library."""


@new.command("news")
@click.argument("article", metavar="ID")
@click.argument("tables", nargs=-1, required=True)
@click.pass_obj
def news(shell: Shell, article: str, tables: Sequence[str]) -> None:
    """Begin the article ID, like 2025-101, about TABLES, in both languages."""
    for path in new_article(read_library(shell.library), article, tables):
        shell.say(Text(f"{path} er skrevet", f"{path} is written"))
    shell.report({"article": article, "tables": list(tables)})


@new.command("table")
@click.argument("table", metavar="ID")
@click.pass_obj
def table_(shell: Shell, table: str) -> None:
    """Begin the table ID, like NEW01, with a table.yaml to fill in."""
    path = new_table(read_library(shell.library), table)
    shell.say(
        Text(f"{path} er skrevet; læg cube.parquet ved siden af", f"{path} is written; put cube.parquet beside it")
    )
    shell.report({"table": table, "file": str(path)})

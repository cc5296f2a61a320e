"""`statbank query`: the bank's answer in the terminal, through the same door as every protocol."""

import itertools
import sys
from collections.abc import Iterator, Mapping

import click
from rich.console import Console
from rich.table import Table as Grid

from service.cli.main import Shell
from service.formats import FORMATS, Options
from service.formats.head import notes, units, updated, variables
from service.formats.numbers import texts
from service.formats.signs import BY_BYTE
from tables.bank import Bank, default, split
from tables.errors import InvalidQuery
from tables.model import Answer, Lang

MOST = 20_000  # cells on a terminal


@click.command()
@click.argument("table")
@click.argument("selection", nargs=-1, metavar="[VAR=…]…")
@click.option(
    "-f", "--format", "name", default="table", help="table (default) or a format: " + ", ".join(f.name for f in FORMATS)
)
@click.option("--asof", help="The bank as it stood: 2025-05-23T0600Z.")
@click.pass_obj
def query(shell: Shell, table: str, selection: tuple[str, ...], name: str, asof: str | None) -> None:
    """Answer a question: statbank query ISBU04 'Tid=top(1)' 'KØN=*'.

    Without a selection the table's own first view is shown.
    """
    bank = Bank(shell.bank)
    bank.refresh()
    catalogue = bank.catalogue(asof, table=table)
    chosen = _chosen(selection)
    if not chosen:
        first = default(catalogue.release(table).table)
        chosen = {code: split(text) for code, text in first.select.items()}
    writer = next((form for form in FORMATS if form.name == name.lower()), None)
    if writer is None and name != "table":
        known = ", ".join(["table", *(form.name for form in FORMATS)])
        raise click.BadParameter(f"{name}: {known}", param_hint="--format")
    answer = bank.read(bank.ask(catalogue, table, chosen, "site", limit=writer.max_cells if writer else MOST))
    if writer:
        for piece in writer.write(answer, shell.lang, Options(decimal="," if shell.lang == "da" else ".")):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    _show(answer, shell.lang)


def _chosen(selection: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    chosen: dict[str, tuple[str, ...]] = {}
    for part in selection:
        code, equals, text = part.partition("=")
        if not equals:
            raise InvalidQuery(f"«{part}» mangler et =; skriv VAR=udvalg.", f"'{part}' has no =; write VAR=selection.")
        chosen[code] = (*chosen.get(code, ()), *split(text))
    return chosen


def _show(answer: Answer, lang: Lang) -> None:
    """The last axis across, the others down; hidden cells as their sign, and the signs explained."""
    axes = variables(answer, lang)
    console = Console()
    across = axes[-1]
    grid = Grid(title=answer.table.title[lang], caption=_caption(answer, lang), title_justify="left")
    for axis in axes[:-1]:
        grid.add_column(axis.text)
    for line in across.lines:
        grid.add_column(line.text, justify="right")
    seen: set[int] = set()
    cells = _cells(answer, "," if lang == "da" else ".", seen)
    for labels in itertools.product(*([line.text for line in axis.lines] for axis in axes[:-1])):
        grid.add_row(*labels, *itertools.islice(cells, len(across.lines)))
    console.print(grid)
    for byte in sorted(seen - {0}):
        console.print(f"{BY_BYTE[byte].mark} {BY_BYTE[byte].text[lang]}", highlight=False)
    for note in notes(answer):
        if note.mandatory:
            console.print(note.text[lang], highlight=False)


def _cells(answer: Answer, point: str, seen: set[int]) -> Iterator[str]:
    for block in answer.blocks():
        for number, status in zip(texts(block, point), block.status.tolist(), strict=True):
            seen.add(status)
            sign = BY_BYTE[status]
            yield number + sign.mark if sign.number else sign.mark


def _caption(answer: Answer, lang: Lang) -> str:
    source, day = answer.table.source[lang], updated(answer, "date")
    said = f"Kilde: {source} · Opdateret {day}" if lang == "da" else f"Source: {source} · Updated {day}"
    return f"{units(answer, lang)} · {said}"

"""`statbank preview`: the draft on this machine, as readers would see it, with a mark on every page."""

from collections.abc import Sequence

import click

from service.cli.main import Shell
from service.cli.release import PICTURES
from service.preview import LOOPBACK, preview_app, serve
from service.settings import Settings
from tables.acts import History
from tables.catalog import read_library
from tables.model import Act, Text
from tables.release import draft


@click.command()
@click.argument("tables", nargs=-1)
@click.option("--news", multiple=True, metavar="ID", help="Show this article too, or alone with the figures in force.")
@click.option("--port", type=click.IntRange(1, 65535), default=8001, help="Port on 127.0.0.1 (8001).")
@click.pass_obj
def preview(shell: Shell, tables: Sequence[str], *, news: Sequence[str], port: int) -> None:
    """Show the draft of TABLES (all that have figures) on this machine, until it is interrupted."""
    read = read_library(shell.library)
    every = () if news else read.tables
    drawn = tables or [name for name in every if (shell.library / name / "cube.parquet").is_file()]

    def show(act: Act, _history: History) -> None:
        app = preview_app(shell.bank, act.folder, act.effective_at, Settings.from_environment())
        where = f"http://{LOOPBACK}:{port}/"
        shell.say(
            Text(f"Udkastet vises på {where}; stop med Ctrl-C", f"The draft is shown at {where}; stop with Ctrl-C")
        )
        shell.report({"address": where, "tables": sorted(act.tables), "news": list(news)})
        serve(app, port)

    try:
        draft(shell.library, shell.bank, drawn, show, news=news, pictures=PICTURES, progress=shell.say)
    except KeyboardInterrupt:
        shell.say(Text("Udkastet er lukket.", "The draft is closed."))

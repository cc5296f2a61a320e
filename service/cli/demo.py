"""`statbank demo`: a library and a bank with synthetic and real figures, to look at and to try things in."""

from pathlib import Path

import click

from service.cli.main import Shell
from service.cli.progress import progress
from service.cli.release import renderers
from service.news.pictures import pictures
from tables.demo import demo as make_demo
from tables.model import Text


@click.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), default=".demo")
@click.pass_obj
def demo(shell: Shell, folder: Path) -> None:
    """Make the demo bank in DIR (.demo): synthetic register, real figures, and the acts that publish them.

    A demo that is finished is left as it is; to make it anew, take the folder away first.
    """
    with progress(shell) as advance:
        made = make_demo(
            folder,
            renderers=renderers(),
            pictures=pictures,
            progress=lambda what, done: advance(what[shell.lang], done),
        )
    done = Text(f"Demobanken er lavet i {folder}", f"The demo bank is made in {folder}")
    kept = Text(f"Demobanken i {folder} er færdig", f"The demo bank in {folder} is finished")
    shell.say(done if made else kept)
    shell.report({"bank": str(folder / "bank"), "library": str(folder / "library"), "made": made})

"""`statbank demo`: a library and a bank with synthetic and real figures, to look at and to try things in."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from service.cli.main import Shell
from service.cli.progress import progress
from service.cli.release import PICTURES, renderers
from tables import memory
from tables.demo import demo as make_demo
from tables.model import Text


@click.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), default=".demo")
@click.option("--serve", is_flag=True, help="Serve the bank as soon as its first act stands.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, help="Port to serve on (8000).")
@click.pass_obj
def demo(shell: Shell, folder: Path, *, serve: bool, port: int) -> None:
    """Make the demo bank in DIR (.demo): synthetic register, real figures, and the acts that publish them.

    A demo that is finished is left as it is, until its coming act has passed; to make it anew, take the folder away.
    """
    with _server(folder, port) as start:
        with progress(shell) as advance:
            made = make_demo(
                folder,
                renderers=renderers(),
                pictures=PICTURES,
                progress=lambda what, done: advance(what[shell.lang], done),
                standing=lambda: first(folder / "cache", start if serve else None),
            )
        done = Text(f"Demobanken er lavet i {folder}", f"The demo bank is made in {folder}")
        kept = Text(f"Demobanken i {folder} er færdig", f"The demo bank in {folder} is finished")
        shell.say(done if made else kept)
        shell.report({"bank": str(folder / "bank"), "library": str(folder / "library"), "made": made})
        if serve and not made:
            start()


def first(cache: Path, start: Callable[[], None] | None) -> None:
    """The first act stands: it is the beginning of another bank than the one this host may have served here."""
    memory.forget(cache)
    if start is not None:
        start()


@contextmanager
def _server(folder: Path, port: int) -> Iterator[Callable[[], None]]:
    """A function that starts the server beside us. It is waited for in the end, and ends when we do."""
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        names = {"BANK": "bank", "LIBRARY": "library", "CACHE": "cache"}
        given = [f"STATBANK_{name}={folder.resolve() / room}" for name, room in names.items()]
        statbank = str(Path(sys.executable).with_name("statbank"))
        running.append(subprocess.Popen(["/usr/bin/env", *given, statbank, "serve", "--port", str(port)]))  # noqa: S603  # our own program

    def ended(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, ended)
    try:
        yield start
        for server in running:
            server.wait()
    finally:
        signal.signal(signal.SIGTERM, before)
        for server in running:
            server.terminate()
            server.wait()

"""Progress of long work: a bar on stderr where a person watches, silence elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from service.cli.main import Shell

Advance = Callable[[str, float], None]  # what is being done, and how much of all is done (0-1)


@contextmanager
def progress(shell: Shell) -> Iterator[Advance]:
    """Call the yielded function with a step's name and the share done."""
    if not shell.progress:
        yield lambda _step, _share: None
        return
    columns = (TextColumn("{task.description:<44}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("", total=1.0)
        yield lambda step, share: bars.update(task, description=step, completed=share)

"""The articles of a library against its drafts, before there is an act: what the rules alone hide counts as hidden."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tables.catalog import Library
from tables.disclosure.group import primaries
from tables.errors import CatalogError
from tables.files import write_data
from tables.grid import read_cube
from tables.model import Release
from tables.news.cells import Unbuilt
from tables.news.judge import Judged
from tables.news.lay import NEWS, judged_article
from tables.news.standing import laid
from tables.shown import show

_DRAFT = datetime(1970, 1, 1, tzinfo=UTC)  # a draft has no instant


class Drafts:
    """Cubes of the library as if they were released now, laid out as they are asked for."""

    def __init__(self, library: Library, folder: Path) -> None:
        self._library = library
        self._folder = folder
        self._found: dict[str, Release | None] = {}

    def __call__(self, table: str, asof: str | None = None) -> Release | None:
        if table not in self._found:
            self._found[table] = self._laid(table)
        return self._found[table]

    def _laid(self, table: str) -> Release | None:
        described = self._library.tables.get(table)
        cube = self._library.folder / table / "cube.parquet"
        if described is None:
            return None
        if not cube.is_file():
            raise Unbuilt(f"{table} has no figures yet, so this could not be checked; build or import them")
        try:
            grid = read_cube(cube, described)
        except CatalogError:
            return None  # told where the table is checked
        (self._folder / table).mkdir()
        write_data(show(grid, primaries(grid).astype(np.uint8)), self._folder / table)
        return laid(self._folder, described, _DRAFT)


@contextmanager
def drafts(library: Library) -> Iterator[Drafts]:
    with TemporaryDirectory(prefix="statbank-") as folder:
        yield Drafts(library, Path(folder))


def articles(library: Library) -> list[str]:
    return sorted(path.name for path in (library.folder / NEWS).glob("*") if path.is_dir() and path.name[0] not in "._")


def check_news(library: Library) -> Iterator[tuple[str, Judged]]:
    """Every article with its faults and its warnings."""
    with drafts(library) as releases:
        for article in articles(library):
            yield article, judged_article(library, article, releases)

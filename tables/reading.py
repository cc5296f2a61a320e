"""Which engine answers: the array where the release has one, else the database over its cells."""

from pathlib import Path
from typing import Literal, TypeAlias

from tables import array, derive
from tables.model import Answer, Query, Release
from tables.shown import ARRAY, CELLS

Engine: TypeAlias = Literal["auto", "array", "duckdb"]


def needed(release: Release, engine: Engine) -> str:
    """The file of the release that the engine opens."""
    source = release.source or release.act
    held = f"{release.table.id}/{ARRAY}" in source.files
    return ARRAY if held and engine != "duckdb" else CELLS


def answer(query: Query, engine: Engine, allowed: Path) -> Answer:
    """The answer, drawn block by block; `allowed` is the only folder the database may open."""
    if needed(query.release, engine) == ARRAY:
        return derive.read(query, array.gather)
    from tables import cube

    return derive.read(query, cube.gather)

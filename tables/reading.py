"""Which engine answers: the array where the release has one, else the database over its cells."""

from typing import Literal, TypeAlias

from tables import array, cube, derive
from tables.model import Answer, Query, Release
from tables.shown import ARRAY, CELLS

Engine: TypeAlias = Literal["auto", "array", "duckdb"]


def needed(release: Release, engine: Engine) -> str:
    """The file of the release that the engine opens."""
    source = release.source or release.act
    held = f"{release.table.id}/{ARRAY}" in source.files
    return ARRAY if held and engine != "duckdb" else CELLS


def answer(query: Query, engine: Engine) -> Answer:
    """The answer, drawn block by block when it is written."""
    held = needed(query.release, engine) == ARRAY
    return derive.read(query, array.gather if held else cube.gather)

"""Where each kommune stands in the tile map, and which landsdel it lies in; the layout is a file beside this one."""

from collections.abc import Sequence
from csv import DictReader
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

LEVELS: Final = ("kommune", "landsdel")
LAYOUT: Final = Path(__file__).with_name("tiles.csv")


@dataclass(frozen=True, slots=True)
class Tile:
    kommune: str
    column: int
    row: int
    landsdel: str


@cache
def tiles() -> tuple[Tile, ...]:
    with LAYOUT.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Tile(line["kommune"], int(line["column"]), int(line["row"]), line["landsdel"]) for line in DictReader(lines)
        )


def level(codes: Sequence[str]) -> str:
    """What the areas are: kommuner if any is one, else landsdele; empty where the map knows none of them."""
    if not {tile.kommune for tile in tiles()}.isdisjoint(codes):
        return "kommune"
    return "landsdel" if not {tile.landsdel for tile in tiles()}.isdisjoint(codes) else ""

"""The settings of the knowledge base, read from `catalogue.yaml` beside this module."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tables.yamlfile import parse

Ages = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Settings:
    """Years are calendar years, ages completed years at t = 0, levels shares."""

    first_year: int
    last_year: int
    horizon: int
    age_groups: tuple[Ages, ...]
    other_ages: Mapping[str, tuple[Ages, ...]]
    least_children: int
    least_freedom: int
    level_child: float
    level_adult: float
    model_year: str  # the period of what is published

    @property
    def window(self) -> str:
        return f"{self.first_year}-{self.last_year}"

    def ages(self, target_group: str) -> tuple[Ages, ...]:
        return self.other_ages.get(target_group, self.age_groups)

    def level(self, *, adult: bool) -> float:
        return self.level_adult if adult else self.level_child


def _ages(text: str) -> Ages:
    low, high = text.split("-")
    return int(low), int(high)


@cache
def settings() -> Settings:
    path = Path(__file__).with_name("catalogue.yaml")
    data: Any = parse(path.read_text(encoding="utf-8"), path.name).data  # our own file; its shape is kept by the tests
    return Settings(
        int(data["register_fra"]),
        int(data["register_til"]),
        int(data["horisont"]),
        tuple(_ages(text) for text in data["aldersgrupper"]),
        {group: tuple(_ages(text) for text in texts) for group, texts in data["maalgrupper"].items()},
        int(data["mindst_i_gruppe"]),
        int(data["mindst_frihedsgrader"]),
        float(data["niveau"]["barn"]),
        float(data["niveau"]["voksen"]),
        data["modelaar"],
    )

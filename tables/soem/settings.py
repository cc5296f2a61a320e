"""The settings of the knowledge base: `catalogue.yaml` beside this module, and the ages of the target groups."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tables
from tables.catalog import Classification, read_classification
from tables.errors import BadInput, Fault
from tables.yamlfile import parse

PACKAGED: Final = Path(tables.__file__).parent / "library"
GROUPS: Final = Path("classifications") / "maalgrupper.yaml"
AGES: Final = re.compile(r"\d+-\d+")
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


def settings(library: Path = PACKAGED) -> Settings:
    """A library without target groups of its own has those of the package."""
    path = Path(__file__).with_name("catalogue.yaml")
    data: Any = parse(path.read_text(encoding="utf-8"), path.name).data  # our own file; its shape is kept by the tests
    groups = library / GROUPS
    return Settings(
        int(data["register_fra"]),
        int(data["register_til"]),
        int(data["horisont"]),
        tuple(_ages(text) for text in data["aldersgrupper"]),
        dict(_other_ages(read_classification(groups if groups.is_file() else PACKAGED / GROUPS))),
        int(data["mindst_i_gruppe"]),
        int(data["mindst_frihedsgrader"]),
        float(data["niveau"]["barn"]),
        float(data["niveau"]["voksen"]),
        data["modelaar"],
    )


def _other_ages(groups: Classification) -> Iterator[tuple[str, tuple[Ages, ...]]]:
    for code in groups.codes("maalgruppe"):
        texts = groups.row(code).get("ages", "").split()
        wrong = next((text for text in texts if not AGES.fullmatch(text)), None)
        if wrong:
            what = f"'{wrong}' for {code} er ingen aldersgruppe; skriv som 6-13"
            raise BadInput([Fault(str(GROUPS), 0, "ages", what)])
        if texts:
            yield code, tuple(_ages(text) for text in texts)

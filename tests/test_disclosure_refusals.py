"""What people write wrong about the mask is refused with its place and its cure (issue 4, bad input)."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from tables.catalog import read_library
from tables.errors import CatalogError, Refused
from tables.grid import Grid
from tests.cubes import Released, added, areas, dimension, line, shelve, table

EQUAL = {"equal": ["I3", "I1"], "pair": {"LANDSDEL": "KOM"}, "sum": "KOM"}


def two(persons: int = 5) -> tuple[Grid, Grid]:
    """Bornholm has six measures in both, of five persons in the first."""
    local = added(
        table("I1", [areas("KOM", "kommune")], counted="personer"),
        np.array([30, 40, 50, 60, 70, 6]),
        personer=np.array([30, 40, 50, 60, 70, 5]),
    )
    wide = added(
        table("I3", [areas("LANDSDEL", "landsdel")], counted="personer"),
        np.array([120, 130, 6]),
        personer=np.array([120, 130, persons]),
    )
    return local, wide


def faults(library: Path) -> list[str]:
    with pytest.raises(CatalogError) as refused:
        read_library(library)
    return [str(fault) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("change", "place", "cure"),
    [
        ({"equal": ["I9", "I1"]}, ":9: relations[0].equal[0]: ", "'I9' is not in tables:"),
        ({"pair": {"LANDSDEL": "KOMM"}}, ":13: relations[0].pair.LANDSDEL: ", "'KOMM' is not a dimension of I1"),
        ({"only": {"LANDSDEL": ["05"]}}, "relations[0].only.LANDSDEL", "'05' is not a value of LANDSDEL"),
        ({"codes": {"LANDSDEL": {"01": "999"}}}, "relations[0].codes.LANDSDEL.01", "'999' is not a value of KOM"),
        ({"gap": "rare"}, "relations[0].gap", "goes with at_least: only; take it out"),
    ],
)
def test_a_relation_that_cannot_be_mapped_is_refused_with_its_line(
    tmp_path: Path, change: Mapping[str, object], place: str, cure: str
) -> None:
    library = shelve(tmp_path, *two(), relations=[EQUAL | change])

    [fault] = faults(library)

    assert fault.startswith("protection/g.yaml:")
    assert place in fault
    assert cure in fault


def test_a_group_of_an_unknown_table_is_refused_with_its_line(tmp_path: Path) -> None:
    library = shelve(tmp_path, *two())
    path = library / "protection/g.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace('"I3"', '"ISBU99"'), encoding="utf-8")

    [fault] = faults(library)

    assert fault.startswith("protection/g.yaml:4: tables[1]: 'ISBU99' is not a table of the library")


@pytest.mark.parametrize("below", [0, -3])
def test_a_threshold_below_one_is_refused_with_its_line(tmp_path: Path, below: int) -> None:
    library = shelve(tmp_path, line(3, 20, 30, below=below))

    [fault] = faults(library)

    assert fault.startswith("T/table.yaml:")
    assert "disclosure[0].below: below must be at least 1: cells of 1 to below − 1 are hidden" in fault


def test_a_rule_without_its_column_is_refused(tmp_path: Path) -> None:
    bank = Released(tmp_path)
    lacking = added(table("T", [dimension("D", {"TOT": ["A", "B"]})], counted="personer"), np.array([3, 20]))

    with pytest.raises(CatalogError) as refused:
        bank.publish(lacking)

    assert [str(fault) for fault in refused.value.faults] == [
        "T/cube.parquet: personer: the column is missing; table.yaml asks for it"
    ]


def test_a_table_without_a_rule_is_refused(tmp_path: Path) -> None:
    library = shelve(tmp_path, line(3, 20, 30))
    path = library / "T/table.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index(' "disclosure"')].rstrip().rstrip(",") + "\n}", encoding="utf-8")

    assert any(fault.startswith("T/table.yaml") and "disclosure" in fault for fault in faults(library))


def test_an_act_of_one_table_that_cannot_be_protected_alone_is_refused(tmp_path: Path) -> None:
    """Six measures stand released in one table; the same six are of four persons in the other."""
    bank = Released(tmp_path)
    local, wide = two(persons=4)
    shelve(tmp_path / "library", local, wide, relations=[EQUAL])
    bank.again("I1")

    with pytest.raises(Refused) as refused:
        bank.again("I3", at="2024-09-05 08:00")

    assert "I3 LANDSDEL=04 2020" in refused.value.text.en
    assert "release the other tables of the group too" in refused.value.text.en
    assert len(list((tmp_path / "bank/releases").iterdir())) == 1

"""The synthetic register: the same every time, in the layout of the register, with the dirt a build must find."""

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

import tables
from tables.catalog.classification import read_classification
from tables.register import BuildReport, build
from tables.synthetic import Generated, calibrate, generate
from tables.synthetic.parameters import read_kommuner, read_model

LIBRARY = Path(tables.__file__).parent / "library"
MEASURES = (
    "id,pid,cpr_gyldig,foedselsdato,koen,bopaelskommune,handlekommune,indsats,startdato,slutdato,kanal,paa_foraelder,"
    "indberettet"
)
PLACEMENTS = "id,pid,cpr_gyldig,foedselsdato,koen,handlekommune,grundlag,sted,startdato,slutdato,indberettet"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    return generate(tmp_path_factory.mktemp("register"), library=LIBRARY, scale=0.05)


@pytest.fixture(scope="module")
def measures(small: Generated) -> list[dict[str, str]]:
    return rows(small.register)


@pytest.fixture(scope="module")
def placements(small: Generated) -> list[dict[str, str]]:
    return rows(small.placements)


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    one = generate(tmp_path / "one", library=LIBRARY, scale=0.01)

    other = generate(tmp_path / "other", library=LIBRARY, scale=0.01)

    for name in Generated.__slots__:
        assert getattr(one, name).read_bytes() == getattr(other, name).read_bytes(), name


def test_another_seed_gives_another_register(tmp_path: Path) -> None:
    one = generate(tmp_path / "one", library=LIBRARY, scale=0.01)

    other = generate(tmp_path / "other", library=LIBRARY, scale=0.01, seed=7)

    assert one.register.read_bytes() != other.register.read_bytes()


def test_a_year_more_changes_nothing_counted_before_it(tmp_path: Path) -> None:
    def counted(path: Path) -> Counter[tuple[str, ...]]:
        """Faultless reports that began by the end of 2024, and how long they ran up to then."""
        return Counter(
            (row["pid"], row["handlekommune"], row["startdato"], min(row["slutdato"] or "9", "2024-12-31"))
            for row in rows(path)
            if row["foedselsdato"] <= row["startdato"] <= "2024-12-31"
        )

    one = generate(tmp_path / "one", library=LIBRARY, scale=0.01)

    more = generate(tmp_path / "more", library=LIBRARY, scale=0.01, last=2025)

    assert counted(more.register) == counted(one.register)
    assert counted(more.placements) == counted(one.placements)
    assert any(row["startdato"] > "2025-06" for row in rows(more.register))
    population = rows(more.population)
    assert [row["tot22"] for row in population if row["aar"] == "2025"] == [
        row["tot22"] for row in population if row["aar"] == "2024"
    ]


def test_the_files_have_the_layout_of_the_register(small: Generated) -> None:
    heads = [path.read_text("utf-8").split("\n", 1)[0] for path in (small.register, small.placements, small.approvals)]

    assert heads == [MEASURES, PLACEMENTS, "kommune,aar,status,note"]
    assert small.population.read_bytes() == (LIBRARY / "BU43" / "population.csv").read_bytes()


def test_every_code_and_kommune_is_in_the_library(
    measures: list[dict[str, str]], placements: list[dict[str, str]]
) -> None:
    leaves = read_classification(LIBRARY / "classifications" / "indsatser.yaml").codes("paragraf")
    bases = read_classification(LIBRARY / "classifications" / "foranstaltninger.yaml").codes("grundlag")
    homes = read_classification(LIBRARY / "classifications" / "anbringelsessted.yaml").codes("sted")
    kommuner = read_kommuner(LIBRARY).codes

    assert len(kommuner) == 98
    assert {row["handlekommune"] for row in measures} == set(kommuner)
    assert {row["handlekommune"] for row in placements} <= set(kommuner)
    assert {row["indsats"] for row in measures} <= set(leaves)
    assert {row["grundlag"] for row in placements} <= set(bases)
    assert {row["sted"] for row in placements} <= set(homes)
    assert all(row["foedselsdato"] for row in measures + placements)


def test_nothing_starts_outside_the_life_of_its_code(measures: list[dict[str, str]]) -> None:
    indsatser = read_classification(LIBRARY / "classifications" / "indsatser.yaml")

    for row in measures:
        code = indsatser.row(row["indsats"])
        if row["startdato"] and row["startdato"] >= row["foedselsdato"]:
            assert row["startdato"][:4] <= (code["until"] or "9")
            assert row["startdato"][:4] >= (code["since"] if code["lbu"] or not code["sel"] else "0")


def test_the_dirt_is_as_much_as_the_model_says(measures: list[dict[str, str]]) -> None:
    size = len(measures)
    child = [row for row in measures if row["paa_foraelder"] == "0"]
    shares = {
        "E1": sum(row["cpr_gyldig"] == "0" for row in measures) / size,
        "E2": sum(not row["startdato"] for row in measures) / size,
        "E3": sum(bool(row["slutdato"]) and row["slutdato"] < row["startdato"] for row in measures) / size,
        "E7": sum(bool(row["startdato"]) and row["startdato"] < row["foedselsdato"] for row in child) / size,
        "parents": 1 - len(child) / size,
        "web": len({row["handlekommune"] for row in measures if row["kanal"] == "WEB"}) / 98,
        "late": sum(_days(row["startdato"], row["indberettet"]) > 100 for row in measures if row["startdato"]) / size,
    }

    expected = {"E1": 0.002, "E2": 0.001, "E3": 0.001, "E7": 0.001, "parents": 0.012, "web": 0.25, "late": 0.02}
    assert shares == pytest.approx(expected, rel=0.4)


def _days(first: str, second: str) -> int:
    return (date.fromisoformat(second) - date.fromisoformat(first)).days


def test_some_reports_come_twice_and_some_episodes_in_pieces(measures: list[dict[str, str]]) -> None:
    key = ("pid", "handlekommune", "indsats", "startdato")
    times = Counter(tuple(row[name] for name in key) for row in measures)
    ends = {(row["pid"], row["handlekommune"], row["indsats"], row["slutdato"]) for row in measures}
    adjoining = sum(
        (*(row[name] for name in key[:3]), str(date.fromisoformat(row["startdato"]) - timedelta(days=1))) in ends
        for row in measures
        if row["startdato"]
    )

    assert sum(count - 1 for count in times.values()) / len(measures) == pytest.approx(0.006, rel=0.5)
    assert adjoining / len(measures) == pytest.approx(0.10, rel=0.3)


def test_children_are_decided_on_before_birth_in_the_year_of_the_law(placements: list[dict[str, str]]) -> None:
    codes = {row["code"] for row in read_model().tables["unborn_codes"]}
    unborn = [row for row in placements if row["grundlag"] in codes and row["startdato"] and row["cpr_gyldig"] == "1"]

    assert unborn
    assert {row["startdato"][:4] for row in unborn} == {"2024"}
    assert all(0 < _days(row["startdato"], row["foedselsdato"]) <= 120 for row in unborn)


def test_invented_notes_on_kommuner_say_so(small: Generated) -> None:
    approvals = rows(small.approvals)

    assert all(row["note"].endswith("(syntetisk eksempel)") for row in approvals)
    assert {row["status"] for row in approvals if (row["kommune"], row["aar"]) == ("270", "2018")} == {
        "ikke godkendt",
        "fjernet",
    }


def built(made: Generated, out: Path) -> BuildReport:
    return build(
        LIBRARY,
        register=made.register,
        placements=made.placements,
        approvals=made.approvals,
        population=made.population,
        out=out,
    )


@pytest.mark.slow
def test_a_build_finds_the_dirt_and_nothing_else(small: Generated, tmp_path: Path) -> None:
    report = built(small, tmp_path)

    assert not report.left_out
    for suffix, size in (("", len(rows(small.register))), ("_placements", len(rows(small.placements)))):
        rules = Counter(row["rule"] for row in rows(tmp_path / f"errors{suffix}.csv"))
        assert set(rules) == {"E1", "E2", "E3", "E7"}
        assert rules.total() / size == pytest.approx(0.005, rel=0.4)
        assert {row["warning"] for row in rows(tmp_path / f"warnings{suffix}.csv")} <= {"W2"}
    assert len(rows(tmp_path / "duplicates.csv")) / len(rows(small.register)) == pytest.approx(0.006, rel=0.4)


@pytest.mark.slow
def test_the_whole_register_meets_every_published_figure(tmp_path: Path) -> None:
    made = generate(tmp_path, library=LIBRARY)
    built(made, tmp_path / "cubes")

    rows = calibrate(tmp_path / "cubes", made.placements)

    assert len(rows) == 24
    assert [row for row in rows if not row.within and not row.reason] == []


def test_the_targets_are_those_of_the_specification(shared: Path) -> None:
    with (shared / "data" / "kalibrering.csv").open(encoding="utf-8", newline="") as file:
        expected = [tuple(row.values())[:5] for row in csv.DictReader(file)]
    found = [tuple(row.values())[:5] for row in rows(Path(tables.__file__).parent / "synthetic" / "targets.csv")]

    def plain(line: tuple[str, ...]) -> tuple[str, ...]:
        """Placements: the specification says «i alt» where we name the cell of our own table."""
        return line if not line[0].startswith("ANBAAR") else (line[0], *line[2:])

    assert [plain(line) for line in found] == [plain(line) for line in expected]

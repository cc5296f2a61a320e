"""The investment model's pipeline against worked cases, by its rules, and on wrong input."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from service.cli import main as root
from tables.soem.include import included

EXACT = {
    "n",
    "k",
    "n_succes",
    "status",
    "df",
    "signifikant",
    "dropped",
    "medregnet",
    "outcome",
    "t",
    "maalgruppe",
    "aldersgruppe",
}


def run(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(root, ["--quiet", "soem", *map(str, words)])
    assert result.exit_code == code, result.output
    return result.stderr


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def close(got: str, wanted: str, column: str) -> bool:
    if column in EXACT or not wanted:
        return got == wanted
    if column == "p":
        return abs(float(got) - float(wanted)) <= 1e-10
    return float(got) == pytest.approx(float(wanted), rel=1e-8)


CASES = [
    (".", "expected_estimates.csv", ()),
    ("edge", "expected_estimates.csv", ()),
    ("edge", "expected_estimates.hc0-z.csv", ("--se", "HC0", "--dist", "z")),
    ("edge", "expected_estimates.hc3.csv", ("--se", "HC3")),
    ("edge", "expected_estimates.voksen.csv", ("--voksen",)),
    ("grupper", "expected_estimates.csv", ()),
]


@pytest.mark.parametrize(("folder", "expected", "options"), CASES)
def test_the_estimates_of_the_worked_cases(
    shared: Path, tmp_path: Path, folder: str, expected: str, options: tuple[str, ...]
) -> None:
    """som §11.1"""
    here = shared / "data/som-example" / folder

    run("estimate", here / "panel.csv", "--catalogue", here / "katalog.csv", "--out", tmp_path / "e.csv", *options)

    got, wanted = table(tmp_path / "e.csv"), table(here / expected)
    assert len(got) == len(wanted)
    wrong = [(g, w, c) for g, w in zip(got, wanted, strict=True) for c in w if not close(g[c], w[c], c)]
    assert not wrong
    assert list(got[0]) == list(wanted[0])


def same(got: object, wanted: object) -> bool:
    if isinstance(wanted, dict) and isinstance(got, dict):
        return list(got) == list(wanted) and all(same(got[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list) and isinstance(got, list):
        return len(got) == len(wanted) and all(map(same, got, wanted))
    if isinstance(wanted, float) or (isinstance(got, float) and not isinstance(wanted, bool | None)):
        return abs(float(got) - float(wanted)) <= max(1e-4, 1e-9 * abs(float(wanted)))  # type: ignore[arg-type]
    return got == wanted


@pytest.mark.parametrize(
    ("folder", "ending"), [(".", ""), ("edge", ""), ("edge", ".nul"), ("edge", ".negativ"), ("grupper", "")]
)
def test_the_money_of_the_worked_cases(shared: Path, tmp_path: Path, folder: str, ending: str) -> None:
    """som §11.1"""
    here = shared / "data/som-example" / folder
    prices, scenario = here / "priser.csv", here / f"scenario{ending}.json"
    out = ("--economy", tmp_path / "economy.csv", "--out", tmp_path / "net.json")

    run("net", here / "expected_estimates.csv", "--prices", prices, "--scenario", scenario, *out)

    wanted = json.loads((here / f"expected_net{ending}.json").read_text(encoding="utf-8"))
    assert same(json.loads((tmp_path / "net.json").read_text(encoding="utf-8")), wanted)
    rows = zip(table(tmp_path / "economy.csv"), table(here / f"expected_economy{ending}.csv"), strict=True)
    assert all(
        got[column] == want[column]
        if column in ("outcome", "t", "aktoer")
        else same(float(got[column]), float(want[column]))
        for got, want in rows
        for column in want
    )


def test_the_rule_cases(shared: Path, tmp_path: Path) -> None:
    """som §11.2"""
    cases = shared / "data/som-example/rule_cases.csv"

    run("include", cases, "--out", tmp_path / "out.csv")

    assert table(tmp_path / "out.csv") == table(cases)


# A small panel of our own: 60 children, y at t = 0, 2 and 3 falls by 5 for those who succeed.
def panel_rows(seed: int = 1) -> Iterator[dict[str, object]]:
    random = np.random.default_rng(seed)
    for pid in range(60):
        d, age = pid % 2, 6 + pid % 8
        for t in (0, 1, 2, 3):
            y = round(float(20 - 5 * d * (t > 1) + random.normal()), 3)
            yield {
                "pid": pid,
                "t": t,
                "aar0": 2008 + pid % 3,
                "d": d,
                "alder": age if t == 0 else "",
                "fast": 7 if t == 0 else "",
                "y": y,
            }


CATALOGUE = "kolonne,rolle,alder_fra,alder_til\nalder,baggrund,,\nfast,baggrund,,\ny,konsekvens,,\n"


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "katalog.csv").write_text(CATALOGUE, encoding="utf-8")
    return tmp_path


def estimates(here: Path, rows: list[dict[str, object]], *options: str) -> list[dict[str, str]]:
    panel = write(here / "panel.csv", rows)
    run("estimate", panel, "--catalogue", here / "katalog.csv", "--out", here / "e.csv", *options)
    return table(here / "e.csv")


def test_the_order_of_rows_changes_no_estimate(here: Path) -> None:
    rows = list(panel_rows())
    one = estimates(here, rows)
    other = estimates(here, rows[::-1])

    assert [float(row["beta"]) for row in other] == pytest.approx([float(row["beta"]) for row in one], rel=1e-9)


def test_an_outcome_times_1000_gives_beta_times_1000_and_the_same_p(here: Path) -> None:
    """som §11.5"""
    one = estimates(here, list(panel_rows()))
    big = [{**row, "y": float(str(row["y"])) * 1000} for row in panel_rows()]
    other = estimates(here, big)

    for a, b in zip(one, other, strict=True):
        assert float(b["beta"]) == pytest.approx(1000 * float(a["beta"]), rel=1e-8)
        assert float(b["se"]) == pytest.approx(1000 * float(a["se"]), rel=1e-8)
        assert float(b["p"]) == pytest.approx(float(a["p"]), abs=1e-10)


def test_a_constant_column_is_dropped_and_named(here: Path) -> None:
    assert {row["dropped"] for row in estimates(here, list(panel_rows()))} == {"fast"}


def test_estimates_equal_those_of_statsmodels(here: Path) -> None:
    import statsmodels.api as sm

    rows = list(panel_rows())
    got = estimates(here, rows)[0]
    start = [row for row in rows if row["t"] == 0]
    y = np.array([row["y"] for row in rows if row["t"] == 2], dtype=float)
    years = np.array([row["aar0"] for row in start], dtype=float)
    columns = [np.ones(60), [row["d"] for row in start], [row["y"] for row in start], [row["alder"] for row in start]]
    x = np.column_stack([*columns, years == 2009, years == 2010]).astype(float)

    fitted = sm.OLS(y, x).fit(cov_type="HC1", use_t=True)

    assert float(got["beta"]) == pytest.approx(fitted.params[1], rel=1e-8)
    assert float(got["se"]) == pytest.approx(fitted.bse[1], rel=1e-8)
    assert float(got["p"]) == pytest.approx(fitted.pvalues[1], abs=1e-10)


FAULTS = [
    (lambda rows: [*rows, rows[2]], "panel.csv:242: t: pid 0 har t = 2 to gange"),
    (lambda rows: rows[1:], "panel.csv:2: t: pid 0 har ingen række med t = 0"),
    (lambda rows: [{**row, "d": 2} if row["pid"] == 0 else row for row in rows], "panel.csv:2: d: '2'"),
    (lambda rows: [*rows[:1], {**rows[1], "d": ""}, *rows[2:]], "panel.csv:3: d: pid 0 har flere"),
    (lambda rows: [*rows[:1], {**rows[1], "aar0": 2009}, *rows[2:]], "panel.csv:3: aar0: pid 0 har flere"),
    (lambda rows: [{**row, "aar0": 2004} if row["pid"] == 0 else row for row in rows], "panel.csv:2: aar0: '2004'"),
    (
        lambda rows: [{**row, "aar0": 2014} if row["pid"] == 0 else row for row in rows],
        "panel.csv:5: t: pid 0 har t = 3",
    ),
    (lambda rows: [{**rows[0], "t": 0.5}, *rows[1:]], "panel.csv:2: t: '0.5'"),
    (lambda rows: [{**rows[0], "y": "inf"}, *rows[1:]], "panel.csv:2: y: 'inf'"),
    (
        lambda rows: [{**rows[0], "y": "1,5"}, *rows[1:]],
        "panel.csv:2: y: '1,5' er ikke et endeligt tal; skriv decimaler",
    ),
    (lambda rows: [{**rows[0], "y": "1_0"}, *rows[1:]], "panel.csv:2: y: '1_0'"),
]


@pytest.mark.parametrize(("spoil", "told"), FAULTS)
def test_a_fault_of_the_panel_is_told_with_line_and_column(here: Path, spoil: object, told: str) -> None:
    panel = write(here / "panel.csv", spoil(list(panel_rows())))  # type: ignore[operator]

    said = run("estimate", panel, "--catalogue", here / "katalog.csv", "--out", here / "e.csv", code=2)

    assert told in said
    assert not (here / "e.csv").exists()


def test_a_file_in_another_encoding_names_its_line(here: Path) -> None:
    path = write(here / "panel.csv", list(panel_rows()))
    path.write_bytes(path.read_bytes().replace(b"\n0,1,", b"\n\xe6,1,", 1))

    said = run("estimate", path, "--catalogue", here / "katalog.csv", "--out", here / "e.csv", code=2)

    assert "panel.csv:3: linjen er ikke UTF-8; gem filen som UTF-8" in said


@pytest.mark.parametrize(
    ("catalogue", "told"),
    [
        ("y,konsekvens,,\ny,konsekvens,,\n", "katalog.csv:3: kolonne: 'y' står to gange"),
        ("y,udfald,,\n", "katalog.csv:2: rolle: 'udfald'"),
        ("alder,baggrund,,\n", "katalog.csv:1: rolle: ingen kolonne har rollen konsekvens"),
        ("y,konsekvens,18,17\n", "katalog.csv:2: alder_fra: 18 er større"),
        ("andet,konsekvens,,\n", "panel.csv:1: andet: kolonnen mangler"),
    ],
)
def test_a_fault_of_the_catalogue_is_told(here: Path, catalogue: str, told: str) -> None:
    (here / "katalog.csv").write_text("kolonne,rolle,alder_fra,alder_til\n" + catalogue, encoding="utf-8")
    panel = write(here / "panel.csv", list(panel_rows()))

    assert told in run("estimate", panel, "--catalogue", here / "katalog.csv", "--out", here / "e.csv", code=2)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"effekt": 15}, "scenario.json: effekt: effekt skal være en andel mellem -1 og 1; mente du 0,15?"),
        ({"rente": -1}, "scenario.json: rente"),
        ({"deltagere": 1.5}, "scenario.json: deltagere"),
        ({"indsatspris": -1}, "scenario.json: indsatspris"),
        ({"andet": 1}, "scenario.json: andet: ukendt nøgle"),
        ({"effekt": "0.1"}, "scenario.json: effekt"),
    ],
)
def test_a_fault_of_the_scenario_names_the_key(
    shared: Path, tmp_path: Path, change: dict[str, object], told: str
) -> None:
    here = shared / "data/som-example"
    scenario = tmp_path / "scenario.json"
    scenario.write_text(json.dumps({"deltagere": 40, "effekt": 0.15, "indsatspris": 24000, "rente": 0.035, **change}))
    out = ("--economy", tmp_path / "economy.csv", "--out", tmp_path / "net.json")

    said = run(
        "net", here / "expected_estimates.csv", "--prices", here / "priser.csv", "--scenario", scenario, *out, code=2
    )

    assert told in said
    assert not (tmp_path / "net.json").exists()


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=9), st.booleans())
@settings(max_examples=200)
def test_what_is_counted_is_one_span_of_estimated_years(p: list[float | None], adult: bool) -> None:
    counted = included(p, 0.0125, adult=adult)

    places = [place for place, counts in enumerate(counted) if counts]
    certain = [place for place, value in enumerate(p) if value is not None and value < 0.0125]
    assert all(p[place] is not None for place in places)
    assert not places or (len(certain) > 1 and places[0] == certain[0] and places[-1] == certain[-1])
    assert not (adult and places) or certain[0] == 0

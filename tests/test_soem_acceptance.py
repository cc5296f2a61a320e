"""Panels with traps of our own, against a plain reference written from the rules; and what must not change what."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from service.cli import main

Rows = list[dict[str, object]]
BACKGROUND = ("alder", "dreng", "dobbelt", "ind", "fast")
OUTCOMES = {"dage": ("", ""), "voksen": (18, 22), "nul": ("", ""), "sjaelden": (23, "")}


def run(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["--quiet", "soem", *map(str, words)])
    assert result.exit_code == code, result.output
    return result.stderr


def panel(seed: int, children: int = 90) -> Rows:
    """Gaps in years, d, y and background; a column that is twice another, one that never varies, windows of age."""
    random = np.random.default_rng(seed)
    rows: Rows = []
    for pid in range(children):
        d = "" if random.random() < 0.05 else int(random.random() < 0.5)
        age, boy = int(random.integers(10, 17)), int(random.random() < 0.5)
        income = "" if random.random() < 0.1 else round(float(random.normal(12, 1)), 4)
        first = {"alder": age, "dreng": boy, "dobbelt": 2 * boy, "ind": income, "fast": 7}
        year = int(random.integers(2005, 2009))
        for t in range(8):
            if t and random.random() < 0.05:
                continue
            level = 30 + age - (6 if d == 1 and t > 1 else 0)
            days = "" if random.random() < 0.04 else round(float(random.normal(level, 6)), 2)
            adult = round(float(random.gamma(2, 4)), 2) if age + t >= 18 else ""
            row = {"pid": f"b{pid}", "t": t, "aar0": year, "d": d, "ekstra": "tekst"}
            x = first if t == 0 else dict.fromkeys(first, "")
            rows.append(
                {**row, **x, "dage": days, "voksen": adult, "nul": 0, "sjaelden": round(float(random.random()), 3)}
            )
    random.shuffle(rows)  # type: ignore[arg-type]
    return rows


def write(path: Path, rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def catalogue(path: Path, background: Sequence[str] = BACKGROUND) -> Path:
    lines = ["kolonne,rolle,alder_fra,alder_til,blok"]
    lines += [f"{name},baggrund,,,{'barn' if name in ('alder', 'dreng') else 'forbrug'}" for name in background]
    lines += [f"{name},konsekvens,{low},{high}," for name, (low, high) in OUTCOMES.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def estimates(folder: Path, rows: Rows, background: Sequence[str] = BACKGROUND, *more: object) -> list[dict[str, str]]:
    out = folder / "e.csv"
    run(
        "estimate",
        write(folder / "panel.csv", rows),
        "--catalogue",
        catalogue(folder / "k.csv", background),
        "--out",
        out,
        *more,
    )
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reference(rows: Rows, outcome: str, t: int) -> dict[str, object]:
    """The rules of estimation, step by step and slowly."""
    at = {(row["pid"], row["t"]): row for row in rows}
    low, high = OUTCOMES[outcome]
    sample = []
    for (pid, year), row in at.items():
        start = at[pid, 0]
        age = int(str(start["alder"])) + t
        inside = (low == "" or age >= int(low)) and (high == "" or age <= int(high))
        if year == t and row[outcome] != "" and row["d"] != "" and inside:
            sample.append((start, float(str(row[outcome]))))
    d = np.array([float(str(start["d"])) for start, _ in sample])
    told: dict[str, object] = {"n": len(sample), "n_succes": int(d.sum())}
    if not sample:
        return told | {"dropped": ""}
    columns = [("const", np.ones(len(sample))), ("d", d)]
    for name in (outcome, *BACKGROUND):
        called = "y0" if name == outcome else name
        known = np.array([start[name] != "" for start, _ in sample])
        if name == outcome and not known.any():
            continue
        columns.append((called, np.array([float(str(start[name] or 0)) for start, _ in sample])))
        if not known.all():
            columns.append((f"mangler_{called}", (~known).astype(float)))
    years = np.array([int(str(start["aar0"])) for start, _ in sample])
    columns += [(f"aar_{year}", (years == year).astype(float)) for year in sorted(set(years))[1:]]
    kept: list[tuple[str, np.ndarray]] = []
    dropped = []
    for name, values in columns:
        left = values.copy()
        if kept:
            x = np.column_stack([each for _, each in kept])
            for _ in range(2):
                left = left - x @ np.linalg.lstsq(x, left, rcond=None)[0]
        size = np.linalg.norm(values)
        (dropped.append(name) if not size or np.linalg.norm(left) <= 1e-8 * size else kept.append((name, values)))
    told["dropped"] = "|".join(dropped)
    y = np.array([value for _, value in sample])
    k, n = len(kept), len(sample)
    if min(d.sum(), n - d.sum()) < 20 or n - k < 10 or "d" in dropped or np.ptp(y) == 0:
        return told
    x = np.column_stack([values for _, values in kept])
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    e = y - x @ beta
    v = n / (n - k) * inverse @ (x.T * e**2) @ x @ inverse
    se = float(np.sqrt(v[1, 1]))
    return told | {"k": k, "beta": float(beta[1]), "se": se, "p": float(2 * stats.t.sf(abs(beta[1] / se), n - k))}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_estimates_equal_a_reference_written_from_the_rules(tmp_path: Path, seed: int) -> None:
    """som §11.3"""
    rows = panel(seed)

    got = estimates(tmp_path, rows)

    assert {row["status"] for row in got if row["outcome"] == "dage"} == {"ok"}
    for row in got:
        wanted = reference(rows, row["outcome"], int(row["t"]))
        assert (int(row["n"]), int(row["n_succes"]), row["dropped"]) == (
            wanted["n"],
            wanted["n_succes"],
            wanted["dropped"],
        )
        assert (row["status"] == "ok") == ("beta" in wanted), row
        if row["status"] == "ok":
            assert int(row["k"]) == wanted["k"]
            assert float(row["beta"]) == pytest.approx(wanted["beta"], rel=1e-8)
            assert float(row["se"]) == pytest.approx(wanted["se"], rel=1e-8)
            assert float(row["p"]) == pytest.approx(wanted["p"], abs=1e-10)


@pytest.mark.parametrize("seed", [11, 12])
def test_another_layout_of_the_file_gives_the_same_estimates(tmp_path: Path, seed: int) -> None:
    """Columns in another order, numbers written another way, a mark and line ends as spreadsheets leave them."""
    rows = panel(seed)
    one = estimates(tmp_path, rows)
    names = sorted(rows[0], key=lambda name: name[::-1])
    turned = [
        {name: f"{row[name]}.0" if name in ("t", "d") and row[name] != "" else row[name] for name in names}
        for row in rows
    ]
    text = write(tmp_path / "panel.csv", turned).read_text(encoding="utf-8")
    (tmp_path / "panel.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())

    said = run("estimate", tmp_path / "panel.csv", "--catalogue", tmp_path / "k.csv", "--out", tmp_path / "o.csv")

    assert said == "panel.csv: kolonnen ekstra står ikke i kataloget og er ikke brugt\n"
    with (tmp_path / "o.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == one


def test_an_outcome_that_never_varies_is_not_estimated_whatever_its_value(tmp_path: Path) -> None:
    """A mean of many tenths is no tenth in floating point."""
    rows = [{**row, "nul": 0.1} for row in panel(13)]

    assert {row["status"] for row in estimates(tmp_path, rows) if row["outcome"] == "nul"} == {"ikke estimeret"}


def test_the_last_year_is_the_largest_that_is_followed(tmp_path: Path) -> None:
    """A row of t = 11 is no reason for a year 10 that nobody has."""
    rows = panel(14)
    late = {**next(row for row in rows if row["pid"] == "b1"), "t": 11}
    rows = [{**row, "aar0": 2005} for row in [*rows, late]]

    assert [row["t"] for row in estimates(tmp_path, rows) if row["outcome"] == "dage"] == list("234567")


def test_an_age_that_nothing_asks_for_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "k.csv").write_text("kolonne,rolle,alder_fra,alder_til\ndage,konsekvens,,\n", encoding="utf-8")
    path = write(tmp_path / "panel.csv", [{**row, "alder": "ukendt"} for row in panel(15)])

    said = run("estimate", path, "--catalogue", tmp_path / "k.csv", "--out", tmp_path / "o.csv")

    assert "panel.csv: kolonnen alder står ikke i kataloget og er ikke brugt" in said


def test_what_cannot_be_estimated_is_empty_and_says_so(tmp_path: Path) -> None:
    got = estimates(tmp_path, panel(4))

    for row in (row for row in got if row["status"] == "ikke estimeret"):
        assert {row[column] for column in ("k", "beta", "se", "tvalue", "df", "p")} == {""}
        assert (row["signifikant"], row["medregnet"]) == ("False", "False")
    assert {row["status"] for row in got if row["outcome"] == "nul"} == {"ikke estimeret"}
    assert [row["n"] for row in got if row["outcome"] == "sjaelden"][:4] == ["0"] * 4  # 16 + 5 is no 23


def test_a_group_of_four_is_not_estimated(tmp_path: Path) -> None:
    rows = [row for row in panel(5) if row["d"] != 1 or str(row["pid"]) in {"b0", "b1", "b2", "b3"}]

    assert {row["status"] for row in estimates(tmp_path, rows)} == {"ikke estimeret"}


def test_neither_rows_nor_background_in_another_order_change_an_estimate(tmp_path: Path) -> None:
    """som §11.4"""
    rows = panel(6)
    one = estimates(tmp_path, rows)
    other = estimates(tmp_path, rows[::-1], ("fast", "ind", "dreng", "alder", "dobbelt"))

    for a, b in zip(one, other, strict=True):
        assert a["status"] == b["status"]
        if a["beta"]:
            assert float(b["beta"]) == pytest.approx(float(a["beta"]), abs=1e-8)


def test_a_constant_column_changes_only_what_is_dropped(tmp_path: Path) -> None:
    """som §11.6"""
    rows = panel(7)
    one = estimates(tmp_path, rows)
    other = estimates(tmp_path, rows, ("alder", "dreng", "dobbelt", "ind"))

    for a, b in zip(one, other, strict=True):
        assert a["dropped"].replace("|fast", "").replace("fast", "") == b["dropped"]
        rest = [{key: value for key, value in row.items() if key != "dropped"} for row in (a, b)]
        assert rest[0].keys() == rest[1].keys()
        assert all(
            first == second or float(first) == pytest.approx(float(second), rel=1e-9, abs=1e-12)
            for first, second in zip(rest[0].values(), rest[1].values(), strict=True)
        )


def test_the_robustness_table_has_fewer_blocks_first(tmp_path: Path) -> None:
    whole = estimates(tmp_path, panel(8), BACKGROUND, "--robusthed", tmp_path / "r.csv")

    with (tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(dict.fromkeys(row["blokke"] for row in rows)) == ["ingen", "barn", "barn+forbrug", "alle"]
    assert [{key: row[key] for key in whole[0]} for row in rows if row["blokke"] == "alle"] == whole
    widths = {row["blokke"]: int(row["k"]) for row in rows if row["outcome"] == "dage" and row["t"] == "2"}
    assert widths["ingen"] < widths["barn"] < widths["barn+forbrug"] == widths["alle"]


def net(folder: Path, prices: str, scenario: dict[str, object], code: int = 0) -> str:
    (folder / "p.csv").write_text(
        "outcome,type,enhed,kommune,region,stat,prisaar,npi_fra,npi_til\n" + prices, encoding="utf-8"
    )
    (folder / "s.json").write_text(
        json.dumps({"deltagere": 10, "effekt": 0.2, "indsatspris": 500, "rente": 0, **scenario})
    )
    out = ("--economy", folder / "economy.csv", "--out", folder / "net.json")
    return run("net", folder / "e.csv", "--prices", folder / "p.csv", "--scenario", folder / "s.json", *out, code=code)


def test_no_effect_is_minus_the_cost_and_a_stranger_among_prices_is_passed_over(tmp_path: Path) -> None:
    """som §11.7; §13: rows for outcomes that are not estimated are ignored"""
    rows = estimates(tmp_path, panel(9, 200))
    assert any(row["medregnet"] == "True" for row in rows)
    stranger = "ukendt,udgift,dag,5,5,5,2016,100,104\n"

    said = net(tmp_path, "dage,udgift,dag,100,0,50,2016,100,104\n" + stranger, {"effekt": 0})

    told = json.loads((tmp_path / "net.json").read_text(encoding="utf-8"))
    assert (told["nettoresultat_pr_deltager"], told["nettoresultat"]) == (-500, -5000)
    assert "ukendt" not in (tmp_path / "economy.csv").read_text(encoding="utf-8")
    assert told["advarsler"] == []
    assert said == "p.csv: outcome: ukendt er ikke i estimaterne og er ikke brugt\n"


@pytest.mark.parametrize(
    ("prices", "scenario", "told"),
    [
        ("dage,udgift,dag,100,,50,2016,100,104\n", {}, "p.csv:2: region: "),
        ("dage,udgift,dag,100,0,x,2016,100,104\n", {}, "p.csv:2: stat: "),
        ("dage,gave,dag,100,0,0,2016,100,104\n", {}, "p.csv:2: type: "),
        ("dage,udgift,dag,100,0,0,2016,0,104\n", {}, "p.csv:2: npi_fra: "),
        ("dage,udgift,dag,1,0,0,2016,100,104\n" * 2, {}, "p.csv:3: outcome: "),
        ("dage,udgift,dag,1,0,0,2016,100\n", {}, "p.csv:2: "),
        ("dage,udgift,dag,1,0,0,2016,100,104\n", {"effekt": 15}, "s.json: effekt: "),
        ("dage,udgift,dag,1,0,0,2016,100,104\n", {"rente": -1}, "s.json: rente: "),
        ("dage,udgift,dag,1,0,0,2016,100,104\n", {"deltagere": True}, "s.json: deltagere: "),
        ("dage,udgift,dag,1,0,0,2016,100,104\n", {"deltagere": 10**400}, "s.json: deltagere: "),
        ("dage,udgift,dag,1,0,0,2016,100,104\n", {"maalgruppe": "M3"}, "s.json: maalgruppe: ukendt nøgle"),
        ('dage,udgift,dag,"1,5",0,0,2016,100,104\n', {}, "p.csv:2: kommune: '1,5' er ikke et endeligt tal"),
    ],
)
def test_what_is_wrong_with_prices_and_scenario_has_its_place(
    tmp_path: Path, prices: str, scenario: dict[str, object], told: str
) -> None:
    estimates(tmp_path, panel(9, 60))

    assert told in net(tmp_path, prices, scenario, code=2)
    assert not (tmp_path / "net.json").exists()
    assert not (tmp_path / "economy.csv").exists()


def test_a_key_of_the_scenario_is_written_once(tmp_path: Path) -> None:
    estimates(tmp_path, panel(9, 60))
    net(tmp_path, "dage,udgift,dag,1,0,0,2016,100,104\n", {"rente": 1e300})
    twice = '{"deltagere": 1, "deltagere": 2, "effekt": 0, "indsatspris": 0, "rente": 0}'
    (tmp_path / "s.json").write_text(twice, encoding="utf-8")
    out = ("--economy", tmp_path / "e2.csv", "--out", tmp_path / "n2.json")

    said = run(
        "net", tmp_path / "e.csv", "--prices", tmp_path / "p.csv", "--scenario", tmp_path / "s.json", *out, code=2
    )

    assert "s.json: filen er ikke gyldig JSON: en nøgle står to gange" in said
    assert not (tmp_path / "n2.json").exists()


@given(st.integers(0, 10_000), st.floats(0.001, 1000))
@settings(max_examples=8, deadline=None)
def test_money_and_estimates_scale_with_the_outcome(
    tmp_path_factory: pytest.TempPathFactory, seed: int, factor: float
) -> None:
    folder = tmp_path_factory.mktemp("scaled")
    rows = panel(seed, 60)
    one = estimates(folder, rows)
    scaled = [{**row, "dage": row["dage"] if row["dage"] == "" else float(str(row["dage"])) * factor} for row in rows]

    for a, b in zip(one, estimates(folder, scaled), strict=True):
        if a["outcome"] == "dage" and a["beta"]:
            assert float(b["beta"]) == pytest.approx(float(a["beta"]) * factor, rel=1e-6)
            assert float(b["p"]) == pytest.approx(float(a["p"]), abs=1e-9)
            assert a["medregnet"] == b["medregnet"]

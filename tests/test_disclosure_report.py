"""The report for the office: what is hidden, what it costs, what other rules would give, and why one cell is hidden."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from service.cli.disclose import disclose
from service.cli.main import assemble
from tables.disclosure.group import protect
from tables.disclosure.report import changes, report
from tables.grid import Grid
from tables.model import Group, Rule
from tests.cubes import added, areas, dimension, line, shelve, table


def cube() -> Grid:
    rng = np.random.default_rng(4)
    kinds = dimension("I", {"3": ["5", "6"], "5": ["a", "b"], "6": ["c", "d"]})
    leaf = rng.poisson(9.0, (6, 4, 2)) + 40 * (rng.random((6, 4, 2)) < 0.4)
    leaf[0, 0], leaf[5, 3] = 2, 60
    return added(table("T", [areas("KOM", "kommune"), kinds], periods=("2020", "2021")), leaf)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    library = tmp_path / "library"
    monkeypatch.setenv("STATBANK_LIBRARY", str(library))

    def command(*arguments: str, grids: tuple[Grid, ...] = (cube(),)) -> Result:
        if not library.exists():
            shelve(library, *grids)
        return CliRunner().invoke(assemble([disclose]), ["--lang", "en", *arguments])

    return command


def test_the_report_tells_all_that_the_contract_asks_for() -> None:
    one = cube()
    protection = protect(Group("T", ("T",)), {"T": one})

    told = report(Group("T", ("T",)), {"T": one}, protection)

    counts, mask = told.tables["T"], protection.masks["T"]
    assert counts["primary"] == (mask == 1).sum() > 0
    assert counts["secondary"] == (mask == 2).sum() > 0
    assert sum(level["primary"] for level in counts["levels"].values()) == counts["primary"]
    for codes in counts["codes"].values():
        assert sum(code["secondary"] for code in codes.values()) == counts["secondary"]
    assert 0 < counts["of_total"] < 1
    assert counts["rules"]["below=4"] <= counts["rules"]["below=5"] == counts["primary"] <= counts["rules"]["below=6"]
    assert counts["rules"]["I: no leaves"] < counts["primary"]
    assert counts["rules"]["KOM: left out"] < counts["primary"]
    assert counts["stability"].keys() == {"2021"}
    assert counts["stability"]["2021"]["changed"] > 0
    assert told.dearest[0]["weight"] >= told.dearest[-1]["weight"]
    assert all(name.startswith("T KOM=") for one in told.dearest for name in one["protects"])
    assert 0 <= told.minimality["always_small"] <= told.minimality["parts"]
    assert told.minimality["parts"] > 0


def test_a_code_of_which_more_than_half_is_hidden_is_named() -> None:
    one = added(table("T", [areas("KOM", "kommune"), dimension("I", {"3": ["5", "6"]})]), np.full((6, 2), 40))
    leaf = one.numbers["n"].reshape(7, 3).copy()
    leaf[1] = [4, 2, 2]
    leaf[0] -= 80 - np.array([4, 42, 42])
    small = replace(one, numbers={"n": leaf.reshape(-1)})
    protection = protect(Group("T", ("T",)), {"T": small})

    assert "KOM=101" in report(Group("T", ("T",)), {"T": small}, protection).tables["T"]["useless"]


def test_the_command_tells_writes_and_explains(run: object, tmp_path: Path) -> None:
    page = tmp_path / "mask.html"

    told = run("disclose", "T", "--html", str(page))

    assert told.exit_code == 0, told.output
    assert "T: hidden by rules + to protect / cells: " in told.output
    assert "  level 0: " in told.output
    assert " of what is counted is hidden" in told.output
    assert " connected parts have a small number in all possible tables" in told.output
    assert " protects T KOM=" in told.output
    assert page.read_text(encoding="utf-8").startswith('<!doctype html><html lang="en">')


def test_the_command_answers_in_json(run: object) -> None:
    told = json.loads(run("--json", "disclose", "T", "--set", "below=3").output)

    assert told["group"] == "T"
    assert told["tables"]["T"]["levels"]
    assert told["certificate"]["k"] > 1
    assert told["set"] == {"below": "3"}
    assert told["changes"]["T"]["shown_then"] > 0


def test_a_setting_tells_what_would_change(run: object) -> None:
    laxer, stricter = run("disclose", "T", "--set", "below=3"), run("disclose", "T", "--set", "below=8")

    assert "T: 2 cells more would be hidden, 2 fewer" in laxer.output
    assert " cells more would be hidden, 0 fewer" in stricter.output


def test_a_cell_is_explained_by_its_rule_or_by_what_it_protects(run: object) -> None:
    mask = protect(Group("T", ("T",)), {"T": cube()}).masks["T"].reshape(7, 7, 2)
    dimensions = cube().table.dimensions

    def why(kind: int) -> str:
        codes = [d.codes[int(p[0])] for d, p in zip(dimensions, np.nonzero(mask == kind), strict=True)]
        asked = [part for d, code in zip(dimensions, codes, strict=True) for part in ("--cell", f"{d.code}={code}")]
        return str(run("disclose", "T", *asked).output)

    assert "The cell is shown." in why(0)
    assert "Hidden by the rules of the table:\n  n = " in why(1)
    assert "; shown from 5" in why(1)
    assert "Hidden to protect:\n  T KOM=" in why(2)


def test_a_cell_hidden_by_hand_is_explained_by_its_reason(run: object) -> None:
    one = line(30, 20, 30)
    hand = Rule("hide", {"at": {"D": "A"}, "reason": "One school"})
    by_hand = replace(one, table=replace(one.table, disclosure=(*one.table.disclosure, hand)))

    told = run("disclose", "T", "--cell", "D=A", "--cell", "Tid=2020", grids=(by_hand,))

    assert "  by hand: One school" in told.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("NOPE",), "NOPE is not in the library."),
        (("T", "--set", "below"), "Write NAME=VALUE, for instance below=3."),
        (("T", "--set", "under=3"), "No rule has under; write below=3."),
        (("T", "--set", "below=0"), "below must be a whole number, at least 1."),
        (("T", "--cell", "Tid=2020", "--cell", "AREA=1"), "T has no dimension AREA; use KOM, I, Tid."),
        (("T", "--cell", "Tid=2020", "--cell", "KOM=999"), "T KOM: write one of 000, 101"),
        (("T", "--cell", "KOM=101"), "T Tid: write one of 2020, 2021"),
    ],
)
def test_a_wrong_question_is_refused_with_its_cure(run: object, arguments: tuple[str, ...], said: str) -> None:
    told = run("disclose", *arguments)

    assert told.exit_code == 1
    assert said in told.output


def test_changes_count_what_another_rule_hides_and_shows() -> None:
    before, after = np.array([0, 1, 2, 0], dtype=np.uint8), np.array([2, 1, 0, 0], dtype=np.uint8)

    assert changes({"T": before}, {"T": after}) == {"T": {"hidden_too": 1, "shown_then": 1}}

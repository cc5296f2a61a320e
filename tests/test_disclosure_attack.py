"""The red team finds nothing in a masked bank, and plenty where only small cells, or only answers, are masked."""

import io
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import scipy.sparse as sp
from click.testing import CliRunner
from werkzeug.serving import make_server

from service import create_app
from service.cli.attack import attack as command
from service.cli.main import assemble
from service.settings import Settings
from tables.bank import Bank
from tables.catalog import read_library
from tables.disclosure.attack import attack, derived
from tables.disclosure.doors import Fetch, over_http
from tables.disclosure.group import primaries, protect
from tables.disclosure.possible import Part, Proof, proofs
from tables.errors import Refused
from tables.grid import Grid
from tables.model import Group, Rule, Status, Text
from tables.shown import show
from tests.cubes import Released, added, areas, counted, dimension, line, shelve, table, wrong
from tests.test_disclosure_checker import RELATION


@contextmanager
def served(bank: Bank) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(bank, Settings.from_environment()), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def table_of(bank: Released, url: str) -> list[str]:
    library = read_library(bank.folder / "library")
    return [str(finding) for finding in attack(over_http(url), library.tables, tuple(library.groups.values()))]


def opened(bank: Released) -> Bank:
    made = Bank(bank.folder / "bank")
    made.refresh()
    return made


def small_group(more: int = 0) -> tuple[Grid, Grid, Grid]:
    """A table of two years by area and measure, the same for landsdele, and children who may be in two areas."""
    rng = np.random.default_rng(11)
    kinds = dimension("I", {"3": ["5", "6", "7"]})
    local = rng.poisson(7.0, (6, 3, 2))
    local[0, 0, 0] += more
    wide = np.stack([local[:3].sum(0), local[3:5].sum(0), local[5:].sum(0)])
    years = ("2020", "2021")
    persons = [[(at,)] for at, count in enumerate((50, 40, 30, 20, 15, 3)) for _ in range(count)] + [[(0,), (3,)]]
    return (
        added(table("WIDE", [areas("OMR", "landsdel"), kinds], periods=years), wide),
        added(table("LOCAL", [areas("KOM", "kommune"), kinds], periods=years), local),
        counted(table("KIDS", [areas("KOM", "kommune", overlap="rare")], kind="distinct"), persons),
    )


SAME = {"equal": ["WIDE", "LOCAL"], "pair": {"OMR": "KOM"}, "sum": "KOM"}


@pytest.mark.slow
def test_the_red_team_finds_nothing_in_a_masked_bank_of_two_releases(tmp_path: Path) -> None:
    bank = Released(tmp_path)
    bank.publish(*small_group(), relations=[SAME])
    bank.publish(*small_group(more=2), relations=[SAME], at="2024-09-05 08:00", notice=Text("Rettet", "Mended"))
    assert sum(bank.hidden(name).sum() for name in ("WIDE", "LOCAL", "KIDS")) > 20

    with served(opened(bank)) as url:
        found = table_of(bank, url)

    assert found == []


@pytest.mark.slow
def test_the_red_team_finds_plenty_where_only_small_cells_are_hidden(tmp_path: Path) -> None:
    bank = Released(tmp_path)
    bank.publish(*small_group(), relations=[SAME], secondary=False)

    with served(opened(bank)) as url:
        found = table_of(bank, url)

    assert len(found) > 10
    assert any(re.search(r"is \d+: \d+ \[LOCAL .*\] − \(.*\) = \d+", one) for one in found)
    assert any(one.startswith("KIDS") and "counted twice" in one for one in found)


@pytest.mark.slow
def test_the_red_team_finds_plenty_where_answers_are_masked_one_by_one(tmp_path: Path) -> None:
    open_bank, described = Released(tmp_path / "open"), tmp_path / "described"
    grids = small_group()
    shelve(described, *grids, relations=[SAME])
    rule = Rule("none", {"reason": "…"})
    bare = [replace(one, table=replace(one.table, disclosure=(rule,))) for one in grids]
    open_bank.publish(*bare, relations=[SAME])
    library = read_library(described)

    with served(opened(open_bank)) as url:
        fetch = by_answer(over_http(url))
        found = [str(one) for one in attack(fetch, library.tables, tuple(library.groups.values()))]

    assert len(found) > 10
    assert any("LOCAL" in one and "the cell is part of it" in one for one in found)
    assert any("] − (" in one for one in found)


def by_answer(fetch: Fetch) -> Fetch:
    """What a service tells that hides 1 to 4 in each answer by itself."""

    def masked(path: str) -> bytes:
        body = fetch(path)
        if path.startswith("/alt/"):
            return _small_parquet(body)
        text = re.sub(r"(?m)(?<=;)[1-4](?=\r?$)", "..", body.decode())
        text = re.sub(r"(?m)(?<=,)[1-4],(?=\r?$)", ",confidential", text)
        return (
            re.sub(r"(?<=[\[,])[1-4](?=[\],])", "null", text).encode()
            if "JSON" in path or ".json?" in path
            else text.encode()
        )

    return masked


def _small_parquet(body: bytes) -> bytes:
    rows = pq.read_table(io.BytesIO(body))
    small = pc.and_(pc.greater(rows.column("n"), 0), pc.less(rows.column("n"), 5))
    states = pc.if_else(small, pa.scalar(int(Status.CONFIDENTIAL), pa.uint8()), rows.column("n.status"))
    hidden = rows.set_column(rows.column_names.index("n.status"), "n.status", states)
    sink = io.BytesIO()
    pq.write_table(hidden, sink)
    return sink.getvalue()


@pytest.mark.slow
def test_the_red_team_sees_a_door_that_tells_more_than_another(toy: Bank, toy_folder: Path) -> None:
    library = read_library(toy_folder.parent / "library")

    with served(toy) as url:
        honest = over_http(url)

        def leaking(path: str) -> bytes:
            body = honest(path)
            return (
                body.replace(b",,confidential", b",3,")
                if path.startswith("/en/table/TOY.csv?KØN=*".encode().decode())
                else body
            )

        found = list(attack(leaking, library.tables, tuple(library.groups.values())))

    assert len(found) == 2
    assert all(
        "/en/table/TOY.csv" in str(finding) and "says 3, elsewhere it is CONFIDENTIAL" in str(finding)
        for finding in found
    )


def test_a_proof_names_the_sum_that_gives_a_cell_away() -> None:
    lone = line(3, 20, 30)

    found = list(derived(Group("T", ("T",)), {"T": show(lone, primaries(lone).astype(np.uint8))}))

    assert [str(finding) for finding in found] == [
        "T D=A 2020: is 3: 53 [T D=TOT 2020] − (20 [T D=B 2020] + 30 [T D=C 2020]) = 3"
    ]


def test_two_small_cells_under_a_small_sum_are_bounded() -> None:
    lone = line(2, 3, 20, 30)

    found = [
        str(finding) for finding in derived(Group("T", ("T",)), {"T": show(lone, primaries(lone).astype(np.uint8))})
    ]

    assert found == [
        f"T D={code} 2020: is from 1 to 4, below 5: T D TOT ('D',) leaves 5 for 2 cells" for code in ("A", "B")
    ]


def test_a_relation_that_the_figures_contradict_is_not_believed() -> None:
    """43 and 44 cannot both be the sum of the same two hidden cells: a closed table differs from the later one."""
    grids = [
        replace(one, table=replace(one.table, id=name))
        for name, one in (("A", line(3, 40, 50)), ("B", line(4, 40, 50)))
    ]
    mask = np.array([0, 1, 2, 0], dtype=np.uint8)
    group = Group("g", ("A", "B"), ({"equal": ("A", "B"), "only": {"D": ("A", "B")}},))

    found = list(derived(group, {one.table.id: show(one, mask) for one in grids}))

    assert found == []


def test_what_was_running_is_not_told_by_the_year_after(tmp_path: Path) -> None:
    """63 running in 2021, 60 begun in it: 3 were running at the end of 2020, but for what ended that very day."""
    landsdele, kommuner, years = areas("LANDSDEL", "landsdel"), areas("KOM", "kommune"), ("2020", "2021")
    running = [[20, 20], [40, 23], [60, 20], [35, 35], [45, 45], [16, 16]]
    grids = [
        added(table("I1", [kommuner], periods=years), np.array(running)),
        added(table("I3", [landsdele], periods=years), np.array([[70, 60], [30, 30], [8, 8]])),
        added(table("I4", [landsdele], periods=years), np.array([[3, 40], [50, 50], [8, 8]])),
    ]
    group = Group("g", ("I1", "I3", "I4"), (RELATION,))
    protection = protect(group, {one.table.id: one for one in grids})

    found = derived(group, {one.table.id: show(one, protection.masks[one.table.id]) for one in grids})

    assert [str(finding) for finding in found] == []
    assert wrong(protection, tmp_path, *grids, relations=[RELATION]) == []


def running(seed: int) -> list[Grid]:
    """Measures that run, begin and stand at the end of three years, of episodes that begin and end at random."""
    rng = np.random.default_rng(seed)
    years, areas_of = ("2019", "2020", "2021"), np.array([0, 0, 0, 1, 1, 2])  # the landsdel of each kommune
    some = rng.integers(2, 260)
    kommune, begin = rng.choice(6, some, p=[0.5, 0.2, 0.1, 0.1, 0.07, 0.03]), rng.integers(2017, 2022, some)
    end = begin + rng.geometric(0.6, some) - 1  # the last year that it runs in
    runs, starts, stands = (np.zeros(shape, dtype=np.int64) for shape in ((6, 3), (3, 3), (3, 3)))
    for at, year in enumerate(map(int, years)):
        np.add.at(runs[:, at], kommune[(begin <= year) & (end >= year)], 1)
        np.add.at(starts[:, at], areas_of[kommune[begin == year]], 1)
        np.add.at(stands[:, at], areas_of[kommune[(begin <= year) & (end > year)]], 1)
    landsdele, kommuner = areas("LANDSDEL", "landsdel"), areas("KOM", "kommune")
    tables = (("I1", kommuner, runs), ("I3", landsdele, starts), ("I4", landsdele, stands))
    return [added(table(name, [area], periods=years), numbers) for name, area, numbers in tables]


def test_three_years_do_not_give_one_another_away(tmp_path: Path) -> None:
    """Where children are so few that nothing protects them the release is refused."""
    group, masked_ones = Group("g", ("I1", "I3", "I4"), (RELATION,)), 0
    for seed in range(10):
        grids = running(seed)
        try:
            protection = protect(group, {one.table.id: one for one in grids})
        except Refused:
            continue
        masked_ones += any(mask.any() for mask in protection.masks.values())
        shown = {one.table.id: show(one, protection.masks[one.table.id]) for one in grids}
        assert [str(finding) for finding in derived(group, shown)] == []
        assert wrong(protection, tmp_path, *grids, relations=[RELATION]) == []

    assert masked_ones > 4


def test_whole_numbers_prove_what_fractions_do_not() -> None:
    """2x + 3y = 14 lets x be 5½, but no whole number above 4."""
    bounds = np.array([1, 1]), np.array([np.inf, np.inf]), np.array([5, 0])
    part = Part(sp.csr_matrix([[2, 3]]), np.array([-14]), np.zeros(1, dtype=np.uint8), *bounds, np.zeros(2, dtype=bool))

    assert list(proofs(part)) == [Proof(0, 1, 4, ())]


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(Refused, match="http"):
        over_http("file:///etc/passwd")


@pytest.mark.slow
def test_the_command_tells_what_it_found_and_ends_in_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bank, group = Released(tmp_path), tmp_path / "one.yaml"
    bank.publish(line(3, 20, 30), secondary=False)
    group.write_text("tables: [T]\n", encoding="utf-8")
    other = tmp_path / "other.yaml"
    other.write_text("tables: [U]\n", encoding="utf-8")
    monkeypatch.setenv("STATBANK_LIBRARY", str(tmp_path / "library"))

    with served(opened(bank)) as url:
        root = assemble([command])
        found = CliRunner().invoke(root, ["--lang", "en", "attack", url])
        told = CliRunner().invoke(root, ["--json", "attack", url, "--group", str(group)])
        nothing = CliRunner().invoke(root, ["--lang", "en", "attack", url, "--group", str(other)])

    assert found.exit_code == told.exit_code == 1
    assert "= 3\nFound: 1\n" in found.output
    assert [one.partition(":")[0] for one in json.loads(told.output)["findings"]] == ["T D=A 2020"]
    assert (nothing.exit_code, nothing.output) == (0, "Found: 0\n")

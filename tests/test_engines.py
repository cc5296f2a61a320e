"""Both engines against each other and against a slow evaluator that knows nothing of arrays or SQL."""

import multiprocessing
import os
import random
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from itertools import product
from math import floor, prod
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tables import array, cube
from tables.derive import Gather, read
from tables.derive.blocks import rectangles
from tables.errors import Busy, InvalidQuery, NotAdditive, TableDamaged, Timeout
from tables.model import (
    CONTENTS,
    SUM,
    Act,
    Additive,
    Derive,
    Dimension,
    Measure,
    Pick,
    Query,
    Release,
    Status,
    Table,
    Text,
    Value,
)
from tables.selection import resolve

Cell = tuple[int, int, int]  # number, status, decimals
ENGINES: tuple[Gather, ...] = (array.gather, cube.gather)


# ---------------------------------------------------------------------------------------- a release of our own


def word(text: str) -> Text:
    return Text(text, text)


def dimension(code: str, codes: Sequence[str], *, elimination: str | None = None, time: bool = False) -> Dimension:
    return Dimension(code, word(code), tuple(Value(c, word(c)) for c in codes), elimination, time)


def written(folder: Path, table: Table, columns: dict[str, np.ndarray]) -> Release:
    """The files of a release; `columns` are flat and row-major, `<measure>` and `<measure>.status`."""
    act = Act(1, "release", datetime(2025, 5, 23, 6, tzinfo=UTC), folder, word("t"), {}, {})
    place = folder / table.id
    place.mkdir(parents=True)
    batch = pa.record_batch([pa.array(column) for column in columns.values()], names=list(columns))
    with pyarrow.ipc.new_file(str(place / "shown.arrow"), batch.schema) as sink:
        sink.write_batch(batch)
    codes = list(product(*(dim.codes for dim in table.dimensions)))
    rows = {dim.code: [row[at] for row in codes] for at, dim in enumerate(table.dimensions)}
    for measure in table.measures:
        hidden = columns[f"{measure.code}.status"] > Status.REVISED
        rows[measure.code] = pa.array(columns[measure.code], mask=hidden)
        rows[f"{measure.code}.status"] = columns[f"{measure.code}.status"]
    pq.write_table(pa.table(rows), place / "cells.parquet", row_group_size=7)
    return Release(table, act)


def answered(query: Query, gather: Gather) -> list[Cell]:
    cells: list[Cell] = []
    for block in read(query, gather).blocks():
        assert block.values.dtype == np.int64
        assert block.status.dtype == np.uint8
        assert block.values.shape == block.status.shape == (block.values.size,)
        decimals = np.broadcast_to(np.asarray(block.decimals), block.values.shape)
        cells += zip(block.values.tolist(), block.status.tolist(), decimals.tolist(), strict=True)
    return cells


# ---------------------------------------------------------------------------------------- the slow evaluator


class Slow:
    """One cell at a time, in fractions; written from the rules of domain §11, dst-api §7.3 and ux §3."""

    def __init__(self, query: Query, columns: dict[str, np.ndarray]) -> None:
        self.query = query
        self.table = query.release.table
        self.columns = columns
        self.large = False

    def answer(self) -> list[Cell]:
        lines = [
            list(self.query.measures) if axis == CONTENTS else list(self.query.picks[axis]) for axis in self.query.axes
        ]
        found = []
        for place in product(*lines):
            at = dict(zip(self.query.axes, place, strict=True))
            measure = at.pop(CONTENTS)
            for code, total in self.query.eliminated.items():
                codes = self.table.dimension(code).codes
                at[code] = Pick("", word(""), codes if total == SUM else (total,), "sum" if total == SUM else "code")
            found.append(self.derived(measure, at))
        self.large |= any(abs(number) > LARGEST for number, _, _ in found)
        return found

    def derived(self, measure: Measure, at: dict[str, Pick]) -> Cell:
        cell, derive = self.cell(measure, at), self.query.derive
        if derive is None:
            return cell
        codes = self.table.dimension(derive.dimension).codes
        if derive.base is None:
            parts = tuple(part for pick in self.query.picks[derive.dimension] for part in pick.parts)
            against: Pick | None = Pick("", word(""), parts, "sum")
        else:
            wanted = self.base(derive, codes, at[derive.dimension].parts[0])
            against = Pick("", word(""), (wanted,)) if wanted in codes else None
        base = self.cell(measure, {**at, derive.dimension: against}) if against else (0, 4, 0)
        decimals = measure.decimals if derive.kind == "change" else derive.decimals
        status = comparison(cell, base, quotient=derive.kind != "change")
        if status > 2:
            return 0, status, decimals
        number = Fraction(cell[0]), Fraction(base[0])
        if derive.kind == "change":
            return int(number[0] - number[1]), status, decimals
        top = number[0] - number[1] if derive.kind == "pct" else number[0]
        return up(derive.factor * 10**derive.decimals * top / number[1]), status, decimals

    @staticmethod
    def base(derive: Derive, codes: Sequence[str], now: str) -> str | None:
        if derive.base == "previous":
            return codes[codes.index(now) - 1] if codes.index(now) else None
        return str(int(now[:4]) - 1) + now[4:] if derive.base == "year" else derive.base

    def cell(self, measure: Measure, at: dict[str, Pick]) -> Cell:
        found = self.reckoned(measure, at)
        self.large |= abs(found[0]) > LARGEST
        return found

    def reckoned(self, measure: Measure, at: dict[str, Pick]) -> Cell:
        order = [dim.code for dim in self.table.dimensions if at[dim.code].op not in ("code", "sum")]
        if not order:
            return self.summed(measure, at)
        last = order[-1]
        op, (one, other) = at[last].op, at[last].parts
        left = self.cell(measure, {**at, last: Pick("", word(""), (one,))})
        right = self.cell(measure, {**at, last: Pick("", word(""), (other,))})
        status = comparison(left, right, quotient=op == "divide")
        decimals = 2 if op == "divide" else left[2]
        if status > 2:
            return 0, status, decimals
        if op == "subtract":
            return left[0] - right[0], status, decimals
        if op == "multiply":
            return up(Fraction(left[0] * right[0], 10**decimals)), status, decimals
        return up(Fraction(left[0], right[0]) * 100), status, decimals

    def summed(self, measure: Measure, at: dict[str, Pick]) -> Cell:
        numbers, states = [], []
        for codes in product(*(at[dim.code].parts for dim in self.table.dimensions)):
            offset = 0
            for dim, code in zip(self.table.dimensions, codes, strict=True):
                offset = offset * len(dim.values) + dim.codes.index(code)
            numbers.append(int(self.columns[measure.code][offset]))
            states.append(int(self.columns[f"{measure.code}.status"][offset]))
        if all(pick.op == "code" for pick in at.values()):
            return numbers[0], states[0], measure.decimals
        if 5 in states or 4 in states or set(states) == {3}:
            return 0, max(state for state in states if state > 2), measure.decimals
        return sum(numbers), 1 if 1 in states else 0, measure.decimals


def comparison(left: Cell, right: Cell, *, quotient: bool) -> int:
    states = {left[1], right[1]}
    for status in (5, 4, 3):
        if status in states:
            return status
    if quotient and right[0] == 0:
        return 3
    return 1 if 1 in states else 0


LARGEST = 2**63 - 1


def up(number: Fraction) -> int:
    return floor(number + Fraction(1, 2))


# ---------------------------------------------------------------------------------------- random tables and questions

PERIODS = ("2019K4", "2020K1", "2020K2", "2020K3", "2020K4", "2021K1")
ALL = ("A Å", "B", 'C"x')


@st.composite
def tables(draw: st.DrawFn) -> tuple[Table, dict[str, np.ndarray]]:
    names = ALL[: draw(st.integers(1, 3))]
    dims = []
    for name in names:
        codes = [f"{name[0].lower()}{number}" for number in range(draw(st.integers(1, 4)))]
        dims.append(dimension(name, codes, elimination=draw(st.sampled_from((None, SUM, codes[0])))))
    dims.insert(draw(st.integers(0, len(dims))), dimension("Tid", PERIODS[: draw(st.integers(1, 6))], time=True))
    over = tuple(Additive(name) for name in names)
    measures = tuple(
        Measure(f"m{n}", word("m"), word("u"), "additive", decimals=draw(st.integers(0, 2)), additive_over=over)
        for n in range(draw(st.integers(1, 3)))
    )
    table = Table("T", word("t"), "1", word("s"), tuple(dims), measures, ())
    size = prod(table.shape)
    columns: dict[str, np.ndarray] = {}
    chance = random.Random(draw(st.integers(0, 2**32)))
    for measure in measures:
        status = np.array(chance.choices(range(6), weights=(8, 2, 2, 2, 2, 2), k=size), dtype=np.uint8)
        reach = chance.choice((3, 12, 10**12))
        values = np.array([chance.randint(-reach, reach) for _ in range(size)], dtype=np.int64)
        columns[measure.code] = np.where(status > 2, 0, values)
        columns[f"{measure.code}.status"] = status
    return table, columns


@st.composite
def questions(draw: st.DrawFn, release: Release) -> Query:
    table = release.table
    chosen: dict[str, list[str]] = {}
    calculated = draw(st.sampled_from((None, None, "share", "base", "change", "pct", "index")))
    for dim in draw(st.permutations(table.dimensions)):
        free = dim.elimination is not None or dim.time
        if free and draw(st.integers(0, 3)) == 0:
            continue
        entries = draw(st.lists(st.sampled_from((*dim.codes, "*")), max_size=3))
        if calculated is None or (calculated in ("share", "base") and not dim.time):
            addable = [code for code in dim.codes if code != dim.elimination]
            if addable and not dim.time and draw(st.booleans()):
                parts = draw(st.lists(st.sampled_from(addable), min_size=1, max_size=3, unique=True))
                entries.append(f"sum({';'.join(parts)})")
            if calculated is None and len(dim.codes) > 1 and draw(st.booleans()):
                op = draw(st.sampled_from(("subtract", "divide") if dim.time else ("subtract", "divide", "multiply")))
                entries.append(f"{op}({draw(st.sampled_from(dim.codes))};{draw(st.sampled_from(dim.codes))})")
        chosen[dim.code] = entries or [draw(st.sampled_from(dim.codes))]
    if len(table.measures) > 1:
        chosen = dict(draw(st.permutations([*chosen.items(), (CONTENTS, ["*"])])))
    derive = None
    if calculated in ("share", "base"):
        along = draw(st.sampled_from([code for code in chosen if code != CONTENTS] or ["Tid"]))
        base = draw(st.sampled_from(table.dimension(along).codes)) if calculated == "base" else None
        derive = Derive("share", along, base, factor=draw(st.sampled_from((100, 1000))))
    elif calculated in ("change", "pct", "index"):
        base = draw(
            st.sampled_from(
                ("previous", "year", table.time.codes[0]) if calculated != "index" else (None, table.time.codes[-1])
            )
        )
        derive = Derive(calculated, "Tid", base)
    try:
        query = resolve(release, chosen, "dst", derive=derive, descending=draw(st.booleans()))
    except NotAdditive:
        assume(False)
    return replace(query, axes=tuple(draw(st.permutations(query.axes))))


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bank") / "releases"


QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@settings(max_examples=30, deadline=None, suppress_health_check=QUIET)
@given(data=st.data(), block=st.sampled_from((2, 7, 65_536)))
def test_both_engines_and_the_slow_evaluator_agree(releases: Path, data: st.DataObject, block: int) -> None:
    agree(releases, data, block)


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=QUIET)
@given(data=st.data(), block=st.sampled_from((2, 7, 65_536)))
def test_both_engines_and_the_slow_evaluator_agree_on_hundreds_of_questions(
    releases: Path, data: st.DataObject, block: int
) -> None:
    agree(releases, data, block)


def agree(releases: Path, data: st.DataObject, block: int) -> None:
    table, columns = data.draw(tables())
    release = written(releases / f"{len(list(releases.glob('*')))}", table, columns)
    query = data.draw(questions(release))
    slow = Slow(query, columns)
    expected = slow.answer()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tables.derive.blocks.BLOCK", block)
        patch.setattr("tables.derive.sums.BLOCK", block)
        for gather in ENGINES:
            if slow.large:
                with pytest.raises(InvalidQuery):
                    answered(query, gather)
            else:
                assert answered(query, gather) == expected


# ---------------------------------------------------------------------------------------- what the rules say


def small(folder: Path, numbers: Sequence[int], states: Sequence[int] | None = None, *, decimals: int = 0) -> Release:
    """KØN 0 D P 9 by two years; D and P add up."""
    dims = (dimension("KØN", ("0", "D", "P", "9"), elimination="0"), dimension("Tid", ("2023", "2024"), time=True))
    measure = Measure("børn", word("b"), word("Antal"), "additive", decimals, (Additive("KØN"),))
    status = np.array(states or [0] * 8, dtype=np.uint8)
    columns = {"børn": np.array(numbers, dtype=np.int64), "børn.status": status}
    return written(folder / "releases" / "one", Table("T1", word("t"), "1", word("s"), dims, (measure,), ()), columns)


@pytest.mark.parametrize("gather", ENGINES)
def test_measures_stand_where_the_question_wants_them(tmp_path: Path, gather: Gather) -> None:
    dims = (dimension("A", ("1", "2")), dimension("Tid", ("2023", "2024"), time=True))
    kinds = (Measure("m", word("m"), word("u"), "additive"), Measure("r", word("r"), word("u"), "ratio", decimals=1))
    table = Table("T2", word("t"), "1", word("s"), dims, kinds, ())
    clear = np.zeros(4, dtype=np.uint8)
    columns = {"m": np.arange(4), "m.status": clear, "r": np.arange(10, 14), "r.status": clear}
    release = written(tmp_path / "releases" / "one", table, columns)
    asked = {"A": ["*"], "Tid": ["*"], CONTENTS: ["*"]}

    first = resolve(release, asked, "site", order=(CONTENTS, ...))
    middle = resolve(release, asked, "site", order=("Tid", CONTENTS, "A"))
    last = resolve(release, asked, "site", order=(..., CONTENTS))

    assert [cell[::2] for cell in answered(first, gather)] == [
        (0, 0),
        (1, 0),
        (2, 0),
        (3, 0),
        (10, 1),
        (11, 1),
        (12, 1),
        (13, 1),
    ]
    assert [cell[0] for cell in answered(middle, gather)] == [0, 2, 10, 12, 1, 3, 11, 13]
    assert [cell[0] for cell in answered(last, gather)] == [0, 10, 1, 11, 2, 12, 3, 13]


def test_an_answer_comes_in_blocks_that_cover_it_once_in_order(tmp_path: Path) -> None:
    for shape in ((3, 5, 7), (70_000,), (2, 40_000), (65_537, 3), (1, 1), (300, 300, 2)):
        places = np.arange(prod(shape)).reshape(shape)

        pieces = [places[tuple(slice(*span) for span in spans)].ravel() for spans in rectangles(shape)]

        assert max(piece.size for piece in pieces) <= 65_536
        assert np.array_equal(np.concatenate(pieces), places.ravel())


def test_nothing_is_opened_before_a_block_is_asked_for(tmp_path: Path) -> None:
    release = small(tmp_path, range(8))
    query = resolve(release, {"KØN": ["*"]}, "dst")
    (release.path("shown.arrow")).unlink()

    answer = read(query, array.gather)

    with pytest.raises(TableDamaged):
        next(iter(answer.blocks()))


@pytest.mark.parametrize("gather", ENGINES)
def test_a_file_of_the_wrong_size_is_a_damaged_table(tmp_path: Path, gather: Gather) -> None:
    release = small(tmp_path, range(8))
    longer = dimension("Tid", ("2023", "2024", "2025"), time=True)
    grown = Release(replace(release.table, dimensions=(release.table.dimensions[0], longer)), release.act)

    with pytest.raises(TableDamaged):
        answered(resolve(grown, {"KØN": ["*"], "Tid": ["*"]}, "dst"), gather)


@pytest.mark.parametrize("name", ["shown.arrow", "cells.parquet"])
@pytest.mark.parametrize("content", [b"", b"PAR1 nothing of the kind", None])
def test_a_file_that_cannot_be_read_is_a_damaged_table(tmp_path: Path, name: str, content: bytes | None) -> None:
    release = small(tmp_path, range(8))
    release.path(name).unlink()
    if content is not None:
        release.path(name).write_bytes(content)
    query = resolve(release, {"KØN": ["*"]}, "dst")

    with pytest.raises(TableDamaged):
        answered(query, array.gather if name == "shown.arrow" else cube.gather)


def test_the_array_engine_keeps_no_file_open(tmp_path: Path) -> None:
    release = small(tmp_path, range(8))
    before = len(os.listdir("/proc/self/fd"))

    answered(resolve(release, {}, "dst"), array.gather)

    assert len(os.listdir("/proc/self/fd")) == before


# ---------------------------------------------------------------------------------------- many at once, and forks


def test_threads_never_get_each_others_cells(tmp_path: Path) -> None:
    release = small(tmp_path, range(10, 18))
    values = {code: 10 + 2 * at for at, code in enumerate(("0", "D", "P", "9"))}
    start = threading.Barrier(8)
    wrong: list[object] = []

    def ask(number: int) -> None:
        start.wait()
        for turn in range(25):
            code = ("0", "D", "P", "9")[(number + turn) % 4]
            query = resolve(release, {"KØN": [code, "0"], "Tid": ["*"]}, "dst")
            for gather in ENGINES:
                found = [cell[0] for cell in answered(query, gather)]
                expected = [values[c] + year for c in dict.fromkeys((code, "0")) for year in (0, 1)]
                if found != expected:
                    wrong.append((code, found))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong


def forked(query: Query, queue: "multiprocessing.SimpleQueue[list[list[Cell]]]") -> None:
    queue.put([answered(query, gather) for gather in ENGINES])


def test_a_forked_child_opens_its_own_engines(tmp_path: Path) -> None:
    query = resolve(small(tmp_path, range(8)), {"KØN": ["*"]}, "dst")
    expected = [answered(query, gather) for gather in ENGINES]
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    child = context.Process(target=forked, args=(query, queue))

    child.start()
    child.join(20)

    assert child.exitcode == 0
    assert queue.get() == expected


# ---------------------------------------------------------------------------------------- the lock-down (operations §7)


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    root = tmp_path_factory.mktemp("host's")
    release = small(root, range(8))
    pq.write_table(pa.table({"x": [1]}), root / "secret.parquet")
    (root / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    (release.act.folder / "out.parquet").symlink_to(root / "secret.parquet")
    connection = cube.opened(root / "releases")
    yield connection, root
    connection.close()


REFUSED = (
    "SELECT * FROM read_parquet('{root}/secret.parquet')",
    "SELECT * FROM '{root}/secret.parquet'",
    "SELECT * FROM read_parquet('{root}/releases/../secret.parquet')",
    "SELECT * FROM read_parquet('file://{root}/secret.parquet')",
    "SELECT * FROM read_parquet('{root}/releases/one/out.parquet')",
    "SELECT * FROM read_parquet('{root}/*.parquet')",
    "SELECT * FROM read_csv('{root}/secret.csv')",
    "SELECT * FROM read_text('{root}/secret.csv')",
    "SELECT * FROM read_blob('{root}/secret.csv')",
    "SELECT * FROM glob('{root}/*')",
    "SELECT * FROM sniff_csv('{root}/secret.csv')",
    "SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')",
    "INSTALL httpfs",
    "LOAD httpfs",
    "EXPORT DATABASE '{root}/dump'",
    "IMPORT DATABASE '{root}/dump'",
    "COPY (SELECT 1) TO '{root}/out.csv'",
    "ATTACH '{root}/other.duckdb'",
    "CREATE PERSISTENT SECRET s (TYPE http)",
    "SET memory_limit='8GB'",
    "SET GLOBAL threads=8",
    "SET enable_external_access=true",
    "SET allowed_directories=['/']",
    "SET max_execution_time=0",
    "SET lock_configuration=false",
    "RESET memory_limit",
    "PRAGMA threads=8",
    "PRAGMA memory_limit='8GB'",
    "SELECT * FROM hidden_frame",
    "SELECT {deep}",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_refuses(locked: tuple[duckdb.DuckDBPyConnection, Path], statement: str) -> None:
    connection, root = locked
    hidden_frame = pa.table({"x": [1]})
    place = str(root).replace("'", "''")

    with pytest.raises(duckdb.Error):
        connection.execute(statement.format(root=place, deep="(" * 400 + "1" + ")" * 400)).fetchall()

    assert hidden_frame.num_rows == 1
    assert not (root / "dump").exists()


def test_the_database_reads_the_folder_it_was_given(locked: tuple[duckdb.DuckDBPyConnection, Path]) -> None:
    connection, root = locked

    rows = connection.execute("SELECT count(*) FROM read_parquet(?)", [f"{root}/releases/one/T1/cells.parquet"])

    assert rows.fetchall() == [(8,)]


def test_what_takes_too_long_or_too_much_is_told_and_the_connection_goes_on(
    locked: tuple[duckdb.DuckDBPyConnection, Path], tmp_path: Path
) -> None:
    connection, _ = locked
    release = small(tmp_path, range(8))

    with pytest.raises(Timeout), cube.told(release):
        connection.execute("SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b").fetchall()
    with pytest.raises(Busy), cube.told(release):
        connection.execute("SELECT len(list(range)) FROM range(200000000)").fetchall()

    assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_an_interrupt_from_another_thread_stops_one_cursor(locked: tuple[duckdb.DuckDBPyConnection, Path]) -> None:
    connection, _ = locked
    slow, other = connection.cursor(), connection.cursor()
    timer = threading.Timer(0.1, slow.interrupt)
    timer.start()

    with pytest.raises(duckdb.InterruptException):
        slow.execute("SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b").fetchall()

    assert other.execute("SELECT 1").fetchall() == [(1,)]
    timer.join()


def test_names_of_the_catalog_are_quoted_and_codes_are_parameters(tmp_path: Path) -> None:
    odd = 'x" = 1 OR 1=1 --'
    dims = (dimension(odd, ("'; DROP TABLE c; --", "b")), dimension("Tid", ("2024",), time=True))
    table = Table("T3", word("t"), "1", word("s"), dims, (Measure('m"', word("m"), word("u"), "additive"),), ())
    columns = {'m"': np.array([3, 4]), 'm".status': np.zeros(2, dtype=np.uint8)}
    release = written(tmp_path / "releases" / "one", table, columns)

    found = answered(resolve(release, {odd: ["*"]}, "dst"), cube.gather)

    assert [cell[0] for cell in found] == [3, 4]

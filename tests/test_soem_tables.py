"""The four published tables of the investment model: their figures, their reasons, and what they must not tell."""

import csv
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from scipy import stats

import tables
from service.cli import main
from tables.catalog import read_library
from tables.errors import BadInput
from tables.grid import cell
from tables.model import Status
from tables.release import release
from tables.shown import Shown, read_shown
from tables.soem.neighbours import told_on
from tables.soem.reasons import reasons, texts
from tables.soem.reference import also_hidden
from tables.soem.settings import settings

PACKAGED = Path(tables.__file__).parent / "library"
SOEM = ("SOEM01", "SOEM02", "SOEM03", "SOEM04")
PRICES = (
    "outcome,type,enhed,kommune,region,stat,prisaar,npi_fra,npi_til\n"
    "inst_dage,udgift,dag,3100,0,500,2016,100.0,104.4\n"
    "loen_uger,indtaegt,uge,1250,0,900,2017,101.2,104.4\n"
)
CATALOGUE = (
    "kolonne,rolle,alder_fra,alder_til\n"
    "alder,baggrund,,\ndreng,baggrund,,\nmor_indkomst_ln,baggrund,,\n"
    "inst_dage,konsekvens,,17\nloen_uger,konsekvens,18,\nprak_laege,konsekvens,,\nmisbrug,konsekvens,18,\n"
)


def children(random: np.random.Generator) -> Iterator[list[object]]:
    """100 children of 13 or 12 (3 of them of success) and some of another group; one background value is rare."""
    for pid in range(100):
        d = pid % 2
        age = 12 if pid in (1, 3, 5) or (d == 0 and pid < 60) else 13
        income = "" if pid in (1, 2, 3, 7) else round(float(random.normal(12, 0.5)), 4)
        boy = int(pid in (0, 2, 4, 6)) if d == 0 else int(pid % 3 == 0)
        for t in range(7):
            first = [age, boy, income] if t == 0 else ["", "", ""]
            days = round(float(max(0, random.normal(60 - 30 * d * (t > 1), 20))))
            yield ["M3", pid, t, 2008, d, *first, days, round(float(random.normal(20 + d, 5)), 2), 1 + pid % 4, 0]
    for pid in range(12):
        for t in range(4):
            first = [7, 1, 12] if t == 0 else ["", "", ""]
            yield ["M5", pid, t, 2009, int(pid < 3), *first, 3, 4, 1, 0]


def write(path: Path, header: Sequence[str], rows: Iterator[list[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


HEADER = (
    *("maalgruppe", "pid", "t", "aar0", "d", "alder", "dreng", "mor_indkomst_ln"),
    *("inst_dage", "loen_uger", "prak_laege", "misbrug"),
)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("soem")
    write(folder / "panel.csv", HEADER, children(np.random.default_rng(7)))
    (folder / "katalog.csv").write_text(CATALOGUE, encoding="utf-8")
    (folder / "priser.csv").write_text(PRICES, encoding="utf-8")
    shutil.copytree(PACKAGED, folder / "library")
    return folder


def estimate(inputs: Path, *more: object, panel: str = "panel.csv") -> tuple[int, str]:
    words = ("soem", "estimate", inputs / panel, "--catalogue", inputs / "katalog.csv", *more)
    result = CliRunner().invoke(main, [str(word) for word in words])
    return result.exit_code, result.stderr


@pytest.fixture(scope="module")
def shown(inputs: Path) -> dict[str, Shown]:
    """The four tables as they are released."""
    more = ("--out", inputs / "e.csv", "--library", inputs / "library", "--prices", inputs / "priser.csv")
    assert estimate(inputs, *more) == (0, "")
    checked = CliRunner().invoke(main, ["check", *SOEM], env={"STATBANK_LIBRARY": str(inputs / "library")})
    assert checked.exit_code == 0, checked.output
    act = release(inputs / "library", inputs / "bank", SOEM, now=True, rehearse=lambda *_: None)
    known = read_library(inputs / "library").tables
    return {table: read_shown(act.folder / table, known[table]) for table in SOEM}


def at(shown: Shown, measure: str, **codes: str) -> float | Status:
    table = shown.table
    codes = {"MAALGRUPPE": "M3", "ALDERSGRUPPE": "6-13", **codes}
    codes.setdefault(table.time.code, table.time.codes[-1])
    place = np.ravel_multi_index([dim.index[codes[dim.code]] for dim in table.dimensions], table.shape)
    assert cell(table, int(place)) == codes
    status = Status(shown.status[measure][place])
    if status > Status.REVISED:
        return status
    return int(shown.values[measure][place]) / 10 ** table.measure(measure).decimals


def test_what_is_estimated_is_published_beside_its_reason(inputs: Path, shown: dict[str, Shown]) -> None:
    with (inputs / "e.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["maalgruppe"] == "M3"]

    for row in rows:
        codes = {"KONSEKVENS": row["outcome"], "T": row["t"]}
        for measure in ("beta", "se", "p"):
            told = at(shown["SOEM01"], measure, **codes)
            if measure == "p" and told == Status.CONFIDENTIAL:  # with the counts it would help to tell
                continue
            assert told == (pytest.approx(float(row[measure]), abs=5e-7) if row[measure] else Status.MISSING)
        assert at(shown["SOEM01"], "medregnet", **codes) == float(row["medregnet"] == "True")
    assert at(shown["SOEM01"], "grund", KONSEKVENS="inst_dage", T="2") == 0
    assert at(shown["SOEM01"], "grund", KONSEKVENS="misbrug", T="6") == reasons().index("hvorfor_ingen_variation") + 1
    assert at(shown["SOEM01"], "grund", KONSEKVENS="loen_uger", T="2") == reasons().index("hvorfor_ingen_boern") + 1
    assert at(shown["SOEM04"], "k", KONSEKVENS="inst_dage", T="2") == float(rows[0]["k"])


def test_the_note_lists_the_reasons_by_their_number(shown: dict[str, Shown]) -> None:
    listed = next(note.text for note in shown["SOEM01"].table.notes if note.text.da.startswith("Kolonnen grund"))

    for number, key in enumerate(reasons(), 1):
        assert f"{number}: {texts()[key].da.replace(' (t = {t})', '')}" in listed.da
        assert f"{number}: {texts()[key].en.replace(' (t = {t})', '')}" in listed.en


def test_impossible_groups_do_not_apply_and_absent_ones_are_missing(shown: dict[str, Shown]) -> None:
    for table, codes in (
        ("SOEM01", {"KONSEKVENS": "inst_dage", "T": "2"}),
        ("SOEM02", {"VARIABEL": "alder"}),
        ("SOEM04", {"KONSEKVENS": "inst_dage", "T": "2"}),
    ):
        for measure in shown[table].table.measures:
            impossible = at(shown[table], measure.code, **{**codes, "MAALGRUPPE": "M8"})
            absent = at(shown[table], measure.code, **{**codes, "MAALGRUPPE": "M1"})
            assert (impossible, absent) == (Status.NOT_APPLICABLE, Status.MISSING)


def test_prices_stand_in_their_year(shown: dict[str, Shown]) -> None:
    prices = shown["SOEM03"]

    assert prices.table.time.codes == ("2016", "2017")
    cell = {"MAALGRUPPE": "ALLE", "KONSEKVENS": "inst_dage", "Tid": "2016"}
    codes = {key: value for key, value in cell.items() if key != "MAALGRUPPE"}
    table = prices.table
    place = np.ravel_multi_index(
        [dim.index[{"MAALGRUPPE": "ALLE", "AKTOER": "kommune", **codes}[dim.code]] for dim in table.dimensions],
        table.shape,
    )
    assert [int(prices.values[m.code][place]) for m in table.measures] == [310000, 1, 1000, 1044]


def test_the_p_value_of_background_is_that_of_welch(inputs: Path, shown: dict[str, Shown]) -> None:
    with (inputs / "panel.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["maalgruppe"] == "M3" and row["t"] == "0"]
    ages = [[float(row["alder"]) for row in rows if row["d"] == d] for d in "10"]

    wanted = stats.ttest_ind(ages[0], ages[1], equal_var=False).pvalue

    assert at(shown["SOEM02"], "p", VARIABEL="alder") == pytest.approx(wanted, abs=5e-7)


def test_a_small_group_is_hidden_and_its_estimate_missing(shown: dict[str, Shown]) -> None:
    codes = {"MAALGRUPPE": "M5", "KONSEKVENS": "prak_laege", "T": "2"}

    told = [at(shown["SOEM01"], measure, **codes) for measure in ("n", "n_succes", "beta", "se", "p")]

    assert told == [Status.CONFIDENTIAL] * 2 + [Status.MISSING] * 3
    assert at(shown["SOEM04"], "gns_succes", **codes) == Status.CONFIDENTIAL
    assert at(shown["SOEM04"], "k", **codes) == Status.MISSING


def test_a_small_age_cannot_be_had_by_subtraction(shown: dict[str, Shown]) -> None:
    """At t = 5 the three of 12 with success are 17, all others 18, and nobody is gone: 50 of SOEM02 less 47 is 3."""
    hidden = {
        outcome: at(shown["SOEM01"], "n", KONSEKVENS=outcome, T="5") == Status.CONFIDENTIAL
        for outcome in ("inst_dage", "loen_uger", "misbrug", "prak_laege")
    }

    assert hidden == {"inst_dage": True, "loen_uger": True, "misbrug": True, "prak_laege": False}
    assert at(shown["SOEM01"], "p", KONSEKVENS="loen_uger", T="5") == Status.CONFIDENTIAL
    assert isinstance(at(shown["SOEM01"], "beta", KONSEKVENS="loen_uger", T="5"), float)
    assert at(shown["SOEM04"], "gns_ikke", KONSEKVENS="loen_uger", T="5") == Status.CONFIDENTIAL
    assert at(shown["SOEM01"], "n_succes", KONSEKVENS="prak_laege", T="5") == 50
    assert at(shown["SOEM01"], "n_succes", KONSEKVENS="prak_laege", T="4") == 50


def test_a_rare_value_and_a_few_missing_ones_are_hidden_with_what_tells_them(shown: dict[str, Shown]) -> None:
    background = shown["SOEM02"]

    assert at(background, "gns_ikke", VARIABEL="dreng") == Status.CONFIDENTIAL
    assert at(background, "forskel", VARIABEL="dreng") == Status.CONFIDENTIAL
    assert at(background, "p", VARIABEL="dreng") == Status.CONFIDENTIAL
    assert at(background, "gns_succes", VARIABEL="dreng") == pytest.approx(0.34)
    # 3 of success and 1 other lack an income; known and missing make up 50 for every characteristic
    for measure in ("mangler_succes", "n_succes", "gns_succes", "mangler_ikke", "n_ikke", "gns_ikke", "forskel", "p"):
        assert at(background, measure, VARIABEL="mor_indkomst_ln") == Status.CONFIDENTIAL
    assert at(background, "n_succes", VARIABEL="alder") == 50
    assert at(background, "mangler_succes", VARIABEL="alder") == 0


def test_columns_for_the_mask_are_in_no_released_file(inputs: Path, shown: dict[str, Shown]) -> None:
    for path in (inputs / "bank" / "releases").rglob("cells.parquet"):
        assert not {name for name in pq.read_schema(path).names if name.startswith(("enere", "boern", "nabo"))}


def windows(ages: np.ndarray) -> dict[str, np.ndarray]:
    return {"young": ages < 18, "youth": (ages >= 18) & (ages < 23), "old": ages >= 18, "all": ages > 0}


def test_a_small_age_takes_one_more_count_with_it() -> None:
    """Three of 23: the count from 18 on, or that from 18 to 22, has to go; it is the one that is given up first."""
    ages = np.array([17] * 30 + [20] * 30 + [23] * 3)
    everyone = np.ones(63, dtype=bool)

    assert told_on(windows(ages), everyone, everyone, 5) == {"youth"}
    assert told_on(windows(ages), everyone, everyone, 3) == set()
    first = {name: windows(ages)[name] for name in ("all", "old", "youth")}
    assert told_on(first, everyone, everyone, 5) == {"old"}  # without all of them the two would still tell


def test_all_who_were_there_bound_those_who_are_left() -> None:
    """Two of 18: where nobody is gone, the count of the others and that of SOEM02 are enough to tell."""
    ages = np.array([17] * 30 + [18] * 2 + [0] * 9)  # nine are gone
    stayed = ages > 0
    chosen = {name: windows(ages)[name] for name in ("all", "old", "young")} | {"young": (ages > 0) & (ages < 18)}

    assert told_on(chosen, np.ones(41, dtype=bool), np.ones(41, dtype=bool), 5) == {"all", "old"}
    assert told_on(chosen, stayed, np.ones(41, dtype=bool), 5) == {"young", "old"}


def answers(*counts: int, reference: int = 0) -> dict[str, np.ndarray]:
    """As many children as are counted, each with the answer that counts it."""
    given = np.repeat(np.arange(len(counts) + 1), (*counts, reference))
    return {f"a{place}": (given == place).astype(float) for place in range(len(counts))}


def test_an_answer_more_is_hidden_where_what_is_left_is_small() -> None:
    assert also_hidden(answers(30, 20, 10, reference=40), 5) == set()
    assert also_hidden(answers(30, 20, 10, reference=3), 5) == {"a2"}  # the reference itself
    assert also_hidden(answers(30, 20, 2, reference=40), 5) == set()  # two are told from the forty by nobody
    assert also_hidden(answers(30, 20, 2), 5) == {"a1"}  # all that is left would be the two
    assert also_hidden(answers(30, 9, 2, reference=1), 5) == {"a1"}
    assert also_hidden({"one": np.ones(9), "two": np.ones(9)}, 5) == set()  # who answers twice makes up nothing


def test_a_panel_without_target_groups_is_not_published(inputs: Path, tmp_path: Path) -> None:
    rows = (row[1:] for row in children(np.random.default_rng(7)) if row[0] == "M3")
    write(inputs / "plain.csv", HEADER[1:], rows)
    shutil.copytree(PACKAGED, tmp_path / "library")
    more = ("--library", tmp_path / "library", "--prices", inputs / "priser.csv", "--out", tmp_path / "e.csv")

    code, said = estimate(inputs, *more, panel="plain.csv")

    assert code == 2
    assert "plain.csv:1: maalgruppe: kolonnen mangler" in said
    assert not (tmp_path / "e.csv").exists()
    assert not (tmp_path / "library" / "SOEM01" / "cube.parquet").exists()


def test_a_code_without_a_text_is_not_published(inputs: Path, tmp_path: Path) -> None:
    rows = (["M77", *row[1:]] for row in children(np.random.default_rng(7)) if row[0] == "M3")
    write(inputs / "strange.csv", HEADER, rows)
    more = ("--library", tmp_path, "--prices", inputs / "priser.csv", "--out", tmp_path / "e.csv")

    code, said = estimate(inputs, *more, panel="strange.csv")

    assert code == 2
    assert "classifications/maalgrupper.yaml: maalgruppe: 'M77' i panelet mangler" in said
    assert not list(tmp_path.iterdir())


def test_the_ages_of_a_target_group_are_said_in_its_library(tmp_path: Path) -> None:
    path = tmp_path / "classifications" / "maalgrupper.yaml"
    path.parent.mkdir()
    text = (PACKAGED / "classifications" / "maalgrupper.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("; 0-5   ;", "; 3-5   ;"), encoding="utf-8")

    assert settings(tmp_path).ages("M8") == ((3, 5),)
    assert settings(tmp_path).ages("M3") == settings().ages("M3") == ((6, 13), (14, 17))
    assert settings().ages("M8") == ((0, 5),)
    path.write_text(text.replace("; 0-5   ;", "; små   ;"), encoding="utf-8")
    with pytest.raises(BadInput, match="'små' for M8"):
        settings(tmp_path)


def test_codes_and_texts_are_those_of_the_knowledge_base(shared: Path) -> None:
    folder = shared / "data/som-example/kataloger"
    known = read_library(PACKAGED).classifications

    def rows(name: str) -> list[dict[str, str]]:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    outcomes = rows("konsekvenser.csv")
    assert known["konsekvenser"].codes("konsekvens") == tuple(row["kolonne"] for row in outcomes)
    for row in outcomes:
        own = known["konsekvenser"].row(row["kolonne"])
        assert (own["da"], own["en"]) == (row["aktivitet_da"], row["aktivitet_en"])
        assert (own["type"], own["age_from"], own["age_to"]) == (row["type"], row["alder_fra"], row["alder_til"])
    background = rows("baggrund.csv")
    own_codes = known["soembaggrund"].codes("variabel")  # `_foer`: a column that is a consequence too has two names
    assert [code.removesuffix("_foer") for code in own_codes] == [row["kolonne"] for row in background]
    assert [known["soembaggrund"].row(code)["da"] for code in own_codes] == [row["tekst_da"] for row in background]
    assert {row["noegle"]: (row["da"], row["en"]) for row in rows("tekster.csv")} == {
        key: (text.da, text.en) for key, text in texts().items()
    }

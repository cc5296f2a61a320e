"""News: figures bound to cells, every fault with file and line, printed once and public with their act."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from service.cli import main
from tables.bank import Bank, Catalogue
from tables.catalog import read_library
from tables.check import check
from tables.errors import CatalogError, Refused
from tables.model import Act, Text
from tables.news.amounts import per_cent, printed, rounded
from tables.news.check import check_news
from tables.news.directions import typed
from tables.news.grammar import binding
from tables.news.skeleton import new_article
from tables.rehearsal import rehearse
from tables.release import release
from tables.takeback import Undo, withdraw
from tests.conftest import Publish

PACKAGED = Path(__file__).resolve().parents[1] / "tables/library"
DANISH = str.maketrans(",.", ".,")
DA = """\
---
title: Færre drenge fik støtte i 2024
number: "2024:101"
subject: "11"
tables: [TOY]
conditions: Ingen.
contacts: [{name: Kontoret, email: bank@example.dk, phone: "+4500000000"}]
---
I 2024 fik :figure[TOY?KØN=D&Tid=2024] drenge støtte. Det er et fald på
:change[TOY?KØN=D&Tid=2024|from=2023|unit=pct] pct. siden 2023.

| Piger | I alt |
|---|---|
| :figure[TOY?KØN=P&Tid=2024] | **:figure[TOY?Tid=2024\\|round=10]** |

```statbank
table: TOY
select: {KØN: "*", Tid: "*"}
rows: [KØN]
columns: [Tid]
title: Børn med støtte
```

Se [tabellen](https://example.dk/da/tabel/TOY) og § 11, stk. 3, den 31. december.
"""
EN = """\
---
title: Fewer boys received support in 2024
number: "2024:101"
subject: "11"
tables: [TOY]
conditions: None.
contacts: [{name: The office, email: bank@example.dk, phone: "+4500000000"}]
---
In 2024, :figure[TOY?KØN=D&Tid=2024] boys received support, a fall of
:change[TOY?KØN=D&Tid=2024|from=2023|unit=pct] per cent.

| Girls | Total |
|---|---|
| :figure[TOY?KØN=P&Tid=2024] | :figure[TOY?Tid=2024\\|round=10] |

```statbank
table: TOY
select: {KØN: "*", Tid: "*"}
rows: [KØN]
columns: [Tid]
title: Children with support
```
"""


def write(library: Path, da: str = DA, en: str = EN, article: str = "2024-101") -> None:
    folder = library / "news" / article
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "news.da.md").write_text(da, encoding="utf-8")
    (folder / "news.en.md").write_text(en, encoding="utf-8")


def change(library: Path, cells: dict[tuple[str, str, str], int]) -> None:
    path = library / "TOY/cube.parquet"
    rows = pq.read_table(path).to_pylist()
    for row in rows:
        row["antal"] = cells.get((row["KØN"], row["OMRÅDE"], row["Tid"]), row["antal"])
    pq.write_table(pa.Table.from_pylist(rows), path)


def catalogue(folder: Path, now: datetime, asof: str | None = None) -> Catalogue:
    bank = Bank(folder, clock=lambda: now)
    bank.refresh()
    return bank.catalogue(asof)


def test_an_article_is_printed_once_at_release(library: Path, publish: Publish, tmp_path: Path) -> None:
    write(library)

    act = publish(news=("2024-101",))
    article = catalogue(tmp_path / "bank", act.effective_at).news["2024-101"]

    assert {path for path in act.files if path.startswith("news/")} == {
        "news/2024-101/news.da.md",
        "news/2024-101/news.en.md",
        "news/2024-101/figures.json",
    }
    assert "I 2024 fik 18 drenge støtte. Det er et fald på\n10,0 pct. siden 2023." in article.body.da
    assert "| 10 | **30** |" in article.body.da
    assert "18 boys received support, a fall of\n10.0 per cent." in article.body.en
    assert article.title == Text("Færre drenge fik støtte i 2024", "Fewer boys received support in 2024")
    assert article.published == article.updated == act.effective_at
    assert [figure.release for figure in article.figures] == ["TOY@2024-06-06T0600Z"]
    first = article.bound["da"][1]
    assert (first.printed, first.value, first.was, first.since) == ("10,0", 18, 20, "2023")
    assert first.release == "TOY@2024-06-06T0600Z"


@pytest.mark.parametrize("instant", ["2024-03-31 08:00", "2024-10-27 08:00", "2024-06-06 08:00"])
def test_an_article_and_its_table_appear_at_one_instant(
    library: Path, publish: Publish, tmp_path: Path, instant: str
) -> None:
    write(library)
    act = publish(instant, news=("2024-101",))
    just_before = catalogue(tmp_path / "bank", act.effective_at - timedelta(seconds=1))
    on_time = catalogue(tmp_path / "bank", act.effective_at)

    assert (list(just_before.news), list(just_before.releases)) == ([], [])
    assert (list(on_time.news), list(on_time.releases)) == (["2024-101"], ["TOY"])


BOYS = ":figure[TOY?KØN=D&Tid=2024]"
FALL = ":change[TOY?KØN=D&Tid=2024|from=2023|unit=pct]"


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        (BOYS, ":figure[TOY?KØN=D&OMRÅDE=02&Tid=2024]", 9, "TOY?KØN=D&OMRÅDE=02&Tid=2024 is hidden"),
        (FALL, ":change[TOY?KØN=D&OMRÅDE=02&Tid=2024|from=2023]", 10, "is hidden"),
        ("et fald på", "en stigning på", 10, "the sentence tells of a rise, but the figure fell"),
        (BOYS, ":figure[TOY?KØN=X&Tid=2024]", 9, "KØN=X is no value of TOY"),
        (BOYS, ":figure[TOY?SEX=D&Tid=2024]", 9, "SEX is no variable of TOY"),
        (BOYS, ":figure[TOY?KØN=D&Tid=2025]", 9, "Tid=2025 is not in TOY, which goes from 2023 to 2024"),
        (BOYS, ":figure[TOY?KØN=D]", 9, "names no period of TOY; write Tid="),
        (BOYS, ":figure[TOYS?KØN=D&Tid=2024]", 9, "TOYS is not released"),
        (BOYS, ":figure[TOY?KØN=*&Tid=2024]", 9, "KØN=* is no value"),
        (BOYS, ":figure[TOY?KØN=D&Tid=2024|round=50]", 9, "round=50 is no power of ten"),
        (BOYS, ":figure[TOY?KØN=D&Tid=2024|round=10|decimals=1]", 9, "do not go together"),
        (BOYS, ":figure[TOY?KØN=D&Tid=2024|decimals=1]", 9, "the figure has 0"),
        (BOYS, ":figure[TOY?KØN=D&Tid=2024|unit=pct]", 9, "'unit' is no option of :figure"),
        (BOYS, ":figur[TOY?KØN=D&Tid=2024]", 9, "did you mean 'figure'?"),
        (BOYS, ":figure[TOY?KØN=D&Tid=2024", 9, "close it with ]"),
        (FALL, ":change[TOY?KØN=D&Tid=2024]", 10, "a :change says from where"),
        (FALL, ":change[TOY?KØN=D&Tid=2024|from=2022]", 10, "Tid=2022 is not in TOY"),
        (FALL, ":change[TOY?KØN=D&Tid=2024|from=2023|unit=pp]", 10, "percentage points go with a ratio"),
        (FALL, ":change[TOY?KØN=D&Tid=2024|from=2023|unit=pct|decimals=0]", None, ""),
        (FALL, ":change[TOY?KØN=D&Tid=2024|from=2023|round=100]", 10, "rounds to zero beside a word of direction"),
        (FALL, ":change[TOY?KØN=D&Tid=2024|from=2024]", 10, "tells of a fall, but the figure did not change"),
        ("2024:101", "2024:102", 3, "number: '2024:102' is not the folder's; write 2024:101"),
        ('"11"', '"12"', 4, "subject: '12' is not a subject"),
        ("[TOY]", "[TOX]", 5, "tables[0]: 'TOX' is not a table of the library; did you mean 'TOY'?"),
        ("conditions: Ingen.\n", "", 2, "conditions: is missing"),
        ("conditions:", "condition:", 6, "condition: is not a key here; did you mean 'conditions'?"),
        ("title: Færre", f"title: {'Nu ' * 30}", 2, "a title has at most 90"),
        ("rows: [KØN]", "row: [KØN]", 19, "row: is not a key here; did you mean 'rows'?"),
        ("rows: [KØN]", "rows: [KON]", 17, "rows: KON is no variable of TOY"),
        ('Tid: "*"', 'Tid: "2030"', 17, "2030"),
        ("view: table", "view: tabel", None, ""),
        ("title: Børn med", "view: pie\ntitle: Børn med", 21, "view: 'pie' cannot stand here"),
        ("title: Børn med", "asof: 2020-01-01T0600Z\ntitle: Børn med", None, ""),
    ],
)
def test_each_fault_is_told_with_file_and_line(library: Path, old: str, new: str, line: int | None, told: str) -> None:
    write(library, DA.replace(old, new, 1))

    found = [str(fault) for fault in check(read_library(library)).faults]

    if line is None:
        assert found == []
        return
    assert any(fault.startswith(f"news/2024-101/news.da.md:{line}: ") and told in fault for fault in found), found


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("Det er et fald", "Der var 17 flere. Det er et fald", 9, "'17' was typed by hand"),
        ("drenge støtte. Det er et fald", "drenge støtte, så flere eller færre, et fald", 10, "both up and down"),
        ("| :figure[TOY?KØN=P&Tid=2024] |", "| ikke vist |", 0, "is in news/2024-101/news.en.md and not here"),
        ('{KØN: "*", Tid: "*"}', '{KØN: "*", Tid: "2024"}', 16, "shows something else than the figure on line"),
    ],
)
def test_what_a_person_should_look_at_is_a_warning(library: Path, old: str, new: str, line: int, told: str) -> None:
    write(library, DA.replace(old, new, 1))

    report = check(read_library(library))

    assert not report.faults
    assert any(told in str(warning) for warning in report.warnings), report.warnings
    if told.startswith("'17'"):
        assert any(warning.line == line for warning in report.warnings)


def test_a_good_article_has_nothing_to_tell(library: Path) -> None:
    write(library)

    report = check(read_library(library))

    assert [w for w in report.warnings if w.file.startswith("news/")] == []
    assert report.faults == ()


def test_both_languages_are_needed_and_are_one_article(library: Path) -> None:
    write(library, DA, EN.replace("tables: [TOY]", "tables: [TOY]\ndocumentation: boern").replace("```", "~~~~"))
    (library / "news/2024-101/news.en.md").rename(library / "news/2024-101/news.se.md")

    missing = check(read_library(library)).faults

    assert any(fault.file == "news/2024-101/news.en.md" and "is missing" in fault.what for fault in missing)


def test_a_release_is_refused_with_all_faults_of_its_article(library: Path, publish: Publish, tmp_path: Path) -> None:
    write(library, DA.replace(BOYS, ":figure[TOY?KØN=D&OMRÅDE=02&Tid=2024]").replace("et fald", "en stigning"))

    with pytest.raises(CatalogError) as caught:
        publish(news=("2024-101",))
    with pytest.raises(Refused, match="news/2024-999 is not in the library"):
        publish(news=("2024-999",))

    assert [(fault.file, fault.line) for fault in caught.value.faults] == [
        ("news/2024-101/news.da.md", 9),
        ("news/2024-101/news.da.md", 10),
    ]
    assert list((tmp_path / "bank/releases").iterdir()) == []


def test_an_article_alone_takes_its_figures_from_what_is_in_force(
    library: Path, publish: Publish, tmp_path: Path
) -> None:
    publish()
    write(library)

    act = alone(library, tmp_path)
    article = catalogue(tmp_path / "bank", act.effective_at).news["2024-101"]

    assert act.tables == {}
    assert act.parents == {"TOY": 1, "news/2024-101": None}
    assert article.bound["da"][0].release == "TOY@2024-06-06T0600Z"


def alone(library: Path, tmp_path: Path, at: str = "2024-06-07 08:00") -> Act:
    wall = datetime.strptime(at, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    clock: Callable[[], datetime] = lambda: wall - timedelta(hours=3)  # noqa: E731
    return release(library, tmp_path / "bank", (), at=at, clock=clock, rehearse=rehearse, news=("2024-101",))


def test_an_article_issued_again_keeps_its_releases_and_moves_along_corrections(
    library: Path, publish: Publish, tmp_path: Path
) -> None:
    write(library)
    publish(news=("2024-101",))
    change(library, {("D", "000", "2024"): 17, ("D", "01", "2024"): 14})
    publish("2024-06-07 08:00")
    mended = DA.replace("conditions: Ingen.", "conditions: Rettet.")

    write(library, mended)
    kept = catalogue(tmp_path / "bank", alone(library, tmp_path, "2024-06-08 08:00").effective_at).news["2024-101"]

    assert kept.bound["da"][0].printed == "18"
    assert kept.bound["da"][0].release == "TOY@2024-06-06T0600Z"
    assert (kept.published.day, kept.updated.day) == (6, 8)


def test_a_correction_moves_the_article_and_says_what_it_prints_now(
    library: Path, publish: Publish, tmp_path: Path
) -> None:
    write(library)
    publish(news=("2024-101",))
    change(library, {("D", "000", "2024"): 17, ("D", "01", "2024"): 14})
    entry = "corrections: [{at: 2024-06-06 10:48, text: %s}]\n---\nI"
    write(
        library,
        DA.replace("---\nI", entry % "Et tal var forkert."),
        EN.replace("---\nI", entry % "One figure was wrong."),
    )
    said: list[Text] = []

    act = publish("2024-06-06 10:48", news=("2024-101",), notice=Text("Et tal.", "A figure."), progress=said.append)
    article = catalogue(tmp_path / "bank", act.effective_at).news["2024-101"]

    assert article.bound["da"][0].printed == "17"
    assert article.bound["da"][1].printed == "15,0"
    assert article.bound["da"][0].release == "TOY@2024-06-06T0848Z"
    assert [c.text for c in article.corrections] == [Text("Et tal var forkert.", "One figure was wrong.")]
    assert "news/2024-101/news.da.md: TOY?KØN=D&Tid=2024: 18 → 17" in [text.da for text in said]


def test_figures_that_are_withdrawn_take_their_article_along(library: Path, publish: Publish, tmp_path: Path) -> None:
    write(library)
    act = publish(news=("2024-101",))
    why = Text("En fejl viste for meget.", "A fault showed too much.")
    clock: Callable[[], datetime] = lambda: act.effective_at + timedelta(hours=1)  # noqa: E731

    taken = withdraw(tmp_path / "bank", "TOY", "TOY@2024-06-06T0600Z", Undo("2024-06-07 08:00", why, "x"), clock=clock)
    found = catalogue(tmp_path / "bank", taken.effective_at)
    then = catalogue(tmp_path / "bank", taken.effective_at, "2024-06-06T0600Z")

    assert [each["table"] for each in taken.withdraw] == ["TOY", "news/2024-101"]
    for each in (found, then):
        assert dict(each.gone) == {"2024-101": why}
        assert not each.news
    write(library)
    publish("2024-06-08 08:00", news=("2024-101",))
    again = catalogue(tmp_path / "bank", taken.effective_at + timedelta(days=2))
    assert list(again.news) == ["2024-101"]
    assert not (act.folder / "news/2024-101/figures.json").exists()


def test_the_record_is_canonical_and_whole(library: Path, publish: Publish) -> None:
    write(library)

    told = json.loads((publish(news=("2024-101",)).folder / "news/2024-101/figures.json").read_bytes())

    assert told["published"] == "2024-06-06T06:00:00Z"
    assert [each["printed"] for each in told["bound"]["da"]] == ["18", "10,0", "10", "30"]
    assert told["figures"][0]["select"] == {"KØN": "*", "Tid": "*"}


def test_a_skeleton_is_an_article_already(library: Path) -> None:
    new_article(read_library(library), "2024-102", ["TOY"])

    assert [str(f) for f in check(read_library(library)).faults] == []
    with pytest.raises(Refused):
        new_article(read_library(library), "2024-102", ["TOY"])
    with pytest.raises(Refused):
        new_article(read_library(library), "nyt", ["TOY"])


def test_numbers_are_rounded_and_written_as_each_language_does() -> None:
    assert [rounded(each, 100) for each in (51240, 51250, -51250, 49, -50)] == [51200, 51300, -51300, 0, -100]
    assert per_cent(51240, 50000, 1) == 25
    assert per_cent(50000, 51240, 1) == -24
    assert (printed(51200, 0, "da"), printed(51200, 0, "en")) == ("51.200", "51,200")
    assert (printed(-1234567, 1, "da"), printed(25, 1, "en", sign=True)) == ("−123.456,7", "+2.5")


@given(st.integers(-(10**12), 10**12), st.sampled_from([10, 100, 1000]))
def test_rounding_is_symmetric_and_never_further_than_half(value: int, step: int) -> None:
    assert rounded(-value, step) == -rounded(value, step)
    assert abs(rounded(value, step) - value) * 2 <= step
    assert rounded(value, step) % step == 0


def test_years_dates_sections_and_names_are_no_typed_figures() -> None:
    text = "I 2022-2024, den 31. december 2024 kl. 08.00, efter § 11, stk. 3, og §§ 57 a-57 c i ISBU04, nr. 2023:194"

    assert typed(text) == []
    assert typed("de 12-17-årige, børn på 0-22 år, 12-17-year-olds and those of 0-22 years, 2019-2023") == []
    assert typed("12-17 børn i 18 år") == ["12", "17", "18"]
    assert typed("51.200 børn og 2,4 pct.") == ["51.200", "2,4"]


def test_a_binding_is_read_in_any_order_of_its_options() -> None:
    one = binding("change", "T1?A=x&Tid=2024|sign=yes|from=2023|unit=pct|decimals=2")

    assert (one.table, dict(one.cell), one.since, one.unit, one.decimals, one.sign) == (
        "T1",
        {"A": "x", "Tid": "2024"},
        "2023",
        "pct",
        2,
        True,
    )


def test_check_lists_every_figure_with_its_value(library: Path) -> None:
    write(library)

    told = check(read_library(library)).figures

    assert told[0] == "news/2024-101/news.da.md: TOY?KØN=D&Tid=2024: 18 → 18"
    assert told[1] == "news/2024-101/news.da.md: TOY?KØN=D&Tid=2024 from 2023: 20 → 18 → 10,0"


def test_news_is_begun_and_checked_from_the_command_line(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATBANK_LIBRARY", str(library))
    run = CliRunner()

    begun = run.invoke(main, ["--lang", "en", "new", "news", "2024-102", "TOY"])
    good = run.invoke(main, ["--verbose", "check"])
    write(library, DA.replace("et fald", "en stigning"))
    bad = run.invoke(main, ["--lang", "en", "check"])
    twice = run.invoke(main, ["--lang", "en", "new", "news", "2024-102", "TOY"])

    assert (begun.exit_code, good.exit_code, bad.exit_code, twice.exit_code) == (0, 0, 1, 1)
    assert "news/2024-102/news.da.md: TOY?Tid=2024: 28 → 28" in good.output
    assert "news/2024-101/news.da.md:10: " in bad.stderr
    assert "news/2024-102 is there already" in twice.stderr


DEMO = {  # the cells that are bound; what is not there counts as 0
    "ISBU02": {
        ("000", "2", "2022"): 72_986,
        ("000", "2", "2024"): 77_260,
        ("000", "5", "2022"): 25_607,
        ("000", "5", "2024"): 29_419,
        ("000", "6", "2022"): 60_072,
        ("000", "6", "2024"): 61_896,
    },
    "ISBU03": {("000", "4", "2022"): 56_712, ("000", "4", "2024"): 60_104},
    "ISBU04": {
        ("000", "3", "IALT", "0", "2024"): 54_869,
        ("000", "3", "1217", "0", "2024"): 26_851,
        ("000", "3", "IALT", "D", "2024"): 28_992,
        ("000", "3", "IALT", "P", "2024"): 25_749,
    },
    "BU43": {
        ("000", "IALT", "TOT22", "2022"): 51_600,
        ("000", "IALT", "TOT22", "2024"): 54_400,
        ("000", "ANBR", "TOT22", "2022"): 13_600,
        ("000", "ANBR", "TOT22", "2024"): 13_700,
    },
}
PEOPLE = 1_510_000
PRINTED = "77,300 5.9 29,400 25,600 14.9 3.0 60,100 3,400 54,900 26,900 29,000 25,700 3.6 0.2 0.9 0.9"


def test_the_article_of_the_demo_prints_its_figures_exactly(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    shutil.copytree(PACKAGED, folder)
    described = read_library(folder).tables
    for table, cells in DEMO.items():
        dimensions = described[table].dimensions
        codes = [dimension.code for dimension in dimensions]
        if table == "BU43":  # a share needs everybody's number
            every = product(*(dimension.codes for dimension in dimensions))
            rows = [dict(zip(codes, at, strict=True)) | {"boern": cells.get(at, 0), "folketal": PEOPLE} for at in every]
        else:
            counted = {described[table].measures[0].code, "personer"}
            rows = [dict(zip(codes, at, strict=True)) | dict.fromkeys(counted, n) for at, n in cells.items()]
        pq.write_table(pa.Table.from_pylist(rows), folder / table / "cube.parquet")

    ((article, judged),) = check_news(read_library(folder))

    assert article == "2025-151"
    assert [str(fault) for fault in (*judged.faults, *judged.warnings)] == []
    figures = PRINTED.split()
    assert [each.printed for each in judged.bound["en"]] == figures
    assert [each.printed for each in judged.bound["da"]] == [each.translate(DANISH) for each in figures]
    assert [figure.view for figure in judged.figures] == ["line", "bar", "table"]

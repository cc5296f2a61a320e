"""Bad input to a build is refused with file, line and cure, and nothing is left behind."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tables.errors import CatalogError, Refused
from tables.register import BuildReport, build

LIBRARY = Path(__file__).resolve().parents[1] / "tables" / "library"
REGISTER = """\
id,pid,cpr_gyldig,foedselsdato,koen,bopaelskommune,handlekommune,indsats,startdato,slutdato,kanal,paa_foraelder,indberettet
1,A,1,2010-06-15,M,101,101,420,2021-03-01,2021-12-31,S2S,0,2022-02-01
2,B,1,2011-06-15,K,101,101,213,2021-03-01,,S2S,0,2022-02-01
"""
PLACEMENTS = """\
id,pid,cpr_gyldig,foedselsdato,koen,handlekommune,grundlag,sted,startdato,slutdato,indberettet
1,A,1,2010-06-15,M,101,101,23,2021-03-01,,2022-02-01
"""
APPROVALS = "kommune,aar,status,note\n270,2021,fjernet,\n"
POPULATION = """\
aar,kode,a9917,a1822,tot22,kvalitet
2021,000,90,10,100,maalt
2021,084,90,10,100,maalt
2021,101,60,5,65,maalt
2021,270,30,5,35,maalt
"""


class Files:
    """The four inputs of a build in one folder, each to be spoilt."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        for name, text in (("register", REGISTER), ("placements", PLACEMENTS)):
            self.write(name, text)
        self.write("approvals", APPROVALS)
        self.write("population", POPULATION)

    def write(self, name: str, text: str | bytes) -> None:
        self.path(name).write_bytes(text.encode() if isinstance(text, str) else text)

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.csv"

    def build(self, *names: str, library: Path = LIBRARY) -> BuildReport:
        given = names or ("register", "placements", "approvals", "population")
        paths = {name: self.path(name) if name in given else None for name in ("register", "placements", "approvals")}
        population = self.path("population") if "population" in given else None
        return build(library, **paths, population=population, out=self.out)

    def refused(self) -> str:
        with pytest.raises(CatalogError) as refused:
            self.build()
        assert not self.out.exists()
        return str(refused.value)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("register", "", "register.csv: the file is empty"),
        ("placements", "\n\n", "placements.csv: the file is empty"),
        ("register", REGISTER.splitlines()[0] + "\n", "register.csv:1: there is a header but not one row"),
        ("register", REGISTER.replace("indsats", "foranstaltning"), "register.csv:1: indsats: the column is missing"),
        ("register", REGISTER.replace(",", ";"), "register.csv:1: id: the column is missing"),
        ("register", REGISTER.replace("kanal", "koen"), "register.csv:1: koen: the column stands twice"),
        ("placements", PLACEMENTS.replace("grundlag,", ""), "placements.csv:1: grundlag: the column is missing"),
        ("register", REGISTER.replace("2,B,", "2,B,9,"), "register.csv:3: 14 cells where the header has 13"),
        ("register", REGISTER.replace("2,B", '2,"B'), "register.csv:3: a quote is not closed"),
        (
            "register",
            REGISTER.replace("2,B", "2,Å").encode("latin-1"),
            "register.csv:3: byte 3 of the line is not UTF-8",
        ),
        ("register", REGISTER.replace("2,B", "1,B"), "register.csv:3: id: 1 stands in line 2 too"),
        ("register", REGISTER.replace("2,B", "x,B"), "register.csv:3: id: 'x' is not a running number"),
        ("approvals", APPROVALS.replace("270", "411"), "approvals.csv:2: kommune: '411' is not a kommune"),
        ("approvals", APPROVALS.replace("2021", "21"), "approvals.csv:2: aar: '21' is not a year"),
        ("approvals", APPROVALS.replace("fjernet", "ok"), "approvals.csv:2: status: 'ok' is unknown; write godkendt"),
        (
            "approvals",
            APPROVALS.replace("fjernet", "indberetter via 1"),
            "approvals.csv:2: status: '1' is not a kommune",
        ),
        ("approvals", APPROVALS.replace("status", "stand"), "approvals.csv:1: status: the column is missing"),
        ("population", POPULATION.replace(",000,", ",0,"), "population.csv:2: kode: '0' is not an area"),
        ("population", POPULATION.replace("60,5", "60,x"), "population.csv:4: a1822: 'x' is not a number of persons"),
        ("population", POPULATION.replace("65,maalt", "66,maalt"), "population.csv:4: tot22: 60 + 5 is not 66"),
        ("population", POPULATION.replace("270", "101"), "population.csv:5: kode: 101 in 2021 stands in line 4"),
        ("population", "", "population.csv: the file is empty"),
    ],
)
def test_a_bad_file_is_refused_by_line_with_a_cure(name: str, text: str | bytes, told: str, files: Files) -> None:
    files.write(name, text)

    assert told in files.refused()


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            "825,2021,indberetter via 813,\n825,2021,indberetter via 851,\n",
            "approvals.csv:3: status: 825 already reports through 813 in 2021 (line 2)",
        ),
        (
            "825,2021,indberetter via 813,\n813,2021,indberetter via 851,\n",
            "approvals.csv:2: status: 813 itself reports through 851 in 2021",
        ),
        ("825,2021,indberetter via 825,\n", "approvals.csv:2: status: 825 itself reports through 825 in 2021"),
    ],
)
def test_a_via_that_is_not_one_step_is_refused(rows: str, told: str, files: Files) -> None:
    files.write("approvals", "kommune,aar,status,note\n" + rows)

    assert told in files.refused()


def test_the_faults_of_all_files_are_told_at_once(files: Files) -> None:
    files.write("register", REGISTER.replace("startdato", "start"))
    files.write("approvals", APPROVALS.replace("fjernet", "ok") + "999,2021,fjernet,\n")
    files.write("population", POPULATION.replace("60,5", "60,"))

    told = files.refused()

    assert [line.split(":")[0].split("/")[-1] for line in told.splitlines()] == [
        "register.csv",
        "approvals.csv",
        "approvals.csv",
        "population.csv",
    ]


def test_a_table_without_its_input_is_named_and_left_out(files: Files) -> None:
    report = files.build("register")

    assert report.left_out == {"BU04A": ["--placements"], "BU43": ["--placements", "--population"]}
    assert sorted(report.tables) == ["BUFF01", "ISBU01", "ISBU02", "ISBU03", "ISBU04"]
    assert not (files.out / "BU04A").exists()
    assert not (files.out / "errors_placements.csv").exists()


def test_placements_alone_give_their_lists(files: Files) -> None:
    report = files.build("placements")

    assert not report.tables
    assert sorted(report.lists) == ["duplicates_placements.csv", "errors_placements.csv", "warnings_placements.csv"]


def test_without_any_register_there_is_nothing_to_count(files: Files) -> None:
    with pytest.raises(Refused):
        files.build("population")


def test_a_failing_build_leaves_the_cubes_of_the_last_one(files: Files) -> None:
    files.build()
    before = {path: path.read_bytes() for path in files.out.rglob("*") if path.is_file()}
    files.write("register", REGISTER + "3,C\n")

    with pytest.raises(CatalogError):
        files.build()

    assert {path: path.read_bytes() for path in files.out.rglob("*") if path.is_file()} == before
    assert not [path for path in files.out.iterdir() if path.name.startswith(".")]


def test_quotes_a_byte_order_mark_and_windows_line_ends_are_read(files: Files) -> None:
    files.build("register")
    plain = (files.out / "ISBU01" / "cube.parquet").read_bytes()
    text = REGISTER.replace("2,B", '2,"B"').replace("\n", "\r\n")
    files.write("register", b"\xef\xbb\xbf" + text.encode())

    files.build("register")

    assert (files.out / "ISBU01" / "cube.parquet").read_bytes() == plain


Edit = Callable[[str], str]


@pytest.mark.parametrize(
    ("file", "edit", "told"),
    [
        (
            "BUFF01/table.yaml",
            lambda text: text.replace("2015-2021", "2018K1").replace('"2018"', "2018K1"),
            "is not a year",
        ),
        ("ISBU04/table.yaml", lambda text: text.replace("      0611 ;", "      0612 ;"), "write these values"),
        (
            "classifications/indsatser.yaml",
            lambda text: text.replace("; successor ;", "; follower  ;"),
            "the column successor is missing",
        ),
    ],
)
def test_a_library_the_rules_cannot_count_is_refused(
    file: str, edit: Edit, told: str, files: Files, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    shutil.copytree(LIBRARY, library, ignore=shutil.ignore_patterns("*.parquet", "*.csv"))
    (library / file).write_text(edit((library / file).read_text(encoding="utf-8")), encoding="utf-8")

    with pytest.raises(CatalogError, match=told):
        files.build(library=library)


def test_the_years_are_those_the_table_says(files: Files, tmp_path: Path) -> None:
    library = tmp_path / "library"
    shutil.copytree(LIBRARY, library, ignore=shutil.ignore_patterns("*.parquet", "*.csv"))
    written = (library / "BUFF01" / "table.yaml").read_text(encoding="utf-8")
    (library / "BUFF01" / "table.yaml").write_text(written.replace("2015-2021", "2018, 2021"), encoding="utf-8")

    report = files.build("register", library=library)

    assert report.tables["BUFF01"] == 2 * 3  # landsdel and country; the total and two sections; 2021

"""Clients as they are published on PyPI, unmodified, against the production server on loopback.

Each knows the address of Statistics Denmark. Only where the bytes go is changed, by what the client itself offers:
denstatbank has its `requests.Session` for all to see, and a session takes a transport for an address; statbank keeps
its base address in `statbank.config`, a setting; pyjstat and pyaxis are given an address by whoever calls them.
"""

import io
import locale
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import denstatbank
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import requests
import statbank
from hypothesis import given, settings
from hypothesis import strategies as st
from pyaxis import pyaxis
from pyjstat import pyjstat
from requests.adapters import HTTPAdapter
from statbank.error import RequestError

from tests.test_dst import leaf

pytestmark = pytest.mark.slow
THEIRS = "https://api.statbank.dk"
SOURCES = Path("/usr/share/i18n/locales")  # of the package locales (`make system`)


class Transport(HTTPAdapter):
    """Sends to loopback what is meant for Statistics Denmark; what is sent stays as the client made it."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._ours = f"http://127.0.0.1:{port}"

    def send(self, request: requests.PreparedRequest, **options: object) -> requests.Response:  # type: ignore[override]
        assert request.url is not None
        request.url = request.url.replace(THEIRS, self._ours, 1)
        return super().send(request, **options)  # type: ignore[arg-type]


# -- denstatbank --------------------------------------------------------------------------------------------------


@pytest.fixture(params=["da", "en"])
def den(port: int, request: pytest.FixtureRequest) -> Iterator[denstatbank.StatBankClient]:
    client = denstatbank.StatBankClient(lang=request.param)
    client.session.mount(THEIRS, Transport(port))
    yield client
    client.session.close()


def test_denstatbank_lists_subjects_and_tables(
    den: denstatbank.StatBankClient, capsys: pytest.CaptureFixture[str]
) -> None:
    top = den.subjects(as_tree=False)
    den.subjects(["1"], include_tables=True, recursive=True)
    tables = den.tables()
    closed = den.tables(subjects=["12"], include_inactive=True, past_days=100_000)

    assert [list(each) for each in top] == [["id", "description", "active", "hasSubjects", "subjects"]] * 2
    assert "('11', 'Børn')" in (tree := capsys.readouterr().out) or "('11', 'Children')" in tree
    assert "('ISBU98', " in tree
    assert tables["id"].to_list() == ["FLER98", "ISBU98", "TOY"]
    assert tables["variables"].str[-1].to_list() == ["tid" if den.lang == "da" else "time"] * 3
    assert closed["latestPeriod"].to_list() == ["2024K1" if den.lang == "da" else "2024Q1"]


def test_denstatbank_reads_variables(den: denstatbank.StatBankClient) -> None:
    frame = den.tableinfo("isbu98", variables_df=True)

    by = {"da": ["LANDSDEL", "ALDER", "KØN", "Tid"], "en": ["province", "age", "sex", "time"]}[den.lang]
    assert frame["variable"].drop_duplicates().to_list() == by
    assert frame["id"].to_list()[:4] == ["000", "01", "04", "IALT"]


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # the client's own way with pandas
def test_denstatbank_reads_figures(den: denstatbank.StatBankClient) -> None:
    chosen = [den.variable_dict("Tid", [2023, 2024]), den.variable_dict("LANDSDEL", ["01", "04"])]
    sexes = den.variable_dict("KØN", "D", placement="stub")

    plain = den.data("isbu98")
    frame = den.data("isbu98", variables=[*chosen, sexes])
    coded = den.data("KVART98", variables=[den.variable_dict("OMRÅDE", "*"), den.variable_dict("Tid", "*")])

    assert plain.to_numpy().tolist() == [[3732]]
    expected = [
        sum(leaf(area, age, "D", year) for age in ("0005", "0617"))
        for area in ("01", "04")
        for year in ("2023", "2024")
    ]
    assert frame.iloc[:, 0].to_list() == expected
    assert list(frame.index.names) == ["landsdel", "køn", "tid"]
    assert frame.index[0][1:] == ({"da": "Drenge", "en": "Boys"}[den.lang], "2023")
    assert np.array_equal(coded.iloc[:, 0].to_numpy(float), [11.8, np.nan, -0.5, 105.0], equal_nan=True)
    assert coded.index[0][1] == {"da": "2023K4", "en": "2023Q4"}[den.lang]


def test_denstatbank_tells_what_is_wrong(den: denstatbank.StatBankClient, capsys: pytest.CaptureFixture[str]) -> None:
    assert den.data("TOY", variables=[den.variable_dict("Tid", "1066")]) is None

    assert (
        capsys.readouterr().out.strip()
        == {
            "da": "Kan ikke finde værdien: 1066 (Tid)",
            "en": "Can't find value: 1066 (Tid)",
        }[den.lang]
    )


# -- statbank -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """statbank reads numbers by the locales en_DK and en_US; few machines have made them, so they are made here."""
    if not (SOURCES / "en_DK").exists():
        pytest.skip("the sources of locales are not on this machine: `make system` installs them")
    folder = tmp_path_factory.mktemp("locales")
    for name in ("en_DK", "en_US"):
        command = ["localedef", "--no-archive", "-i", name, "-f", "UTF-8", str(folder / f"{name}.UTF-8")]
        subprocess.run(command, check=True)
    return folder


@pytest.fixture
def rows(port: int, locales: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The base address is the client's own setting. It never gives its locale back, so that is done here."""
    monkeypatch.setattr(statbank.config, "BASE_URL", f"http://127.0.0.1:{port}/v1")
    monkeypatch.setenv("LOCPATH", str(locales))
    before = locale.setlocale(locale.LC_NUMERIC)
    yield
    locale.setlocale(locale.LC_NUMERIC, before)


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("lang", ["da", "en"])
def test_statbank_reads_subjects_tables_and_variables(lang: str) -> None:
    (top,) = statbank.subjects(["1"], recursive=True, lang=lang)
    tables = list(statbank.tables(lang=lang))
    found = statbank.tableinfo("KVART98", lang=lang)

    assert [each.id for each in top.subjects] == ["11", "12"]
    assert [each.id for each in tables] == ["FLER98", "ISBU98", "TOY"]
    assert tables[0].updated == datetime(2024, 6, 6, 8, 0)  # noqa: DTZ001  # local time without a zone, DST §5
    assert found.variables["tid"].values.keys() == {
        datetime(2023, 10, 1),  # noqa: DTZ001  # as the client makes them
        datetime(2024, 1, 1),  # noqa: DTZ001
    }
    assert found.updated == datetime(2024, 6, 6, 8, 0, tzinfo=UTC)
    assert found.variables["område"].values["1"].text == {"da": "Nord", "en": "North"}[lang]


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("lang", ["da", "en"])
@pytest.mark.parametrize("stream", [False, True])
def test_statbank_reads_figures_by_the_row(lang: str, stream: bool) -> None:
    chosen = {"OMRÅDE": ["2"], "Tid": "*"}
    ages = {"ALDER": "0005,0617", "LANDSDEL": "04", "KØN": ["D"], "Tid": ["2023", "2024"]}

    rates = list(statbank.data("KVART98", chosen, stream=stream, descending=not stream, lang=lang))
    counts = list(statbank.data("isbu98", ages, stream=stream, lang=lang))

    values = [row.value for row in rates]
    assert values == ([-0.5, 105.0] if stream else [105.0, -0.5])
    assert rates[0].time == (datetime(2023, 10, 1) if stream else datetime(2024, 1, 1))  # noqa: DTZ001
    (area,) = {value.text for row in rates for value in row.variables.values()}
    assert area == {"da": "Syd", "en": "South"}[lang]
    assert [row.value for row in counts] == [
        leaf("04", age, "D", year) for age in ("0005", "0617") for year in ("2023", "2024")
    ]
    assert counts[0].variables["landsdel"].id == "04"
    assert {name.lstrip("\N{ZERO WIDTH NO-BREAK SPACE}") for name in counts[0].variables} == {
        "landsdel",
        "alder",
        "køn",
    }


@pytest.mark.usefixtures("rows")
def test_statbank_raises_our_sentence() -> None:
    with pytest.raises(RequestError, match=r"^Kan ikke finde værdien: 9 \(OMRÅDE\)$"):
        list(statbank.data("KVART98", {"OMRÅDE": "9"}))
    with pytest.raises(RequestError, match=r"^Table not found: NOSUCH1$"):
        statbank.tableinfo("NOSUCH1", lang="en")


# -- pyjstat, pyaxis, and readers of the other formats ------------------------------------------------------------

WHOLE = {"TOY": "KØN=*&OMRÅDE=*&Tid=*", "KVART98": "OMRÅDE=*&Tid=*", "ISBU98": "LANDSDEL=*&ALDER=*&KØN=*&Tid=*"}
CHOICES = {
    "LANDSDEL": ("*", "04,01", "0*", ">=01", "sum(begge=01;04)", "000,subtract(01;04)"),
    "ALDER": ("0617,IALT", "*", "divide(andel=0617;IALT)"),
    "KØN": ("P", "D,P", "sum(D;P)"),
    "Tid": ("*", "(-n+2)", "2023", "-(1),2024", "subtract(2024;2022)"),
}


def address(port: int, table: str, name: str, keys: str, lang: str) -> str:
    return f"http://127.0.0.1:{port}/v1/data/{table}/{name}?{quote(keys, safe='=&*')}&lang={lang}"


def numbers(column: "pd.Series") -> list[float | None]:
    return [None if pd.isna(each) else float(each) for each in column]


def in_sheet(raw: bytes, across: int) -> list[float | None]:
    """Below two rows of title and unit, the table: labels, then as many numbers a row as there are periods."""
    frame = pd.read_excel(io.BytesIO(raw), skiprows=2, na_values="..", dtype=object)
    return [each for _, row in frame.iloc[:, -across:].iterrows() for each in numbers(row)]


def agree(port: int, table: str, keys: str, lang: str) -> list[float | None]:
    """The cells as CSV read by pandas, after all other readers have found the same.

    PX by pyaxis, both JSON-stats by pyjstat, XLSX by openpyxl, PARQUET by Arrow. Where time does not stand last in the
    question, the statistic and the page have it last all the same, so the rows are asked for that way.
    """

    def got(name: str, more: str = "") -> requests.Response:
        return requests.get(address(port, table, name, keys, lang) + more, timeout=10)

    csv = pd.read_csv(io.BytesIO(got("CSV", "&x-decimal=point").content), sep=";", na_values="..", encoding="utf-8-sig")
    expected = numbers(csv["INDHOLD"])
    (old,) = pyjstat.from_json_stat(got("JSONSTAT").json())
    new = pyjstat.Dataset.read(address(port, table, "JSONSTAT2", keys, lang)).write("dataframe")
    px = pyaxis.parse(address(port, table, "PX", keys, lang), encoding="windows-1252")
    time = {"da": "tid", "en": "time"}[lang]
    periods = px["METADATA"][f"VALUES({time})"]

    assert numbers(old["value"]) == expected
    assert numbers(new["value"]) == expected
    assert numbers(px["DATA"]["DATA"]) == expected
    assert in_sheet(got("XLSX").content, len(periods)) == expected
    assert numbers(pq.read_table(io.BytesIO(got("PARQUET").content)).to_pandas()["value"]) == expected
    assert old[time].drop_duplicates().to_list() == new[time].drop_duplicates().to_list() == periods
    return expected


OLD = "ignore:Shouldn't use this function:DeprecationWarning"  # pyjstat's own, in its `write`


@pytest.mark.filterwarnings(OLD)
@pytest.mark.parametrize("lang", ["da", "en"])
@pytest.mark.parametrize("table", WHOLE)
def test_independent_readers_find_the_same_cells_in_every_format(port: int, table: str, lang: str) -> None:
    hidden = {"TOY": 2, "KVART98": 1, "ISBU98": 0}

    assert agree(port, table, WHOLE[table], lang).count(None) == hidden[table]


@pytest.mark.filterwarnings(OLD)
@given(st.data())
@settings(max_examples=15, deadline=None, derandomize=True)
def test_independent_readers_agree_on_any_selection(port: int, data: st.DataObject) -> None:
    names = data.draw(st.permutations([name for name in CHOICES if name != "Tid"]))[: data.draw(st.integers(0, 3))]
    keys = "&".join(f"{name}={data.draw(st.sampled_from(CHOICES[name]))}" for name in (*names, "Tid"))

    assert agree(port, "ISBU98", keys, data.draw(st.sampled_from(["da", "en"])))

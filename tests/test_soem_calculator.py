"""The calculator: its answers equal those of the command, its keys are checked by name, its workbook reckons."""

import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import openpyxl
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

import tables
from service import create_app
from service.cli import main
from service.settings import Settings
from tables.bank import Bank
from tables.release import release
from tables.soem.reasons import texts
from tables.soem.synthetic import generate

OPENING = datetime(2025, 5, 28, 6, 0, tzinfo=UTC)
SOEM = ("SOEM01", "SOEM02", "SOEM03", "SOEM04")
ASKED = {
    "maalgruppe": "M3",
    "aldersgruppe": "6-13",
    "deltagere": "40",
    "effekt": "0.15",
    "indsatspris": "24000",
    "rente": "0.035",
    "startaar": "2026",
}
OFFICE = shutil.which("soffice")
pytestmark = pytest.mark.slow  # a panel is made, estimated and released first


OUTCOMES = (
    "pleje_dage",
    "inst_dage",
    "skole_almen",
    "skole_specskole",
    "som_seng",
    "psyk_seng",
    "loen_uger",
    "uddhj_uger",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank with the four tables, of one target group of the synthetic panel and some of its consequences."""
    here = tmp_path_factory.mktemp("calculator")
    shutil.copytree(Path(tables.__file__).parent / "library", here / "library")
    made = generate(here / "work", here / "library")
    header, *rows = made.panel.read_text(encoding="utf-8").splitlines(keepends=True)
    made.panel.write_text(header + "".join(row for row in rows if row.startswith("M3,")), encoding="utf-8")
    header, *rows = made.catalogue.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [row for row in rows if ",baggrund," in row or row.partition(",")[0] in OUTCOMES]
    made.catalogue.write_text(header + "".join(kept), encoding="utf-8")
    words = ("soem", "estimate", made.panel, "--catalogue", made.catalogue, "--out", here / "work" / "e.csv")
    more = ("--library", here / "library", "--prices", made.prices)
    assert CliRunner().invoke(main, [str(word) for word in words + more]).exit_code == 0
    release(
        here / "library",
        here / "bank",
        SOEM,
        at="2025-05-28 08:00",
        clock=lambda: OPENING - timedelta(hours=1),
        rehearse=lambda *_: None,
    )
    return here


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    bank = Bank(folder / "bank", clock=lambda: OPENING + timedelta(hours=4))
    bank.refresh()
    return create_app(bank, Settings(bank=folder / "bank")).test_client()


def query(*more: tuple[str, str], **changed: str | None) -> str:
    kept = {key: value for key, value in {**ASKED, **changed}.items() if value is not None}
    return urlencode([*kept.items(), *more])


def answer(client: FlaskClient, *more: tuple[str, str], **changed: str | None) -> dict[str, object]:
    response = client.get(f"/da/soem.json?{query(*more, **changed)}")
    assert response.status_code == 200, response.text
    told: dict[str, object] = response.json
    return told


def refusal(client: FlaskClient, *more: tuple[str, str], **changed: str | None) -> tuple[str, str]:
    response = client.get(f"/da/soem.json?{query(*more, **changed)}")
    assert response.status_code == 400
    told = response.json
    return told["errors"][0]["param"], told["detail"]


def test_the_answer_is_that_of_the_command(folder: Path, client: FlaskClient, tmp_path: Path) -> None:
    """Estimates in the bank are rounded to six decimals, prices to two: that is all they differ by."""
    work = folder / "work"
    scenario = {key: json.loads(ASKED[key]) for key in ("deltagere", "effekt", "indsatspris", "rente")}
    (tmp_path / "s.json").write_text(json.dumps(scenario | {"maalgruppe": "M3", "aldersgruppe": "6-13"}))
    out = ("--economy", tmp_path / "economy.csv", "--out", tmp_path / "net.json")
    words = ("net", work / "e.csv", "--prices", work / "priser.csv", "--scenario", tmp_path / "s.json", *out)
    assert CliRunner().invoke(main, ["soem", *map(str, words)]).exit_code == 0
    wanted = json.loads((tmp_path / "net.json").read_text(encoding="utf-8"))

    got = answer(client)

    assert got["konsekvens_i_alt_pr_deltager"]
    assert close({key: got[key] for key in wanted}, wanted)


def close(got: object, wanted: object) -> bool:
    if isinstance(wanted, dict) and isinstance(got, dict):
        return got.keys() == wanted.keys() and all(close(got[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list) and isinstance(got, list):
        return len(got) == len(wanted) and all(map(close, got, wanted))
    if isinstance(wanted, float) and isinstance(got, float):
        return got == pytest.approx(wanted, rel=1e-5, abs=0.5)
    return got == wanted


def test_the_same_address_gives_the_same_bytes(client: FlaskClient) -> None:
    for ending in (".json", ".xlsx", ""):
        one, two = (client.get(f"/da/soem{ending}?{query()}") for _ in range(2))
        assert one.data == two.data
        again = client.get(f"/da/soem{ending}?{query()}", headers={"If-None-Match": one.headers["ETag"]})
        assert again.status_code == 304


def test_no_effect_leaves_the_cost(client: FlaskClient) -> None:
    told = answer(client, effekt="0")

    assert told["nettoresultat_pr_deltager"] == -24000
    assert told["nettoresultat"] == -24000 * 40
    assert told["effekt_balance"] == answer(client)["effekt_balance"]


def test_own_figures_are_used_and_told(client: FlaskClient) -> None:
    plain = answer(client)
    first = plain["medregnede"][0]  # type: ignore[index]
    outcome, t = first["konsekvens"], first["t"]

    told = answer(client, (f"pris.{outcome}.kommune", "1000"), (f"beta.{outcome}.{t}", "-2,5"))

    assert told["overskrevet"]["pris"][0] | {"udgivet": 0} == {  # type: ignore[index]
        "konsekvens": outcome, "aktoer": "kommune", "pris": 1000, "udgivet": 0,
    }  # fmt: skip
    assert told["overskrevet"]["beta"] == [{"konsekvens": outcome, "t": t, "beta": -2.5, "udgivet": first["beta"]}]  # type: ignore[index]
    assert told["nettoresultat"] != plain["nettoresultat"]
    assert {"konsekvens": outcome, "t": t, "beta": -2.5, "se": first["se"]} in told["medregnede"]  # type: ignore[operator]


def test_cost_by_year_and_payer(client: FlaskClient) -> None:
    told = answer(client, ("indsats", "0,kommune,20000"), ("indsats", "1,stat,4140"), indsatspris=None)

    assert told["indsatspris"] == pytest.approx(24000)
    assert told["nettoresultat_pr_deltager"] == pytest.approx(answer(client)["nettoresultat_pr_deltager"])
    series = told["akkumuleret_pr_deltager_efter_aktoer"]
    assert series["kommune"][0] == -20000  # type: ignore[index]
    assert series["stat"][1] == pytest.approx(-4000)  # type: ignore[index]
    assert told["budget"][1]["stat"] == 40 * 4140  # type: ignore[index]
    assert told["akkumuleret_pr_deltager"][0] == -20000  # type: ignore[index]


def test_the_budget_is_summed_over_its_first_years(client: FlaskClient) -> None:
    told = answer(client)
    rows: list[dict[str, float]] = told["budget"]  # type: ignore[assignment]

    assert [row["aar"] for row in rows] == list(range(2026, 2026 + len(rows)))
    for years in (1, 4, 10):
        summed = told["budget_sum"][str(years)]  # type: ignore[index]
        for kind, total in summed.items():
            assert total == pytest.approx(sum(row[kind] for row in rows[:years]))
    assert rows[0]["i_alt"] == rows[0]["ikke_fordelt"] == 40 * 24000


def test_a_scenario_beside_the_first_says_only_what_differs(client: FlaskClient) -> None:
    both = answer(client, ("2.effekt", "0.3"), ("3.deltagere", "80"))

    two, three = both["scenarier"]  # type: ignore[misc]
    assert two["nettoresultat"] == answer(client, effekt="0.3")["nettoresultat"]  # type: ignore[index]
    assert three["nettoresultat"] == answer(client, deltagere="80")["nettoresultat"]  # type: ignore[index]
    page = client.get(f"/en/soem?{query(('2.effekt', '0.3'))}").text
    assert "Scenario 1" in page
    assert "Scenario 2" in page


@pytest.mark.parametrize(
    ("changed", "key", "told"),
    [
        ({"effekt": "15"}, "effekt", "mente du 0,15?"),
        ({"effekt": "-1.01"}, "effekt", "mellem -1 og 1"),
        ({"rente": "-1"}, "rente", "større end -1"),
        ({"maalgruppe": "M99"}, "maalgruppe", "M99 findes ikke"),
        ({"aldersgruppe": "0-5"}, "aldersgruppe", "0-5 findes ikke"),
        ({"deltagere": "1.5"}, "deltagere", "helt tal"),
        ({"deltagere": None}, "deltagere", "mangler"),
        ({"indsatspris": "-1"}, "indsatspris", "0 eller mere"),
        ({"indsatspris": "nan"}, "indsatspris", "ikke et tal"),
        ({"startaar": "26"}, "startaar", "årstal"),
        ({"andet": "1"}, "andet", "findes ikke"),
        ({"pris.inst_dage.amt": "1"}, "pris.inst_dage.amt", "ingen aktør"),
        ({"pris.ukendt.stat": "1"}, "pris.ukendt.stat", "ingen konsekvens"),
        ({"beta.inst_dage.11": "1"}, "beta.inst_dage.11", "intet år"),
        ({"beta.inst_dage.2": "inf"}, "beta.inst_dage.2", "ikke et tal"),
        ({"indsats": "0,kommune,1"}, "indsats", "enten"),
        ({"2.effekt": "15"}, "2.effekt", "mente du 0,15?"),
        ({"gns.ukendt": "1"}, "gns.ukendt", "intet baggrundsforhold"),
        ({"x-asof": "2030-01-01T0000Z"}, "x-asof", "x-asof"),
        ({"x-andet": "1"}, "x-andet", "findes ikke"),
    ],
)
def test_what_is_wrong_names_its_key(client: FlaskClient, changed: dict[str, str | None], key: str, told: str) -> None:
    named, sentence = refusal(client, **changed)

    assert named == key
    assert told in sentence
    page = client.get(f"/da/soem?{query(**changed)}")
    assert page.status_code == 400


def test_the_form_asks_for_percentage_points(client: FlaskClient) -> None:
    asked = query(effekt=None, effekt_pp="15", indsatspris="24000") + "&pris.inst_dage.stat="

    response = client.get(f"/da/soem?{asked}")

    assert response.status_code == 303
    path, _, keys = response.location.partition("?")
    assert path == "/da/soem"
    assert dict(parse_qsl(keys)) == ASKED
    wrong = client.get(f"/da/soem?{query(effekt=None, effekt_pp='0,15')}")
    assert wrong.status_code == 400
    assert "mente du 15 procentpoint?" in wrong.text


def test_the_page_works_in_both_languages_and_carries_its_texts(client: FlaskClient) -> None:
    for lang in ("da", "en"):
        for keys in ("", f"?{query(('gns.alder', '9.5'))}"):
            page = client.get(f"/{lang}/soem{keys}")
            assert page.status_code == 200
            assert texts()["ikke_aarsag"][lang] in page.text  # type: ignore[index]
            assert texts()["syntetisk"][lang] in page.text  # type: ignore[index]
            assert "style=" not in page.text
            assert "<script>" not in page.text


def test_an_earlier_instant_is_asked_by_its_release(client: FlaskClient) -> None:
    asked = (("x-asof", "2025-05-28T0600Z"),)

    assert answer(client, *asked)["nettoresultat"] == answer(client)["nettoresultat"]


def values(book: bytes) -> dict[str, float]:
    sheet = openpyxl.load_workbook(io.BytesIO(book), data_only=True)["Resultat"]
    return {str(row[0].value): row[1].value for row in sheet.iter_rows() if row[1].value is not None}


def test_the_workbook_has_its_sheets_and_named_cells(client: FlaskClient) -> None:
    data = client.get(f"/da/soem.xlsx?{query()}").data
    book = openpyxl.load_workbook(io.BytesIO(data))

    assert book.sheetnames == ["Læs mig", "Input", "Priser", "Estimater", "Resultat"]
    assert {"deltagere", "effekt", "indsatspris", "rente"} <= set(book.defined_names)
    assert values(data)["nettoresultat"] == pytest.approx(answer(client)["nettoresultat"])
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert texts()["ikke_aarsag"].da in parts.read("xl/sharedStrings.xml").decode()


def changed_book(data: bytes, path: Path, inputs: Sequence[float], own: float) -> Path:
    """Other inputs typed in, and an own price; without the values that were there."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for row, value in enumerate(inputs, 1):
        book["Input"].cell(row, 2).value = value
    book["Priser"].cell(2, 10).value = own
    book.save(path)
    return path


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed: make system")
def test_the_workbook_reckons_as_the_service_does(client: FlaskClient, tmp_path: Path) -> None:
    data = client.get(f"/da/soem.xlsx?{query()}").data
    first = answer(client)["medregnede"][0]["konsekvens"]  # type: ignore[index]
    path = changed_book(data, tmp_path / "soem.xlsx", (25, 0.2, 31000, 0.05), 2750.5)
    words = ("--headless", f"-env:UserInstallation=file://{tmp_path}/office", "--convert-to", "xlsx", "--outdir")

    subprocess.run(
        [str(OFFICE), *words, str(tmp_path / "out"), str(path)], check=True, capture_output=True, timeout=180
    )

    got = values((tmp_path / "out" / "soem.xlsx").read_bytes())
    own = (f"pris.{first}.kommune", "2750.5")
    told = answer(client, own, deltagere="25", effekt="0.2", indsatspris="31000", rente="0.05")
    wanted = {
        "konsekvens_i_alt_pr_deltager": told["konsekvens_i_alt_pr_deltager"],
        "nettoresultat_pr_deltager": told["nettoresultat_pr_deltager"],
        "nettoresultat": told["nettoresultat"],
        "usikkerhed_se_pr_deltager": told["usikkerhed_se_pr_deltager"],
        "effekt_balance": told["effekt_balance"],
    }
    for payer in ("kommune", "region", "stat"):
        wanted[f"konsekvens_pr_deltager_{payer}"] = told["konsekvens_pr_deltager"][payer]  # type: ignore[index]
        wanted[f"nettoresultat_hvis_{payer}_betaler"] = told["nettoresultat_hvis_aktoer_betaler"][payer]  # type: ignore[index]
    for t, amount in enumerate(told["akkumuleret_pr_deltager"]):  # type: ignore[arg-type]
        wanted[str(t)] = amount
    assert wanted.keys() <= got.keys()
    for name, amount in wanted.items():
        assert got[name] == pytest.approx(amount, abs=0.01), name


def test_the_form_keeps_what_it_has_no_field_for(client: FlaskClient) -> None:
    more = (("indsats", "0,kommune,20000"), ("3.deltagere", "80"), ("2.effekt", "0.3"))

    page = client.get(f"/da/soem?{query(*more, indsatspris=None)}").text

    assert '<input type="hidden" name="indsats" value="0,kommune,20000">' in page
    assert '<input type="hidden" name="3.deltagere" value="80">' in page
    assert 'name="2.effekt_pp" value="30"' in page
    assert 'name="effekt_pp" value="15"' in page
    assert 'type="hidden" name="2.effekt"' not in page
    assert 'id="indsatspris"' not in page

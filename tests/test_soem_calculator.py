"""The calculator: its answers equal those of the command, its keys are checked by name, its workbook reckons."""

import csv
import io
import json
import re
import shutil
import statistics
import subprocess
import zipfile
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
from service.soem.rounding import money
from tables.bank import Bank
from tables.release import release
from tables.soem.prices import PAYERS
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
    "skole_spec_almen",
    "skole_specskole",
    "som_seng",
    "psyk_seng",
    "loen_uger",
    "kontanthj_uger",
    "uddhj_uger",
    "overf_uger",
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


def test_the_synthetic_panel_shows_the_documented_patterns(folder: Path) -> None:
    """Down the ladder, more weeks in ordinary school, and of the oldest more work and fewer transfers (som §10)."""
    with (folder / "work" / "e.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["beta"]]

    def mean(outcome: str, ages: str) -> float:
        return statistics.mean(
            float(row["beta"]) for row in rows if (row["outcome"], row["aldersgruppe"]) == (outcome, ages)
        )

    for ages in ("6-13", "14-17"):
        assert mean("pleje_dage", ages) > 0 > mean("inst_dage", ages)
        assert mean("skole_specskole", ages) < 0 < min(mean("skole_almen", ages), mean("skole_spec_almen", ages))
    transfers = ("kontanthj_uger", "uddhj_uger", "overf_uger")
    assert mean("loen_uger", "14-17") > 0
    assert all(mean(outcome, "14-17") < 0 for outcome in transfers)


def test_the_synthetic_panel_is_the_same_each_time_and_answers_each_question_once(folder: Path, tmp_path: Path) -> None:
    library = folder / "library"
    one, two = (generate(tmp_path / name, library, scale=0.01) for name in ("one", "two"))

    assert one.panel.read_bytes() == two.panel.read_bytes()
    with one.panel.open(encoding="utf-8", newline="") as file:
        starts = [row for row in csv.DictReader(file) if row["t"] == "0"]
    for parent in ("mor", "far"):
        work = [f"{parent}_{name}" for name in ("arbejdsloes", "dagpenge", "overfoersel", "andre_ydelser")]
        given = {sum(int(row[name]) for name in work) for row in starts}
        assert given == {0, 1}


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


SPREAD = (
    ("2.indsats", "0,kommune,20000"),
    ("2.indsats", "1,stat,4140"),
    ("2.indsats", "3,stat,600"),
    ("2.rente", "0.04"),
)


def values(book: bytes, sheet: str = "Resultat") -> dict[str, float]:
    rows = openpyxl.load_workbook(io.BytesIO(book), data_only=True)[sheet].iter_rows()
    return {str(row[0].value): row[1].value for row in rows if row[1].value is not None}


def test_the_workbook_has_its_sheets_units_and_named_cells(client: FlaskClient) -> None:
    data = client.get(f"/da/soem.xlsx?{query()}").data
    book = openpyxl.load_workbook(io.BytesIO(data))

    assert book.sheetnames == ["Læs mig", "Input", "Priser", "Estimater", "Resultat"]
    assert set(book.defined_names) == {"deltagere", "effekt", "indsatspris", "rente"}
    assert values(data)["nettoresultat"] == pytest.approx(answer(client)["nettoresultat"])
    units = {row[0].value: row[1].value for row in book["Priser"].iter_rows(min_row=2)}
    assert units["Anbringelse på institution"] == "antal dage"
    assert all(units.values())
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert texts()["ikke_aarsag"].da in parts.read("xl/sharedStrings.xml").decode()
    english = openpyxl.load_workbook(io.BytesIO(client.get(f"/en/soem.xlsx?{query()}").data))
    assert [cell.value for cell in english["Priser"][1]][:3] == ["Consequence", "Unit", "Type"]


def test_a_scenario_beside_the_first_has_sheets_of_its_own(client: FlaskClient) -> None:
    data = client.get(f"/da/soem.xlsx?{query(*SPREAD, ('3.effekt', '0'))}").data
    two, three = answer(client, *SPREAD, ("3.effekt", "0"))["scenarier"]  # type: ignore[misc]

    names = openpyxl.load_workbook(io.BytesIO(data)).sheetnames
    assert names[5:] == [
        f"{name} {number}" for number in (2, 3) for name in ("Input", "Priser", "Estimater", "Resultat")
    ]
    assert values(data, "Resultat 2")["nettoresultat"] == pytest.approx(two["nettoresultat"])  # type: ignore[index]
    assert values(data, "Resultat 3")["nettoresultat"] == pytest.approx(three["nettoresultat"])  # type: ignore[index]


def typed_in(data: bytes, path: Path, inputs: dict[str, float], cells: dict[tuple[str, str], float]) -> Path:
    """Other figures in the named cells and in those given by sheet and place; without the values that were there."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for name, value in inputs.items():
        ((sheet, place),) = book.defined_names[name].destinations
        book[sheet][place.replace("$", "")].value = value
    for (sheet, place), value in cells.items():
        book[sheet][place].value = value
    book.save(path)
    return path


def expected(told: dict[str, object]) -> dict[str, float]:
    keys = ("konsekvens_i_alt_pr_deltager", "nettoresultat_pr_deltager", "nettoresultat", "usikkerhed_se_pr_deltager")
    wanted = {key: told[key] for key in (*keys, "effekt_balance")}
    for payer in ("kommune", "region", "stat"):
        wanted[f"konsekvens_pr_deltager_{payer}"] = told["konsekvens_pr_deltager"][payer]  # type: ignore[index]
        wanted[f"nettoresultat_hvis_{payer}_betaler"] = told["nettoresultat_hvis_aktoer_betaler"][payer]  # type: ignore[index]
    return wanted | {str(t): amount for t, amount in enumerate(told["akkumuleret_pr_deltager"])}  # type: ignore[arg-type,return-value]


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed: make system")
def test_the_workbook_reckons_as_the_service_does(client: FlaskClient, tmp_path: Path) -> None:
    """Inputs, a price and a cost are changed in LibreOffice, also of a scenario with cost by year and payer."""
    data = client.get(f"/da/soem.xlsx?{query(*SPREAD)}").data
    first = answer(client)["medregnede"][0]["konsekvens"]  # type: ignore[index]
    inputs = {"deltagere": 25, "effekt": 0.2, "indsatspris": 31000, "rente": 0.05, "effekt_2": 0.1, "deltagere_2": 7}
    path = typed_in(data, tmp_path / "soem.xlsx", inputs, {("Priser", "J2"): 2750.5, ("Input 2", "C10"): 900})
    words = ("--headless", f"-env:UserInstallation=file://{tmp_path}/office", "--convert-to", "xlsx", "--outdir")

    subprocess.run(
        [str(OFFICE), *words, str(tmp_path / "out"), str(path)], check=True, capture_output=True, timeout=180
    )

    reckoned = (tmp_path / "out" / "soem.xlsx").read_bytes()
    own = (f"pris.{first}.kommune", "2750.5")
    told = answer(client, own, deltagere="25", effekt="0.2", indsatspris="31000", rente="0.05")
    cost = [("indsats", text) for key, text in (*SPREAD, ("2.indsats", "2,region,900")) if key == "2.indsats"]
    beside = answer(client, *cost, deltagere="7", effekt="0.1", rente="0.04", indsatspris=None)
    for sheet, asked in (("Resultat", told), ("Resultat 2", beside)):
        got, wanted = values(reckoned, sheet), expected(asked)
        assert wanted.keys() <= got.keys()
        for name, amount in wanted.items():
            assert got[name] == pytest.approx(amount, abs=0.01), (sheet, name)
    rows = list(openpyxl.load_workbook(io.BytesIO(reckoned), data_only=True)["Resultat 2"].iter_rows(min_row=14))
    for column, payer in enumerate(PAYERS, 2):
        wanted = beside["akkumuleret_pr_deltager_efter_aktoer"][payer]  # type: ignore[index]
        assert [row[column].value for row in rows] == pytest.approx(wanted, abs=0.01)


def test_the_form_keeps_what_it_has_no_field_for(client: FlaskClient) -> None:
    cost = (("indsats", "0,kommune,20000"), ("indsats", "7,stat,50"), ("indsats", "0,kommune,1000"))
    more = (("3.deltagere", "80"), ("2.effekt", "0.3"), ("2.aldersgruppe", "14-17"))

    page = client.get(f"/da/soem?{query(*cost, *more, indsatspris=None)}").text

    assert typed(page, "indsats.0.kommune") == "20000"
    assert '<input type="hidden" name="indsats" value="7,stat,50">' in page
    assert '<input type="hidden" name="indsats" value="0,kommune,1000">' in page
    assert '<input type="hidden" name="2.aldersgruppe" value="14-17">' in page
    assert typed(page, "3.deltagere") == "80"
    assert (typed(page, "effekt_pp"), typed(page, "2.effekt_pp"), typed(page, "indsatspris")) == ("15", "30", "")
    assert 'type="hidden" name="2.effekt"' not in page


def typed(page: str, key: str) -> str | None:
    found = re.search(rf'<input type="text"[^>]*name="{re.escape(key)}" value="([^"]*)"', page)
    return found[1] if found else None


def test_cost_by_year_and_payer_is_typed_in_a_grid(client: FlaskClient) -> None:
    grid = (("indsats.0.kommune", "20000"), ("indsats.1.stat", "4140,5"), ("indsats.2.region", " "))

    response = client.get(f"/da/soem?{query(*grid, indsatspris='')}")

    assert response.status_code == 303
    sent = parse_qsl(response.location.partition("?")[2])
    assert [text for key, text in sent if key == "indsats"] == ["0,kommune,20000", "1,stat,4140.5"]
    page = client.get(response.location).text
    assert typed(page, "indsats.1.stat") == "4140,5"
    assert "Nettoresultat for kommunen" in page


@pytest.mark.parametrize(
    ("lang", "changed", "field", "told"),
    [
        ("da", {"deltagere": "mange"}, "deltagere", "Deltagere: skal være et helt tal fra 0 og op."),
        ("en", {"deltagere": "mange"}, "deltagere", "Participants: must be a whole number from 0 up."),
        ("da", {"rente": "-1"}, "rente", "Diskonteringsrente: skal være større end -1"),
        ("da", {"effekt": None, "effekt_pp": "0,15"}, "effekt_pp", "mente du 15 procentpoint?"),
        ("en", {"effekt": "15"}, "effekt_pp", "did you mean 0.15?"),
        ("da", {"2.effekt_pp": "200"}, "2.effekt_pp", "mellem -100 og 100 procentpoint"),
        ("da", {"pris.inst_dage.stat": "x"}, "pris.inst_dage.stat", "x&#39; er ikke et tal"),
        ("da", {"gns.alder": "ni"}, "gns.alder", "ni&#39; er ikke et tal"),
    ],
)
def test_a_form_that_is_refused_is_filled_as_it_was_typed(
    client: FlaskClient, lang: str, changed: dict[str, str | None], field: str, told: str
) -> None:
    own = ("pris.pleje_dage.kommune", "1200"), ("2.deltagere", "77"), ("gns.dreng", "0.6")

    response = client.get(f"/{lang}/soem?{query(*own, **changed)}")

    assert response.status_code == 400
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Language"] == lang
    page = response.text
    assert f'<a href="#{field}">' in page
    assert told in page
    wrong = re.findall(r'name="([^"]*)"[^>]*aria-invalid="true"', page)
    assert wrong == [field]
    kept = {"pris.pleje_dage.kommune": "1200", "2.deltagere": "77", "indsatspris": "24000", "startaar": "2026"}
    assert {key: typed(page, key) for key in kept} == kept
    assert typed(page, field) == (changed.get(field) or "15")


def test_the_accumulated_result_is_drawn_and_told(client: FlaskClient) -> None:
    told = answer(client)
    last = len(told["akkumuleret_pr_deltager"]) - 1  # type: ignore[arg-type]

    page = client.get(f"/da/soem?{query(('2.effekt', '0'))}").text

    drawing = page[page.index('<svg class="graph"') :].partition("</svg>")[0]
    assert 'role="img" aria-labelledby="graph-title graph-desc"' in drawing
    assert f"Scenarie 1: fra −24.000 kr. ved start til {money(told['nettoresultat_pr_deltager'], 'da')} kr." in drawing  # type: ignore[arg-type]
    assert "Scenarie 2: fra −24.000 kr. ved start til −24.000 kr." in drawing
    assert "Intet overskud i perioden." in drawing
    assert drawing.count("<title>Scenarie 1, år ") == last + 1
    assert "<meter" not in page


def test_a_rate_that_was_meant_as_per_cent_is_told(client: FlaskClient) -> None:
    assert "Renten er 350 pct. om året" in client.get(f"/da/soem?{query(rente='3,5')}").text
    assert "The rate is 350 per cent" in client.get(f"/en/soem?{query(rente='3.5')}").text


def test_the_calculator_is_found_from_the_front_page_its_subject_and_its_tables(client: FlaskClient) -> None:
    for lang, subject in (("da", "emne"), ("en", "subject")):
        for path in ("", f"{subject}/90001", f"{'tabel' if lang == 'da' else 'table'}/SOEM01"):
            assert f'href="/{lang}/soem"' in client.get(f"/{lang}/{path}").text
    assert "/da/soem</loc>" in client.get("/sitemap.xml").text


def test_the_calculator_is_in_the_description_of_the_api(client: FlaskClient) -> None:
    described = client.get("/openapi.json").json
    parameters = {each["name"] for each in described["paths"]["/da/soem.json"]["get"]["parameters"]}
    shape = described["components"]["schemas"]["NetResult"]

    assert {*ASKED, "indsats", "x-asof", "own"} == parameters
    assert set(shape["required"]) <= set(answer(client))

"""The calculator as people use it: without JavaScript, on a phone, in the dark, on paper, and without seeing it."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.conftest import seen
from tests.front import served
from tests.test_soem_attack import bank

pytestmark = pytest.mark.slow
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASKED = "maalgruppe=M3&aldersgruppe=6-13&deltagere=40&indsatspris=24000"
OPEN = "document.querySelectorAll('details').forEach(each => each.open = true)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("calculator")
    bank(folder, lambda text: text)
    with served(folder / "bank", folder / "served") as ports:
        yield f"http://127.0.0.1:{ports[0]}"


@pytest.mark.parametrize(
    ("look", "lang", "width"),
    [
        ({"color_scheme": "light"}, "da", 1280),
        ({"color_scheme": "dark"}, "en", 320),
        ({"forced_colors": "active"}, "da", 320),
    ],
    ids=["light", "dark", "forced"],
)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(
    site: str, chromium: Browser, look: dict[str, str], lang: str, width: int
) -> None:
    page = seen(chromium, width, **look)

    found = []
    for keys in ("", f"?{ASKED}&effekt=0.15&2.effekt=0.3&3.effekt=0", f"?{ASKED}&effekt=15"):
        page.goto(f"{site}/{lang}/soem{keys}")
        page.evaluate(OPEN)
        violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        found += [f"{keys} {each['id']}: {each['nodes'][0]['html'][:160]}" for each in violations]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{keys} is too wide")

    page.context.close()
    assert found == []


def test_a_measure_is_reckoned_corrected_and_compared_without_javascript(site: str, chromium: Browser) -> None:
    page = seen(chromium, java_script_enabled=False)
    page.goto(f"{site}/da/soem")
    page.get_by_label("Målgruppe").select_option("M3")
    page.get_by_label("Deltagere").first.fill("40")
    page.get_by_label("Effekt i procentpoint").first.fill("0,15")
    page.get_by_label("Indsatsens pris pr. deltager").first.fill("24000")
    page.get_by_role("button", name="Beregn").first.click()

    assert "mente du 15 procentpoint?" in page.get_by_role("alert").inner_text()
    wrong = page.locator("[aria-invalid]")
    assert wrong.input_value() == "0,15"
    wrong.fill("15")
    page.get_by_text("Et scenarie ved siden af").click()
    page.locator("[name='2.effekt_pp']").fill("30")
    page.get_by_role("button", name="Beregn").first.click()

    assert "effekt=0.15" in page.url
    assert "2.effekt=0.3" in page.url
    assert page.locator(".answers .big").count() == 2
    drawing = page.get_by_role("img", name="Akkumuleret resultat pr. deltager, nutidsværdi")
    assert drawing.bounding_box()["height"] > 200  # type: ignore[index]
    page.get_by_text("Se gennemsnittene").click()
    page.get_by_label("Dit tal, Alder").fill("9,5")
    page.get_by_role("button", name="Beregn").last.click()
    assert "gns.alder=9" in page.url
    assert page.locator("[name='gns.alder']").input_value() == "9,5"
    page.context.close()


def test_the_note_on_paper_has_inputs_reasons_and_its_address(site: str, chromium: Browser) -> None:
    page = seen(chromium)
    page.goto(f"{site}/da/soem?{ASKED}&effekt=0.15")
    page.emulate_media(media="print")

    assert not page.get_by_role("button", name="Beregn").first.is_visible()
    assert page.get_by_text("Ikke medregnet, og hvorfor").last.is_visible()
    for told in ("Diskonteringsrente", "Estimaterne viser en statistisk sammenhæng", "SOEM01@", f"/da/soem?{ASKED}"):
        assert page.get_by_text(told).locator("visible=true").count() >= 1, told
    page.context.close()

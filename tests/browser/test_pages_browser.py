"""The pages in a browser: changed without being loaded anew, printed, weighed, and looked at."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Site, seen
from tests.test_pages import KINDS

pytestmark = pytest.mark.slow


@pytest.fixture
def site(served: Site) -> str:
    return served.url


def test_a_reader_finds_a_table_by_everyday_words_and_changes_it(site: str, chromium: Browser) -> None:
    page = seen(chromium)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))

    page.goto(f"{site}/da/")
    page.get_by_label("Søg efter tabeller").fill("barn i kommunen")
    page.get_by_role("button", name="Søg").click()
    page.get_by_role("link", name="AREA1").click()
    page.locator("summary", has_text="Kommune").click()
    page.get_by_label("Alle 19").uncheck()
    page.get_by_label("Find i Kommune").fill("gladsaxe")
    page.get_by_label("Gladsaxe").check()
    page.get_by_label("Find i Kommune").fill("dragør")
    page.get_by_label("Dragør").check()
    status = page.locator("form .cells").inner_text()
    page.get_by_role("button", name="Vis tabel").click()
    page.locator("#resultat tbody tr").nth(0).wait_for()
    page.wait_for_url("**KOMMUNE=103,109**")

    assert "4 celler valgt" in status
    assert page.locator("#resultat tbody th").all_inner_texts() == ["Dragør", "Gladsaxe"]
    code = page.get_by_label("Følger de nyeste tal", exact=True).input_value()
    assert f"{site}/embed/AREA1?KOMMUNE=103,109" in code.replace("&amp;", "&")
    page.go_back()
    page.locator("#resultat tbody tr").nth(18).wait_for()
    assert told == []
    page.context.close()


def test_a_municipality_prints_on_one_sheet(site: str, chromium: Browser) -> None:
    page = seen(chromium)

    page.goto(f"{site}/da/kommune/101")
    page.emulate_media(media="print")
    sheet = page.pdf(format="A4")
    page.goto(f"{site}/da/tabel/AREA1")
    source = page.locator(".source .print-only").evaluate("node => getComputedStyle(node).display")
    form = page.locator("form.choose").evaluate("node => getComputedStyle(node).display")

    assert sheet.count(b"/Type /Page\n") + sheet.count(b"/Type /Page ") == 1
    assert (source, form) == ("inline", "none")
    page.context.close()


def test_a_page_is_light(site: str, chromium: Browser) -> None:
    page = seen(chromium)
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))

    page.goto(f"{site}/da/tabel/AREA1", wait_until="networkidle")

    assert len(sizes) <= 5
    assert sum(sizes) <= 60_000
    page.context.close()


@pytest.mark.parametrize(
    ("name", "lang", "width", "look"),
    [
        ("da", 0, 1280, "light"),
        ("en-dark", 1, 1280, "dark"),
        ("da-320", 0, 320, "light"),
        ("en-320-dark", 1, 320, "dark"),
    ],
)
def test_every_kind_of_page_can_be_looked_at(  # the pictures lie in .pytest_cache/d/screenshots
    site: str, chromium: Browser, pytestconfig: pytest.Config, name: str, lang: int, width: int, look: str
) -> None:
    assert pytestconfig.cache is not None
    folder = pytestconfig.cache.mkdir("screenshots")
    page = seen(chromium, width, color_scheme=look)

    for kind, both in KINDS.items():
        page.goto(site + both[lang])
        page.screenshot(path=folder / f"{kind.replace(' ', '-')}.{name}.png", full_page=True)

    page.context.close()
    assert len(list(folder.glob(f"*.{name}.png"))) >= len(KINDS)

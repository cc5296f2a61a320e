"""The pages as people use them: axe, keyboard, phone, without JavaScript, against the production server (ux §14)."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.test_pages import KINDS, publish_rich

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WRONG = ("/da/tabel/ARAE1", "/da/tabel/AREA1?KOMMUNE=999", "/en/table/AREA1?view=lin", "/da/tabel/AREA1?KOMUNE=101")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server as it is started in production, on a free port."""
    folder = tmp_path_factory.mktemp("browser")
    bank = publish_rich(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "STATBANK_BANK": str(bank),
        "STATBANK_CACHE": str(folder / "cache"),
        "STATBANK_BIND": f"127.0.0.1:{port}",
        "STATBANK_WORKERS": "1",
        "STATBANK_URL": url,
    }
    command = [str(Path(sys.executable).parent / "gunicorn"), "-c", str(ROOT / "deploy/gunicorn.conf.py")]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        _await(f"{url}/readyz")
        yield url
        process.terminate()


def _await(address: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed; see make system")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


def seen(browser: Browser, width: int = 1280, **options: object) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 800}, **options)  # type: ignore[arg-type]
    context.set_default_timeout(30_000)
    return context.new_page()


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]


@pytest.mark.parametrize(
    ("look", "lang"),
    [({"color_scheme": "light"}, 0), ({"color_scheme": "dark"}, 1), ({"forced_colors": "active"}, 0)],
    ids=["light", "dark", "forced"],
)
def test_axe_finds_nothing_on_any_kind_of_page(site: str, browser: Browser, look: dict[str, str], lang: int) -> None:
    page = seen(browser, **look)

    found = {}
    for address in [*(both[lang] for both in KINDS.values()), *WRONG]:
        page.goto(site + address)
        found[address] = faults(page)

    page.context.close()
    assert {address: each for address, each in found.items() if each} == {}


def test_no_page_is_wider_than_a_phone_or_asks_anybody_else(site: str, browser: Browser) -> None:
    page = seen(browser, 320)
    told: list[str] = []
    foreign: list[str] = []
    page.on("console", lambda message: told.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: told.append(f"{page.url}: {error}"))
    page.on("request", lambda request: None if request.url.startswith((site, "data:")) else foreign.append(request.url))

    wide = []
    for both in KINDS.values():
        for address in both:
            page.goto(site + address)
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                wide.append(address)

    page.context.close()
    assert (wide, told, foreign) == ([], [], [])


def test_a_reader_finds_a_table_by_everyday_words_and_changes_it(site: str, browser: Browser) -> None:
    page = seen(browser)
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


def test_everything_works_without_javascript(site: str, browser: Browser) -> None:
    page = seen(browser, java_script_enabled=False)

    page.goto(f"{site}/en/table/AREA1")
    page.locator("summary", has_text="Municipality").click()
    page.get_by_label("All 19").uncheck()
    page.get_by_role("listbox", name="Municipality").select_option(["101", "103"])
    page.locator("summary", has_text="Time").click()
    page.get_by_label("Choose below").check()
    page.locator("select[name=Tid]").nth(0).select_option(label="2022")
    page.locator("select[name=Tid]").nth(1).select_option(label="2024")
    page.get_by_role("button", name="Show table").click()

    assert page.url.partition("#")[0] == f"{site}/en/table/AREA1?KOMMUNE=101,103&Tid=range(2022,2024)"
    assert page.locator("#resultat tbody tr").count() == 2
    page.locator("#resultat thead").get_by_role("link", name="2024").click()
    page.locator("#resultat thead").get_by_role("link", name="2024").click()
    assert page.locator("#resultat tbody th").all_inner_texts() == ["Dragør", "København\n2"] or page.locator(
        "#resultat tbody th"
    ).first.inner_text().startswith("Dragør")
    page.locator("summary", has_text="Move rows and columns").click()
    page.get_by_role("link", name="Turn", exact=True).click()
    assert page.locator("#resultat tbody tr").count() == 3
    with page.expect_download() as download:
        page.get_by_role("link", name=".csv for programs").click()
    assert download.value.suggested_filename.startswith("AREA1_")
    page.context.close()


def test_a_keyboard_is_enough(site: str, browser: Browser) -> None:
    page = seen(browser)
    page.goto(f"{site}/da/tabel/AREA1?KOMMUNE=101,102&Tid=2023,2024")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached: list[str] = []
    for _ in range(90):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => { const e = document.activeElement, box = e.getBoundingClientRect(), s = getComputedStyle(e);
            return {text: (e.innerText || e.ariaLabel || e.className || "").trim().slice(0, 60), on: box.width > 0 &&
            (s.outlineStyle !== "none" || e.tagName === "BODY")}; }"""
        )
        assert here["on"], here
        reached.append(here["text"])

    assert any(text.startswith("Vis tabel") for text in reached)
    assert any(text.startswith("Børn i kommuner efter") for text in reached)  # the figures, to be scrolled
    assert any(text.startswith(".csv") for text in reached)
    page.context.close()


def test_a_sorted_column_keeps_the_focus_and_says_how(site: str, browser: Browser) -> None:
    page = seen(browser)
    page.goto(f"{site}/da/tabel/AREA1?ALDER=0005&KOMMUNE=*&Tid=2024")

    page.locator("#resultat thead").get_by_role("link", name="2024").focus()
    page.keyboard.press("Enter")
    page.locator("[aria-sort=ascending]").wait_for()
    snapshot = page.locator("#resultat table").aria_snapshot()

    assert page.locator("[aria-sort=ascending] a").evaluate("node => node === document.activeElement")
    assert 'columnheader "2024"' in snapshot
    assert 'rowheader "København' in snapshot
    assert "vises ikke af hensyn til fortrolighed eller usikkerhed" in snapshot
    page.context.close()


def test_a_municipality_prints_on_one_sheet(site: str, browser: Browser) -> None:
    page = seen(browser)

    page.goto(f"{site}/da/kommune/101")
    page.emulate_media(media="print")
    sheet = page.pdf(format="A4")
    page.goto(f"{site}/da/tabel/AREA1")
    source = page.locator(".source .print-only").evaluate("node => getComputedStyle(node).display")
    form = page.locator("form.choose").evaluate("node => getComputedStyle(node).display")

    assert sheet.count(b"/Type /Page\n") + sheet.count(b"/Type /Page ") == 1
    assert (source, form) == ("inline", "none")
    page.context.close()


def test_a_page_is_light(site: str, browser: Browser) -> None:
    page = seen(browser)
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
    site: str, browser: Browser, pytestconfig: pytest.Config, name: str, lang: int, width: int, look: str
) -> None:
    assert pytestconfig.cache is not None
    folder = pytestconfig.cache.mkdir("screenshots")
    page = seen(browser, width, color_scheme=look)

    for kind, both in KINDS.items():
        page.goto(site + both[lang])
        page.screenshot(path=folder / f"{kind.replace(' ', '-')}.{name}.png", full_page=True)

    page.context.close()
    assert len(list(folder.glob(f"*.{name}.png"))) >= len(KINDS)

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
    context.set_default_timeout(10_000)
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

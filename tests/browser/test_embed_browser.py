"""Frames in a browser, on a page of another origin: heights that fit, no scrollbars, no script, WordPress, print."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Page
from werkzeug.serving import make_server

from service import create_app
from service.settings import Settings
from tables.bank import Bank
from tests.conftest import Publish
from tests.test_news import DA, EN, write

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

pytestmark = [  # the test server leaves the files it has sent to the collector
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
QUESTION = "KØN=*&OMRÅDE=*&Tid=*"
WORDPRESS = """
window.heights = [];
window.addEventListener("message", function (event) {
  if (event.data && event.data.message === "height" && event.data.secret === "s3cret") {
    window.heights.push(event.data.value);
    document.querySelector("iframe").height = Math.min(1000, Math.max(200, event.data.value));
  }
});
"""


def served(app: Callable[..., object], port: int) -> Iterator[str]:
    server = make_server("127.0.0.1", port, app, threaded=True)  # type: ignore[arg-type]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    thread.join()
    server.server_close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def site(toy: Bank) -> Iterator[str]:
    port = free_port()
    yield from served(create_app(toy, Settings(url=f"http://127.0.0.1:{port}")), port)


@pytest.fixture
def pages() -> dict[str, str]:
    return {}


@pytest.fixture
def host(pages: dict[str, str]) -> Iterator[str]:
    """Another origin, whose pages a test writes."""

    def app(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        page = pages.get(environ["PATH_INFO"])
        start("200 OK" if page else "404 Not Found", [("Content-Type", "text/html; charset=utf-8")])
        return [f"<!DOCTYPE html><html lang=da><title>x</title>{page or ''}".encode()]

    yield from served(app, free_port())


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 900, "height": 700})
    opened = context.new_page()
    yield opened
    context.close()


def framed(page: Page) -> Frame:
    handle = page.locator("iframe").element_handle()
    frame = handle.content_frame()
    assert frame is not None
    frame.locator("footer").wait_for()
    return frame


def fits(page: Page) -> bool:
    """The frame is as high as its content, and neither way is there anything to scroll."""
    frame = framed(page)
    height = page.locator("iframe").evaluate("frame => frame.getBoundingClientRect().height")
    content = frame.evaluate("Math.ceil(document.documentElement.getBoundingClientRect().height)")
    scrolls = frame.evaluate(
        "[document.scrollingElement.scrollHeight - innerHeight, document.scrollingElement.scrollWidth - innerWidth]"
    )
    return abs(height - content) <= 1 and max(scrolls) <= 0


def becomes(page: Page, check: Callable[[], bool]) -> bool:
    for _ in range(60):
        if check():
            return True
        page.wait_for_timeout(50)
    return False


def test_a_pasted_frame_is_as_high_as_its_content(site: str, host: str, pages: dict[str, str], page: Page) -> None:
    violations: list[str] = []
    page.on("console", lambda message: violations.append(message.text) if message.type == "error" else None)
    pages["/"] = (
        f'<iframe src="{site}/embed/TOY?{QUESTION}" title="t" width="100%" height="120" style="border:0"></iframe>'
        f'<script async src="{site}/embed.js"></script>'
    )
    page.goto(f"{host}/")

    assert becomes(page, lambda: fits(page))
    assert page.locator("iframe").evaluate("frame => frame.getBoundingClientRect().height") > 250
    assert [each for each in violations if "favicon" not in each and "404" not in each] == []


def test_a_journalist_finds_a_table_and_pastes_it_into_a_page_of_her_own(
    site: str, host: str, pages: dict[str, str], page: Page
) -> None:
    page.goto(f"{site}/da/")
    page.get_by_role("main").get_by_role("searchbox").fill("børn støtte")
    page.get_by_role("main").get_by_role("button", name="Søg").click()
    page.get_by_role("link", name="TOY").first.click()
    page.goto(page.url + "?OMRÅDE=000&Tid=top(5)&KØN=*")
    pages["/"] = page.locator("#embed-live").input_value()

    page.goto(f"{host}/")

    assert becomes(page, lambda: fits(page))
    assert framed(page).locator("td").all_inner_texts() == ["20", "18", "16", "10"]
    assert page.locator("iframe").get_attribute("title")


def test_the_height_follows_what_a_reader_opens(site: str, host: str, pages: dict[str, str], page: Page) -> None:
    pages["/"] = (
        f'<div style="width:240px"><iframe src="{site}/embed/TOY?{QUESTION}" title="t" width="100%" style="border:0">'
        f'</iframe></div><script async src="{site}/embed.js"></script>'
    )
    page.goto(f"{host}/")
    assert becomes(page, lambda: fits(page))

    page.evaluate("document.querySelector('div').style.width = '800px'")

    assert becomes(page, lambda: fits(page))


def test_a_host_script_that_comes_late_misses_nothing(site: str, host: str, pages: dict[str, str], page: Page) -> None:
    pages["/"] = f'<iframe src="{site}/embed/TOY" title="t" width="100%" height="120" style="border:0"></iframe>'
    page.goto(f"{host}/")
    framed(page)
    page.wait_for_timeout(200)

    page.add_script_tag(url=f"{site}/embed.js")

    assert becomes(page, lambda: fits(page))


def test_our_element_becomes_a_frame_and_knows_pages_too(
    site: str, host: str, pages: dict[str, str], page: Page
) -> None:
    fallback = '<a href="x"><img src="x.png" alt="figures"></a>'
    pages["/"] = (
        f'<statbank-table src="{site}/en/table/TOY?Tid=2024" title="Children">{fallback}</statbank-table>'
        f'<statbank-table src="https://elsewhere.example/embed/TOY" title="No">{fallback}</statbank-table>'
        f'<script async src="{site}/embed.js"></script>'
    )
    page.goto(f"{host}/")

    assert becomes(page, lambda: page.locator("iframe").count() == 1 and fits(page))
    assert framed(page).locator("html").get_attribute("lang") == "en"
    assert page.locator("iframe").get_attribute("title") == "Children"
    assert page.locator("statbank-table >> nth=1").locator("img").count() == 1


def test_our_element_shows_no_fallback_beside_its_frame_when_the_script_came_first(
    site: str, host: str, pages: dict[str, str], page: Page
) -> None:
    pages["/"] = (
        f'<script src="{site}/embed.js"></script>'
        f'<statbank-table src="{site}/embed/TOY" title="t"><img src="x.png" alt="figures"></statbank-table>'
    )
    page.goto(f"{host}/")

    assert becomes(page, lambda: page.locator("iframe").count() == 1 and fits(page))
    assert page.locator("statbank-table img").count() == 0


def test_a_strict_sandbox_on_another_origin_loses_nothing(
    site: str, host: str, pages: dict[str, str], page: Page
) -> None:
    told: list[str] = []
    page.on("console", lambda message: told.append(f"{message.location['url']} {message.text}"))
    page.on("pageerror", lambda error: told.append(str(error)))
    pages["/"] = (
        f'<iframe sandbox="allow-scripts" src="{site}/embed/TOY?{QUESTION}" title="t" width="100%" height="200" '
        f'style="border:0"></iframe><script async src="{site}/embed.js"></script>'
    )
    page.goto(f"{host}/")

    assert becomes(page, lambda: fits(page))
    assert framed(page).evaluate("origin") == "null"
    assert framed(page).locator("body").evaluate("each => getComputedStyle(each).marginTop") == "0px"
    assert [each for each in told if each.startswith(site)] == []


def test_without_script_the_figures_and_the_fallback_are_there(
    site: str, host: str, pages: dict[str, str], chromium: Browser
) -> None:
    pages["/"] = (
        f'<iframe src="{site}/embed/TOY?{QUESTION}" title="t" width="100%" height="420"></iframe>'
        f'<statbank-table src="{site}/embed/TOY"><a href="{site}/da/tabel/TOY">Se tallene</a></statbank-table>'
        f'<script async src="{site}/embed.js"></script>'
    )
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{host}/")

    assert page.frame_locator("iframe").locator("td").count() == 12
    assert page.get_by_role("link", name="Se tallene").is_visible()
    context.close()


def test_a_wordpress_host_gets_the_height_in_its_sandbox(
    site: str, host: str, pages: dict[str, str], page: Page
) -> None:
    frame = (
        f'<iframe sandbox="allow-scripts" security="restricted" src="{site}/embed/TOY?{QUESTION}#?secret=s3cret" '
        'title="t" width="600" height="200" data-secret="s3cret" frameborder="0" scrolling="no"></iframe>'
    )
    pages["/early"] = f"<script>{WORDPRESS}</script>{frame}"
    pages["/late"] = frame

    page.goto(f"{host}/early")
    assert becomes(page, lambda: fits(page))
    assert page.evaluate("Number.isInteger(window.heights[0])")

    page.goto(f"{host}/late")
    framed(page)
    page.wait_for_timeout(200)
    page.evaluate(WORDPRESS)
    page.evaluate(
        "document.querySelector('iframe').contentWindow.postMessage({message: 'ready', secret: 's3cret'}, '*')"
    )
    assert becomes(page, lambda: page.evaluate("window.heights.length > 0") and fits(page))


def test_the_blockquote_of_oembed_has_the_link(site: str, host: str, pages: dict[str, str], page: Page) -> None:
    told = page.request.get(f"{site}/oembed?url={site}/da/tabel/TOY").json()
    pages["/"] = told["html"] + f'<script async src="{site}/embed.js"></script>'
    page.goto(f"{host}/")

    assert page.locator("blockquote a").get_attribute("href") == f"{site}/da/tabel/TOY"
    assert becomes(page, lambda: framed(page).locator("td").count() > 0)


def test_a_refusal_tells_its_height_too(site: str, host: str, pages: dict[str, str], page: Page) -> None:
    pages["/"] = (
        f'<iframe src="{site}/embed/NONE" title="t" width="100%" height="420" style="border:0"></iframe>'
        f'<script async src="{site}/embed.js"></script>'
    )
    page.goto(f"{host}/")

    def small() -> bool:
        return bool(page.locator("iframe").evaluate("frame => frame.getBoundingClientRect().height") < 250)

    assert becomes(page, small)


def test_a_frame_prints_as_a_plain_table(site: str, page: Page) -> None:
    page.goto(f"{site}/embed/TOY?{QUESTION}")
    page.emulate_media(media="print")

    assert page.locator(".scroll").evaluate("each => getComputedStyle(each).overflowX") == "visible"
    assert page.locator("thead").evaluate("each => getComputedStyle(each).display") == "table-header-group"
    assert page.locator("footer .source").is_visible()
    assert page.pdf().startswith(b"%PDF")


def test_a_chart_prints_with_its_figures(site: str, page: Page) -> None:
    page.goto(f"{site}/embed/TOY?KØN=*&OMRÅDE=*&Tid=2024&view=bar&rows=OMRÅDE&columns=KØN")
    assert not page.locator("td").first.is_visible()

    page.emulate_media(media="print")

    assert page.locator("td").first.is_visible()
    assert page.locator("figure img").is_visible()


def test_a_frame_is_light_and_asks_nobody_else(site: str, page: Page) -> None:
    asked: list[str] = []
    sizes: list[int] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto(f"{site}/embed/TOY?{QUESTION}", wait_until="networkidle")

    assert all(each.startswith(site) for each in asked)
    assert len(asked) <= 4
    assert sum(sizes) < 30_000


@pytest.fixture
def paper(library: Path, publish: Publish, tmp_path: Path) -> Iterator[str]:
    """A site with an article whose figure is a chart."""
    keys = "view: bar\n"
    write(library, DA.replace("title: Børn", f"{keys}title: Børn"), EN.replace("title: Child", f"{keys}title: Child"))
    publish(news=("2024-101",))
    bank = Bank(tmp_path / "bank")
    bank.refresh()
    port = free_port()
    yield from served(create_app(bank, Settings(url=f"http://127.0.0.1:{port}")), port)


@pytest.mark.parametrize("look", [{"color_scheme": "light"}, {"color_scheme": "dark"}])
def test_an_article_can_be_read_by_everybody_on_a_phone_too(
    paper: str, chromium: Browser, look: dict[str, str]
) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 700}, **look)  # type: ignore[arg-type]
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(f"{paper}/da/nyt/2024-101", wait_until="networkidle")

    found = [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(page).response["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.get_by_text("Se tallene som tabel").click()
    page.emulate_media(media="print")

    assert (found, told, wide) == ([], [], 320)
    assert page.locator("figure td").first.is_visible()
    assert page.locator("figure img").evaluate("each => each.complete && each.naturalWidth > 0")
    assert not page.locator("details.share").first.is_visible()
    context.close()

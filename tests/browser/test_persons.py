"""What a journalist, an analyst, a keyboard and a screen reader do, by the numbers of ux §14, as in production."""

import csv
import io
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import HIDDEN, Site, seen
from tests.test_pages import CODES, KINDS, NAMES

pytestmark = pytest.mark.slow
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}  # what other colours can change
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOUND = "/da/tabel/ISBU02"
FOUR = "/da/tabel/FOUR1?OMRÅDE=*&ALDER=*&KØN=*&Tid=*&rows=OMRÅDE,ALDER&columns=Tid,KØN"
FEW = f"KOMMUNEDK={','.join(CODES[-3:])}&INDSATSER=5,7&Tid=top(3)"  # with hidden cells
VIEWS = {
    "line": f"{FOUND}?KOMMUNEDK=101,102,{CODES[-1]}&INDSATSER=7&Tid=*&view=line",
    "bar": f"{FOUND}?KOMMUNEDK=101,102,{CODES[-1]}&INDSATSER=7&Tid=2024&view=bar",
    "multiples": f"{FOUND}?KOMMUNEDK=101,102,{CODES[-1]}&INDSATSER=7&Tid=*&view=multiples",
    "tiles": f"{FOUND}?KOMMUNEDK=*&INDSATSER=7&Tid=2024&view=tiles",
    "map": f"{FOUND}?KOMMUNEDK=*&INDSATSER=7&Tid=2024&view=map",
    "stacked": "/da/tabel/FOUR1?OMRÅDE=*&ALDER=*&Tid=2024&view=stacked&columns=ALDER",
    "pyramid": "/da/tabel/FOUR1?OMRÅDE=02&ALDER=*&KØN=*&Tid=2024&view=pyramid&columns=KØN",
}
CONSOLES = ("/da/api/konsol", "/en/api/console")
WRONG = ("/da/tabel/ARAE1", "/da/tabel/AREA1?KOMMUNE=999", "/en/table/AREA1?view=lin", "/da/tabel/AREA1?KOMUNE=101")
FRAMES = (f"/embed/ISBU02?{FEW}", "/embed/ISBU03", "/embed/ISBU02?KOMMUNEDK=101,102&Tid=*&view=line&lang=en")
TURNS = {  # address, status, what is told, the link that helps
    "misspelt table": ("/da/tabel/ISBU20", 404, "Tabellen findes ikke", "ISBU02"),
    "misspelt variable": (
        f"{FOUND}?KOMUNEDK=101&Tid=*",
        400,
        "ingen variabel KOMUNEDK",
        "Brug kommune (KOMMUNEDK)",
    ),
    "misspelt value": (f"{FOUND}?KOMMUNEDK=10&Tid=*", 400, "KOMMUNEDK har ingen værdi 10", "Brug København (101)"),
    "too many cells": (f"{FOUND}?KOMMUNEDK=*&INDSATSER=*&Tid=*", 413, "kommune (19), tid (10)", "første visning"),
    "empty selection": (
        "/da/tabel/FOUR1?OMRÅDE=&ALDER=*&Tid=2024",
        400,
        "Vælg værdier for OMRÅDE",
        "første visning",
    ),
    "matches nothing": (f"{FOUND}?KOMMUNEDK=9*&Tid=*", 400, "KOMMUNEDK har ingen værdi 9*", "Brug"),
    "unknown view": (f"{FOUND}?KOMMUNEDK=101,102&view=lines", 400, "view=lines findes ikke", "Brug line"),
    "a view that makes no sense": (f"{FOUND}?KOMMUNEDK=101,102&view=line", 200, "«Linjer» kan ikke", "Søjler"),
    "last year's link": (f"{FOUND}?KOMMUNEDK=101,102&Tid=2014", 400, "Tid har ingen værdi 2014", "Brug 2015"),
    "closed table": ("/da/tabel/OLD1", 200, "afsluttet", "TOY"),
}


@pytest.fixture
def site(served: Site) -> str:
    return served.url


def rows(page: Page) -> list[str]:
    return [text.split("\n")[0] for text in page.locator("#resultat tbody th[scope=row]").all_inner_texts()]


def faults(page: Page, rules: list[str] | dict[str, object]) -> list[str]:
    found = Axe().run(page, options={"runOnly": rules}).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, dict[str, str]]]:
    """A page on another origin, whose body a test writes under "/"."""
    pages: dict[str, str] = {}

    class Host(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", pages
        server.shutdown()
        thread.join()


def test_1_a_journalist_pastes_the_code_of_what_she_found_and_the_frame_fits(
    site: str, chromium: Browser, elsewhere: tuple[str, dict[str, str]]
) -> None:
    page = seen(chromium, permissions=["clipboard-read", "clipboard-write"])
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))

    page.goto(f"{site}/da/")
    page.get_by_label("Søg efter tabeller").fill("børn forebyggende")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="ISBU02").click()
    page.locator("summary", has_text="Kommune").click()
    page.get_by_label("Find i Kommune").fill("hele land")
    page.get_by_label("Alle 19").uncheck()
    page.get_by_label("Hele landet").check()
    page.locator("summary", has_text="Tid").click()
    page.get_by_label("Seneste 5").check()
    assert page.locator("form .cells").inner_text().startswith("5 celler valgt")
    page.get_by_role("button", name="Vis tabel").click()
    page.wait_for_url("**KOMMUNEDK=000&Tid=top(5)*")
    page.get_by_role("button", name="Kopiér: Følger de nyeste tal").click()
    page.get_by_text("Kopieret").wait_for()
    code = str(page.evaluate("navigator.clipboard.readText()"))

    assert told == []
    host, pages = elsewhere
    pages["/"] = f"<!DOCTYPE html><html lang=da><title>Avisen</title><body>{code}</body></html>"
    page.goto(f"{host}/")
    frame = page.frame_locator("iframe")
    frame.locator("footer").wait_for()
    page.wait_for_function(  # another origin has no policy of ours
        "document.querySelector('iframe').getBoundingClientRect().height !== 420"
    )
    height = page.locator("iframe").evaluate("frame => frame.getBoundingClientRect().height")
    inner = page.frames[1].evaluate(
        """() => { const it = document.scrollingElement; return [it.getBoundingClientRect().height,
        it.scrollHeight - innerHeight, it.scrollWidth - innerWidth]; }"""
    )
    assert abs(height - inner[0]) <= 1
    assert max(inner[1:]) <= 0
    assert frame.locator("td").count() == 5
    page.context.close()


def test_2_the_same_without_javascript_by_form_links_and_pictures(site: str, chromium: Browser) -> None:
    page = seen(chromium, java_script_enabled=False)

    page.goto(f"{site}/en/")
    page.get_by_label("Search for tables").fill("children preventive")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="ISBU02").click()
    page.locator("summary", has_text="Municipality").click()
    page.get_by_label("All 19").uncheck()
    page.get_by_role("listbox", name="Municipality").select_option(["101", "103"])
    page.locator("summary", has_text="Time").click()
    page.get_by_label("Choose below").check()
    page.locator("select[name=Tid]").nth(0).select_option(label="2022")
    page.locator("select[name=Tid]").nth(1).select_option(label="2024")
    page.get_by_role("button", name="Show table").click()
    assert page.url.partition("#")[0] == f"{site}/en/table/ISBU02?KOMMUNEDK=101,103&Tid=range(2022,2024)"
    assert rows(page) == ["København", "Dragør"]

    for _ in range(2):
        page.locator("#resultat thead").get_by_role("link", name="2024").click()
    assert rows(page) == ["Dragør", "København"]
    page.locator("summary", has_text="Move rows and columns").click()
    page.get_by_role("link", name="Turn", exact=True).click()
    assert rows(page) == ["2022", "2023", "2024"]
    with page.expect_download() as download:
        page.get_by_role("link", name=".csv for programs").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert (download.value.suggested_filename[:7], len(lines)) == ("ISBU02_", 7)
    with page.expect_download() as picture:
        page.get_by_role("link", name=".png picture").click()
    assert Path(picture.value.path()).read_bytes().startswith(b"\x89PNG")
    with page.expect_response(re.compile(r"\.svg\?")) as drawing:
        page.get_by_role("navigation", name="Views").get_by_role("link", name="Lines").click()
    assert drawing.value.status == 200
    assert not page.get_by_role("button", name="Make the chart interactive").is_visible()
    assert page.get_by_role("img", name="Line chart").bounding_box()["height"] > 200  # type: ignore[index]
    page.context.close()


def test_3_a_keyboard_is_enough_and_always_sees_where_it_is(site: str, chromium: Browser) -> None:
    page = seen(chromium)
    page.goto(f"{site}/da/tabel/AREA1?KOMMUNE=101,102&Tid=2023,2024")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached: list[str] = []
    for _ in range(110):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => { const e = document.activeElement, box = e.getBoundingClientRect(), s = getComputedStyle(e);
            return {text: (e.innerText || e.ariaLabel || e.className || "").trim().slice(0, 60), on: box.width > 0 &&
            (s.outlineStyle !== "none" || e.tagName === "BODY")}; }"""
        )
        assert here["on"], here
        reached.append(here["text"])
        if here["text"].startswith(".csv"):
            break

    assert any(text.startswith("Vis tabel") for text in reached)
    figures = next(place for place, text in enumerate(reached) if text.startswith("Børn i kommuner efter"))
    assert figures < len(reached) - 5  # the figures can be scrolled, and left again
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.startswith("AREA1_")
    page.context.close()


def test_4_a_screen_reader_hears_headers_caption_hidden_cells_and_order(site: str, chromium: Browser) -> None:
    page = seen(chromium)
    page.goto(site + FOUR)

    snapshot = page.locator("#resultat table").aria_snapshot()

    caption = "Indsatser efter det hele efter område, alder, tid og køn"
    assert caption in snapshot
    for header in ('columnheader "2024"', 'columnheader "Drenge"', 'rowheader "Nord"', 'rowheader "0-5 år"'):
        assert header in snapshot
    assert 'cell "vises ikke af hensyn til fortrolighed eller usikkerhed"' in snapshot.replace(".. vises", "vises")
    named = page.locator("#resultat td").first.get_attribute("headers")
    assert len(str(named).split()) == 4
    for name in str(named).split():
        assert page.locator(f"#{name}").count() == 1

    page.goto(f"{site}{FOUND}?{FEW}&INDSATSER=7")
    page.locator("#resultat thead").get_by_role("link", name="2024").focus()
    page.keyboard.press("Enter")
    page.locator("[aria-sort=ascending]").wait_for()
    assert page.locator("[aria-sort=ascending] a").evaluate("node => node === document.activeElement")
    page.context.close()


@pytest.mark.parametrize(
    ("look", "lang", "rules"),
    [
        ({"color_scheme": "light"}, 0, RULES),
        ({"color_scheme": "dark"}, 1, COLOURS),
        ({"forced_colors": "active"}, 0, COLOURS),
    ],
    ids=["light", "dark", "forced"],
)
def test_5_axe_finds_nothing_on_any_page_view_or_frame(
    site: str, chromium: Browser, look: dict[str, str], lang: int, rules: list[str] | dict[str, object]
) -> None:
    page = seen(chromium, **look)

    found = {}
    for address in [*(both[lang] for both in KINDS.values()), *VIEWS.values(), *WRONG, *FRAMES]:
        page.goto(site + address)
        found[address] = faults(page, rules)

    page.context.close()
    assert {address: each for address, each in found.items() if each} == {}


def test_5_and_13_no_page_is_wider_than_a_phone_breaks_the_policy_or_asks_anybody_else(
    site: str, chromium: Browser
) -> None:
    page = seen(chromium, 320)
    told: list[str] = []
    foreign: list[str] = []
    page.on("console", lambda message: told.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: told.append(f"{page.url}: {error}"))
    page.on("request", lambda request: None if request.url.startswith((site, "data:")) else foreign.append(request.url))

    wide = []
    for address in [*(each for both in KINDS.values() for each in both), *VIEWS.values()]:
        page.goto(site + address)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(address)
    page.goto(site + VIEWS["line"])
    page.get_by_role("button", name="Gør diagrammet interaktivt").click()
    page.locator(".live svg").wait_for()
    for address in CONSOLES:
        page.goto(site + address)
        page.locator("#console .opblock").first.wait_for()

    page.context.close()
    assert (wide, told, foreign) == ([], [], [])


def test_6_an_analyst_runs_what_she_copies_and_gets_the_figures_of_the_page(
    site: str, chromium: Browser, tmp_path: Path
) -> None:
    page = seen(chromium)
    page.goto(f"{site}{FOUND}?{FEW}")
    shown = [None if text.startswith("..") else int(text.replace(".", "")) for text in _cells(page)]
    copied = {
        tool: page.locator(f"#snippet-{tool}").input_value()
        for tool in ("address", "curl", "pandas", "javascript", "excel")
    }
    page.context.close()

    with urlopen(_ascii(copied["address"])) as answer:
        assert _values(answer.read().decode()) == shown
    subprocess.run(["sh", "-c", copied["curl"]], cwd=tmp_path, check=True, timeout=30, capture_output=True)
    assert _values((tmp_path / "ISBU02.csv").read_text(encoding="utf-8")) == shown
    program = copied["pandas"] + "\nprint([None if v != v else int(v) for v in data['value']])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == str(shown), done.stderr
    (tmp_path / "a.mjs").write_text(copied["javascript"] + "\nconsole.log(JSON.stringify(data.value));", "utf-8")
    done = subprocess.run(["node", "a.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == str(shown).replace("None", "null").replace(" ", ""), done.stderr
    with urlopen(_ascii(copied["excel"])) as answer:
        assert answer.read().startswith(b"\xef\xbb\xbf")


def _cells(page: Page) -> list[str]:
    return [text.split("\n")[0] for text in page.locator("#resultat td").all_inner_texts()]


def _ascii(address: str) -> str:
    return quote(address, safe=":/?&=,()%*[]@")


def _values(text: str) -> list[int | None]:
    return [int(row["value"]) if row["value"] else None for row in csv.DictReader(io.StringIO(text))]


def test_7_excel_in_denmark_opens_both_files_with_numbers_as_numbers(site: str) -> None:
    keys = quote("KOMMUNEDK=101,102&INDSATSER=5&Tid=2024&calc=share&base=INDSATSER", safe="=&,")
    with urlopen(f"{site}{FOUND}.dk.csv?{keys}") as answer:
        raw = answer.read()
    with urlopen(f"{site}{FOUND}.xlsx?{keys}") as answer:
        book = openpyxl.load_workbook(io.BytesIO(answer.read()))

    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == 3
    table = list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    numbers = [row[-2] for row in table[1:]]
    assert all(re.fullmatch(r"\d+,\d", number) for number in numbers)
    cells = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert {float(number.replace(",", ".")) for number in numbers} <= {c for c in cells if isinstance(c, float)}


@pytest.mark.parametrize("turn", TURNS)
def test_9_each_wrong_turn_says_what_happened_and_what_to_do(site: str, chromium: Browser, turn: str) -> None:
    address, status, told, cure = TURNS[turn]
    page = seen(chromium)

    answer = page.goto(site + address)

    assert answer is not None
    assert answer.status == status
    assert told in page.locator("main").inner_text()
    page.get_by_role("link", name=cure).first.click()
    page.wait_for_load_state()
    assert page.locator("#resultat td").count() > 0
    page.context.close()


def test_9_a_refused_page_keeps_what_was_chosen_and_takes_the_focus(site: str, chromium: Browser) -> None:
    page = seen(chromium)

    page.goto(f"{site}{FOUND}?KOMMUNEDK=101,102&INDSATSER=55&Tid=top(5)")

    assert page.evaluate("document.activeElement.className") == "refused"
    counts = page.locator("form .count").all_inner_texts()
    assert counts == ["2 af 19 valgt", "0 af 3 valgt", "5 af 10 valgt"]
    page.get_by_label("Forebyggende indsatser").check()
    page.get_by_role("button", name="Vis tabel").click()
    page.wait_for_url("**INDSATSER=5&Tid=top(5)*")
    assert rows(page) == ["København", "Frederiksberg"]
    page.context.close()


def processes(of: int, name: str) -> list[int]:
    """Those below a process whose command line names something."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            parent = int(re.search(r"^PPid:\s+(\d+)", (entry / "status").read_text(), re.MULTILINE)[1])  # type: ignore[index]
            command = (entry / "cmdline").read_bytes().decode("utf-8", "replace")
        except (OSError, TypeError, ValueError):
            continue
        if parent == of:
            pid = int(entry.name)
            found += [pid] * (name in command) + processes(pid, name)
    return found


def test_12_a_killed_chart_process_leaves_the_table_and_is_followed_by_another(served: Site, chromium: Browser) -> None:
    drawing = served.url + quote(VIEWS["bar"].replace("?", ".svg?"), safe="/?=&,()")
    with urlopen(drawing):
        pass
    before = processes(served.pid, "charts/worker.py")
    assert before
    page = seen(chromium)

    for pid in before:
        os.kill(pid, signal.SIGKILL)
    answer = page.goto(served.url + VIEWS["line"])
    page.get_by_role("img", name="Linjediagram").wait_for()
    drawn = page.get_by_role("img", name="Linjediagram").evaluate(
        "image => image.decode().then(() => image.naturalWidth)"
    )

    assert answer is not None
    assert answer.status == 200
    assert drawn > 100
    assert set(processes(served.pid, "charts/worker.py")).isdisjoint(before)
    page.context.close()


def test_12_a_chart_that_does_not_come_is_told_and_the_table_opens(served: Site, chromium: Browser) -> None:
    page = seen(chromium)
    page.route(re.compile(r"\.svg\?"), lambda route: route.fulfill(status=503, body=""))

    answer = page.goto(served.url + VIEWS["line"])

    page.get_by_text("Diagrammet kunne ikke tegnes").wait_for()
    assert answer is not None
    assert answer.status == 200
    assert page.locator("#resultat td").first.is_visible()
    page.context.close()


def test_12_two_workers_draw_at_once_and_neither_ever_loads_the_drawer(served: Site) -> None:
    workers = processes(served.pid, "gunicorn")
    addresses = [
        served.url + quote(f"{FOUND}.svg?KOMMUNEDK={code}&INDSATSER=5&Tid=*&view=line", safe="/?=&,()*")
        for code in CODES[:12]
    ]

    def status(address: str) -> int:
        try:
            with urlopen(address, timeout=60) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(status, addresses))

    assert len(workers) >= 2
    assert found.count(200) >= 6
    assert set(found) <= {200, 503}  # a queue that is full says so at once
    for pid in workers:
        assert "vl_convert" not in Path(f"/proc/{pid}/maps").read_text()


@pytest.mark.parametrize("view", ["line", "bar", "multiples", "tiles", "stacked", "pyramid"])
def test_14_a_drawing_tells_how_many_are_hidden_and_no_hidden_value(site: str, view: str) -> None:
    with urlopen(site + quote(VIEWS[view].replace("?", ".svg?"), safe="/?=&,()*")) as answer:
        drawing = answer.read().decode()
    with urlopen(site + quote(VIEWS[view].replace("?", ".csv?"), safe="/?=&,()*")) as answer:
        hidden = answer.read().decode().count(",confidential")

    assert hidden
    told = re.search(r"<desc[^>]*>(.*?)</desc>", drawing)
    assert told is not None
    assert f"{hidden} værdi" in told[1]
    written = re.findall(r">([^<>]+)</t(?:ext|itle)>", drawing)
    assert not [text for text in written if re.search(rf"(^|[: ]){HIDDEN}$", text)]
    assert not re.search(r"aria-label=|aria-roledescription=", drawing)


@pytest.mark.parametrize("keys", ["calc=change", "calc=pct", "calc=index&base=2020", "calc=share&base=INDSATSER"])
def test_14_calculations_and_order_over_hidden_cells_leak_nothing(site: str, chromium: Browser, keys: str) -> None:
    page = seen(chromium)
    plain = f"{site}{FOUND}?KOMMUNEDK=101,{CODES[-1]},102&INDSATSER=7&Tid=2023,2024"

    page.goto(f"{plain}&{keys}")
    line = page.locator("#resultat tbody tr", has_text=NAMES[-1]).locator("td").all_inner_texts()
    last = []
    for order in ("2024", "-2024"):
        page.goto(f"{plain}&{keys}&sort={order}")
        last.append(rows(page)[-1])

    assert [text.split("\n")[0] for text in line] == [".."] * 2
    assert last == [NAMES[-1]] * 2
    page.context.close()


def test_15_a_printed_table_has_its_source_and_every_row(site: str, chromium: Browser) -> None:
    page = seen(chromium)
    page.goto(f"{site}{FOUND}?KOMMUNEDK=*&INDSATSER=*&Tid=top(3)&rows=INDSATSER,KOMMUNEDK")
    page.emulate_media(media="print")

    shown = page.locator("form.choose, .reuse, .views, .top").evaluate_all("all => all.filter(e => e.offsetHeight)")
    box = page.locator(".scroll").bounding_box()
    table = page.locator("#resultat table").bounding_box()
    source = page.locator("#resultat .source").inner_text()
    sheets = page.pdf(format="A4")
    page.goto(f"{site}{FOUND}?KOMMUNEDK=101&Tid=top(3)")
    one = page.pdf(format="A4")

    assert shown == []
    assert box is not None
    assert table is not None
    assert box["height"] >= table["height"] > 500  # nothing is cut away
    assert "Kilde: Syntetiske data · ISBU02 · Opdateret 6. juni 2024" in source
    assert f"{site}{FOUND}?KOMMUNEDK=*" in source
    assert _sheets(sheets) > _sheets(one) >= 1
    page.context.close()


def _sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))

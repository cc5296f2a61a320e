"""Frames and news: weight, first paint, CPU of a frame beside a bare template, and what news adds to a release."""

import gzip
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from flask import Flask, render_template_string
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from service import create_app
from service.cli.release import PICTURES
from service.settings import Settings
from service.shelf import Shelf
from tables.bank import Bank
from tables.rehearsal import rehearse
from tables.release import release

ROOT = Path(__file__).resolve().parents[2]
ROUNDS, REQUESTS = 5, 40
OPENING = datetime(2024, 6, 6, 6, tzinfo=UTC)
FRAME = "/embed/TOY?K%C3%98N=*&OMR%C3%85DE=*&Tid=*"
PAGE = "<!DOCTYPE html><title>{{ t }}</title><table>{% for n in rows %}<tr><td>{{ n }}</td></tr>{% endfor %}</table>"
FRONT = '---\ntitle: {title}\nnumber: "2024:101"\nsubject: "11"\ntables: [TOY]\nconditions: Ingen.\n---\n'
TEXT = "I 2024: :figure[TOY?KØN=D&Tid=2024], :change[TOY?KØN=D&Tid=2024|from=2023|unit=pct|sign=yes] pct.\n"
FENCE = (
    "\n```statbank\ntable: TOY\nselect: {KØN: '*', OMRÅDE: '*', Tid: '2024'}\n"
    "rows: [OMRÅDE]\ncolumns: [KØN]\nview: bar\n```\n"
)


def best(work: Callable[[], object]) -> float:
    """Milliseconds of CPU for one of REQUESTS, in the best round."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(REQUESTS):
            work()
        rounds.append((time.process_time() - start) / REQUESTS * 1000)
    return min(rounds)


def released(folder: Path, day: str, news: tuple[str, ...]) -> float:
    """Seconds of a release, with the rehearsal in this process."""
    wall = datetime.strptime(day, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    start = time.perf_counter()
    release(
        folder / "library",
        folder / "bank",
        ("TOY",),
        at=day,
        news=news,
        pictures=PICTURES,
        clock=lambda: wall - timedelta(hours=3),
        rehearse=rehearse,
    )
    return time.perf_counter() - start


def painted(url: str) -> float | None:
    """Milliseconds to the first contentful paint, the median of five visits."""
    chromium = Path("/usr/bin/chromium")
    if not chromium.exists():
        return None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"])
        times = []
        for _ in range(5):
            page = browser.new_page()
            page.goto(url, wait_until="load")
            page.wait_for_timeout(200)
            times.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
            page.close()
        browser.close()
    return float(sorted(times)[2])


def toy(folder: Path) -> None:
    """The library of the tests, and an article with five figures."""
    spec = spec_from_file_location("conftest", ROOT / "tests/conftest.py")
    assert spec is not None
    assert spec.loader is not None
    conftest = module_from_spec(spec)
    spec.loader.exec_module(conftest)
    conftest.write_library(folder)
    (folder / "news/2024-101").mkdir(parents=True)
    for lang in ("da", "en"):
        text = FRONT.format(title=lang) + TEXT + FENCE * 5
        (folder / f"news/2024-101/news.{lang}.md").write_text(text, encoding="utf-8")


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    toy(folder / "library")
    plain, told = released(folder, "2024-06-06 08:00", ()), released(folder, "2024-06-07 08:00", ("2024-101",))
    again = released(folder, "2024-06-07 08:01", ("2024-101",))
    print(f"release of a toy table: {plain:.2f} s; with news of five charts in two languages: {told:.2f} s,")
    print(f"with the drawing process running already: {again:.2f} s")
    bank = Bank(folder / "bank", clock=lambda: OPENING + timedelta(days=3))
    bank.refresh()
    app = create_app(bank, Settings())
    app.extensions["statbank"] = replace(app.extensions["statbank"], shelf=Shelf(0), questions=Shelf(0))
    bare = Flask("bare")
    bare.add_url_rule("/", "bare", lambda: render_template_string(PAGE, t="t", rows=range(12)))
    ours, theirs = app.test_client(), bare.test_client()
    frame, template = best(lambda: ours.get(FRAME)), best(lambda: theirs.get("/"))
    print(f"frame: {frame:.2f} ms CPU; bare template: {template:.2f} ms; ratio {frame / template:.2f}")
    feed, article = best(lambda: ours.get("/da/nyt.atom")), best(lambda: ours.get("/da/nyt/2024-101"))
    print(f"with nothing kept: a feed {feed:.1f} ms CPU, the page of an article with five figures {article:.1f} ms")
    parts = [
        ours.get(FRAME).data,
        *((ROOT / "service/static" / n).read_bytes() for n in ("embed.css", "embed-child.js")),
    ]
    whole, packed = sum(map(len, parts)), sum(len(gzip.compress(part)) for part in parts)
    print(f"a frame weighs {whole} bytes in {len(parts)} answers, {packed} gzipped")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    first = painted(f"http://127.0.0.1:{server.server_port}{FRAME}")
    print(f"first paint: {first:.0f} ms" if first else "first paint: no chromium here")
    server.shutdown()


if __name__ == "__main__":
    main()

"""A bank people can lose their way in, served as in production, and the browser they use (ux §14)."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tables.rehearsal import rehearse
from tables.release import release
from tests.conftest import OPENING
from tests.test_pages import CODES, write_rich

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
WORKERS = 2
HIDDEN = 3  # children behind the cell that must never be told
YEARS = tuple(str(year) for year in range(2015, 2025))
MEASURES = ("2", "5", "7")
ISBU02 = """\
id: ISBU02
subject: "11"
title: {da: Børn og unge der modtager forebyggende indsatser, en: Children with preventive measures}
source: {da: Syntetiske data, en: Synthetic data}
dimensions:
  - code: KOMMUNEDK
    text: {da: kommune, en: municipality}
    classification: omraade
    levels: [kommune]
    elimination: "000"
    overlap: rare
  - code: INDSATSER
    text: {da: indsats, en: measure}
    values: |
      code ; da ; en
      2 ; Indsatser i alt ; Measures, total
      5 ; Forebyggende indsatser ; Preventive measures
      7 ; Ungdomskriminalitet ; Youth crime
    elimination: "2"
    overlap: common
  - code: Tid
    text: {da: tid, en: time}
    time: 2015-2024
measures:
  - code: boern
    text: {da: Børn, en: Children}
    unit: {da: Antal, en: Number}
    kind: distinct
    minimum: 0
disclosure:
  - {method: threshold, below: 5}
default: {rows: [KOMMUNEDK], columns: [Tid], select: {KOMMUNEDK: "*", Tid: top(2)}}
"""
FOUR1 = """\
id: FOUR1
subject: "11"
title: {da: Indsatser efter det hele, en: Measures by everything}
source: {da: Syntetiske data, en: Synthetic data}
dimensions:
  - code: OMRÅDE
    text: {da: område, en: region}
    values: |
      code ; da ; en
      01 ; Nord ; North
      02 ; Syd ; South
  - code: ALDER
    text: {da: alder, en: age}
    values: |
      code ; da ; en
      0005 ; 0-5 år ; 0-5 years
      0617 ; 6-17 år ; 6-17 years
    elimination: sum
  - code: KØN
    text: {da: køn, en: sex}
    values: |
      code ; da ; en
      D ; Drenge ; Boys
      P ; Piger ; Girls
    elimination: sum
  - code: Tid
    text: {da: tid, en: time}
    time: 2023-2024
measures:
  - code: indsatser
    text: {da: Indsatser, en: Measures}
    unit: {da: Antal, en: Number}
    kind: additive
    minimum: 0
disclosure:
  - {method: threshold, below: 5}
"""


@dataclass(frozen=True)
class Site:
    """The server as it is started in production."""

    url: str
    pid: int

    def __str__(self) -> str:
        return self.url


def publish(folder: Path) -> Path:
    """The bank of the pages' tests with two tables more: one people look for, one without a total."""
    library = write_rich(folder / "library")
    for name, text, cells in (("ISBU02", ISBU02, _found()), ("FOUR1", FOUR1, _four())):
        (library / name).mkdir()
        (library / name / "table.yaml").write_text(text, encoding="utf-8")
        pq.write_table(cells, library / name / "cube.parquet")
    release(
        library,
        folder / "bank",
        ("TOY", "AREA1", "OLD1", "ISBU02", "FOUR1"),
        at="2024-06-06 08:00",
        clock=lambda: OPENING - timedelta(hours=1),
        rehearse=rehearse,
    )
    return folder / "bank"


def _found() -> pa.Table:
    """Hundreds of children everywhere; in the last municipality so few for youth crime that they are not told."""
    found: dict[tuple[str, str, str], int] = {}
    for (place, code), (rank, year) in product(enumerate(CODES, 1), enumerate(YEARS)):
        few = HIDDEN if code == CODES[-1] else 20 + place
        every = 400 + 40 * place + rank
        for measure, number in zip(MEASURES, (every, every - few + few // 2, few), strict=True):  # some have both
            for area in (code, "000"):
                found[area, measure, year] = found.get((area, measure, year), 0) + number
    areas, measures, years = zip(*found, strict=True)
    return pa.table({"KOMMUNEDK": areas, "INDSATSER": measures, "Tid": years, "boern": list(found.values())})


def _four() -> pa.Table:
    keys = list(product(("01", "02"), ("0005", "0617"), ("D", "P"), ("2023", "2024")))
    numbers = [1234 + 7 * place for place in range(len(keys))]
    numbers[-1] = HIDDEN
    areas, ages, sexes, years = zip(*keys, strict=True)
    return pa.table({"OMRÅDE": areas, "ALDER": ages, "KØN": sexes, "Tid": years, "indsatser": numbers})


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("browser")
    bank = publish(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "STATBANK_BANK": str(bank),
        "STATBANK_CACHE": str(folder / "cache"),
        "STATBANK_BIND": f"127.0.0.1:{port}",
        "STATBANK_WORKERS": str(WORKERS),
        "STATBANK_MAX_PAGE_CELLS": "500",  # so that one table has too many
        "STATBANK_URL": url,
    }
    command = [str(Path(sys.executable).parent / "gunicorn"), "-c", str(ROOT / "deploy/gunicorn.conf.py")]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        _await(f"{url}/readyz")
        yield Site(url, process.pid)
        process.terminate()


def _await(address: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
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

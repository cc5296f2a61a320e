"""The README tells the truth: its examples are run, and nothing that can be chosen is left out of it."""

import os
import re
import shlex
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
BASE = "http://127.0.0.1:8000"


def name_of(requirement: str) -> str:
    return re.split(r"[<>=!\[;]", requirement)[0].strip()


def test_every_dependency_has_its_reason() -> None:
    rows = set(re.findall(r"^\| ([a-z0-9-]+) \| ", README, re.MULTILINE))

    assert {name_of(requirement) for requirement in PROJECT["dependencies"]} <= rows


def test_every_dependency_is_pinned_for_ci() -> None:
    pinned = {
        line.split("==")[0].lower().replace("_", "-") for line in (ROOT / "constraints.txt").read_text().splitlines()
    }
    wanted = {name_of(one) for one in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"])}

    assert {name.lower() for name in wanted} <= pinned


def examples() -> Iterator[tuple[str, str]]:
    """Commands after a `$ ` in console blocks, with what the README says they print."""
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for example in block.split("$ ")[1:]:
            command, _, printed = example.partition("\n")
            yield command, printed


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo bank as `make run` serves it, on another port."""
    folder = tmp_path_factory.mktemp("demo")
    programs = Path(sys.executable).parent
    subprocess.run([programs / "statbank", "--quiet", "demo", folder / "demo"], check=True, cwd=ROOT)
    port = 18_431
    environment = {**os.environ, "STATBANK_BANK": str(folder / "demo/bank"), "STATBANK_CACHE": str(folder / "cache")}
    command = [programs / "statbank", "serve", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        base = f"http://127.0.0.1:{port}"
        try:
            ready(f"{base}/readyz")
            yield base
        finally:
            process.terminate()


def ready(address: str, seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:  # refused, cut off, or slow while the bank is verified
            time.sleep(0.2)
    pytest.fail(f"{address} is not ready")


@pytest.mark.slow
def test_the_examples_print_what_the_readme_says(server: str) -> None:
    ran = 0
    for command, printed in examples():
        address = shlex.split(command)[-1].replace(BASE, server)
        with urllib.request.urlopen(address) as answer:
            got = answer.read().decode("utf-8-sig").replace("\r\n", "\n")
        assert got == printed
        ran += 1
    assert ran


@pytest.mark.slow
@pytest.mark.parametrize("table", ["ISBU01", "ISBU02", "ISBU03", "ISBU04", "BU43", "BU04A", "BU28", "FOLK1A", "BUFF01"])
@pytest.mark.parametrize("lang", ["da", "en"])
def test_every_table_of_the_demo_answers(server: str, table: str, lang: str) -> None:
    extra = "&ALDER=0" if table == "FOLK1A" else ""
    with urllib.request.urlopen(f"{server}/v1/data/{table}/CSV?lang={lang}{extra}") as answer:
        lines = answer.read().decode("utf-8-sig").splitlines()
    with urllib.request.urlopen(f"{server}/embed/{table}?lang={lang}") as frame:
        page = frame.read().decode()

    assert lines[0].endswith("INDHOLD")
    assert re.fullmatch(r"[-\d.,]+", lines[1].rsplit(";", 1)[1])
    assert "<table" in page
    assert frame.headers["X-Frame-Options"] is None

"""The snippets people copy: each is run, or where its program is not here, read for sound syntax."""

import ast
import csv
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen
from wsgiref.simple_server import WSGIRequestHandler, make_server

import duckdb
import pytest

from service import create_app
from service.guide import Question, snippets
from service.settings import Settings
from tables.bank import Bank
from tables.model import Lang

KEYS = "K%C3%98N=D&OMR%C3%85DE=01,02&Tid=*"
CODES = ("KØN", "OMRÅDE", "Tid")
ROWS = 4  # the last of them is hidden


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def served(toy_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The toy bank on an address of its own."""
    bank = Bank(toy_folder)
    bank.refresh()
    app = create_app(bank, Settings(bank=toy_folder, cache=tmp_path_factory.mktemp("cache")))
    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def texts(base: str, lang: Lang = "da", keys: str = KEYS) -> dict[str, str]:
    page = f"{base}/da/tabel/TOY" if lang == "da" else f"{base}/en/table/TOY"
    asked = Question(page, keys, CODES, "Kilde: Prøvekontoret")
    return {each.tool: each.text for each in snippets(asked, lang)}


@pytest.mark.slow
def test_curl_fetches_the_file(served: str, tmp_path: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")

    subprocess.run(["sh", "-c", texts(served)["curl"]], cwd=tmp_path, check=True, timeout=30, capture_output=True)

    assert len((tmp_path / "TOY.csv").read_text("utf-8").splitlines()) == ROWS + 1


@pytest.mark.slow
def test_pandas_reads_codes_as_text_and_hidden_cells_as_empty(served: str) -> None:
    program = texts(served)["pandas"] + 'print(data["OMRÅDE"].tolist(), data["value"].isna().any(), len(data))'

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)

    assert done.stdout.strip() == "['01', '01', '02', '02'] True 4", done.stderr


@pytest.mark.slow
def test_polars_reads_codes_as_text_and_hidden_cells_as_empty(served: str) -> None:
    program = texts(served)["polars"] + 'print(data["OMRÅDE"].to_list(), data["value"].null_count(), len(data))'

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)

    assert done.stdout.strip() == "['01', '01', '02', '02'] 2 4", done.stderr


@pytest.mark.slow
def test_r_reads_codes_as_text_and_hidden_cells_as_empty(served: str, tmp_path: Path) -> None:
    if not shutil.which("Rscript"):
        pytest.skip("R is not installed")
    told = 'cat(paste(data[["OMRÅDE"]], collapse = " "), sum(is.na(data$value)), nrow(data))'
    (tmp_path / "a.R").write_text(texts(served)["r"] + told, "utf-8")

    done = subprocess.run(
        ["Rscript", "--vanilla", "a.R"],
        cwd=tmp_path,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.stdout.strip() == "01 01 02 02 2 4", done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["da", "en"])
def test_power_query_asks_what_the_file_answers(served: str, lang: Lang) -> None:
    """Power Query runs nowhere but in Office and Power BI: its fields are put together as they do it."""
    text = texts(served, lang)["powerquery"]
    [(base, path, fields)] = re.findall(r'Web\.Contents\("(.*?)", \[RelativePath = "(.*?)", Query = \[(.*)\]\]\)', text)
    keys = dict(re.findall(r'#"(.*?)" = "(.*?)"', fields))

    with urlopen(f"{base}/{path}?{urlencode(keys)}") as answer:
        rows = list(csv.reader(answer.read().decode("utf-8").splitlines(), delimiter=","))

    assert "Encoding = 65001" in text
    assert len(rows) == ROWS + 1
    assert [row[rows[0].index("OMRÅDE")] for row in rows[1:]] == ["01", "01", "02", "02"]


@pytest.mark.slow
def test_javascript_reads_the_answer(served: str, tmp_path: Path) -> None:
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    (tmp_path / "a.mjs").write_text(texts(served)["javascript"], "utf-8")

    done = subprocess.run(["node", "a.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr
    assert re.search(r"\[ 12, .*, 8, null \]", done.stdout), done.stdout


@pytest.mark.slow
def test_duckdb_reads_the_file_when_it_is_there(served: str, tmp_path: Path) -> None:
    subprocess.run(["sh", "-c", texts(served)["curl"]], cwd=tmp_path, check=True, timeout=30, capture_output=True)
    asked = re.sub(r"read_csv\('[^']*'", f"read_csv('{tmp_path / 'TOY.csv'}'", texts(served)["duckdb"])

    with duckdb.connect() as connection:
        rows = connection.execute(asked).fetchall()

    assert len(rows) == ROWS
    assert rows[0][2] == "01"


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["da", "en"])
def test_the_addresses_answer(served: str, lang: Lang) -> None:
    for tool in ("address", "excel"):
        with urlopen(texts(served, lang)[tool]) as answer:
            assert answer.status == 200


@pytest.mark.parametrize("keys", [KEYS, "", "KON=%5Ba%22b%5D&Tid=top(1)"])
def test_python_is_sound(keys: str) -> None:
    for tool in ("pandas", "polars"):
        ast.parse(texts("https://bank.example", keys=keys)[tool])


@pytest.mark.parametrize("tool", ["r", "powerquery", "duckdb", "javascript", "pandas", "polars"])
def test_brackets_and_quotes_are_even(tool: str) -> None:
    text = texts("https://bank.example", keys="K%C3%98N=D&Tid=top(1)")[tool]

    bare = re.sub(r'"[^"\n]*"|\'[^\'\n]*\'|`[^`\n]*`', "", text)
    assert [bare.count(each) for each in "([{"] == [bare.count(each) for each in ")]}"]
    assert '"' not in bare


def test_power_query_keeps_the_base_still_and_names_the_keys() -> None:
    text = texts("https://bank.example")["powerquery"]

    assert 'Web.Contents("https://bank.example", [RelativePath = "da/tabel/TOY.csv"' in text
    assert '#"KØN" = "D"' in text
    assert "%" not in text


def test_r_names_every_code_as_text() -> None:
    assert 'c("KØN" = "character", "OMRÅDE" = "character"' in texts("https://bank.example")["r"]

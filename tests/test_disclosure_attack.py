"""The red team finds nothing in a masked bank, and plenty where only small cells, or only answers, are masked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from werkzeug.serving import make_server

from service import create_app
from service.settings import Settings
from tables.bank import Bank
from tables.catalog import read_library
from tables.disclosure.attack import attack, derived, over_http
from tables.disclosure.group import primaries
from tables.errors import Refused
from tables.grid import read_cube
from tables.model import Group
from tables.shown import show


@contextmanager
def served(bank: Bank) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(bank, Settings.from_environment()), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_red_team_finds_nothing_in_a_masked_bank(toy: Bank, toy_folder: Path) -> None:
    library = read_library(toy_folder.parent / "library")

    with served(toy) as url:
        found = list(attack(over_http(url), library.tables, tuple(library.groups.values())))

    assert found == []


def test_the_red_team_computes_cells_where_only_primaries_are_hidden(toy_folder: Path) -> None:
    library = read_library(toy_folder.parent / "library")
    grid = read_cube(library.folder / "TOY/cube.parquet", library.tables["TOY"])
    lone = primaries(grid).astype(np.uint8)

    found = list(derived(Group("TOY", ("TOY",)), {"TOY": show(grid, lone)}))

    assert [finding.cell for finding in found] == ["TOY KØN=D OMRÅDE=02 2024"]
    assert "is 3" in found[0].proof
    assert "= 0" in found[0].proof


def test_the_red_team_sees_a_door_that_tells_more_than_another(toy: Bank, toy_folder: Path) -> None:
    library = read_library(toy_folder.parent / "library")

    with served(toy) as url:
        honest = over_http(url)

        def leaking(path: str) -> bytes:
            """Suppression by answer: the English page leaves nothing out."""
            body = honest(path)
            return body.replace(b",,confidential", b",3,") if path.startswith("/en/") else body

        found = list(attack(leaking, library.tables, tuple(library.groups.values())))

    assert len(found) == 2
    assert all("/en/table/TOY.csv says 3" in str(finding) for finding in found)


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(Refused, match="http"):
        over_http("file:///etc/passwd")


def test_the_command_tells_how_many_it_found(toy: Bank, toy_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from service.cli.attack import attack as command
    from service.cli.main import assemble

    monkeypatch.setenv("STATBANK_LIBRARY", str(toy_folder.parent / "library"))

    with served(toy) as url:
        result = CliRunner().invoke(assemble([command]), ["--lang", "en", "attack", url])

    assert result.exit_code == 0, result.output
    assert "Found: 0" in result.output


def test_disclose_tells_what_is_hidden_and_why(
    toy_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.cli.disclose import disclose as command
    from service.cli.main import assemble

    monkeypatch.setenv("STATBANK_LIBRARY", str(toy_folder.parent / "library"))
    page = tmp_path / "mask.html"
    runner, root = CliRunner(), assemble([command])

    told = runner.invoke(root, ["--lang", "en", "disclose", "TOY", "--html", str(page)])
    looser = runner.invoke(root, ["--lang", "en", "disclose", "TOY", "--set", "below=3"])
    cell = ["--cell", "KØN=D", "--cell", "OMRÅDE=01", "--cell", "Tid=2024"]
    why = runner.invoke(root, ["--lang", "en", "disclose", "TOY", *cell])

    assert told.exit_code == 0, told.output
    assert "TOY: hidden by rules + to protect / cells: 1 + 1 / 12" in told.output
    assert "0 + 0 / 12" in looser.output
    assert "OMRÅDE=02" in why.output
    assert page.read_text(encoding="utf-8").count("<rect") == 2

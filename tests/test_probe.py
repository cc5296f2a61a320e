"""The outside watch: silent about a release that comes in time, loud about one that is early, late or not there."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from werkzeug.serving import make_server

from service import create_app
from service.cli import main
from service.cli.probe import Seen, amiss, watched, whole
from service.settings import Settings
from tables.bank import Bank
from tests.conftest import OPENING, Publish


class Clock:
    """Time passes while the watch waits, and only then."""

    def __init__(self) -> None:
        self.now = OPENING - timedelta(seconds=8)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@contextmanager
def public(folder: Path, clock: Callable[[], datetime]) -> Iterator[str]:
    bank = Bank(folder, clock=clock)
    bank.refresh()
    with make_server("127.0.0.1", 0, create_app(bank, Settings()), threaded=True) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def watch(base: str, clock: Clock) -> list[Seen]:
    told: list[Seen] = []
    wrong = watched(base, "TOY", OPENING, clock, clock.wait, told.append)
    assert told == wrong
    return wrong


@pytest.mark.slow
def test_a_release_in_time_raises_no_alarm(toy_folder: Path, clock: Clock) -> None:
    with public(toy_folder, clock) as base:
        wrong = watch(base, clock)

    assert not wrong
    assert clock.now > OPENING + timedelta(seconds=30)


@pytest.mark.slow
@pytest.mark.parametrize(("behind", "seconds"), [(6, (3, 4, 5)), (-2, (-2, -1))])
def test_one_that_is_early_or_late_is_told_on_every_surface(
    toy_folder: Path, clock: Clock, behind: int, seconds: tuple[int, ...]
) -> None:
    with public(toy_folder, lambda: clock() - timedelta(seconds=behind)) as base:
        wrong = watch(base, clock)

    assert [(each.surface, int((each.asked - OPENING).total_seconds())) for each in wrong] == [
        (surface, second) for second in seconds for surface in ("page", "metadata", "data", "feed")
    ]


def test_a_look_across_the_instant_is_neither() -> None:
    def seen(asked: float, answered: float, shown: str) -> Seen:
        return Seen("page", OPENING + timedelta(seconds=asked), OPENING + timedelta(seconds=answered), shown)

    new = "2024-06-06T0600Z"
    for each in (seen(-0.1, 0.1, new), seen(-1, -0.5, "404"), seen(2, 2.5, "404"), seen(3, 3.1, new)):
        assert not amiss(each, OPENING)
    for each in (
        seen(-1, -0.5, new),
        seen(3, 3.1, "404"),
        seen(20, 20, "TimeoutError"),
        seen(4, 4, "2023-06-06T0600Z"),
    ):
        assert amiss(each, OPENING)


def test_one_look_tells_what_each_surface_shows(publish: Publish, tmp_path: Path) -> None:
    act = publish()
    with public(tmp_path / "bank", lambda: OPENING + timedelta(hours=1)) as base:
        found = CliRunner().invoke(main, ["--json", "probe", base, "TOY"])
        unknown = CliRunner().invoke(main, ["probe", base, "YOT"])
        digest = whole(base, "TOY")

    assert found.exit_code == 0
    assert json.loads(found.output)["shown"] == dict.fromkeys(("page", "metadata", "data", "feed"), "2024-06-06T0600Z")
    assert unknown.exit_code == 1
    assert digest == act.files["TOY/table.csv.gz"].sha256
    assert CliRunner().invoke(main, ["probe", "ftp://x", "TOY"]).exit_code == 2
    assert CliRunner().invoke(main, ["probe", base, "TOY", "--at", "2024-06-06 08:00"]).exit_code == 1

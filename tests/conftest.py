"""Fixtures every room may use: the recorded files beside the checkout, and one toy bank built by the real release."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tables.bank import Bank
from tables.model import Act
from tables.rehearsal import rehearse
from tables.release import release

TABLE = """\
id: TOY
subject: "11"
title: {da: Børn med støtte, en: Children with support}
source: {da: Syntetiske data, en: Synthetic data}
dimensions:
  - code: KØN
    text: {da: køn, en: sex}
    values: |
      code ; da     ; en
      D    ; Drenge ; Boys
      P    ; Piger  ; Girls
    elimination: sum
  - code: OMRÅDE
    text: {da: område, en: region}
    values: |
      code ; da           ; en
      000  ; Hele landet  ; All Denmark
      01   ; Nord         ; North
      02   ; Syd          ; South
    elimination: "000"
  - code: Tid
    text: {da: tid, en: time}
    time: 2023-2024
measures:
  - code: antal
    text: {da: Børn, en: Children}
    unit: {da: Antal, en: Number}
    kind: additive
    minimum: 0
disclosure:
  - {method: threshold, below: 5}
notes:
  - mandatory: true
    text: {da: Tallene er syntetiske., en: The figures are synthetic.}
"""
SITE = """\
name: {da: Legetøjsbanken, en: Toy bank}
publisher: {da: Prøvekontoret, en: Test office}
languages: [da, en]
contact: {name: {da: Kontoret, en: The office}, email: bank@example.dk, phone: "+4500000000"}
licence: {id: CC-BY-4.0, address: "https://creativecommons.org/licenses/by/4.0/"}
"""
SUBJECTS = """\
- id: "1"
  slug: {da: borgere, en: people}
  text: {da: Borgere, en: People}
  subjects:
    - {id: "11", slug: {da: boern, en: children}, text: {da: Børn, en: Children}}
"""
CELLS = {  # KØN, OMRÅDE -> 2023, 2024; the 3 is hidden
    ("D", "000"): (20, 18),
    ("D", "01"): (12, 15),
    ("D", "02"): (8, 3),
    ("P", "000"): (16, 10),
    ("P", "01"): (7, 10),
    ("P", "02"): (9, 0),
}
OPENING = datetime(2024, 6, 6, 6, 0, tzinfo=UTC)  # 08:00 in Copenhagen

Publish = Callable[..., Act]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden files anew; the diff is reviewed as text")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded files and oracles beside the checkout; never part of the project."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not (folder / "data").is_dir():
        pytest.skip("the recorded files are not beside this checkout")
    return folder


def write_library(folder: Path) -> Path:
    """A library of one table of 2 × 3 × 2 cells."""
    for name, text in {"TOY/table.yaml": TABLE, "site/site.yaml": SITE, "site/subjects.yaml": SUBJECTS}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    rows = [
        (sex, area, year, n) for (sex, area), ns in CELLS.items() for year, n in zip(("2023", "2024"), ns, strict=True)
    ]
    columns = zip(*rows, strict=True)
    pq.write_table(
        pa.table(dict(zip(("KØN", "OMRÅDE", "Tid", "antal"), columns, strict=True))), folder / "TOY/cube.parquet"
    )
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library of one's own, to change."""
    return write_library(tmp_path / "library")


@pytest.fixture
def publish(library: Path, tmp_path: Path) -> Publish:
    """`publish(at)` releases TOY from `library` into tmp_path/bank, an hour before its instant, in this process."""

    def act(at: str = "2024-06-06 08:00", *tables: str, hours: float = 1, **options: object) -> Act:
        wall = datetime.strptime(at, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        options.setdefault("clock", lambda: wall - timedelta(hours=hours + 2))
        options.setdefault("rehearse", rehearse)
        return release(library, tmp_path / "bank", tables or ("TOY",), at=at, **options)  # type: ignore[arg-type]

    return act


@pytest.fixture(scope="session")
def toy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a bank in which TOY was released on 2024-06-06 at 08:00. Not to be changed."""
    folder = tmp_path_factory.mktemp("toy")
    release(
        write_library(folder / "library"),
        folder / "bank",
        ("TOY",),
        at="2024-06-06 08:00",
        clock=lambda: OPENING - timedelta(hours=1),
        rehearse=rehearse,
    )
    return folder / "bank"


@pytest.fixture
def toy(toy_folder: Path) -> Bank:
    """The toy bank, opened at noon of its day."""
    bank = Bank(toy_folder, clock=lambda: OPENING + timedelta(hours=4))
    bank.refresh()
    return bank

"""Harm to every kind of file of an act: each answer is right or none, for that table alone, and `verify` names it."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from service import create_app
from service.cli import main
from service.settings import Settings
from tables import durable
from tables.bank import Bank
from tables.errors import StatbankError
from tables.rehearsal import rehearse
from tables.release import release
from tests.conftest import OPENING, Publish, write_library
from tests.front import add, lift
from tests.test_documentation import document
from tests.test_news import write

NOW = OPENING + timedelta(days=2)
AREAS = """\
id: egne
version: 2024-01-01
text: {da: Egne, en: Areas}
levels:
  land: {da: Land, en: Country}
  egn: {da: Egn, en: Area}
values: |
  code ; level ; parent ; da           ; en
  000  ; land  ;        ; Hele landet  ; All Denmark
  01   ; egn   ; 000    ; Nord         ; North
  02   ; egn   ; 000    ; Syd          ; South
"""
FIGURES = "K%C3%98N=*&OMR%C3%85DE=*&Tid=*"
DOORS = (  # of a table
    f"/v1/data/{{}}/CSV?{FIGURES}",
    f"/v1/data/{{}}/JSONSTAT?{FIGURES}&x-asof=2024-06-06T0600Z",
    "/v1/tableinfo/{}",
    "/da/tabel/{}",
    "/embed/{}",
    "/alt/{}.parquet",
    "/alt/{}.csv.gz",
)
LISTS = ("/v1/tables", "/da/")
PAPERS = ("/da/nyt/2024-101", "/en/documentation/boern")
Answers = Mapping[str, tuple[int, bytes]]
Harm = Callable[[Path], None]


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def remove(path: Path) -> None:
    path.unlink()


def swap(path: Path) -> None:
    """With the file of the same name in the other act or table, else with the record."""
    others = [each for each in path.parents[2].rglob(path.name) if each not in (path, *path.parents)]
    differing = [each for each in others if each.read_bytes() != path.read_bytes()]
    other = (
        differing[0]
        if differing
        else next(each for each in path.parents if (each / "release.json").exists()) / ("release.json")
    )
    mine, its = path.read_bytes(), other.read_bytes()
    path.write_bytes(its)
    other.write_bytes(mine)


HARMS = (flip, truncate, empty, remove, swap)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank of two acts: TOY, TAY (one group), site, documentation and an article; then TOY and TAY revised."""
    folder = tmp_path_factory.mktemp("whole")
    library, bank = write_library(folder / "library"), folder / "bank"
    path = library / "TOY/table.yaml"
    text = re.sub(
        r"    values: \|\n      code ; da           ; en\n(      0.*\n)+",
        "    classification: egne\n",
        path.read_text(),
    )
    path.write_text(text, encoding="utf-8")
    add(library, "TAY")
    for name, written in {
        "classifications/egne.yaml": AREAS,
        "protection/par.yaml": "tables: [TOY, TAY]\nrelations:\n  - equal: [TOY, TAY]\n",
        "site/calendar.yaml": "- {at: 2024-06-06 08:00, title: {da: Børn, en: Children}, tables: [TOY]}\n",
        "site/synonyms.yaml": "- {da: [barn, unge], en: [child, young]}\n",
    }.items():
        (library / name).parent.mkdir(exist_ok=True)
        (library / name).write_text(written, encoding="utf-8")
    document(library)
    write(library)
    for day, by in ((6, 1), (7, 2)):
        for table in ("TOY", "TAY"):
            lift(library, table, by)
        at = OPENING + timedelta(days=day - 6)
        release(
            library,
            bank,
            ("TOY", "TAY"),
            at=f"2024-06-0{day} 08:00",
            news=("2024-101",) if day == 6 else (),
            clock=lambda at=at: at - timedelta(hours=1),
            rehearse=rehearse,
        )
    return bank


@pytest.fixture
def bank(whole: Path, tmp_path: Path) -> Path:
    """A copy that can be harmed."""
    shutil.copytree(whole, tmp_path / "bank")
    for place in (tmp_path / "bank/releases").rglob("*"):
        place.chmod(0o755 if place.is_dir() else 0o644)
    return tmp_path / "bank"


def every_file(bank: Path) -> list[str]:
    return [path.relative_to(bank).as_posix() for path in durable.files(bank / "releases")]


def looked(bank: Bank) -> None:
    """As the watch does: a look that fails keeps what was."""
    try:
        bank.refresh(thoroughly=True)
    except StatbankError:
        assert bank.error is not None


def opened(folder: Path, cache: Path | None = None) -> tuple[Bank, FlaskClient]:
    bank = Bank(folder, clock=lambda: NOW, cache=cache)
    looked(bank)
    return bank, create_app(bank, Settings(bank=folder)).test_client()


def answers(client: FlaskClient) -> Answers:
    asked = [*(door.format("TOY") for door in DOORS), *(door.format("TAY") for door in DOORS[:3])]
    return {address: _told(client, address) for address in (*asked, *PAPERS, *LISTS)}


def _told(client: FlaskClient, address: str) -> tuple[int, bytes]:
    with client.get(address, buffered=True) as answer:
        return answer.status_code, answer.data


def test_the_bank_has_every_kind_of_file(whole: Path) -> None:
    kinds = {re.sub(r"^releases/[^/]+/|TOY|TAY", "", path) for path in every_file(whole)}

    assert {
        "release.json",
        "/table.yaml",
        "/classifications/egne.yaml",
        "/cells.parquet",
        "/shown.arrow",
        "/changes.json",
        "/table.csv.gz",
        "protection/par/group.yaml",
        "protection/par/certificate.parquet",
        "news/2024-101/news.da.md",
        "news/2024-101/news.en.md",
        "news/2024-101/figures.json",
        "documentation/boern/2024.yaml",
        "site/site.yaml",
        "site/subjects.yaml",
        "site/calendar.yaml",
        "site/synonyms.yaml",
    } == kinds


def cases(bank: Path) -> Iterator[tuple[str, Harm]]:
    """A bit flipped in every kind of file, and what carries figures, words and the chain harmed in every way."""
    yield from ((name, flip) for name in every_file(bank) if "/TAY/" not in name)
    newest = max(path.name for path in (bank / "releases").iterdir())
    for name in (f"{newest}/TOY/shown.arrow", f"{newest}/TOY/cells.parquet", f"{newest}/release.json"):
        yield from ((f"releases/{name}", harm) for harm in HARMS[1:])
    for path in ("TOY/table.yaml", "TOY/table.csv.gz", "TOY/classifications/egne.yaml"):
        yield f"releases/{newest}/{path}", remove


@pytest.mark.slow
def test_any_harm_gives_the_right_answer_or_none_for_that_table_alone(whole: Path, bank: Path) -> None:
    right = answers(opened(whole)[1])
    assert {status for status, _ in right.values()} == {200}
    kept = {name: (bank / name).read_bytes() for name in every_file(bank)}
    wrong: list[str] = []

    for name, harm in cases(bank):
        running, client = opened(bank)
        harm(bank / name)
        looked(running)
        for who, told in (("running", answers(client)), ("started", answers(opened(bank)[1]))):
            for address, answer in told.items():
                if answer != right[address] and not excused(name, harm, address, answer[0]):
                    wrong.append(f"{who}, {harm.__name__} {name}: {answer[0]} {address}")
        for path, data in kept.items():
            if not (bank / path).exists() or (bank / path).read_bytes() != data:
                (bank / path).write_bytes(data)

    assert wrong == []


def excused(harmed: str, harm: Harm, address: str, status: int) -> bool:
    """None is said of the table or paper that was harmed; of other tables only where the bank itself cannot be read.

    A list may do without what was lost, as may an article of figures that follow the table.
    """
    table = next((each for each in ("TOY", "TAY") if f"/{each}/" in harmed), None)
    if status != 503:
        return address in LISTS or (table is not None and address in PAPERS and status == 200)
    other = table and harm is not swap and any(f"/{each}" in address for each in {"TOY", "TAY"} - {table})
    return not other


@pytest.mark.slow
def test_verify_names_what_was_harmed(bank: Path) -> None:
    unnamed: list[str] = []
    run = CliRunner(env={"STATBANK_BANK": str(bank)})
    assert run.invoke(main, ["verify"]).exit_code == 0
    kept = {name: (bank / name).read_bytes() for name in every_file(bank)}

    for name, harm in cases(bank):
        harm(bank / name)
        done = run.invoke(main, ["--lang", "en", "verify"])
        where = name.removeprefix("releases/").removesuffix("/release.json")
        if done.exit_code != 3 or (where not in done.output and not (harm is swap and name.endswith("release.json"))):
            unnamed.append(f"{harm.__name__} {name}: {done.exit_code} {done.output}")
        for path, data in kept.items():
            if not (bank / path).exists() or (bank / path).read_bytes() != data:
                (bank / path).write_bytes(data)

    assert unnamed == []


def test_the_newest_record_is_known_by_the_vault_and_by_whoever_served_it(bank: Path, tmp_path: Path) -> None:
    """No later act names its hash."""
    opened(bank, tmp_path / "cache")
    record = bank / "releases/000002-20240607T060000Z/release.json"
    record.write_bytes(record.read_bytes().replace(b'"title":{"da":"', b'"title":{"da":"N'))

    done = CliRunner(env={"STATBANK_BANK": str(bank)}).invoke(main, ["--lang", "en", "verify"])
    restarted = opened(bank, tmp_path / "cache")[0]

    assert (done.exit_code, "000002-20240607T060000Z/release.json is damaged" in done.output) == (3, True)
    assert restarted.error is not None


@pytest.mark.parametrize("seq", [1, 2])
def test_an_act_that_is_gone_is_missed_by_whoever_served_it(bank: Path, tmp_path: Path, seq: int) -> None:
    running, client = opened(bank, tmp_path / "cache")
    right = answers(client)
    gone = next((bank / "releases").glob(f"00000{seq}-*"))
    durable.discard(gone)

    looked(running)
    restarted, again = opened(bank, tmp_path / "cache")
    asked = [told for address, told in answers(again).items() if "TOY" in address]

    assert running.error is not None
    assert all(told in (right[address], (503, told[1])) for address, told in answers(client).items())
    assert restarted.error is not None
    assert {status for status, _ in asked} == {503}


def test_a_bank_made_anew_in_the_same_place_is_another_one(bank: Path, publish: Publish, tmp_path: Path) -> None:
    opened(bank, tmp_path / "cache")
    durable.discard(bank)

    publish()
    made, client = opened(bank, tmp_path / "cache")

    assert made.error is None
    assert client.get("/v1/tableinfo/TOY").status_code == 200


def test_a_damaged_paper_is_not_said_to_be_unknown(bank: Path) -> None:
    for path in bank.glob("releases/*/[dn]*/*/*"):
        flip(path)

    client = opened(bank)[1]

    assert [client.get(address).status_code for address in PAPERS] == [503, 503]
    assert [client.get(f"{address}9").status_code for address in PAPERS] == [404, 404]

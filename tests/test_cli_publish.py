"""The commands of a publisher: what they say, what they leave, and with which code they end."""

import json
import shlex
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.preview import preview_app
from service.settings import Settings
from tables import durable
from tables.acts import History
from tables.bank import utc_now
from tables.catalog import read_library
from tables.instants import wall
from tables.model import Act
from tables.release import draft

README = Path(__file__).resolve().parents[1] / "README.md"
Publish = Callable[..., Act]
Run = Callable[..., Result]


@pytest.fixture
def run(library: Path, tmp_path: Path) -> Run:
    """`statbank` on the library and the bank of the test, in English."""
    names = {"STATBANK_BANK": str(tmp_path / "bank"), "STATBANK_LIBRARY": str(library)}

    def statbank(*arguments: str, **more: str) -> Result:
        return CliRunner(env=names | more).invoke(main, ["--lang", "en", *arguments])

    return statbank


@pytest.fixture
def notice(tmp_path: Path) -> str:
    path = tmp_path / "notice.yaml"
    path.write_text("da: Tallene var forkerte.\nen: The figures were wrong.\n", encoding="utf-8")
    return str(path)


def change(library: Path, figure: int) -> None:
    path = library / "TOY/cube.parquet"
    rows = pq.read_table(path).to_pylist()
    for row in rows:
        if (row["KØN"], row["Tid"]) == ("P", "2023") and row["OMRÅDE"] in ("000", "01"):
            row["antal"] = figure + (9 if row["OMRÅDE"] == "000" else 0)
    pq.write_table(pa.Table.from_pylist(rows), path)


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def later(**ahead: float) -> str:
    return wall(utc_now() + timedelta(**ahead))


def test_a_release_far_ahead_is_planned_told_and_cancelled(run: Run, tmp_path: Path) -> None:
    planned = run("release", "TOY", "--at", later(days=2))
    status = told(run("--json", "status"))
    named = status["planned"][0]["effective_at"][:16].replace(":", "") + "Z"
    cancelled = run("cancel", named)

    assert planned.exit_code == 0, planned.output
    assert "released for the first time" in planned.stdout
    assert "It is planned" in planned.stdout
    assert "in 48.0 hours" in planned.stdout
    assert (status["in_force"], status["armed"]) == ([], [])
    assert "is cancelled" in cancelled.stdout
    assert told(run("--json", "status"))["planned"] == []


def test_what_is_near_is_committed_at_once_and_told_as_armed(run: Run) -> None:
    assert run("release", "TOY", "--at", later(minutes=10)).exit_code == 0

    status = told(run("--json", "status"))

    assert [act["tables"] for act in status["armed"]] == [["TOY"]]
    assert run("arm").stdout == "No act is due yet.\n"


def test_arm_tells_what_is_due_and_then_commits_it(run: Run) -> None:
    run("release", "TOY", "--at", later(minutes=40))

    assert "No act" in run("arm").stdout
    assert "would be published" in run("arm", "--dry-run", STATBANK_MAX_ARM_LEAD="60").stdout
    assert told(run("--json", "status"))["armed"] == []
    assert "will be published" in run("arm", STATBANK_MAX_ARM_LEAD="60").stdout
    assert len(told(run("--json", "status"))["armed"]) == 1


@pytest.mark.slow
def test_a_correction_before_a_planned_act_goes_as_the_readme_says(
    run: Run, publish: Publish, library: Path, notice: str
) -> None:
    publish()
    run("release", "TOY", "--at", later(days=2))
    change(library, 11)
    block = README.read_text(encoding="utf-8").partition("## Correct a figure")[2].partition("```sh\n")[2]
    planned = told(run("--json", "status"))["planned"][0]
    instead = {
        "ISBU03 ISBU04": "TOY",
        "ISBU03": "TOY",
        "notice.yaml": notice,
        "2027-06-10T0600Z": planned["effective_at"][:16].replace(":", "") + "Z",
        "2027-06-10 08:00": planned["local"],
    }

    refused = run("release", "TOY", "--notice", notice, "--now")
    for line in block.partition("```")[0].splitlines():
        for written, meant in instead.items():
            line = line.replace(written, meant)
        done = run(*shlex.split(line, comments=True)[1:])
        assert done.exit_code == 0, done.output

    assert refused.exit_code == 1
    assert instead["2027-06-10T0600Z"] in refused.output
    stands = told(run("--json", "status"))
    kinds = [[act["kind"] for act in stands[when]] for when in ("in_force", "armed", "planned")]
    assert kinds in ([["release"], ["correction"], ["release"]], [["release", "correction"], [], ["release"]])


def test_a_dry_run_leaves_nothing(run: Run, publish: Publish, library: Path, tmp_path: Path, notice: str) -> None:
    publish()
    change(library, 11)
    before = sorted((path, path.lstat().st_mtime_ns) for path in (tmp_path / "bank").rglob("*"))

    release = run("release", "TOY", "--now", "--dry-run", "--notice", notice)
    gone = run("withdraw", "TOY", "2024-06-06T0600Z", "--notice", notice, "--now", "--dry-run")

    assert "would be corrected" in release.stdout
    assert "  P, 01, 2023: 7 → 11" in release.stdout
    assert "would be withdrawn" in gone.stdout
    assert sorted((path, path.lstat().st_mtime_ns) for path in (tmp_path / "bank").rglob("*")) == before


def test_a_correction_a_rollback_and_a_withdrawal_carry_their_notice(
    run: Run, publish: Publish, library: Path, notice: str
) -> None:
    publish()
    change(library, 11)
    publish("2024-06-06 09:00")

    back = told(
        run("--json", "release", "TOY", "--at", later(minutes=9), "--back-to", "2024-06-06T0600Z", "--notice", notice)
    )
    gone = told(run("--json", "withdraw", "TOY", "2024-06-06T0700Z", "--at", later(minutes=5), "--notice", notice))

    assert back["kind"] == "rollback"
    assert gone["kind"] == "withdraw"
    assert any(path.endswith("cells.parquet") for path in gone["purge"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("release", "TOY"),
        ("release", "TOY", "--now", "--at", "2030-06-06 08:00"),
        ("release", "TOY", "--now", "--back-to", "2024-06-06T0600Z"),
        ("withdraw", "TOY", "2024-06-06T0600Z", "--now"),
        ("diff", "--to", "2024-06-06T0600Z"),
    ],
)
def test_immediately_is_never_a_default_and_reasons_are_given(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_notice_is_in_both_languages(run: Run, tmp_path: Path) -> None:
    (tmp_path / "half.yaml").write_text("da: Forkert.\nsv: Fel.\n", encoding="utf-8")

    result = run("release", "TOY", "--now", "--notice", str(tmp_path / "half.yaml"))

    assert result.exit_code == 1
    assert "half.yaml:1: en: is missing" in result.stderr
    assert "half.yaml:1: sv: is not a key here" in result.stderr


def test_diff_tells_a_draft_beside_what_stands_and_two_releases(run: Run, publish: Publish, library: Path) -> None:
    publish()
    change(library, 11)
    drafted = run("diff", "TOY")
    publish("2024-06-06 09:00")
    between = run("diff", "TOY", "--from", "2024-06-06T0600Z", "--to", "2024-06-06T0700Z")
    standing = run("diff", "TOY")

    for result in (drafted, between):
        assert result.exit_code == 0, result.output
        assert "TOY, antal: 2 figures changed, most:" in result.stdout
        assert "P, 01, 2023: 7 → 11" in result.stdout
        assert "0 cells now hidden, 0 now shown" in result.stdout
    assert "no figures changed" in standing.stdout


def test_verify_finds_a_flipped_bit_a_lost_file_and_one_too_many(run: Run, publish: Publish) -> None:
    act = publish()
    assert told(run("--json", "verify"))["acts"] == 1
    cells = act.folder / "TOY/cells.parquet"
    data = bytearray(cells.read_bytes())
    data[len(data) // 2] ^= 1
    durable.remove(act.folder / "TOY/table.csv.gz")
    cells.chmod(0o644)
    cells.write_bytes(data)
    cells.parent.chmod(0o755)
    (cells.parent / "more").write_text("")

    result = run("verify", "2024-06-06T0600Z")

    assert result.exit_code == 3
    assert "TOY/cells.parquet is damaged" in result.stderr
    assert "TOY/table.csv.gz is missing" in result.stderr
    assert "TOY/more is not in release.json" in result.stderr


def test_a_bank_of_newer_software_ends_with_code_5(run: Run, publish: Publish, tmp_path: Path) -> None:
    publish()
    (tmp_path / "bank/FORMAT").unlink()
    (tmp_path / "bank/FORMAT").write_text('{"format":2}')

    assert run("verify").exit_code == 5
    assert run("status").exit_code == 5


def test_status_warns_of_a_vault_that_others_can_read(run: Run, publish: Publish, tmp_path: Path) -> None:
    publish()
    (tmp_path / "bank/vault").chmod(0o755)

    result = run("status")

    assert result.exit_code == 1
    assert "in force  2024-06-06 08:00  TOY" in result.stdout
    assert "vault/ can be read by others" in result.stdout


def test_a_new_table_is_a_library_without_faults(run: Run, library: Path) -> None:
    made = run("new", "table", "NEW01")

    assert made.exit_code == 0, made.output
    assert read_library(library).tables["NEW01"].shape == (3, 2)
    assert run("new", "table", "NEW01").exit_code == 1
    assert run("new", "table", "lille").exit_code == 1


def test_a_draft_is_shown_with_a_mark_and_never_published(publish: Publish, library: Path, tmp_path: Path) -> None:
    publish()
    change(library, 11)
    bank = tmp_path / "bank"
    seen: dict[str, str] = {}

    def look(act: Act, _history: History) -> None:
        client = preview_app(
            bank, act.folder, act.effective_at, Settings(bank=bank, cache=tmp_path / "c")
        ).test_client()
        seen["page"] = client.get("/da/tabel/TOY?KØN=P&OMRÅDE=01&Tid=2023").text
        answer = client.get("/v1/data/TOY/CSV?KØN=P&OMRÅDE=01&Tid=2023")
        seen["data"], seen["mark"] = answer.text, answer.headers["Statbank-Draft"]

    draft(library, bank, ("TOY",), look)

    assert "UDKAST · DRAFT" in seen["page"]
    assert seen["data"].splitlines()[-1].endswith("11")
    assert seen["mark"] == "1"
    assert len(list((bank / "releases").iterdir())) == 1

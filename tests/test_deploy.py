"""The files of deploy/, checked without a network."""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from service import create_app
from service.cli import main
from service.counts import METRICS
from service.settings import Settings, documented
from tables.bank import Bank
from tests.front import NGINX, configured, free_port

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.skipif(not Path(NGINX).exists(), reason="nginx is not installed")
def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    main = configured(tmp_path, free_port(), [free_port()])

    done = subprocess.run([NGINX, "-t", "-c", str(main), "-p", str(tmp_path)], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


def test_a_post_and_a_stale_answer_are_never_kept() -> None:
    text = (ROOT / "deploy/nginx/statbank.conf").read_text(encoding="utf-8")

    assert "proxy_cache_methods GET HEAD;" in text
    assert "proxy_cache_use_stale off;" in text
    assert "proxy_cache_valid" not in text


UNITS = sorted((ROOT / "deploy/systemd").iterdir())


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_takes_the_units_and_finds_the_server_well_shut_in(tmp_path: Path) -> None:
    for unit in UNITS:  # the programs are not installed where the tests run
        text = re.sub(r"=/opt/statbank/\.venv/bin/\w+", "=/bin/true", unit.read_text(encoding="utf-8"))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")

    checked = subprocess.run(["systemd-analyze", "verify", *tmp_path.iterdir()], capture_output=True, text=True)
    shut = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", tmp_path / "statbank.service"],
        capture_output=True,
        text=True,
    )

    assert (checked.returncode, checked.stderr) == (0, "")
    assert shut.returncode == 0, shut.stdout


def test_each_timer_has_its_service_and_each_service_runs_a_command_there_is(notice: None) -> None:
    names = {unit.name for unit in UNITS}

    assert {"statbank.service", "statbank.socket", "statbank-arm.timer", "statbank-verify.timer"} <= names
    assert {name.replace(".timer", ".service") for name in names if name.endswith(".timer")} <= names
    for unit in UNITS:
        for command in re.findall(
            r"^ExecStart=/opt/statbank/\.venv/bin/statbank (.+)$", unit.read_text(), re.MULTILINE
        ):
            understood(command)


def test_the_server_listens_where_it_says_and_sees_no_true_number() -> None:
    socket = (ROOT / "deploy/systemd/statbank.socket").read_text()
    service = (ROOT / "deploy/systemd/statbank.service").read_text()

    assert re.findall(r"ListenStream=(\S+)", socket) == ["127.0.0.1:8000", "127.0.0.1:8001"]
    assert "STATBANK_INTERNAL=127.0.0.1:8001" in service
    assert "/bank/vault" in re.search(r"InaccessiblePaths=(.*)", service)[1]  # type: ignore[index]
    assert "/bank/staging" in re.search(r"InaccessiblePaths=(.*)", service)[1]  # type: ignore[index]


@pytest.fixture
def notice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that commands of the runbook name."""
    (tmp_path / "notice.yaml").touch()
    monkeypatch.chdir(tmp_path)


def understood(command: str) -> None:
    """`statbank …` as the command line itself reads it; nothing is done."""
    name, *words = shlex.split(command)
    found = main.commands[name]
    assert set(found.make_context(name, words).params) == {each.name for each in found.params}


def lines(text: str) -> Iterator[str]:
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        yield from block.splitlines()


HANDBOOKS = ("deploy/runbook.md", "deploy/chrony.md")
TOOLS = {"statbank", "systemctl", "journalctl", "curl", "rsync", "find", "df", "chronyc"}


@pytest.mark.parametrize("path", HANDBOOKS)
def test_every_command_of_a_handbook_is_one_that_can_be_run(path: str, notice: None) -> None:
    commands = list(lines((ROOT / path).read_text(encoding="utf-8")))
    units = {unit.name for unit in UNITS} | {"nginx"}

    assert commands
    for command in commands:
        tool, *words = shlex.split(command)
        assert tool in TOOLS
        if tool == "statbank":
            understood(" ".join(shlex.quote(word) for word in words))
        for word in words:
            assert not re.fullmatch(r"statbank[\w-]*\.\w+", word) or word in units


@pytest.mark.parametrize("path", HANDBOOKS)
def test_every_place_a_handbook_leads_to_is_there(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    anchors = {re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-") for line in text.splitlines()}

    for target in re.findall(r"\]\((.+?)\)", text):
        assert target.removeprefix("#") in anchors
    for name in re.findall(r"STATBANK_\w+", text):
        assert name in {variable for variable, _, _ in documented()}


def test_the_runbook_has_what_goes_wrong_in_it() -> None:
    text = (ROOT / "deploy/runbook.md").read_text(encoding="utf-8")

    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert [f"- [{each}]" for each in headings] == re.findall(r"^- \[.*?\]", text, re.MULTILINE)
    assert len(headings) >= 12


def test_alerts_name_metrics_there_are_and_the_part_of_the_runbook_that_helps() -> None:
    rules = yaml.safe_load((ROOT / "deploy/alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    runbook = (ROOT / "deploy/runbook.md").read_text(encoding="utf-8")
    told = {metric.name for metric in METRICS} | {"statbank_slots_used", "statbank_clock"}
    told |= {f"{metric.name}_bucket" for metric in METRICS if metric.kind == "histogram"}

    assert len({rule["alert"] for rule in rules}) == len(rules) > 5
    for rule in rules:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert set(re.findall(r"\bstatbank_\w+", rule["expr"])) <= told
        assert f"(#{rule['annotations']['runbook'].partition('#')[2]})" in runbook
        assert rule["labels"]["severity"] in {"page", "ticket"}


def test_a_container_is_read_only_has_no_right_and_no_true_number() -> None:
    services = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))["services"]

    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["image"].endswith("by its digest}")
        assert not any("vault" in volume or "staging" in volume for volume in service["volumes"])
        assert next(volume for volume in service["volumes"] if "/srv/statbank/bank" in volume).endswith(":ro")
    known = {variable for variable, _, _ in documented()} | {"STATBANK_BIND", "TMPDIR"}
    assert set(services["statbank"]["environment"]) <= known


def test_an_image_is_built_from_what_does_not_move_and_runs_as_nobody() -> None:
    text = (ROOT / "deploy/Containerfile").read_text(encoding="utf-8")

    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["${BUILDER}", "${BASE}"]
    assert re.findall(r"^ARG (\S+)", text, re.MULTILINE) == ["BUILDER", "BASE"]  # no default: always by digest
    assert "USER 65532:65532" in text
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        assert all((ROOT / each).exists() for each in copied.split())
    settings = set(re.findall(r"STATBANK_\w+", text))
    assert settings <= {variable for variable, _, _ in documented()} | {"STATBANK_BIND"}


@pytest.mark.parametrize(
    ("said", "ready"),
    [
        ("C0A80101,ntp,2,1796000000.0,-0.000012,0.1,0.1,1,0,0,0.001,0.001,64.0,Normal", True),
        ("C0A80101,ntp,2,1796000000.0,0.15,0.1,0.1,1,0,0,0.001,0.001,64.0,Normal", False),
        ("00000000,,0,0.0,0.0,0.0,0.0,1,0,0,1.0,1.0,0.0,Not synchronised", False),
        ("506 Cannot talk to daemon", False),
        (None, False),
    ],
)
def test_a_server_whose_clock_is_wrong_is_not_ready(toy: Bank, tmp_path: Path, said: str | None, ready: bool) -> None:
    tracking = tmp_path / "tracking"
    if said is not None:
        tracking.write_text(said + "\n", encoding="ascii")
        os.utime(tracking, (toy.now().timestamp() - 60,) * 2)
    client = create_app(toy, Settings(clock=str(tracking))).test_client()

    assert client.get("/readyz").status_code == (200 if ready else 503)
    if said is not None:
        os.utime(tracking, (toy.now().timestamp() - 700,) * 2)  # chrony has not written for long
        assert client.get("/readyz").status_code == 503
    assert client.get("/v1/tables").status_code == 200

"""The files of deploy/, checked without a network."""

import shutil
import subprocess
from pathlib import Path

import pytest

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


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_the_timer_is_one_that_systemd_knows() -> None:
    done = subprocess.run(["systemd-analyze", "calendar", "*-*-* *:*:00"], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr

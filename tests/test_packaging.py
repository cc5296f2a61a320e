"""The distribution: what the wheel holds, and that nobody else's `tables` is installed beside ours."""

import importlib.metadata
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def test_no_other_distribution_brings_a_package_called_tables() -> None:
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("tables")


@pytest.mark.slow
def test_the_wheel_holds_both_packages_and_the_library(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]

    subprocess.run(build, check=True, capture_output=True)

    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"tables/model.py", "service/wsgi.py", "tables/library/ISBU04/table.yaml"} <= names
    assert not {name for name in names if name.startswith(("tests/", "deploy/"))}

"""A period that was released before: nothing is sought again, and the certificate of then proves it."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tables import durable
from tables.acts import RECORD, canonical, digest_file, read_history
from tables.errors import Refused
from tables.grid import Grid
from tables.instants import at_wall
from tables.proof import faults
from tables.rehearsal import rehearse
from tables.scrub import scrub
from tests.cubes import Released, added, areas, dimension, table

SAME = {"equal": ["WIDE", "LOCAL"], "pair": {"OMR": "KOM"}, "sum": "KOM"}
LATER = "2025-06-05 08:00"
YEARS = ("2020", "2021", "2022")


def tables(*years: str, more: int = 0) -> tuple[Grid, Grid]:
    """Measures by kommune, and the same by landsdel; `more` in one cell of 2021."""
    kinds = dimension("I", {"3": ["5", "6", "7"]})
    local = np.random.default_rng(11).poisson(7.0, (6, 3, len(YEARS)))[:, :, : len(years)]
    local[0, 0, 1] += more
    wide = np.stack([local[:3].sum(0), local[3:5].sum(0), local[5:].sum(0)])
    return (
        added(table("WIDE", [areas("OMR", "landsdel"), kinds], periods=years), wide),
        added(table("LOCAL", [areas("KOM", "kommune"), kinds], periods=years), local),
    )


def searched(told: list[str]) -> list[str]:
    """The periods whose mask was sought."""
    return [line[:4] for line in told if re.fullmatch(r"\d{4}: \d+ hidden", line)]


@pytest.fixture
def bank(tmp_path: Path) -> Released:
    released = Released(tmp_path)
    released.publish(*tables("2020", "2021"), relations=[SAME])
    return released


def test_a_year_is_added_without_a_search_in_the_years_before(bank: Released) -> None:
    told: list[str] = []

    bank.publish(*tables(*YEARS), relations=[SAME], at=LATER, progress=lambda text: told.append(text.en))

    assert searched(told) == ["2022"]
    for name in ("WIDE", "LOCAL"):
        before, after = bank.hidden(name, 0), bank.hidden(name)
        assert before.any()
        assert np.array_equal(after[..., :2], before)
    assert bank.faults("WIDE", "LOCAL") == []


def test_a_revised_year_is_searched_again(bank: Released) -> None:
    told: list[str] = []

    again = tables("2020", "2021", more=9)

    bank.publish(*again, relations=[SAME], at=LATER, progress=lambda text: told.append(text.en))

    assert searched(told) == ["2021"]
    assert bank.faults("WIDE", "LOCAL") == []


def test_verify_tells_what_only_the_rules_have_hidden(tmp_path: Path) -> None:
    bank = Released(tmp_path)
    bank.publish(*tables("2020", "2021"), relations=[SAME], secondary=False)

    verdict = scrub(tmp_path / "bank", (), at_wall("2024-06-06 08:00"))

    assert verdict.wrong == ()
    assert "without secondary suppression and certificate" in verdict.unproven[0].en


def test_verify_asks_for_a_certificate_that_is_gone(bank: Released, tmp_path: Path) -> None:
    act = bank.acts[0]
    hidden = replace(act, folder=tmp_path / "moved" / act.folder.name)
    shutil.copytree(act.folder, hidden.folder, ignore=shutil.ignore_patterns("certificate.parquet"))

    [wrong] = faults(hidden, read_history(tmp_path / "bank/releases"))

    assert "no certificate" in wrong.en


def test_a_certificate_of_another_release_fails_the_rehearsal(bank: Released, tmp_path: Path) -> None:
    act = bank.publish(*tables(*YEARS), relations=[SAME], at=LATER)
    staged = tmp_path / "staged"
    shutil.copytree(act.folder, staged, copy_function=shutil.copyfile)
    durable.discard(act.folder)
    rehearse(tmp_path / "bank", staged, act.effective_at, {})
    name = "protection/g/certificate.parquet"
    shutil.copyfile(bank.acts[0].folder / name, staged / name)
    record = json.loads((staged / RECORD).read_bytes())
    for told in (file for file in record["files"] if file["path"] == name):
        told |= {"bytes": (staged / name).stat().st_size, "sha256": digest_file(staged / name)}
    (staged / RECORD).write_bytes(canonical(record))

    with pytest.raises(Refused, match=r"rehearsal failed: .*of another release"):
        rehearse(tmp_path / "bank", staged, act.effective_at, {})

"""A withdrawn release over HTTP: 410 with the notice in the words of each door, and metadata as before."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service import create_app
from service.settings import Settings
from tables.bank import Bank
from tables.instants import at_wall
from tables.model import Text
from tables.takeback import Undo, withdraw
from tests.conftest import Publish

NOTICE = Text("En fejl viste for meget.", "A fault showed too much.")
FIRST = "TOY@2024-06-06T0600Z"
WITHDRAWN = Undo("2024-06-06 10:00", NOTICE, "mig")


def opened(bank: Path, wall: str) -> FlaskClient:
    found = Bank(bank, clock=lambda: at_wall(wall))
    found.refresh()
    return create_app(found, Settings()).test_client()


@pytest.fixture
def replaced(publish: Publish, tmp_path: Path) -> Path:
    """Two releases, the first of them withdrawn at ten."""
    publish()
    publish("2024-06-06 09:00")
    withdraw(tmp_path / "bank", "TOY", FIRST, WITHDRAWN, clock=lambda: at_wall("2024-06-06 09:30"))
    return tmp_path / "bank"


@pytest.mark.parametrize("name", ["CSV", "BULK", "JSONSTAT", "JSONSTAT2", "PX", "XLSX", "HTML", "PARQUET", "NDJSON"])
def test_figures_of_a_withdrawn_release_are_gone_in_every_format(replaced: Path, name: str) -> None:
    address = f"/v1/data/TOY/{name}?KØN=*&OMRÅDE=*&Tid=*"
    before = opened(replaced, "2024-06-06 09:59").get(f"{address}&x-asof={FIRST}")
    client = opened(replaced, "2024-06-06 10:00")

    assert before.status_code == 200
    for headers in ({}, {"If-None-Match": before.headers["ETag"]}, {"Range": "bytes=0-9"}):
        answer = client.get(f"{address}&x-asof={FIRST}&lang=en", headers=headers)

        assert (answer.status_code, answer.content_type) == (410, "application/json; charset=utf-8")
        assert json.loads(answer.text) == {"errorTypeCode": "EXTRACT-GONE", "message": NOTICE.en}
        assert answer.headers["Cache-Control"] == "no-store"
    assert client.get(address).status_code == 200


def test_the_header_and_the_body_name_a_withdrawn_release_too(replaced: Path) -> None:
    client = opened(replaced, "2024-06-06 10:00")
    body = {"table": "TOY", "format": "CSV"}

    header = client.post("/v1/data", json=body, headers={"Statbank-As-Of": "2024-06-06T0600Z"})
    member = client.post("/v1/data", json={**body, "x-asof": FIRST})
    metadata = client.get(f"/v1/tableinfo/TOY?x-asof={FIRST}")

    for answer in (header, member):
        assert (answer.status_code, json.loads(answer.text)["message"]) == (410, NOTICE.da)
    assert metadata.status_code == 200
    assert json.loads(metadata.text)["id"] == "TOY"


def test_a_release_in_force_that_is_withdrawn_leaves_metadata_and_no_figures(publish: Publish, tmp_path: Path) -> None:
    publish()
    withdraw(tmp_path / "bank", "TOY", FIRST, WITHDRAWN, clock=lambda: at_wall("2024-06-06 09:30"))
    client = opened(tmp_path / "bank", "2024-06-06 10:00")

    told = {address: client.get(address).status_code for address in ("/v1/tables", "/v1/subjects", "/v1/tableinfo/TOY")}
    gone = {address: client.get(address) for address in ("/v1/data/TOY/CSV", "/da/tabel/TOY.csv", "/da/tabel/TOY")}
    frame = client.get("/embed/TOY?lang=en")
    whole = client.get("/alt/TOY.parquet")

    assert set(told.values()) == {200}
    for answer in (*gone.values(), frame, whole):
        assert answer.status_code == 410
        assert NOTICE.da in answer.text or NOTICE.en in answer.text
    assert NOTICE.en in frame.text


def test_an_unreadable_question_to_a_withdrawn_release_tells_no_more_than_the_notice(replaced: Path) -> None:
    """The order of checks does not say which codes there were."""
    client = opened(replaced, "2024-06-06 10:00")

    answers = {client.get(f"/v1/data/TOY/CSV?{keys}&x-asof={FIRST}").text for keys in ("Tid=1066", "NO=1", "Tid=*")}

    assert len(answers) == 1

"""The description of the API: valid, complete, and true of the server; its console runs under the site's policy."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator

from service import create_app
from service.dst.data import OFFERED
from service.files import ENDINGS
from service.settings import Settings
from tables.bank import Bank

schemathesis = pytest.importorskip("schemathesis")
EXAMPLES = 12  # of each operation
LISTED = {200, 304, 400, 404, 405, 410, 413, 415, 501}


@pytest.fixture(scope="module")
def app(toy_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    bank = Bank(toy_folder)
    bank.refresh()
    return create_app(bank, Settings(bank=toy_folder, cache=tmp_path_factory.mktemp("cache")))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def description(app: Flask) -> dict[str, object]:
    return json.loads(app.test_client().get("/openapi.json").data)


@pytest.fixture(scope="module")
def api(app: Flask, description: dict[str, object]) -> object:
    """Without pictures: they are drawn in a process of their own, and have tests of their own."""
    quick = json.loads(json.dumps(description).replace(', "svg", "png"', ""))
    made = schemathesis.openapi.from_dict(quick)
    made.app = app
    return made


def test_the_description_is_valid_3_1(description: dict[str, object]) -> None:
    OpenAPIV31SpecValidator(description).validate()

    assert description["openapi"] == "3.1.0"


def test_the_description_lists_every_format_and_ending(description: dict[str, object]) -> None:
    text = json.dumps(description)

    assert json.dumps(list(OFFERED)) in text
    assert json.dumps(list(ENDINGS)) in text


def described(rule: str, paths: set[str]) -> bool:
    """A rule of the server, whatever its variables are called, among the addresses of the document."""
    pattern = "[^/]+".join(re.escape(piece) for piece in re.split(r"<[^>]*>", rule))
    return any(re.fullmatch(pattern, path) for path in paths)


def test_every_public_door_for_programs_is_described(app: Flask, description: dict[str, object]) -> None:
    """What has an ending that is none of a page, or belongs to a protocol, is there."""
    paths = set(description["paths"])  # type: ignore[call-overload]
    protocols = {"v1", "oembed", "livez", "readyz", "alt"}

    for rule in app.url_map.iter_rules():
        ending = rule.rule.rpartition("/")[2].rpartition(".")[2]
        if rule.rule.split("/")[1] in protocols or ending in {"json", "atom", "ics", "xml", "txt", "xlsx"}:
            assert described(rule.rule, paths), rule.rule
    assert {"/da/tabel/{table}.{ending}", "/en/classification/{classification}.{ending}"} <= paths


def test_the_shapes_come_from_the_schemas(description: dict[str, object]) -> None:
    named = set(description["components"]["schemas"])  # type: ignore[index]

    assert {"DataBody", "Variable", "Refused", "Problem", "Embedded", "Whole"} <= named


@pytest.mark.parametrize(
    ("address", "other"), [("/da/api/konsol", "/en/api/console"), ("/en/api/console", "/da/api/konsol")]
)
def test_the_console_loads_nothing_from_elsewhere(client: FlaskClient, address: str, other: str) -> None:
    page = client.get(address)

    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert other in text
    loaded = re.findall(r'<(?:script|link rel="stylesheet")[^>]*(?:src|href)="([^"]+)"', text)
    assert loaded
    for each in loaded:
        assert each.startswith("/static/")
        with client.get(each) as answer:
            assert answer.status_code == 200
    assert "<script>" not in text


@pytest.mark.slow
def test_whatever_is_sent_the_answer_is_one_of_those_described(api: object) -> None:
    for found in api.get_all_operations():  # type: ignore[attr-defined]
        _held(found.ok())


def _held(operation: object) -> None:
    @given(case=operation.as_strategy())  # type: ignore[attr-defined]
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    def answers(case: object) -> None:
        response = case.call()  # type: ignore[attr-defined]
        assert response.status_code in LISTED, response.content[:300]
        if response.status_code >= 400:
            assert set(_refused(response)) == {"told"}

    answers()


def _refused(response: object) -> Iterator[str]:
    """A refusal is a sentence in the shape of its surface, and never a trace of ours."""
    kind = response.headers["content-type"][0].partition(";")[0]  # type: ignore[attr-defined]
    text = response.content.decode()  # type: ignore[attr-defined]
    assert "Traceback" not in text
    if kind == "application/problem+json":
        body = json.loads(text)
        assert {"type", "title", "status", "detail"} <= set(body)
        yield "told"
    elif kind == "application/json":
        assert set(json.loads(text)) == {"errorTypeCode", "message"}
        yield "told"
    elif kind == "text/html":
        assert "<h1" in text
        yield "told"

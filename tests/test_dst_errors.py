"""DST v1: the whole table of errors, the order of checks, and the shapes of requests that clients really send."""

import json
import random
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service import create_app
from service.settings import Settings
from tables.bank import Bank
from tests.conftest import OPENING, Publish

EMPTY = "Medsend gyldigt JSON-objekt når der postes. / Supply valid JSON-object when posting."
LANGUAGE = "Det angivne sprog er ugyldigt. / The specified language is not valid."
FORMAT = "Format ikke angivet, eller ikke gyldigt."
STATUSES = {200, 400, 404, 405, 410, 413, 415, 429, 503}


@pytest.fixture
def client(toy: Bank) -> FlaskClient:
    return create_app(toy, Settings(max_cells=100)).test_client()


def refused(
    client: FlaskClient, address: str, body: object = None, *, raw: bytes | None = None, status: int = 400
) -> tuple[str, str]:
    """Code and message of a refusal, whose body has these two members and no other."""
    if raw is not None:
        answer = client.post(address, data=raw)
    else:
        answer = client.get(address) if body is None else client.post(address, json=body)
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/json; charset=utf-8"
    told = json.loads(answer.text)
    assert list(told) == ["errorTypeCode", "message"]
    assert answer.headers["Cache-Control"] == "no-store"
    return told["errorTypeCode"], told["message"]


@pytest.mark.parametrize(
    ("address", "code", "message"),
    [
        ("/v1/data", "REQUEST-MISSING", FORMAT),
        ("/v1/data/TOY/JSON", "REQUEST-MISSING", FORMAT),
        ("/v1/data/TOY/TSV?lang=en", "REQUEST-MISSING", "Format not found or not valid."),
        ("/v1/data/TOY/DSTML", "REQUEST-MISSING", FORMAT),
        ("/v1/data/TOY?savedQueryId=7", "REQUEST-MISSING", FORMAT),
        ("/v1/tables?format=XML", "REQUEST-MISSING", FORMAT),
        ("/v1/data?format=CSV", "REQUEST-MISSING", "Der er ikke angivet nogen tabel-id."),
        ("/v1/tableinfo?lang=en", "REQUEST-MISSING", "Table id not specified."),
        ("/v1/tableinfo?id=", "EXTRACT-NOTFOUND", "Tabel findes ikke: "),
        ("/v1/data?format=CSV&table=&lang=en", "EXTRACT-NOTFOUND", "Table not found: "),
        ("/v1/tables?lang=fi", "REQUEST-LANGUAGE", LANGUAGE),
        ("/v1/data/NOSUCH1/CSV", "EXTRACT-NOTFOUND", "Tabel findes ikke: NOSUCH1"),
        ("/v1/tableinfo/nosuch1?lang=en", "EXTRACT-NOTFOUND", "Table not found: nosuch1"),
        ("/v1/tableinfo?id=../etc", "EXTRACT-NOTFOUND", "Tabel findes ikke: ../etc"),
        ("/v1/data/TOY/CSV?INVALIDVAR=1", "EXTRACT-NOTFOUND", "Kan ikke finde variablen: INVALIDVAR"),
        ("/v1/data/TOY/CSV?INVALIDVAR=1&lang=en", "EXTRACT-NOTFOUND", "Can't find variable: INVALIDVAR"),
        ("/v1/data/TOY/CSV?ContentsCode=antal", "EXTRACT-NOTFOUND", "Kan ikke finde variablen: ContentsCode"),
        ("/v1/data/TOY/CSV?tid=1066", "EXTRACT-NOTFOUND", "Kan ikke finde værdien: 1066 (Tid)"),
        ("/v1/data/TOY/CSV?Tid=1066&lang=en", "EXTRACT-NOTFOUND", "Can't find value: 1066 (Tid)"),
        ("/v1/data/TOY/CSV?omr%C3%A5de=000,99", "EXTRACT-NOTFOUND", "Kan ikke finde værdien: 99 (OMRÅDE)"),
        ("/v1/data/TOY/CSV?Tid=2007-2024", "EXTRACT-NOTFOUND", "Kan ikke finde værdien: 2007-2024 (Tid)"),
        ("/v1/data/TOY/CSV?Tid=%3E%3D2019", "EXTRACT-NOTFOUND", "Kan ikke finde værdien: 2019 (Tid)"),
        ("/v1/data/TOY/CSV?OMR%C3%85DE=sum(01;9)", "EXTRACT-NOTFOUND", "Kan ikke finde værdien: 9 (OMRÅDE)"),
        ("/v1/subjects/999", "EXTRACT-NOTFOUND", "Emne findes ikke: 999"),
        ("/v1/tables?subjects=1,02&lang=en", "EXTRACT-NOTFOUND", "Subject not found: 02"),
        ("/v1/data/TOY/BULK?Tid=*", "EXTRACT-NOTALLOWED", "Der skal vælges værdier for variabel: KØN"),
        ("/v1/data/TOY/BULK?lang=en", "EXTRACT-NOTALLOWED", "Values must be selected for variable: KØN"),
        (
            "/v1/data/TOY/BULK?KØN=D&OMRÅDE=01&Tid=2024&timeOrder=descending",
            "EXTRACT-STREAMINGTIMESORT",
            "Der kan ikke vælges sortering af tid for streamede formater.",
        ),
        (
            "/v1/data/TOY/CSV?x-other=1",
            "EXTRACT-NOTFOUND",
            "Kan ikke finde nøglen: x-other. Der er x-asof og x-decimal.",
        ),
        ("/v1/data/TOY/CSV?x-decimal=both", "EXTRACT-NOTFOUND", "Kan ikke finde værdien: both (x-decimal)"),
    ],
)
def test_a_refusal_has_its_code_and_its_sentence(client: FlaskClient, address: str, code: str, message: str) -> None:
    assert refused(client, address) == (code, message)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{table: ISBU04",
        b"[]",
        b'"text"',
        b"null",
        b'{"table":"TOY","Table":"TOY"}',
        b'{"a":NaN}',
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b'{"a":' + b"[" * 20 + b"]" * 20 + b"}",
        b"[" * 100_000,
        b'{"table":"TOY","format":"CSV","variables":[1]}',
        b'{"table":"TOY","format":"CSV","variables":[{"code":"Tid","values":[["2023"]]}]}',
        b'{"table":"TOY","format":"CSV","variables":[{"code":"Tid","values":{"2023":true}}]}',
    ],
)
@pytest.mark.parametrize("function", ["data"])
def test_a_body_that_is_no_json_object_is_empty(client: FlaskClient, function: str, raw: bytes) -> None:
    assert refused(client, f"/v1/{function}", raw=raw) == ("REQUEST-EMPTY", EMPTY)


@pytest.mark.parametrize("function", ["subjects", "tables", "tableinfo"])
def test_every_function_wants_a_json_object(client: FlaskClient, function: str) -> None:
    assert refused(client, f"/v1/{function}", raw=b"{table") == ("REQUEST-EMPTY", EMPTY)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "REQUEST-MISSING"),
        ({"lang": "xx"}, "REQUEST-LANGUAGE"),
        ({"lang": {"da": True}}, "REQUEST-LANGUAGE"),
        ({"table": "", "format": "CSV"}, "EXTRACT-NOTFOUND"),
        ({"table": None, "format": "CSV"}, "REQUEST-MISSING"),
        ({"format": "JSONSTAT"}, "REQUEST-MISSING"),
        ({"table": "NO1", "format": "JSON"}, "REQUEST-MISSING"),
        ({"table": "NO1", "format": "BULK", "variables": [{"code": "X", "values": ["1"]}]}, "EXTRACT-NOTFOUND"),
    ],
)
def test_checks_come_in_order(client: FlaskClient, body: Mapping[str, object], code: str) -> None:
    assert refused(client, "/v1/data", body)[0] == code


def test_the_format_is_missed_before_the_table_and_both_by_their_sentence(client: FlaskClient) -> None:
    assert refused(client, "/v1/data", {})[1] == FORMAT
    assert refused(client, "/v1/data", {"table": "NO1", "format": "JSON"})[1] == FORMAT
    assert refused(client, "/v1/data", {"format": "JSONSTAT"})[1] == "Der er ikke angivet nogen tabel-id."


def test_a_stream_names_what_is_missing_before_what_is_unknown(client: FlaskClient) -> None:
    stream = "/v1/data/TOY/BULK?"

    assert refused(client, f"{stream}NOPE=1&Tid=1066")[1] == "Der skal vælges værdier for variabel: KØN"
    assert refused(client, f"{stream}NOPE=1&KØN=D&OMRÅDE=9&Tid=*")[1] == "Kan ikke finde variablen: NOPE"
    assert refused(client, f"{stream}KØN=D&OMRÅDE=9&Tid=*")[1] == "Kan ikke finde værdien: 9 (OMRÅDE)"
    body = {"table": "TOY", "format": "BULK", "variables": [{"code": "KØN", "values": []}]}
    assert refused(client, "/v1/data", body)[1] == "Der skal vælges værdier for variabel: KØN"


def test_arithmetic_is_refused_where_it_would_lie(client: FlaskClient) -> None:
    total = refused(client, "/v1/data/TOY/CSV?OMRÅDE=sum(000;01)&lang=en")
    stream = refused(client, "/v1/data/TOY/BULK?KØN=sum(D;P)&OMRÅDE=01&Tid=*")
    along_time = refused(client, "/v1/data/TOY/CSV?Tid=sum(2023;2024)")

    assert (total[0], stream[0], along_time[0]) == ("EXTRACT-NOTALLOWED",) * 3
    assert "000" in total[1]


def test_a_sum_over_a_hidden_cell_is_hidden(client: FlaskClient) -> None:
    answer = client.get("/v1/data/TOY/CSV?OMRÅDE=sum(01;02)&KØN=D&Tid=2024&valuePresentation=Code")

    assert answer.text.splitlines()[1].endswith(";..")


def test_what_does_not_add_up_is_refused_with_the_reason_and_compared_all_the_same(
    publish: Publish, library: Path, tmp_path: Path
) -> None:
    """One child may be counted in both areas, so their sum, product and shares are no number of children."""
    text = (library / "TOY/table.yaml").read_text(encoding="utf-8")
    text = text.replace("kind: additive", "kind: distinct").replace("    elimination: sum\n", "")
    (library / "TOY/table.yaml").write_text(text, encoding="utf-8")
    publish()
    bank = Bank(tmp_path / "bank", clock=lambda: OPENING)
    bank.refresh()
    client = create_app(bank, Settings()).test_client()
    body = {"table": "TOY", "format": "CSV", "valuePresentation": "Code"}

    def posted(*areas: str, **more: object) -> str:
        variables = [
            {"code": "KØN", "values": ["P"]},
            {"code": "OMRÅDE", "values": areas},
            {"code": "Tid", "values": ["2023"]},
        ]
        return client.post("/v1/data", json={**body, **more, "variables": variables}).text

    for refused_ in (
        posted("sum(01;02)"),
        posted("multiply(01;02)"),
        posted("01", "02", valueTransformationSettings={"selectedVariableCode": "OMRÅDE"}),
    ):
        told = json.loads(refused_)
        assert told["errorTypeCode"] == "EXTRACT-NOTALLOWED"
        assert "den samme kan tælle med flere steder" in told["message"]
    lines = posted("subtract(a=02;01)", "divide(b=02;01)").splitlines()
    assert [line.rsplit(";", 1)[1] for line in lines[1:]] == ["2", "1,29"]
    against = {"selectedVariableCode": "OMRÅDE", "basisValueForCalculation": "01"}
    assert posted("02", valueTransformationSettings=against).splitlines()[1].endswith(";128,6")


def test_the_limit_names_cells_asked_and_allowed(toy: Bank) -> None:
    small = create_app(toy, Settings(max_cells=47)).test_client()
    address = "/v1/data/TOY/CSV?KØN=*&OMRÅDE=*&Tid=*"

    assert refused(small, address) == (
        "REQUEST-LIMIT",
        "Forespørgslen på op mod 48 celler er over begrænsningen på 47 celler for denne filtype. "
        "Anvend BULK eller andet streaming format i stedet.",
    )
    assert small.get(address.replace("CSV", "BULK")).status_code == 200
    assert create_app(toy, Settings(max_cells=48)).test_client().get(address).status_code == 200


def test_large_numbers_are_grouped_as_the_language_does() -> None:
    from service.dst.wording import too_many

    text = too_many(4_800_600, 1_000_000).text

    assert text.da.startswith("Forespørgslen på op mod 4.800.600 celler er over begrænsningen på 1.000.000 celler")
    assert "4,800,600" in text.en


@pytest.mark.parametrize(
    ("address", "code", "status"),
    [
        ("/v1/nothing", "REQUEST-NOTFOUND", 404),
        ("/v1", "REQUEST-NOTFOUND", 404),
        ("/v1/data/TOY/CSV/more", "REQUEST-NOTFOUND", 404),
        ("/v1/tableinfo/..%2F..%2Fetc", "REQUEST-NOTFOUND", 404),
    ],
)
def test_unknown_addresses_are_404_in_the_words_of_the_protocol(
    client: FlaskClient, address: str, code: str, status: int
) -> None:
    assert refused(client, address, status=status) == (code, "Siden kan ikke findes. / Page not found.")


def test_method_size_and_encoding_are_told(client: FlaskClient) -> None:
    method = client.delete("/v1/tables")
    large = client.post("/v1/data", data=b"{" + b" " * 262_145 + b"}")
    packed = client.post("/v1/data", data=b"x", headers={"Content-Encoding": "gzip"})

    told = [(each.status_code, json.loads(each.text)["errorTypeCode"]) for each in (method, large, packed)]
    assert told == [(405, "REQUEST-METHOD"), (413, "REQUEST-TOOLARGE"), (415, "REQUEST-TYPE")]
    assert set(method.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}


@pytest.mark.parametrize(
    "asof", ["2030-01-01T0000Z", "ISBU04@2024-06-06T0600Z", "yesterday", "2024-06-06", "2024-06-06T06:00:00"]
)
def test_an_as_of_that_cannot_be_is_refused_with_one_text(client: FlaskClient, asof: str) -> None:
    found = {
        refused(client, f"/v1/data/TOY/CSV?x-asof={asof}"),
        refused(client, "/v1/data", {"table": "TOY", "format": "CSV", "x-asof": asof}),
    }

    assert len(found) == 1
    code, message = found.pop()
    assert code == "EXTRACT-NOTFOUND"
    assert message.startswith("x-asof kan ikke bruges")


def test_as_of_before_the_first_release_knows_no_table(client: FlaskClient) -> None:
    address = "/v1/data/TOY/CSV?x-asof=2024-06-06T0559Z"

    assert refused(client, address) == ("EXTRACT-NOTFOUND", "Tabel findes ikke: TOY")
    assert refused(client, address) == refused(client, "/v1/data/TOY/CSV?x-asof=2024-06-06T05:59:00Z")


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"TABLE":"toy","Format":"csv","Lang":null,"variables":[{"Code":"tid","Values":[2024]}]}',
        b'{"table":"TOY","format":"CSV","savedQueryId":7,"allowVariablesInHead":true,"chartsettings":{},'
        b'"unknown":[1],"variables":[{"code":"Tid","values":"2024"}]}',
        b'{"table":"TOY","format":"CSV","delimiter":"semicolon","valuePresentation":"default",'
        b'"variables":[{"code":"Tid","values":["2024","(1)","*4"]},{"code":"OMR\xc3\x85DE","values":[]}]}',
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "text/json", "application/x-www-form-urlencoded"])
def test_clients_write_json_in_many_ways(client: FlaskClient, body: bytes, kind: str) -> None:
    answer = client.post("/v1/data", data=body, content_type=kind)

    assert answer.text == "\N{ZERO WIDTH NO-BREAK SPACE}TID;INDHOLD\r\n2024;28\r\n"


def test_a_variable_chosen_twice_in_a_body_is_refused_but_united_in_an_address(client: FlaskClient) -> None:
    twice = [{"code": "Tid", "values": ["2023"]}, {"code": "TID", "values": ["2024"]}]

    assert refused(client, "/v1/data", {"table": "TOY", "format": "CSV", "variables": twice})[0] == "EXTRACT-NOTALLOWED"
    assert client.get("/v1/data/TOY/CSV?Tid=2023&TID=2024").text.count("\r\n") == 3


@pytest.mark.parametrize("address", ["k%D8N=D", "k%C3%98n=D", "KØN=d", "K%c3%98N=D"])
def test_latin_1_escapes_and_any_case_find_the_variable(client: FlaskClient, address: str) -> None:
    assert client.get(f"/v1/data/toy/csv?{address}").text.splitlines()[1] == "Drenge;2024;18"


def test_percent_needs_to_know_along_which_variable(client: FlaskClient) -> None:
    body = {
        "table": "TOY",
        "format": "CSV",
        "variables": [{"code": "KØN", "values": ["*"]}, {"code": "Tid", "values": ["2023"]}],
    }

    for settings_ in (
        {"operation": "percent"},
        {"operation": "cube"},
        {"addAsNewValue": "true", "selectedVariableCode": "KØN"},
    ):
        assert refused(client, "/v1/data", body | {"valueTransformationSettings": settings_})[0] == "EXTRACT-NOTALLOWED"
    streamed = body | {"format": "BULK", "valueTransformationSettings": {"selectedVariableCode": "KØN"}}
    assert refused(client, "/v1/data", streamed)[0] == "EXTRACT-NOTALLOWED"
    unknown = {"selectedVariableCode": "KØN", "basisValueForCalculation": "9"}
    assert refused(client, "/v1/data", body | {"valueTransformationSettings": unknown})[0] == "EXTRACT-NOTFOUND"


def test_a_bank_that_cannot_be_read_is_a_503_without_its_reason(tmp_path_factory: pytest.TempPathFactory) -> None:
    nowhere = create_app(Bank(tmp_path_factory.mktemp("empty")), Settings()).test_client()

    answer = nowhere.get("/v1/tables")

    assert answer.status_code == 503
    assert 2 <= int(answer.headers["Retry-After"]) <= 10
    assert json.loads(answer.text)["errorTypeCode"] == "TABLE-UNAVAILABLE"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    (
        *("table", "format", "lang", "variables", "valuePresentation", "timeOrder", "x-asof", "x-decimal"),
        *("delimiter", "valueTransformationSettings", "subjects", "pastDays", "id", "includeTables"),
    )
)


@given(st.sampled_from(["data", "tables", "subjects", "tableinfo"]), st.dictionaries(NAMES, JSON, max_size=5))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_body_gets_a_listed_status(client: FlaskClient, function: str, body: dict[str, object]) -> None:
    full = {"table": "TOY", "format": "CSV"} | body

    for sent in (body, full):
        answer = client.post(f"/v1/{function}", data=json.dumps(sent))

        assert answer.status_code in STATUSES
        if answer.status_code != 200:
            assert list(json.loads(answer.text)) == ["errorTypeCode", "message"]


@given(st.dictionaries(st.sampled_from(["Tid", "KØN", "OMRÅDE", "lang", "x-asof"]), st.text(max_size=12), max_size=4))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_selection_gets_a_listed_status(client: FlaskClient, keys: dict[str, str]) -> None:
    for name in ("CSV", "BULK", "JSONSTAT"):
        answer = client.get(f"/v1/data/TOY/{name}", query_string=keys)

        assert answer.status_code in STATUSES
        if answer.status_code != 200:
            assert list(json.loads(answer.text)) == ["errorTypeCode", "message"]


def test_any_bytes_in_the_target_get_a_listed_status(client: FlaskClient) -> None:
    seeded = random.Random(4)  # the raw target cannot be given through the client's own quoting

    for _ in range(300):
        raw = bytes(seeded.randrange(33, 256) for _ in range(seeded.randrange(1, 30))).decode("latin-1")
        answer = client.get("/v1/data/TOY/CSV", environ_overrides={"QUERY_STRING": raw})
        path = client.get("/v1/x", environ_overrides={"PATH_INFO": f"/v1/tableinfo/{raw}"})

        assert {answer.status_code, path.status_code} <= STATUSES

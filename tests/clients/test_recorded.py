"""What was recorded of the original on the wire, header by header and byte by byte (DST §1, §8)."""

import re

import pytest

from tests.wire import asked

pytestmark = pytest.mark.slow
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
BOM = b"\xef\xbb\xbf"
TYPES = {
    "CSV": ("text/csv; charset=utf-8", "csv"),
    "BULK": ("text/csv; charset=utf-8", "csv"),
    "JSONSTAT": ("text/json; charset=utf-8", "json"),
    "PX": ("application/octet-stream; charset=ansi", "px"),
    "XLSX": ("application/octet-stream; charset=utf-8", "xlsx"),
    "HTML": ("text/html; charset=utf-8", "html"),
    "HTML5": ("text/html; charset=utf-8", "html"),
    "HTML5InclNotes": ("text/html; charset=utf-8", "html"),
    "JSONSTAT2": ("application/json; charset=utf-8", "json"),
    "NDJSON": ("application/x-ndjson", "ndjson"),
    "PARQUET": ("application/vnd.apache.parquet", "parquet"),
    "ARROW": ("application/vnd.apache.arrow.file", "arrow"),
}


@pytest.mark.parametrize(
    "address", ["/v1/subjects", "/v1/tables?lang=en", "/v1/tableinfo/TOY", "/v1/tables?pastDays=0"]
)
def test_metadata_has_its_length_and_the_recorded_headers(port: int, address: str) -> None:
    reply = asked(port, address, None, "Accept-Encoding: gzip, deflate")
    plain = asked(port, address)

    assert reply.headers["content-type"] == "text/json; charset=utf-8"
    for each in (reply, plain):
        assert int(each.headers["content-length"]) == len(each.body)
        assert "transfer-encoding" not in each.headers
        assert (each.headers["cache-control"], each.headers["pragma"]) == ("no-cache", "no-cache")
        assert each.headers["expires"] == "-1"
        assert UUID.fullmatch(each.headers["statbankapi-request-id"])
        assert "StatbankAPI-Request-Id" in each.headers["access-control-expose-headers"]
        assert each.headers["access-control-allow-origin"] == "*"
    assert b"\\u" not in plain.body
    assert b'": ' not in plain.body
    assert not plain.body.startswith(BOM)


@pytest.mark.parametrize("name", TYPES)
def test_data_has_the_recorded_type_and_file_name(port: int, name: str) -> None:
    media_type, ending = TYPES[name]
    reply = asked(port, f"/v1/data/toy/{name}?KØN=*&OMRÅDE=*&Tid=*")

    assert (reply.status, reply.headers["content-type"]) == (200, media_type)
    assert reply.headers["content-disposition"] == f"attachment; filename=TOY.{ending}"
    whole = name in {"XLSX", "PARQUET", "ARROW"}  # made before they are sent, so they have a length and ranges
    assert ("content-length" in reply.headers) is whole
    assert (reply.headers.get("transfer-encoding") == "chunked") is not whole
    assert (reply.headers["cache-control"], reply.headers["expires"]) == ("no-cache", "-1")
    assert UUID.fullmatch(reply.headers["statbankapi-request-id"])
    assert reply.headers["statbank-release"] == "TOY@2024-06-06T0600Z"
    assert reply.body.startswith(BOM) is (name == "CSV")


def test_every_request_has_its_own_number(port: int) -> None:
    numbers = {asked(port, "/v1/tables").headers["statbankapi-request-id"] for _ in range(5)}
    refused = asked(port, "/v1/nothing").headers["statbankapi-request-id"]

    assert len(numbers | {refused}) == 6


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("KVART98/CSV?OMRÅDE=2&Tid=*", "OMRÅDE;TID;INDHOLD\r\nSyd;2023K4;-0,5\r\nSyd;2024K1;105,0\r\n"),
        ("KVART98/CSV?OMRÅDE=2&Tid=*&lang=en", "OMRÅDE;TID;INDHOLD\r\nSouth;2023Q4;-0.5\r\nSouth;2024Q1;105.0\r\n"),
        (
            "KVART98/CSV?OMRÅDE=1&Tid=*&lang=en&valuePresentation=CodeAndValue",
            "OMRÅDE;TID;INDHOLD\r\n1 North;2023K4 2023Q4;11.8\r\n1 North;2024K1 2024Q1;..\r\n",
        ),
        (
            "ISBU98/CSV?LANDSDEL=04&ALDER=sum(1|[da Børn][en Children]=0005,0617)&Tid=2024".replace(" ", "%20"),
            "LANDSDEL;ALDER;TID;INDHOLD\r\nLandsdel Bornholm;Børn;2024;106\r\n",
        ),
        (
            "TOY/CSV?KØN=subtract(Flere drenge=D;P)&Tid=2023".replace(" ", "%20"),
            "KØN;TID;INDHOLD\r\nFlere drenge;2023;4\r\n",
        ),
        ("TOY/CSV?KØN=divide(forhold=D;P)&Tid=2023", "KØN;TID;INDHOLD\r\nforhold;2023;1,25\r\n"),
        ("TOY/CSV?KØN=divide(f|forhold=D;P)&Tid=2023&valuePresentation=Code", "KØN;TID;INDHOLD\r\nf;2023;1,25\r\n"),
        ("TOY/CSV?OMRÅDE=02&KØN=D,P&Tid=2024", "OMRÅDE;KØN;TID;INDHOLD\r\nSyd;Drenge;2024;..\r\nSyd;Piger;2024;0\r\n"),
    ],
)
def test_rows_are_these_bytes(port: int, query: str, body: str) -> None:
    found = asked(port, f"/v1/data/{query}").body

    assert found == BOM + body.encode()


@pytest.mark.parametrize("name", ["JSONSTAT", "JSONSTAT2"])
def test_a_named_result_is_a_category_in_the_language(port: int, name: str) -> None:
    keys = "ALDER=sum(b|[da Børn][en Children]=0005,0617),IALT&lang=en".replace(" ", "%20")
    text = asked(port, f"/v1/data/ISBU98/{name}?{keys}").body.decode()

    assert '"index":{"b":0,"IALT":1},"label":{"b":"Children","IALT":"Age, total"}' in text


def test_a_named_result_stands_in_px_and_in_a_sheet(port: int) -> None:
    keys = "KØN=subtract(f|Flere drenge=D;P)&Tid=2023".replace(" ", "%20")

    px = asked(port, f"/v1/data/TOY/PX?{keys}").body.decode("windows-1252")
    page = asked(port, f"/v1/data/TOY/HTML?{keys}").body.decode()

    assert 'VALUES("køn")="Flere drenge";\r\n' in px
    assert 'CODES("køn")="f";\r\n' in px
    assert px.endswith("DATA=\r\n4\r\n;\r\n")
    assert "Flere drenge" in page

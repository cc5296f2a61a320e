"""Requests as the clients and scripts of others write them, byte by byte, and what those read in the answer.

R, Ruby, Stata, Elixir and the browser are not in our test environment, so their packages are not run here. What each
sends was read in its published source; a line below is one request of it, with our tables and codes in place of its
own. `Read` is how that client takes the answer apart: what it insists on fails here as it would fail there.
"""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.wire import Reply, asked

pytestmark = pytest.mark.slow
BOM = b"\xef\xbb\xbf"
HTTR = ("Accept: application/json, text/xml, application/xml, */*", "Accept-Encoding: deflate, gzip")
JSON = "Content-Type: application/json"
KEYS = ("id", "text", "elimination", "time", "values")
KNOWN_MAPS = {"Denmark_municipality_07", "Denmark_rural_07", "Denmark_region_07"}  # DST §6, those of ours
Read = Callable[[Reply], object]


def plain(reply: Reply) -> bytes:
    return gzip.decompress(reply.body) if reply.headers.get("content-encoding") == "gzip" else reply.body


def strict_json(reply: Reply) -> object:
    """danstat and dkstat: only text/json is metadata."""
    assert reply.status == 200
    assert reply.headers["content-type"] == "text/json; charset=utf-8"
    return json.loads(plain(reply))


def any_json(reply: Reply) -> object:
    assert reply.status == 200
    return json.loads(plain(reply))


def rows(reply: Reply) -> list[list[str]]:
    """Split at semicolons, as eight of the fifteen do; a mark at the front is taken off by their decoder."""
    assert reply.status == 200, reply.body
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    text = plain(reply).removeprefix(BOM).decode()
    assert text.endswith("\r\n")
    return [line.split(";") for line in text.removesuffix("\r\n").split("\r\n")]


def refusal(reply: Reply) -> tuple[str, str]:
    """dkstat reads the message only when it comes as application/json."""
    assert reply.status == 400
    assert reply.headers["content-type"] == "application/json; charset=utf-8"
    told = json.loads(reply.body)
    assert list(told) == ["errorTypeCode", "message"]
    return told["errorTypeCode"], told["message"]


def ids(reply: Reply) -> list[str]:
    return [each["id"] for each in strict_json(reply)]  # type: ignore[attr-defined]


def codes_of_variables(reply: Reply) -> list[str]:
    return [each["id"] for each in strict_json(reply)["variables"]]  # type: ignore[index]


def values_of_statistic(reply: Reply) -> object:
    return strict_json(reply)["dataset"]["value"]  # type: ignore[index]


def header(reply: Reply) -> list[str]:
    return rows(reply)[0]


def size(reply: Reply) -> int:
    return len(rows(reply)) - 1


@dataclass(frozen=True)
class Sent:
    """One request of a client, how it reads the answer, and what it then has."""

    client: str
    target: str | bytes
    read: Read
    found: object
    body: object = None  # an object becomes JSON; bytes go out as they are
    headers: tuple[str, ...] = ()


def variables(**chosen: object) -> list[dict[str, object]]:
    return [{"code": code, "values": values} for code, values in chosen.items()]


TOP, ACTIVE = ["1", "2"], ["FLER98", "ISBU98", "TOY"]
ALL = [*ACTIVE, "KVART98"]  # in the order of the tree
TOY = ["KØN", "OMRÅDE", "Tid"]
BOTH = variables(KØN=["D"], OMRÅDE=["01"], Tid=["*"])
HEAD = ["KØN", "OMRÅDE", "TID", "INDHOLD"]
TWO = [HEAD, ["Drenge", "Nord", "2023", "12"], ["Drenge", "Nord", "2024", ".."]]
TWO_EN = [HEAD, ["Boys", "North", "2023", "12"], ["Boys", "North", "2024", ".."]]
TWO_CODES = [HEAD, ["D", "01", "2023", "12"], ["D", "01", "2024", ".."]]

CLIENTS = [
    # danstat (R): POST, strict types of answers, NA for a number that is not given, values always a list
    Sent(
        "danstat", "/v1/subjects", ids, TOP, {"lang": "en", "recursive": False, "includeTables": False}, (*HTTR, JSON)
    ),
    Sent("danstat", "/v1/subjects", ids, ["1"], {"lang": "en", "subjects": ["1"]}, (*HTTR, JSON)),
    Sent(
        "danstat", "/v1/tables", ids, ACTIVE, {"lang": "en", "pastdays": "NA", "includeinactive": False}, (*HTTR, JSON)
    ),
    Sent("danstat", "/v1/tableinfo", codes_of_variables, TOY, {"lang": "en", "table": "toy"}, (*HTTR, JSON)),
    Sent("danstat", "/v1/data", rows, TWO_EN, {"table": "toy", "lang": "en", "format": "CSV", "variables": BOTH}, HTTR),
    # dkstat (R): GET, names upper case, columns by position, presentation and language last
    Sent("dkstat", "/v1/tables?lang=da&format=JSON", ids, ACTIVE, None, HTTR),
    Sent("dkstat", "/v1/tableinfo/toy?lang=da&format=JSON", codes_of_variables, TOY, None, HTTR),
    Sent(
        "dkstat",
        "/v1/data/kvart98/CSV?TID=2023K4%2C2024K1&OMR%C3%85DE=%2A&valuePresentation=CodeAndValue&lang=da",
        rows,
        [
            ["TID", "OMRÅDE", "INDHOLD"],
            ["2023K4 2023K4", "1 Nord", "11,8"],
            ["2023K4 2023K4", "2 Syd", "-0,5"],
            ["2024K1 2024K1", "1 Nord", ".."],
            ["2024K1 2024K1", "2 Syd", "105,0"],
        ],
        None,
        HTTR,
    ),
    Sent(
        "dkstat",
        "/v1/data/kvart98/BULK?OMR%C3%85DE=1&TID=2023K4&valuePresentation=Value&lang=en",
        rows,
        [["OMRÅDE", "TID", "INDHOLD"], ["North", "2023Q4", "11.8"]],
        None,
        HTTR,
    ),
    Sent(
        "dkstat",
        "/v1/data/toy/CSV?TID=1999&lang=da",
        refusal,
        ("EXTRACT-NOTFOUND", "Kan ikke finde værdien: 1999 (Tid)"),
        None,
        HTTR,
    ),
    # statsDK (R): everything as BULK, what is not named filled up with stars
    Sent("statsDK", "/v1/subjects?lang=en&format=JSON", ids, TOP, None, HTTR),
    Sent("statsDK", "/v1/tables?lang=en&format=JSON", ids, ACTIVE, None, HTTR),
    Sent("statsDK", "/v1/tableinfo/TOY?lang=en&format=JSON", codes_of_variables, TOY, None, HTTR),
    Sent("statsDK", "/v1/data/TOY/BULK?lang=en&K%C3%98N=*&OMR%C3%85DE=*&Tid=*", size, 12, None, HTTR),
    Sent("statsDK", "/v1/data/TOY/BULK?K%C3%98N=D&OMR%C3%85DE=01&Tid=*", rows, TWO, None, HTTR),
    # DKstatbankR (R): letters as they are written, commas escaped
    Sent("DKstatbankR", "/v1/tables?includeInactive=true&format=JSON", ids, ALL, None, HTTR),
    Sent("DKstatbankR", "/v1/tables?format=JSON", ids, ACTIVE, None, HTTR),
    Sent("DKstatbankR", "/v1/tableinfo/TOY?lang=en&format=JSON", codes_of_variables, TOY, None, HTTR),
    Sent("DKstatbankR", "/v1/data/TOY/CSV?delimiter=Semicolon", rows, [["TID", "INDHOLD"], ["2024", "28"]], None, HTTR),
    Sent("DKstatbankR", "/v1/data/TOY/CSV?delimiter=Semicolon&KØN=D&OMRÅDE=01&Tid=2023%2C2024", rows, TWO, None, HTTR),
    Sent("DKstatbankR", "/v1/data/TOY/CSV?delimiter=Semicolon&lang=en&KØN=D&OMRÅDE=01&Tid=*", rows, TWO_EN, None, HTTR),
    # statbank (R): JSON as text, numbers of ids quoted, ValuePresentation with a capital
    Sent(
        "statbank (R)",
        "/v1/tableinfo",
        codes_of_variables,
        TOY,
        {"table": "TOY", "lang": "en", "format": "JSON"},
        (JSON,),
    ),
    Sent(
        "statbank (R)",
        "/v1/data",
        rows,
        TWO_CODES,
        {
            "table": "TOY",
            "lang": "en",
            "format": "CSV",
            "delimiter": "Semicolon",
            "ValuePresentation": "Code",
            "variables": variables(KØN=["D"], OMRÅDE=["01"], TID=["2023", "2024"]),
        },
        (JSON,),
    ),
    # statbank (PyPI) and denstatbank run themselves, in test_published
    Sent("statbank (PyPI)", "/v1/subjects/1?includeTables=false&lang=da&recursive=true", ids, ["1"]),
    Sent("statbank (PyPI)", "/v1/tables?includeInactive=false&lang=da", ids, ACTIVE),
    Sent(
        "statbank (PyPI)",
        "/v1/data/TOY/CSV?K%C3%98N=D&OMR%C3%85DE=01&Tid=2024&lang=da&timeOrder=Descending&valuePresentation=CodeAndValue",
        rows,
        [HEAD, ["D Drenge", "01 Nord", "2024 2024", ".."]],
    ),
    Sent("denstatbank", "/v1/subjects", ids, TOP, {"includeTables": False, "recursive": False, "lang": "da"}),
    Sent("denstatbank", "/v1/tables", ids, ACTIVE, {"pastdays": None, "includeinactive": False, "lang": "da"}),
    Sent("denstatbank", "/v1/data", values_of_statistic, [28], {"format": "JSONSTAT", "table": "toy", "lang": "da"}),
    # dstapi (Python): the table in lower case, all of it as BULK
    Sent("dstapi", "/v1/tableinfo?id=toy&format=JSON&lang=da", codes_of_variables, TOY),
    Sent(
        "dstapi",
        "/v1/data",
        size,
        12,
        {
            "table": "toy",
            "format": "BULK",
            "lang": "da",
            "variables": [{"code": code, "values": ["*"]} for code in TOY],
        },
    ),
    # pydst (Python): subjects in the path, BULK in English
    Sent("pydst", "/v1/subjects/?lang=en&format=JSON", ids, TOP),
    Sent("pydst", "/v1/subjects/1,2?lang=en&format=JSON", ids, TOP),
    Sent("pydst", "/v1/tables/?lang=en&format=JSON&includeInactive=true&subjects=12", ids, ["KVART98"]),
    Sent("pydst", "/v1/tableinfo/TOY?lang=en&format=JSON", codes_of_variables, TOY),
    Sent("pydst", "/v1/data/TOY/BULK?lang=en&delimiter=Semicolon&K%C3%98N=D&Tid=2023,2024&OMR%C3%85DE=01", size, 2),
    # PyDST (Python): values as Python writes them, formats in lower case
    Sent("PyDST", "/v1/subjects/?lang=en&format=json&recursive=True&omitSubjectsWithoutTables=True", ids, ["1"]),
    Sent("PyDST", "/v1/tables/?lang=en&format=json&pastDays=100000&includeInactive=False", ids, ACTIVE),
    Sent("PyDST", "/v1/data/TOY/csv?lang=en&valuePresentation=Default&timeOrder=descending&Tid=*", size, 2),
    Sent("PyDST", "/v1/data/TOY/jsonstat?lang=en&Tid=*", values_of_statistic, [36, 28]),
    Sent("PyDST", "/v1/data/TOY/bulk?lang=en&delimiter=semicolon&K%C3%98N=D&OMR%C3%85DE=01&Tid=*", rows, TWO_EN),
    # mcp-dst (Python): a presentation that does not exist is the default one
    Sent("mcp-dst", "/v1/subjects", ids, ["1"], {"format": "JSON", "lang": "da", "subjects": [1], "recursive": True}),
    Sent("mcp-dst", "/v1/tables", ids, [], {"format": "JSON", "lang": "da", "pastdays": 0}),
    Sent("mcp-dst", "/v1/tableinfo", codes_of_variables, TOY, {"table": "TOY", "format": "JSON", "lang": "da"}),
    Sent(
        "mcp-dst",
        "/v1/data",
        rows,
        TWO,
        {"table": "TOY", "format": "CSV", "lang": "da", "valuePresentation": "Text", "variables": BOTH},
    ),
    # an MCP client in TypeScript asks for JSON, which there is not
    Sent(
        "mcp (TypeScript)",
        "/v1/data",
        refusal,
        ("REQUEST-MISSING", "Format not found or not valid."),
        {"table": "TOY", "format": "JSON", "lang": "en"},
        (JSON,),
    ),
    # Statistikbanken.js: in a browser of another site
    Sent("Statistikbanken.js", "/v1/subjects/1,2?lang=da&format=JSON", ids, TOP, None, ("Origin: https://x.dk",)),
    Sent("Statistikbanken.js", "/v1/tableinfo?id=TOY&lang=da&format=JSON", codes_of_variables, TOY),
    Sent("Statistikbanken.js", "/v1/data/TOY/?KØN=D&OMRÅDE=01&Tid=2023,2024&lang=da&format=CSV", rows, TWO),
    Sent(
        "Statistikbanken.js",
        "/v1/data",
        rows,
        TWO,
        {"variables": BOTH, "table": "TOY", "lang": "da", "format": "CSV"},
        (JSON, "Accept: application/json", "Origin: https://x.dk"),
    ),
    # statbank_denmark (Ruby): formats in lower case, an older name for empty subjects
    Sent("statbank_denmark", "/v1/subjects?format=json&lang=en&omitEmptySubjects=true", ids, TOP),
    Sent("statbank_denmark", "/v1/tables?format=json&lang=en&subjects=11", ids, ACTIVE),
    Sent(
        "statbank_denmark",
        "/v1/data",
        rows,
        TWO_EN,
        {"table": "TOY", "lang": "en", "format": "csv", "valuePresentation": "Default", "variables": BOTH},
        (JSON,),
    ),
    # dstpop (Stata): a range and a sum with a text for each language in one list
    Sent(
        "dstpop",
        "/v1/data/ISBU98/CSV?lang=en&valuePresentation=Code&TID=2023%2C2024"
        "&ALDER=%3E=0005%3C=0005,sum(00-|[da%200-17%20%C3%A5r][en%200-17%20years]=0005,0617)&LANDSDEL=04",
        rows,
        [
            ["TID", "ALDER", "LANDSDEL", "INDHOLD"],
            *[["2023", "0005", "04", "47"], ["2023", "00-", "04", "102"]],
            *[["2024", "0005", "04", "49"], ["2024", "00-", "04", "106"]],
        ],
    ),
]

SCRIPTS = [
    # what people write by hand
    Sent("pandas", "/v1/data/TOY/CSV?valuePresentation=CodeAndValue&delimiter=Semicolon&Tid=*&Køn=D", size, 2),
    Sent("pandas", "/v1/data/TOY/CSV?OMR%C3%85DE=01%2C02&K%C3%98N=D", size, 2),
    Sent("requests, a list", "/v1/data/TOY/CSV?tid=2023&tid=2024", size, 2),
    Sent("requests, space for plus", "/v1/data/TOY/CSV?tid=(-n+2)", size, 2),
    Sent("R, one string", "/v1/data/toy/jsonstat?k%C3%B8n=d&omr%C3%A5de=01&tid=2024", values_of_statistic, [None]),
    Sent("R on Windows", "/v1/data/TOY/CSV?K%D8N=D&OMR%C5DE=01&Tid=*", rows, TWO),
    Sent("R on Windows, raw", "/v1/data/TOY/CSV?KØN=D&OMRÅDE=01&Tid=*".encode("latin-1"), rows, TWO),
    Sent("httr2, lower case", "/v1/data/TOY/CSV?valuePresentation=code&tid=2023,2024&område=*", size, 6),
    Sent("Swift", "/v1/data/TOY/?format=CSV&lang=en&Tid=*", size, 2),
    Sent("a key without a value", "/v1/data/TOY/CSV?Tid=*&KØN=&lang=", size, 2),
    Sent("odd ampersands", "/v1/data/TOY/CSV?&Tid=*&&", size, 2),
    Sent("table in the query", "/v1/data?table=TOY&format=CSV&Tid=*", size, 2),
    Sent("id in the query", "/v1/data/?id=TOY&format=BULK&KØN=D&OMRÅDE=01&Tid=*", rows, TWO),
    Sent("capitals", "/V1/Data/TOY/Csv?TID=*", size, 2),
    Sent("stars", "/v1/data/TOY/CSV?OMRÅDE=0*&Tid=20*", header, ["OMRÅDE", "TID", "INDHOLD"]),
    Sent("from", "/v1/data/TOY/CSV?Tid=%3E%3D2023", size, 2),
    Sent("between", "/v1/data/TOY/CSV?Tid=>=2023<=2023", size, 1),
    Sent("oldest", "/v1/data/TOY/CSV?Tid=-(1)", rows, [["TID", "INDHOLD"], ["2023", "36"]]),
    Sent("every second", "/v1/data/TOY/CSV?Tid=(2n%2B1)", rows, [["TID", "INDHOLD"], ["2024", "28"]]),
    Sent("a chart's settings", "/v1/data/TOY/CSV?type=Line&width=400&height=300&showlegend=true", size, 1),
    Sent("a new name", "/v1/data/TOY/JSONSTAT2?Tid=*", lambda reply: any_json(reply)["value"], [36, 28]),  # type: ignore[index]
    # JSON in many hands
    Sent(
        "the guide",
        "/v1/data",
        size,
        2,
        {
            "table": "toy",
            "format": "CSV",
            "timeOrder": "Ascending",
            "variables": [
                {"code": "KØN", "placement": "stub", "values": ["*"]},
                {"code": "Tid", "values": ["2024", "(1)"]},
            ],
        },
    ),
    Sent("numbers", "/v1/data", size, 2, {"table": "TOY", "format": "CSV", "variables": variables(Tid=[2023, 2024])}),
    Sent("a scalar", "/v1/data", size, 2, {"table": "TOY", "format": "CSV", "variables": variables(Tid="*")}),
    Sent(
        "one object",
        "/v1/data",
        size,
        2,
        {"table": "TOY", "format": "CSV", "variables": {"code": "Tid", "values": ["*"]}},
    ),
    Sent(
        "nulls",
        "/v1/data",
        size,
        1,
        {"table": "TOY", "format": "CSV", "lang": None, "variables": None, "delimiter": None},
    ),
    Sent("empty lists", "/v1/data", size, 1, {"table": "TOY", "format": "CSV", "variables": variables(KØN=[], Tid=[])}),
    Sent(
        "capital keys",
        "/v1/data",
        size,
        2,
        {"Table": "TOY", "Format": "csv", "Variables": [{"Code": "tid", "Values": ["*"]}]},
    ),
    Sent(
        "text for booleans",
        "/v1/data",
        rows,
        TWO,
        {
            "table": "TOY",
            "format": "BULK",
            "valuePresentation": "Value",
            "allowVariablesInHead": "false",
            "allowCodeOverrideInColumnNames": "false",
            "variables": BOTH,
        },
    ),
    Sent(
        "head",
        "/v1/data",
        rows,
        TWO,
        {"table": "TOY", "format": "CSV", "allowVariablesInHead": True, "variables": BOTH},
    ),
    Sent(
        "a key of a variable",
        "/v1/data",
        size,
        2,
        {"table": "TOY", "format": "CSV", "variables": [{"code": "Tid", "values": ["*"], "valuePresentation": "Code"}]},
    ),
    Sent("slash", "/v1/data/", rows, TWO, {"table": "TOY", "format": "CSV", "variables": BOTH}),
    Sent("path and body", "/v1/data/TOY/CSV", rows, TWO, {"table": "toy", "format": "jsonstat", "variables": BOTH}),
    Sent("path, query and body", "/v1/data/TOY/CSV?KØN=P&lang=en", rows, TWO_EN, {"variables": BOTH}),
    Sent(
        "text/json",
        "/v1/data",
        rows,
        TWO,
        {"table": "TOY", "format": "CSV", "variables": BOTH},
        ("Content-Type: text/json",),
    ),
    Sent(
        "curl -d",
        "/v1/data",
        rows,
        TWO,
        {"table": "TOY", "format": "CSV", "variables": BOTH},
        ("Content-Type: application/x-www-form-urlencoded",),
    ),
    Sent("no type", "/v1/data", rows, TWO, {"table": "TOY", "format": "CSV", "variables": BOTH}),
    Sent(
        "a mark",
        "/v1/data",
        rows,
        TWO,
        BOM + json.dumps({"table": "TOY", "format": "CSV", "variables": BOTH}).encode(),
        (JSON,),
    ),
    Sent(
        "letters as they are",
        "/v1/data",
        rows,
        TWO,
        json.dumps({"table": "TOY", "format": "CSV", "variables": BOTH}, ensure_ascii=False).encode(),
        (JSON,),
    ),
    Sent("id for table", "/v1/tableinfo", codes_of_variables, TOY, {"id": "TOY"}),
    Sent("text search is not there", "/v1/tables", ids, ACTIVE, {"text": "støtte", "id": "TOY"}),
    Sent(
        "a form",
        "/v1/data",
        refusal,
        ("REQUEST-EMPTY", "Medsend gyldigt JSON-objekt når der postes. / Supply valid JSON-object when posting."),
        b"table=TOY&format=CSV",
        ("Content-Type: application/x-www-form-urlencoded",),
    ),
    Sent(
        "a text in JSON",
        "/v1/data",
        refusal,
        ("REQUEST-EMPTY", "Medsend gyldigt JSON-objekt når der postes. / Supply valid JSON-object when posting."),
        json.dumps(json.dumps({"table": "TOY", "format": "CSV"})).encode(),
        ("Content-Type: text/json",),
    ),
    Sent(
        "years with a dash",
        "/v1/data/TOY/CSV?tid=2007-2024",
        refusal,
        ("EXTRACT-NOTFOUND", "Kan ikke finde værdien: 2007-2024 (Tid)"),
    ),
]


@pytest.mark.parametrize("sent", [*CLIENTS, *SCRIPTS], ids=lambda sent: f"{sent.client}: {sent.target!s:.60}")
def test_a_request_of_theirs_is_read_as_they_read_it(port: int, sent: Sent) -> None:
    body = sent.body if isinstance(sent.body, bytes) else json.dumps(sent.body).encode() if sent.body else None

    reply = asked(port, sent.target, body, *sent.headers)

    assert sent.read(reply) == sent.found


def test_fifteen_clients_are_here() -> None:
    assert len({sent.client for sent in CLIENTS}) == 15


def test_old_clients_that_cannot_read_chunks_get_the_bytes_alone(port: int) -> None:
    """PHP and others speak HTTP/1.0."""
    reply = asked(port, "/v1/data/TOY/CSV?Tid=*", version="1.0")

    assert "transfer-encoding" not in reply.headers
    assert rows(reply) == [["TID", "INDHOLD"], ["2023", "36"], ["2024", "28"]]


def test_a_variable_has_the_members_statsdk_unnests_and_a_map_dkstat_knows(port: int) -> None:
    """statsDK names its columns by position; dkstat looks for a function of the map's name and fails on any other."""
    with_map = strict_json(asked(port, "/v1/tableinfo/ISBU98"))["variables"]  # type: ignore[index]
    without = strict_json(asked(port, "/v1/tableinfo/TOY"))["variables"]  # type: ignore[index]

    assert [tuple(each) for each in without] == [KEYS] * 3
    maps = [each["map"] for each in with_map if "map" in each]
    assert len(maps) == 1
    assert set(maps) <= KNOWN_MAPS
    assert [tuple(key for key in each if key != "map") for each in with_map] == [KEYS] * 4


def test_a_browser_may_ask_from_any_page(port: int) -> None:
    """Statistikbanken.js: a preflight before the POST, and an answer any origin may read."""
    preflight = asked(
        port,
        "/v1/data",
        None,
        "Origin: https://x.dk",
        "Access-Control-Request-Method: POST",
        "Access-Control-Request-Headers: content-type",
        method="OPTIONS",
    )
    answer = asked(port, "/v1/data", b'{"table":"TOY","format":"CSV"}', JSON, "Origin: https://x.dk")

    assert preflight.status == 200
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "content-type" in preflight.headers["access-control-allow-headers"].lower()
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "StatbankAPI-Request-Id" in answer.headers["access-control-expose-headers"]

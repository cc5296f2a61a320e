"""A thousand malformed requests to the production server: each gets a listed status and two members, none silence."""

import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.wire import asked, exchange, reply, serving

pytestmark = pytest.mark.slow
REQUESTS = 1_000
LISTED = {200, 204, 304, 400, 404, 405, 410, 413, 415, 429, 503}  # DST §3
BEFORE_US = {400, 405, 414, 417, 431, 501, 505}  # of gunicorn, where what came is no HTTP; bare
UNDER_V1 = re.compile(rb"[A-Z]+ /v1[/? ]")
QUESTION = {
    "table": "TOY",
    "format": "CSV",
    "lang": "da",
    "valuePresentation": "Code",
    "variables": [{"code": "KØN", "values": ["D", "*", "sum(D;P)"]}, {"code": "Tid", "values": [">=2023", "(-n+2)"]}],
}
TARGETS = (
    "/v1/data/TOY/CSV?KØN=D,P&OMRÅDE=sum(x|[da a][en b]=01,02)&Tid=(-n+2)&lang=en",
    "/v1/data/TOY/BULK?K%C3%98N=*&OMR%C3%85DE=%3E%3D01&Tid=*&valuePresentation=CodeAndValue",
    "/v1/data/TOY/JSONSTAT?Tid=first(1)&x-asof=TOY@2024-06-06T0600Z&x-decimal=point",
    "/v1/data/TOY/PX?K%D8N=divide(D;P)",
    "/v1/tableinfo/TOY?lang=en&format=JSON",
    "/v1/tables?subjects=1,11&pastDays=30&includeInactive=true",
    "/v1/subjects/1?recursive=true&includeTables=true",
)
SPICES = (
    *(
        b"\x00",
        b"\xff\xfe",
        b"\r\n",
        b"%",
        b"%u0041",
        b"%00",
        b"..",
        b"//",
        b"(((",
        b"[[",
        b"]",
        b"|",
        b"=",
        b"&",
        b";",
    ),
    *(
        b"*" * 60,
        b"-",
        b"n",
        b"9" * 40,
        b"NaN",
        b"null",
        b"\\ud800",
        b'"',
        b"{",
        b"'",
        b"<",
        b">=",
        "Ø".encode(),
        b"\xd8",
    ),
    *(b"sum(", b"x-", b"lang=", b"x-asof=", b"1e999", b",,,", b" ", b"\t", b"A" * 600),
)


@pytest.fixture(scope="module")
def port(toy_folder: Path) -> Iterator[int]:
    with serving(toy_folder) as port:
        yield port


def spoiled(text: bytes, drawn: random.Random) -> bytes:
    """A few bytes put in, taken out, turned or doubled."""
    raw = bytearray(text)
    for _ in range(drawn.randrange(1, 5)):
        at = drawn.randrange(len(raw) + 1)
        match drawn.randrange(4):
            case 0:
                raw[at:at] = drawn.choice(SPICES)
            case 1:
                del raw[at : at + drawn.randrange(1, 9)]
            case 2:
                raw[at : at + 1] = bytes([drawn.randrange(256)])
            case _:
                raw[at:at] = raw[at : at + drawn.randrange(1, 30)]
    return bytes(raw)


def got(drawn: random.Random) -> bytes:
    """GET of a spoiled target; what would end the request line is taken out, so that it is one."""
    target = spoiled(drawn.choice(TARGETS).encode(), drawn)
    for end in (b" ", b"\r", b"\n", b"\t"):
        target = target.replace(end, b"")
    return b"GET /" + target.lstrip(b"/") + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def posted(drawn: random.Random) -> bytes:
    """POST of a spoiled body to any function."""
    body = spoiled(json.dumps(QUESTION, ensure_ascii=drawn.random() < 0.5).encode(), drawn)
    name = drawn.choice(("data", "data/TOY/PX", "tables", "tableinfo", "subjects")).encode()
    return (
        b"POST /v1/%b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % (name, len(body)) + body
    )


def odd(drawn: random.Random) -> bytes:
    """POST of sound JSON whose members are of any kind."""
    kinds: tuple[object, ...] = (
        None,
        True,
        0,
        -1.5,
        10**30,
        "",
        "x" * 300,
        [],
        {},
        [None],
        [[1]],
        {"a": []},
        "*",
        ["(n)"],
    )
    body: dict[str, object] = dict(QUESTION)
    for key in drawn.sample([*QUESTION, "x-asof", "valueTransformationSettings", "subjects", "pastDays"], 3):
        body[key] = drawn.choice(kinds)
    if drawn.random() < 0.5:
        body["variables"] = [{"code": drawn.choice(kinds), "values": drawn.choice(kinds)}, drawn.choice(kinds)]
    raw = json.dumps(body).encode()
    return b"POST /v1/data HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(raw) + raw


def broken(drawn: random.Random) -> bytes:
    """Spoiled anywhere, the head of the request too: methods, versions, lengths, headers."""
    return spoiled(drawn.choice((got, posted))(drawn), drawn)


def judged(sent: bytes, raw: bytes, *, ours: bool) -> None:
    """`ours`: it was HTTP, so the app has answered; else gunicorn may have, in its own words or by hanging up."""
    if not ours and not raw:
        return
    answer = reply(raw)
    told = answer.headers.get("content-type", "").startswith("application/json")
    assert b"Traceback" not in raw, sent
    if ours or told:
        assert answer.status in LISTED, (sent, raw[:500])
    else:
        assert answer.status in LISTED | BEFORE_US, (sent, raw[:500])
    if ours and answer.status >= 400 and UNDER_V1.match(sent):
        assert told or not answer.body, (sent, raw[:500])
    if told and answer.status >= 400:
        assert list(json.loads(answer.body)) == ["errorTypeCode", "message"], sent


@pytest.mark.parametrize(("make", "ours"), [(got, True), (posted, True), (odd, True), (broken, False)])
def test_malformed_requests_get_a_listed_status_and_two_members(
    port: int, make: Callable[[random.Random], bytes], ours: bool
) -> None:
    """A line that stays silent for ten seconds raises."""
    drawn = random.Random(f"6 {make.__name__}")

    for _ in range(REQUESTS // 4):
        sent = make(drawn)
        judged(sent, exchange(port, sent, ends=True), ours=ours)

    assert asked(port, "/v1/data/TOY/CSV").status == 200

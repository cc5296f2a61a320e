"""oEmbed: an address of ours becomes a frame in somebody else's system, and nobody else's address does."""

import pytest
from flask.testing import FlaskClient

from service import create_app
from service.settings import Settings
from tables.bank import Bank
from tests.test_embed import Page

BASE = "https://example.dk"


@pytest.fixture
def client(toy: Bank) -> FlaskClient:
    return create_app(toy, Settings(url=BASE)).test_client()


@pytest.mark.parametrize(
    ("path", "frame", "title"),
    [
        ("/da/tabel/TOY", "/embed/TOY", "TOY: Børn med støtte efter køn, område og tid"),
        (
            "/en/table/TOY?Tid=top(1)",
            "/embed/TOY?Tid=top(1)&lang=en",
            "TOY: Children with support by sex, region and time",
        ),
        ("/toy", "/embed/TOY", "TOY: Børn med støtte efter køn, område og tid"),
        (
            "/embed/TOY?K%C3%98N=*&lang=en",
            "/embed/TOY?K%C3%98N=*&lang=en",
            "TOY: Children with support by sex, region and time",
        ),
        (
            "/embed/TOY?x-asof=2024-06-06T0600Z",
            "/embed/TOY?x-asof=2024-06-06T0600Z",
            "TOY: Børn med støtte efter køn, område og tid",
        ),
    ],
)
def test_an_address_of_ours_becomes_a_frame(client: FlaskClient, path: str, frame: str, title: str) -> None:
    answer = client.get("/oembed", query_string={"url": BASE + path, "maxwidth": "500", "maxheight": "9000"})

    told = answer.json
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert (told["version"], told["type"], told["title"], told["cache_age"]) == ("1.0", "rich", title, 3600)
    assert (told["width"], told["height"], told["provider_url"]) == (500, 420, BASE)
    found = Page(told["html"])
    ((attrs, _),) = found.all("iframe")
    assert attrs == {
        "src": BASE + frame,
        "width": "500",
        "height": "420",
        "frameborder": "0",
        "scrolling": "no",
        "title": title,
    }
    ((link, words),) = found.all("a")
    assert words == title
    assert client.get((attrs["src"] or "").removeprefix(BASE)).status_code == 200
    assert client.get((link["href"] or "").removeprefix(BASE)).status_code == 200


def test_http_and_https_are_one_site(client: FlaskClient) -> None:
    assert client.get("/oembed?url=http://example.dk/da/tabel/TOY").status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("url=", 400),
        ("url=https://example.dk/TOY&maxwidth=0", 400),
        ("url=https://example.dk/TOY&maxheight=many", 400),
        ("url=https://elsewhere.dk/da/tabel/TOY", 404),
        ("url=https://example.dk.elsewhere.dk/TOY", 404),
        ("url=javascript:alert(1)", 404),
        ("url=https://example.dk/da/tabel/SECRET", 404),
        ("url=https://example.dk/da/kalender", 404),
        ("url=https://example.dk/TOY?x-asof=2099-01-01T0600Z", 404),
        ("url=https://example.dk/TOY&format=xml", 501),
    ],
)
def test_what_cannot_be_embedded_is_refused_in_json(client: FlaskClient, query: str, status: int) -> None:
    answer = client.get(f"/oembed?{query}")

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json; charset=utf-8"
    assert answer.json["status"] == status
    assert "fejl hos os" not in answer.text


def test_a_title_cannot_break_out_of_the_markup(client: FlaskClient) -> None:
    url = f'{BASE}/TOY?x="><script>alert(1)</script>'

    told = client.get("/oembed", query_string={"url": url}).json["html"]

    assert "<script" not in told

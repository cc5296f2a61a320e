"""Social cards: the right size, the words of the page, and a chart inside where there is one."""

import struct
import xml.etree.ElementTree as ET

import pytest
from flask.testing import FlaskClient

from service import create_app
from service.cards import Card, drawing
from service.settings import Settings
from tables.bank import Bank
from tests.test_embed import Page

CARD = Card("Børn & unge <med> støtte", ("ISBU04", "Kilden", "6. juni 2024"), "Banken", "#00508f")


@pytest.fixture
def client(toy: Bank) -> FlaskClient:
    return create_app(toy, Settings(url="https://example.dk")).test_client()


def test_a_card_is_sound_whatever_stands_in_its_title() -> None:
    root = ET.fromstring(drawing(CARD, '<svg width="10" height="5" viewBox="0 0 10 5"><g/></svg>'))
    long = ET.fromstring(drawing(Card("ord " * 90, (), "", "#000000")))

    texts = ["".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["Banken", "Børn & unge <med> støtte", "ISBU04 · Kilden · 6. juni 2024"]
    (nested,) = (each for each in root.iter("{http://www.w3.org/2000/svg}svg") if each is not root)
    assert (nested.get("viewBox"), nested.get("width")) == ("0 0 10 5", "1080")
    lines = [each.text or "" for each in long.iter("{http://www.w3.org/2000/svg}text")]
    assert sum("ord" in line for line in lines) == 3
    assert any(line.endswith("…") for line in lines)


@pytest.mark.slow
@pytest.mark.parametrize("address", ["/da/tabel/TOY.card.png", "/en/table/TOY.card.png?KØN=*&Tid=2024&view=bar"])
def test_a_card_has_the_size_that_is_promised(client: FlaskClient, address: str) -> None:
    answer = client.get(address)

    assert (answer.status_code, answer.content_type) == (200, "image/png")
    assert struct.unpack(">II", answer.data[16:24]) == (1200, 630)


def test_pages_frames_and_oembed_name_their_card(client: FlaskClient) -> None:
    for path in ("/da/tabel/TOY", "/embed/TOY"):
        told = {a["property"]: a["content"] for a, _ in Page(client.get(path).text).all("meta") if "property" in a}
        assert told["og:image"] == "https://example.dk/da/tabel/TOY.card.png"
        assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
    oembed = client.get("/oembed?url=https://example.dk/TOY").json
    assert oembed["thumbnail_url"] == "https://example.dk/da/tabel/TOY.card.png"
    assert client.get("/da/tabel/NONE.card.png").status_code == 404

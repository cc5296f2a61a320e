"""News as it is read: the order of its page, its twin, its frames, and nothing before its instant."""

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service import create_app
from service.news.text import html, lead
from service.preview import preview_app
from service.settings import Settings
from tables.acts import History
from tables.bank import Bank
from tables.model import Act, Answer, Article, Figure, Lang, Site, Text
from tables.news.lay import Pictures
from tables.release import draft
from tables.takeback import Undo, withdraw
from tests.conftest import Publish
from tests.test_embed import Page
from tests.test_news import DA, EN, change, write

BASE = "https://example.dk"
ON_TIME = datetime(2024, 6, 6, 6, tzinfo=UTC)
RAW = "\n\n<script>alert(1)</script>\n\nEt <b onclick=x>ord</b> og [et link](javascript:alert(1)).\n"
DANISH = (
    "6. juni 2024 kl. 08.00",
    "Færre drenge fik støtte",
    "I 2024 fik 18 drenge",
    "Figur 1.",
    "<h2>Særlige forhold",
    "<h2>Kilder og metode",
    "<h2>Tabeller i Statistikbanken",
    "<h2>Næste udgivelse",
    "Børn 2025",
    "<h2>Kontakt",
    "<h2>Hent",
)
ENGLISH = (
    "6 June 2024 at 08:00",
    "Fewer boys received",
    "In 2024, 18 boys",
    "Figure 1.",
    "<h2>Special conditions",
    "<h2>Sources and methods",
    "<h2>Tables in the StatBank",
    "<h2>Next release",
    "Children 2025",
    "<h2>Contact",
    "<h2>Downloads",
)
CALENDAR = """\
- at: 2024-06-06 08:00
  title: {da: Børn 2024, en: Children 2024}
  tables: [TOY]
  confirmed: true
- at: 2025-06-05 08:00
  title: {da: Børn 2025, en: Children 2025}
  tables: [TOY]
"""


def opened(folder: Path, now: datetime) -> FlaskClient:
    bank = Bank(folder, clock=lambda: now)
    bank.refresh()
    return create_app(bank, Settings(url=BASE)).test_client()


@pytest.fixture
def issued(library: Path, publish: Publish, tmp_path: Path) -> Path:
    (library / "site/calendar.yaml").write_text(CALENDAR, encoding="utf-8")
    write(library, DA + RAW, EN)
    publish(news=("2024-101",))
    return tmp_path / "bank"


@pytest.fixture
def client(issued: Path) -> FlaskClient:
    return opened(issued, ON_TIME + timedelta(hours=1))


def test_an_article_is_read_in_its_order_in_both_languages(client: FlaskClient) -> None:
    for lang, path, words in (("da", "/da/nyt/2024-101", DANISH), ("en", "/en/news/2024-101", ENGLISH)):
        text = client.get(path).text
        found = Page(text)
        main = text[text.index("<main") :]
        places = [main.index(word) for word in words]

        assert places == sorted(places), words
        assert len(found.all("h1")) == 1
        assert found.all("html", lang=lang)
        assert [attrs.get("type") for attrs, _ in found.all("script")] == ["application/ld+json", "module"]


def test_figures_are_printed_exactly_and_their_table_is_there(client: FlaskClient) -> None:
    found = Page(client.get("/da/nyt/2024-101").text)

    cells = [text for attrs, text in found.all("td") if attrs.get("class") == "num"]
    assert cells == ["20", "18", "16", "10"]
    assert "Det er et fald på\n10,0 pct. siden 2023." in "".join(text for _, text in found.all("p"))
    assert any("<iframe" in text for _, text in found.all("code"))


def test_ids_are_one_of_a_kind_though_an_article_has_several_tables(
    library: Path, publish: Publish, tmp_path: Path
) -> None:
    fence = "\n```statbank\ntable: TOY\nselect: {KØN: '*', OMRÅDE: '*', Tid: '*'}\ncolumns: [KØN, Tid]\n```\n"
    write(library, DA + fence + fence, EN + fence + fence)
    publish(news=("2024-101",))

    found = Page(opened(tmp_path / "bank", ON_TIME).get("/da/nyt/2024-101").text)

    ids = [attrs["id"] for _, attrs, _ in found.elements if "id" in attrs]
    named = {name for attrs, _ in found.all("td") for name in (attrs.get("headers") or "").split()}
    assert len(ids) == len(set(ids))
    assert len(named) > 10
    assert named <= set(ids)


class Pencil:
    """Draws nothing, and remembers what it was asked to draw."""

    def __init__(self) -> None:
        self.figures: list[tuple[str, str, str]] = []
        self.pictures = Pictures(self._figure, self._card)

    def _figure(self, answer: Answer, figure: Figure, lang: Lang) -> dict[str, bytes]:
        if figure.view == "table":
            return {}
        self.figures.append((figure.view, answer.query.release.id, lang))
        sums = [int(block.values.sum()) for block in answer.blocks()]
        return {"svg": f"<svg>{lang} {sums[0]}</svg>".encode(), "png": b"png"}

    def _card(self, site: Site, article: Article, lang: Lang) -> bytes:
        return f"{site.name[lang]}: {article.title[lang]}, {len(article.files)} files".encode()


def charted(text: str, keys: str = "view: bar") -> str:
    return text.replace("title: Børn med", f"{keys}\ntitle: Børn med").replace("title: Child", f"{keys}\ntitle: Child")


def test_pictures_are_drawn_at_release_and_lie_in_the_act(library: Path, publish: Publish, tmp_path: Path) -> None:
    pencil = Pencil()
    write(library, charted(DA), charted(EN))
    act = publish(news=("2024-101",), pictures=pencil.pictures)
    client = opened(tmp_path / "bank", ON_TIME)
    early = opened(tmp_path / "bank", ON_TIME - timedelta(seconds=1))

    picture = client.get("/embed/news/2024-101/1.svg?lang=en")
    card = client.get("/en/news/2024-101.card.png")

    release = "TOY@2024-06-06T0600Z"
    assert pencil.figures == [("bar", release, "da"), ("bar", release, "en")]
    names = {"1.da.svg", "1.en.svg", "1.da.png", "1.en.png", "card.da.png", "card.en.png"}
    assert {f"news/2024-101/{name}" for name in names} <= set(act.files)
    assert (picture.data, picture.content_type) == (b"<svg>en 64</svg>", "image/svg+xml; charset=utf-8")
    assert client.get("/embed/news/2024-101/1.png").data == b"png"
    assert card.data == b"Toy bank: Fewer boys received support in 2024, 4 files"
    for path in ("/embed/news/2024-101/1.svg", "/da/nyt/2024-101.card.png"):
        assert early.get(path).status_code == 404
    for path in ("/da/nyt/2024-101", "/embed/news/2024-101/1"):
        found = Page(client.get(path).text)
        assert found.all("img", src="/embed/news/2024-101/1.svg?lang=da")
        assert found.all("summary")
        assert found.all("meta", property="og:image", content=f"{BASE}/da/nyt/2024-101.card.png")
    told = client.get("/oembed", query_string={"url": f"{BASE}/en/news/2024-101"}).json
    assert told["thumbnail_url"] == f"{BASE}/en/news/2024-101.card.png"
    with zipfile.ZipFile(io.BytesIO(client.get("/en/news/2024-101.zip").data)) as packed:
        assert {"2024-101-1.en.svg", "2024-101-1.en.png"} <= set(packed.namelist())


def test_a_figure_is_drawn_from_the_release_it_names(library: Path, publish: Publish) -> None:
    publish("2024-06-06 08:00")
    change(library, {("D", "000", "2024"): 17, ("D", "01", "2024"): 14})
    pencil = Pencil()
    then = "view: bar\nasof: 2024-06-06T0600Z"
    write(library, charted(DA, then).replace("10,0", "15,0"), charted(EN, then))

    act = publish("2024-06-07 08:00", news=("2024-101",), pictures=pencil.pictures)

    assert {release for _, release, _ in pencil.figures} == {"TOY@2024-06-06T0600Z"}
    assert (act.folder / "news/2024-101/1.da.svg").read_text() == "<svg>da 64</svg>"


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ("view: table", "/embed/TOY.png?K%C3%98N=*&Tid=*&rows=K%C3%98N&columns=Tid&x-asof=2024-06-06T0600Z&lang=en"),
        (
            "view: bar\nasof: live",
            "/embed/TOY.png?K%C3%98N=*&Tid=*&rows=K%C3%98N&columns=Tid&view=bar&lang=en",
        ),
    ],
)
def test_a_figure_that_was_not_drawn_at_release_has_a_picture_too(
    library: Path, publish: Publish, tmp_path: Path, keys: str, place: str
) -> None:
    pencil = Pencil()
    write(library, charted(DA, keys), charted(EN, keys))
    publish(news=("2024-101",), pictures=pencil.pictures)
    client = opened(tmp_path / "bank", ON_TIME)

    answer = client.get("/embed/news/2024-101/1.png?lang=en")

    assert pencil.figures == []
    assert (answer.status_code, answer.headers["Location"]) == (302, place)
    assert client.get("/embed/news/2024-101/1.gif").status_code == 404


def test_raw_html_and_scripts_are_text(client: FlaskClient) -> None:
    text = client.get("/da/nyt/2024-101").text

    assert "<script>" not in text
    assert "<b onclick" not in text
    assert "&lt;script&gt;" in text
    assert 'href="javascript' not in text


def test_the_twin_tells_every_figure_with_its_cell(client: FlaskClient) -> None:
    told = client.get("/en/news/2024-101.json").json

    assert (told["id"], told["number"], told["published"]) == ("2024-101", "2024:101", "2024-06-06T06:00:00Z")
    assert told["bound"]["da"][1] == {
        "table": "TOY",
        "release": "TOY@2024-06-06T0600Z",
        "cell": {"KØN": "D", "Tid": "2024"},
        "since": "2023",
        "value": 18,
        "was": 20,
        "decimals": 0,
        "printed": "10,0",
    }
    assert told["figures"][0]["embed"] == f"{BASE}/embed/news/2024-101/1"
    assert told["next_release"]["title"]["en"] == "Children 2025"


def test_all_figures_are_one_file(client: FlaskClient) -> None:
    with zipfile.ZipFile(io.BytesIO(client.get("/da/nyt/2024-101.zip").data)) as packed:
        assert packed.namelist() == ["2024-101-1-TOY.csv", "2024-101-1-TOY.xlsx"]
        assert packed.read("2024-101-1-TOY.csv").decode().splitlines()[1].startswith("D,")


def test_a_figure_has_a_frame_with_the_title_of_its_article(client: FlaskClient) -> None:
    answer = client.get("/embed/news/2024-101/1?lang=en")
    found = Page(answer.text)

    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert [text for _, text in found.all("h1")] == ["Children with support"]
    assert ("Fewer boys received support in 2024") in [text for _, text in found.all("a")]
    assert "Figures as released 6 June 2024 at 08:00" in found.all("p", class_="asof")[0][1]
    for wrong in ("2024-101/2", "2024-101/0", "2024-101/x", "2024-999/1", "2024-101/1.pdf"):
        assert client.get(f"/embed/news/{wrong}").status_code == 404


def test_a_figure_offers_its_code_in_every_form(client: FlaskClient) -> None:
    frame, element, picture = (
        Page(code) for _, code in Page(client.get("/en/news/2024-101").text).all("code") if "<" in code
    )

    source = f"{BASE}/embed/news/2024-101/1?lang=en"
    assert [attrs["src"] for attrs, _ in frame.all("iframe")] == [source]
    assert [attrs["src"] for attrs, _ in element.all("statbank-table")] == [source]
    for each in (element, picture):
        ((image, _),) = each.all("img")
        assert image["alt"] == "Children with support"
        assert client.get((image["src"] or "").removeprefix(BASE)).status_code == 302  # a table has no drawn picture
        ((link, _), *_) = each.all("a")
        assert "x-asof=2024-06-06T0600Z" in (link["href"] or "")
        assert client.get((link["href"] or "").removeprefix(BASE)).status_code == 200


def test_a_refused_figure_may_be_framed_too(issued: Path) -> None:
    client = opened(issued, ON_TIME)

    for path in ("/embed/news/2024-999/1", "/embed/news/2024-101/9", "/embed/a/b/c"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors *")
        assert "embed-child.js" in answer.text


def test_an_article_is_pasted_as_its_first_figure(client: FlaskClient) -> None:
    for url in (f"{BASE}/da/nyt/2024-101", f"{BASE}/embed/news/2024-101/1"):
        told = client.get("/oembed", query_string={"url": url}).json

        assert told["title"] == "Færre drenge fik støtte i 2024"
        assert f'src="{BASE}/embed/news/2024-101/1"' in told["html"]
    assert client.get("/oembed", query_string={"url": f"{BASE}/da/nyt/2024-999"}).status_code == 404


OWN = (  # addresses of the article and of its table: not there before, as if they had never been thought of
    "/da/nyt/2024-101",
    "/en/news/2024-101",
    "/da/nyt/2024-101.json",
    "/en/news/2024-101.zip",
    "/embed/news/2024-101/1",
    "/embed/news/2024-101/1?lang=en",
    "/embed/TOY",
    "/da/tabel/TOY",
    "/en/table/TOY/releases.json",
    "/da/tabel/TOY.atom",
    "/da/tabel/TOY.csv?Tid=*",
    f"/oembed?url={BASE}/da/nyt/2024-101",
    f"/oembed?url={BASE}/embed/news/2024-101/1",
    f"/oembed?url={BASE}/embed/TOY",
)
SHARED = (  # what lists others too
    "/da/",
    "/en/",
    "/da/nyt/",
    "/en/news/",
    "/da/nyt.atom",
    "/en/news.atom",
    "/da/soeg?q=drenge",
    "/en/search?q=boys",
    "/sitemap.xml",
    "/alt.json",
    "/v1/tables",
)


@pytest.mark.parametrize("instant", ["2024-06-06 08:00", "2024-03-31 08:00", "2024-10-27 08:00"])
def test_at_eight_everything_appears_at_once_also_when_the_clocks_change(
    library: Path, publish: Publish, tmp_path: Path, instant: str
) -> None:
    write(library)
    act = publish(instant, news=("2024-101",))
    early = opened(tmp_path / "bank", act.effective_at - timedelta(seconds=1))
    late = opened(tmp_path / "bank", act.effective_at)

    for path in OWN:
        assert (early.get(path).status_code, late.get(path).status_code) == (404, 200), path
    for path in SHARED:
        before, after = early.get(path), late.get(path)
        assert before.status_code == after.status_code == 200, path
        assert not {"2024-101", "TOY"} & set(re.findall(r"2024-101|TOY", before.text)), path
        assert re.search(r"2024-101|TOY", after.text), path
        assert before.headers["ETag"] != after.headers["ETag"], path


@pytest.mark.parametrize(
    "path", [path for path in OWN if path.startswith(("/embed", "/oembed", "/da/nyt", "/en/news"))]
)
def test_what_is_held_back_answers_as_what_does_not_exist(issued: Path, path: str) -> None:
    early = opened(issued, ON_TIME - timedelta(seconds=1))
    unknown = path.replace("2024-101", "2024-999").replace("TOY", "YOT")

    held, never = early.get(path), early.get(unknown)

    assert (held.status_code, dict(held.headers)) == (never.status_code, dict(never.headers))
    assert held.text.replace("2024-101", "2024-999").replace("TOY", "YOT") == never.text


def test_an_article_is_looked_at_before_it_is_issued(library: Path, publish: Publish, tmp_path: Path) -> None:
    publish()
    write(library)
    bank = tmp_path / "bank"
    seen: list[str] = []

    def look(act: Act, _history: History) -> None:
        client = preview_app(bank, act.folder, act.effective_at, Settings(cache=tmp_path / "c")).test_client()
        seen.append(client.get("/da/nyt/2024-101").text)

    draft(library, bank, (), look, news=("2024-101",))

    assert "I 2024 fik 18 drenge" in seen[0]
    assert "Tallene er ikke offentliggjort." in seen[0]
    assert opened(bank, ON_TIME + timedelta(days=9000)).get("/da/nyt/2024-101").status_code == 404


def test_withdrawn_figures_take_page_and_frames_along(issued: Path) -> None:
    why = Text("En fejl viste for meget.", "A fault showed too much.")
    undo = Undo("2024-06-07 08:00", why, "x")
    withdraw(issued, "TOY", "TOY@2024-06-06T0600Z", undo, clock=lambda: ON_TIME + timedelta(hours=1))
    client = opened(issued, ON_TIME + timedelta(days=2))

    for path in ("/da/nyt/2024-101", "/embed/news/2024-101/1"):
        answer = client.get(path)
        assert answer.status_code == 410
        assert "En fejl viste for meget." in answer.text
    assert "2024-101" not in client.get("/da/nyt/").text


def test_a_frozen_figure_stays_for_ever_and_says_that_newer_exist(
    library: Path, publish: Publish, tmp_path: Path
) -> None:
    write(library, charted(DA), charted(EN))
    publish(news=("2024-101",), pictures=Pencil().pictures)
    first = opened(tmp_path / "bank", ON_TIME + timedelta(hours=1))
    change(library, {("D", "000", "2024"): 17, ("D", "01", "2024"): 14})
    table = library / "TOY/table.yaml"
    table.write_text(table.read_text(encoding="utf-8").replace("syntetiske.", "nye."), encoding="utf-8")
    publish("2024-06-07 08:00")
    later = opened(tmp_path / "bank", ON_TIME + timedelta(days=3))
    frame = "/embed/news/2024-101/1"
    before, after = (Page(client.get(frame).text) for client in (first, later))

    for element in ("td", "th", "dt", "li", "caption", "img"):
        assert after.all(element) == before.all(element), element
    for still in (f"{frame}.svg", f"{frame}.png?lang=en", "/da/nyt/2024-101.card.png"):
        assert first.get(still).data == later.get(still).data
    assert "fik 18 drenge" in later.get("/da/nyt/2024-101").text
    assert not before.all("a", class_="newer")
    assert [text for _, text in after.all("a", class_="newer")] == ["Der findes nyere tal"]


def test_the_lead_is_plain_text_and_no_style_stands_in_a_tag() -> None:
    body = (
        "# Over\n\nEn **fed** [start](/x)\npå to linjer.\n\n| a |\n|--:|\n| 1 |\n\n- et\n- to\n\nTekst\n\n    kode <i>"
    )
    text = html(body, lambda number: "")

    assert lead(body) == "En fed start på to linjer."
    assert "style" not in text
    assert "<h2>Over</h2>" in text
    assert "<p>et" not in text.replace("\n", "")
    assert "kode &lt;i&gt;" in text


def test_a_live_figure_follows_and_a_withdrawn_one_leaves_its_article_standing(
    library: Path, publish: Publish, tmp_path: Path
) -> None:
    live = "title: Børn med", 'asof: live\ntitle: "Børn & \\"unge\\"'
    text = DA.replace(*live).replace('unge\\" støtte', 'unge\\" støtte"')
    write(library, text, EN.replace("title: Children", "asof: live\ntitle: Children"))
    publish(news=("2024-101",))
    change(library, {("D", "000", "2024"): 17, ("D", "01", "2024"): 14})
    publish("2024-06-07 08:00")
    client = opened(tmp_path / "bank", ON_TIME + timedelta(days=2))

    page = client.get("/da/nyt/2024-101").text

    assert [t for a, t in Page(page).all("td") if a.get("class") == "num"][:2] == [
        "20",
        "17r rettet siden forrige udgivelse",
    ]
    assert "fik 18 drenge" in page
    pasted = [Page(code) for _, code in Page(page).all("code")]
    assert [frame.get("title") for each in pasted for frame, _ in each.all("iframe")] == ['Børn & "unge" støtte']
    undo = Undo("2024-06-09 08:00", Text("Trukket.", "Withdrawn."), "x")
    withdraw(tmp_path / "bank", "TOY", "TOY@2024-06-07T0600Z", undo, clock=lambda: ON_TIME + timedelta(days=2))
    later = opened(tmp_path / "bank", ON_TIME + timedelta(days=9)).get("/da/nyt/2024-101")
    assert later.status_code == 200
    assert "Trukket." in later.text

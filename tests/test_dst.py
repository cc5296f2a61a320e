"""DST v1: the bytes of its four functions, over tables made for it by the real release (DST §4-10)."""

import io
import json
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

from service import create_app
from service.settings import Settings
from tables.bank import Bank
from tables.rehearsal import rehearse
from tables.release import release
from tests.conftest import OPENING, SITE, SUBJECTS

CHILDREN = """\
id: ISBU98
subject: "11"
title: {da: Aktive indsatser pr. 31. december, en: Active measures per 31 December}
source: {da: Syntetiske data (demo), en: Synthetic data (demo)}
documentation: stoette
contacts:
  - {name: {da: Social og Sundhed, en: Social Conditions}, email: social@example.dk, phone: "+4500000000"}
dimensions:
  - code: LANDSDEL
    text: {da: landsdel, en: province}
    classification: omraade
    levels: [landsdel]
    elimination: "000"
  - code: ALDER
    text: {da: alder, en: age}
    values: |
      code ; da           ; en
      IALT ; Alder i alt  ; Age, total
      0005 ; 0-5 år       ; 0-5 years
      0617 ; 6-17 år      ; 6-17 years
    elimination: IALT
  - code: KØN
    text: {da: køn, en: sex}
    values: |
      code ; da     ; en
      D    ; Drenge ; Boys
      P    ; Piger  ; Girls
    elimination: sum
  - code: Tid
    text: {da: tid, en: time}
    time: 2022-2024
measures:
  - code: indsatser
    text: {da: Aktive indsatser, en: Active measures}
    unit: {da: Antal, en: Number}
    kind: additive
    minimum: 0
disclosure: [{method: none, reason: a test}]
notes:
  - mandatory: true
    text: {da: Tallene er syntetiske., en: The figures are synthetic.}
  - text: {da: Anden note., en: Second note.}
  - at: {LANDSDEL: "04", Tid: "2022"}
    mandatory: true
    text: {da: Bornholm mangler., en: Bornholm is missing.}
"""
RATES = """\
id: KVART98
status: closed
replaced_by: ISBU98
subject: "12"
title: {da: Andel i kvartalet, en: Share in the quarter}
source: {da: Syntetiske data (demo), en: Synthetic data (demo)}
dimensions:
  - code: OMRÅDE
    text: {da: område, en: region}
    values: |
      code ; da      ; en
      1    ; Nord    ; North
      2    ; Syd     ; South
  - code: Tid
    text: {da: tid, en: time}
    time: 2023K4-2024K1
measures:
  - code: andel
    text: {da: Andel, en: Share}
    unit: {da: Pct., en: Per cent}
    kind: estimate
    decimals: 1
disclosure: [{method: none, reason: a test}]
"""
SEVERAL = """\
id: FLER98
subject: "11"
title: {da: Børn og andel, en: Children and share}
source: {da: Syntetiske data (demo), en: Synthetic data (demo)}
dimensions:
  - code: KØN
    text: {da: køn, en: sex}
    values: |
      code ; da     ; en
      D    ; Drenge ; Boys
      P    ; Piger  ; Girls
  - code: Tid
    text: {da: tid, en: time}
    time: 2024-2024
measures:
  - code: antal
    text: {da: Børn, en: Children}
    unit: {da: Antal, en: Number}
    kind: additive
  - code: andel
    text: {da: Andel, en: Share}
    unit: {da: Pct., en: Per cent}
    kind: estimate
    decimals: 1
disclosure: [{method: none, reason: a test}]
"""
AREAS = """\
id: omraade
version: 2007-01-01
text: {da: Landsdele, en: Provinces}
levels:
  land:     {da: Hele landet, en: All Denmark}
  landsdel: {da: Landsdel, en: Province, map: Denmark_rural_07}
values: |
  code ; level    ; parent ; da                      ; en
  000  ; land     ;        ; Hele landet             ; All Denmark
  01   ; landsdel ; 000    ; Landsdel Byen København ; Province Byen København
  04   ; landsdel ; 000    ; Landsdel Bornholm       ; Province Bornholm
"""
TREE = (
    SUBJECTS.rstrip("\n")
    + """
    - {id: "12", slug: {da: gammelt, en: old}, text: {da: Gammelt, en: Old}}
- id: "2"
  slug: {da: tomt, en: empty}
  text: {da: Tomt, en: Empty}
"""
)
DOCUMENTATION = """\
title: {da: Støtte, en: Support}
subject: "11"
contacts:
  - {name: {da: Social og Sundhed, en: Social Conditions}, email: social@example.dk, phone: "+4500000000"}
sections:
""" + "".join(
    f'  "{chapter}": {{da: Kort om statistikken., en: In brief.}}\n'
    for chapter in ("1", *(f"{n}.1" for n in range(2, 10)))
)
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def leaf(area: str, age: str, sex: str, year: str) -> int:
    return {"01": 900, "04": 20}[area] + {"0005": 1, "0617": 5}[age] + {"D": 3, "P": 0}[sex] + int(year) - 2022


def children() -> pa.Table:
    """Totals over province and age are stored; over sex they are summed."""
    parts = {"000": ("01", "04"), "IALT": ("0005", "0617")}
    rows = []
    for area, age, sex, year in product(
        ("000", "01", "04"), ("IALT", "0005", "0617"), ("D", "P"), ("2022", "2023", "2024")
    ):
        below = product(parts.get(area, (area,)), parts.get(age, (age,)))
        rows.append((area, age, sex, year, sum(leaf(a, b, sex, year) for a, b in below)))
    return table(("LANDSDEL", "ALDER", "KØN", "Tid", "indsatser"), rows)


def table(names: tuple[str, ...], rows: list[tuple[object, ...]]) -> pa.Table:
    return pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))


RATE_ROWS: list[tuple[object, ...]] = [
    ("1", "2023K4", 11.8), ("1", "2024K1", None), ("2", "2023K4", -0.5), ("2", "2024K1", 105.0)
]  # fmt: skip
SEVERAL_ROWS: list[tuple[object, ...]] = [("D", "2024", 7, 51.5), ("P", "2024", 5, 48.5)]


def released(folder: Path, *more: str) -> Path:
    """A bank of these three tables, and of those whose library stands in `folder` already."""
    texts = {
        "ISBU98/table.yaml": CHILDREN,
        "KVART98/table.yaml": RATES,
        "FLER98/table.yaml": SEVERAL,
        "classifications/omraade.yaml": AREAS,
        "documentation/stoette/2024.yaml": DOCUMENTATION,
        "site/site.yaml": SITE,
        "site/subjects.yaml": TREE,
    }
    for name, text in texts.items():
        path = folder / "library" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    pq.write_table(children(), folder / "library/ISBU98/cube.parquet")
    pq.write_table(table(("OMRÅDE", "Tid", "andel"), RATE_ROWS), folder / "library/KVART98/cube.parquet")
    pq.write_table(table(("KØN", "Tid", "antal", "andel"), SEVERAL_ROWS), folder / "library/FLER98/cube.parquet")
    release(
        folder / "library",
        folder / "bank",
        ("ISBU98", "KVART98", "FLER98", *more),
        at="2024-06-06 08:00",
        clock=lambda: OPENING - timedelta(hours=1),
        rehearse=rehearse,
    )
    return folder / "bank"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    opened = Bank(released(tmp_path_factory.mktemp("dst")), clock=lambda: OPENING + timedelta(days=2))
    opened.refresh()
    return opened


@pytest.fixture(scope="module")
def client(bank: Bank) -> FlaskClient:
    return create_app(bank, Settings(url="https://example.dk")).test_client()


def answered(client: FlaskClient, address: str, **body: object) -> Any:
    """The JSON of an answer; its type is text/json, which no client library takes for JSON."""
    answer = client.post(address, json=body) if body else client.get(address)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text)


def csv(client: FlaskClient, address: str, **body: object) -> list[str]:
    answer = client.post(address, json=body) if body else client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.text.endswith("\r\n")
    return answer.text.removesuffix("\r\n").split("\r\n")


# -- subjects, tables, tableinfo ----------------------------------------------------------------------------------


def test_subjects_shows_the_top_without_its_children(client: FlaskClient) -> None:
    answer = client.get("/v1/subjects")

    assert answer.content_type == "text/json; charset=utf-8"
    assert answer.text == (
        '[{"id":"1","description":"Borgere","active":true,"hasSubjects":true,"subjects":[]},'
        '{"id":"2","description":"Tomt","active":true,"hasSubjects":false,"subjects":[]}]'
    )


@pytest.mark.parametrize(
    ("address", "body"),
    [("/v1/subjects/1", None), ("/v1/subjects/?subjects=1", None), ("/v1/subjects", {"Subjects": [1]})],
)
def test_an_asked_subject_holds_its_children_one_level_down(client: FlaskClient, address: str, body: object) -> None:
    (node,) = answered(client, address, **(body or {}))

    assert list(node) == ["id", "description", "active", "hasSubjects", "subjects"]
    assert [(child["id"], child["active"], child["subjects"]) for child in node["subjects"]] == [
        ("11", True, []),
        ("12", False, []),
    ]


def test_tables_stand_in_subjects_only_when_asked_for_and_closed_ones_too(client: FlaskClient) -> None:
    nodes = answered(client, "/v1/subjects?includeTables=true&recursive=True")

    assert [list(node) for node in nodes] == [["id", "description", "active", "hasSubjects", "subjects", "tables"]] * 2
    below = {child["id"]: [each["id"] for each in child["tables"]] for child in nodes[0]["subjects"]}
    assert below == {"11": ["FLER98", "ISBU98"], "12": ["KVART98"]}


def test_subjects_that_are_closed_or_empty_may_be_left_out(client: FlaskClient) -> None:
    active = answered(client, "/v1/subjects", subjects=["1"], omitInactiveSubjects="true")
    full = answered(client, "/v1/subjects?omitSubjectsWithoutTables=true")
    told = answered(client, "/v1/subjects/1?recursive=yes&includeTables=no")

    assert [child["id"] for child in active[0]["subjects"]] == ["11"]
    assert [node["id"] for node in full] == ["1"]
    assert "tables" not in told[0]


def test_tables_are_active_ones_with_texts_of_the_language(client: FlaskClient) -> None:
    danish, english = client.get("/v1/tables"), client.get("/v1/tables/?lang=EN")

    assert danish.text == (
        '[{"id":"FLER98","text":"Børn og andel","unit":"-","updated":"2024-06-06T08:00:00","firstPeriod":"2024",'
        '"latestPeriod":"2024","active":true,"variables":["køn","Indhold","tid"]},'
        '{"id":"ISBU98","text":"Aktive indsatser pr. 31. december","unit":"Antal","updated":"2024-06-06T08:00:00",'
        '"firstPeriod":"2022","latestPeriod":"2024","active":true,"variables":["landsdel","alder","køn","tid"]}]'
    )
    assert json.loads(english.text)[1]["variables"] == ["province", "age", "sex", "time"]


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({"includeInactive": True}, ["FLER98", "ISBU98", "KVART98"]),
        ({"includeInactive": "true", "subjects": ["12"]}, ["KVART98"]),
        ({"subjects": [12]}, []),
        ({"subjects": [1, "11"]}, ["FLER98", "ISBU98"]),
        ({"pastDays": 3}, ["FLER98", "ISBU98"]),
        ({"pastDays": 1}, []),
        ({"pastdays": 0}, []),
        ({"pastdays": 10**9}, ["FLER98", "ISBU98"]),
        ({"pastdays": "NA"}, ["FLER98", "ISBU98"]),
        ({"pastdays": None, "text": "x", "id": "ISBU98"}, ["FLER98", "ISBU98"]),
    ],
)
def test_filters_of_tables_combine(client: FlaskClient, keys: dict[str, object], found: list[str]) -> None:
    assert [each["id"] for each in answered(client, "/v1/tables", **keys)] == found


def test_periods_are_texts_in_tables_and_codes_stay_danish(client: FlaskClient) -> None:
    (row,) = answered(client, "/v1/tables?subjects=12&includeInactive=true&lang=en")
    time = answered(client, "/v1/tableinfo/kvart98?lang=en")["variables"][-1]

    assert (row["firstPeriod"], row["latestPeriod"]) == ("2023Q4", "2024Q1")
    assert time["values"] == [{"id": "2023K4", "text": "2023Q4"}, {"id": "2024K1", "text": "2024Q1"}]


@pytest.mark.parametrize("address", ["/v1/tableinfo/isbu98", "/v1/tableinfo?id=ISBU98", "/v1/tableinfo/?table=Isbu98"])
def test_tableinfo_has_the_recorded_members_in_order(client: FlaskClient, address: str) -> None:
    answer = client.get(address)

    assert answer.content_type == "text/json; charset=utf-8"
    assert "Content-Length" in answer.headers
    assert answer.text.startswith(
        '{"id":"ISBU98","text":"Aktive indsatser pr. 31. december","description":"Aktive indsatser pr. 31. december'
        ' efter landsdel, alder, køn og tid","unit":"Antal","suppressedDataValue":"0","updated":"2024-06-06T08:00:00",'
        '"active":true,"contacts":[{"name":"Social og Sundhed","phone":"+4500000000","mail":"social@example.dk"}],'
        '"documentation":{"id":"'
    )
    found = json.loads(answer.text)
    assert list(found) == [
        *("id", "text", "description", "unit", "suppressedDataValue", "updated", "active", "contacts"),
        *("documentation", "footnote", "variables"),
    ]
    assert found["documentation"]["url"] == "https://example.dk/da/dokumentation/stoette"
    assert found["footnote"] == {"text": "Tallene er syntetiske.\r\nAnden note.", "mandatory": True}
    assert [list(each) for each in found["variables"]] == [
        ["id", "text", "elimination", "time", "map", "values"],
        *[["id", "text", "elimination", "time", "values"]] * 3,
    ]
    assert found["variables"][0]["map"] == "Denmark_rural_07"
    assert [(each["id"], each["elimination"], each["time"]) for each in found["variables"]] == [
        ("LANDSDEL", True, False),
        ("ALDER", True, False),
        ("KØN", True, False),
        ("Tid", False, True),
    ]


def test_several_measures_are_a_variable_before_time(client: FlaskClient) -> None:
    for name in ("id", "table"):
        found = answered(client, "/v1/tableinfo", **{name: "FLER98", "lang": "en"})

        assert found["unit"] == "-"
        assert (found["footnote"], found["documentation"]) == (None, None)
        assert found["variables"][1] == {
            "id": "ContentsCode",
            "text": "Contents",
            "elimination": False,
            "time": False,
            "values": [{"id": "antal", "text": "Children"}, {"id": "andel", "text": "Share"}],
        }


# -- data: CSV and BULK -------------------------------------------------------------------------------------------


def test_nothing_selected_is_the_total_of_the_newest_period(client: FlaskClient) -> None:
    answer = client.get("/v1/data/ISBU98/CSV")

    assert answer.data == b"\xef\xbb\xbfTID;INDHOLD\r\n2024;3732\r\n"
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=ISBU98.csv"
    assert answer.headers["Statbank-Release"] == "ISBU98@2024-06-06T0600Z"
    assert answer.headers["Link"] == '<https://example.dk/v1/tableinfo/ISBU98?lang=da>; rel="describedby"'
    assert "Content-Length" not in answer.headers


def test_columns_follow_the_caller_and_codes_their_order(client: FlaskClient) -> None:
    address = "/v1/data/isbu98/csv?tid=(-n%2B2)&landsdel=04,01&k%C3%B8n=D&valuePresentation=Code"

    assert csv(client, address) == [
        f"{BOM}TID;LANDSDEL;KØN;INDHOLD",
        "2023;04;D;54",
        "2023;01;D;1814",
        "2024;04;D;56",
        "2024;01;D;1816",
    ]


@pytest.mark.parametrize(
    "keys",
    [
        "Tid=2023,2024",
        "Tid=2024&tid=2023",
        "TID=%3E2022",
        "tid=%3E%3D2023%3C%3D2024",
        "Tid=(1),2023",
        "Tid=*3,*4",
        "Tid=(-n%202)",
    ],
)
def test_periods_may_be_asked_for_in_many_ways(client: FlaskClient, keys: str) -> None:
    assert csv(client, f"/v1/data/ISBU98/CSV?{keys}")[1:] == ["2023;3724", "2024;3732"]


def test_code_and_value_stand_side_by_side_even_when_equal(client: FlaskClient) -> None:
    lines = csv(
        client,
        "/v1/data",
        table="ISBU98",
        format="CSV",
        lang="en",
        valuePresentation="CodeAndValue",
        variables=[{"code": "KØN", "values": ["*"]}, {"code": "Tid", "values": ["(1)"]}],
    )

    assert lines[0] == f"{BOM}KØN;TID;INDHOLD"
    assert [line.rsplit(";", 1)[0] for line in lines[1:]] == ["D Boys;2024 2024", "P Girls;2024 2024"]


def test_value_and_code_and_column_texts(client: FlaskClient) -> None:
    address = "/v1/data/KVART98/CSV?OMR%C3%85DE=2&tid=2024k1&lang=en"

    assert csv(client, f"{address}&valuePresentation=ValueAndCode&allowCodeOverrideInColumnNames=true") == [
        f"{BOM}region;time;INDHOLD",
        "South 2;2024Q1 2024K1;105.0",
    ]


def test_the_decimal_sign_follows_the_language_or_the_caller(client: FlaskClient) -> None:
    address = "/v1/data/KVART98/CSV?OMR%C3%85DE=*&Tid=*&valuePresentation=Code"

    danish = csv(client, address)
    english = csv(client, f"{address}&lang=en")
    chosen = csv(client, f"{address}&x-decimal=point&delimiter=Tab")

    assert danish[1:] == ["1;2023K4;11,8", "1;2024K1;..", "2;2023K4;-0,5", "2;2024K1;105,0"]
    assert english[1:] == ["1;2023K4;11.8", "1;2024K1;..", "2;2023K4;-0.5", "2;2024K1;105.0"]
    assert chosen[:2] == [f"{BOM}OMRÅDE\tTID\tINDHOLD", "1\t2023K4\t11.8"]


def test_newest_first_when_asked_but_never_in_a_stream(client: FlaskClient) -> None:
    lines = csv(client, "/v1/data/ISBU98/CSV?Tid=*&timeOrder=Descending")
    refused = client.get("/v1/data/ISBU98/BULK?Tid=*&timeOrder=Descending")

    assert [line.split(";")[0] for line in lines[1:]] == ["2024", "2023", "2022"]
    assert refused.json["errorTypeCode"] == "EXTRACT-STREAMINGTIMESORT"


def test_placement_puts_the_stub_before_the_head_and_time_last(client: FlaskClient) -> None:
    variables = [
        {"code": "LANDSDEL", "values": ["01"]},
        {"code": "KØN", "values": "D", "placement": "Head"},
        {"code": "ALDER", "values": ["IALT"], "placement": "stub"},
        {"code": "Tid", "values": [2024]},
    ]

    lines = csv(client, "/v1/data/", table="ISBU98", format="bulk", variables=variables)

    assert lines[0] == "LANDSDEL;ALDER;KØN;TID;INDHOLD"


def test_bulk_is_csv_without_the_mark_and_writes_every_cell(client: FlaskClient) -> None:
    keys = "LANDSDEL=*&ALDER=*&K%C3%98N=*&Tid=*"

    bulk, plain = client.get(f"/v1/data/ISBU98/BULK?{keys}"), client.get(f"/v1/data/ISBU98/CSV?{keys}")

    assert b"\xef\xbb\xbf" + bulk.data == plain.data
    assert len(bulk.text.splitlines()) == 1 + 3 * 3 * 2 * 3


def test_arithmetic_has_texts_per_language(client: FlaskClient) -> None:
    keys = "ALDER=sum(0017|[da 0-17 år][en 0-17 years]=0005,0617),0617&Tid=2024"

    english = csv(client, f"/v1/data/ISBU98/CSV?lang=en&{keys}")
    codes = csv(client, f"/v1/data/ISBU98/CSV?valuePresentation=Code&{keys}")
    quotient = csv(client, "/v1/data/ISBU98/CSV?ALDER=divide(0617;IALT)&Tid=2024")

    assert english[:2] == [f"{BOM}ALDER;TID;INDHOLD", "0-17 years;2024;3732"]
    assert [line.split(";")[0] for line in codes[1:]] == ["0017", "0617"]
    assert quotient[1] == '"divide(0617;IALT)";2024;0,50'


@pytest.mark.parametrize("name", ["sum", "subtract", "divide", "multiply"])
def test_no_arithmetic_is_done_on_estimates_and_the_reason_is_told(client: FlaskClient, name: str) -> None:
    danish = client.get(f"/v1/data/KVART98/CSV?OMRÅDE={name}(1;2)")
    english = client.get(f"/v1/data/KVART98/CSV?OMRÅDE={name}(1;2)&lang=en")

    assert (danish.status_code, danish.json["errorTypeCode"]) == (400, "EXTRACT-NOTALLOWED")
    assert danish.json["message"].startswith("Der kan ikke regnes på Andel langs OMRÅDE: det er skøn fra en model.")
    assert "an estimate of a model" in english.json["message"]


def test_percent_of_the_chosen_values_and_of_one_of_them(client: FlaskClient) -> None:
    body = {"table": "ISBU98", "format": "CSV", "variables": [{"code": "KØN", "values": ["*"]}]}

    share = csv(client, "/v1/data", **body, valueTransformationSettings={"operation": "percent"})
    against = csv(
        client,
        "/v1/data",
        **body,
        valueTransformationSettings={"operation": "permille", "basisValueForCalculation": "P"},
    )

    assert [line.rsplit(";", 1)[1] for line in share[1:]] == ["50,2", "49,8"]
    assert [line.rsplit(";", 1)[1] for line in against[1:]] == ["1006,5", "1000,0"]


def test_several_measures_are_a_column_and_keep_their_decimals(client: FlaskClient) -> None:
    lines = csv(client, "/v1/data/FLER98/CSV?ContentsCode=*&K%C3%98N=D")
    refused = client.get("/v1/data/FLER98/CSV?K%C3%98N=D")

    assert lines == [f"{BOM}CONTENTSCODE;KØN;TID;INDHOLD", "Børn;Drenge;2024;7", "Andel;Drenge;2024;51,5"]
    assert refused.json["message"] == "Der skal vælges værdier for variabel: ContentsCode"


# -- the other formats --------------------------------------------------------------------------------------------


def test_jsonstat_is_the_recorded_bundle(client: FlaskClient) -> None:
    answer = client.get("/v1/data/ISBU98/JSONSTAT?Tid=2023,2024&LANDSDEL=01,04&K%C3%98N=D")

    assert answer.content_type == "text/json; charset=utf-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=ISBU98.json"
    assert answer.text == (
        '{"dataset":{"dimension":{"LANDSDEL":{"label":"landsdel","category":{"index":{"01":0,"04":1},"label":{"01":'
        '"Landsdel Byen København","04":"Landsdel Bornholm"}}},"KØN":{"label":"køn","category":{"index":{"D":0},'
        '"label":{"D":"Drenge"}}},"ContentsCode":{"label":"Indhold","category":{"index":{"ISBU98":0},"label":{"ISBU98":'
        '"Aktive indsatser pr. 31. december"},"unit":{"ISBU98":{"base":"Antal","decimals":0}}}},"Tid":{"label":"tid",'
        '"category":{"index":{"2023":0,"2024":1},"label":{"2023":"2023","2024":"2024"}}},"id":["LANDSDEL","KØN",'
        '"ContentsCode","Tid"],"size":[2,1,1,2],"role":{"geo":["LANDSDEL"],"metric":["ContentsCode"],"time":["Tid"]}},'
        '"label":"Aktive indsatser pr. 31. december efter landsdel, køn, Indhold og tid","source":"Syntetiske data '
        '(demo)","updated":"2024-06-06T06:00:00Z","value":[1814,1816,54,56],"extension":{"px":{"infofile":'
        '"https://example.dk/da/dokumentation/stoette","tableid":"ISBU98","decimals":0}}}}'
    )


def test_jsonstat_tells_missing_cells_and_the_notes_of_cells(client: FlaskClient) -> None:
    rates = answered(client, "/v1/data/KVART98/jsonstat?OMR%C3%85DE=*&Tid=*&lang=en")["dataset"]
    noted = answered(client, "/v1/data/ISBU98/jsonstat?LANDSDEL=*&Tid=2022")["dataset"]
    several = answered(client, "/v1/data/FLER98/jsonstat?K%C3%98N=D&ContentsCode=*")["dataset"]

    assert (rates["value"], rates["status"]) == ([11.8, None, -0.5, 105.0], {"1": ".."})
    assert rates["dimension"]["Tid"]["category"]["label"]["2023K4"] == "2023Q4"
    assert noted["extension"]["notes"] == [
        {"where": {"LANDSDEL": "04", "Tid": "2022"}, "text": "Bornholm mangler.", "mandatory": True}
    ]
    assert several["dimension"]["id"] == ["KØN", "ContentsCode", "Tid"]
    assert several["dimension"]["ContentsCode"]["category"]["unit"]["andel"] == {"base": "Pct.", "decimals": 1}


def test_px_keeps_stub_and_heading(client: FlaskClient) -> None:
    answer = client.get("/v1/data/ISBU98/PX?Tid=*&K%C3%98N=*")

    assert answer.content_type == "application/octet-stream; charset=ansi"
    text = answer.data.decode("windows-1252")
    assert text.startswith('CHARSET="ANSI";\r\nAXIS-VERSION="2000";\r\nCODEPAGE="Windows-1252";\r\nLANGUAGE="da";\r\n')
    assert 'STUB="køn";\r\nHEADING="tid";\r\nVALUES("køn")="Drenge","Piger";\r\n' in text
    assert 'CODES("tid")="2022","2023","2024";\r\nVARIABLECODE("køn")="KØN";\r\n' in text
    assert text.endswith("DATA=\r\n1864 1868 1872\r\n1852 1856 1860\r\n;\r\n")


def test_the_same_selection_has_the_same_cells_in_every_format(client: FlaskClient) -> None:
    keys = "OMR%C3%85DE=*&Tid=*&valuePresentation=Code"
    expected = [11.8, None, -0.5, 105.0]

    def get(name: str) -> bytes:
        answer = client.get(f"/v1/data/KVART98/{name}?{keys}")
        assert answer.status_code == 200
        return answer.data

    lines = get("CSV").decode("utf-8-sig").splitlines()[1:]
    assert [_number(line.split(";")[-1]) for line in lines] == expected
    assert json.loads(get("JSONSTAT"))["dataset"]["value"] == expected
    assert json.loads(get("JSONSTAT2"))["value"] == expected
    assert json.loads(get("JSONSTAT2"))["id"] == ["OMRÅDE", "ContentsCode", "Tid"]
    assert [json.loads(line)["value"] for line in get("NDJSON").splitlines()] == expected
    assert pq.read_table(io.BytesIO(get("PARQUET")))["value"].to_pylist() == expected
    assert pa.ipc.open_file(get("ARROW")).read_all()["value"].to_pylist() == expected
    page = openpyxl.load_workbook(io.BytesIO(get("XLSX"))).worksheets[0]
    cells = [cell.value for row in page.iter_rows(min_row=4, min_col=2) for cell in row]
    assert [None if cell == ".." else cell for cell in cells] == expected
    data = get("PX").decode("windows-1252").split("DATA=")[1].removesuffix(";\r\n").split()
    assert [_number(cell.strip('"')) for cell in data] == expected
    for name in ("HTML", "HTML5", "HTML5InclNotes"):
        assert get(name).count(b">..</td>") == 1


def _number(text: str) -> float | None:
    return None if text == ".." else float(text.replace(",", "."))

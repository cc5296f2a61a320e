"""The shape of each hand-written file: every fault has its file, line, place and cure, and hides no other."""

import pytest

from tables import yamlfile
from tables.errors import Fault
from tables.model import Text
from tables.schema import (
    CalendarSchema,
    ClassificationSchema,
    GroupSchema,
    SiteSchema,
    SubjectSchema,
    SynonymsSchema,
    TableSchema,
    shaped,
)

TABLE = """\
id: TOY01
subject: "1"
title: {da: Legetøj, en: Toys}
source: {da: Kilde, en: Source}
dimensions:
  - code: Tid
    text: {da: tid, en: time}
    time: 2020-2021
measures:
  - code: antal
    text: {da: Antal, en: Number}
    unit: {da: Antal, en: Number}
    kind: additive
disclosure:
  - {method: none, reason: Legetøj er ingen hemmelighed.}
"""
SITE = """\
name: {da: Bank, en: Bank}
publisher: {da: Kontor, en: Office}
languages: [da, en]
contact: {name: {da: Kontor, en: Office}, email: a@example.dk, phone: "1"}
licence: {id: CC-BY-4.0, address: "https://example.dk/"}
"""


def told(schema, text: str) -> list[str]:
    faults: list[Fault] = []
    shaped(schema, yamlfile.scan(text, "x.yaml"), faults)
    return [str(fault) for fault in faults]


def table(old: str, new: str) -> list[str]:
    assert old in TABLE
    return told(TableSchema(), TABLE.replace(old, new, 1))


def test_a_whole_table_has_no_fault():
    assert told(TableSchema(), TABLE) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("id: TOY01", "id: toy01", "x.yaml:1: id: 'toy01' is not a table id"),
        ("subject:", "subjct:", "x.yaml:2: subjct: is not a key here; did you mean 'subject'?"),
        ('subject: "1"\n', "", "x.yaml:1: subject: is missing; write it"),
        ('subject: "1"', "subject:", "x.yaml:2: subject: is empty; write a value, or take the key out"),
        ('subject: "1"', "subject: [1]", "x.yaml:2: subject: must be one text"),
        ("en: Toys", "dk: Toys", "x.yaml:3: title.en: is missing; write it"),
        ("da: Legetøj", "da: =1+1", "x.yaml:3: title.da: starts with '='"),
        ("da: Legetøj", "da: '@sum'", "x.yaml:3: title.da: starts with '@'"),
        ("da: Legetøj", "da: +a", "x.yaml:3: title.da: starts with '+'"),
        ("da: Legetøj", 'da: "\\tx"', "x.yaml:3: title.da: has blanks at an end"),
        ("da: Legetøj", 'da: "a\\rb"', "x.yaml:3: title.da: has a control character"),
        ("da: Legetøj", "da: Legetøj, store", "x.yaml:3: title.store: is not a key here; a text with a comma"),
        ("code: Tid", "code: T id", "x.yaml:6: dimensions[0].code: 'T id' is not a code"),
        ("    time: 2020-2021\n", "", "x.yaml:6: dimensions[0]: has no values"),
        ("time: 2020-2021", "time: 2020\n    values: x", "x.yaml:6: dimensions[0]: has values: and time:"),
        ("time: 2020-2021", "time: 2020\n    elimination: a", "x.yaml:9: dimensions[0].elimination: does not go with"),
        ("time: 2020-2021", "values: x\n    levels: [a]", "x.yaml:9: dimensions[0].levels: goes with classification:"),
        ("kind: additive", "kind: additiv", "x.yaml:13: measures[0].kind: 'additiv' cannot stand here; did you mean"),
        ("kind: additive", "kind: ratio", "x.yaml:10: measures[0].numerator: is missing; a ratio names"),
        (
            "kind: additive",
            "kind: additive\n    numerator: x",
            "x.yaml:14: measures[0].numerator: belongs to kind: ratio",
        ),
        (
            "kind: additive",
            "kind: additive\n    decimals: 1.5",
            "x.yaml:14: measures[0].decimals: '1.5' is not a whole",
        ),
        ("kind: additive", "kind: additive\n    decimals: 12", "x.yaml:14: measures[0].decimals: must be from 0 to 9"),
        (
            "kind: additive",
            "kind: additive\n    prices: fixed",
            "x.yaml:10: measures[0].base: is missing; fixed prices",
        ),
        ("kind: additive", "kind: additive\n    additive_over: Tid", "x.yaml:14: measures[0].additive_over: must be a"),
        ("disclosure:", "notes: [{text: {da: a, en: b}, mandatory: yes}]\ndisclosure:", "notes[0].mandatory: must be"),
        ("disclosure:", "notes: [{text: {da: a, en: b}, at: x}]\ndisclosure:", "notes[0].at: must name dimensions"),
        (
            "disclosure:",
            "notes: [{text: {da: a, en: b}, at: {A: [x, x]}}]\ndisclosure:",
            "notes[0].at.A[1]: 'x' is there",
        ),
        (
            "disclosure:",
            "contacts: [{name: {da: a, en: b}, email: x, phone: '1'}]\ndisclosure:",
            "email: 'x' is not an",
        ),
        ("disclosure:", "documentation: Støtte\ndisclosure:", "documentation: 'Støtte' is not a slug"),
        ("disclosure:", "default: {rows: [A], columns: [B]}\ndisclosure:", "default.select: is missing"),
        (
            "disclosure:",
            "default: {rows: [A], columns: [B], select: {A: [1]}}\ndisclosure:",
            "default.select.A: must be",
        ),
        ("disclosure:\n  - {method: none, reason: Legetøj er ingen hemmelighed.}\n", "", "disclosure: is missing"),
    ],
)
def test_a_fault_has_its_line_its_place_and_its_cure(old: str, new: str, fault: str):
    assert [one for one in table(old, new) if fault in one], table(old, new)


def test_a_minus_or_plus_before_a_number_is_no_formula():
    assert table("da: Legetøj", "da: -18 år") == []
    assert table("da: Legetøj", "da: '+ 3 pct.'") == []


def test_all_faults_are_told_at_once_in_the_order_of_the_file():
    wrong = TABLE.replace("TOY01", "toy").replace("kind: additive", "kind: sum").replace("en: Source", "en: ''")

    assert [fault.split(":")[1] for fault in told(TableSchema(), wrong)] == ["1", "4", "13"]


@pytest.mark.parametrize("text", ["", "just a text", "- a\n- b\n", "{}"])
def test_a_file_that_is_no_table_at_all_is_told_so(text: str):
    assert told(TableSchema(), text)


def test_what_is_right_is_read_beside_what_is_wrong():
    faults: list[Fault] = []

    shape = shaped(TableSchema(), yamlfile.scan(TABLE.replace("TOY01", "toy"), "x.yaml"), faults)

    assert len(faults) == 1
    assert shape["title"] == Text("Legetøj", "Toys")
    assert shape["dimensions"][0]["time"] == "2020-2021"


@pytest.mark.parametrize(
    ("schema", "text", "fault"),
    [
        (SiteSchema(), SITE.replace("[da, en]", "[da, sv]"), "x.yaml:3: languages[1]: 'sv' cannot stand here"),
        (SiteSchema(), SITE.replace("https:", "javascript:"), "licence.address: 'javascript://example.dk/' is not an"),
        (SiteSchema(), SITE + "colours: {brand: blue, series: ['#00508f']}\n", "colours.brand: 'blue' is not a colour"),
        (SiteSchema(), SITE + "logo: ../x.svg\n", "logo: '../x.svg' is not a picture in this folder"),
        (
            SubjectSchema(many=True),
            "- {id: '1', slug: {da: æ, en: a}, text: {da: a, en: b}}",
            "[0].slug.da: 'æ' is not",
        ),
        (SubjectSchema(many=True), "- {id: '1', subjects: [{idd: '2'}]}", "[0].subjects[0].idd: is not a key here"),
        (CalendarSchema(many=True), "- {at: 2020-01-01 08:00, tables: [A]}", "x.yaml:1: [0].title: is missing"),
        (SynonymsSchema(many=True), "- {da: barn, en: [child]}", "[0].da: must be a list"),
        (GroupSchema(), "tables: [A, A]", "tables[1]: 'A' is there twice"),
        (GroupSchema(), "tables: [A, B]\nrelations: [{twins: true}]", "relations[0]: must have one of at_most, equal"),
        (GroupSchema(), "tables: [A, B]\nrelations: [{equal: [A]}]", "relations[0].equal: must name two tables"),
        (
            GroupSchema(),
            "tables: [A, B]\nrelations: [{equal: [A, B], gap: rare}]",
            "relations[0].gap: goes with at_least",
        ),
        (GroupSchema(), "tables: [A, B]\nrelations: [{equal: [A, B], pairs: {}}]", "did you mean 'pair'?"),
        (ClassificationSchema(), "id: a\nlevels: {k: {da: K}}", "levels.k.en: is missing"),
        (
            ClassificationSchema(),
            "id: a\nlevels: {k: {da: K, en: K, nests: no way}}",
            "levels.k.nests: 'no way' cannot",
        ),
    ],
)
def test_the_other_files_have_shapes_too(schema, text: str, fault: str):
    assert [one for one in told(schema, text) if fault in one], told(schema, text)


def test_a_relation_may_stand_between_a_table_and_itself():
    assert told(GroupSchema(), "tables: [A]\nrelations: [{equal: [A, A], codes: {F: {'3': ['4', '6']}}}]") == []

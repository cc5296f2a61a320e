"""A folder people wrote becomes tables, groups and a site, or one list of all that is wrong with it."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tables.catalog import copenhagen, read_classification, read_group, read_library, read_site, read_table, site_of
from tables.errors import CatalogError
from tables.model import EVERY, SUM, Additive, Group

SITE = """\
name: {da: Bank, en: Bank}
publisher: {da: Kontor, en: Office}
languages: [da, en]
contact: {name: {da: Kontor, en: Office}, email: a@example.dk, phone: "1"}
licence: {id: CC-BY-4.0, address: "https://example.dk/"}
area_pages: {classification: sted, level: by}
"""
SUBJECTS = """\
- id: "1"
  slug: {da: leg, en: play}
  text: {da: Leg, en: Play}
  subjects: [{id: "11", slug: {da: bolde, en: balls}, text: {da: Bolde, en: Balls}}]
"""
CALENDAR = """\
- at: 2023-06-08 08:00
  title: {da: Bolde 2022, en: Balls 2022}
  tables: [TOY01]
  confirmed: true
"""
PLACES = """\
id: sted
version: 2020-01-01
text: {da: Steder, en: Places}
levels:
  land: {da: Land, en: Country}
  egn:  {da: Egn, en: Area, map: Areas}
  by:   {da: By, en: Town}
values: |
  code ; level ; parent ; since ; until ; crew ; da     ; en
  00   ; land  ;        ;       ;       ;      ; Landet ; Country
  A    ; egn   ; 00     ;       ;       ; x    ; Nord   ; North
  A1   ; by    ; A      ;       ;       ;      ; Top    ; Top
  A2   ; by    ; A      ; 2021  ;       ;      ; Næs    ; Ness
  B    ; egn   ; 00     ;       ;       ; y    ; Syd    ; South
  B1   ; by    ; B      ;       ; 2021  ;      ; Dal    ; Dale
  Z    ; by    ;        ;       ;       ;      ; Havn   ; Harbour
"""
TABLE = """\
id: TOY01
subject: "11"
title: {da: Bolde, en: Balls}
source: {da: Kilde, en: Source}
related: [TOY02]
dimensions:
  - code: STED
    text: {da: sted, en: place}
    classification: sted
    elimination: "00"
  - code: KØN
    text: {da: køn, en: sex}
    values: |
      code ; da    ; en
      M    ; Mænd  ; Men
      K    ; Kvinder ; Women
    elimination: sum
  - code: Tid
    text: {da: tid, en: time}
    time: 2020-2023
measures:
  - code: antal
    text: {da: Antal, en: Number}
    unit: {da: Antal, en: Number}
    kind: additive
disclosure:
  - {method: threshold, below: 5}
breaks:
  - at: {STED: A}
    period: "2022"
    kind: level
    text: {da: Nyt, en: New}
default: {rows: [STED], columns: [Tid], select: {STED: "*", Tid: top(1)}}
notes:
  - text: {da: Til tabellen, en: Table}
  - at: {STED: [B, A], Tid: 2022-2030}
    text: {da: Til celler, en: Cells}
  - at: {KØN: "*"}
    text: {da: Til variablen, en: Dimension}
"""
GROUP = """\
tables: [TOY01, TOY02]
insiders: [singles]
relations:
  - at_most: [TOY01, TOY02]
    codes: {STED: {"00": ["A", "B"]}}
    only: {KØN: [M], STED: {level: egn}, Tid: 2021-2022}
"""

Write = Callable[[dict[str, tuple[str, str]]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the library with texts exchanged: {file: (old, new)}."""

    def written(changes: dict[str, tuple[str, str]]) -> Path:
        files = {
            "site/site.yaml": SITE,
            "site/subjects.yaml": SUBJECTS,
            "site/calendar.yaml": CALENDAR,
            "classifications/sted.yaml": PLACES,
            "TOY01/table.yaml": TABLE,
            "TOY02/table.yaml": TABLE.replace("TOY02", "TOYX").replace("TOY01", "TOY02").replace("TOYX", "TOY01"),
            "protection/legetoej.yaml": GROUP,
        }
        for name, text in files.items():
            old, new = changes.get(name, ("", ""))
            assert old in text
            path = tmp_path / "library" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
        return tmp_path / "library"

    return written


def told(folder: Path) -> list[str]:
    with pytest.raises(CatalogError) as caught:
        read_library(folder)
    return [str(fault) for fault in caught.value.faults]


def test_a_library_is_read_whole(write: Write):
    library = read_library(write({}))

    table = library.tables["TOY01"]
    assert list(library.tables) == ["TOY01", "TOY02"]
    assert table.shape == (7, 2, 4)
    assert table.description("da") == "Bolde efter sted, køn og tid"
    assert [additive.dimension for additive in table.measures[0].additive_over] == ["STED", "KØN"]
    assert table.disclosure[0].params == {"below": 5}
    assert library.site.subjects[0].subjects[0].id == "11"
    assert library.site.calendar[0].at == datetime(2023, 6, 8, 6, tzinfo=UTC)
    assert library.group_of("TOY01").id == "legetoej"
    assert library.group_of("NEW") == Group("NEW", ("NEW",))
    assert [path.name for path in library.sources("TOY01")] == ["table.yaml", "sted.yaml"]


def test_relations_keep_their_words_with_periods_written_out(write: Write):
    (relation,) = read_library(write({})).groups["legetoej"].relations

    assert relation == {
        "at_most": ("TOY01", "TOY02"),
        "codes": {"STED": {"00": ("A", "B")}},
        "only": {"KØN": ("M",), "STED": {"level": "egn"}, "Tid": ("2021", "2022")},
    }


def test_a_value_hangs_under_its_nearest_ancestor_else_under_the_elimination_value(write: Write):
    values = read_library(write({})).tables["TOY01"].dimensions[0].values

    assert {value.code: value.parent for value in values} == {
        "00": None,
        "A": "00",
        "A1": "A",
        "A2": "A",
        "B": "00",
        "B1": "B",
        "Z": "00",
    }
    assert {value.code: (value.since, value.until) for value in values if value.since or value.until} == {
        "A2": ("2021", None),
        "B1": (None, "2021"),
    }


def test_levels_skip_what_lies_between(write: Write):
    folder = write(
        {"TOY02/table.yaml": ('    elimination: "00"', '    levels: [by]\n    except: [Z]\n    elimination: "00"')}
    )
    table = folder / "TOY02" / "table.yaml"
    table.write_text(table.read_text(encoding="utf-8").split("breaks:")[0], encoding="utf-8")
    (folder / "protection" / "legetoej.yaml").unlink()

    dimension = read_library(folder).tables["TOY02"].dimensions[0]

    assert dimension.codes == ("00", "A1", "A2", "B1")
    assert {value.parent for value in dimension.values[1:]} == {"00"}
    assert {value.nests for value in dimension.values} == {"fully"}
    assert [level.code for level in dimension.levels] == ["land", "by"]


def test_keeping_only_some_values_leaves_their_parents_made_up_partly(write: Write):
    changed = ('    elimination: "00"', '    only: [A, B, A1, B1, Z]\n    elimination: "00"')

    values = read_library(write({"TOY01/table.yaml": changed})).tables["TOY01"].dimensions[0].values

    assert {value.code: value.nests for value in values} == {
        "00": "fully",
        "A": "fully",
        "A1": "partly",
        "B": "fully",
        "B1": "fully",
        "Z": "fully",
    }


def test_own_values_may_have_parents_and_validity(write: Write):
    block = "code ; da    ; en\n      M    ; Mænd  ; Men\n      K    ; Kvinder ; Women"
    own = "code;parent;since;da;en\n      T;;;I alt;Total\n      M;;;Mænd;Men\n      D;M;2021;Drenge;Boys"
    changed = (f"{block}\n    elimination: sum", f"{own}\n    elimination: T\n    nests: partly")

    dimension = (
        read_library(write({"TOY02/table.yaml": changed, "protection/legetoej.yaml": ("KØN: [M], ", "")}))
        .tables["TOY02"]
        .dimension("KØN")
    )

    assert [(value.code, value.parent, value.nests, value.since) for value in dimension.values] == [
        ("T", None, "fully", None),
        ("M", "T", "partly", None),
        ("D", "M", "partly", "2021"),
    ]


def test_notes_hang_where_they_say_and_spans_are_cut_to_the_table(write: Write):
    table, cells, dimension = read_library(write({})).tables["TOY01"].notes

    assert table.at == {}
    assert cells.at == {"STED": ("A", "B"), "Tid": ("2022", "2023")}
    assert dimension.at == {"KØN": EVERY}


def test_a_break_after_the_last_period_waits_for_it(write: Write):
    later = read_library(write({"TOY01/table.yaml": ('period: "2022"', 'period: "2025"')}))

    assert later.tables["TOY01"].breaks == ()


def test_a_condition_of_adding_up_is_kept(write: Write):
    changed = ("kind: additive", "kind: distinct\n    additive_over: [KØN, {STED: {KØN: [K, M]}}]")

    over = read_library(write({"TOY01/table.yaml": changed})).tables["TOY01"].measures[0].additive_over

    assert over == (Additive("KØN"), Additive("STED", {"KØN": ("M", "K")}))


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("TOY01/table.yaml", "id: TOY01", "id: TOY09", "TOY01/table.yaml:1: id: 'TOY09' is not the name of its folder"),
        (
            "TOY01/table.yaml",
            '"11"',
            '"12"',
            "TOY01/table.yaml:2: subject: '12' is not a subject of site/subjects.yaml",
        ),
        (
            "TOY01/table.yaml",
            "[TOY02]",
            "[TOY03]",
            "related[0]: 'TOY03' is not a table of the library; did you mean 'TOY0",
        ),
        ("TOY01/table.yaml", "[TOY02]", "[TOY01]", "related: 'TOY01' is the table itself"),
        ("TOY01/table.yaml", "related", "replaced_by: TOY02\nrelated", "replaced_by: goes with status: closed"),
        ("TOY01/table.yaml", "related", "status: closed\nreplaced_by: X1\nrelated", "replaced_by: 'X1' is not a table"),
        (
            "TOY01/table.yaml",
            '"00"',
            '"0"',
            "TOY01/table.yaml:10: dimensions[0].elimination: '0' is not a value of STED; did you mean '00'?",
        ),
        ("TOY01/table.yaml", '"00"', "B1", "dimensions[0].elimination: 'B1' lies under 'B'; eliminate to the topmost"),
        (
            "TOY01/table.yaml",
            "classification: sted",
            "classification: stad",
            "'stad' is not a classification; did you mean 'sted'?",
        ),
        (
            "TOY01/table.yaml",
            "sted\n    elim",
            "sted\n    levels: [bye]\n    elim",
            "dimensions[0].levels[0]: 'bye' is not a level of sted",
        ),
        (
            "TOY01/table.yaml",
            "sted\n    elim",
            "sted\n    except: [Q]\n    elim",
            "dimensions[0].except[0]: 'Q' is not a value",
        ),
        (
            "TOY01/table.yaml",
            "sted\n    elim",
            "sted\n    only: [Q]\n    elim",
            "dimensions[0].only[0]: 'Q' is not a value",
        ),
        (
            "TOY01/table.yaml",
            "time: 2020-2023",
            "values: |\n      code ; da ; en\n      1 ; a ; b",
            "dimensions: none of them has time:",
        ),
        ("TOY01/table.yaml", "time: 2020-2023", "time: 2023-2020", "dimensions[2].time: '2023-2020' runs backwards"),
        ("TOY01/table.yaml", "code: KØN", "code: ContentsCode", "dimensions[1].code: 'ContentsCode' is a key"),
        (
            "TOY01/table.yaml",
            "code: KØN",
            "code: lang",
            "dimensions[1].code: 'lang' is a key of a protocol or the site",
        ),
        (
            "TOY01/table.yaml",
            "code: KØN",
            "code: Valuepresentation",
            "dimensions[1].code: 'Valuepresentation' is a key",
        ),
        ("TOY01/table.yaml", "code: KØN", "code: sted", "dimensions[1].code: 'sted' and 'STED' are one to PxWebApi"),
        ("TOY01/table.yaml", "code: antal", "code: STED", "measures[0].code: 'STED' is another column of the cube"),
        (
            "TOY01/table.yaml",
            "Mænd  ; Men",
            "Mænd",
            "TOY01/table.yaml:15: dimensions[1].values: this line has 2 cells, the head 3",
        ),
        (
            "TOY01/table.yaml",
            "K    ; Kv",
            "M    ; Kv",
            "TOY01/table.yaml:16: dimensions[1].values: code 'M' is there twice, first on line 15",
        ),
        ("TOY01/table.yaml", "K    ; Kv", "m    ; Kv", "dimensions[1].values: code 'm' reads like 'M'"),
        ("TOY01/table.yaml", "K    ; Kv", "=K   ; Kv", "dimensions[1].values: code starts with '='"),
        ("TOY01/table.yaml", "K    ; Kv", "sum  ; Kv", "dimensions[1].values: code 'sum' cannot be a code"),
        ("TOY01/table.yaml", "K    ; Kvinder", "K    ;", "dimensions[1].values: da is blank; write a text"),
        (
            "TOY01/table.yaml",
            "code ; da    ; en",
            "code ; dk ; en",
            "TOY01/table.yaml:14: dimensions[1].values: the head lacks the column da",
        ),
        ("TOY01/table.yaml", "code ; da    ; en", "code ; da ; sv", "dimensions[1].values: 'sv' is not a column here"),
        (
            "TOY01/table.yaml",
            "kind: additive",
            "kind: distinct",
            "dimensions[1].elimination: antal does not add up over KØN",
        ),
        (
            "TOY01/table.yaml",
            "kind: additive",
            "kind: additive\n    additive_over: [KØN, STD]",
            "additive_over[1]: 'STD' is not a dimension; did you mean 'STED'?",
        ),
        (
            "TOY01/table.yaml",
            "kind: additive",
            "kind: additive\n    additive_over: [KØN, Tid]",
            "additive_over[1]: Tid is time",
        ),
        (
            "TOY01/table.yaml",
            "method: threshold",
            "method: treshold",
            "disclosure[0].method: 'treshold' is not a disclosure method; did you mean 'threshold'?",
        ),
        (
            "TOY01/table.yaml",
            "below: 5",
            "belov: 5",
            "disclosure[0].belov: is not a parameter of threshold; did you mean 'below'?",
        ),
        ("TOY01/table.yaml", "below: 5", "below: five", "disclosure[0].below: must be a whole number"),
        ("TOY01/table.yaml", "  - {method: threshold, below: 5}", "  []", "disclosure: is empty"),
        ("TOY01/table.yaml", "  - {method: threshold, below: 5}", "  - {below: 5}", "disclosure[0]: names no method"),
        (
            "TOY01/table.yaml",
            "below: 5}",
            "below: 5}\n  - {method: none, reason: x}",
            "disclosure: has none beside other methods",
        ),
        (
            "TOY01/table.yaml",
            "threshold, below: 5",
            "hide, reason: x, at: {STED: Q}",
            "disclosure[0].at.STED: 'Q' is not a value of STED",
        ),
        ("TOY01/table.yaml", "at: {STED: A}", "at: {STED: AA}", "breaks[0].at.STED: 'AA' is not a value of STED"),
        (
            "TOY01/table.yaml",
            'period: "2022"',
            "period: 2022K1",
            "breaks[0].period: '2022K1' does not lie after the first",
        ),
        ("TOY01/table.yaml", 'period: "2022"', "period: soon", "breaks[0].period: 'soon' is not a period"),
        (
            "TOY01/table.yaml",
            "Tid: 2022-2030",
            'Tid: "2040"',
            "notes[1].at.Tid: '2040' is not in the time of the table, 2020 to 2023",
        ),
        (
            "TOY01/table.yaml",
            "{KØN:",
            "{KON:",
            "notes[2].at.KON: 'KON' is not a dimension of the table; did you mean 'KØN'?",
        ),
        (
            "TOY01/table.yaml",
            "default:",
            "weights: {keep: [STAD]}\ndefault:",
            "weights.keep[0]: 'STAD' is not a dimension",
        ),
        ("TOY01/table.yaml", "default:", "weights: {prefer: {STED: C}}\ndefault:", "weights.prefer.STED: 'C' is not a"),
        (
            "TOY01/table.yaml",
            "  - {method",
            "  - hide it\n  - {methods",
            "TOY01/table.yaml:28: disclosure[1]: names no method",
        ),
        ("TOY01/table.yaml", "rows: [STED]", "rows: [Tid]", "default.columns: Tid is in rows too"),
        ("TOY01/table.yaml", "rows: [STED]", "rows: [SSTED]", "default.rows[0]: 'SSTED' is not a dimension"),
        (
            "TOY01/table.yaml",
            '{STED: "*", Tid',
            "{ST: x, Tid",
            "default.select.ST: 'ST' is not a dimension of the table",
        ),
        ("TOY01/table.yaml", "Tid: top(1)}", "Tid: tip(1)}", "TOY01/table.yaml:33: default.select.Tid: "),
        ("TOY01/table.yaml", '{STED: "*", Tid', '{STED: "A,Q", Tid', "default.select.STED: "),
        ("TOY01/table.yaml", '    elimination: "00"\n', "", ""),
        (
            "TOY01/table.yaml",
            "    elimination: sum\n",
            "",
            "default.select: KØN has no elimination value; choose its values here",
        ),
        (
            "classifications/sted.yaml",
            "id: sted",
            "id: stad",
            "classifications/sted.yaml:1: id: 'stad' is not the name of the file",
        ),
        (
            "classifications/sted.yaml",
            "B    ; egn   ; 00",
            "B    ; egn   ; XX",
            "sted.yaml:14: values: 'B' hangs under 'XX', which is not in the list",
        ),
        ("classifications/sted.yaml", "B    ; egn   ; 00", "B    ; egn   ; B1", "values: 'B' hangs under itself"),
        (
            "classifications/sted.yaml",
            "B    ; egn ",
            "B    ; by_ ",
            "values: 'B' has the level 'by_', which is not under levels",
        ),
        (
            "classifications/sted.yaml",
            "; 2021  ;       ;",
            "; 2021  ; 2020  ;",
            "values: 'A2' ends 2020 before it begins 2021",
        ),
        ("classifications/sted.yaml", "; 2021  ;       ;", "; soon  ;       ;", "values: since 'soon' is not a period"),
        (
            "protection/legetoej.yaml",
            "TOY02]\ninsiders",
            "TOY03]\ninsiders",
            "protection/legetoej.yaml:1: tables[1]: 'TOY03' is not a table",
        ),
        ("protection/legetoej.yaml", "[singles]", "[single]", "insiders[0]: 'single' is not singles or a dimension"),
        (
            "protection/legetoej.yaml",
            "[TOY01, TOY02]\n    codes",
            "[TOY01, TOY03]\n    codes",
            "relations[0].at_most[1]: 'TOY03' is not in tables:",
        ),
        (
            "protection/legetoej.yaml",
            '{STED: {"00"',
            '{STD: {"00"',
            "relations[0].codes.STD: 'STD' is not a dimension of TOY01",
        ),
        (
            "protection/legetoej.yaml",
            '["A", "B"]',
            '["A", "C"]',
            "relations[0].codes.STED.00: 'C' is not a value of STED",
        ),
        ("protection/legetoej.yaml", "{KØN: [M]", "{KØN: [X]", "relations[0].only.KØN: 'X' is not a value of KØN"),
        (
            "protection/legetoej.yaml",
            "level: egn",
            "level: stat",
            "relations[0].only.STED.level: 'stat' is not a level of STED",
        ),
        ("protection/legetoej.yaml", "2021-2022", "2021-20222", "relations[0].only.Tid: '20222' is not a period"),
        (
            "protection/legetoej.yaml",
            "    codes",
            "    sum: STAD\n    codes",
            "relations[0].sum: 'STAD' is not a dimension of TOY02",
        ),
        (
            "site/site.yaml",
            "level: by",
            "level: byer",
            "site/site.yaml:6: area_pages.level: 'byer' is not a level of sted",
        ),
        (
            "site/site.yaml",
            "area_pages",
            "logo: logo.svg\narea_pages",
            "site/site.yaml:6: logo: logo.svg is not in this folder",
        ),
        ("site/subjects.yaml", 'id: "11"', 'id: "1"', "site/subjects.yaml:1: [0].id: '1' is another subject's too"),
        ("site/subjects.yaml", "da: bolde", "da: leg", "slug.da: 'leg' is another subject's too"),
        ("site/calendar.yaml", "[TOY01]", "[TOY04]", "site/calendar.yaml:3: [0].tables[0]: 'TOY04' is not a table"),
        (
            "site/calendar.yaml",
            "2023-06-08 08:00",
            "2023-03-26 02:30",
            "site/calendar.yaml:1: [0].at: 2023-03-26 02:30 does not exist",
        ),
        ("site/calendar.yaml", "2023-06-08 08:00", "2023-10-29 02:30", "[0].at: 2023-10-29 02:30 comes twice"),
        ("site/calendar.yaml", "2023-06-08 08:00", "8. juni 2023", "[0].at: '8. juni 2023' is not a time"),
    ],
)
def test_a_fault_is_told_with_file_line_place_and_cure(write: Write, file: str, old: str, new: str, fault: str):
    folder = write({file: (old, new)})

    if not fault:  # a dimension without a total is allowed, if the first view chooses its values
        assert read_library(folder).tables["TOY01"].dimensions[0].elimination is None
        return
    faults = told(folder)
    assert [one for one in faults if fault in one], faults


def test_one_slip_is_one_fault(write: Write):
    assert told(write({"classifications/sted.yaml": ("B    ; egn   ; 00", "B    ; egn   ; XX")})) == [
        "classifications/sted.yaml:14: values: 'B' hangs under 'XX', which is not in the list"
    ]


def test_all_faults_of_all_files_are_told_at_once(write: Write):
    faults = told(
        write(
            {
                "TOY01/table.yaml": ('elimination: "00"', 'elimnation: "00"'),
                "TOY02/table.yaml": ("STED: [B, A]", "STED: [B, Q]"),
                "classifications/sted.yaml": ("id: sted", "id: sted\nid: sted"),
                "protection/legetoej.yaml": ("tables", "tabels"),
                "site/site.yaml": ("languages", "language"),
                "site/calendar.yaml": ("08:00", "8"),
            }
        )
    )

    assert {fault.split(":")[0] for fault in faults} == {
        "TOY01/table.yaml",
        "classifications/sted.yaml",
        "protection/legetoej.yaml",
        "site/calendar.yaml",
        "site/site.yaml",
    }
    assert "TOY01/table.yaml:10: dimensions[0].elimnation: is not a key here; did you mean 'elimination'?" in faults


def test_shape_and_meaning_are_both_judged_in_one_file(write: Write):
    folder = write({"TOY01/table.yaml": ("source:", "sources:")})
    path = folder / "TOY01" / "table.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace('elimination: "00"', 'elimination: "0"'), encoding="utf-8")

    faults = told(folder)

    assert [fault.split(": ")[1] for fault in faults] == ["source", "sources", "dimensions[0].elimination"]


def test_two_dimensions_that_fold_alike_are_refused(write: Write):
    first = "code: KAR\n    text: {da: a, en: b}\n    values: |\n      code ; da ; en\n      1 ; a ; b\n"
    folder = write({"TOY01/table.yaml": ("code: KØN", f"{first}    elimination: sum\n  - code: KÅR")})

    assert [fault for fault in told(folder) if "'KÅR' and 'KAR' are one to PxWebApi" in fault]


def test_a_table_cannot_be_called_like_an_address(write: Write):
    folder = write({})
    shutil.copytree(folder / "TOY01", folder / "EMBED")
    text = (folder / "EMBED" / "table.yaml").read_text(encoding="utf-8").replace("TOY01", "EMBED")
    (folder / "EMBED" / "table.yaml").write_text(text, encoding="utf-8")

    assert told(folder) == [
        "EMBED/table.yaml:1: id: 'EMBED' is a word of the addresses and cannot be a table; choose another id"
    ]


def test_a_table_is_in_one_protection_file_only(write: Write):
    folder = write({})
    (folder / "protection" / "mere.yaml").write_text("tables: [TOY02]\n", encoding="utf-8")

    assert told(folder) == [
        "protection/mere.yaml:1: tables[0]: 'TOY02' is in protection/legetoej.yaml too; keep it in one"
    ]


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("protections", "protections: is not a folder of a library; did you mean 'protection'?"),
        ("NEW01", "NEW01/table.yaml: is missing; write it, or take the folder away"),
    ],
)
def test_a_folder_that_would_be_passed_over_is_told(write: Write, name: str, fault: str):
    folder = write({})
    (folder / name).mkdir()

    assert told(folder) == [fault]


def test_a_file_with_another_ending_is_told(write: Write):
    folder = write({})
    (folder / "protection" / "x.yml").write_text("tables: []", encoding="utf-8")

    assert told(folder) == ["protection/x.yml: would not be read; call it .yaml"]


def test_a_library_without_a_site_says_what_is_missing(write: Write):
    folder = write({})
    shutil.rmtree(folder / "site")

    assert told(folder) == [
        "site/site.yaml: is missing; a bank needs it",
        "site/subjects.yaml: is missing; a bank needs it",
    ]


def test_a_library_that_is_not_there_is_told(tmp_path: Path):
    assert "is not a folder" in told(tmp_path / "nowhere")[0]


def test_a_new_table_needs_only_its_folder(write: Write):
    folder = write({})
    (folder / "TOY03").mkdir()
    text = TABLE.replace("TOY01", "TOY03")
    (folder / "TOY03" / "table.yaml").write_text(text, encoding="utf-8")

    assert list(read_library(folder).tables) == ["TOY01", "TOY02", "TOY03"]


def test_a_released_table_is_read_from_its_own_folder_alone(write: Write, tmp_path: Path):
    library = read_library(write({}))
    released = tmp_path / "TOY01"
    (released / "classifications").mkdir(parents=True)
    table, *lists = library.sources("TOY01")
    shutil.copy(table, released)
    for path in lists:
        shutil.copy(path, released / "classifications")

    assert read_table(released) == library.tables["TOY01"]


def test_a_damaged_released_table_is_told(tmp_path: Path):
    (tmp_path / "TOY01").mkdir()
    (tmp_path / "TOY01" / "table.yaml").write_text("id: TOY01\n", encoding="utf-8")

    with pytest.raises(CatalogError, match="dimensions: is missing"):
        read_table(tmp_path / "TOY01")


def test_a_site_is_read_alone_and_from_files_of_several_acts(write: Write, tmp_path: Path):
    folder = write({})
    later = tmp_path / "later.yaml"
    later.write_text(CALENDAR.replace("TOY01", "UNKNOWN"), encoding="utf-8")

    site = site_of(
        {"site.yaml": folder / "site/site.yaml", "subjects.yaml": folder / "site/subjects.yaml", "calendar.yaml": later}
    )

    assert site.calendar[0].tables == ("UNKNOWN",)
    assert read_site(folder).subjects == site.subjects


def test_a_protection_file_is_read_alone(write: Write):
    assert read_group(write({}) / "protection" / "legetoej.yaml").tables == ("TOY01", "TOY02")


def test_a_classification_keeps_its_further_columns(write: Write):
    places = read_classification(write({}) / "classifications" / "sted.yaml")

    assert places.row("A")["crew"] == "x"
    assert places.codes("by") == ("A1", "A2", "B1", "Z")
    assert places.ancestors("B1") == ("B", "00")
    assert places.row("Z")["parent"] == ""


def test_a_wrong_classification_is_told_when_read_alone(write: Write):
    folder = write({"classifications/sted.yaml": ("levels:", "level:")})

    with pytest.raises(CatalogError, match="levels: is missing"):
        read_classification(folder / "classifications" / "sted.yaml")


def test_elimination_by_sum_stays_a_word(write: Write):
    assert read_library(write({})).tables["TOY01"].dimension("KØN").elimination == SUM


def test_every_hour_of_a_year_is_told_exactly_or_refused():
    assert copenhagen("2023-01-05 08:00") == datetime(2023, 1, 5, 7, tzinfo=UTC)
    assert copenhagen("2023-03-26 03:00") == datetime(2023, 3, 26, 1, tzinfo=UTC)
    assert copenhagen("2023-10-29 03:00") == datetime(2023, 10, 29, 2, tzinfo=UTC)
    for wall in ("2023-03-26 02:00", "2023-10-29 02:00", "2023-2-5 08:00", "2023-02-30 08:00", "2023-02-05T08:00"):
        with pytest.raises(ValueError, match=wall):
            copenhagen(wall)

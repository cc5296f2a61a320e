"""Every scalar is the text that was written; what YAML would do behind one's back is refused with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables import yamlfile
from tables.errors import CatalogError


def faults(text: str) -> list[str]:
    return [str(fault) for fault in yamlfile.scan(text, "x.yaml").faults]


def test_every_scalar_stays_the_text_that_was_written():
    data = yamlfile.parse("a: 000\nb: [no, 12:30, 0x1f, 1e3, ~, '', 2024-01-01]\nc:\n", "x.yaml").data

    assert data == {"a": "000", "b": ["no", "12:30", "0x1f", "1e3", "~", "", "2024-01-01"], "c": None}


def test_a_place_knows_its_line_and_falls_back_to_the_place_around_it():
    document = yamlfile.parse(
        "id: A\ndimensions:\n  - code: X\n    values: |\n      code ; da\n      1 ; en\n", "x.yaml"
    )

    assert document.line(("id",)) == 1
    assert document.line(("dimensions", 0)) == 3
    assert document.line(("dimensions", 0, "values")) == 4
    assert document.line(("dimensions", 0, "elimination")) == 3
    assert (
        str(document.fault(("dimensions", 0, "values"), "is odd", below=2)) == "x.yaml:6: dimensions[0].values: is odd"
    )


def test_a_key_written_twice_is_told_with_both_lines():
    document = yamlfile.scan("a: 1\nb: 2\na: {c: 3}\n", "x.yaml")

    assert [str(fault) for fault in document.faults] == [
        "x.yaml:3: a: is written twice, first on line 1; keep one of them"
    ]
    assert document.data == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("a: 1\nb: !!int 2\n", 2, "is a tag"),
        ("a: ! 2\n", 1, "is a tag"),
        ("a: &x 1\nb: 2\n", 1, "is an anchor"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("a: [1\nb: 2\n", 2, "is not YAML"),
        ("a: 'x\n", 2, "is not YAML"),
        ("a: 1\n\tb: 2\n", 2, "is not YAML"),
        ("? [a]\n: b\n", 1, "a key is a text"),
        ("a: \x07\n", 1, "a character that YAML does not allow"),
        ('a: "\\uD800"\n', 1, ""),
        ("[" * 100, 1, "levels down"),
    ],
)
def test_what_yaml_would_do_behind_ones_back_is_refused(text: str, line: int, word: str):
    told = faults(text)

    assert told
    assert word in told[0]
    assert told[0].startswith(f"x.yaml:{line}:")


def test_an_alias_is_refused_beside_its_anchor():
    told = faults("a: &x 1\nb: *x\n")

    assert len(told) == 2
    assert "write the value out" in told[1]


def test_all_faults_of_a_file_are_told_at_once():
    with pytest.raises(CatalogError) as caught:
        yamlfile.parse("a: 1\na: 2\nb: !x 3\nc: &y 4\n", "x.yaml")

    assert [fault.line for fault in caught.value.faults] == [2, 3, 4]


def test_a_file_that_is_not_utf8_is_named_with_the_line(tmp_path):
    (tmp_path / "x.yaml").write_bytes("a: 1\nb: ø\n".encode("latin-1"))

    document = yamlfile.read(tmp_path / "x.yaml", "x.yaml")

    assert [str(fault) for fault in document.faults] == ["x.yaml:2: is not UTF-8; save the file as UTF-8"]


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    (tmp_path / "x.yaml").write_bytes(b"\xef\xbb\xbfid: A\n")

    assert yamlfile.read(tmp_path / "x.yaml", "x.yaml").data == {"id": "A"}


def test_a_missing_file_is_a_fault_and_no_traceback(tmp_path):
    document = yamlfile.read(tmp_path / "x.yaml", "x.yaml")

    assert "cannot be read" in str(document.faults[0])


@given(st.text())
def test_any_text_is_read_or_refused_but_never_falls(text: str):
    document = yamlfile.scan(text, "x.yaml")

    assert document.faults or document.data is None or isinstance(document.data, (str, list, dict))

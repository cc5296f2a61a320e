"""`statbank import` and `statbank check` as a person types them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main

CSV = "KØN;TID;INDHOLD\nI alt;2020;3\nMænd;2020;1\nKvinder;2020;2\n"
SITE = """
name: {da: Bank, en: Bank}
publisher: {da: Kontor, en: Office}
languages: [da, en]
contact: {name: {da: Kontor, en: Office}, email: kontor@example.dk, phone: "1"}
licence: {id: CC-BY-4.0, address: "https://creativecommons.org/licenses/by/4.0/"}
"""
SUBJECTS = """
- id: "1"
  slug: {da: emne, en: subject}
  text: {da: Emne, en: Subject}
"""


@pytest.fixture
def library(tmp_path: Path) -> Path:
    site = tmp_path / "library/site"
    site.mkdir(parents=True)
    (site / "site.yaml").write_text(SITE, encoding="utf-8")
    (site / "subjects.yaml").write_text(SUBJECTS, encoding="utf-8")
    return tmp_path / "library"


def run(library: Path, *words: str) -> Result:
    return CliRunner().invoke(main, list(words), env={"STATBANK_LIBRARY": str(library)})


def write(library: Path, text: str = CSV) -> str:
    path = library.parent / "TOY.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def decide(library: Path) -> None:
    path = library / "TOY/table.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("subject: undecided", 'subject: "1"'), encoding="utf-8")


def test_import_tells_what_it_guessed_in_danish_and_english(library: Path) -> None:
    danish = run(library, "import", write(library), "--public", "Er offentligt")
    english = run(library.parent / "other", "--lang", "en", "import", write(library))

    assert danish.exit_code == english.exit_code == 0
    assert "TOY: 3 celler fra TOY.csv (ny tabel)" in danish.output
    assert "disclosure" not in danish.output
    assert "  disclosure: must be chosen: a rule, or method none with a reason" in english.output


def test_import_answers_in_json(library: Path) -> None:
    found = json.loads(run(library, "--json", "--lang", "en", "import", write(library)).stdout)

    assert [(table["id"], table["new"], table["cells"]) for table in found["tables"]] == [("TOY", True, 3)]
    assert {"place": "Tid", "text": "periods: 1, from 2020 to 2020"} in found["tables"][0]["findings"]


def test_import_refuses_with_file_line_and_cure(library: Path) -> None:
    refused = run(library, "import", write(library, CSV.replace("2020;2", "2020;to")))

    assert refused.exit_code == 1
    assert refused.stderr.startswith("TOY.csv:4: INDHOLD: 'to' is neither a number nor a known sign")
    assert not (library / "TOY").exists()


def test_import_takes_the_decimal_sign_and_the_meaning_of_signs(library: Path) -> None:
    text = CSV.replace("2020;3", "2020;1.234").replace("2020;2", "2020;....")

    assert run(library, "import", write(library, text)).exit_code == 1
    assert run(library, "import", write(library, text), "--decimal", ",", "--sign", "....=missing").exit_code == 0


@pytest.mark.parametrize("words", [("import",), ("import", "nowhere.csv"), ("import", "x", "--sign", "..=secret")])
def test_import_used_wrongly_explains_itself(library: Path, words: tuple[str, ...]) -> None:
    assert run(library, *words).exit_code == 2


def test_check_passes_a_draft_once_the_office_has_decided(library: Path) -> None:
    run(library, "import", write(library), "--public", "Er offentligt")
    undecided = run(library, "check")
    decide(library)

    decided = run(library, "check")

    assert undecided.exit_code == 1
    assert "TOY/table.yaml:3: subject: 'undecided' is not a subject" in undecided.stderr
    assert decided.exit_code == 0
    assert "Kontrolleret: 1 · fejl: 0 · advarsler: 1" in decided.output


def test_check_strict_turns_warnings_into_faults(library: Path) -> None:
    run(library, "import", write(library), "--public", "Er offentligt")
    decide(library)

    assert run(library, "check", "--strict").exit_code == 1


def test_check_answers_in_json_also_where_it_refuses(library: Path) -> None:
    run(library, "import", write(library), "--public", "Er offentligt")

    found = json.loads(run(library, "--json", "check", "TOY").stdout)

    assert found["faults"][0]["file"] == "TOY/table.yaml"
    assert found["faults"][0]["line"] == 3

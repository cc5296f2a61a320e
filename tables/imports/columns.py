"""The dimension columns of a file: codes, texts or both; the time column; a code for every value that has none."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from marshmallow import ValidationError

from tables import periods
from tables.catalog.classification import Classification
from tables.errors import CatalogError, Fault
from tables.imports.nouns import Column, Finding, Form, Label, shortened
from tables.model import LANGUAGES, SUM, Text
from tables.schema.words import coded, single

Classifications = Mapping[str, Classification]

CODE: Final = re.compile(r"[0-9A-ZÆØÅ_.-]+")
AGE: Final = re.compile(r"(\d{1,3})(?:-(\d{1,3}))? (?:år|years?)", re.IGNORECASE)
TELLING: Final = 5  # so many codes, all of two characters or more, tell a classification; `1` and `2` do not
FOLD: Final = str.maketrans({"Æ": "AE", "Ø": "OE", "Å": "AA", "Ä": "AE", "Ö": "OE", "Ü": "UE", "É": "E"})
ENGLISH: Final = str.maketrans({"Q": "K", "W": "U"})  # quarters and weeks, as English files write them


@dataclass(frozen=True, slots=True)
class Raw:
    """A column as written: every cell, and the line each stands on."""

    file: str
    name: str
    cells: Sequence[str]
    lines: Sequence[int]

    def first(self) -> dict[str, int]:
        """Each text of the column, in the order met, with its first line."""
        found: dict[str, int] = {}
        for cell, line in zip(self.cells, self.lines, strict=True):
            found.setdefault(cell, line)
        return found


def period(text: str) -> str | None:
    """The bank's code of a period in Danish or English form, or twice beside itself; None if it is none."""
    words = text.upper().translate(ENGLISH).split()
    if not words or len(words) > 2 or words[0] != words[-1] or not periods.is_period(words[0]):
        return None
    return words[0]


def read_time(raw: Raw, code: str) -> Column:
    """Periods in order of time. One that is none, or another frequency, is refused."""
    first = raw.first()
    codes = {text: period(text) for text in first}
    wrong = [
        Fault(raw.file, first[text], raw.name, f"'{text}' is no period; write 2015, 2015K1, 2015M01 or 2015U01")
        for text, found in codes.items()
        if found is None
    ]
    if not wrong:
        kind = periods.frequency(next(found for found in codes.values() if found))
        wrong = [
            Fault(raw.file, first[text], raw.name, f"'{text}' is of another frequency; a table has one")
            for text, found in codes.items()
            if found and periods.frequency(found) != kind
        ]
    if wrong:
        raise CatalogError(shortened(wrong))
    order = sorted({found for found in codes.values() if found}, key=periods.period)
    return _column(raw, code, {text: Label(found, found) for text, found in codes.items() if found}, order, form="time")


def read_column(raw: Raw, code: str, both: bool, known: Classifications) -> tuple[Column, list[Finding]]:
    """`both`: the file writes code and text in every cell, so this column must."""
    first = raw.first()
    empty = [Fault(raw.file, first[""], raw.name, "a row without a value; every row needs one")] if "" in first else []
    if empty:
        raise CatalogError(empty)
    if both or _written_both(first):
        return _from_both(raw, code, first)
    if all(CODE.fullmatch(text) for text in first):
        return _from_codes(raw, code, first, known)
    return _from_texts(raw, code, first, known)


def _written_both(first: Mapping[str, int]) -> bool:
    """Whether a column says «000 Hele landet»: one text a code, beginning with a capital, so that «10 år» does not."""
    pairs = [text.partition(" ") for text in first]
    codes, texts = {code for code, _, _ in pairs}, {text for _, _, text in pairs}
    return (
        len(codes) == len(texts) == len(first)
        and any(character.isdigit() for code in codes for character in code)
        and all(CODE.fullmatch(code) and text[:1].isupper() for code, _, text in pairs)
    )


def _from_both(raw: Raw, code: str, first: Mapping[str, int]) -> tuple[Column, list[Finding]]:
    labels = {cell: Label(*(part.strip() for part in cell.split(" ", 1))) for cell in first if " " in cell}
    faults = [
        Fault(raw.file, line, raw.name, f"'{cell}' has no text after its code; export all columns as code and text")
        for cell, line in first.items()
        if cell not in labels
    ]
    seen: dict[str, str] = {}
    for cell, label in labels.items():
        if label.code in seen:
            faults.append(_twice(raw, first[cell], label, seen[label.code]))
        seen.setdefault(label.code, label.text)
    if not faults and all(re.search("[a-zæøå]", label.code) for label in labels.values()):
        faults.append(Fault(raw.file, min(first.values()), raw.name, "text before code; export as code and text"))
    if faults:
        raise CatalogError(shortened(faults))
    found = [Finding(code, Text("kode og tekst i hver celle", "code and text in every cell"))]
    return _column(raw, code, labels, _order([label.code for label in labels.values()]), form="both"), found


def _twice(raw: Raw, line: int, label: Label, other: str) -> Fault:
    what = f"code '{label.code}' is both '{other}' and '{label.text}'; a code means one thing: give one of them its own"
    return Fault(raw.file, line, raw.name, what)


def _from_codes(raw: Raw, code: str, first: Mapping[str, int], known: Classifications) -> tuple[Column, list[Finding]]:
    for name, classification in known.items():
        texts = {row["code"]: row["da"] for row in classification.rows}
        if len(first) >= TELLING and all(len(text) > 1 and text in texts for text in first):
            labels = {text: Label(text, texts[text]) for text in first}
            order = [found for found in texts if found in first]
            return _column(raw, code, labels, order, form="codes", classification=name), [_classified(code, name)]
    labels = {text: Label(text, text) for text in first}
    found = Finding(code, Text("kun koder: teksterne mangler", "codes only: the texts are missing"))
    return _column(raw, code, labels, _order(list(first)), form="codes"), [found]


def _from_texts(raw: Raw, code: str, first: Mapping[str, int], known: Classifications) -> tuple[Column, list[Finding]]:
    for name, classification in known.items():
        codes = _by_text(classification)
        if len(first) > 1 and all(text.casefold() in codes for text in first):
            labels = {text: Label(codes[text.casefold()], text) for text in first}
            used = {label.code for label in labels.values()}
            if len(used) == len(labels):
                order = [own for own in classification.codes() if own in used]
                return _column(raw, code, labels, order, form="texts", classification=name), [_classified(code, name)]
    labels = {}
    for text in first:
        labels[text] = Label(_coined(text, {SUM.upper(), *(label.code for label in labels.values())}), text)
    found = Finding(code, Text("kun tekster: koderne er lavet af dem", "texts only: the codes are made from them"))
    return _column(raw, code, labels, _order([label.code for label in labels.values()]), form="texts"), [found]


def _by_text(classification: Classification) -> dict[str, str]:
    """Text → code in either language; a text that two values share names neither."""
    codes: dict[str, set[str]] = {}
    for row in classification.rows:
        for language in LANGUAGES:
            codes.setdefault(row[language].casefold(), set()).add(row["code"])
    return {text: found.pop() for text, found in codes.items() if len(found) == 1}


def _classified(code: str, name: str) -> Finding:
    da, en = f"alle værdier er fundet i klassifikationen {name}", f"all values are found in the classification {name}"
    return Finding(code, Text(da, en))


def _coined(text: str, taken: set[str]) -> str:
    """A code for a text, the same every time: ages as 10 and 0509, the rest as capitals and digits."""
    age = AGE.fullmatch(text)
    if age and age[2]:
        code = f"{int(age[1]):02}{int(age[2]):02}"
    elif age:
        code = age[1]
    else:
        code = re.sub("[^A-Z0-9]", "", text.upper().translate(FOLD))[:20] or "X"
    if code not in taken:
        return code
    return next(f"{code}_{number}" for number in range(2, len(taken) + 3) if f"{code}_{number}" not in taken)


def _refuse_unusable(raw: Raw, labels: Mapping[str, Label]) -> None:
    """Codes and texts that table.yaml could not hold."""
    first = raw.first()
    faults = []
    for cell, label in labels.items():
        for check, part in ((coded, label.code), (single, label.text)):
            try:
                check(part)
            except ValidationError as error:
                faults += [Fault(raw.file, first[cell], raw.name, f"'{cell}' {what}") for what in error.messages]
    if faults:
        raise CatalogError(shortened(faults))


def _order(codes: list[str]) -> list[str]:
    """The order met, unless all are bare numbers: then 11 comes before 100, whatever the export did."""
    bare = all(code.isdecimal() and str(int(code)) == code for code in codes)
    return sorted(codes, key=int) if bare else codes


def holes(codes: Sequence[str]) -> list[str]:
    """Numbers left out of an otherwise unbroken run, if there are few."""
    bare = sorted(int(code) for code in codes if code.isdecimal() and str(int(code)) == code)
    if len(bare) < 5:
        return []
    missing = sorted(set(range(bare[0], bare[-1] + 1)) - set(bare))
    return [str(number) for number in missing] if len(missing) * 10 <= len(bare) else []


def _column(
    raw: Raw,
    code: str,
    labels: Mapping[str, Label],
    order: Sequence[str],
    *,
    form: Form,
    classification: str | None = None,
) -> Column:
    _refuse_unusable(raw, labels)
    by_code = {label.code: label for label in labels.values()}
    place = {found: number for number, found in enumerate(order)}
    places = {text: place[label.code] for text, label in labels.items()}
    rows = np.array([places[cell] for cell in raw.cells], dtype=np.int64)
    return Column(code, tuple(by_code[found] for found in order), rows, form, classification)

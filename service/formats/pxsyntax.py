"""How PX writes entries, texts that cannot hold a quote, names that must differ, stamps of periods (PX §1, §3)."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LINE: Final = 256  # most characters of a line
WIDE: Final = 200  # of a piece of a long text
SCALES: Final = {"H": "H1", "K": "Q1", "M": "M1", "U": "W1", "D": "D1"}


@dataclass(frozen=True, slots=True)
class Entry:
    """`values` as they stand in the file, texts in quotes; `tag` is the language where it is not the first."""

    keyword: str
    values: Sequence[str]
    subjects: Sequence[str] = ()
    tag: str = ""


def text(value: str) -> str:
    """PX has no escape for a quote, and a line break is a number sign (PX §1)."""
    composed = unicodedata.normalize("NFC", value)
    lines = composed.replace('"', "\N{RIGHT DOUBLE QUOTATION MARK}").replace("#", "nr.").splitlines()
    return "#".join(lines)


def string(*paragraphs: str) -> str:
    """A long text goes over several lines, cut between words, the space kept inside (PX §1)."""
    rest = "##".join(text(each) for each in paragraphs)
    pieces: list[str] = []
    while len(rest) > WIDE:
        cut = rest.rfind(" ", 1, WIDE) + 1 or WIDE
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return "\n".join(f'"{piece}"' for piece in (*pieces, rest))


def written(entry: Entry) -> str:
    """Lines ended by a line feed. A list breaks after a comma only; subjects stay on one line."""
    listed = ",".join(f'"{text(subject)}"' for subject in entry.subjects)
    tag = f"[{entry.tag}]" if entry.tag else ""
    lines = [f"{entry.keyword}{tag}{f'({listed})' if listed else ''}="]
    for place, value in enumerate(entry.values):
        piece = value + ("," if place < len(entry.values) - 1 else ";")
        if len(lines[-1]) + len(piece) > LINE and place:
            lines.append("")
        lines[-1] += piece
    return "\n".join(lines) + "\n"


def unique(texts: Sequence[str], codes: Sequence[str]) -> list[str]:
    """Texts are names in PX, so one that comes twice gets its code (PX §1)."""
    found = [text(each) for each in texts]
    while len(counted := Counter(found)) < len(found):
        found = [f"{each} ({code})" if counted[each] > 1 else each for each, code in zip(found, codes, strict=True)]
    return found


def stamps(codes: Sequence[str]) -> list[str]:
    """TLIST and a stamp a period; none where a period was calculated or they are of several kinds (PX §3)."""
    letters = {"".join(letter for letter in code if letter.isalpha()) for code in codes}
    if len(letters) != 1 or not all(code[:4].isdecimal() for code in codes):
        return []
    letter = letters.pop()
    if letter and letter not in {*SCALES, "MD"}:
        return []
    scale = "D1" if letter == "MD" else SCALES[letter] if letter else "A1"
    found = ["".join(digit for digit in code if digit.isdecimal()) for code in codes]
    if len({len(stamp) for stamp in found}) != 1 or (scale == "A1" and len(found[0]) != 4):
        return []
    return [f"TLIST({scale})", *(f'"{stamp}"' for stamp in found)]

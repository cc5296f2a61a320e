"""PX as DST v1 writes it: Windows-1252, CRLF, one language, one sign for all states (DST §8.4, PX §1-4)."""

from collections.abc import Iterator, Sequence
from math import prod

from service.formats import numbers
from service.formats.format import MILLION, Format, Options
from service.formats.head import Axis, decimals, documentation, notes, title, unit, updated, variables
from service.formats.signs import DST
from tables.model import EVERY, Answer, Lang, Note

END = "\r\n"
LINE = 256  # most characters of a line
WIDE = 200  # of a piece of a long text
SCALES = {"H": "H1", "K": "Q1", "M": "M1", "U": "W1", "D": "D1"}


def text(value: str) -> str:
    """PX has no escape for a quote, and a line break is a number sign (PX §1)."""
    lines = value.replace('"', "\N{RIGHT DOUBLE QUOTATION MARK}").replace("#", "nr.").splitlines()
    return "#".join(lines)


def string(value: str) -> str:
    """A long text goes over several lines, cut between words, the space kept inside (PX §1)."""
    rest = text(value)
    pieces: list[str] = []
    while len(rest) > WIDE:
        cut = rest.rfind(" ", 1, WIDE) + 1 or WIDE
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return END.join(f'"{piece}"' for piece in (*pieces, rest))


def entry(keyword: str, values: Sequence[str], *subjects: str) -> str:
    """A list breaks after a comma only; subjects stay on one line."""
    listed = ",".join(f'"{text(subject)}"' for subject in subjects)
    about = f"({listed})" if subjects else ""
    lines = [f"{keyword}{about}="]
    for place, value in enumerate(values):
        piece = value + ("," if place < len(values) - 1 else ";")
        if len(lines[-1]) + len(piece) > LINE and place:
            lines.append("")
        lines[-1] += piece
    return END.join(lines) + END


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    shown = variables(answer, lang)
    for line in _keywords(answer, shown, lang, options):
        yield line.encode("windows-1252", errors="replace")
    yield f"DATA={END}".encode()
    yield from _data(answer, shown, options)
    yield f";{END}".encode()


def _keywords(answer: Answer, shown: Sequence[Axis], lang: Lang, options: Options) -> Iterator[str]:
    table, query = answer.table, answer.query
    most = max(decimals(measure, query) for measure in query.measures)
    released = f'"{updated(answer, "px")}"'
    for keyword, value in (
        ("CHARSET", '"ANSI"'),
        ("AXIS-VERSION", '"2000"'),
        ("CODEPAGE", '"Windows-1252"'),
        ("LANGUAGE", f'"{lang}"'),
        ("CREATION-DATE", released),
        ("DECIMALS", str(most)),
        ("SHOWDECIMALS", str(most)),
        ("MATRIX", f'"{table.id}"'),
        ("TITLE", string(title(answer, lang))),
        ("CONTENTS", string(table.title[lang])),
    ):
        yield entry(keyword, [value])
    yield from _units(answer, shown, lang)
    yield from _layout(shown, options)
    yield from _lists(shown, options)
    yield entry("LAST-UPDATED", [released])
    yield entry("SOURCE", [string(table.source[lang])])
    if address := documentation(table, options.address, lang):
        yield entry("INFOFILE", [string(address)])
    yield from _notes(answer, shown, lang)


def _units(answer: Answer, shown: Sequence[Axis], lang: Lang) -> Iterator[str]:
    """With several measures each has its unit and, where it has fewer, its decimals (PX §2)."""
    query = answer.query
    contents = next((axis for axis in shown if axis.kind == "contents"), None)
    if contents is None:
        yield entry("UNITS", [string(unit(query.measures[0], query, lang))])
        return
    yield entry("CONTVARIABLE", [string(contents.text)])
    for line, measure in zip(contents.lines, query.measures, strict=True):
        yield entry("UNITS", [string(unit(measure, query, lang))], line.text)
    for line, measure in zip(contents.lines, query.measures, strict=True):
        yield entry("PRECISION", [str(decimals(measure, query))], contents.text, line.text)


def _layout(shown: Sequence[Axis], options: Options) -> Iterator[str]:
    across = [axis for axis in shown if axis.code in options.columns]
    down = [axis for axis in shown if axis not in across]
    for keyword, axes in (("STUB", down), ("HEADING", across)):
        if axes:
            yield entry(keyword, [string(axis.text) for axis in axes])


def _lists(shown: Sequence[Axis], options: Options) -> Iterator[str]:
    for axis in shown:
        yield entry("VALUES", [string(label) for label in labels(axis, options)], axis.text)
    for axis in shown:
        if axis.kind == "time" and (stamps := _stamps(axis)):
            yield entry("TIMEVAL", stamps, axis.text)
    for axis in shown:
        yield entry("CODES", [string(line.code) for line in axis.lines], axis.text)
    for axis in shown:
        yield entry("VARIABLECODE", [string(axis.code)], axis.text)


def labels(axis: Axis, options: Options) -> list[str]:
    """Texts are names in PX, so a text that comes twice gets its code (PX §1)."""
    texts = [line.shown(options.presentation) for line in axis.lines]
    return [
        f"{label} ({line.code})" if texts.count(label) > 1 else label
        for label, line in zip(texts, axis.lines, strict=True)
    ]


def _stamps(axis: Axis) -> list[str]:
    """TLIST and a stamp a period; none where a period was calculated or they are of several kinds (PX §3)."""
    codes = [line.code for line in axis.lines]
    letters = {"".join(letter for letter in code if letter.isalpha()) for code in codes}
    if len(letters) != 1 or not all(code[:4].isdecimal() for code in codes):
        return []
    letter = letters.pop()
    if letter and letter not in {*SCALES, "MD"}:
        return []
    scale = "D1" if letter == "MD" else SCALES[letter] if letter else "A1"
    stamps = ["".join(digit for digit in code if digit.isdecimal()) for code in codes]
    if len({len(stamp) for stamp in stamps}) != 1 or (scale == "A1" and len(stamps[0]) != 4):
        return []
    return [f"TLIST({scale})", *(f'"{stamp}"' for stamp in stamps)]


def _notes(answer: Answer, shown: Sequence[Axis], lang: Lang) -> Iterator[str]:
    """NOTE of the table or a variable, VALUENOTE, CELLNOTE; an X where it must be shown (PX §2, §5)."""
    names = {axis.code: axis for axis in shown}
    for note in notes(answer):
        mark = "X" if note.mandatory else ""
        value = [string(note.text[lang])]
        if not note.at:
            yield entry(f"NOTE{mark}", value)
        elif len(note.at) == 1:
            code, codes = next(iter(note.at.items()))
            if code in names and codes == EVERY:
                yield entry(f"NOTE{mark}", value, names[code].text)
            elif code in names:
                for line in names[code].lines:
                    if line.code in codes:
                        yield entry(f"VALUENOTE{mark}", value, names[code].text, line.text)
        else:
            for place in _cells(note, shown):
                yield entry(f"CELLNOTE{mark}", value, *place)


def _cells(note: Note, shown: Sequence[Axis]) -> Iterator[tuple[str, ...]]:
    """A part for every variable shown; one that was left out has no part."""
    places: list[tuple[str, ...]] = [()]
    for axis in shown:
        codes = note.at.get(axis.code, EVERY)
        parts = ["*"] if codes == EVERY else [line.text for line in axis.lines if line.code in codes]
        places = [(*place, part) for place in places for part in parts]
    yield from places


def _data(answer: Answer, shown: Sequence[Axis], options: Options) -> Iterator[bytes]:
    """A row a stub combination, cells parted by a space (PX §4)."""
    width = prod(len(axis.lines) for axis in shown if axis.code in options.columns)
    kept: list[str] = []
    for block in answer.blocks():
        digits = numbers.texts(block)
        for place in (~numbers.shown(block)).nonzero()[0].tolist():
            digits[place] = f'"{DST}"'
        kept += digits
        whole = len(kept) // width * width
        if whole:
            rows = (" ".join(kept[start : start + width]) for start in range(0, whole, width))
            yield "".join(f"{row}{END}" for row in rows).encode()
            kept = kept[whole:]


FORMAT = Format("px", "application/octet-stream; charset=ansi", "px", MILLION, write)

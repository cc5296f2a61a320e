"""PX in two dialects: as DST v1 writes it, for its clients, and PX 2013 in both languages (DST §8.4, PX §2-5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Final

from service.formats import numbers
from service.formats.around import around
from service.formats.described import adds_up
from service.formats.format import MILLION, Format, Options
from service.formats.head import (
    Axis,
    decimals,
    documentation,
    name,
    notes,
    title,
    unit,
    updated,
    variables,
)
from service.formats.pxdialects import FULL, SYMBOLS, V1, Dialect
from service.formats.pxsyntax import Entry, stamps, string, unique, written
from service.formats.signs import SIGNS
from tables.model import EVERY, SUM, Answer, Lang, Measure, Note, Status, Text

EXPLAINED: Final = Text("Tegn i tabellen", "Signs in the table")
KINDS: Final = {"geo": '"G"', "time": '"T"', "plain": '"V"', "contents": '"V"'}
SERIES: Final = {"stock": '"S"', "flow": '"F"', "average": '"A"'}
PRICES: Final = {"current": '"C"', "fixed": '"F"'}


@dataclass(frozen=True, slots=True)
class Said:
    """What the entries of one language call things: names of variables and of their values, by code."""

    lang: Lang
    tag: str
    names: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    head, tail = around(_around, answer, lang, options)
    yield head
    yield from _data(answer, variables(answer, lang), options, _dialect(options))
    yield tail


def _dialect(options: Options) -> Dialect:
    return V1 if options.dialect == "dst" else FULL


def _around(answer: Answer, lang: Lang, options: Options) -> tuple[bytes, bytes]:
    dialect = _dialect(options)
    entries = [each for each in _entries(answer, lang, options, dialect) if each.keyword in dialect.keywords]
    ordered = sorted(entries, key=lambda each: dialect.keywords.index(each.keyword))
    head = "".join([*(written(entry) for entry in ordered), "DATA=\n"]).replace("\n", dialect.end)
    return head.encode(dialect.codepage, errors="replace"), f";{dialect.end}".encode()


def _entries(answer: Answer, lang: Lang, options: Options, dialect: Dialect) -> Iterator[Entry]:
    """In any order; those of one keyword and several languages stand with the first language first."""
    langs: tuple[Lang, ...] = (lang, "en" if lang == "da" else "da") if dialect.languages else (lang,)
    yield from _once(answer, lang, langs, dialect)
    said = [_said(answer, each, options, tag="" if each == lang else each) for each in langs]
    for place, axis in enumerate(variables(answer, lang)):
        for words in said:
            own = variables(answer, words.lang)[place]
            yield from _axis(answer, replace(axis, text=own.text, lines=own.lines), words, dialect)
    for words in said:
        yield from _said_once(answer, words, options)
        yield from _measures(answer, words)
        yield from _notes(answer, words, dialect)


def _said(answer: Answer, lang: Lang, options: Options, *, tag: str) -> Said:
    shown = variables(answer, lang)
    codes = [axis.code for axis in shown]
    labels = {axis.code: _labels(axis, options) for axis in shown}
    return Said(lang, tag, dict(zip(codes, unique([axis.text for axis in shown], codes), strict=True)), labels)


def _labels(axis: Axis, options: Options) -> dict[str, str]:
    codes = [line.code for line in axis.lines]
    return dict(zip(codes, unique([line.shown(options.presentation) for line in axis.lines], codes), strict=True))


def _once(answer: Answer, lang: Lang, langs: Sequence[Lang], dialect: Dialect) -> Iterator[Entry]:
    """What is said in no language."""
    table, query = answer.table, answer.query
    places = [decimals(measure, query) for measure in query.measures]
    released = f'"{updated(answer, "px")}"'
    for keyword, value in (
        ("CHARSET", '"ANSI"'),
        ("AXIS-VERSION", f'"{dialect.version}"'),
        ("CODEPAGE", f'"{dialect.codepage}"'),
        ("LANGUAGE", f'"{lang}"'),
        ("CREATION-DATE", released),
        ("DECIMALS", str(max(places))),
        ("SHOWDECIMALS", str(min(places))),
        ("MATRIX", f'"{table.id}"'),
        ("AGGREGALLOWED", "YES" if adds_up(answer) else "NO"),
        ("LAST-UPDATED", released),
        *((f"DATASYMBOL{number}", f'"{SIGNS[status].mark}"') for number, status in SYMBOLS),
        ("DATASYMBOLNIL", '"-"'),
    ):
        yield Entry(keyword, [value])
    yield Entry("LANGUAGES", [f'"{each}"' for each in langs])


def _said_once(answer: Answer, said: Said, options: Options) -> Iterator[Entry]:
    table, lang = answer.table, said.lang
    told = {"TITLE": title(answer, lang), "CONTENTS": table.title[lang], "SOURCE": table.source[lang]}
    for keyword, value in told.items():
        yield Entry(keyword, [string(value)], tag=said.tag)
    across = [axis.code for axis in variables(answer, lang) if axis.code in options.columns]
    down = [code for code in said.names if code not in across]
    for keyword, codes in (("STUB", down), ("HEADING", across)):
        if codes:
            yield Entry(keyword, [string(said.names[code]) for code in codes], tag=said.tag)
    if options.subject is not None:
        code, texts = options.subject
        yield Entry("SUBJECT-AREA", [string(texts[lang])], tag=said.tag)
        if not said.tag:
            yield Entry("SUBJECT-CODE", [string(code)])
    if address := documentation(table, options.address, lang):
        yield Entry("INFOFILE", [string(address)], tag=said.tag)
    if table.contacts:
        lines = [f"{each.name[lang]}, {each.phone}, {each.email}" for each in table.contacts]
        yield Entry("CONTACT", [string(*lines)], tag=said.tag)


def _axis(answer: Answer, axis: Axis, said: Said, dialect: Dialect) -> Iterator[Entry]:
    """A variable and its values, and what readers may do with them."""
    about, labels = (said.names[axis.code],), said.labels[axis.code]
    yield Entry("VARIABLECODE", [string(name(axis, dialect.ascii))], about, said.tag)
    yield Entry("VALUES", [string(labels[line.code]) for line in axis.lines], about, said.tag)
    if axis.kind == "time" and (found := stamps([line.code for line in axis.lines])):
        yield Entry("TIMEVAL", found, about, said.tag)
    yield Entry("CODES", [string(line.code) for line in axis.lines], about, said.tag)
    yield Entry("VARIABLE-TYPE", [KINDS[axis.kind]], about, said.tag)
    if axis.kind == "contents":
        yield Entry("CONTVARIABLE", [string(about[0])], tag=said.tag)
        return
    dimension = answer.table.dimension(axis.code)
    if axis.kind == "geo" and dimension.map:
        yield Entry("MAP", [string(dimension.map)], about, said.tag)
    if dimension.elimination == SUM and all(rule.method == "none" for rule in answer.table.disclosure):
        yield Entry("ELIMINATION", ["YES"], about, said.tag)
    elif total := labels.get(dimension.elimination or ""):
        yield Entry("ELIMINATION", [string(total)], about, said.tag)


def _measures(answer: Answer, said: Said) -> Iterator[Entry]:
    """With several measures each has its facts under its text, and where it has more of them, its decimals (PX §2)."""
    query, lang, tag = answer.query, said.lang, said.tag
    several = len(query.measures) > 1
    fewest = min(decimals(measure, query) for measure in query.measures)
    contents = next((axis for axis in variables(answer, lang) if axis.kind == "contents"), None)
    for measure in query.measures:
        about = (said.labels[contents.code][measure.code],) if contents and several else ()
        yield Entry("UNITS", [string(unit(measure, query, lang))], about, tag)
        for keyword, value in _facts(measure, lang):
            yield Entry(keyword, [value], about, tag)
        if contents and (places := decimals(measure, query)) > fewest:
            yield Entry("PRECISION", [str(places)], (said.names[contents.code], *about), tag)


def _facts(measure: Measure, lang: Lang) -> Iterator[tuple[str, str]]:
    if measure.series:
        yield "STOCKFA", SERIES[measure.series]
    if measure.prices:
        yield "CFPRICES", PRICES[measure.prices]
    if measure.reference:
        yield "REFPERIOD", string(measure.reference[lang])
    if measure.base:
        yield "BASEPERIOD", string(measure.base)


def _notes(answer: Answer, said: Said, dialect: Dialect) -> Iterator[Entry]:
    """One entry a place, its notes as paragraphs; an X where they must be shown (PX §1, §5)."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for note in notes(answer):
        mark = "X" if note.mandatory else ""
        for keyword, place in _places(note, said):
            found.setdefault((f"{keyword}{mark}", place), []).append(note.text[said.lang])
    if dialect.languages:
        signs = "; ".join(f"{SIGNS[status].mark} {SIGNS[status].text[said.lang]}" for _, status in SYMBOLS)
        found.setdefault(("NOTEX", ()), []).append(f"{EXPLAINED[said.lang]}: {signs}.")
    for (keyword, place), texts in found.items():
        yield Entry(keyword, [string(*texts)], place, said.tag)


def _places(note: Note, said: Said) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A part for every variable shown; one that was left out has no part, and a note on it alone is the table's."""
    at = {code: codes for code, codes in note.at.items() if code in said.names}
    if not at:
        yield "NOTE", ()
    elif len(at) > 1:
        for place in _cells(at, said):
            yield "CELLNOTE", place
    else:
        ((code, codes),) = at.items()
        if codes == EVERY:
            yield "NOTE", (said.names[code],)
            return
        for value, label in said.labels[code].items():
            if value in codes:
                yield "VALUENOTE", (said.names[code], label)


def _cells(at: Mapping[str, tuple[str, ...]], said: Said) -> list[tuple[str, ...]]:
    places: list[tuple[str, ...]] = [()]
    for code, labels in said.labels.items():
        codes = at.get(code, EVERY)
        parts = ["*"] if codes == EVERY else [label for value, label in labels.items() if value in codes]
        places = [(*place, part) for place in places for part in parts]
    return places


def _data(answer: Answer, shown: Sequence[Axis], options: Options, dialect: Dialect) -> Iterator[bytes]:
    """A row a stub combination, cells parted by a space (PX §4)."""
    width = prod(len(axis.lines) for axis in shown if axis.code in options.columns)
    end = dialect.row_end + dialect.end
    kept: list[str] = []
    for block in answer.blocks():
        digits = numbers.texts(block)
        for place in (~numbers.shown(block)).nonzero()[0].tolist():
            digits[place] = dialect.signs[Status(block.status[place])]
        kept += digits
        whole = len(kept) // width * width
        if whole:
            rows = (" ".join(kept[start : start + width]) for start in range(0, whole, width))
            yield "".join(f"{row}{end}" for row in rows).encode()
            kept = kept[whole:]


FORMAT = Format("px", "application/octet-stream; charset=utf-8", "px", MILLION, write)

"""JSONSTAT of DST v1: the JSON-stat 1.x bundle, members in the recorded order (DST §8.3)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from service.formats import numbers
from service.formats.around import around
from service.formats.format import MILLION, Format, Options
from service.formats.head import (
    FEW,
    MANY,
    Axis,
    Line,
    Presentation,
    axes,
    decimals,
    documentation,
    listed,
    notes,
    unit,
    updated,
)
from service.formats.same import Same
from service.formats.signs import DST
from tables.model import EVERY, Answer, Lang

INDHOLD = "Indhold"  # DST §8.3: in both languages


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def dumped(value: object) -> str:
    """Minified, with Danish letters as they are (DST §1)."""
    return _ENCODER.encode(value)


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    head, tail = around(_around, answer, lang, options)
    yield head
    missing: list[int] = []
    start = 0
    for block in answer.blocks():
        digits = numbers.texts(block)
        if not (there := numbers.shown(block)).all():
            for place in (~there).nonzero()[0].tolist():
                digits[place] = "null"
                missing.append(start + place)
        yield ((",", "")[not start] + ",".join(digits)).encode()
        start += len(digits)
    status = f',"status":{dumped({str(place): DST for place in missing})}' if missing else ""
    yield f"]{status}".encode() + tail


def _around(answer: Answer, lang: Lang, options: Options) -> tuple[bytes, bytes]:
    shown = axes(answer, lang)
    table = answer.table
    texts = [INDHOLD if axis.kind == "contents" else axis.text for axis in shown]
    about = {
        "label": listed(table.title[lang], texts, lang),
        "source": table.source[lang],
        "updated": updated(answer),
    }
    dimension = _dimension(answer, shown, lang, options)
    head = f'{{"dataset":{{"dimension":{dimension},{dumped(about)[1:-1]},"value":['
    return head.encode(), f',"extension":{dumped(_extension(answer, lang, options))}}}}}'.encode()


def _dimension(answer: Answer, shown: Sequence[Axis], lang: Lang, options: Options) -> str:
    axes = "".join(f"{dumped(axis.code)}:{_described(answer, axis, lang, options)}," for axis in shown)
    kinds = (("geo", "geo"), ("metric", "contents"), ("time", "time"))
    role = {name: [axis.code for axis in shown if axis.kind == kind] for name, kind in kinds}
    together = {
        "id": [axis.code for axis in shown],
        "size": [len(axis.lines) for axis in shown],
        "role": {name: codes for name, codes in role.items() if codes},
    }
    return f"{{{axes}{dumped(together)[1:]}"


def _described(answer: Answer, axis: Axis, lang: Lang, options: Options) -> str:
    if axis.kind == "contents":
        return dumped(_contents(answer, axis, lang, options))
    written = _kept if FEW < len(axis.lines) <= MANY else _category
    return f'{{"label":{dumped(axis.text)},"category":{written(Same(axis.lines), options.presentation)}}}'


def _category(lines: Same[tuple[Line, ...]], presentation: Presentation) -> str:
    index = {line.code: place for place, line in enumerate(lines.thing)}
    label = {line.code: line.shown(presentation) for line in lines.thing}
    return dumped({"index": index, "label": label})


_kept = lru_cache(maxsize=512)(_category)


def _contents(answer: Answer, axis: Axis, lang: Lang, options: Options) -> dict[str, object]:
    """DST §8.3: a lone measure carries the id and the title of the table; several carry their own."""
    query = answer.query
    names = {line.code: line.text for line in axis.lines}
    if len(query.measures) == 1:
        names = {answer.table.id: answer.table.title[lang]}
    units = {
        code: {"base": options.name or unit(measure, query, lang), "decimals": decimals(measure, query)}
        for code, measure in zip(names, query.measures, strict=True)
    }
    index = {code: place for place, code in enumerate(names)}
    return {"label": INDHOLD, "category": {"index": index, "label": names, "unit": units}}


def _extension(answer: Answer, lang: Lang, options: Options) -> dict[str, object]:
    address = documentation(answer.table, options.address, lang)
    px: dict[str, object] = {"infofile": address} if address else {}
    px["tableid"] = answer.table.id
    px["decimals"] = max(decimals(measure, answer.query) for measure in answer.query.measures)
    extension: dict[str, object] = {"px": px}
    if hung := [
        {"where": _where(note.at), "text": note.text[lang], "mandatory": note.mandatory}
        for note in notes(answer)
        if any(codes != EVERY for codes in note.at.values())  # what is said of the whole table is in tableinfo
    ]:
        extension["notes"] = hung
    return extension


def _where(at: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    return {code: codes[0] if len(codes) == 1 else list(codes) for code, codes in at.items()}


FORMAT = Format("jsonstat", "text/json; charset=utf-8", "json", MILLION, write)

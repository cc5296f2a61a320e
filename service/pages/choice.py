"""The selection form of a table: every variable with its values, what is chosen, and what choosing nothing means."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import request
from werkzeug.datastructures import MultiDict

from service import http
from service.keys import LAID, LISTED, foreign, named, split_codes, written
from service.pages.phrases import PHRASES
from service.pages.room import phrase
from tables.bank import codes, split
from tables.errors import InvalidQuery
from tables.model import CONTENTS, SUM, Dimension, Lang, Query, Table, Value

SHORT: Final = 15  # values that stand as boxes to tick; more are a list
LATEST: Final = (1, 5, 10)
DEEPEST: Final = 4
BOUND: Final = re.compile(r"(from|to)\((.*)\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    text: str
    depth: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Preset:
    """A value of the key that stands for several."""

    value: str
    text: str
    size: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A variable as the form shows it; `empty` says what nothing chosen means, `sent` is what the address has."""

    code: str
    text: str
    options: tuple[Option, ...]
    presets: tuple[Preset, ...]
    chosen: int
    empty: str
    time: bool
    since: str = ""
    until: str = ""

    @property
    def long(self) -> bool:
        return len(self.options) > SHORT

    @property
    def own(self) -> bool:
        """No preset is chosen, so the values themselves are."""
        return not any(preset.chosen for preset in self.presets)

    @property
    def told(self) -> str:
        """The first chosen values, for the line that opens the list."""
        picked = [option.text for option in self.options if option.chosen]
        return ", ".join(picked[:3]) + (" …" if len(picked) > 3 else "")


def fields(table: Table, chosen: Mapping[str, Sequence[str]], sent: Mapping[str, str], lang: Lang) -> Iterator[Field]:
    """`chosen`: codes by variable; `sent`: how the address said it."""
    for dimension in table.dimensions:
        if dimension.time:
            if len(table.measures) > 1:
                yield _field(contents(table), chosen, sent, lang)
            yield _time(dimension, chosen.get(dimension.code, ()), sent.get(dimension.code, ""), lang)
        else:
            yield _field(dimension, chosen, sent, lang)


def contents(table: Table) -> Dimension:
    """The measures as a variable; leaving it out means all of them."""
    values = tuple(Value(measure.code, measure.text) for measure in table.measures)
    return Dimension(CONTENTS, PHRASES["contents"], values, elimination=CONTENTS)


def of(query: Query) -> dict[str, tuple[str, ...]]:
    """The codes chosen in a question."""
    found = {code: tuple(pick.code for pick in picks) for code, picks in query.picks.items()}
    return {**found, CONTENTS: tuple(measure.code for measure in query.measures)}


def readable(table: Table, sent: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """What can be read of a selection that cannot be answered, so that the form keeps it."""
    found: dict[str, tuple[str, ...]] = {}
    for key, text in sent.items():
        if key.casefold() in LAID or key.casefold() == http.AS_OF_KEY:
            continue
        try:
            code = named(table, key)
        except InvalidQuery:
            continue
        good: list[str] = []
        for each in split(text):
            try:
                good += codes(table, code, (each,))
            except InvalidQuery:
                continue
        found[code] = tuple(dict.fromkeys(good))
    return found


def _field(dimension: Dimension, chosen: Mapping[str, Sequence[str]], sent: Mapping[str, str], lang: Lang) -> Field:
    picked = frozenset(chosen.get(dimension.code, ()))
    every = sent.get(dimension.code, "").strip() == "*"
    size = len(dimension.values)
    return Field(
        code=dimension.code,
        text=dimension.text[lang],
        options=tuple(_options(dimension, frozenset() if every else picked, lang)),
        presets=(Preset("*", phrase("all_of", lang, n=size), size, every),),
        chosen=len(picked),
        empty=_empty(dimension, lang),
        time=False,
    )


def _time(dimension: Dimension, picked: Sequence[str], sent: str, lang: Lang) -> Field:
    size = len(dimension.values)
    latest = [count for count in LATEST if count < size]
    asked = sent.strip().casefold() or ("top(1)" if len(picked) == 1 else "")
    presets = [
        Preset(
            f"top({count})",
            phrase("latest_one" if count == 1 else "latest", lang, n=count),
            count,
            asked == f"top({count})",
        )
        for count in latest
    ]
    presets.append(Preset("*", phrase("all_of", lang, n=size), size, asked == "*"))
    listed = not any(preset.chosen for preset in presets)
    return Field(
        code=dimension.code,
        text=dimension.text[lang],
        options=tuple(_options(dimension, frozenset(picked) if listed else frozenset(), lang, newest_first=True)),
        presets=tuple(presets),
        chosen=len(picked),
        empty=phrase("empty_time", lang),
        time=True,
    )


def _options(
    dimension: Dimension, picked: frozenset[str], lang: Lang, *, newest_first: bool = False
) -> Iterator[Option]:
    values = reversed(dimension.values) if newest_first else dimension.values
    for value in values:
        yield Option(value.code, value.text[lang], depth(dimension, value), value.code in picked)


def depth(dimension: Dimension, value: Value, among: frozenset[str] | None = None) -> int:
    """How many of its ancestors are in the dimension, or among some of its codes."""
    found, parent = 0, value.parent
    seen = {value.code}
    while parent is not None and parent in dimension.index and parent not in seen:
        seen.add(parent)
        found += among is None or parent in among
        parent = dimension.values[dimension.index[parent]].parent
    return min(found, DEEPEST)


def _empty(dimension: Dimension, lang: Lang) -> str:
    total = dimension.elimination
    if total is None:
        return phrase("empty_must", lang)
    if total in dimension.index:
        return phrase("empty_total", lang, total=dimension.values[dimension.index[total]].text[lang])
    return phrase("empty_sum" if total == SUM else "empty_all", lang)


def mended(table: Table) -> str | None:
    """The compact address of what a form sent, or None where the address is as it should be (ux §3)."""
    args: MultiDict[str, str] = request.args
    repeated = any(len(args.getlist(key)) > 1 for key in args)
    if not (repeated or any(foreign(key) or not value.strip() for key, value in args.items(multi=True))):
        return None
    found: dict[str, str] = {}
    for key in args:
        texts = [text for value in args.getlist(key) for text in [value.strip()] if text]
        if foreign(key) or not texts:
            continue
        folded = key.casefold()
        if folded in ("rows", "columns"):
            found[folded] = ",".join(dict.fromkeys(part for text in texts for part in split_codes(text)))
        elif folded in LAID or folded == http.AS_OF_KEY or LISTED.fullmatch(key):
            found[key if LISTED.fullmatch(key) else folded] = texts[-1]
        else:
            found[key] = _compact(table, key, texts)
    if "calc" not in found:
        found.pop("base", None)
    last = (*LAID, http.AS_OF_KEY)
    return written(dict(sorted(found.items(), key=lambda item: last.index(item[0]) if item[0] in last else -1)))


def _compact(table: Table, key: str, texts: Sequence[str]) -> str:
    """`*` for all, a lone expression as it is, from … to … before single values, else the codes in table order."""
    if len(texts) == 1:
        return texts[0]
    if "*" in texts:
        return "*"
    bounds = {match[1].lower(): match[2] for text in texts if (match := BOUND.fullmatch(text))}
    if len(bounds) == 2:
        return f"range({bounds['from']},{bounds['to']})"
    if bounds:
        return next(text for text in texts if BOUND.fullmatch(text))
    parts = [part for text in texts for part in split(text)]
    try:
        code = named(table, key)
        chosen = codes(table, code, parts)
    except InvalidQuery:
        return ",".join(parts)  # told about when it is asked
    dimension = contents(table) if code == CONTENTS else table.dimension(code)
    if len(chosen) == len(dimension.values):
        return "*"
    return ",".join(f"[{each}]" if "," in each else each for each in chosen)

"""The text of a draft table.yaml. What only the office can decide is written `undecided`, which `check` refuses."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tables import periods
from tables.catalog.classification import Classification
from tables.imports.nouns import Figures, Finding, How
from tables.imports.totals import Dimension
from tables.model import Text

UNDECIDED: Final = "undecided"
PLAIN: Final = re.compile(r"[A-Za-zÆØÅæøå][A-Za-zÆØÅæøå0-9_]*")
RESERVED: Final = frozenset({"true", "false", "yes", "no", "null", "on", "off"})


def describe(table: str, dimensions: Sequence[Dimension], figures: Figures, how: How) -> str:
    """Every guess in it is in the report; nothing in it lets figures be released unseen."""
    lines = [
        f"id: {table}",
        "status: active",
        f"subject: {UNDECIDED}          # an id in site/subjects.yaml",
        f"title: {{da: {_quoted(table)}, en: {_quoted(table)}}}",
        f"source: {{da: {_quoted(f'Danmarks Statistik, {table}')}, en: {_quoted(f'Statistics Denmark, {table}')}}}",
        "",
        "dimensions:",
    ]
    for one in dimensions:
        lines += _time(one) if one.column.time else _dimension(one, how.classifications)
    lines += ["", "measures:", *_measure(figures, dimensions), "", "disclosure:", f"  - {_rule(how.public)}", ""]
    return "\n".join(lines)


def undecided(how: How) -> Iterator[Finding]:
    """What the office must fill in before `check` lets the draft pass."""
    yield Finding("subject", Text("skal vælges", "must be chosen"))
    yield Finding("title", Text("skal skrives på begge sprog", "must be written in both languages"))
    if how.public is None:
        yield Finding(
            "disclosure",
            Text(
                "skal vælges: en regel, eller method none med en begrundelse",
                "must be chosen: a rule, or method none with a reason",
            ),
        )


def _quoted(text: str) -> str:
    """YAML text that stays what it is: JSON strings are YAML."""
    return text if PLAIN.fullmatch(text) and text.casefold() not in RESERVED else json.dumps(text, ensure_ascii=False)


def _time(one: Dimension) -> Iterator[str]:
    yield f"  - code: {_quoted(one.column.code)}"
    yield "    text: {da: tid, en: time}"
    yield f"    time: {_span([label.code for label in one.column.labels])}"


def _span(codes: Sequence[str]) -> str:
    """Runs of consecutive periods as first-last, the others one by one."""
    runs: list[list[str]] = []
    for code in codes:
        if runs and periods.before(code) == runs[-1][-1]:
            runs[-1].append(code)
        else:
            runs.append([code])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _dimension(one: Dimension, classifications: Mapping[str, Classification]) -> Iterator[str]:
    name = _quoted(one.column.code.lower())
    yield f"  - code: {_quoted(one.column.code)}"
    yield f"    text: {{da: {name}, en: {name}}}"
    used = classifications.get(one.column.classification or "")
    if used is not None:
        yield f"    classification: {_quoted(used.id)}"
        yield from _part(one, used)
    else:
        yield "    values: |"
        yield from (f"      {row}" for row in _block(one))
    if one.total is not None:
        yield f"    elimination: {json.dumps(one.total, ensure_ascii=False)}"
        if not one.adds and len(one.column.labels) > 1:
            yield '    nests: "no"          # the values do not make up the total'


def _part(one: Dimension, used: Classification) -> Iterator[str]:
    """Whole levels if the column holds them exactly, beside its total; else its codes one by one."""
    codes = {label.code for label in one.column.labels}
    if codes == set(used.codes()):
        return
    beside = {level.code: set(used.codes(level.code)) - {one.total} for level in used.levels}
    levels = [level for level, values in beside.items() if values and values <= codes]
    if levels and codes - {one.total} == set(used.codes(*levels)) - {one.total}:
        yield f"    levels: [{', '.join(levels)}]"
        return
    listed = ", ".join(json.dumps(label.code, ensure_ascii=False) for label in one.column.labels)
    yield f"    only: [{listed}]"


def _block(one: Dimension) -> list[str]:
    """The value table, its cells under each other. A text cannot hold the sign that parts them."""
    rows = [("code", "da", "en")]
    for label in one.column.labels:
        text = re.sub(r"\s*[;\r\n]+\s*", ", ", label.text)
        rows.append((label.code, text, text))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [" ; ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _measure(figures: Figures, dimensions: Sequence[Dimension]) -> Iterator[str]:
    adds = ", ".join(_quoted(one.column.code) for one in dimensions if one.adds)
    unit = "{da: Antal, en: Number}" if figures.decimals == 0 else "{da: Uoplyst enhed, en: Unit not stated}"
    name = _quoted(figures.name)
    yield f"  - code: {name}"
    yield f"    text: {{da: {name}, en: {name}}}"
    yield f"    unit: {unit}"
    yield "    kind: additive"
    yield f"    additive_over: [{adds}]          # only where the figures prove it"
    yield f"    decimals: {figures.decimals}"
    yield "    minimum: 0"
    yield "    missing: unknown"


def _rule(public: str | None) -> str:
    if public is None:
        return f"{{method: {UNDECIDED}}}          # a rule, or {{method: none, reason: …}} if nothing needs hiding"
    return f"{{method: none, reason: {json.dumps(public, ensure_ascii=False)}}}"

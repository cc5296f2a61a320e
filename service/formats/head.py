"""What every writer says about an answer: axes with codes and texts, titles, units and the notes that concern it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from service.formats.same import Same
from tables.model import CONTENTS, EVERY, Answer, Lang, Measure, Note, Pick, Query, Table, Text

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
INDHOLD = Text("Indhold", "Contents")
SHARE = {100: Text("Procent", "Percent"), 1000: Text("Promille", "Per Mille")}  # DST §7.4
INDEX = Text("Indeks", "Index")
POINTS = Text("Procentpoint", "Percentage points")
SINCE = {
    "previous": Text("perioden før", "the period before"),
    "year": Text("samme periode året før", "the same period a year before"),
}
FEW, MANY = 16, 500  # lines of an axis that are worth keeping
Presentation = Literal["text", "code", "code_text", "text_code"]


@dataclass(frozen=True, slots=True)
class Line:
    """One value on an axis."""

    code: str
    text: str

    def shown(self, presentation: Presentation) -> str:
        """DST §8.1: code and text stand side by side even when they are equal."""
        if presentation == "text":
            return self.text
        if presentation == "code":
            return self.code
        return f"{self.code} {self.text}" if presentation == "code_text" else f"{self.text} {self.code}"


@dataclass(frozen=True, slots=True)
class Axis:
    code: str
    text: str
    lines: tuple[Line, ...]
    kind: Literal["plain", "time", "geo", "contents"] = "plain"


FOLDS = str.maketrans({"Æ": "AE", "Ø": "O", "Å": "A", "æ": "ae", "ø": "o", "å": "a"})


def name(axis: Axis, ascii_only: bool) -> str:
    """The id of a variable; PxWebApi's clients want it in ASCII (PxWebApi §1)."""
    return axis.code.translate(FOLDS) if ascii_only else axis.code


def geography(table: Table) -> str | None:
    """The one dimension that is drawn as a map; DST §6: at most one a table."""
    return next((dimension.code for dimension in table.dimensions if dimension.map), None)


def axes(answer: Answer, lang: Lang) -> tuple[Axis, ...]:
    """The axes of the answer in its order, the measures among them even when there is only one."""
    query = answer.query
    table = query.release.table
    drawn = geography(table)
    return tuple(_axis(query, table, code, lang, drawn) for code in query.axes)


def _axis(query: Query, table: Table, code: str, lang: Lang, drawn: str | None) -> Axis:
    if code == CONTENTS:
        lines = tuple(Line(measure.code, measure.text[lang]) for measure in query.measures)
        return Axis(CONTENTS, INDHOLD[lang], lines, "contents")
    dimension = table.dimension(code)
    picks = query.picks[code]
    lines = _kept(Same(picks), lang) if FEW < len(picks) <= MANY else _lines(picks, lang)
    if dimension.time:
        return Axis(code, dimension.text[lang], lines, "time")
    return Axis(code, dimension.text[lang], lines, "geo" if code == drawn else "plain")


def _lines(picks: tuple[Pick, ...], lang: Lang) -> tuple[Line, ...]:
    return tuple(Line(pick.code, pick.text[lang]) for pick in picks)


@lru_cache(maxsize=512)
def _kept(picks: Same[tuple[Pick, ...]], lang: Lang) -> tuple[Line, ...]:
    """All values of a dimension are the same picks in every question."""
    return _lines(picks.thing, lang)


def variables(answer: Answer, lang: Lang) -> tuple[Axis, ...]:
    """The axes a reader sees: a lone measure is in the title, not among the variables."""
    several = len(answer.query.measures) > 1
    return tuple(axis for axis in axes(answer, lang) if several or axis.kind != "contents")


def listed(title: str, texts: list[str], lang: Lang) -> str:
    """«Title efter a, b og c», the way every title of a table is made."""
    if not texts:
        return title
    by, last = (" efter ", " og ") if lang == "da" else (" by ", " and ")
    return title + by + (", ".join(texts[:-1]) + last + texts[-1] if len(texts) > 1 else texts[0])


def title(answer: Answer, lang: Lang) -> str:
    """The title with the variables that are shown."""
    return listed(answer.table.title[lang], [axis.text for axis in variables(answer, lang)], lang)


def unit(measure: Measure, query: Query, lang: Lang) -> str:
    """The unit of the shown numbers: of a share it is per cent or per mille."""
    derive = query.derive
    if derive is not None and derive.kind == "change" and measure.kind == "ratio":
        return POINTS[lang]
    if derive is None or derive.kind == "change":
        return measure.unit[lang]
    return INDEX[lang] if derive.kind == "index" else SHARE.get(derive.factor, SHARE[100])[lang]


def calculated(query: Query, lang: Lang) -> str:
    """What was reckoned, for captions and column names; empty where the numbers stand as they are."""
    derive = query.derive
    if derive is None:
        return ""
    dimension = query.release.table.dimension(derive.dimension)
    place = dimension.index.get(derive.base or "")
    base = dimension.values[place].text[lang] if place is not None else derive.base or ""
    if derive.kind == "share":
        whole = base or {"da": "summen", "en": "the sum"}[lang]
        return {"da": f"Andel af {whole}", "en": f"Share of {whole}"}[lang]
    if derive.kind == "index":
        return {"da": f"Indeks, {base} = {derive.factor}", "en": f"Index, {base} = {derive.factor}"}[lang]
    since = SINCE.get(base, Text(base, base))[lang]
    if derive.kind == "pct":
        return {"da": f"Ændring i procent siden {since}", "en": f"Per cent change since {since}"}[lang]
    return {"da": f"Ændring siden {since}", "en": f"Change since {since}"}[lang]


def units(answer: Answer, lang: Lang) -> str:
    """The common unit, or `-` where measures differ."""
    found = {unit(measure, answer.query, lang) for measure in answer.query.measures}
    return found.pop() if len(found) == 1 else "-"


def told_units(answer: Answer, lang: Lang) -> str:
    """As a reader wants them: each once, in the order of the measures."""
    return ", ".join(dict.fromkeys(unit(measure, answer.query, lang) for measure in answer.query.measures))


def decimals(measure: Measure, query: Query) -> int:
    """Of the numbers as they are shown; a difference has those of its measure."""
    derive = query.derive
    return measure.decimals if derive is None or derive.kind == "change" else derive.decimals


def updated(answer: Answer, style: Literal["utc", "px", "date"] = "utc") -> str:
    instant = answer.query.release.updated
    if style == "utc":
        return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    local: datetime = instant.astimezone(COPENHAGEN)
    return local.strftime("%Y%m%d %H:%M" if style == "px" else "%Y-%m-%d")


def documentation(table: Table, base: str, lang: Lang) -> str | None:
    """The address of our own page about the statistic."""
    if table.documentation is None:
        return None
    return f"{base}/{'da/dokumentation' if lang == 'da' else 'en/documentation'}/{table.documentation}"


def notes(answer: Answer) -> Iterator[Note]:
    """The notes that concern at least one cell of the answer, in the order of the table."""
    if not answer.table.notes:
        return
    query = answer.query
    used = {code: {part for pick in picks for part in pick.parts} for code, picks in query.picks.items()}
    used |= {code: {at} for code, at in query.eliminated.items()}
    used[CONTENTS] = {measure.code for measure in query.measures}
    for note in answer.table.notes:
        if all(
            (code in query.axes if places == EVERY else not used.get(code, set()).isdisjoint(places))
            for code, places in note.at.items()
        ):
            yield note

"""The sentences of a question that cannot be answered, each with the cure and what lies nearest."""

from collections.abc import Iterable
from typing import Final

from rapidfuzz import fuzz, process

from tables.errors import InvalidQuery, NotAdditive
from tables.model import Dimension, Measure, Text
from tables.selection.sheet import Lines, Sheet

_COMPARED: Final = 100  # letters of what was sent that are compared
_SHOWN: Final = 200  # letters of what was sent that are repeated


def shown(text: str) -> str:
    """What was sent, fit to be repeated: short and without letters that cannot be written."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def unknown_variable(sheet: Sheet, sent: str) -> InvalidQuery:
    names = [(code, lines.dimension.text) for code, lines in sheet.lines.items()]
    close = near(sent, names)
    listed = ", ".join(sheet.lines)
    return InvalidQuery(
        f"Tabellen har ingen variabel {shown(sent)}.{_da(close)} Den har {listed}.",
        f"The table has no variable {shown(sent)}.{_en(close)} It has {listed}.",
        reason="variable",
        dimension=shown(sent),
        near=close,
    )


def missing(dimension: Dimension) -> InvalidQuery:
    return InvalidQuery(
        f"Vælg værdier for {dimension.code}: variablen har ingen total, der kan stå i stedet.",
        f"Choose values of {dimension.code}: the variable has no total to stand in for them.",
        reason="missing",
        dimension=dimension.code,
    )


def unknown_value(lines: Lines, sent: str) -> InvalidQuery:
    """Also for an expression that matches nothing: a silent nothing would read as a total."""
    close = near(sent, [(value.code, value.text) for value in lines.dimension.values])
    return InvalidQuery(
        f"{lines.code} har ingen værdi {shown(sent)}.{_da(close)}",
        f"{lines.code} has no value {shown(sent)}.{_en(close)}",
        reason="value",
        dimension=lines.code,
        value=shown(sent),
        near=close,
    )


def wrong_expression(code: str, sent: str, da: str, en: str) -> InvalidQuery:
    return InvalidQuery(
        f"{code}: {shown(sent)} kan ikke læses: {da}.",
        f"{code}: {shown(sent)} cannot be read: {en}.",
        reason="expression",
        dimension=code,
        value=shown(sent),
    )


def not_additive(code: str, da: str, en: str) -> NotAdditive:
    return NotAdditive(da, en, dimension=code)


def cannot_add(measure: Measure, code: str) -> NotAdditive:
    """Why a measure does not add up along a dimension, in the words of its kind."""
    da, en = {
        "additive": ("tallene kan ikke lægges sammen på den led", "the figures do not add up that way"),
        "distinct": (
            "den samme kan tælle med flere steder, så summen er ikke et antal",
            "the same one may count in several places, so the sum is not a number of anything",
        ),
        "ratio": ("forholdstal kan ikke lægges sammen", "rates do not add up"),
        "estimate": ("skøn fra en model kan ikke lægges sammen", "estimates of a model do not add up"),
    }[measure.kind]
    return not_additive(
        code,
        f"{measure.text.da} kan ikke lægges sammen langs {code}: {da}. Vælg værdierne hver for sig eller totalen.",
        f"{measure.text.en} cannot be added up along {code}: {en}. Choose the values one by one, or the total.",
    )


def cannot_reckon(measure: Measure, code: str) -> NotAdditive:
    """An estimate takes part in no arithmetic at all, differences and quotients included (DST §7.3)."""
    return not_additive(
        code,
        f"Der kan ikke regnes på {measure.text.da} langs {code}: det er skøn fra en model."
        " Vælg værdierne hver for sig.",
        f"{measure.text.en} cannot be calculated with along {code}: it is an estimate of a model."
        " Choose the values one by one.",
    )


def near(sent: str, known: Iterable[tuple[str, Text]]) -> tuple[str, ...]:
    """The three codes whose code or text is most like what was sent, best first."""
    words: list[str] = []
    codes: list[str] = []
    for code, text in known:
        for word in (code, text.da, text.en):
            words.append(word.casefold())
            codes.append(code)
    asked = shown(sent).casefold()[:_COMPARED]
    found = process.extract(asked, words, scorer=fuzz.ratio, limit=9, score_cutoff=1)
    return tuple(dict.fromkeys(codes[place] for _, _, place in found))[:3]


def _da(codes: tuple[str, ...]) -> str:
    return f" Nærmest ligger {', '.join(codes)}." if codes else ""


def _en(codes: tuple[str, ...]) -> str:
    return f" Nearest: {', '.join(codes)}." if codes else ""

"""The arithmetic of DST §7.3: `sum(code|[da tekst][en text]=01;02)` read into a Pick."""

import re
from typing import Final, get_args

from tables.errors import InvalidQuery
from tables.model import Operation, Pick, Text
from tables.selection.entries import EXPRESSION, TEXT, VALUES, short
from tables.selection.refusals import not_additive, unknown_value, wrong_expression
from tables.selection.sheet import Lines

OPERATIONS: Final[tuple[Operation, ...]] = tuple(op for op in get_args(Operation) if op != "code")
_LANGUAGE: Final = re.compile(r"\[(da|en) ([^\]]*)\]", re.IGNORECASE)
_CUT: Final = re.compile("[;,]")


def operation(text: str) -> Operation | None:
    """Which arithmetic an entry asks for, if any."""
    if not text.endswith(")"):
        return None
    name = text.partition("(")[0].strip().casefold()
    return next((op for op in OPERATIONS if op == name), None)


def pick(lines: Lines, text: str, op: Operation) -> Pick:
    """The derived line; without a head its code and text are the expression in the table's spelling."""
    short(lines, text, EXPRESSION)
    inside = text.partition("(")[2][:-1]
    head, named, listed = inside.rpartition("=")
    parts = _parts(lines, text, listed)
    _check(lines, text, op, parts)
    expression = f"{op}({';'.join(parts)})"
    if not named:
        return Pick(expression, Text(expression, expression), parts, op)
    code, _, written = head.rpartition("|") if "|" in head else ("", "", head)
    code, written = code.strip(), written.strip()
    short(lines, code + written, 2 * TEXT)
    if lines.place(code) is not None:
        raise wrong_expression(
            lines.code, text, f"{code} er allerede en værdi; giv summen en anden kode", f"{code} is a value already"
        )
    return Pick(code or expression, _text(written or code or expression), parts, op)


def _parts(lines: Lines, text: str, listed: str) -> tuple[str, ...]:
    sent = [part.strip() for part in _CUT.split(listed) if part.strip()]
    if not sent or len(sent) > VALUES:
        raise wrong_expression(lines.code, text, "angiv de koder, der skal regnes med", "name the codes to reckon with")
    places = []
    for part in sent:
        short(lines, part)
        place = lines.place(part)
        if place is None:
            raise unknown_value(lines, part)
        places.append(place)
    return tuple(lines.dimension.values[place].code for place in places)


def _check(lines: Lines, text: str, op: Operation, parts: tuple[str, ...]) -> None:
    if op == "sum":
        addable(lines, parts)
    elif len(parts) != 2:
        raise wrong_expression(lines.code, text, f"{op} regner med to koder", f"{op} takes two codes")


def addable(lines: Lines, parts: tuple[str, ...]) -> None:
    """Refuse what would count twice: the total itself, a value with something inside it, a code written twice."""
    dimension = lines.dimension
    among = set(parts)
    if dimension.elimination in among:
        raise not_additive(
            lines.code,
            f"Totalen {dimension.elimination} kan ikke indgå i en sum langs {lines.code}: den har alt med.",
            f"The total {dimension.elimination} cannot be part of a sum along {lines.code}: it holds everything.",
        )
    if len(among) < len(parts):
        twice = next(part for place, part in enumerate(parts) if part in parts[:place])
        raise _twice(lines, twice, twice)
    for part in parts:
        value = dimension.values[dimension.index[part]]
        while value.nests != "no" and value.parent is not None and value.parent in dimension.index:
            value = dimension.values[dimension.index[value.parent]]
            if value.code in among:
                raise _twice(lines, part, value.code)


def _twice(lines: Lines, inner: str, outer: str) -> InvalidQuery:
    return not_additive(
        lines.code,
        f"{inner} ville tælle to gange i summen langs {lines.code}, da den også er med i {outer}. Udelad den ene.",
        f"{inner} would count twice in the sum along {lines.code}, as it is part of {outer} too. Leave one out.",
    )


def _text(written: str) -> Text:
    """`[da …][en …]`, or one text for both languages."""
    texts = {language.lower(): text.strip() for language, text in _LANGUAGE.findall(written)}
    if not texts:
        return Text(written, written)
    first = next(iter(texts.values()))
    return Text(texts.get("da", first), texts.get("en", first))

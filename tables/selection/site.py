"""The grammar of PxWebApi, pages, embeds and `default:` (pxwebapi2 §2.4): values always in table order."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from tables.errors import InvalidQuery
from tables.model import Pick, Table
from tables.selection.entries import bounded, matching, short
from tables.selection.refusals import unknown_value, unknown_variable, wrong_expression
from tables.selection.sheet import Lines, fold, sheet

_CALL: Final = re.compile(r"(range|top|bottom|from|to)\((.*)\)", re.IGNORECASE | re.DOTALL)
_WHOLE: Final = re.compile(r"\d{1,6}", re.ASCII)


def picks(lines: Lines, texts: Sequence[str]) -> tuple[Pick, ...]:
    """Each value once, in table order, however they were written."""
    if tuple(texts) == ("*",):
        return lines.picks
    bounded(lines, texts)
    places: set[int] = set()
    for text in texts:
        place = lines.place(text)
        if place is None:
            places.update(_places(lines, text))
        else:
            places.add(place)
    return tuple(lines.picks[place] for place in sorted(places))


def variable(table: Table, sent: str) -> str:
    """A variable's code as the table spells it, from any case or its ASCII spelling; raises InvalidQuery."""
    known = sheet(table)
    code = known.site_names.get(sent.casefold()) or known.site_names.get(fold(sent))
    if code is None:
        raise unknown_variable(known, sent)
    return code


def codes(table: Table, code: str, texts: Sequence[str]) -> tuple[str, ...]:
    """The codes that texts choose along one variable, in table order; raises InvalidQuery."""
    return tuple(pick.code for pick in picks(sheet(table).lines[code], texts))


def _places(lines: Lines, text: str) -> Iterable[int]:
    short(lines, text)
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1].strip()
    place = lines.place(text)
    if place is not None:
        return (place,)
    found: Iterable[int] = ()
    call = _CALL.fullmatch(text)
    if call:
        found = _called(lines, text, call[1].lower(), [argument.strip() for argument in call[2].split(",")])
    elif "?" in text:
        found = _masked(lines, text)
    elif "*" in text:
        found = _starred(lines, text)
    if not found:
        raise unknown_value(lines, text)
    return found


def _called(lines: Lines, text: str, name: str, arguments: list[str]) -> range:
    count = len(lines.picks)
    if name in ("top", "bottom"):
        size, skipped = _numbers(lines, text, arguments)
        # For time the top is the newest (pxwebapi2 §2.4), which stands last.
        from_start = (name == "top") != lines.dimension.time
        if from_start:
            return range(min(skipped, count), min(skipped + size, count))
        return range(max(count - skipped - size, 0), max(count - skipped, 0))
    if len(arguments) != (2 if name == "range" else 1):
        raise _wrong(lines, text, "range(a,b), from(a) og to(a) er formen", "write range(a,b), from(a) or to(a)")
    bounds = sorted(_bound(lines, argument) for argument in arguments)
    if name == "from":
        return range(bounds[0], count)
    if name == "to":
        return range(bounds[0] + 1)
    return range(bounds[0], bounds[1] + 1)


def _numbers(lines: Lines, text: str, arguments: list[str]) -> tuple[int, int]:
    if len(arguments) > 2 or not all(_WHOLE.fullmatch(argument) for argument in arguments) or int(arguments[0]) < 1:
        raise _wrong(
            lines,
            text,
            "skriv et antal fra 1 og evt. hvor mange der springes over",
            "write how many, from 1, and an offset",
        )
    return int(arguments[0]), int(arguments[1]) if len(arguments) == 2 else 0


def _bound(lines: Lines, code: str) -> int:
    place = lines.place(code)
    if place is None:
        raise unknown_value(lines, code)
    return place


def _masked(lines: Lines, text: str) -> list[int]:
    """Each ? is one character."""
    if "*" in text:
        raise _wrong(lines, text, "brug enten ? eller *", "use either ? or *")
    mask = text.casefold()
    codes = [value.code.casefold() for value in lines.dimension.values]
    return [
        place
        for place, code in enumerate(codes)
        if len(code) == len(mask) and all(m in ("?", c) for m, c in zip(mask, code, strict=True))
    ]


def _starred(lines: Lines, text: str) -> list[int]:
    stars = text.count("*")
    ends = text.startswith("*") + text.endswith("*")
    if stars > 2 or (text != "*" and stars != ends):
        raise _wrong(
            lines, text, "* kan stå først, sidst eller begge steder", "* may stand first, last or in both places"
        )
    return matching(lines, text)


def _wrong(lines: Lines, text: str, da: str, en: str) -> InvalidQuery:
    return wrong_expression(lines.code, text, da, en)

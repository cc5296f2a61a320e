"""The grammar of DST v1 (dst-api §7.1): codes, stars, ranges, every n-th period, arithmetic; in request order."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from tables.model import Pick
from tables.selection.arithmetic import operation
from tables.selection.arithmetic import pick as arithmetic
from tables.selection.entries import EXPRESSION, bounded, matching, short
from tables.selection.refusals import unknown_value, wrong_expression
from tables.selection.sheet import Lines

_RANGE: Final = re.compile(r"(?:(>=?)([^<>]+))?(?:(<=?)([^<>]+))?")
_NTH: Final = re.compile(r"(\+|-|first|last)?\(([^()]*)\)", re.IGNORECASE)
_STEP: Final = re.compile(r"([+-]?)(\d{0,6})n(?:([+-]?)(\d{1,6}))?", re.ASCII | re.IGNORECASE)
_PLAIN: Final = re.compile(r"[+-]?\d{1,6}", re.ASCII)
_WORDS: Final = {"odd": (2, 1), "even": (2, 0)}


def picks(lines: Lines, texts: Sequence[str]) -> tuple[Pick, ...]:
    """The union of the entries, each code once at its first place; periods ascending, what is derived after them."""
    if tuple(texts) == ("*",):
        return lines.picks
    bounded(lines, texts)
    places: dict[int, None] = {}
    found: dict[str, Pick] = {}
    for text in texts:
        place = lines.place(text)
        if place is not None:
            _add(lines, found, places, [place])
            continue
        op = operation(text.strip())
        if op is None:
            short(lines, text)
            _add(lines, found, places, _places(lines, text.strip()))
        else:
            short(lines, text, EXPRESSION)
            _add_derived(lines, found, arithmetic(lines, text.strip(), op), text)
    if not lines.dimension.time:
        return tuple(found.values())
    derived = [pick for pick in found.values() if pick.op != "code"]
    return (*(lines.picks[place] for place in sorted(places)), *derived)


def _add(lines: Lines, found: dict[str, Pick], places: dict[int, None], new: Iterable[int]) -> None:
    for place in new:
        places[place] = None
        found.setdefault(lines.picks[place].code, lines.picks[place])


def _add_derived(lines: Lines, found: dict[str, Pick], pick: Pick, text: str) -> None:
    known = found.setdefault(pick.code, pick)
    if (known.op, known.parts) != (pick.op, pick.parts):
        raise wrong_expression(
            lines.code, text, f"koden {pick.code} er brugt om noget andet", f"the code {pick.code} means something else"
        )


def _places(lines: Lines, text: str) -> Iterable[int]:
    """Where a range, an n-th rule or a pattern points; an entry that finds nothing is a value that is not there."""
    found: Iterable[int] = ()
    nth = _NTH.fullmatch(text) if lines.dimension.time else None
    if nth:
        found = _nth(lines, text, (nth[1] or "").lower(), nth[2].strip())
    elif text.startswith(("<", ">")):
        found = _range(lines, text)
    elif "*" in text:
        found = matching(lines, text)
    elif (place := lines.place(text)) is not None:
        found = (place,)
    if not found:
        raise unknown_value(lines, text)
    return found


def _range(lines: Lines, text: str) -> range:
    """By position in the variable's own order; a bound that is no code is refused, never clipped."""
    match = _RANGE.fullmatch(text)
    if not match:
        raise unknown_value(lines, text)
    above, low, below, high = match.groups()
    start = _bound(lines, low) + (above == ">") if above else 0
    stop = _bound(lines, high) + (below == "<=") if below else len(lines.picks)
    return range(start, stop)


def _bound(lines: Lines, code: str) -> int:
    place = lines.place(code.strip())
    if place is None:
        raise unknown_value(lines, code.strip())
    return place


def _nth(lines: Lines, text: str, side: str, rule: str) -> range | list[int]:
    """As CSS counts children, from the newest period; from the oldest with `-` or `first`."""
    step, first = _rule(lines, text, rule)
    count = len(lines.picks)
    if step == 0:
        places = [first - 1] if 1 <= first <= count else []
    elif step > 0:
        start = first if first >= 1 else first + -(-(1 - first) // step) * step
        places = list(range(start - 1, count, step))
    else:
        last = first if first <= count else first - -(-(first - count) // -step) * -step
        places = list(range(last - 1, -1, step))
    return places if side in ("-", "first") else [count - 1 - place for place in places]


def _rule(lines: Lines, text: str, rule: str) -> tuple[int, int]:
    """(k, b) of `kn+b`. A space is a plus that a query string lost: `(-n 2)` is `(-n+2)`."""
    if rule.lower() in _WORDS:
        return _WORDS[rule.lower()]
    if _PLAIN.fullmatch(rule):
        return 0, int(rule)
    match = _STEP.fullmatch("".join(rule.split()))
    if not match:
        raise unknown_value(lines, text)
    sign, size, plus, rest = match.groups()
    step = int(size or 1) * (-1 if sign == "-" else 1)
    return step, int(rest or 0) * (-1 if plus == "-" else 1)

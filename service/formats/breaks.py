"""The breaks that an answer crosses: it has, or compares with, periods on both sides."""

from collections.abc import Iterable, Iterator

from tables.model import EVERY, Break, Place, Query


def crossed(query: Query) -> Iterator[Break]:
    time = query.release.table.time
    chosen = {part for pick in query.picks.get(time.code, ()) for part in pick.parts}
    spots = {time.index[code] for code in (*chosen, *_bases(query, chosen)) if code in time.index}
    for each in query.release.table.breaks:
        first = time.index.get(each.period)
        if first is not None and spots and min(spots) < first <= max(spots) and _touches(query, each.at):
            yield each


def _bases(query: Query, chosen: Iterable[str]) -> Iterator[str]:
    """The periods that a calculation sets the chosen ones against."""
    derive = query.derive
    if derive is None or derive.kind == "share" or derive.base is None:
        return
    time = query.release.table.time
    for code in chosen:
        if derive.base == "previous":
            yield time.codes[max(time.index.get(code, 0) - 1, 0)]
        elif derive.base == "year":
            yield f"{int(code[:4]) - 1}{code[4:]}"
        else:
            yield derive.base


def _touches(query: Query, at: Place) -> bool:
    for axis, codes in at.items():
        there = {part for pick in query.picks.get(axis, ()) for part in pick.parts} or {query.eliminated.get(axis, "")}
        if codes != EVERY and there.isdisjoint(codes):
            return False
    return True

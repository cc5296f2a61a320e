"""A question as it was written, resolved into a Query or refused: variables, then values, then the limit (DST §3)."""

import json
from collections.abc import Callable, Mapping, Sequence
from math import prod
from types import EllipsisType
from typing import Final, TypeAlias

from tables.errors import InvalidQuery, NotAdditive, TooManyCells
from tables.model import CONTENTS, Derive, Measure, Pick, Query, Release
from tables.selection import dst, site
from tables.selection.additive import check
from tables.selection.calculation import settled
from tables.selection.entries import TEXT, Chosen, Grammar, writable
from tables.selection.refusals import missing, shown, unknown_variable
from tables.selection.sheet import Lines, Sheet, fold, sheet

# Given the number of picks along each axis (the measures only where there are several), a protocol's own count of
# cells; it raises TooManyCells itself. A plain number is the most cells there may be.
Limit: TypeAlias = int | Callable[[tuple[int, ...]], int]
# Dimensions from the outermost in; `...` stands for those not named, in their usual order.
Order: TypeAlias = Sequence[str | EllipsisType]

_CANONICAL: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_READ: Final[Mapping[Grammar, Callable[[Lines, Sequence[str]], tuple[Pick, ...]]]] = {
    "dst": dst.picks,
    "site": site.picks,
}


def resolve(
    release: Release,
    chosen: Chosen,
    grammar: Grammar,
    *,
    limit: Limit | None = None,
    order: Order = (...,),
    derive: Derive | None = None,
    streaming: bool = False,
    descending: bool = False,
) -> Query:
    """Raises InvalidQuery with what is wrong, how to mend it and what lies nearest; no number is touched.

    `streaming`: every variable must be there, nothing is derived (DST §7.1). `descending`: newest period first.
    """
    table = sheet(release.table)
    named = _variables(table, chosen, grammar, streaming=streaming)
    picks = {code: _READ[grammar](table.lines[code], texts) for code, texts in named.items()}
    time = release.table.time.code
    picks.setdefault(time, table.lines[time].picks[-1:])
    if descending:
        picks[time] = _newest_first(picks[time])
    measures = _measures(release, picks)
    eliminated = {
        dimension.code: dimension.elimination
        for dimension in release.table.dimensions
        if dimension.code not in picks and dimension.elimination is not None
    }
    if streaming:
        _undivided(picks, derive)
    if derive is not None:
        derive = settled(table, derive, measures, picks, of_total=grammar == "site")
    check(table, measures, picks, eliminated, derive.dimension if derive and _of_picked(derive) else None)
    axes = _ordered(table, _axes(table, picks, grammar), order)
    _within(limit, table, axes, {**picks, CONTENTS: measures})
    picks.pop(CONTENTS, None)
    key = _key(release.table.id, axes, picks, measures, eliminated, derive)
    return Query(release, measures, picks, eliminated, axes, derive, key)


def _of_picked(derive: Derive) -> bool:
    return derive.kind == "share" and derive.base is None


def _variables(table: Sheet, chosen: Chosen, grammar: Grammar, *, streaming: bool) -> dict[str, list[str]]:
    """Texts by variable in request order; what is left out where it may not be, is refused by name."""
    named: dict[str, list[str]] = {}
    unknown: list[str] = []
    for sent, texts in chosen.items():
        writable((sent, *texts))
        code = _variable(table, sent, grammar)
        if code is None:
            unknown.append(sent)
        elif given := [text for text in texts if text.strip()]:
            named.setdefault(code, []).extend(given)
    if streaming:  # DST §3: what is missing is told before what is unknown
        _present(table, named, grammar, streaming=True)
    if unknown:
        raise unknown_variable(table, unknown[0])
    _present(table, named, grammar, streaming=False)
    return named


def _variable(table: Sheet, sent: str, grammar: Grammar) -> str | None:
    if len(sent) > TEXT:
        return None
    if grammar == "site":
        return table.site_names.get(sent.casefold()) or table.site_names.get(fold(sent))
    code = table.names.get(sent.casefold())
    # DST §6: with one measure there is no variable of measures.
    return None if code == CONTENTS and len(table.table.measures) == 1 else code


def _present(table: Sheet, named: Mapping[str, list[str]], grammar: Grammar, *, streaming: bool) -> None:
    for code, lines in table.lines.items():
        dimension = lines.dimension
        if code in named:
            continue
        if code == CONTENTS:
            optional = grammar == "site" or len(lines.picks) == 1
        else:
            optional = not streaming and (dimension.time or dimension.elimination is not None)
        if not optional:
            raise missing(dimension)


def _newest_first(periods: Sequence[Pick]) -> tuple[Pick, ...]:
    """What is derived stands after the periods in either direction."""
    plain = [pick for pick in periods if pick.op == "code"]
    return (*reversed(plain), *(pick for pick in periods if pick.op != "code"))


def _measures(release: Release, picks: Mapping[str, Sequence[Pick]]) -> tuple[Measure, ...]:
    if CONTENTS not in picks:
        return release.table.measures
    if any(pick.op != "code" for pick in picks[CONTENTS]):
        raise NotAdditive(
            "Man kan ikke regne på tværs af indhold.",
            "Different contents cannot be reckoned together.",
            dimension=CONTENTS,
        )
    return tuple(release.table.measure(pick.code) for pick in picks[CONTENTS])


def _undivided(picks: Mapping[str, Sequence[Pick]], derive: Derive | None) -> None:
    derived = next((code for code, chosen in picks.items() for pick in chosen if pick.op != "code"), None)
    if derived is not None or derive is not None:
        raise NotAdditive(
            "Der kan ikke regnes i streamede formater. Vælg et andet format.",
            "Streaming formats do not calculate. Choose another format.",
            dimension=derived or (derive.dimension if derive else ""),
        )


def _axes(table: Sheet, picks: Mapping[str, Sequence[Pick]], grammar: Grammar) -> tuple[str, ...]:
    """DST §7.5: in request order, a time left out last; the site: in table order. Measures stand before a last Tid."""
    if grammar == "site":
        return tuple(code for code in table.lines if code in picks or code == CONTENTS)
    axes = list(picks)
    if CONTENTS not in picks:
        axes.insert(len(axes) - 1 if axes[-1] == table.table.time.code else len(axes), CONTENTS)
    return tuple(axes)


def _ordered(table: Sheet, axes: tuple[str, ...], order: Order) -> tuple[str, ...]:
    if tuple(order) in ((), (...,)):
        return axes
    wanted: list[str] = []
    for name in order:
        if not isinstance(name, str):
            continue
        code = table.site_names.get(name.casefold()) or table.site_names.get(fold(name))
        if code not in axes or code in wanted:
            raise _misplaced(name, axes)
        wanted.append(code)
    rest = tuple(axis for axis in axes if axis not in wanted)
    if ... not in order:
        if rest:
            raise _misplaced(rest[0], axes)
        return tuple(wanted)
    before = list(order).index(...)
    return (*wanted[:before], *rest, *wanted[before:])


def _misplaced(name: str, axes: tuple[str, ...]) -> InvalidQuery:
    listed = ", ".join(axes)
    return InvalidQuery(
        f"Placeringen passer ikke med {shown(name)}: hver valgt variabel skal stå netop ét sted. Valgt er {listed}.",
        f"The placement does not fit {shown(name)}: each chosen variable has exactly one place. Chosen are {listed}.",
        reason="layout",
        dimension=shown(name),
        near=axes,
    )


def _within(limit: Limit | None, table: Sheet, axes: tuple[str, ...], lines: Mapping[str, Sequence[object]]) -> None:
    several = len(table.table.measures) > 1
    counts = tuple(len(lines[axis]) for axis in axes if axis != CONTENTS or several)
    if isinstance(limit, int):
        if prod(counts) > limit:
            raise TooManyCells(prod(counts), limit)
    elif limit is not None:
        limit(counts)


def _key(
    table_id: str,
    axes: tuple[str, ...],
    picks: Mapping[str, Sequence[Pick]],
    measures: Sequence[Measure],
    eliminated: Mapping[str, str],
    derive: Derive | None,
) -> str:
    """Canonical: the same picks in the same order, however they were written."""
    lines: list[tuple[str, list[object]]] = []
    for axis in axes:
        chosen: Sequence[Pick] = picks.get(axis, ())
        codes: list[object] = [measure.code for measure in measures] if axis == CONTENTS else _codes(chosen)
        lines.append((axis, codes))
    calculated = derive and (derive.kind, derive.dimension, derive.base, derive.factor, derive.decimals)
    return _CANONICAL.encode([table_id, lines, eliminated, calculated])


def _codes(picks: Sequence[Pick]) -> list[object]:
    return [
        pick.code if pick.op == "code" else [pick.op, pick.code, pick.text.da, pick.text.en, pick.parts]
        for pick in picks
    ]

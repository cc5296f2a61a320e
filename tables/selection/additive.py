"""What may be reckoned with what: sums only within `additive_over`, comparisons of shown cells, estimates never."""

from collections.abc import Iterable, Mapping, Sequence

from tables.model import SUM, Additive, Measure, Pick
from tables.selection.arithmetic import addable
from tables.selection.refusals import cannot_add, cannot_reckon, not_additive
from tables.selection.sheet import Sheet, top_codes

Picks = Mapping[str, Sequence[Pick]]


def check(
    sheet: Sheet, measures: Sequence[Measure], picks: Picks, eliminated: Mapping[str, str], share: str | None
) -> None:
    """Refuse sums that would be no number of anything (dst-api §7.3); `share`: the dimension whose sum is the base."""
    for code, chosen in picks.items():
        ops = {pick.op for pick in chosen} - {"code"}
        if not ops:
            continue
        for measure in measures:
            if measure.kind == "estimate":
                raise cannot_reckon(measure, code)
        if ops & {"sum", "multiply"}:
            _adds(sheet, measures, code, picks, eliminated)
    for code, total in eliminated.items():
        if total == SUM:
            _adds(sheet, measures, code, picks, eliminated)
    if share is not None:
        addable(sheet.lines[share], tuple(part for pick in picks[share] for part in pick.parts))
        _adds(sheet, measures, share, picks, eliminated)


def _adds(sheet: Sheet, measures: Iterable[Measure], code: str, picks: Picks, eliminated: Mapping[str, str]) -> None:
    for measure in measures:
        along = measure.adds_over(code)
        if along is None:
            raise cannot_add(measure, code)
        _only(sheet, measure, along, picks, eliminated)


def _only(sheet: Sheet, measure: Measure, along: Additive, picks: Picks, eliminated: Mapping[str, str]) -> None:
    """Every value of the other dimension in the answer must be in the list, the eliminated one too."""
    for other, allowed in along.only.items():
        standing = _standing(sheet, other, picks, eliminated)
        outside = [code for code in standing if code not in allowed]
        if outside:
            listed = ", ".join(allowed)
            raise not_additive(
                along.dimension,
                f"{measure.text.da} kan kun lægges sammen langs {along.dimension}, når {other} er {listed}; "
                f"her er også {outside[0]}.",
                f"{measure.text.en} adds up along {along.dimension} only where {other} is {listed}; "
                f"here it is {outside[0]} too.",
            )


def _standing(sheet: Sheet, code: str, picks: Picks, eliminated: Mapping[str, str]) -> list[str]:
    if code in picks:
        return [part for pick in picks[code] for part in pick.parts]
    if eliminated[code] == SUM:
        return list(top_codes(sheet.lines[code].dimension))
    return [eliminated[code]]

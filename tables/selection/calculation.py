"""Calculations over a whole answer: share, change, per cent change, index; read and checked (ux §3, dst-api §7.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal

from tables.errors import InvalidQuery, NotAdditive
from tables.model import CONTENTS, SUM, Derive, Measure, Pick, Table
from tables.selection.refusals import near, not_additive, shown, unknown_value, unknown_variable
from tables.selection.sheet import Lines, Sheet, fold, sheet

Calc = Literal["change", "pct", "index", "share"]
CALCS: Final[tuple[Calc, ...]] = ("change", "pct", "index", "share")
RELATIVE: Final = ("previous", "year")  # bases that move with the period


def calculation(table: Table, calc: str, base: str | None = None, *, innermost: str = "") -> Derive:
    """The site keys `calc` and `base`; `innermost` is the innermost row variable, the default base of a share."""
    kind = next((known for known in CALCS if known == calc.strip().casefold()), None)
    if kind is None:
        listed = ", ".join(CALCS)
        raise InvalidQuery(
            f"calc={shown(calc)} findes ikke. Vælg {listed}.",
            f"There is no calc={shown(calc)}. Choose {listed}.",
            reason="key",
            dimension="calc",
            value=shown(calc),
            near=CALCS,
        )
    base = base.strip() if base else None
    if kind != "share":
        return Derive(kind, table.time.code, base if kind == "index" else base or "previous")
    return _share_of_total(sheet(table), base or innermost)


def _share_of_total(sheet: Sheet, sent: str) -> Derive:
    code = sheet.site_names.get(sent.casefold()) or sheet.site_names.get(fold(sent))
    if code is None:
        raise unknown_variable(sheet, sent)
    total = sheet.lines[code].dimension.elimination
    if total is None or total == SUM:
        raise not_additive(
            code,
            f"{code} har ingen total at tage andele af. Vælg en anden variabel med base=.",
            f"{code} has no total to take shares of. Choose another variable with base=.",
        )
    return Derive("share", code, total)


def settled(
    sheet: Sheet, derive: Derive, measures: Sequence[Measure], picks: Mapping[str, Sequence[Pick]], *, of_total: bool
) -> Derive:
    """The calculation with its dimension and base as the table spells them; raises if it has no meaning here.

    `of_total`: a share is of a whole, as on the site, so rates have none; on /v1 it compares two cells.
    """
    lines = _along(sheet, derive, picks)
    if lines.code not in picks:
        raise InvalidQuery(
            f"Vælg værdier for {lines.code}, når der skal regnes langs den.",
            f"Choose values of {lines.code} to calculate along it.",
            reason="missing",
            dimension=lines.code,
        )
    _allowed(derive, measures, lines.code, of_total=of_total)
    _plain(derive, picks, lines)
    return replace(derive, dimension=lines.code, base=_base(derive, picks[lines.code], lines))


def _along(sheet: Sheet, derive: Derive, picks: Mapping[str, Sequence[Pick]]) -> Lines:
    """The dimension by its name as sent; a share may leave it out where only one is chosen beside time."""
    sent = derive.dimension
    if not sent and derive.kind == "share":
        return sheet.lines[_only(sheet, picks)]
    code = sheet.site_names.get(sent.casefold()) or sheet.site_names.get(fold(sent))
    if derive.kind != "share" and code != sheet.table.time.code:
        code = sheet.table.time.code if not sent else None
    if code is None or code == CONTENTS:
        raise unknown_variable(sheet, sent)
    return sheet.lines[code]


def _only(sheet: Sheet, picks: Mapping[str, Sequence[Pick]]) -> str:
    others = [code for code in picks if code not in (CONTENTS, sheet.table.time.code)]
    if len(others) == 1:
        return others[0]
    listed = ", ".join(others)
    raise InvalidQuery(
        f"Angiv den variabel, andelene skal tages langs: {listed}.",
        f"Name the variable to take shares along: {listed}.",
        reason="key",
        near=others,
    )


def _allowed(derive: Derive, measures: Sequence[Measure], code: str, *, of_total: bool) -> None:
    for measure in measures:
        if measure.kind == "estimate":
            raise _refused(measure, code, "der regnes ikke videre på skøn fra en model", "it is an estimate of a model")
        if measure.kind == "ratio" and derive.kind == "pct":
            raise _refused(
                measure,
                code,
                "brug calc=change, som giver procentpoint",
                "use calc=change, which gives percentage points",
            )
        if measure.kind == "ratio" and derive.kind == "share" and of_total:
            raise _refused(measure, code, "et forholdstal har ingen andele", "a rate has no shares")


def _plain(derive: Derive, picks: Mapping[str, Sequence[Pick]], lines: Lines) -> None:
    allowed = {"code", "sum"}
    for code, chosen in picks.items():
        along_time = code == lines.code and derive.kind != "share"
        if {pick.op for pick in chosen} - ({"code"} if along_time else allowed):
            raise InvalidQuery(
                f"Der kan ikke både regnes med værdier af {code} og over hele svaret. Vælg den ene beregning.",
                f"Values of {code} cannot be reckoned with while the whole answer is. Choose one of the two.",
                reason="expression",
                dimension=code,
            )


def _base(derive: Derive, chosen: Sequence[Pick], lines: Lines) -> str | None:
    sent = derive.base
    if derive.kind == "index" and sent is None:
        return min((pick.code for pick in chosen), key=lambda code: lines.dimension.index[code])
    if sent is None:
        return None if derive.kind == "share" else RELATIVE[0]
    if derive.kind in ("change", "pct") and sent.casefold() in RELATIVE:
        return sent.casefold()
    place = lines.place(sent)
    if place is None:
        raise _unknown_base(derive, lines, sent)
    return lines.dimension.values[place].code


def _unknown_base(derive: Derive, lines: Lines, sent: str) -> InvalidQuery:
    if derive.kind not in ("change", "pct"):
        return unknown_value(lines, sent)
    close = near(sent, [(value.code, value.text) for value in lines.dimension.values])
    return InvalidQuery(
        f"base={shown(sent)} findes ikke. Vælg previous, year eller en periode i tabellen.",
        f"There is no base={shown(sent)}. Choose previous, year or a period of the table.",
        reason="value",
        dimension=lines.code,
        value=shown(sent),
        near=close,
    )


def _refused(measure: Measure, code: str, da: str, en: str) -> NotAdditive:
    return not_additive(
        code,
        f"{measure.text.da} kan ikke regnes om sådan: {da}.",
        f"{measure.text.en} cannot be calculated that way: {en}.",
    )

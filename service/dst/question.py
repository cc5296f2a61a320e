"""A data request of DST v1: what was asked for, before the bank has looked at it (DST §7)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from service.dst.members import Members, as_flag, as_texts, listed
from service.dst.wording import EMPTY, TABLE_MISSING, Refusal, no_table, no_variable, not_allowed, not_found
from service.formats.head import Presentation
from tables.model import CONTENTS, Derive, Lang, Table

Placement = Literal["stub", "head"]
MOST_VARIABLES = 20
RESERVED = frozenset(
    (
        *("lang", "format", "subjects", "includetables", "recursive", "omitinactivesubjects"),
        *("omitsubjectswithouttables", "omitemptysubjects", "pastdays", "includeinactive", "table", "id"),
        *("valuepresentation", "delimiter", "timeorder", "allowvariablesinhead", "allowcodeoverrideincolumnnames"),
        *("valuetransformationsettings", "savedqueryid", "variables", "x-asof", "x-decimal"),
        *("chartsettings", "type", "width", "height", "showlegend", "showtitle", "fontsize", "sort", "autopivot"),
        *("labelsangle", "titlecolor", "seriescolors", "valuecolors"),
    )
)
PRESENTATIONS: Mapping[str, Presentation] = {
    "": "text",
    "default": "text",
    "value": "text",
    "code": "code",
    "codeandvalue": "code_text",
    "valueandcode": "text_code",
}
DECIMALS = {"comma": ",", "point": "."}
FACTORS = {"": 100, "percent": 100, "permille": 1000}
TABLE_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Variable:
    code: str
    values: tuple[str, ...]
    placement: Placement | None = None


def table_id(asked: Members) -> str:
    """DST §1: GET says id, POST says table; both are understood in both. An empty one is not found (DST §3)."""
    sent = asked.text("table") or asked.text("id")
    if not sent and not {"table", "id"} & asked.given.keys():
        raise Refusal("REQUEST-MISSING", TABLE_MISSING)
    if not TABLE_ID.fullmatch(sent):
        raise no_table(sent)
    return sent


def variables(asked: Members) -> tuple[Variable, ...]:
    """Body or query; a variable without values counts as not given."""
    posted = asked.given.get("variables")
    in_address = asked.query.get("variables")
    if posted is None or (in_address and posted is in_address[1]):
        found = tuple(_queried(asked))
    else:
        found = tuple(_posted(posted))
    if len(found) > MOST_VARIABLES:
        raise not_allowed("Der kan højst vælges 20 variable.", "At most 20 variables can be chosen.")
    return found


def _posted(posted: object) -> Iterator[Variable]:
    seen: set[str] = set()
    for each in posted if isinstance(posted, list) else [posted]:
        if not isinstance(each, dict):
            raise Refusal("REQUEST-EMPTY", EMPTY, bilingual=True)
        folded = {key.casefold(): value for key, value in each.items() if value is not None}
        code = next(iter(as_texts(folded.get("code"))), "").strip()
        if not code:
            raise no_variable("")
        if code.casefold() in seen:
            raise not_allowed(f"Variablen er valgt to gange: {code}", f"The variable is chosen twice: {code}")
        seen.add(code.casefold())
        yield Variable(code, _values(folded.get("values", [])), _placement(folded.get("placement")))


def _values(sent: object) -> tuple[str, ...]:
    """One that is no value at all is refused: left out, it would change what is answered."""
    found = [each for each in (sent if isinstance(sent, list) else [sent]) if each is not None]
    if any(isinstance(each, list | dict) for each in found):
        raise Refusal("REQUEST-EMPTY", EMPTY, bilingual=True)
    return tuple(part.strip() for part in as_texts(found) if part.strip())


def _placement(sent: object) -> Placement | None:
    named = next(iter(as_texts(sent)), "").strip().casefold()
    return "stub" if named == "stub" else "head" if named == "head" else None


def _queried(asked: Members) -> Iterator[Variable]:
    """DST §6: every query key that is not reserved is a variable; repeated keys are united."""
    for key, (written, values) in asked.query.items():
        if key not in RESERVED:
            yield Variable(written, listed(values))


def presentation(asked: Members) -> Presentation:
    return PRESENTATIONS.get(asked.text("valuepresentation").casefold(), "text")


def delimiter(asked: Members) -> str:
    return "\t" if asked.text("delimiter").casefold() == "tab" else ";"


def decimal_sign(asked: Members) -> str:
    """DST §2: by language, unless the caller says which."""
    sent = asked.text("x-decimal").casefold()
    if sent and sent not in DECIMALS:
        raise not_found("Kan ikke finde værdien", "Can't find value", f"{sent} (x-decimal)")
    return DECIMALS.get(sent, "," if asked.lang == "da" else ".")


def descending(asked: Members) -> bool:
    return asked.text("timeorder").casefold() == "descending"


@dataclass(frozen=True, slots=True)
class Share:
    """Per cent or per mille of the selected values, or of one of them (DST §7.4)."""

    derive: Derive
    name: str


def share(asked: Members, table: Table, chosen: tuple[Variable, ...]) -> Share | None:
    sent = asked.given.get("valuetransformationsettings")
    if not isinstance(sent, dict) or not sent:
        return None
    given = {key.casefold(): value for key, value in sent.items() if value is not None}

    def text(name: str) -> str:
        return next(iter(as_texts(given.get(name))), "").strip()

    factor = FACTORS.get(text("operation").casefold())
    if factor is None:
        raise not_allowed("Beregningen skal være percent eller permille.", "The operation must be percent or permille.")
    if as_flag(given.get("addasnewvalue")):
        raise not_allowed(
            "addAsNewValue er ikke muligt her: de beregnede tal står i stedet for de oprindelige.",
            "addAsNewValue is not possible here: the computed figures stand in place of the original ones.",
        )
    code = _along(table, text("selectedvariablecode"), chosen)
    base = _base(table, code, text("basisvalueforcalculation"))
    return Share(Derive("share", code, base, factor, 1), _name(text("newvaluename"), asked.lang))


def _along(table: Table, sent: str, chosen: tuple[Variable, ...]) -> str:
    if not sent:
        if len(chosen) != 1:
            raise not_allowed(
                "Angiv selectedVariableCode, når der er valgt flere variable.",
                "Give selectedVariableCode when more than one variable is chosen.",
            )
        sent = chosen[0].code
    codes = {dimension.code.casefold(): dimension.code for dimension in table.dimensions}
    if sent.casefold() not in codes or sent.casefold() not in {variable.code.casefold() for variable in chosen}:
        raise no_variable(sent)
    return codes[sent.casefold()]


def _base(table: Table, code: str, sent: str) -> str | None:
    if not sent:
        return None
    codes = {value.code.casefold(): value.code for value in table.dimension(code).values}
    if sent.casefold() not in codes:
        raise not_found("Kan ikke finde værdien", "Can't find value", f"{sent} ({code})")
    return codes[sent.casefold()]


def _name(sent: str, lang: Lang) -> str:
    """`[da x][en y]` as in sums, or one name for both."""
    found = dict(re.findall(r"\[(da|en) ([^\]]*)\]", sent))
    return found.get(lang, sent).strip() if found else sent


def several(table: Table) -> bool:
    """Whether the measures are a variable of their own (DST §6)."""
    return len(table.measures) > 1


def spelled(table: Table) -> dict[str, str]:
    """Folded code → the table's own spelling, the measures among them where there are several."""
    codes = [dimension.code for dimension in table.dimensions] + [CONTENTS] * several(table)
    return {code.casefold(): code for code in codes}

"""Errors of DST v1: the code and the sentence, recorded ones byte for byte (DST §3)."""

import json

from flask import g

from service.texts import STATUS
from tables.errors import (
    Busy,
    Gone,
    InvalidQuery,
    NotAdditive,
    NotFound,
    Publisher,
    StatbankError,
    TableDamaged,
    Timeout,
    TooManyCells,
)
from tables.model import Lang, Table, Text

MEDIA_TYPE = "application/json; charset=utf-8"  # DST §1: dkstat reads the message only then
KEPT = frozenset({404, 405, 410, 413, 415, 429, 500, 503})  # every other refusal is 400

FORMAT_MISSING = Text("Format ikke angivet, eller ikke gyldigt.", "Format not found or not valid.")
TABLE_MISSING = Text("Der er ikke angivet nogen tabel-id.", "Table id not specified.")
EMPTY = Text("Medsend gyldigt JSON-objekt når der postes.", "Supply valid JSON-object when posting.")
LANGUAGE = Text("Det angivne sprog er ugyldigt.", "The specified language is not valid.")
PAGE = Text("Siden kan ikke findes.", "Page not found.")
TIME_SORT = Text(
    "Der kan ikke vælges sortering af tid for streamede formater.",
    "Sorting of time cannot be chosen for streaming formats.",
)
NO_STREAM = Text(
    "Procent og promille kan ikke beregnes i streamede formater.",
    "Per cent and per mille cannot be calculated in streaming formats.",
)
HTTP: dict[int, tuple[str, Text]] = {
    400: ("REQUEST-EMPTY", EMPTY),
    404: ("REQUEST-NOTFOUND", PAGE),
    405: ("REQUEST-METHOD", Text("Metoden kan ikke bruges her.", "The method cannot be used here.")),
    413: ("REQUEST-TOOLARGE", Text("Forespørgslen er for stor.", "The request is too large.")),
    415: (
        "REQUEST-TYPE",
        Text("Forespørgslen må ikke være komprimeret.", "The body of the request must not be compressed."),
    ),
    429: ("REQUEST-RATE", Text("For mange forespørgsler.", "Too many requests.")),
    503: ("TABLE-UNAVAILABLE", STATUS[503]),
    500: ("SERVER-ERROR", Text("Der er sket en fejl hos os.", "An error has happened on our side.")),
}
OURS: tuple[tuple[type[StatbankError], str], ...] = (
    (Gone, "EXTRACT-GONE"),
    (Busy, "BUSY"),
    (Timeout, "TIMEOUT"),
    (TableDamaged, "TABLE-UNAVAILABLE"),
    (NotAdditive, "EXTRACT-NOTALLOWED"),
    (NotFound, "EXTRACT-NOTFOUND"),
    (InvalidQuery, "EXTRACT-NOTFOUND"),
)


class Refusal(Exception):
    """A refusal worded as the clients of this protocol know it; `bilingual` where the language cannot be known."""

    def __init__(self, code: str, text: Text, *, bilingual: bool = False) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text
        self.bilingual = bilingual


def not_found(da: str, en: str, what: str) -> Refusal:
    return Refusal("EXTRACT-NOTFOUND", Text(f"{da}: {what}", f"{en}: {what}"))


def no_key(sent: str) -> Refusal:
    """The sentence is ours, so it may name what there is (DST §3)."""
    return Refusal(
        "EXTRACT-NOTFOUND",
        Text(
            f"Kan ikke finde nøglen: {sent}. Der er x-asof og x-decimal.",
            f"Can't find the key: {sent}. There are x-asof and x-decimal.",
        ),
    )


def no_table(sent: str) -> Refusal:
    return not_found("Tabel findes ikke", "Table not found", sent)


def no_figures(table: str) -> Refusal:
    return not_found("Tabel har ingen tal", "Table has no figures", table)


def no_variable(sent: str) -> Refusal:
    return not_found("Kan ikke finde variablen", "Can't find variable", sent)


def no_subject(sent: str) -> Refusal:
    return not_found("Emne findes ikke", "Subject not found", sent)


def must_choose(variable: str) -> Refusal:
    return Refusal(
        "EXTRACT-NOTALLOWED",
        Text(f"Der skal vælges værdier for variabel: {variable}", f"Values must be selected for variable: {variable}"),
    )


def not_allowed(da: str, en: str) -> Refusal:
    return Refusal("EXTRACT-NOTALLOWED", Text(da, en))


def grouped(number: int, mark: str) -> str:
    return f"{number:,}".replace(",", mark)


def too_many(asked: int, allowed: int) -> Refusal:
    return Refusal(
        "REQUEST-LIMIT",
        Text(
            f"Forespørgslen på op mod {grouped(asked, '.')} celler er over begrænsningen på {grouped(allowed, '.')}"
            " celler for denne filtype. Anvend BULK eller andet streaming format i stedet.",
            f"The request for up to {grouped(asked, ',')} cells exceeds the limit of {grouped(allowed, ',')}"
            " cells for this file type. Use BULK or another streaming format instead.",
        ),
    )


def worded(error: InvalidQuery, table: Table) -> Refusal:
    """What the bank says of a question, in the sentences of this protocol; variables in the spelling of the table."""
    codes = {dimension.code.casefold(): dimension.code for dimension in table.dimensions}
    variable = codes.get(error.dimension.casefold(), error.dimension)
    if isinstance(error, TooManyCells):
        return too_many(error.asked, error.allowed)
    if isinstance(error, NotAdditive):
        return Refusal("EXTRACT-NOTALLOWED", error.text)
    if error.reason == "variable":
        return no_variable(error.dimension)
    if error.reason == "value":
        return not_found("Kan ikke finde værdien", "Can't find value", f"{error.value} ({variable})")
    if error.reason == "missing":
        return must_choose(variable)
    return Refusal("EXTRACT-NOTFOUND" if error.reason == "key" else "EXTRACT-NOTALLOWED", error.text)


def word(error: Exception, status: int) -> tuple[int, bytes, str]:
    """Status, body and media type for any error under /v1."""
    lang: Lang | None = g.get("dst_lang")
    if isinstance(error, Refusal):
        code, text = error.code, error.text
        lang = None if error.bilingual else lang
    elif isinstance(error, StatbankError) and not isinstance(error, Publisher):
        code, text = next(code for kind, code in OURS if isinstance(error, kind)), error.text
    else:
        code, text = HTTP.get(status, HTTP[500])
        lang = None
    message = text[lang] if lang else f"{text.da} / {text.en}"
    body = json.dumps({"errorTypeCode": code, "message": message}, ensure_ascii=False, separators=(",", ":"))
    return (status if status in KEPT and not isinstance(error, NotFound) else 400), body.encode(), MEDIA_TYPE

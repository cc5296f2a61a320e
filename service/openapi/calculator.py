"""The calculator in the document: what it is asked, as a schema, and what it answers."""

from collections.abc import Iterator, Mapping
from typing import Final

from marshmallow import Schema, fields, validate

from service.openapi.papers import JSON, Part
from service.openapi.shapes import AsOf, told

OWN: Final = {
    "in": "query",
    "name": "own",
    "style": "form",
    "explode": True,
    "description": "Own figures: pris.<konsekvens>.<aktoer>, beta.<konsekvens>.<t>, gns.<baggrund> (means of one's own "
    "group). 2. or 3. before any key is a scenario beside the first, which takes from it what it does not say.",
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
}


class Measure(AsOf):
    """A social measure, as the calculator asks for it."""

    maalgruppe = fields.String(required=True, metadata=told("Target group: a code of SOEM01.", "M3"))
    aldersgruppe = fields.String(
        metadata=told("Age group; may be left out where the target group has only one.", "6-13")
    )
    deltagere = fields.Integer(required=True, validate=validate.Range(min=0), metadata=told("Participants.", 40))
    effekt = fields.Float(
        required=True,
        validate=validate.Range(min=-1, max=1),
        metadata=told(
            "How many more of them reach the success measure, as a share: 15 percentage points are 0.15.", 0.15
        ),
    )
    indsatspris = fields.Float(
        validate=validate.Range(min=0), metadata=told("Cost a participant in DKK, unless indsats is given.", 24000)
    )
    indsats = fields.List(
        fields.String(), metadata=told("Cost by year and payer, as 0,kommune,24000; instead of indsatspris.")
    )
    rente = fields.Float(
        validate=validate.Range(min=-1, min_inclusive=False),
        metadata=told("Discount rate a year; 0.035 when left out."),
    )
    startaar = fields.Integer(
        validate=validate.Range(min=1900, max=2200),
        metadata=told("The budget year in which the measure is paid.", 2026),
    )


class Amounts(Schema):
    """DKK by payer."""

    kommune = fields.Float(required=True)
    region = fields.Float(required=True)
    stat = fields.Float(required=True)


class NetResult(Schema):
    """The inputs as they were understood, and what follows from them. Positive is a saving, but for the budget."""

    konsekvens_pr_deltager = fields.Nested(Amounts, required=True)
    konsekvens_i_alt_pr_deltager = fields.Float(required=True)
    nettoresultat_pr_deltager = fields.Float(required=True)
    nettoresultat = fields.Float(required=True, metadata=told("DKK, of all participants."))
    nettoresultat_hvis_aktoer_betaler = fields.Nested(Amounts, required=True)
    effekt_balance = fields.Float(required=True, allow_none=True, metadata=told("The effect that breaks even."))
    foerste_positive_aar = fields.Integer(required=True, allow_none=True)
    falder_igen = fields.Boolean(required=True)
    akkumuleret_pr_deltager = fields.List(fields.Float(), required=True, metadata=told("From year 0."))
    usikkerhed_se_pr_deltager = fields.Float(required=True)
    advarsler = fields.List(fields.String(), required=True)
    budget = fields.List(fields.Dict(), required=True, metadata=told("Undiscounted DKK by budget year and payer."))
    budget_sum = fields.Dict(required=True, metadata=told("The first 1, 4 and 10 years."))
    overskrevet = fields.Dict(required=True, metadata=told("Own figures beside the published ones."))
    medregnede = fields.List(fields.Dict(), required=True, metadata=told("The estimates that count."))
    ikke_medregnede = fields.List(fields.Dict(), required=True, metadata=told("Those that do not, with the reason."))
    prisaar = fields.Dict(required=True)
    udgivelser = fields.Dict(required=True, metadata=told("The releases that were read."))
    tekster = fields.Dict(required=True, metadata=told("What is to be shown with the figures."))
    scenarier = fields.List(fields.Dict(), metadata=told("The answers of the scenarios beside the first."))


def calculator(refusals: Part) -> Iterator[tuple[str, Mapping[str, Part]]]:
    """The calculator of the investment model: its answer, and the same as a workbook."""
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    for lang, named in (("da", "Danish"), ("en", "English")):
        for ending, content, text in (
            ("json", {JSON: {"schema": NetResult}}, "The net result of a measure"),
            ("xlsx", {sheet: {}}, "The same as a workbook with formulas"),
        ):
            operation: Part = {
                "operationId": f"soem_{ending}_{lang}",
                "summary": f"{text}, texts in {named}",
                "tags": ["Investment model"],
                "parameters": [{"in": "query", "schema": Measure}, OWN],
                "responses": {
                    "200": {"description": text, "content": content},
                    **refusals,
                },
            }
            yield f"/{lang}/soem.{ending}", {"get": operation}

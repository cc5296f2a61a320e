"""The shape of table.yaml. What only makes sense with the whole library in view is checked by `tables.catalog`."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, post_load, validates_schema

from tables.model import Contact, Layout
from tables.schema.shape import Shape
from tables.schema.words import (
    AdditiveOver,
    Codes,
    PlaceField,
    ProseSchema,
    TextSchema,
    Whole,
    coded,
    name,
    one_of,
    single,
    slug,
    table_id,
)

NESTS: Final = ("fully", "partly", "no")
_OF_CLASSIFICATION: Final = ("levels", "except", "only")
_NOT_FOR_TIME: Final = (*_OF_CLASSIFICATION, "elimination", "overlap", "nests")


class ContactSchema(Shape):
    name = fields.Nested(TextSchema, required=True)
    email = fields.String(required=True, validate=single)
    phone = fields.String(required=True, validate=single)

    @post_load
    def _contact(self, data: Mapping[str, Any], **_: object) -> Contact:
        if "@" not in data["email"] or " " in data["email"]:
            raise ValidationError({"email": [f"'{data['email']}' is not an address; write office@example.dk"]})
        return Contact(**data)


class DimensionSchema(Shape):
    code = fields.String(required=True, validate=name)
    text = fields.Nested(TextSchema, required=True)
    classification = fields.String(validate=slug)
    levels = Codes()
    except_ = Codes(data_key="except", attribute="except")
    only_ = Codes(data_key="only", attribute="only")
    values_ = fields.String(data_key="values", attribute="values")
    time = fields.String(validate=single)
    elimination = fields.String(validate=single)
    overlap = fields.String(validate=one_of("rare", "common"))
    nests = fields.String(validate=one_of(*NESTS))

    @validates_schema(skip_on_field_errors=False)
    def _one_source(self, data: Mapping[str, Any], **_: object) -> None:
        sources = [key for key in ("classification", "values", "time") if key in data]
        if not sources:
            raise ValidationError("has no values; write classification:, values: or time:")
        if len(sources) > 1:
            raise ValidationError(f"has {' and '.join(f'{key}:' for key in sources)}; keep one of them")
        if "time" in data:
            stray = [key for key in _NOT_FOR_TIME if key in data]
            cure = "does not go with time:; take it out"
        else:
            stray = [key for key in _OF_CLASSIFICATION if key in data and "classification" not in data]
            cure = "goes with classification: only; take it out"
        if stray:
            raise ValidationError({key: [cure] for key in stray})


class MeasureSchema(Shape):
    code = fields.String(required=True, validate=name)
    text = fields.Nested(TextSchema, required=True)
    unit = fields.Nested(TextSchema, required=True)
    kind = fields.String(required=True, validate=one_of("additive", "distinct", "ratio", "estimate"))
    additive_over = AdditiveOver()
    numerator = fields.String(validate=name)
    denominator = fields.String(validate=name)
    series = fields.String(validate=one_of("stock", "flow", "average"))
    reference = fields.Nested(TextSchema)
    prices = fields.String(validate=one_of("current", "fixed"))
    base = fields.String(validate=single)
    decimals = Whole(0, 9)
    minimum = Whole(-(10**15), 10**15)
    missing = fields.String(validate=one_of("zero", "unknown"))

    @validates_schema(skip_on_field_errors=False)
    def _kind(self, data: Mapping[str, Any], **_: object) -> None:
        parts = [key for key in ("numerator", "denominator") if key in data]
        faults: dict[str, list[str]] = {}
        if data.get("kind") == "ratio":
            faults |= {
                key: ["is missing; a ratio names two integer columns"]
                for key in ("numerator", "denominator")
                if key not in parts
            }
            if data.get("numerator") == data.get("denominator") and parts:
                faults["denominator"] = ["is the numerator too; name another column"]
        elif "kind" in data:
            faults |= {key: ["belongs to kind: ratio; take it out"] for key in parts}
        if data.get("additive_over") and data.get("kind") in ("ratio", "estimate"):
            faults["additive_over"] = [f"does not go with kind: {data['kind']}, which never adds up; take it out"]
        if data.get("prices") == "fixed" and "base" not in data:
            faults["base"] = ["is missing; fixed prices have a base period"]
        if "base" in data and data.get("prices") != "fixed":
            faults["base"] = ["goes with prices: fixed only; take it out"]
        if faults:
            raise ValidationError(faults)


class NoteSchema(Shape):
    text = fields.Nested(ProseSchema, required=True)
    at = PlaceField()
    mandatory = fields.Boolean(truthy={"true"}, falsy={"false"})


class BreakSchema(Shape):
    at = PlaceField()
    period = fields.String(required=True, validate=single)
    kind = fields.String(required=True, validate=one_of("level", "scope", "definition"))
    text = fields.Nested(ProseSchema, required=True)


class WeightsSchema(Shape):
    keep = Codes(single)
    prefer = PlaceField()


class Selection(fields.Field[dict[str, str]]):
    """`{DIM: "01,02", Tid: top(1)}`: texts in the site grammar, judged by `tables.selection`."""

    def _deserialize(self, value: object, *_: object, **__: object) -> dict[str, str]:
        if not isinstance(value, dict):
            raise ValidationError('must name dimensions, like {DIM: "*", Tid: top(1)}')
        wrong = {key: ['must be one text, like "01,02"'] for key, text in value.items() if not isinstance(text, str)}
        if wrong:
            raise ValidationError(wrong)
        return value


class LayoutSchema(Shape):
    rows = Codes(single, required=True)
    columns = Codes(single, required=True)
    select = Selection(required=True)

    @post_load
    def _layout(self, data: Mapping[str, Any], **_: object) -> Layout:
        return Layout(**data)


class TableSchema(Shape):
    id = fields.String(required=True, validate=table_id)
    status = fields.String(validate=one_of("active", "closed"))
    replaced_by = fields.String(validate=table_id)
    subject = fields.String(required=True, validate=coded)
    title = fields.Nested(TextSchema, required=True)
    source = fields.Nested(TextSchema, required=True)
    documentation = fields.String(validate=slug)
    contacts = fields.List(fields.Nested(ContactSchema))
    related = Codes(table_id)
    dimensions = fields.List(fields.Nested(DimensionSchema), required=True)
    measures = fields.List(fields.Nested(MeasureSchema), required=True)
    disclosure = fields.List(fields.Dict(keys=fields.String()), required=True)
    breaks = fields.List(fields.Nested(BreakSchema))
    default = fields.Nested(LayoutSchema)
    notes = fields.List(fields.Nested(NoteSchema))
    weights = fields.Nested(WeightsSchema)

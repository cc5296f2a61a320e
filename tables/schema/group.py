"""The shape of a protection file: tables that are masked together, and how their cells relate (disclosure §4)."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from tables.schema.shape import Shape
from tables.schema.words import Codes, one_of, single, table_id, texts

RELATIONS: Final = ("at_most", "equal", "at_least")


class Pairs(fields.Field[dict[str, str]]):
    """`{ours: theirs}`."""

    def _deserialize(self, value: object, *_: object, **__: object) -> dict[str, str]:
        if not isinstance(value, dict) or not value:
            raise ValidationError("must pair names, like {LANDSDEL: KOMMUNEDK}")
        wrong = {key: ["must be one text"] for key, item in value.items() if not isinstance(item, str)}
        if wrong:
            raise ValidationError(wrong)
        return value


class CodePairs(fields.Field[dict[str, dict[str, str | tuple[str, ...]]]]):
    """`{DIM: {ours: theirs}}`; a list of theirs means their sum."""

    def _deserialize(self, value: object, *_: object, **__: object) -> dict[str, dict[str, str | tuple[str, ...]]]:
        if not isinstance(value, dict) or not all(isinstance(pairs, dict) and pairs for pairs in value.values()):
            raise ValidationError('must pair codes of a dimension, like {INDSATSER: {"2": "3"}}')
        return {
            dimension: {ours: theirs if isinstance(theirs, str) else _sum(theirs) for ours, theirs in pairs.items()}
            for dimension, pairs in value.items()
        }


class Targets(fields.Field[dict[str, str | tuple[str, ...]]]):
    """`{DIM: code}` or `{DIM: [code, code]}`, the sum of them."""

    def _deserialize(self, value: object, *_: object, **__: object) -> dict[str, str | tuple[str, ...]]:
        if not isinstance(value, dict) or not value:
            raise ValidationError('must name a dimension and a code, like {FORAN: "6"}')
        return {dimension: item if isinstance(item, str) else _sum(item) for dimension, item in value.items()}


class Only(fields.Field[dict[str, Any]]):
    """`{DIM: [code, …]}`, `{DIM: {level: kommune}}`, and periods as in `time:`."""

    def _deserialize(self, value: object, *_: object, **__: object) -> dict[str, Any]:
        if not isinstance(value, dict) or not value:
            raise ValidationError('must name a dimension and its codes, like {FORAN: ["3"]}')
        only: dict[str, Any] = {}
        for dimension, item in value.items():
            if isinstance(item, dict):
                if set(item) != {"level"} or not isinstance(item["level"], str):
                    raise ValidationError({dimension: ["must be a list of codes or {level: …}"]})
                only[dimension] = dict(item)
            else:
                only[dimension] = item if isinstance(item, str) else _sum(item)
        return only


def _sum(item: object) -> tuple[str, ...]:
    if not isinstance(item, list):
        raise ValidationError("must be a code or a list of codes")
    return texts(item, single)


class PlusSchema(Shape):
    before = fields.Boolean(truthy={"true"}, falsy={"false"})
    codes = CodePairs()


class Plus(fields.Field[dict[str, dict[str, Any]]]):
    """`{TABLE: {before: true, codes: …}}`."""

    def _deserialize(self, value: object, *_: object, **__: object) -> dict[str, dict[str, Any]]:
        if not isinstance(value, dict) or len(value) != 1 or not all(isinstance(item, dict) for item in value.values()):
            raise ValidationError("must name one table, like {ISBU04: {before: true}}")
        try:
            return {table: PlusSchema().load(item) for table, item in value.items()}
        except ValidationError as error:
            raise ValidationError(dict.fromkeys(value, error.messages)) from None


class RelationSchema(Shape):
    at_most = Codes(table_id, repeats=True)
    equal = Codes(table_id, repeats=True)
    at_least = Codes(table_id, repeats=True)
    pair = Pairs()
    codes = CodePairs()
    only_ = Only(data_key="only", attribute="only")
    each = Targets()
    together = Targets()
    less = CodePairs()
    within = fields.String(validate=single)
    sum = fields.String(validate=single)
    twins = fields.Boolean(truthy={"true"}, falsy={"false"})
    plus = Plus()
    gap = fields.String(validate=one_of("rare"))

    @validates_schema(skip_on_field_errors=False)
    def _sides(self, data: Mapping[str, Any], **_: object) -> None:
        kinds = [kind for kind in RELATIONS if kind in data]
        if len(kinds) != 1:
            raise ValidationError("must have one of at_most, equal and at_least, like at_most: [A, B]")
        if len(data[kinds[0]]) != 2:
            raise ValidationError({kinds[0]: ["must name two tables, like [A, B]"]})
        stray = [key for key in ("plus", "gap") if key in data and kinds[0] != "at_least"]
        if stray:
            raise ValidationError({key: ["goes with at_least: only; take it out"] for key in stray})


class GroupSchema(Shape):
    tables = Codes(table_id, required=True)
    insiders = Codes(single)
    relations = fields.List(fields.Nested(RelationSchema))

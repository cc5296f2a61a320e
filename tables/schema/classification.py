"""The shape of a classification file; its block of values is a table of its own."""

from collections.abc import Mapping

from marshmallow import ValidationError, fields

from tables.schema.shape import Shape
from tables.schema.table import NESTS
from tables.schema.words import TextSchema, coded, one_of, single, slug


class LevelSchema(Shape):
    da = fields.String(required=True, validate=single)
    en = fields.String(required=True, validate=single)
    map = fields.String(validate=single)
    nests = fields.String(validate=one_of(*NESTS))


class Levels(fields.Field[dict[str, dict[str, str]]]):
    """`code: {da: …, en: …}` in the order from the whole to its parts."""

    def _deserialize(self, value: object, *_: object, **__: object) -> dict[str, dict[str, str]]:
        if not isinstance(value, dict) or not value:
            raise ValidationError("must name the levels, like {kommune: {da: Kommune, en: Municipality}}")
        levels, faults = {}, {}
        for code, level in value.items():
            try:
                coded(code)
                levels[code] = _level(level)
            except ValidationError as error:
                faults[code] = error.messages
        if faults:
            raise ValidationError(faults, valid_data=levels)
        return levels


def _level(level: object) -> dict[str, str]:
    if not isinstance(level, Mapping):
        raise ValidationError("must have keys and values, like {da: Kommune, en: Municipality}")
    loaded: dict[str, str] = LevelSchema().load(level)
    return loaded


class ClassificationSchema(Shape):
    id = fields.String(required=True, validate=slug)
    version = fields.String(required=True, validate=single)
    text = fields.Nested(TextSchema, required=True)
    levels = Levels(required=True)
    values_ = fields.String(required=True, data_key="values", attribute="values")

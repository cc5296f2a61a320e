"""The shapes in an article: its front matter, in one language, and the figures set off in its text."""

import re
from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, post_load

from tables.model import Contact, Text
from tables.schema.shape import Shape
from tables.schema.table import Selection
from tables.schema.words import Codes, coded, like, one_of, safe, single, slug, table_id

LONGEST: Final = 90  # characters of a title
VIEWS: Final = ("table", "line", "bar", "stacked", "pyramid", "multiples", "map", "tiles")
_NUMBER: Final = like(re.compile(r"\d{4}:\d{1,4}"), "a number; write 2025:101")
_ID: Final = re.compile(r"\d{4}-\d{1,4}")


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def _short(text: str) -> None:
    single(text)
    if len(text) > LONGEST:
        raise ValidationError(f"has {len(text)} characters; a title has at most {LONGEST}")


class OfficeSchema(Shape):
    """A contact in the language of the file."""

    name = fields.String(required=True, validate=single)
    email = fields.String(required=True, validate=single)
    phone = fields.String(required=True, validate=single)

    @post_load
    def _contact(self, data: Mapping[str, Any], **_: object) -> Contact:
        return Contact(Text(data["name"], data["name"]), data["email"], data["phone"])


class CorrectionSchema(Shape):
    at = fields.String(required=True, validate=single)
    text = fields.String(required=True, validate=safe)


class FrontSchema(Shape):
    title = fields.String(required=True, validate=_short)
    number = fields.String(required=True, validate=_NUMBER)
    subject = fields.String(required=True, validate=coded)
    documentation = fields.String(validate=slug)
    tables = Codes(table_id, required=True)
    conditions = fields.String(required=True, validate=safe)
    contacts = fields.List(fields.Nested(OfficeSchema))
    corrections = fields.List(fields.Nested(CorrectionSchema))


class FenceSchema(Shape):
    table = fields.String(required=True, validate=table_id)
    select = Selection()
    rows = Codes(single)
    columns = Codes(single)
    view = fields.String(validate=one_of(*VIEWS))
    title = fields.String(validate=_short)
    asof = fields.String(validate=single)

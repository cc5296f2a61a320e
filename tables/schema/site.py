"""The shapes of the files in site/: what an office makes its own."""

import re
from collections.abc import Mapping
from typing import Any, Final

from marshmallow import fields, post_load

from tables.model import Synonyms
from tables.schema.shape import Shape
from tables.schema.table import ContactSchema
from tables.schema.words import Codes, ProseSchema, TextSchema, coded, like, one_of, safe, single, slug, table_id

_ADDRESS: Final = like(re.compile(r"https?://[^\s<>\"']+"), "an address; write https://…")
_COLOUR: Final = like(re.compile(r"#[0-9a-f]{6}"), "a colour; write #rrggbb in small letters")


class LicenceSchema(Shape):
    id = fields.String(required=True, validate=single)
    address = fields.String(required=True, validate=_ADDRESS)


class ColoursSchema(Shape):
    brand = fields.String(required=True, validate=_COLOUR)
    series = Codes(_COLOUR, required=True)


class AreaPagesSchema(Shape):
    classification = fields.String(required=True, validate=slug)
    level = fields.String(required=True, validate=coded)


class MapSchema(Shape):
    level = fields.String(required=True, validate=coded)
    attribution = fields.Nested(TextSchema, required=True)
    licence = fields.String(required=True, validate=single)


class SiteSchema(Shape):
    name = fields.Nested(TextSchema, required=True)
    publisher = fields.Nested(TextSchema, required=True)
    banner = fields.Nested(TextSchema)
    languages = Codes(one_of("da", "en"), required=True)
    contact = fields.Nested(ContactSchema, required=True)
    licence = fields.Nested(LicenceSchema, required=True)
    citation = fields.Nested(TextSchema)
    accessibility = fields.String(validate=_ADDRESS)
    logo = fields.String(validate=like(re.compile(r"[\w-]+\.(svg|png)"), "a picture in this folder; write logo.svg"))
    colours = fields.Nested(ColoursSchema)
    area_pages = fields.Nested(AreaPagesSchema)
    embed_from = Codes(single)
    maps = fields.List(fields.Nested(MapSchema))


class SlugSchema(Shape):
    da = fields.String(required=True, validate=slug)
    en = fields.String(required=True, validate=slug)


class SubjectSchema(Shape):
    id = fields.String(required=True, validate=coded)
    slug = fields.Nested(SlugSchema, required=True)
    text = fields.Nested(TextSchema, required=True)
    subjects = fields.List(fields.Nested(lambda: SubjectSchema()))


class CalendarSchema(Shape):
    at = fields.String(required=True, validate=single)
    title = fields.Nested(TextSchema, required=True)
    tables = Codes(table_id, required=True)
    confirmed = fields.Boolean(truthy={"true"}, falsy={"false"})
    change_reason = fields.Nested(ProseSchema)


class SynonymsSchema(Shape):
    da = Codes(safe, required=True)
    en = Codes(safe, required=True)
    text = fields.Nested(ProseSchema)

    @post_load
    def _synonyms(self, data: Mapping[str, Any], **_: object) -> Synonyms:
        return Synonyms(**data)

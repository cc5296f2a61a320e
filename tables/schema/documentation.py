"""The shape of a documentation of statistics: whose it is, and a text in both languages under each heading."""

from marshmallow import ValidationError, fields

from tables.model import Text
from tables.schema.shape import Shape
from tables.schema.table import ContactSchema
from tables.schema.words import ProseSchema, TextSchema, coded


class Sections(fields.Field[dict[str, Text]]):
    """`"2.1": {da: …, en: …}`; which headings there are is known later."""

    def _deserialize(self, value: object, *_: object, **__: object) -> dict[str, Text]:
        if not isinstance(value, dict) or not value:
            raise ValidationError('must have headings with texts, like "1": {da: …, en: …}')
        read: dict[str, Text] = {}
        faults: dict[str, object] = {}
        for number, text in value.items():
            if not isinstance(text, dict):
                faults[number] = ["must have a text in both languages, like {da: …, en: …}"]
                continue
            try:
                read[number] = ProseSchema().load(text)
            except ValidationError as error:
                faults[number] = error.messages
        if faults:
            raise ValidationError(faults, valid_data=read)
        return read


class DocumentationSchema(Shape):
    title = fields.Nested(TextSchema, required=True)
    subject = fields.String(required=True, validate=coded)
    contacts = fields.List(fields.Nested(ContactSchema), required=True)
    sections = Sections(required=True)

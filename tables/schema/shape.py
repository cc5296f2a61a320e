"""What every shape builds on: closed keys with suggestions, and faults with their place instead of error trees."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from marshmallow import EXCLUDE, Schema, ValidationError, validates_schema
from rapidfuzz import fuzz, process

from tables.errors import Fault
from tables.yamlfile import Document, Place

_OURS: Final = {
    "Missing data for required field.": "is missing; write it",
    "Field may not be null.": "is empty; write a value, or take the key out",
    "Not a valid string.": "must be one text",
    "Not a valid list.": "must be a list, like [a, b]",
    "Not a valid mapping type.": "must have keys and values, like {a: b}",
    "Invalid input type.": "must have keys and values, like {a: b}",
    "Invalid type.": "must be a list, like [a, b]",
    "Not a valid integer.": "must be a whole number",
    "Not a valid boolean.": "must be true or false",
    "Unknown field.": "is not a key here; take it out",
}
_NEAR: Final = 60.0  # per cent alike; below that a suggestion confuses


class Shape(Schema):
    """A mapping that refuses keys it does not know, and tells which was meant."""

    class Meta:
        unknown = EXCLUDE  # told below, with a suggestion, and without hiding the other faults

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _known(self, _loaded: object, original: Mapping[str, Any], **_: object) -> None:
        known = {field.data_key or name for name, field in self.fields.items()}
        unknown = [key for key in original if key not in known] if isinstance(original, dict) else []
        if unknown:
            raise ValidationError({key: [_unknown(key, original[key], known)] for key in unknown})


def _unknown(key: str, value: object, known: Collection[str]) -> str:
    if value is None and nearest(key, known) is None:
        return "is not a key here; a text with a comma or a colon stands in quotes"
    return f"is not a key here; {meant(key, known)}"


def meant(written: str, known: Collection[str]) -> str:
    """The cure for a word that is not among the known ones."""
    near = nearest(written, known)
    if near is not None:
        return f"did you mean '{near}'?"
    few = list(known)[:12]
    return f"known: {', '.join(few)}{' …' if len(known) > len(few) else ''}" if few else "none is known"


def nearest(written: str, known: Collection[str]) -> str | None:
    """The known word most like it; of short codes one that ends or starts alike."""
    found = process.extractOne(written.casefold(), {word: word.casefold() for word in known}, scorer=fuzz.ratio)
    if found and found[1] >= _NEAR:
        return str(found[2])
    within = [word for word in known if word and written and (word.endswith(written) or written.endswith(word))]
    return within[0] if within else None


def shaped(schema: Schema, document: Document, faults: list[Fault]) -> Any:  # noqa: ANN401  # parsed YAML
    """What could be read of the document, its faults added to `faults`."""
    if document.data is None:
        if not document.faults:
            faults.append(document.fault((), "is empty; write the file, or take it away"))
        return [] if schema.many else {}
    if isinstance(document.data, str):
        faults.append(document.fault((), "is a single text; write keys and values"))
        return [] if schema.many else {}
    try:
        return schema.load(document.data)
    except ValidationError as error:
        faults += told(error.messages, document)
        return error.valid_data or ([] if schema.many else {})


def told(messages: object, document: Document, at: Place = ()) -> list[Fault]:
    """Marshmallow's tree of errors as faults, in the order of the file."""
    found = [document.fault(place, _OURS.get(what, what)) for place, what in _flat(messages, at)]
    return sorted(set(found), key=lambda fault: (fault.line, fault.path, fault.what))


def _flat(messages: object, at: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(messages, dict):
        for step, inner in messages.items():
            yield from _flat(inner, at if step == "_schema" else (*at, step))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _flat(inner, at)
    else:
        yield at, str(messages)

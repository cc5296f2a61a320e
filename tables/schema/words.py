"""The smallest things people write: texts in two languages, codes, lists of codes, places."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, post_load, validate

from tables.model import SUM, Additive, Text
from tables.schema.shape import Shape, meant

TABLE_ID: Final = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
NAME: Final = re.compile(r"[^\W\d_]\w{0,39}")  # of a dimension or a measure
SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FORMULA: Final = re.compile(r"[=@\t\r]|[+-](?![\d ])")


def safe(text: str) -> None:
    """operations §9: no label may be read as a formula by a spreadsheet."""
    if not text.strip():
        raise ValidationError("is blank; write a text")
    if text != text.strip():
        raise ValidationError("has blanks at an end; take them out")
    if _FORMULA.match(text):
        raise ValidationError(f"starts with '{text[0]}', which a spreadsheet reads as a formula; begin with a word")
    if any(unicodedata.category(character) in ("Cc", "Cf") and character != "\n" for character in text):
        raise ValidationError("has a control character; take it out")


def single(text: str) -> None:
    safe(text)
    if "\n" in text:
        raise ValidationError("runs over several lines; write it on one")


def coded(text: str) -> None:
    """A code of a value: whatever an office uses, but nothing that a selection would read as something else."""
    single(text)
    if any(sign in text for sign in "*?;\"'") or text.casefold() == SUM:
        raise ValidationError(
            f"'{text}' cannot be a code: * ? ; and quotes, and the word sum, have a meaning of their own"
        )
    if len(text) > 60:
        raise ValidationError(f"'{text[:20]}…' is longer than 60 characters; shorten the code")


def like(pattern: re.Pattern[str], what: str) -> Callable[[str], None]:
    def check(text: str) -> None:
        if not pattern.fullmatch(text):
            raise ValidationError(f"'{text}' is not {what}")

    return check


def one_of(*known: str) -> Callable[[str], None]:
    def check(text: str) -> None:
        if text not in known:
            raise ValidationError(f"'{text}' cannot stand here; {meant(text, known)}")

    return check


name: Final = like(NAME, "a code: letters, digits and _, a letter first")
slug: Final = like(SLUG, "a slug: small letters a-z, digits and single hyphens")
table_id: Final = like(TABLE_ID, "a table id: capitals A-Z, digits and _, a letter first, at most 40")


class TextSchema(Shape):
    """A label: one line in each language."""

    da = fields.String(required=True, validate=single)
    en = fields.String(required=True, validate=single)

    @post_load
    def _text(self, data: Mapping[str, str], **_: object) -> Text:
        return Text(**data)


class ProseSchema(TextSchema):
    """A note: it may have several lines."""

    da = fields.String(required=True, validate=safe)
    en = fields.String(required=True, validate=safe)


class Whole(fields.Field[int]):
    """A whole number within bounds."""

    def __init__(self, low: int, high: int, **options: Any) -> None:  # noqa: ANN401  # marshmallow's own options
        super().__init__(validate=validate.Range(low, high, error=f"must be from {low} to {high}"), **options)

    def _deserialize(self, value: object, *_: object, **__: object) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"[+-]?\d{1,18}", value, re.ASCII):
            raise ValidationError(f"{_shown(value)} is not a whole number; write digits")
        return int(value)


class Codes(fields.Field[tuple[str, ...]]):
    """A list of texts, none twice unless `repeats`."""

    def __init__(self, check: Callable[[str], None] = coded, *, repeats: bool = False, **options: Any) -> None:  # noqa: ANN401  # as above
        super().__init__(**options)
        self.check = check
        self.repeats = repeats

    def _deserialize(self, value: object, *_: object, **__: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise ValidationError("must be a list, like [a, b]")
        return texts(value, self.check, repeats=self.repeats)


class PlaceField(fields.Field[dict[str, tuple[str, ...]]]):
    """`{DIM: code}`, `{DIM: [code, code]}` or `{DIM: "*"}`; which dimensions and codes there are is known later."""

    def _deserialize(self, value: object, *_: object, **__: object) -> dict[str, tuple[str, ...]]:
        if not isinstance(value, dict):
            raise ValidationError('must name dimensions and codes, like {DIM: code} or {DIM: "*"}')
        place, faults = {}, {}
        for dimension, codes in value.items():
            try:
                place[dimension] = texts(codes if isinstance(codes, list) else [codes], single)
            except ValidationError as error:
                faults[dimension] = error.messages if isinstance(codes, list) else _first(error)
        if faults:
            raise ValidationError(faults, valid_data=place)
        return place


class AdditiveOver(fields.Field[tuple[Additive, ...]]):
    """`[DIM, {DIM: {OTHER: [code, …]}}]`: the second adds up only where OTHER stands at these codes."""

    def _deserialize(self, value: object, *_: object, **__: object) -> tuple[Additive, ...]:
        if not isinstance(value, list):
            raise ValidationError("must be a list of dimensions, like [A, B]; [] if nothing adds up")
        found, faults = [], {}
        for place, item in enumerate(value):
            if isinstance(item, str):
                found.append(Additive(item))
            elif isinstance(item, dict) and len(item) == 1 and isinstance(next(iter(item.values())), dict):
                ((dimension, only),) = item.items()
                found.append(Additive(dimension, PlaceField().deserialize(only) or {}))
            else:
                faults[place] = ["must be a dimension, or {DIM: {OTHER: [code]}}"]
        if faults:
            raise ValidationError(faults)
        return tuple(found)


def texts(value: list[Any], check: Callable[[str], None], *, repeats: bool = False) -> tuple[str, ...]:
    """The texts of a list, each checked; faults under their place in the list."""
    faults: dict[int, list[str]] = {}
    for place, item in enumerate(value):
        if not isinstance(item, str):
            faults[place] = ["must be one text"]
        elif item in value[:place] and not repeats:
            faults[place] = [f"'{item}' is there twice; keep one"]
        else:
            try:
                check(item)
            except ValidationError as error:
                faults[place] = [str(message) for message in error.messages]
    if not value:
        raise ValidationError("is an empty list; write what belongs in it, or take the key out")
    if faults:
        raise ValidationError(faults)
    return tuple(value)


def _first(error: ValidationError) -> list[str]:
    messages = error.messages
    return [str(item) for items in messages.values() for item in items] if isinstance(messages, dict) else messages


def _shown(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else "this"

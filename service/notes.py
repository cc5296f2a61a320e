"""What is noted of a request while it is answered, for counts and log: nothing of who asked (operations §11)."""

from dataclasses import dataclass, field
from secrets import token_hex
from typing import Final

from flask import Response, request

KEY: Final = "statbank.note"  # in the environment of WSGI


def number() -> str:
    """A random UUID, version 4."""
    drawn = token_hex(16)
    return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-{'89ab'[int(drawn[16], 16) & 3]}{drawn[17:20]}-{drawn[20:]}"


@dataclass(slots=True)
class Note:
    """`route` is the template of the address; table, format, cells and release are of figures that were released."""

    route: str = "-"
    table: str = ""
    format: str = ""
    cells: int = 0
    release: str = ""
    refusal: str = ""
    number: str = field(default_factory=number)


def note() -> Note:
    environ = request.environ
    if KEY not in environ:
        environ[KEY] = Note()
    found: Note = environ[KEY]
    return found


def routed(response: Response) -> Response:
    """After every request: which template its address fits; one that fits none is not told."""
    if request.url_rule is not None:
        note().route = request.url_rule.rule
    return response

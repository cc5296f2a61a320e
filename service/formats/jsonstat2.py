"""JSON-stat 2.0 as PxWebApi 2 sends it; states stand beside the values (PxWebApi §2.3, §2.9)."""

from collections.abc import Iterator

from service.formats import numbers
from service.formats.described import datasets, symbols
from service.formats.format import MILLION, Format, Options
from service.formats.jsonstat import dumped
from service.formats.signs import BY_BYTE
from tables.model import Answer, Lang, Status


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    values: list[str] = []
    status: dict[str, str] = {}
    used: set[int] = set()
    hidden = start = 0
    for block in answer.blocks():
        digits = numbers.texts(block)
        used.update(block.status.tolist())
        for place in block.status.nonzero()[0].tolist():
            state = BY_BYTE[block.status[place]]
            status[str(start + place)] = state.mark
            hidden += block.status[place] == Status.CONFIDENTIAL
            if not state.number:
                digits[place] = "null"
        values.append(",".join(digits))
        start += len(digits)
    opening = datasets(answer, lang, options, notes_of_signs=symbols(used, lang), hidden=int(hidden))
    yield f'{dumped(opening)[:-1]},"value":['.encode()
    for place, piece in enumerate(values):
        yield f"{',' if place else ''}{piece}".encode()
    states = f',"status":{dumped(status)}' if status else ""
    yield f"]{states}}}".encode()


FORMAT = Format("jsonstat2", "application/json; charset=utf-8", "json", MILLION, write)

"""The address whose GET gives the same bytes as a posted question: what may be kept, linked and asked again."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, urlencode

from service.dst.members import Members
from service.dst.question import Variable
from tables.bank import split

LONGEST: Final = 2_000  # letters; longer ones are no use as a link
SAFE: Final = ",:*()[]"
PLAIN: Final = (
    ("lang", "lang"),
    ("valuepresentation", "valuePresentation"),
    ("timeorder", "timeOrder"),
    ("delimiter", "delimiter"),
    ("allowcodeoverrideincolumnnames", "allowCodeOverrideInColumnNames"),
    ("x-decimal", "x-decimal"),
    ("x-asof", "x-asof"),
)


def of(asked: Members, table: str, variables: Iterable[Variable]) -> str | None:
    """None for what an address cannot say: placement, per cent, a value with a comma of its own."""
    chosen = tuple(variables)
    if asked.given.get("valuetransformationsettings") or any(variable.placement for variable in chosen):
        return None
    if any(len(split(value)) > 1 for variable in chosen for value in variable.values):
        return None
    keys = [(variable.code, ",".join(variable.values)) for variable in chosen]
    for name, shown in PLAIN:
        value = "true" if asked.given.get(name) is True else asked.text(name)
        if value:
            keys.append((shown, value))
    query = urlencode(keys, quote_via=quote, safe=SAFE)
    found = f"/v1/data/{table}/{asked.text('format').upper()}{'?' if query else ''}{query}"
    return found if len(found) <= LONGEST else None

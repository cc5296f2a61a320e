"""The two dialects of PX: the keywords each writes and their order, letters, line ends and signs (DST §8.4, PX §2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from service.formats.signs import DST, SIGNS
from tables.model import Status

SYMBOLS: Final = (("1", Status.NOT_APPLICABLE), ("2", Status.CONFIDENTIAL), ("3", Status.MISSING))


@dataclass(frozen=True, slots=True)
class Dialect:
    """`keywords` are all that it writes, in its order; `signs` stand in DATA where no number may."""

    keywords: Sequence[str]
    version: str
    codepage: str
    end: str
    row_end: str
    signs: Mapping[Status, str]
    languages: bool = False
    ascii: bool = False


V1: Final = Dialect(
    (
        *("CHARSET", "AXIS-VERSION", "CODEPAGE", "LANGUAGE", "CREATION-DATE", "DECIMALS", "SHOWDECIMALS", "MATRIX"),
        *("TITLE", "CONTENTS", "CONTVARIABLE", "UNITS", "PRECISION", "STUB", "HEADING", "VALUES", "TIMEVAL", "CODES"),
        *("VARIABLECODE", "LAST-UPDATED", "SOURCE", "INFOFILE", "NOTEX", "NOTE", "VALUENOTEX", "VALUENOTE"),
        *("CELLNOTEX", "CELLNOTE"),
    ),
    "2000",
    "Windows-1252",
    "\r\n",
    "",
    dict.fromkeys((Status.NOT_APPLICABLE, Status.MISSING, Status.CONFIDENTIAL), f'"{DST}"'),
)
FULL: Final = Dialect(
    (
        *("CHARSET", "AXIS-VERSION", "CODEPAGE", "LANGUAGE", "LANGUAGES", "CREATION-DATE", "DECIMALS", "SHOWDECIMALS"),
        *("MATRIX", "AGGREGALLOWED", "SUBJECT-CODE", "SUBJECT-AREA", "TITLE", "CONTENTS", "STUB", "HEADING"),
        *("CONTVARIABLE", "VARIABLECODE", "VALUES", "TIMEVAL", "CODES", "VARIABLE-TYPE", "MAP", "ELIMINATION"),
        *("PRECISION", "LAST-UPDATED", "STOCKFA", "CFPRICES", "UNITS", "REFPERIOD", "BASEPERIOD", "CONTACT", "SOURCE"),
        *("INFOFILE", "NOTEX", "NOTE", "VALUENOTEX", "VALUENOTE", "CELLNOTEX", "CELLNOTE"),
        *("DATASYMBOL1", "DATASYMBOL2", "DATASYMBOL3", "DATASYMBOLNIL"),
    ),
    "2013",
    "utf-8",
    "\n",
    " ",
    {status: f'"{sign.mark}"' for status, sign in SIGNS.items() if not sign.number},
    languages=True,
    ascii=True,
)

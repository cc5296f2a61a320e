"""The tree of errors. Every one carries its sentence in both languages, and the cure.

StatbankError
├─ NotFound        unknown, or not released yet: the same thing to the public
├─ InvalidQuery    what is wrong, how to mend it
│   ├─ TooManyCells
│   └─ NotAdditive
├─ Gone            withdrawn, with its notice
├─ Busy · Timeout  try again in a moment
├─ TableDamaged    this table only
└─ Publisher       for those who publish; never on the web
    ├─ CatalogError   all faults of a library at once
    │   └─ BadInput   of files given on the command line: exit 2
    ├─ Refused        a rule, by name
    ├─ BankDamaged
    ├─ NewerFormat    a bank written by newer software: exit 5
    └─ Locked
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tables.model import Text

Reason = Literal["variable", "value", "missing", "expression", "key", "layout"]


class StatbankError(Exception):
    """Base of all our errors; `text` is the sentence for a person, in both languages."""

    def __init__(self, da: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(da, en)


class NotFound(StatbankError):
    pass


class InvalidQuery(StatbankError):
    """`reason` tells an adapter which of its own sentences fits; `dimension` and `value` as they were sent."""

    def __init__(
        self,
        da: str,
        en: str,
        *,
        reason: Reason = "expression",
        dimension: str = "",
        value: str = "",
        near: Sequence[str] = (),
    ) -> None:
        super().__init__(da, en)
        self.reason = reason
        self.dimension = dimension
        self.value = value
        self.near = tuple(near)


class TooManyCells(InvalidQuery):
    def __init__(self, asked: int, allowed: int) -> None:
        super().__init__(
            f"Forespørgslen giver {asked} celler; grænsen er {allowed}. Vælg færre værdier eller et streamet format.",
            f"The question gives {asked} cells; the limit is {allowed}. Choose fewer values or a streaming format.",
        )
        self.asked = asked
        self.allowed = allowed


class NotAdditive(InvalidQuery):
    pass


class Gone(StatbankError):
    pass


class Busy(StatbankError):
    pass


class Timeout(StatbankError):
    pass


class TableDamaged(StatbankError):
    pass


class Publisher(StatbankError):
    pass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in one file: `file:line: path: what, and the cure`."""

    file: str
    line: int
    path: str
    what: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.path}: {self.what}" if self.path else f"{where}: {self.what}"


class CatalogError(Publisher):
    """All faults of a library at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        listed = "\n".join(str(fault) for fault in faults)
        super().__init__(listed, listed)
        self.faults = tuple(faults)


class BadInput(CatalogError):
    """Faults of files given on the command line: wrong use, not a wrong library."""


class Refused(Publisher):
    """A rule said no; `rule` is its name."""

    def __init__(self, rule: str, da: str, en: str) -> None:
        super().__init__(da, en)
        self.rule = rule


class BankDamaged(Publisher):
    pass


class NewerFormat(Publisher):
    """The bank was written by newer software; this one must not touch it."""


class Locked(Publisher):
    pass

"""Status → signs: how every state of a cell is shown, in one table (domain §11)."""

from dataclasses import dataclass
from typing import Final

from tables.model import Status, Text


@dataclass(frozen=True, slots=True)
class Sign:
    """`mark` follows a number or stands in its place; `word` is the `status` column of files."""

    mark: str
    word: str
    text: Text
    number: bool


SIGNS: Final[dict[Status, Sign]] = {
    Status.OK: Sign("", "", Text("", ""), number=True),
    Status.PROVISIONAL: Sign(
        "*", "provisional", Text("foreløbigt eller anslået", "provisional or estimated"), number=True
    ),
    Status.REVISED: Sign(
        "r",
        "revised",
        Text("rettet siden forrige udgivelse", "revised since the previous release"),
        number=True,
    ),
    Status.NOT_APPLICABLE: Sign(".", "not_applicable", Text("kan ikke forekomme", "cannot occur"), number=False),
    Status.MISSING: Sign("...", "not_available", Text("foreligger ikke", "not available"), number=False),
    Status.CONFIDENTIAL: Sign(
        "..",
        "confidential",
        Text(
            "vises ikke af hensyn til fortrolighed eller usikkerhed",
            "withheld for confidentiality or uncertainty",
        ),
        number=False,
    ),
}
BY_BYTE: Final[tuple[Sign, ...]] = tuple(SIGNS[status] for status in Status)  # SIGNS by the stored byte
FIRST_WITHOUT_NUMBER: Final = int(Status.NOT_APPLICABLE)  # this byte and those above carry no number
DST: Final = ".."  # DST §9: one sign for all three states without a number
DST_TEXT: Final = Text(
    "vises ikke: fortroligt, for usikkert, foreligger ikke eller kan ikke forekomme",
    "not shown: confidential, too uncertain, not available, or cannot occur",
)

"""The guide to the APIs: where they are, what they are for, and the dated log of their changes."""

from dataclasses import dataclass
from typing import Final

from flask.typing import ResponseReturnValue

from service import paper
from service.pages.room import BLUEPRINT, SEGMENTS, address, answer, both, phrase
from tables.model import Lang, Text


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the log: when, which surface, what, and who notices."""

    day: str
    surface: str
    text: Text


CHANGES: Final[tuple[Change, ...]] = (
    Change(
        "2026-11-24",
        "DST v1, alt.json, oEmbed",
        Text(
            "Første version. Alle, der bruger banken, begynder her.",
            "First version. Everybody who uses the bank begins here.",
        ),
    ),
)


def api(lang: Lang) -> ResponseReturnValue:
    pin = paper.pin()
    sample = next(iter(pin.catalogue.releases), "")
    return answer(pin, "api", lang, "api.html", heading=phrase("api", lang), sample=sample)


def changes(lang: Lang) -> ResponseReturnValue:
    trail = [(phrase("api", lang), address(lang, "api"))]
    return answer(
        paper.pin(), "api-changes", lang, "changes.html", heading=phrase("api_changes", lang), log=CHANGES, trail=trail
    )


for _rule, _lang in both("api"):
    BLUEPRINT.add_url_rule(_rule, "api", api, defaults={"lang": _lang})
    BLUEPRINT.add_url_rule(f"{_rule}/{SEGMENTS['changes'][_lang]}", "api_changes", changes, defaults={"lang": _lang})

"""Corrections and withdrawals of all tables, each with what was wrong; what a frozen frame leads to (ux §2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import Blueprint
from flask.typing import ResponseReturnValue

from service import paper
from tables.bank import Catalogue
from tables.model import Act, Lang

BLUEPRINT: Final = Blueprint("corrections", __name__)
WORDS: Final[Mapping[Lang, str]] = {"da": "rettelser", "en": "corrections"}


@dataclass(frozen=True, slots=True)
class Mended:
    """An act that mends or takes back; `ids` are the public names others link to."""

    act: Act
    kind: str
    tables: tuple[str, ...]
    ids: tuple[str, ...]


@BLUEPRINT.get("/da/rettelser", defaults={"lang": "da"})
@BLUEPRINT.get("/en/corrections", defaults={"lang": "en"})
def page(lang: Lang) -> ResponseReturnValue:
    pinned = paper.pin()
    other = paper.other_lang(lang)

    def make() -> bytes:
        return paper.render(
            "corrections.html",
            lang,
            pinned,
            heading=paper.word("corrections", lang),
            other=f"/{other}/{WORDS[other]}",
            listed=mended(pinned.catalogue, lang),
            releases=paper.RELEASES[lang],
        )

    return paper.answer(pinned, ("corrections", lang), paper.HTML, make)


def mended(catalogue: Catalogue, lang: Lang) -> tuple[Mended, ...]:
    """The latest first."""
    found = []
    for act in catalogue.acts:
        if act.kind not in ("correction", "rollback", "withdraw"):
            continue
        taken = (str(each["table"]) for each in act.withdraw)
        tables = tuple(dict.fromkeys(t for t in (*act.tables, *taken) if t in catalogue.releases))
        instant = act.effective_at.strftime("%Y-%m-%dT%H%MZ")
        kind = paper.word("withdrawn" if act.kind == "withdraw" else "correction", lang)
        found.append(Mended(act, kind, tables, tuple(f"{table}@{instant}" for table in tables)))
    return tuple(reversed(found))

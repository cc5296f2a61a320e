"""Classifications: their levels, codes and validity, to browse and to take along."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from service import http, paper
from service.pages.room import BLUEPRINT, address, answer, both, phrase
from tables.bank import Classification
from tables.errors import NotFound
from tables.model import LANGUAGES, Lang, Release

CSV = "text/csv; charset=utf-8"
COLUMNS = ("code", "level", "parent", "since", "until", "da", "en")


@dataclass(frozen=True, slots=True)
class Line:
    """A code as the page shows it; `depth` is how far down it hangs."""

    code: str
    text: str
    level: str
    depth: int
    since: str
    until: str


def listed(lang: Lang) -> ResponseReturnValue:
    pin = paper.pin()
    found = http.counter().bank.classifications(pin.catalogue)
    releases = tuple(pin.catalogue.releases.values())
    return answer(
        pin,
        "classifications",
        lang,
        "classifications.html",
        heading=phrase("classifications", lang),
        lists=[(each, len(each.rows), _users(releases, each.id)) for each in found.values()],
    )


def classification(name: str, lang: Lang) -> ResponseReturnValue:
    pin = paper.pin()
    code, _, ending = name.partition(".")
    found = http.counter().bank.classifications(pin.catalogue).get(code)
    if found is None:
        raise NotFound("Klassifikationen findes ikke.", "There is no such classification.")
    if ending == "csv":
        return paper.answer(pin, ("classification",), CSV, lambda: _csv(found))
    if ending == "json":
        return paper.answer(pin, ("classification",), paper.JSON, lambda: _json(found))
    if ending:
        raise NotFound(
            f"Formatet .{ending} findes ikke; brug .csv eller .json.", f"There is no .{ending}; use .csv or .json."
        )
    return answer(
        pin,
        "classification",
        lang,
        "classification.html",
        heading=found.text[lang],
        one=found,
        levels=[(level.text[lang], len(found.codes(level.code))) for level in found.levels],
        lines=_lines(found, lang),
        dated=any(row["since"] or row["until"] for row in found.rows),
        users=_users(tuple(pin.catalogue.releases.values()), found.id),
        trail=[(phrase("classifications", lang), address(lang, "classification"))],
    )


def _users(releases: Sequence[Release], name: str) -> tuple[Release, ...]:
    return tuple(
        release for release in releases if any(each.classification == name for each in release.table.dimensions)
    )


def _lines(found: Classification, lang: Lang) -> list[Line]:
    levels = {level.code: level.text[lang] for level in found.levels}
    return [
        Line(
            row["code"], row[lang], levels[row["level"]], len(found.ancestors(row["code"])), row["since"], row["until"]
        )
        for row in found.rows
    ]


def _csv(found: Classification) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([row[column] for column in COLUMNS] for row in found.rows)
    return text.getvalue().encode()


def _json(found: Classification) -> bytes:
    return json.dumps(
        {
            "id": found.id,
            "version": found.version,
            "text": {lang: found.text[lang] for lang in LANGUAGES},
            "levels": [
                {"code": level.code, "text": {lang: level.text[lang] for lang in LANGUAGES}} for level in found.levels
            ],
            "values": [{column: row[column] or None for column in COLUMNS} for row in found.rows],
        },
        ensure_ascii=False,
        indent=1,
    ).encode()


for _rule, _lang in both("classification", "/"):
    BLUEPRINT.add_url_rule(_rule, "classifications", listed, defaults={"lang": _lang})
for _rule, _lang in both("classification", "/<name>"):
    BLUEPRINT.add_url_rule(_rule, "classification", classification, defaults={"lang": _lang})

"""What changed: every release of a table with what came, went and was revised, from shown figures only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint
from flask.typing import ResponseReturnValue

from service import http, paper
from service.formats import numbers
from service.formats.table import digits
from service.news.page import stamp
from service.paper import HTML, JSON, RELEASES, TABLES
from tables.bank import Step
from tables.model import CONTENTS, Lang, Table

BLUEPRINT: Final = Blueprint("changes", __name__)
IN_FEED: Final = 3  # revised cells of a release
ON_PAGE: Final = 20  # revised cells of a release; the file has them all


@dataclass(frozen=True, slots=True)
class Revised:
    """A cell in words, and its number before and now as it is printed."""

    cell: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Told:
    """A step in words."""

    step: Step
    kind: str
    added: tuple[tuple[str, str], ...] = ()
    removed: tuple[tuple[str, str], ...] = ()
    changed: int = 0
    revised: tuple[Revised, ...] = ()
    notes_added: tuple[str, ...] = ()
    notes_removed: tuple[str, ...] = ()
    hidden: int = 0
    shown: int = 0
    first: bool = False


@BLUEPRINT.get("/da/tabel/<table>/<any(udgivelser, 'udgivelser.json'):name>", defaults={"lang": "da"})
@BLUEPRINT.get("/en/table/<table>/<any(releases, 'releases.json'):name>", defaults={"lang": "en"})
def releases(table: str, name: str, lang: Lang) -> ResponseReturnValue:
    pinned = paper.pin()
    release = pinned.release(table)
    steps = http.counter().bank.steps(pinned.catalogue, release.table.id)
    if name.endswith(".json"):
        data = {"table": release.table.id, "releases": [_data(step) for step in steps]}
        return paper.answer(pinned, ("releases",), JSON, lambda: paper.plain(data))

    def make() -> bytes:
        other = paper.other_lang(lang)
        return paper.render(
            "releases.html",
            lang,
            pinned,
            heading=f"{release.table.id}: {paper.word('releases', lang)}",
            other=f"/{other}/{TABLES[other]}/{release.table.id}/{RELEASES[other]}",
            table=release.table,
            steps=[_told(step, release.table, lang) for step in steps],
            here=f"/{lang}/{TABLES[lang]}/{release.table.id}",
        )

    return paper.answer(pinned, ("releases", lang), HTML, make)


def _data(step: Step) -> dict[str, Any]:
    """As it stands in the act; a withdrawn one tells why and nothing else."""
    told: dict[str, Any] = {
        "release": step.id,
        "at": stamp(step.act.effective_at),
        "kind": step.act.kind,
        "title": {"da": step.act.title.da, "en": step.act.title.en},
        "notice": {"da": step.act.notice.da, "en": step.act.notice.en} if step.act.notice else None,
        "withdrawn": {"da": step.withdrawn.da, "en": step.withdrawn.en} if step.withdrawn else None,
    }
    return told if step.changes is None else told | {"changes": _in_units(step.changes)}


def _in_units(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The act counts in the smallest decimal of a measure; who reads wants the number that was printed."""
    measures = {}
    for code, measured in changes.get("measures", {}).items():
        scale = 10 ** measured.get("largest", {}).get("decimals", 0)
        moved = [
            each | {end: _unit(each[end], scale) for end in ("from", "to")} for each in measured.get("revised", ())
        ]
        measures[code] = {key: measured[key] for key in ("compared", "changed")} | ({"revised": moved} if moved else {})
    return dict(changes) | ({"measures": measures} if measures else {})


def _unit(value: int, scale: int) -> int | float:
    return value if scale == 1 else value / scale


def summary(step: Step, table: Table, lang: Lang) -> str:
    """What a release changed, in the few sentences a feed has room for."""
    told = _told(step, table, lang)
    if step.withdrawn or step.changes is None:
        return ""
    if told.first:
        return paper.word("first_release", lang)
    parts = [f"{paper.word('added', lang)}: {variable}: {values}." for variable, values in told.added]
    parts += [f"{paper.word('removed', lang)}: {variable}: {values}." for variable, values in told.removed]
    if told.changed:
        examples = "; ".join(f"{each.cell}: {each.old} → {each.new}" for each in told.revised[:IN_FEED])
        parts.append(f"{digits(numbers.text(told.changed, 0), lang)} {paper.word('figures_since', lang)}: {examples}.")
    elif not parts:
        parts.append(paper.word("no_change", lang))
    for key, notes in (("notes_added", told.notes_added), ("notes_removed", told.notes_removed)):
        parts += [f"{paper.word(key, lang)}: {' '.join(notes)}"] if notes else []
    return " ".join(parts)


def _told(step: Step, table: Table, lang: Lang) -> Told:
    kind = paper.word("correction" if step.correction else "released", lang)
    told = step.changes
    if told is None or step.withdrawn:
        return Told(step, kind)
    if told.get("since") is None:
        return Told(step, kind, first=True)
    measures = told.get("measures", {})
    revised = [each for code, measured in measures.items() for each in _revised(code, measured, table, lang)]
    notes, hidden = told.get("notes", {}), told.get("hidden", {})
    return Told(
        step,
        kind,
        _codes(told.get("added", {}), table, lang),
        _codes(told.get("removed", {}), table, lang),
        sum(measured["changed"] for measured in measures.values()),
        tuple(revised[:ON_PAGE]),
        tuple(note[lang] for note in notes.get("added", ())),
        tuple(note[lang] for note in notes.get("removed", ())),
        hidden.get("newly", 0),
        hidden.get("no_longer", 0),
    )


def _codes(found: Mapping[str, Sequence[str]], table: Table, lang: Lang) -> tuple[tuple[str, str], ...]:
    """By variable, in words where the table still has them."""
    return tuple(
        (_variable(table, code, lang), ", ".join(_value(table, code, value, lang) for value in values))
        for code, values in found.items()
    )


def _revised(measure: str, measured: Mapping[str, Any], table: Table, lang: Lang) -> Iterator[Revised]:
    known = {each.code: each for each in table.measures}
    decimals = measured.get("largest", {}).get("decimals", 0)
    for each in measured.get("revised", [measured["largest"]] if "largest" in measured else []):
        words = [_value(table, code, value, lang) for code, value in each["cell"].items()]
        if len(known) > 1 and measure in known:
            words.append(known[measure].text[lang])
        old, new = (digits(numbers.text(each[end], decimals), lang) for end in ("from", "to"))
        yield Revised(", ".join(words), old, new)


def _variable(table: Table, code: str, lang: Lang) -> str:
    found = next((dimension for dimension in table.dimensions if dimension.code == code), None)
    return found.text[lang] if found else code


def _value(table: Table, code: str, value: str, lang: Lang) -> str:
    found = next((dimension for dimension in table.dimensions if dimension.code == code), None)
    if found is None or code == CONTENTS or value not in found.index:
        return value
    return found.values[found.index[value]].text[lang]

"""The head of a JSON-stat 2 dataset: dimensions, notes and the extensions that PxWebApi's clients read."""

from collections.abc import Iterator, Mapping, Sequence

from service.formats.format import Options
from service.formats.head import Axis, axes, decimals, documentation, name, notes, title, unit, updated
from service.formats.signs import BY_BYTE
from tables.model import CONTENTS, EVERY, Answer, Lang, Measure, Note

SHOW = {"text": "value", "code": "code", "code_text": "code_value", "text_code": "code_value"}
SERIES = {"stock": "Stock", "flow": "Flow", "average": "Average", None: "Other"}
PRICES = {"current": "Current", "fixed": "Fixed", None: "NotApplicable"}


def symbols(used: set[int], lang: Lang) -> list[str]:
    """PxWeb moves a note that starts with a sign to its list of signs (PxWebApi §2.3)."""
    signs = [BY_BYTE[status] for status in sorted(used)]
    return [f"{sign.mark} = {sign.text[lang][:1].upper()}{sign.text[lang][1:]}" for sign in signs if sign.mark]


def datasets(
    answer: Answer, lang: Lang, options: Options, *, notes_of_signs: Sequence[str], hidden: int
) -> dict[str, object]:
    """Everything that stands before `value`, in the order of its keys."""
    shown = axes(answer, lang)
    concerning = tuple(notes(answer))
    whole = [note for note in concerning if not note.at]
    told = [*(note.text[lang] for note in whole), *notes_of_signs]
    found: dict[str, object] = {
        "version": "2.0",
        "class": "dataset",
        "label": title(answer, lang),
        "source": answer.table.source[lang],
        "updated": updated(answer),
    }
    if told:
        found["note"] = told
    kinds = (("time", "time"), ("geo", "geo"), ("metric", "contents"))
    role = {key: [name(axis, options.ascii) for axis in shown if axis.kind == kind] for key, kind in kinds}
    found["role"] = {key: codes for key, codes in role.items() if codes}
    found["id"] = [name(axis, options.ascii) for axis in shown]
    found["size"] = [len(axis.lines) for axis in shown]
    found["dimension"] = {name(axis, options.ascii): _dimension(answer, axis, lang, options) for axis in shown}
    found["extension"] = _extension(answer, lang, options, hidden)
    if address := documentation(answer.table, options.address, lang):
        about = {"extension": {"relation": "about-statistics", "metaid": answer.table.documentation}}
        found["link"] = {"related": [about | {"href": address, "type": "text/html"}]}
    return found


def _dimension(answer: Answer, axis: Axis, lang: Lang, options: Options) -> dict[str, object]:
    found: dict[str, object] = {"label": axis.text}
    own = [note for note in notes(answer) if note.at == {axis.code: EVERY}]
    if own:
        found["note"] = [note.text[lang] for note in own]
    category: dict[str, object] = {
        "index": {line.code: place for place, line in enumerate(axis.lines)},
        "label": {line.code: line.shown(options.presentation) for line in axis.lines},
    }
    by_value = dict(_by_value(answer, axis))
    if by_value:
        category["note"] = {code: [note.text[lang] for note in hung] for code, hung in by_value.items()}
    if axis.kind == "contents":
        category["unit"] = {
            measure.code: {"base": unit(measure, answer.query, lang), "decimals": decimals(measure, answer.query)}
            for measure in answer.query.measures
        }
    found["category"] = category
    extension = _of_measures(answer, lang) if axis.kind == "contents" else _of_dimension(answer, axis)
    extension["show"] = SHOW[options.presentation]
    extension |= _mandatory(own, "noteMandatory")
    forced = {code: _mandatory(hung, "noteMandatory").get("noteMandatory") for code, hung in by_value.items()}
    if forced := {code: flags for code, flags in forced.items() if flags}:
        extension["categoryNoteMandatory"] = forced
    found["extension"] = extension
    return found


def _by_value(answer: Answer, axis: Axis) -> Iterator[tuple[str, list[Note]]]:
    """The notes that hang on one value each, by value, in the order shown."""
    hanging = [note for note in notes(answer) if set(note.at) == {axis.code} and note.at[axis.code] != EVERY]
    for line in axis.lines:
        if own := [note for note in hanging if line.code in note.at[axis.code]]:
            yield line.code, own


def _mandatory(hung: Sequence[Note], key: str) -> dict[str, object]:
    flags = {str(place): True for place, note in enumerate(hung) if note.mandatory}
    return {key: flags} if flags else {}


def _of_dimension(answer: Answer, axis: Axis) -> dict[str, object]:
    elimination = answer.table.dimension(axis.code).elimination
    found: dict[str, object] = {"elimination": elimination is not None}
    if elimination is not None and elimination in answer.table.dimension(axis.code).index:
        found["eliminationValueCode"] = elimination
    return found


def _of_measures(answer: Answer, lang: Lang) -> dict[str, object]:
    measures = answer.query.measures

    def each(values: Mapping[str, object]) -> dict[str, object]:
        return {code: value for code, value in values.items() if value is not None}

    return {
        "elimination": False,
        "refperiod": each({measure.code: _reference(measure, lang) for measure in measures}),
        "measuringType": each({measure.code: SERIES[measure.series] for measure in measures}),
        "priceType": each({measure.code: PRICES[measure.prices] for measure in measures}),
        "adjustment": {measure.code: "None" for measure in measures},
        "basePeriod": each({measure.code: measure.base for measure in measures}),
    }


def _reference(measure: Measure, lang: Lang) -> str | None:
    return measure.reference[lang] if measure.reference else None


def _extension(answer: Answer, lang: Lang, options: Options, hidden: int) -> dict[str, object]:
    table, query = answer.table, answer.query
    ids = [name(axis, options.ascii) for axis in axes(answer, lang)]
    split = len(ids) - len(options.columns)
    px: dict[str, object] = {
        "tableid": table.id,
        "decimals": max(decimals(measure, query) for measure in query.measures),
        "aggregallowed": adds_up(answer),
        "language": lang,
        "contents": table.title[lang],
        "description": table.description(lang),
        "heading": ids[split:],
        "stub": ids[:split],
        "matrix": table.id,
        "subject-code": table.subject,
    }
    if address := documentation(table, options.address, lang):
        px = {"infofile": address} | px
    contacts = [
        {
            "name": contact.name[lang],
            "phone": contact.phone,
            "mail": contact.email,
            "raw": f"{contact.name[lang]}, {contact.phone}, {contact.email}",
        }
        for contact in table.contacts
    ]
    periods = table.time.values
    found: dict[str, object] = {
        "contact": contacts,
        "firstPeriod": periods[0].text[lang],
        "lastPeriod": periods[-1].text[lang],
        "discontinued": table.status == "closed",
        "px": px,
        "suppression": {"count": hidden},
    }
    concerning = tuple(notes(answer))
    found |= _mandatory([note for note in concerning if not note.at], "noteMandatory")
    if cells := [_cell(note, lang, options) for note in concerning if len(note.at) > 1]:
        found["cellNotes"] = cells
    return found


def adds_up(answer: Answer) -> bool:
    """PX AGGREGALLOWED: only when every measure adds up over every variable but time."""
    plain = [dimension.code for dimension in answer.table.dimensions if not dimension.time]
    return answer.query.derive is None and all(
        (additive := measure.adds_over(code)) is not None and not additive.only
        for measure in answer.query.measures
        for code in plain
    )


def _cell(note: Note, lang: Lang, options: Options) -> dict[str, object]:
    where = {
        name(Axis(code, "", (), "contents" if code == CONTENTS else "plain"), options.ascii): list(codes)
        for code, codes in note.at.items()
    }
    return {"where": where, "text": note.text[lang], "mandatory": note.mandatory}

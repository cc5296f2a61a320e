"""About a table: what it holds, how it is made and protected, whom to ask; from its metadata alone."""

from collections.abc import Iterator

from flask import redirect
from flask.typing import ResponseReturnValue

from service import paper
from service.pages.lists import told, upcoming
from service.pages.phrases import PHRASES
from service.pages.room import BLUEPRINT, SEGMENTS, address, answer, both, phrase, trail
from tables.model import SUM, Dimension, Lang, Measure, Note, Release, Rule, Table


def about_table(code: str, lang: Lang) -> ResponseReturnValue:
    pin = paper.pin()
    release = pin.release(code)
    table = release.table
    if code != table.id:
        return redirect(address(lang, "table", table.id, "about"), 301)
    releases = pin.catalogue.releases
    coming = upcoming(pin, table.id)
    return answer(
        pin,
        f"about {coming.at if coming else ''}",
        lang,
        "describe.html",
        heading=phrase("about_this", lang, table=table.id),
        table=table,
        release=release,
        next=coming,
        trail=[
            *(
                (subject.text[lang], address(lang, "subject", subject.slug[lang]))
                for subject in trail(pin.catalogue.site.subjects, table.subject)
            ),
            (table.id, address(lang, "table", table.id)),
        ],
        measures=[(measure, tuple(_kind(measure, table, lang))) for measure in table.measures],
        dimensions=[(dimension, _total(dimension, lang)) for dimension in table.dimensions],
        notes=[(_where(note, table, lang), note) for note in table.notes],
        rules=tuple(_rule(rule, lang) for rule in table.disclosure),
        successor=releases.get(table.replaced_by or ""),
        related=tuple(releases[each] for each in table.related if each in releases),
        size=_size(release),
        **told(pin, lang),
    )


def _kind(measure: Measure, table: Table, lang: Lang) -> Iterator[str]:
    """How the numbers of a measure are counted, a sentence each."""
    yield phrase(f"kind_{measure.kind}", lang)
    if measure.series:
        yield phrase(f"series_{measure.series}", lang, reference=measure.reference[lang] if measure.reference else "")
    if measure.prices:
        yield phrase(f"prices_{measure.prices}", lang, base=measure.base or "")
    if measure.additive_over:
        texts = [table.dimension(each.dimension).text[lang] for each in measure.additive_over]
        yield phrase("adds_over", lang, variables=", ".join(texts))
    elif measure.kind != "estimate":
        yield phrase("adds_not", lang)


def _total(dimension: Dimension, lang: Lang) -> str:
    total = dimension.elimination
    if dimension.time:
        return phrase("empty_time", lang)
    if total is None:
        return phrase("total_none", lang)
    if total == SUM:
        return phrase("total_sum", lang)
    return phrase("total_is", lang, total=dimension.values[dimension.index[total]].text[lang])


def _where(note: Note, table: Table, lang: Lang) -> str:
    """What a note hangs on, in words."""
    parts = []
    for code, places in note.at.items():
        if code not in {dimension.code for dimension in table.dimensions}:
            continue
        dimension = table.dimension(code)
        texts = [dimension.values[dimension.index[place]].text[lang] for place in places if place in dimension.index]
        parts.append(f"{dimension.text[lang]}: {', '.join(texts)}" if texts else dimension.text[lang])
    return " · ".join(parts)


def _rule(rule: Rule, lang: Lang) -> str:
    """The rule in words; the office's own reason where it gives one."""
    reason = rule.params.get("reason")
    if reason:
        return str(reason[lang] if isinstance(reason, dict) else reason)
    key = f"rule_{rule.method}"
    return phrase(key if key in PHRASES else "rule_other", lang, below=rule.params.get("below", ""))


def _size(release: Release) -> int:
    cells = 1
    for count in release.table.shape:
        cells *= count
    return cells


for _address, _lang in both("table"):
    BLUEPRINT.add_url_rule(
        f"{_address}/<code>/{SEGMENTS['about'][_lang]}", "about_table", about_table, defaults={"lang": _lang}
    )

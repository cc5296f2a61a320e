"""An answer → its specification, its description in words, and the finished picture."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from service.charts import bar, line, look, tiles, words
from service.charts.cells import Cells, read
from service.charts.dress import Told, dressed
from service.charts.fit import Fit, fit
from service.charts.look import Spec
from service.charts.renderer import Renderer
from service.formats.breaks import crossed
from service.formats.format import Options
from service.formats.head import calculated, title, units, variables
from service.formats.signs import SIGNS
from service.texts import date
from tables.errors import InvalidQuery
from tables.model import Answer, Lang, Status

LEAST_COLOURS: Final = 6


def spec(answer: Answer, lang: Lang, view: str, options: Options) -> Spec:
    """Vega-Lite as plain values; InvalidQuery where the view does not fit, or is drawn without Vega (tiles)."""
    placed = fit(answer.query, options.columns, view)
    if placed.view == "tiles":
        raise InvalidQuery(
            "Feltkortet har ingen specifikation.",
            "The tile map has no specification.",
            reason="layout",
            dimension="view",
        )
    return _spec(placed, answer, read(answer, lang), _coloured(options))


def picture(answer: Answer, lang: Lang, options: Options, renderer: Callable[[], Renderer]) -> bytes:
    """The finished SVG; `renderer` is asked for only where Vega draws."""
    placed = fit(answer.query, options.columns, options.view)
    cells = read(answer, lang)
    told = described(placed, answer, cells, options.title)
    if placed.view == "tiles":
        drawn = tiles.drawing(cells, placed.along, title=told.title, under=under(answer, cells))
    else:
        drawn = renderer().svg(_spec(placed, answer, cells, _coloured(options)), lang)
    return dressed(drawn, told, lang)


def description(answer: Answer, lang: Lang, options: Options) -> str:
    """What is in the picture, for those who do not see it."""
    return described(fit(answer.query, options.columns, options.view), answer, read(answer, lang)).description


def _coloured(options: Options) -> Options:
    """The colours of the site, filled up from our own."""
    mine = (*options.colours, *look.COLOURS[len(options.colours) :])[:LEAST_COLOURS]
    return replace(options, colours=mine)


def _spec(placed: Fit, answer: Answer, cells: Cells, options: Options) -> Spec:
    unit = units(answer, cells.lang)
    if placed.view == "line":
        body = line.line(placed, answer.query, cells, unit, options.colours)
    elif placed.view == "multiples":
        body = line.multiples(placed, answer.query, cells, unit, options.colours)
    else:
        bars: Mapping[str, Callable[..., Spec]] = {"bar": bar.bar, "stacked": bar.stacked, "pyramid": bar.pyramid}
        body = bars[placed.view](placed, answer, cells, unit, options)
    heading = options.title or title(answer, cells.lang)
    return look.framed(body, title=heading, under=under(answer, cells), colours=options.colours)


def under(answer: Answer, cells: Cells) -> list[str]:
    """Below the heading: the variables of one value, what was reckoned, and the unit."""
    alone = [f"{axis.text}: {axis.lines[0].text}" for axis in variables(answer, cells.lang) if len(axis.lines) == 1]
    first = " · ".join(text[:1].upper() + text[1:] for text in alone)
    second = " · ".join(each for each in (calculated(answer.query, cells.lang), units(answer, cells.lang)) if each)
    return [each for each in (first, second) if each]


def described(placed: Fit, answer: Answer, cells: Cells, named: str = "") -> Told:
    lang = cells.lang
    heading = named or title(answer, lang)
    parts = [f"{words.KINDS[placed.view][lang]}: {heading}.", *(f"{each}." for each in under(answer, cells))]
    if (extremes := cells.extremes()) is None:
        parts.append(words.NOTHING[lang])
    else:
        (least, least_at), (most, most_at) = extremes
        parts.append(words.RANGE[lang].format(least=least, least_at=least_at, most=most, most_at=most_at))
    hidden = words.hidden(cells.hidden)[lang]
    if cells.hidden:
        parts.append(f"{hidden}.")
    breaks = [f"{words.BREAK[lang]} {each.period}: {each.text[lang]}" for each in crossed(answer.query)]
    parts += breaks
    return Told(heading, " ".join(parts), _foot(answer, cells, breaks))


def _foot(answer: Answer, cells: Cells, breaks: list[str]) -> tuple[str, ...]:
    lang = cells.lang
    release = answer.release
    told = [line for each in breaks for line in look.wrapped(each, 1.3)]
    if cells.hidden:
        sign = SIGNS[Status.CONFIDENTIAL]
        told.append(f"{sign.mark} {words.hidden(cells.hidden)[lang]} {words.WHY[lang]}.")
    source = answer.table.source[lang]
    updated = date(release.updated, lang)
    told += look.wrapped(
        f"{words.SOURCE[lang]}: {source} · {words.TABLE[lang]} {answer.table.id}, {words.UPDATED[lang]} {updated}", 1.3
    )
    return tuple(told)

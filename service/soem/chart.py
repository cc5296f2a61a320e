"""The accumulated result as a drawing: plain SVG in the colours of the page, its numbers told in words as well."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from service.charts.look import domain
from service.soem.rounding import money
from service.soem.words import WORDS
from tables.model import Lang

WIDTH, HEIGHT = 480, 250
RIGHT, TOP, BOTTOM = 12, 12, 46  # room for what is written around the lines
LETTER: Final = 9.5  # of an amount, as wide as it gets on a narrow page
MARKS: Final = (
    '<circle r="3.6"/>',
    '<rect x="-3.4" y="-3.4" width="6.8" height="6.8"/>',
    '<path d="M0-4.6 4.6 3.6H-4.6z"/>',
)
Series = Sequence[float]


@dataclass(frozen=True, slots=True)
class Plot:
    """Least, most and step of the amounts, where the lines begin, and the last year."""

    bounds: tuple[float, float, float]
    left: float
    last: int

    def x(self, t: int) -> float:
        return round(self.left + 10 + t * (WIDTH - self.left - RIGHT - 20) / max(self.last, 1), 1)

    def y(self, amount: float) -> float:
        low, high, _ = self.bounds
        return round(TOP + (high - amount) * (HEIGHT - TOP - BOTTOM) / (high - low), 1)


def drawn(titles: Sequence[str], all_series: Sequence[Series], lang: Lang) -> str:
    """A line a scenario, told apart by colour, dash and mark; above the heavy line a surplus."""
    bounds = domain([amount for series in all_series for amount in series], zero=True)
    plot = Plot(
        bounds, 14 + LETTER * max(len(money(amount, lang)) for amount in bounds[:2]), max(map(len, all_series)) - 1
    )
    pieces = [*_grid(plot, lang)]
    for number, (title, series) in enumerate(zip(titles, all_series, strict=True)):
        pieces += _line(number, title, series, plot, lang)
    heading = WORDS["accumulated"][lang]
    return (
        f'<svg class="graph" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="graph-title graph-desc">'
        f'<title id="graph-title">{escape(heading)}</title>'
        f'<desc id="graph-desc">{escape(told(titles, all_series, lang))}</desc>{"".join(pieces)}</svg>'
    )


def told(titles: Sequence[str], all_series: Sequence[Series], lang: Lang) -> str:
    """What the drawing shows, for those who do not see it."""
    parts = []
    for title, series in zip(titles, all_series, strict=True):
        first = next((t for t, amount in enumerate(series) if amount > 0), None)
        surplus = WORDS["graph_never"][lang] if first is None else WORDS["graph_first"][lang].format(t=first)
        ends = {"start": money(series[0], lang), "end": money(series[-1], lang), "last": len(series) - 1}
        parts.append(f"{title}: {WORDS['graph_told'][lang].format(**ends)} {surplus}")
    return " ".join(parts)


def swatch(number: int) -> str:
    """A piece of the line, for the list of scenarios."""
    middle = f'<g transform="translate(14 8)">{MARKS[number]}</g>'
    return f'<svg class="swatch g{number}" viewBox="0 0 28 16" aria-hidden="true"><path d="M0 8H28"/>{middle}</svg>'


def _grid(plot: Plot, lang: Lang) -> Iterator[str]:
    low, high, step = plot.bounds
    for place in range(round((high - low) / step) + 1):
        amount = low + place * step
        y = plot.y(amount)
        zero = ' class="zero"' if abs(amount) < step / 2 else ""
        yield f'<path{zero} d="M{plot.left:g} {y:g}H{WIDTH - RIGHT}"/>'
        yield f'<text class="end" x="{plot.left - 8:g}" y="{y + 3.5:g}">{escape(money(round(amount, 6), lang))}</text>'
    for t in range(plot.last + 1):
        yield f'<text class="mid" x="{plot.x(t):g}" y="{HEIGHT - BOTTOM + 19}">{t}</text>'
    middle, name = (plot.left + WIDTH - RIGHT) / 2, escape(WORDS["after"][lang])
    yield f'<text class="mid quiet" x="{middle:g}" y="{HEIGHT - 5}">{name}</text>'


def _line(number: int, title: str, series: Series, plot: Plot, lang: Lang) -> Iterator[str]:
    places = [(plot.x(t), plot.y(amount)) for t, amount in enumerate(series)]
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in places)
    yield f'<g class="g{number}"><path d="{path}"/>'
    for t, (amount, (x, y)) in enumerate(zip(series, places, strict=True)):
        spoken = WORDS["graph_point"][lang].format(title=title, t=t, amount=money(amount, lang))
        yield f'<g transform="translate({x:g} {y:g})"><title>{escape(spoken)}</title>{MARKS[number]}</g>'
    yield "</g>"

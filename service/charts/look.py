"""The look of every chart: colours, dashes, letters, scales from shown numbers only, and the frame around it."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, isclose, log10
from textwrap import wrap
from typing import Any, Final

from tables.model import Lang

Spec = dict[str, Any]  # Vega-Lite, as its JSON
FONT: Final = "Liberation Sans, Arial, Helvetica, sans-serif"  # ends so, or nothing is written at all (ux §5)
COLOURS: Final = ("#00508f", "#b34700", "#4d7a00", "#7a2e8c", "#5b6b7a", "#a3003f")  # each 5.1:1 on white or more
DASHES: Final = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 2], [1, 3])
SHAPES: Final = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
INK: Final = "#16202a"
QUIET: Final = "#51606d"
HIDDEN: Final = "#fe01fe"  # becomes a hatch when the drawing is finished
WIDTH: Final = 620
HEIGHT: Final = 320
LETTER: Final = 7.2  # pixels of a letter of the heading, on average
SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"
LOCALES: Final[Mapping[Lang, Spec]] = {
    "da": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " kr."], "minus": "−"},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""], "minus": "−"},
}


def framed(body: Spec, *, title: str, under: Sequence[str], colours: Sequence[str]) -> Spec:
    """A whole specification around marks; `under` are the lines below the heading."""
    return {
        "$schema": SCHEMA,
        "background": "white",
        "padding": 12,
        "title": {
            "text": wrapped(title),
            "subtitle": [line for text in under for line in wrapped(text, 1.15)],
            "anchor": "start",
            "frame": "bounds",
            "color": INK,
            "subtitleColor": QUIET,
            "fontSize": 15,
            "subtitleFontSize": 12,
            "subtitlePadding": 5,
            "offset": 12,
        },
        **body,
        "config": _config(tuple(colours) or COLOURS),
    }


def wrapped(text: str, small: float = 1.0) -> list[str]:
    return wrap(text, int((WIDTH + 80) / LETTER * small))


def _config(colours: Sequence[str]) -> Spec:
    axis = {
        "labelColor": INK,
        "labelFontSize": 12,
        "titleColor": QUIET,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": "#e3e8ed",
        "domainColor": "#8593a0",
        "tickColor": "#8593a0",
        "labelLimit": 220,
    }
    return {
        "aria": False,
        "font": FONT,
        "axis": axis,
        "axisX": {"labelAngle": 0},
        "view": {"stroke": None},
        "legend": {"labelFontSize": 12, "labelColor": INK, "labelLimit": 200, "orient": "top", "title": None},
        "range": {"category": list(colours)},
        "header": {"labelFontSize": 12, "labelColor": INK},
    }


def palette(names: Sequence[str], colours: Sequence[str]) -> Spec:
    """The colour of each name, the same in every layer."""
    chosen = [*colours, *COLOURS[len(colours) :]] if len(colours) < len(names) else [*colours]
    return {"domain": list(names), "range": chosen[: len(names)]}


def domain(shown: Sequence[float], *, zero: bool) -> tuple[float, float, float]:
    """From, to and step of an axis, at round numbers around what is shown; hidden cells have no say."""
    least, most = (min(shown), max(shown)) if shown else (0.0, 1.0)
    if zero or (0 <= least < most * 0.6):
        least = min(least, 0.0)
        most = max(most, 0.0)
    if isclose(least, most):
        most = least + (abs(least) or 1.0)
    step = _step((most - least) / 5)
    return floor(least / step + 1e-9) * step, ceil(most / step - 1e-9) * step, step


def _step(rough: float) -> float:
    power: float = 10.0 ** floor(log10(rough))
    return power * next(times for times in (1, 2, 2.5, 5, 10) if rough <= times * power * (1 + 1e-9))


def scale(bounds: tuple[float, float, float]) -> Spec:
    return {"domain": [bounds[0], bounds[1]], "nice": False, "zero": False}


def number_axis(bounds: tuple[float, float, float], title: str) -> Spec:
    """An axis of numbers, its ticks where they were reckoned."""
    low, high, step = bounds
    values = [round(low + place * step, 9) for place in range(round((high - low) / step) + 1)]
    decimals = max(0, -floor(log10(step) + 1e-9)) + (
        1 if isclose(step * 10 ** max(0, -floor(log10(step))) % 1, 0.5) else 0
    )
    return {"title": title or None, "values": values, "format": f",.{decimals}f", "tickSize": 0, "domain": False}

"""Lines over time, in one chart or in many small ones: a gap where nothing is shown, a rule where the series breaks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from service.charts import look, words
from service.charts.cells import Cells, Line, told
from service.charts.fit import Fit
from service.charts.look import Spec
from service.formats.breaks import crossed
from service.formats.signs import BY_BYTE
from tables.model import Query, Status, Text

LABELS: Final = 10  # most periods written under the axis
END: Final = 200  # pixels for a name at the end of its line
ROW: Final = 14  # pixels from one row of such a name to the next
ROWS: Final = 4
PANEL: Final = (180, 130)
ACROSS: Final = 3


@dataclass(frozen=True, slots=True)
class Frame:
    """What all lines of a chart share. `periods`: every period of the table between the first and last chosen."""

    query: Query
    cells: Cells
    chosen: tuple[str, ...]
    periods: tuple[str, ...]
    bounds: tuple[float, float, float]
    unit: str
    colours: Spec
    size: tuple[int, int]
    small: bool

    @property
    def x(self) -> Spec:
        time = self.cells.axis(self.query.release.table.time.code)
        texts = {line.code: line.text for line in time.lines}
        most = 3 if self.small else LABELS
        marked = _spread(self.chosen, most)
        names = json.dumps({code: texts[code] for code in marked}, ensure_ascii=False)
        return {
            "field": "x",
            "type": "ordinal",
            "scale": {"type": "point", "domain": list(self.periods), "padding": 0.3},
            "axis": {"title": None, "values": marked, "labelExpr": f"{names}[datum.value]", "grid": False},
        }

    @property
    def y(self) -> Spec:
        axis = look.number_axis(self.bounds, "")
        return {"field": "v", "type": "quantitative", "scale": look.scale(self.bounds), "axis": axis}


def line(fit: Fit, query: Query, cells: Cells, unit: str, colours: Sequence[str]) -> Spec:
    lines = cells.lines(fit.series)
    frame = _frame(fit, query, cells, unit, colours, lines=lines, small=False)
    return {"width": look.WIDTH, "height": look.HEIGHT, "layer": _layers(frame, lines, {}, ends=len(lines) > 1)}


def multiples(fit: Fit, query: Query, cells: Cells, unit: str, colours: Sequence[str]) -> Spec:
    """One chart a value of the panel's axis, all with the same scales."""
    lines = cells.lines(fit.series)
    frame = _frame(fit, query, cells, unit, colours, lines=lines, small=True)
    width, height = PANEL
    charts = [
        {
            "title": {"text": name, "anchor": "start", "fontSize": 12, "limit": width, "offset": 6, "color": look.INK},
            "width": width,
            "height": height,
            "layer": _layers(frame, lines, {fit.panel: place}, ends=False, legend=len(lines) > 1 and not place),
        }
        for place, name in enumerate(cells.names(fit.panel))
    ]
    return {"concat": charts, "columns": ACROSS, "spacing": {"row": 18, "column": 22}}


def _frame(
    fit: Fit, query: Query, cells: Cells, unit: str, colours: Sequence[str], *, lines: Sequence[Line], small: bool
) -> Frame:
    chosen = tuple(line.code for line in cells.axis(fit.along).lines)
    every = query.release.table.time.codes
    spots = sorted(query.release.table.time.index[code] for code in chosen if code in query.release.table.time.index)
    periods = every[spots[0] : spots[-1] + 1] if len(spots) == len(chosen) else chosen
    bounds = look.domain(cells.shown, zero=False)
    names = [each.name for each in lines]
    size = PANEL if small else (look.WIDTH, look.HEIGHT)
    return Frame(query, cells, chosen, periods, bounds, unit, look.palette(names, colours), size, small)


def _layers(
    frame: Frame, lines: Sequence[Line], fixed: Mapping[str, int], *, ends: bool, legend: bool = False
) -> list[Spec]:
    layers = [_breaks(frame)] if any(True for _ in crossed(frame.query)) else []
    layers.append(_lines(frame, lines, fixed, legend=legend))
    if (signs := _signs(frame, lines, fixed))["data"]["values"]:
        layers.append(signs)
    if ends:
        layers.append(_ends(frame, lines, fixed))
    return layers


def _lines(frame: Frame, lines: Sequence[Line], fixed: Mapping[str, int], *, legend: bool) -> Spec:
    time = frame.query.release.table.time.code
    texts = {line.code: line.text for line in frame.cells.axis(time).lines}
    rows: list[Spec] = []
    for each in lines:
        for place, code in enumerate(frame.chosen):
            cell = frame.cells.at({**each.place, **fixed, time: place})
            at = ", ".join(part for part in (each.name, texts[code]) if part)
            rows.append({"x": code, "s": each.name, "v": cell.value, "h": f"{at}: {told(cell, frame.cells.lang)}"})
    names = frame.colours["domain"]
    dash = {"domain": names, "range": list(look.DASHES[: len(names)])}
    shape = {"domain": names, "range": list(look.SHAPES[: len(names)])}
    points = {"filled": True, "size": 12 if frame.small else 34}
    legends = {"columns": 2} if legend else None
    return {
        "data": {"values": rows},
        "mark": {"type": "line", "point": points, "strokeWidth": 2, "invalid": "break-paths-show-path-domains"},
        "encoding": {
            "x": frame.x,
            "y": frame.y,
            "color": {"field": "s", "type": "nominal", "scale": frame.colours, "legend": legends},
            "strokeDash": {"field": "s", "type": "nominal", "scale": dash, "legend": legends},
            "shape": {"field": "s", "type": "nominal", "scale": shape, "legend": legends},
            "tooltip": {"field": "h"},
        },
    }


def _signs(frame: Frame, lines: Sequence[Line], fixed: Mapping[str, int]) -> Spec:
    """One sign over the axis for each state a period has; where it stands says nothing of the number."""
    time = frame.query.release.table.time.code
    rows: list[Spec] = []
    for place, code in enumerate(frame.chosen):
        states = {frame.cells.at({**each.place, **fixed, time: place}).state for each in lines}
        marks = [BY_BYTE[state].mark for state in sorted(states) if not BY_BYTE[state].number]
        if marks:
            rows.append({"x": code, "t": " ".join(marks), "hidden": int(Status.CONFIDENTIAL) in states})
    return {
        "data": {"values": rows},
        "mark": {"type": "text", "baseline": "bottom", "fontSize": 14, "fontWeight": "bold", "color": look.QUIET},
        "encoding": {"x": frame.x, "y": {"value": frame.size[1] - 3}, "text": {"field": "t"}},
    }


def _breaks(frame: Frame) -> Spec:
    name: Text = words.BREAK
    lang = frame.cells.lang
    rows = [
        {"x": each.period, "t": name[lang] if not frame.small else "", "n": each.text[lang]}
        for each in crossed(frame.query)
        if each.period in frame.periods
    ]
    mark = {"type": "rule", "strokeDash": [3, 3], "color": look.QUIET}
    text = {"type": "text", "align": "left", "baseline": "top", "dx": 4, "fontSize": 11, "color": look.QUIET}
    return {
        "data": {"values": rows},
        "layer": [
            {"mark": mark, "encoding": {"x": frame.x, "tooltip": {"field": "n"}}},
            {"mark": text, "encoding": {"x": frame.x, "y": {"value": 0}, "text": {"field": "t"}}},
        ],
    }


def _ends(frame: Frame, lines: Sequence[Line], fixed: Mapping[str, int]) -> Spec:
    """The name of each line beside its last shown point, moved so that none covers another."""
    time = frame.query.release.table.time.code
    low, high, _ = frame.bounds
    per_pixel = (high - low) / frame.size[1]
    last: list[tuple[float, str]] = []
    per_row = per_pixel * ROW
    for each in lines:
        values = [frame.cells.at({**each.place, **fixed, time: place}).value for place in range(len(frame.chosen))]
        shown = [value for value in values if value is not None]
        if shown:
            last.append((shown[-1], each.name))
    tall = {name: len(_rows(name)) for _, name in last}
    rows = [
        {"v": value + per_row * (tall[name] - 1) / 2, "s": name, "t": _rows(name)}
        for value, name in _apart(sorted(last), tall, per_row, high)
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "text", "align": "left", "dx": 8, "fontSize": 12, "lineHeight": ROW, "limit": END},
        "encoding": {
            "x": {"value": frame.size[0]},
            "y": frame.y,
            "text": {"field": "t"},
            "color": {"field": "s", "type": "nominal", "scale": frame.colours, "legend": None},
        },
    }


def _rows(name: str) -> list[str]:
    """A long name in rows, cut where it would take too many; capitals are wide."""
    rows = wrap(name, int(END / (9 if name.isupper() else 6.5)))
    return rows if len(rows) <= ROWS else [*rows[: ROWS - 1], f"{rows[ROWS - 1]}…"]


def _apart(
    last: Sequence[tuple[float, str]], tall: Mapping[str, int], per_row: float, high: float
) -> list[tuple[float, str]]:
    """The middles, from below upwards each clear of the name before; then down again from the top."""
    placed: list[float] = []
    half = [tall[name] * per_row / 2 for _, name in last]
    for spot, (value, _) in enumerate(last):
        placed.append(max(value, placed[-1] + half[spot - 1] + half[spot]) if placed else value)
    ceiling = high
    for spot in range(len(placed) - 1, -1, -1):
        placed[spot] = min(placed[spot], ceiling)
        ceiling = placed[spot] - half[spot] - (half[spot - 1] if spot else 0)
    return [(value, name) for value, (_, name) in zip(placed, last, strict=True)]


def _spread(codes: Sequence[str], most: int) -> list[str]:
    """At most so many, evenly spread, the last among them."""
    step = -(-len(codes) // most)
    return [code for place, code in enumerate(codes) if (len(codes) - 1 - place) % step == 0]

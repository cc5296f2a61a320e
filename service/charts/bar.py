"""Bars from zero, beside each other or stacked, and the pyramid; where nothing is shown there is a word and no bar."""

from collections.abc import Sequence
from typing import Final

from service.charts import look
from service.charts.cells import Cells, Line, told
from service.charts.fit import Fit
from service.charts.look import Spec
from service.formats import sorting
from service.formats.format import Options
from service.formats.signs import FIRST_WITHOUT_NUMBER
from tables.model import Answer

STEP: Final = 22  # pixels of a bar with the space beside it
THIN: Final = 13
WRITTEN: Final = 60  # most bars with their number beside them


def bar(fit: Fit, answer: Answer, cells: Cells, unit: str, options: Options) -> Spec:
    """Across the page where they stand along a variable; upright along time."""
    upright = cells.axis(fit.along).kind == "time"
    lines = cells.lines(fit.series)
    order = _order(fit, answer, cells, options, lines)
    bounds = look.domain(cells.shown, zero=True)
    colours = look.palette([line.name for line in lines], options.colours)
    encoding = _encoding(cells, fit, order, bounds=bounds, upright=upright)
    if len(lines) > 1:
        offset = "xOffset" if upright else "yOffset"
        encoding |= {offset: {"field": "s", "sort": colours["domain"], "scale": {"domain": colours["domain"]}}}
    rows = _rows(fit, cells, lines, order)
    layers = [_bars(rows, encoding, colours, legend=len(lines) > 1)]
    few = len(rows) <= WRITTEN and not (upright and len(lines) > 2)
    layers += _texts(rows, encoding, upright=upright, numbers=few, value=None)
    return _sized(layers, len(order), len(lines), upright=upright)


def stacked(fit: Fit, answer: Answer, cells: Cells, unit: str, options: Options) -> Spec:
    """Shown parts on top of each other; a place with a part that is not shown says so at its foot."""
    upright = cells.axis(fit.along).kind == "time"
    lines = cells.lines(fit.series)
    order = list(range(len(cells.axis(fit.along).lines)))
    rows = _rows(fit, cells, lines, order)
    sums = [sum(abs(cells.at({**line.place, fit.along: place}).value or 0.0) for line in lines) for place in order]
    bounds = look.domain(sums, zero=True)
    colours = look.palette([line.name for line in lines], options.colours)
    encoding = _encoding(cells, fit, order, bounds=bounds, upright=upright)
    for rank, row in enumerate(rows):
        row["o"] = rank
    value = "y" if upright else "x"
    encoding[value] |= {"stack": "zero"}
    layers = [_bars(rows, {**encoding, "order": {"field": "o", "type": "quantitative"}}, colours, legend=True)]
    partial = [row for row in rows if row["k"]]
    seen: dict[str, Spec] = {}
    for row in partial:
        seen.setdefault(row["c"], {"c": row["c"], "t": "..", "k": 1, "v": None})
    layers += _texts(list(seen.values()), encoding, upright=upright, numbers=False, value=None)
    return _sized(layers, len(order), 1, upright=upright)


def pyramid(fit: Fit, answer: Answer, cells: Cells, unit: str, options: Options) -> Spec:
    """The first of the two to the left, the other to the right, the first row lowest."""
    sides = cells.lines(fit.series)
    names = cells.names(fit.along)
    colours = look.palette([side.name for side in sides], options.colours)
    low, high, step = look.domain(cells.shown, zero=True)
    high = max(high, -low)
    rows = _rows(fit, cells, sides, range(len(names)))
    for row in rows:
        if row["s"] == sides[0].name and row["v"] is not None:
            row["v"] = -row["v"]
    axis = look.number_axis((-high, high, step), "")
    axis["labelExpr"] = f"format(abs(datum.value), '{axis['format']}')"
    encoding = {
        "y": {"field": "c", "type": "nominal", "sort": list(reversed(names)), "axis": _names_axis(), "title": None},
        "x": {
            "field": "v",
            "type": "quantitative",
            "stack": None,
            "scale": look.scale((-high, high, step)),
            "axis": axis,
        },
    }
    layers = [_bars(rows, encoding, colours, legend=True)]
    for side, align, dx in ((sides[0], "right", -4), (sides[1], "left", 4)):
        mine = [row for row in rows if row["k"] and row["s"] == side.name]
        if mine:
            mark = {"type": "text", "align": align, "dx": dx, "fontSize": 11, "color": look.QUIET}
            middle = {"datum": 0, "type": "quantitative"}
            layers.append(
                {
                    "data": {"values": mine},
                    "mark": mark,
                    "encoding": {"y": encoding["y"], "x": middle, "text": {"field": "t"}},
                }
            )
    return {"width": look.WIDTH - 60, "height": {"step": 16}, "layer": layers}


def _rows(fit: Fit, cells: Cells, lines: Sequence[Line], order: Sequence[int]) -> list[Spec]:
    names = cells.names(fit.along)
    rows: list[Spec] = []
    for place in order:
        for line in lines:
            cell = cells.at({**line.place, fit.along: place})
            empty = int(cell.state >= FIRST_WITHOUT_NUMBER)
            text = told(cell, cells.lang)
            at = ", ".join(part for part in (names[place], line.name) if part)
            row = {"c": names[place], "s": line.name, "v": cell.value, "t": text, "h": f"{at}: {text}", "k": empty}
            rows.append(row)
    return rows


def _order(fit: Fit, answer: Answer, cells: Cells, options: Options, lines: Sequence[Line]) -> Sequence[int]:
    """By `sort`; else one colour of bars by its shown numbers, hidden ones last; time and groups in table order."""
    places = range(len(cells.axis(fit.along).lines))
    down, _, _ = sorting.parted(answer.query, options.columns)
    if options.sort is not None and down == (fit.along,):
        return sorting.order(answer, cells.lang, options) or places
    if len(lines) > 1 or cells.axis(fit.along).kind == "time" or options.sort is not None:
        return places
    values = [cells.at({fit.along: place}).value for place in places]
    numbered = [place for place in places if values[place] is not None]
    first = sorted(numbered, key=lambda place: -(values[place] or 0.0))
    return [*first, *(place for place in places if values[place] is None)]


def _encoding(
    cells: Cells, fit: Fit, order: Sequence[int], *, bounds: tuple[float, float, float], upright: bool
) -> Spec:
    names = cells.names(fit.along)
    along: Spec = {"field": "c", "type": "nominal", "sort": [names[place] for place in order], "title": None}
    along["axis"] = {"labelAngle": 0 if len(order) <= 12 else -60, "tickSize": 0} if upright else _names_axis()
    number = {
        "field": "v",
        "type": "quantitative",
        "stack": None,
        "scale": look.scale(bounds),
        "axis": look.number_axis(bounds, ""),
    }
    return {"x": along, "y": number} if upright else {"y": along, "x": number}


def _names_axis() -> Spec:
    return {"tickSize": 0, "labelPadding": 6, "labelOverlap": False, "title": None}


def _bars(rows: Sequence[Spec], encoding: Spec, colours: Spec, *, legend: bool) -> Spec:
    names = {"columns": 3, "orient": "top", "title": None} if legend else None
    colour = {"field": "s", "type": "nominal", "scale": colours, "legend": names}
    return {
        "data": {"values": list(rows)},
        "mark": {"type": "bar"},
        "encoding": {**encoding, "color": colour, "tooltip": {"field": "h"}},
    }


def _texts(rows: Sequence[Spec], encoding: Spec, *, upright: bool, numbers: bool, value: float | None) -> list[Spec]:
    """Numbers at the ends of bars, and at zero the words of what is not shown."""
    axis = "y" if upright else "x"
    layers: list[Spec] = []
    plain = {"type": "text", "fontSize": 11}
    place = {"baseline": "bottom", "dy": -3} if upright else {"align": "left", "dx": 4}
    if numbers and (shown := [row for row in rows if not row["k"]]):
        rows_left = [row for row in shown if (row["v"] or 0) < 0]
        mark = {**plain, **place, "color": look.INK}
        layers.append(
            {"data": {"values": [r for r in shown if r not in rows_left]}, "mark": mark, "encoding": encoding}
        )
        if rows_left:
            away = {"baseline": "top", "dy": 3} if upright else {"align": "right", "dx": -4}
            layers.append(
                {"data": {"values": rows_left}, "mark": {**plain, **away, "color": look.INK}, "encoding": encoding}
            )
    if empty := [row for row in rows if row["k"]]:
        mark = {**plain, **place, "color": look.QUIET, "fontStyle": "italic"}
        zero = {**encoding, axis: {"datum": 0, "type": "quantitative"}}
        layers.append({"data": {"values": empty}, "mark": mark, "encoding": zero})
    return [{**layer, "encoding": {**layer["encoding"], "text": {"field": "t"}}} for layer in layers]


def _sized(layers: Sequence[Spec], places: int, lines: int, *, upright: bool) -> Spec:
    step = STEP if lines == 1 else THIN * lines + 8
    if upright:
        return {"width": max(look.WIDTH, places * step), "height": look.HEIGHT, "layer": list(layers)}
    return {"width": look.WIDTH - 100, "height": max(60, places * step), "layer": list(layers)}

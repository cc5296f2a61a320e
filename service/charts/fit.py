"""Which views a question can have: looked up from what is asked, never from the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

from service.charts import words
from service.charts.areas import LEVELS, level
from service.formats.head import unit
from service.formats.sorting import codes, parted
from tables.errors import InvalidQuery
from tables.model import CONTENTS, Query, Text

VIEWS: Final = tuple(words.VIEWS)
LINES: Final = 6
BARS: Final = 120
PANELS: Final = 30
PYRAMID: Final = 130
LINE_PERIODS: Final = 3  # a table of this many is drawn as lines, with fewer as bars (ux §5)


@dataclass(frozen=True, slots=True)
class Fit:
    """How the axes of a question stand in a chart; those of one value are in neither place."""

    view: str
    along: str
    series: tuple[str, ...] = ()
    panel: str = ""


def fit(query: Query, columns: Sequence[str], view: str) -> Fit:
    """Raises InvalidQuery with the reason, and the views that fit."""
    if view == "table":
        periods = len(query.picks.get(query.release.table.time.code, ()))
        view = "line" if periods >= LINE_PERIODS and not reason(query, columns, "line") else "bar"
        if reason(query, columns, view):
            view = next((each for each in VIEWS if not reason(query, columns, each)), view)
    why = reason(query, columns, view)
    if why is None:
        return _placed(query, columns, view)
    fitting = [each for each in VIEWS if not reason(query, columns, each)]
    da = ", ".join(words.VIEWS[each].da for each in fitting) or "kun tabellen"
    en = ", ".join(words.VIEWS[each].en for each in fitting) or "the table only"
    raise InvalidQuery(
        f"{why.da}. Her passer: {da}.",
        f"{why.en}. What fits here: {en}.",
        reason="layout",
        dimension="view",
        value=view,
        near=fitting,
    )


def reason(query: Query, columns: Sequence[str], view: str) -> Text | None:
    """Why a view makes no sense for the question, in plain words; None where it does."""
    key = _why(query, columns, view)
    return words.REASONS[key] if key else None


def _why(query: Query, columns: Sequence[str], view: str) -> str:
    if view not in VIEWS:
        return "unknown"
    if len({unit(measure, query, "da") for measure in query.measures}) > 1:
        return "units"
    if view in ("map", "tiles"):
        return "" if _area(query, columns) else "areas"
    if view in ("line", "multiples"):
        return _lines(query, columns, view)
    return _bars(query, columns, view)


def _wide(query: Query, columns: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    down, across, _ = parted(query, columns)
    keep = [axis for axis in (*down, *across) if len(codes(query, axis)) > 1]
    return tuple(a for a in down if a in keep), tuple(a for a in across if a in keep)


def _lines(query: Query, columns: Sequence[str], view: str) -> str:
    down, across = _wide(query, columns)
    time = query.release.table.time.code
    others = [axis for axis in (*down, *across) if axis != time]
    if time not in (*down, *across):
        return "periods"
    sizes = [len(codes(query, axis)) for axis in others]
    if view == "line":
        return "lines" if prod(sizes) > LINES else ""
    return "" if sizes and sizes[0] <= PANELS and prod(sizes[1:]) <= LINES else "panels"


def _bars(query: Query, columns: Sequence[str], view: str) -> str:
    down, across = _wide(query, columns)
    wide = (*down, *across)
    if view == "pyramid":
        return _pyramid(query, down, across)
    if view == "bar":
        along, series = _pair(query, down, across)
        long, short = len(codes(query, along)) if along else 1, len(codes(query, series)) if series else 1
        return "bars" if len(wide) > 2 or long > BARS or short > LINES else ""
    along, series = _pair(query, down, across)
    if len(wide) != 2 or len(codes(query, series)) > LINES or len(codes(query, along)) > BARS:
        return "stack"
    if query.derive is not None and query.derive.kind != "share":
        return "sums"
    if series == CONTENTS or any(not measure.adds_over(series) for measure in query.measures):
        return "sums"
    total = query.release.table.dimension(series).elimination
    return "total" if total in codes(query, series) else ""


def _pyramid(query: Query, down: tuple[str, ...], across: tuple[str, ...]) -> str:
    if len(down) != 1 or len(across) != 1 or len(codes(query, across[0])) != 2:
        return "pair"
    if CONTENTS in (*down, *across) or len(codes(query, down[0])) > PYRAMID:
        return "pair"
    return "signs" if query.derive is not None and query.derive.kind in ("change", "pct") else ""


def _pair(query: Query, down: tuple[str, ...], across: tuple[str, ...]) -> tuple[str, str]:
    """What the bars stand along, and what tells those of one place apart: the axis across, or the shorter one."""
    wide = (*down, *across)
    if not wide:
        return "", ""
    if len(wide) == 1:
        return wide[0], ""
    along, series = (down[-1], across[0]) if down and across else (wide[0], wide[1])
    if len(codes(query, series)) > LINES >= len(codes(query, along)):
        return series, along
    return along, series


def _area(query: Query, columns: Sequence[str]) -> str:
    """The one axis of areas that the tile map knows."""
    down, across, alone = parted(query, columns)
    wide = [axis for axis in (*down, *across) if len(codes(query, axis)) > 1]
    found = [axis for axis in wide or alone if axis != CONTENTS and query.release.table.dimension(axis).map]
    if len(wide) > 1 or len(found) != 1 or level(codes(query, found[0])) not in LEVELS:
        return ""
    return found[0]


def _placed(query: Query, columns: Sequence[str], view: str) -> Fit:
    down, across = _wide(query, columns)
    wide = (*down, *across)
    time = query.release.table.time.code
    if view in ("map", "tiles"):
        return Fit("tiles", _area(query, columns))
    if view in ("line", "multiples"):
        others = tuple(axis for axis in wide if axis != time)
        return Fit(view, time, others) if view == "line" else Fit(view, time, others[1:], others[0])
    if view == "pyramid":
        return Fit(view, down[0], across)
    along, series = _pair(query, down, across)
    if not along:
        return Fit(view, time if time in query.axes else query.axes[0])
    return Fit(view, along, (series,) if series else ())

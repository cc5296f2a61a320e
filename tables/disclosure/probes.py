"""Questions that a hidden cell is a part of: whatever is reckoned with it must be hidden, too (disclosure §8)."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from tables.disclosure.doors import Fetch, Finding, asked, name_of
from tables.model import CONTENTS, SUM, Dimension, Status, Table
from tables.shown import Shown

_TRIED: Final = 4  # hidden cells of a measure, spread over its table


def probes(fetch: Fetch, shown: Shown) -> Iterator[Finding]:
    """Sums, differences, products, quotients, shares and changes with a hidden part, in which a number stands."""
    table = shown.table
    for measure in table.measures:
        hidden = np.flatnonzero(shown.status[measure.code] == Status.CONFIDENTIAL)
        for place in hidden[:: max(1, len(hidden) // _TRIED)].tolist():
            at = np.unravel_index(place, table.shape)
            codes = {d.code: d.codes[int(p)] for d, p in zip(table.dimensions, at, strict=True)}
            picked = codes | ({CONTENTS: measure.code} if len(table.measures) > 1 else {})
            for path in _reckoned(table, picked):
                yield from _told(fetch, path, name_of(table, place))
            yield from _alone(fetch, table, picked, name_of(table, place))


def _reckoned(table: Table, codes: Mapping[str, str]) -> Iterator[str]:
    """Addresses at which every line has the hidden cell in it."""
    for dimension in (one for one in table.dimensions if not one.time):
        own = codes[dimension.code]
        other = next((code for code in dimension.codes if code not in (own, dimension.elimination)), None)
        if other is None:
            continue
        compared = (
            f"{op}({pair})"
            for op in ("subtract", "divide", "multiply")
            for pair in (f"{own};{other}", f"{other};{own}")
        )
        for entry in (",".join(compared), f"sum({own};{other})", *_whole(dimension, own)):
            picks = {**codes, dimension.code: entry}
            yield f"/v1/data/{table.id}/CSV?{_joined(picks)}&valuePresentation=Code"
        if dimension.elimination == SUM:
            yield f"/v1/data/{table.id}/CSV?{_joined({d: c for d, c in codes.items() if d != dimension.code})}"


def _whole(dimension: Dimension, own: str) -> Iterator[str]:
    """A node, as the sum of what lies under it."""
    parent = dimension.values[dimension.index[own]].parent
    children = [value.code for value in dimension.values if value.parent == parent]
    if parent is not None and 1 < len(children) < 200:
        yield f"sum({';'.join(children)})"


def _alone(fetch: Fetch, table: Table, codes: Mapping[str, str], name: str) -> Iterator[Finding]:
    """The cell itself as a share, an index and a change, in a list that is sorted by value."""
    time = table.time
    span = ",".join(time.codes[max(0, time.index[codes[time.code]] - 1) : time.index[codes[time.code]] + 1])
    for calc in ("change", "pct", "index"):
        yield from _told(
            fetch, f"/en/table/{table.id}.csv?{_joined({**codes, time.code: span})}&calc={calc}", name, codes
        )
    for dimension in (one for one in table.dimensions if one.elimination not in (None, SUM)):
        path = f"/en/table/{table.id}.csv?{_joined({**codes, dimension.code: '*'})}"
        for more in (f"&calc=share&base={dimension.code}", "&sort=-value"):
            yield from _told(fetch, path + more, name, codes)


def _joined(codes: Mapping[str, str]) -> str:
    return "&".join(f"{dimension}={code}" for dimension, code in codes.items())


def _told(fetch: Fetch, path: str, name: str, only: Mapping[str, str] | None = None) -> Iterator[Finding]:
    """The lines with a number in them; `only` those of the cell itself."""
    body = asked(fetch, path)
    text = (body or b"").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ","))
    for row in rows:
        number = row["value"] if "value" in row else list(row.values())[-1]
        own = only is None or all(row.get(dimension, code) == code for dimension, code in only.items())
        if own and number.lstrip("-−").replace(",", "").replace(".", "").isdigit():
            yield Finding(name, f"{path} says {number}, and the cell is part of it")

"""The query string of pages, frames and files: one set of keys, one meaning everywhere (ux §1)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from types import EllipsisType
from typing import Final

from service import http
from service.formats import Options
from service.formats.format import Sort
from service.formats.sorting import column, parted, places
from service.keys import LAID, Keys, by_variable, sent_keys, split_codes, written
from tables.bank import calculation, default, split, variable
from tables.errors import InvalidQuery
from tables.model import CONTENTS, Derive, Layout, Query, Release, Table

SHAPES: Final = ("table", "line", "bar", "stacked", "pyramid", "multiples", "map", "tiles")
FIRST_CELLS: Final = 200  # of the first view of a table that says nothing of it (ux §3)


@dataclass(frozen=True, slots=True)
class View:
    """A resolved question and how it is shown. `keys` are those of the address, without the release.

    `columns` in the table's spelling are the last axes of the answer; `shape` is the value of `view`.
    """

    pin: http.Pin
    release: Release
    query: Query
    columns: tuple[str, ...]
    keys: Keys = field(default_factory=dict)
    shape: str = "table"
    sort: Sort | None = None

    @property
    def table(self) -> Table:
        return self.release.table

    @property
    def selection(self) -> str:
        """The query string without the release: it follows the newest figures."""
        return written(self.keys)

    @property
    def frozen(self) -> str:
        """The query string that keeps the release too."""
        return self.address()

    @property
    def options(self) -> Options:
        return Options(columns=self.columns, sort=self.sort)

    def address(self, **changed: str | None) -> str:
        """The query string of this view with some keys set, or with None taken away; the release is kept."""
        kept = {**self.keys, **changed}
        if self.pin.asof:
            kept[http.AS_OF_KEY] = self.pin.asof
        return written({key: text for key, text in kept.items() if text and (key, text) != ("view", "table")})


def view(
    table: str,
    *,
    allowed: int | None,
    own: frozenset[str] = frozenset(),
    flat: bool = False,
    shapes: Sequence[str] = ("table",),
) -> View:
    """`own`: further keys of the address; `flat`: table order whatever the layout, as files have it; `shapes`: those
    that can be shown here."""
    sent = sent_keys(own)
    asof = sent.pop(http.AS_OF_KEY, None)
    pin = http.pin(asof)
    release = pin.release(table)
    if not http.has_figures(release):
        raise InvalidQuery(
            f"{release.table.id} har ingen tal endnu.", f"{release.table.id} has no figures yet.", reason="key"
        )
    keys = by_variable(release.table, sent)
    _shape(keys.get("view", "table"), shapes)
    return laid(pin, release, keys, allowed=allowed, flat=flat)


def laid(pin: http.Pin, release: Release, keys: Keys, *, allowed: int | None, flat: bool = False) -> View:
    """A view by its keys, wherever they were written."""
    shape = _shape(keys.get("view", "table"), SHAPES)
    layout = _layout(release.table, keys)
    query = _ask(pin, release, layout, keys, allowed=allowed, flat=flat)
    columns = () if flat else _last(query, layout.columns)
    found = View(pin, release, query, columns, keys, shape)
    return found if flat else replace(found, sort=_sort(found))


def _layout(table: Table, keys: Keys) -> Layout:
    """What is chosen and where it stands; without any variable the table's first view."""
    rows = tuple(variable(table, code) for code in split_codes(keys.get("rows", "")))
    columns = tuple(variable(table, code) for code in split_codes(keys.get("columns", "")))
    select = {code: text for code, text in keys.items() if code not in LAID}
    if not select:
        first = default(table)
        rows, columns = (rows, columns) if rows or columns else (first.rows, first.columns)
        select = {variable(table, code): text for code, text in first.select.items()}
    elif not columns and table.time.code not in rows:
        columns = (table.time.code,)
    there = {*select, table.time.code, CONTENTS}
    return Layout(tuple(c for c in rows if c in there), tuple(c for c in columns if c in there), select)


def _ask(pin: http.Pin, release: Release, layout: Layout, keys: Keys, *, allowed: int | None, flat: bool) -> Query:
    table = release.table
    order: tuple[str | EllipsisType, ...] = (...,) if flat else (*layout.rows, ..., *layout.columns)

    def ask(select: Keys, derive: Derive | None = None) -> Query:
        chosen = {code: split(text) for code, text in select.items()}
        return http.counter().bank.ask(
            pin.catalogue, table.id, chosen, "site", limit=allowed, order=order, derive=derive
        )

    select = layout.select
    if table.default is None and not any(code not in LAID for code in keys):
        select = _first(table, layout, ask(select))
    if "calc" not in keys:
        if "base" in keys:
            raise InvalidQuery(
                "base bruges sammen med calc: vælg en beregning.",
                "base goes with calc: choose a calculation.",
                reason="key",
                dimension="base",
            )
        return ask(select)
    derive = calculation(table, keys["calc"], keys.get("base"), innermost=_innermost(ask(select), layout.columns))
    return ask(select, derive)


def _first(table: Table, layout: Layout, query: Query) -> Keys:
    """The first view of a table without one of its own, its rows cut."""
    if query.cells <= FIRST_CELLS or not layout.rows:
        return layout.select
    row = layout.rows[0]
    count = len(table.measures if row == CONTENTS else query.picks[row])
    return {**layout.select, row: f"top({max(1, FIRST_CELLS * count // query.cells)})"}


def _innermost(query: Query, columns: Sequence[str]) -> str:
    """The variable of the innermost rows, of which a share is taken where no other is named."""
    down, across, alone = parted(query, columns)
    plain = [axis for axis in (*alone, *across, *down) if axis not in (CONTENTS, query.release.table.time.code)]
    return plain[-1] if plain else query.release.table.time.code


def _shape(text: str, shapes: Sequence[str]) -> str:
    shape = text.strip().casefold()
    if shape in shapes:
        return shape
    listed = ", ".join(shapes)
    near = get_close_matches(shape, shapes, 1)
    da = f" Mente du {near[0]}?" if near else f" Vælg {listed}."
    en = f" Did you mean {near[0]}?" if near else f" Choose {listed}."
    raise InvalidQuery(
        f"Visningen view={text} findes ikke her.{da}",
        f"There is no view={text} here.{en}",
        reason="key",
        dimension="view",
        value=text,
        near=near or shapes,
    )


def _sort(found: View) -> Sort | None:
    text = found.keys.get("sort", "").strip()
    if not text:
        return None
    sort = Sort(tuple(part.strip() for part in split(text.removeprefix("-"))), descending=text.startswith("-"))
    if column(found.query, found.columns, sort) is not None:
        return sort
    near = [",".join(each) for each in places(found.query, found.columns)[:3]]
    raise InvalidQuery(
        f"Der er ingen kolonne sort={text}. Skriv koderne på en kolonne, fx {near[0]}, eller text.",
        f"There is no column sort={text}. Write the codes of a column, as {near[0]}, or text.",
        reason="key",
        dimension="sort",
        value=text,
        near=(*near, "text"),
    )


def _last(query: Query, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns in the table's spelling: the last axes of the answer."""
    return query.axes[len(query.axes) - len(columns) :]

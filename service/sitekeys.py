"""The query string of pages, frames and files: one set of keys, one meaning everywhere (ux §1)."""

from dataclasses import dataclass
from types import EllipsisType
from typing import Final
from urllib.parse import quote, urlencode

from flask import request

from service import http
from tables.bank import default, split
from tables.errors import InvalidQuery
from tables.model import Query, Release, Table

FOREIGN: Final = ("utm_", "fbclid", "gclid")  # what others hang on links
LATER: Final = frozenset({"sort", "calc", "base"})  # they come with the table page
SAFE: Final = ",:*()[]@"


@dataclass(frozen=True, slots=True)
class View:
    """A resolved question and how it is laid out; `address` is its query string with or without the release."""

    pin: http.Pin
    release: Release
    query: Query
    columns: tuple[str, ...]
    selection: str

    @property
    def table(self) -> Table:
        return self.release.table

    @property
    def frozen(self) -> str:
        """The query string that keeps the release too."""
        if not self.pin.asof:
            return self.selection
        asof = urlencode({http.AS_OF_KEY: self.pin.asof}, quote_via=quote, safe=SAFE)
        return f"{self.selection}&{asof}" if self.selection else asof


def view(table: str, *, allowed: int | None, own: frozenset[str] = frozenset(), flat: bool = False) -> View:
    """`own`: further keys of the address; `flat`: table order whatever `rows` and `columns` say, as files have it."""
    keys = _keys(own)
    pin = http.pin(keys.pop(http.AS_OF_KEY, None))
    release = pin.release(table)
    if not http.has_figures(release):
        raise InvalidQuery(
            f"{release.table.id} har ingen tal endnu.", f"{release.table.id} has no figures yet.", reason="key"
        )
    selection = urlencode(keys, quote_via=quote, safe=SAFE)
    rows, columns = split_codes(keys.pop("rows", "")), split_codes(keys.pop("columns", ""))
    if keys.pop("view", "table") != "table":
        raise _later("view")
    chosen = {code: split(text) for code, text in keys.items()}
    if not chosen:
        first = default(release.table)
        chosen = {code: split(text) for code, text in first.select.items()}
        rows, columns = (rows, columns) if rows or columns else (first.rows, first.columns)
    elif not columns and release.table.time.code not in rows:
        columns = (release.table.time.code,)
    order: tuple[str | EllipsisType, ...] = (...,) if flat else (*rows, ..., *columns)
    bank = http.counter().bank
    query = bank.ask(pin.catalogue, release.table.id, chosen, "site", limit=allowed, order=order)
    return View(pin, release, query, () if flat else _last(query, columns), selection)


def split_codes(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _keys(own: frozenset[str]) -> dict[str, str]:
    """The keys as sent; the same key twice is one list."""
    found: dict[str, str] = {}
    for key, value in request.args.items(multi=True):
        folded = key.casefold()
        if folded in own or folded.startswith(FOREIGN):
            continue
        if folded in LATER or folded.startswith("codelist["):
            raise _later(key)
        if folded.startswith("x-") and folded != http.AS_OF_KEY:
            raise InvalidQuery(f"Nøglen {key} findes ikke.", f"There is no key {key}.", reason="key", dimension=key)
        name = folded if folded in {"rows", "columns", "view", http.AS_OF_KEY} else key
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _later(key: str) -> InvalidQuery:
    return InvalidQuery(
        f"{key} kan ikke bruges her endnu.", f"{key} cannot be used here yet.", reason="key", dimension=key
    )


def _last(query: Query, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns in the table's spelling: the last axes of the answer."""
    return query.axes[len(query.axes) - len(columns) :]

"""What lists of tables say of each: its variables, and when it comes next."""

from collections.abc import Callable

from service import http
from tables.model import Entry, Lang, Table


def upcoming(pin: http.Pin, table: str | None = None) -> Entry | None:
    """The next announced release, of one table or of any."""
    entries = (entry for entry in pin.catalogue.site.calendar if entry.at > pin.now)
    mine = [entry for entry in entries if table is None or table in entry.tables]
    return min(mine, key=lambda entry: entry.at, default=None)


def told(pin: http.Pin, lang: Lang) -> dict[str, Callable[..., object]]:
    """For the macro that lists tables."""
    return {"upcoming": lambda table: upcoming(pin, table), "variables": lambda table: variables(table, lang)}


def variables(table: Table, lang: Lang) -> str:
    """«landsdel, indsats og tid»."""
    texts = [dimension.text[lang] for dimension in table.dimensions]
    last = " og " if lang == "da" else " and "
    return ", ".join(texts[:-1]) + last + texts[-1] if len(texts) > 1 else texts[0]

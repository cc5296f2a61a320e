"""figures.json: what an article printed, from which releases, and what its figures show; kept in the act."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tables.acts import canonical
from tables.model import LANGUAGES, Bound, Figure, Lang, Text

RECORD: Final = "figures.json"
_ISO: Final = "%Y-%m-%dT%H:%M:%SZ"


def record(published: datetime, bound: Mapping[Lang, Sequence[Bound]], figures: Sequence[Figure]) -> bytes:
    return canonical(
        {
            "published": published.astimezone(UTC).strftime(_ISO),
            "bound": {lang: [_bound(each) for each in bound[lang]] for lang in LANGUAGES},
            "figures": [_figure(each) for each in figures],
        }
    )


def _bound(one: Bound) -> dict[str, Any]:
    told: dict[str, Any] = {
        "table": one.table,
        "release": one.release,
        "cell": dict(one.cell),
        "printed": one.printed,
        "value": one.value,
        "decimals": one.decimals,
    }
    return told if one.since is None else told | {"since": one.since, "was": one.was}


def _figure(one: Figure) -> dict[str, Any]:
    return {
        "table": one.table,
        "title": {"da": one.title.da, "en": one.title.en},
        "release": one.release,
        "select": dict(one.select),
        "rows": list(one.rows),
        "columns": list(one.columns),
        "view": one.view,
    }


class Record:
    """As it was read back."""

    def __init__(self, data: bytes) -> None:
        told = json.loads(data)
        self.published = datetime.strptime(told["published"], _ISO).replace(tzinfo=UTC)
        self.bound: Mapping[Lang, tuple[Bound, ...]] = {
            lang: tuple(Bound(**each) for each in told["bound"][lang]) for lang in LANGUAGES
        }
        self.figures = tuple(_read(each) for each in told["figures"])

    def releases(self) -> Iterator[str]:
        """The ids of all releases it draws on."""
        for lang in LANGUAGES:
            yield from (each.release for each in self.bound[lang])
        yield from (each.release for each in self.figures if each.release)


def _read(told: Mapping[str, Any]) -> Figure:
    title, rows, columns = Text(**told["title"]), tuple(told["rows"]), tuple(told["columns"])
    return Figure(told["table"], title, told["release"], told["select"], rows, columns, told["view"])


def read_record(folder: Path) -> Record | None:
    """None where it is not there: not issued yet, or withdrawn."""
    path = folder / RECORD
    return Record(path.read_bytes()) if path.is_file() else None

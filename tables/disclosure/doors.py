"""Everything the public API tells of a table: whole, through every door, and asked in ways that should tell no more.

The whole file is what the others are held against, cell by cell: two protocols, four formats, two languages, slices,
what is left out, earlier releases, and arithmetic with a hidden part. Where one tells a number that another hides, or
another number, that is a finding.
"""

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tables.errors import Refused
from tables.model import CONTENTS, Status, Table
from tables.shown import Shown

Fetch = Callable[[str], bytes]  # raises HTTPError for what is refused
Ints = NDArray[np.int64]
_T = TypeVar("_T", bound=np.generic)
STATES: Final = {
    "provisional": Status.PROVISIONAL,
    "revised": Status.REVISED,
    "not_applicable": Status.NOT_APPLICABLE,
    "not_available": Status.MISSING,
    "confidential": Status.CONFIDENTIAL,
}
_NUMBER: Final = r"^-?\d+([.,]\d+)?$"
_MOST: Final = 20  # findings of one door


@dataclass(frozen=True, slots=True)
class Finding:
    """`cell` in words, and the derivation that gives it away."""

    cell: str
    proof: str

    def __str__(self) -> str:
        return f"{self.cell}: {self.proof}"


@dataclass(frozen=True, slots=True)
class Told:
    """What a door says: cells by measure and place in the table, their numbers (NaN: none), and statuses by name."""

    measure: str
    place: Ints
    number: NDArray[np.float64]
    state: Sequence[str]


def over_http(url: str) -> Fetch:
    """Fetches by path; http and https addresses only."""
    if not url.startswith(("http://", "https://")):
        raise Refused("attack", f"{url} er ikke en adresse: skriv http://…", f"{url} is no address: write http://…")

    def fetch(path: str) -> bytes:
        request = Request(url.rstrip("/") + quote(path, safe="/?=&*,():;"))  # noqa: S310  checked above
        with urlopen(request, timeout=300) as answer:  # noqa: S310  checked above
            body: bytes = answer.read()
        return body

    return fetch


def released(fetch: Fetch) -> dict[str, str]:
    """The tables in force, each with the name of its release."""
    return {told["id"]: told["release"] for told in json.loads(fetch("/alt.json"))["tables"]}


def earlier(fetch: Fetch, table: Table) -> list[str]:
    """The instants of a table's earlier releases that can still be asked for, newest first."""
    told = json.loads(fetch(f"/en/table/{table.id}/releases.json"))["releases"]
    return [each["release"].partition("@")[2] for each in told[1:] if not each["withdrawn"]]


def whole(fetch: Fetch, table: Table, asof: str = "") -> Shown:
    """The released file. A code that the table has now and did not have then is NOT_APPLICABLE there."""
    rows = pq.read_table(io.BytesIO(fetch(f"/alt/{table.id}.parquet{asof and f'?x-asof={asof}'}")))
    place, kept = _places(table, [rows.column(d.code) for d in table.dimensions])
    size = int(np.prod(table.shape))
    values, status, below = {}, {}, {}
    for measure in table.measures:
        values[measure.code] = _laid(rows.column(measure.code), place, kept, np.zeros(size, dtype=np.int64))
        nothing = np.full(size, Status.NOT_APPLICABLE, dtype=np.uint8)
        status[measure.code] = _laid(rows.column(f"{measure.code}.status"), place, kept, nothing)
        if measure.denominator:
            column = rows.column(measure.denominator)
            below[measure.denominator] = _laid(column, place, kept, np.zeros(size, dtype=np.int64))
    return Shown(table, values, status, below)


def _laid(column: pa.ChunkedArray, place: Ints, kept: NDArray[np.bool_], cells: NDArray[_T]) -> NDArray[_T]:
    cells[place] = np.asarray(column.fill_null(0).to_numpy())[kept]
    return cells


def _places(table: Table, columns: Sequence[pa.ChunkedArray]) -> tuple[Ints, NDArray[np.bool_]]:
    """Where rows of codes lie in the table, and which rows lie there at all."""
    place, kept = np.zeros(len(columns[0]), dtype=np.int64), np.ones(len(columns[0]), dtype=np.bool_)
    for dimension, column in zip(table.dimensions, columns, strict=True):
        coded = column.cast(pa.string()).combine_chunks().dictionary_encode()
        index = np.array([dimension.index.get(code, -1) for code in coded.dictionary.to_pylist()], dtype=np.int64)
        at = index[coded.indices.to_numpy()]
        kept &= at >= 0
        place = place * len(dimension.values) + at
    return place[kept], kept


def contradictions(fetch: Fetch, shown: Shown, asof: str = "") -> Iterator[Finding]:
    """Where another door says something else than the whole file."""
    table = shown.table
    when = f"&x-asof={asof}" if asof else ""
    every = _picked(table, {})
    doors = [
        (f"/da/tabel/{table.id}.csv?{every}{when}", _csv),
        (f"/v1/data/{table.id}/BULK?{every}{when}&valuePresentation=Code", _csv),
    ]
    if not asof:
        doors += [
            (f"/en/table/{table.id}.csv?{every}", _csv),
            (f"/en/table/{table.id}.json?{every}", _jsonstat),
            (f"/v1/data/{table.id}/JSONSTAT?{every}&lang=en", _jsonstat),
            *((f"/v1/data/{table.id}/CSV?{part}&valuePresentation=Code", _csv) for part in _parts(table)),
        ]
    for path, read in doors:
        body = asked(fetch, path)
        for told in read(table, body) if body is not None else ():
            yield from islice(_compared(shown, told, path), _MOST)


def _picked(table: Table, chosen: Mapping[str, str]) -> str:
    """A question for everything but what is chosen."""
    measures = f"&{CONTENTS}=*" if len(table.measures) > 1 else ""
    return "&".join(f"{d.code}={chosen.get(d.code, '*')}" for d in table.dimensions) + measures


def _parts(table: Table) -> Iterator[str]:
    """A slice along each dimension, and the table without it."""
    for dimension in table.dimensions:
        yield _picked(table, {dimension.code: dimension.codes[len(dimension.codes) // 2]})
        if dimension.elimination is not None and not dimension.time:
            yield "&".join(part for part in _picked(table, {}).split("&") if not part.startswith(f"{dimension.code}="))


def asked(fetch: Fetch, path: str) -> bytes | None:
    """None where it is refused: too many cells for that format, or no such question."""
    try:
        return fetch(path)
    except HTTPError as error:
        if error.code >= 500:
            raise
        return None


def _csv(table: Table, body: bytes) -> Iterator[Told]:
    text = body.decode("utf-8-sig")
    head = text.partition("\n")[0]
    delimiter = ";" if ";" in head else ","
    names = [name.strip('"\r') for name in head.split(delimiter)]
    rows = pyarrow.csv.read_csv(
        io.BytesIO(text.encode()),
        parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
    columns = {name.upper(): rows.column(name) for name in rows.column_names}
    texts = columns.get("VALUE", rows.column(rows.num_columns - 1))
    plain = pc.match_substring_regex(texts, _NUMBER)
    digits = pc.if_else(plain, pc.replace_substring(texts, ",", "."), "nan")
    number = pc.cast(digits, pa.float64()).to_numpy()
    state = [text or "" for text in columns["STATUS"].to_pylist()] if "STATUS" in columns else [""] * len(rows)
    yield from _by_measure(table, columns, number, state)


def _by_measure(
    table: Table, columns: Mapping[str, pa.ChunkedArray], number: NDArray[np.float64], state: Sequence[str]
) -> Iterator[Told]:
    """A dimension that is left out stands at its total; where that is a sum there is no cell to compare with."""
    count, codes = len(number), []
    for dimension in table.dimensions:
        total = pa.chunked_array([pa.array([dimension.elimination] * count, pa.string())])
        codes.append(columns.get(dimension.code.upper(), total))
    place, kept = _places(table, codes)
    spoken = columns.get(CONTENTS.upper())
    of = np.array(spoken.to_pylist() if spoken is not None else [table.measures[0].code] * count)
    states = np.array(state, dtype=object)
    for measure in table.measures:
        own = of[kept] == measure.code
        yield Told(measure.code, place[own], number[kept][own], states[kept][own].tolist())


def _jsonstat(table: Table, body: bytes) -> Iterator[Told]:
    told = json.loads(body)
    told = told.get("dataset", told)
    names = told.get("id") or told["dimension"]["id"]
    index = {}
    for name in names:
        order = told["dimension"][name]["category"]["index"]
        index[name] = sorted(order, key=order.__getitem__) if isinstance(order, dict) else order
    sizes = [len(index[name]) for name in names]
    places = np.unravel_index(np.arange(int(np.prod(sizes))), sizes)
    columns = {
        n.upper(): pa.chunked_array([pa.array(index[n]).take(pa.array(p))]) for n, p in zip(names, places, strict=True)
    }
    number = np.array([np.nan if value is None else value for value in told["value"]], dtype=np.float64)
    if len(table.measures) == 1:
        columns.pop(CONTENTS.upper(), None)
    yield from _by_measure(table, columns, number, [""] * len(number))


def _compared(shown: Shown, told: Told, door: str) -> Iterator[Finding]:
    """Where a door gives a number that is hidden elsewhere, or another number."""
    measure = shown.table.measure(told.measure)
    status = shown.status[told.measure][told.place]
    number = shown.values[told.measure][told.place] / 10**measure.decimals
    numbered = ~np.isnan(told.number)
    hidden = status > Status.REVISED
    wrong = numbered & (hidden | (np.abs(np.nan_to_num(told.number) - number) > 1e-9))
    wrong |= ~numbered & ~hidden
    wrong |= np.array(
        [bool(s) and STATES.get(s, Status.OK) != one for s, one in zip(told.state, status, strict=True)], bool
    )
    for at in np.flatnonzero(wrong).tolist():
        says = f"{told.number[at]:g}" if numbered[at] else told.state[at] or "no number"
        other = Status(int(status[at])).name if hidden[at] else f"{number[at]:g}"
        yield Finding(name_of(shown.table, int(told.place[at])), f"{door} says {says}, elsewhere it is {other}")


def name_of(table: Table, place: int) -> str:
    codes = np.unravel_index(place, table.shape)
    return " ".join(
        [table.id, *(f"{d.code}={d.codes[int(at)]}" for d, at in zip(table.dimensions, codes, strict=True))]
    )

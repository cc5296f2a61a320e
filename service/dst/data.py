"""The data function of DST v1: question → Query → bytes in the format asked for (DST §7-8)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from urllib.parse import quote

from flask import request

from service import http
from service.answers import Ready
from service.dst import address, question, wording
from service.dst.layout import Arranged, Kind, arrange
from service.dst.members import Members
from service.dst.question import Share, Variable
from service.formats import FORMATS, Format, Options
from service.formats.format import WRITING
from tables.errors import InvalidQuery, NotFound, TooManyCells
from tables.model import Lang, Query, Release, Table

OLD_HEADERS = {"Pragma": "no-cache", "Expires": "-1"}  # DST §1, beside ours
BY_NAME = {each.name: each for each in FORMATS}


@dataclass(frozen=True, slots=True)
class Offered:
    """A format as this protocol names and sends it; `whole` is sent with its length."""

    format: Format
    media_type: str
    kind: Kind = "rows"
    whole: bool = False

    @property
    def streams(self) -> bool:
        return self.format.max_cells is None


OFFERED: Mapping[str, Offered] = {
    "CSV": Offered(BY_NAME["csv"], "text/csv; charset=utf-8"),
    "BULK": Offered(BY_NAME["bulk"], "text/csv; charset=utf-8"),
    "JSONSTAT": Offered(BY_NAME["jsonstat"], "text/json; charset=utf-8", "statistic"),
    "JSONSTAT2": Offered(BY_NAME["jsonstat2"], "application/json; charset=utf-8", "statistic"),
    "PX": Offered(BY_NAME["px"], "application/octet-stream; charset=ansi", "page"),
    "XLSX": Offered(BY_NAME["xlsx"], "application/octet-stream; charset=utf-8", "page", whole=True),
    "HTML": Offered(BY_NAME["html"], "text/html; charset=utf-8", "page"),
    "HTML5": Offered(BY_NAME["html"], "text/html; charset=utf-8", "page"),
    "HTML5INCLNOTES": Offered(BY_NAME["html5inclnotes"], "text/html; charset=utf-8", "page"),
    "PARQUET": Offered(BY_NAME["parquet"], "application/vnd.apache.parquet", whole=True),
    "ARROW": Offered(BY_NAME["arrow"], "application/vnd.apache.arrow.file", whole=True),
    "NDJSON": Offered(BY_NAME["ndjson"], "application/x-ndjson"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question whose table and format are known."""

    members: Members
    pin: http.Pin
    release: Release
    offered: Offered
    variables: tuple[Variable, ...]  # in the table's spelling, where it has them
    known: bool  # whether the table has them all
    share: Share | None

    @property
    def table(self) -> Table:
        return self.release.table


def ready(members: Members, pin: http.Pin) -> Ready:
    """DST §3: format before table, then what the bank checks."""
    asked = _asked(members, pin)
    arranged = arrange(asked.offered.kind, asked.variables, asked.table.time.code)
    query = _query(asked, arranged)
    options = _options(asked, arranged)
    chosen = asked.offered.format
    reply = http.Reply(
        release=asked.release.id,
        updated=asked.release.updated,
        parts=(query.key, chosen.name, repr(options), members.lang, WRITING),
        media_type=asked.offered.media_type,
        headers=_headers(asked),
        whole=asked.offered.whole,
        streamed=asked.offered.streams,
    )
    return Ready(reply, query, chosen, options, members.lang)


def _asked(members: Members, pin: http.Pin) -> Asked:
    offered = OFFERED.get(members.text("format").upper())
    if offered is None:
        raise wording.Refusal("REQUEST-MISSING", wording.FORMAT_MISSING)
    release = _release(pin, question.table_id(members))
    names = question.spelled(release.table)
    sent = [variable for variable in question.variables(members) if variable.values]
    chosen = tuple(replace(each, code=names.get(each.code.casefold(), each.code)) for each in sent)
    known = all(each.code.casefold() in names for each in sent)
    if offered.streams and question.descending(members):
        raise wording.Refusal("EXTRACT-STREAMINGTIMESORT", wording.TIME_SORT)
    share = question.share(members, release.table, chosen)
    if share and offered.streams:
        raise wording.Refusal("EXTRACT-NOTALLOWED", wording.NO_STREAM)
    return Asked(members, pin, release, offered, chosen, known, share)


def _release(pin: http.Pin, sent: str) -> Release:
    try:
        release = pin.release(sent)
    except NotFound as error:
        raise wording.no_table(sent) from error
    if not http.has_figures(release):
        raise wording.no_figures(release.table.id)
    return release


def _query(asked: Asked, arranged: Arranged) -> Query:
    """The bank checks what is left: (streams) all variables there, variables, values, limit."""
    chosen = {variable.code: variable.values for variable in asked.variables}
    try:
        return http.counter().bank.ask(
            asked.pin.catalogue,
            asked.table.id,
            chosen,
            "dst",
            limit=None if asked.offered.streams else _count,
            order=arranged.axes if asked.known else (...,),
            derive=asked.share.derive if asked.share else None,
            streaming=asked.offered.streams,
            descending=question.descending(asked.members),
        )
    except InvalidQuery as error:
        raise wording.worded(error, asked.table) from error


def _count(counts: tuple[int, ...]) -> int:
    """DST §7.6: cells times columns, the value among them; a lone measure is no column."""
    allowed = http.counter().settings.max_cells
    asked = prod(counts) * (len(counts) + 1)
    if asked > allowed:
        raise TooManyCells(asked, allowed)
    return asked


def _options(asked: Asked, arranged: Arranged) -> Options:
    members = asked.members
    return Options(
        presentation=question.presentation(members),
        names="text" if members.flag("allowcodeoverrideincolumnnames") else "code",
        delimiter=question.delimiter(members),
        decimal=question.decimal_sign(members),
        columns=arranged.columns,
        dialect="dst",
        address=http.counter().settings.url,
        name=asked.share.name if asked.share else "",
    )


def _headers(asked: Asked) -> dict[str, str]:
    table, offered = asked.table.id, asked.offered
    headers = {"Content-Disposition": f"attachment; filename={table}.{offered.format.extension}"}
    if not asked.pin.asof:
        headers |= OLD_HEADERS
    if offered.format.name in {"csv", "bulk"}:
        headers["Link"] = f'<{_describedby(table, asked.members.lang)}>; rel="describedby"'
    if request.method == "POST" and (same := address.of(asked.members, table, asked.variables)):
        headers["Content-Location"] = same
    return headers


def _describedby(table: str, lang: Lang) -> str:
    return f"{http.counter().settings.url}/v1/tableinfo/{quote(table)}?lang={lang}"

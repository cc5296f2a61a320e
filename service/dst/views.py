"""The four functions of DST v1 and the forms their addresses take (DST §1)."""

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from service import answers, http
from service.dst import data, metadata, question, wording
from service.dst.members import Members, members, only_json
from service.formats.format import WRITING
from tables.errors import NotFound
from tables.model import Release, Subject

BLUEPRINT = Blueprint("dst", __name__, url_prefix="/v1")
BOTH = ("GET", "POST")
MEDIA_TYPE = "text/json; charset=utf-8"  # DST §1: danstat refuses to read application/json


@BLUEPRINT.route("/subjects", methods=BOTH, strict_slashes=False)
@BLUEPRINT.route("/subjects/<ids>", methods=BOTH, strict_slashes=False)
def subjects(ids: str = "") -> ResponseReturnValue:
    asked = members(subjects=ids)
    only_json(asked)
    pin = http.pin(asked.text(http.AS_OF_KEY) or None)
    wanted = _subjects(pin, asked)
    tree = metadata.Tree(
        recursive=asked.flag("recursive"),
        include_tables=asked.flag("includetables"),
        omit_inactive=asked.flag("omitinactivesubjects"),
        omit_empty=asked.flag("omitsubjectswithouttables"),
    )
    named = "top" if wanted is None else ",".join(subject.id for subject in wanted)

    def render() -> bytes:
        chosen = pin.catalogue.site.subjects if wanted is None else wanted
        return metadata.tree(chosen, _rows(pin, asked), tree, asked.lang, nested=wanted is not None).encode()

    return _several(pin, ("subjects", named, repr(tree)), asked, render)


@BLUEPRINT.route("/tables", methods=BOTH, strict_slashes=False)
def tables() -> ResponseReturnValue:
    asked = members()
    only_json(asked)
    pin = http.pin(asked.text(http.AS_OF_KEY) or None)
    wanted = _subjects(pin, asked)
    branches = None if wanted is None else frozenset(code for subject in wanted for code in metadata.branch(subject))
    days, closed = asked.number("pastdays"), asked.flag("includeinactive")

    def render() -> bytes:
        return metadata.chosen(_rows(pin, asked), branches, days=days, now=pin.now, closed=closed)

    minute = f"{pin.now:%Y-%m-%dT%H:%M}" if days is not None else ""
    named = "all" if branches is None else ",".join(sorted(branches))
    return _several(pin, ("tables", named, str(days), str(closed), minute), asked, render)


@BLUEPRINT.route("/tableinfo", methods=BOTH, strict_slashes=False)
@BLUEPRINT.route("/tableinfo/<table>", methods=BOTH, strict_slashes=False)
def tableinfo(table: str = "") -> ResponseReturnValue:
    asked = members(table=table)
    only_json(asked)
    sent = question.table_id(asked)
    pin = http.pin(asked.text(http.AS_OF_KEY) or None)
    try:
        release = pin.release(sent)
    except NotFound as error:
        raise wording.no_table(sent) from error
    base = http.counter().settings.url
    what = ("tableinfo", release.id, asked.lang)
    reply = http.Reply(release.id, release.updated, ("dst", *what, base, WRITING), MEDIA_TYPE)
    return _shelved(pin, reply, what, lambda: metadata.tableinfo(release, asked.lang, base))


@BLUEPRINT.route("/data", methods=BOTH, strict_slashes=False)
@BLUEPRINT.route("/data/<table>", methods=BOTH, strict_slashes=False)
@BLUEPRINT.route("/data/<table>/<format_>", methods=BOTH, strict_slashes=False)
def figures(table: str = "", format_: str = "") -> ResponseReturnValue:
    """An address of the present is read once for as long as its catalogue is in force."""
    if request.method == "POST" or http.of_the_past(request.environ):
        asked = members(table=table, format=format_)
        pin = http.pin(asked.text(http.AS_OF_KEY) or None)
        return answers.answer(pin, data.ready(asked, pin))
    counter = http.counter()
    pin = http.present(counter.bank)
    key = http.address(pin, request.environ)
    ready = counter.questions.take(key, lambda: data.ready(members(table=table, format=format_), pin))
    g.dst_lang = ready.lang
    return answers.answer(pin, ready)


def _subjects(pin: http.Pin, asked: Members) -> tuple[Subject, ...] | None:
    """The subjects asked for, each once; None where none was named."""
    sent = [part.strip() for text in asked.texts("subjects") for part in text.split(",") if part.strip()]
    if not sent:
        return None
    found: dict[str, Subject] = {}
    for code in sent:
        subject = metadata.found(pin.catalogue.site.subjects, code)
        if subject is None:
            raise wording.no_subject(code)
        found[subject.id] = subject
    return tuple(found.values())


def _rows(pin: http.Pin, asked: Members) -> tuple[metadata.Row, ...]:
    key = (pin.catalogue.key, asked.lang, "rows")
    return http.counter().shelf.take(key, lambda: metadata.rows(pin.catalogue, asked.lang))


def _newest(pin: http.Pin) -> Release | None:
    def newest() -> Release | None:
        return max(pin.catalogue.releases.values(), key=lambda release: release.updated, default=None)

    return http.counter().shelf.take((pin.catalogue.key, "newest"), newest)


def _several(pin: http.Pin, what: tuple[str, ...], asked: Members, render: http.Render) -> Response:
    """An answer about many tables: it is as new as the newest of them."""
    newest = _newest(pin)
    key = (pin.catalogue.key, asked.lang, *what)
    reply = http.Reply(
        newest.instant if newest else "",
        newest.updated if newest else pin.now,
        ("dst", *key, WRITING),
        MEDIA_TYPE,
    )
    return _shelved(pin, reply, key, render)


def _shelved(pin: http.Pin, reply: http.Reply, key: tuple[str, ...], render: http.Render) -> Response:
    """Bytes are made once for a catalogue, a language and a question, then served like a file."""
    response = http.respond(pin, reply, lambda: [http.counter().shelf.take(key, render)])
    if not pin.asof:
        response.headers.extend(data.OLD_HEADERS)
    return response

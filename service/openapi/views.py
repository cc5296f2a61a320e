"""Where the document and its console stand."""

import json
from typing import Final

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from service import http, paper
from service.openapi.document import document
from tables.model import Lang, Text

BLUEPRINT: Final = Blueprint("openapi", __name__)
PAGES: Final = {"da": "/da/api/konsol", "en": "/en/api/console"}
HEADING: Final = Text("API-konsol", "API console")


@BLUEPRINT.get("/openapi.json")
def described() -> ResponseReturnValue:
    pin = paper.pin()

    def make() -> bytes:
        return json.dumps(document(pin.catalogue.site, http.counter().settings.url), ensure_ascii=False).encode()

    return paper.answer(pin, ("openapi",), paper.JSON, make)


@BLUEPRINT.get("/da/api/konsol", defaults={"lang": "da"})
@BLUEPRINT.get("/en/api/console", defaults={"lang": "en"})
def console(lang: Lang) -> ResponseReturnValue:
    """The document as a page to try questions on; it loads nothing from elsewhere."""
    pin = paper.pin()
    other = PAGES[paper.other_lang(lang)]

    def make() -> bytes:
        return paper.render("console.html", lang, pin, heading=HEADING[lang], other=other)

    return paper.answer(pin, ("console", lang), paper.HTML, make)


@BLUEPRINT.get("/api/docs")
def docs() -> ResponseReturnValue:
    return redirect(PAGES["da"], 302)

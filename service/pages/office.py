"""The words of the house: glossary, signs, about, licence, accessibility; and its logo and colours."""

import re
from typing import Final

from flask import Response, redirect
from flask.typing import ResponseReturnValue

from service import paper
from service.formats.signs import SIGNS
from service.formats.table import digits
from service.pages.room import BLUEPRINT, answer, both, phrase
from tables.errors import NotFound
from tables.model import Lang, Status

COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
LOGOS: Final = {"svg": "image/svg+xml", "png": "image/png"}
EXAMPLES: Final = {Status.PROVISIONAL: "1234", Status.REVISED: "1234"}


def glossary(lang: Lang) -> ResponseReturnValue:
    pin = paper.pin()
    words = [(each[lang], each.text[lang]) for each in pin.catalogue.site.synonyms if each.text]
    return answer(
        pin,
        "glossary",
        lang,
        "glossary.html",
        heading=phrase("glossary", lang),
        entries=sorted(words, key=lambda entry: entry[0][0].casefold()),
    )


def signs(lang: Lang) -> ResponseReturnValue:
    rows = [
        (
            sign.mark,
            sign.text[lang],
            digits(EXAMPLES[status], lang) if status in EXAMPLES else "",
            phrase(f"sign_{sign.word}", lang),
        )
        for status, sign in SIGNS.items()
        if sign.mark
    ]
    return answer(paper.pin(), "signs", lang, "signs.html", heading=phrase("signs", lang), rows=rows)


def about(lang: Lang) -> ResponseReturnValue:
    pin = paper.pin()
    return answer(pin, "about", lang, "about.html", heading=phrase("about", lang), count=len(pin.catalogue.releases))


def licence(lang: Lang) -> ResponseReturnValue:
    return answer(paper.pin(), "licence", lang, "licence.html", heading=phrase("licence", lang))


@BLUEPRINT.get("/was")
def statement() -> ResponseReturnValue:
    """To the statement made in the office's own tool; the form of our address is prescribed."""
    site = paper.pin().catalogue.site
    if not site.accessibility:
        raise NotFound("Tilgængelighedserklæringen er ikke angivet.", "No accessibility statement is named.")
    return redirect(site.accessibility)


@BLUEPRINT.get("/colours.css")
def colours() -> Response:
    pin = paper.pin()
    brand = str(pin.catalogue.site.colours.get("brand", ""))
    if not COLOUR.fullmatch(brand):
        raise NotFound("Der er ingen egne farver.", "There are no colours of its own.")
    rule = f"@media (prefers-color-scheme: light) {{ :root {{ --brand: {brand}; }} }}\n"
    return paper.answer(pin, ("colours", brand), "text/css; charset=utf-8", rule.encode)


@BLUEPRINT.get("/logo.<any(svg, png):kind>")
def logo(kind: str) -> Response:
    """The picture `site.yaml` names, as its act has it."""
    pin = paper.pin()
    name = pin.catalogue.site.logo or ""
    file = pin.catalogue.documents.get(f"site/{name}")
    if file is None or not name.endswith(f".{kind}"):
        raise NotFound("Der er intet logo.", "There is no logo.")
    response = paper.answer(pin, ("logo", name), LOGOS[kind], file.read_bytes)
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


for _kind, _view in (("glossary", glossary), ("signs", signs), ("about", about), ("licence", licence)):
    for _rule, _lang in both(_kind):
        BLUEPRINT.add_url_rule(_rule, _kind, _view, defaults={"lang": _lang})

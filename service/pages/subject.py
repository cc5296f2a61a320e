"""A subject: what lies below it and its tables, closed ones folded away."""

from flask.typing import ResponseReturnValue

from service import paper
from service.pages.front import branches
from service.pages.lists import told
from service.pages.room import BLUEPRINT, address, answer, both, inside, other, trail
from tables.errors import NotFound
from tables.model import Lang, Subject


def subject(slug: str, lang: Lang) -> ResponseReturnValue:
    pin = paper.pin()
    site, releases = pin.catalogue.site, tuple(pin.catalogue.releases.values())
    found = _by_slug(site.subjects, slug, lang)
    if found is None:
        raise NotFound("Emnet findes ikke.", "There is no such subject.")
    ids = inside(found)
    mine = [release for release in releases if release.table.subject in ids]
    way = trail(site.subjects, found.id)
    turned = other(lang)
    return answer(
        pin,
        "subject",
        lang,
        "subject.html",
        heading=found.text[lang],
        trail=[(each.text[lang], address(lang, "subject", each.slug[lang])) for each in way[:-1]],
        branches=tuple(branches(found.subjects, releases, lang)),
        active=[release for release in mine if release.table.status == "active"],
        closed=[release for release in mine if release.table.status == "closed"],
        other=address(turned, "subject", found.slug[turned]),
        **told(pin, lang),
    )


def _by_slug(subjects: tuple[Subject, ...], slug: str, lang: Lang) -> Subject | None:
    """In either language, so that an address of the wrong one still leads somewhere."""
    for each in subjects:
        if slug in (each.slug[lang], each.id):
            return each
        if below := _by_slug(each.subjects, slug, lang):
            return below
    return None


for _rule, _lang in both("subject", "/<slug>"):
    BLUEPRINT.add_url_rule(_rule, "subject", subject, defaults={"lang": _lang})

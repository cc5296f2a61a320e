"""How a page shows itself where it is shared: canonical address, card, and the address of its oEmbed answer."""

from dataclasses import dataclass
from urllib.parse import urlencode

from service import http
from tables.model import Lang, Site

LONGEST = 200  # characters of a description


@dataclass(frozen=True, slots=True)
class Share:
    """`page` is the absolute address people should link to; `picture` an absolute one, or empty."""

    title: str
    description: str
    page: str
    lang: Lang
    site: str
    kind: str = "article"
    picture: str = ""

    @property
    def locale(self) -> str:
        return "da_DK" if self.lang == "da" else "en_GB"

    @property
    def oembed(self) -> str:
        return f"{http.counter().settings.url}/oembed?{urlencode({'url': self.page, 'format': 'json'})}"


def share(site: Site, lang: Lang, path: str, *, title: str, description: str, picture: str = "") -> Share:
    """`path` with its query, and the picture's, on this site."""
    base = http.counter().settings.url
    words = " ".join(description.split())
    told = words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rsplit(' ', 1)[0]}…"
    return Share(title, told, base + path, lang, site.name[lang], picture=base + picture if picture else "")

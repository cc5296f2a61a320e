"""What people paste into a page of their own: a frame, our element, a still picture, Markdown (ux §6)."""

from dataclasses import dataclass
from html import escape

from service import http


@dataclass(frozen=True, slots=True)
class Paste:
    frame: str
    element: str
    picture: str
    markdown: str


def paste(frame: str, page: str, picture: str, title: str) -> Paste:
    """Three addresses on this site, and what they show; each form works without the ones before it."""
    base = http.counter().settings.url
    script = f'<script async src="{escape(base)}/embed.js"></script>'
    src, link, still, words = (escape(text) for text in (base + frame, base + page, base + picture, title))
    image = f'<a href="{link}"><img src="{still}" alt="{words}" loading="lazy" style="max-width:100%"></a>'
    plain = title.replace("[", "(").replace("]", ")")
    return Paste(
        f'<iframe src="{src}" title="{words}" width="100%" height="420" loading="lazy" style="border:0"></iframe>\n'
        + script,
        f'<statbank-table src="{src}" title="{words}">{image}</statbank-table>\n{script}',
        f'<figure>{image}<figcaption><a href="{link}">{words}</a></figcaption></figure>',
        f"[![{plain}]({base}{picture})]({base}{page})",
    )

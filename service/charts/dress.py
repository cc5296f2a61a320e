"""The finished drawing: a title and a description read aloud, hatches for what is hidden, the source at its foot."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from service.charts.look import FONT, HIDDEN, QUIET

FOOT: Final = 17  # pixels of a line at the foot
SIZE: Final = re.compile(r'<svg [^>]*?width="([\d.]+)" height="([\d.]+)"[^>]*>')
SPOKEN: Final = re.compile(
    r' (?:role="graphics-[^"]*"|aria-roledescription="[^"]*"|aria-hidden="true"|aria-label="[^"]*")'
)
HATCH: Final = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#fff"/><path d="M0 0v6" stroke="#8593a0" stroke-width="2"/></pattern></defs>'
)


@dataclass(frozen=True, slots=True)
class Told:
    """What stands around a drawing, in one language."""

    title: str
    description: str
    foot: tuple[str, ...]


def dressed(svg: str, told: Told, lang: str) -> bytes:
    """`svg` as it was drawn, its root first."""
    match = SIZE.search(svg)
    if match is None:
        raise ValueError("a drawing without a size")
    width, height = float(match[1]), float(match[2])
    tall = height + FOOT * len(told.foot) + (10 if told.foot else 0)
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" lang="{lang}" role="img" aria-labelledby="chart-title chart-desc" '
        f'width="{width:g}" height="{tall:g}" viewBox="0 0 {width:g} {tall:g}">'
        f'<title id="chart-title">{escape(told.title)}</title><desc id="chart-desc">{escape(told.description)}</desc>'
        f'{HATCH if HIDDEN in svg else ""}<rect width="{width:g}" height="{tall:g}" fill="#fff"/>'
    )
    inner = SPOKEN.sub("", svg[match.end() : svg.rindex("</svg>")]).replace(HIDDEN, "url(#hatch)")
    return f"{root}{inner}{_foot(told.foot, height)}</svg>\n".encode()


def _foot(lines: Sequence[str], top: float) -> str:
    return "".join(
        f'<text x="12" y="{top + 8 + FOOT * place:g}" font-family="{FONT}" font-size="11" fill="{QUIET}">'
        f"{escape(line)}</text>"
        for place, line in enumerate(lines)
    )

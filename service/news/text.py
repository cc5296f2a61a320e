"""The text of an article as HTML: CommonMark with tables, raw HTML shown as it was typed, figures set in."""

from collections.abc import Callable
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markupsafe import Markup

FENCE: Final = "statbank"


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def html(body: str, figure: Callable[[int], str]) -> Markup:
    """`figure(n)` gives the HTML of the n-th figure."""
    parser, renderer = _parser(), RendererHTML()
    count = 0
    out: list[str] = []
    for token in parser.parse(body):
        if token.type == "fence" and token.info.split()[:1] == [FENCE]:
            count += 1
            out.append(figure(count))
        elif token.type in ("inline", "fence", "code_block"):
            out.append(renderer.render([token], parser.options, {}))
        elif token.type == "heading_open":
            out.append(f"<{_below(token.tag)}>")
        elif token.type == "heading_close":
            out.append(f"</{_below(token.tag)}>\n")
        else:
            token.attrs.pop("style", None)  # the policy of our pages lets no style stand in a tag
            out.append(renderer.renderToken([token], 0, parser.options, {}))
    return Markup("".join(out))  # noqa: S704  # every text escaped by the parser


def _below(tag: str) -> str:
    """The title is the only h1 of the page."""
    return f"h{min(int(tag[1]) + 1, 6)}" if tag == "h1" else tag


def lead(body: str) -> str:
    """The first paragraph, as plain text."""
    tokens = _parser().parse(body)
    for place, token in enumerate(tokens):
        if token.type == "paragraph_open":
            inline = tokens[place + 1]
            return " ".join("".join(c.content if c.type != "softbreak" else " " for c in inline.children or []).split())
    return ""

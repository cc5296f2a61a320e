"""What both grammars share: how a list is cut, how stars match, and how much may be asked at once."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias

from tables.errors import InvalidQuery
from tables.selection.refusals import shown, wrong_expression
from tables.selection.sheet import Lines

Chosen: TypeAlias = Mapping[str, Sequence[str]]  # dimension code as sent -> texts as sent, both in the order sent
Grammar: TypeAlias = Literal["dst", "site"]

PATTERNS: Final = 50  # in one variable (operations §8)
VALUES: Final = 20_000  # in one variable
TEXT: Final = 500  # letters of a code, a pattern or a text
EXPRESSION: Final = 400_000  # letters of an arithmetic expression: 20,000 codes


def split(text: str) -> tuple[str, ...]:
    """Cut at commas, but not inside (…) or […]; the same for both grammars (dst-api §1, pxwebapi2 §2.4)."""
    if "(" not in text and "[" not in text:
        return tuple(text.split(","))
    parts: list[str] = []
    depth = start = 0
    for place, letter in enumerate(text):
        if letter in "([":
            depth += 1
        elif letter in ")]":
            depth = max(depth - 1, 0)
        elif letter == "," and not depth:
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    return tuple(parts)


def writable(texts: Sequence[str]) -> None:
    """Refuse lone surrogates before anything else touches the text: no codec and no engine takes them."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        bad = next(text for text in texts if text != text.encode("utf-8", "replace").decode("utf-8"))
        raise InvalidQuery(
            f"{shown(bad)} er ikke gyldig tekst.", f"{shown(bad)} is not valid text.", reason="expression"
        ) from None


def bounded(lines: Lines, texts: Sequence[str]) -> None:
    """Refuse more than a variable may be asked for, from lengths alone."""
    if len(texts) > VALUES:
        raise wrong_expression(
            lines.code, f"{len(texts)}", f"højst {VALUES} værdier, eller brug *", f"at most {VALUES} values, or use *"
        )
    patterns = sum("*" in text or "?" in text for text in texts)
    if patterns > PATTERNS:
        raise wrong_expression(
            lines.code, f"{patterns}", f"højst {PATTERNS} mønstre med *", f"at most {PATTERNS} patterns with *"
        )


def short(lines: Lines, text: str, most: int = TEXT) -> None:
    if len(text) > most:
        raise wrong_expression(lines.code, text, f"højst {most} tegn", f"at most {most} characters")


def matching(lines: Lines, pattern: str) -> list[int]:
    """The places whose whole code fits, where * is any run of characters; in any case, in table order.

    Piece by piece from the left, so no pattern costs more than its length times the code's.
    """
    pieces = pattern.casefold().split("*")
    return [place for place, value in enumerate(lines.dimension.values) if _fits(value.code.casefold(), pieces)]


def _fits(code: str, pieces: list[str]) -> bool:
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return code == first
    if len(code) < len(first) + len(last) or not code.startswith(first) or not code.endswith(last):
        return False
    start, stop = len(first), len(code) - len(last)
    for piece in pieces[1:-1]:
        found = code.find(piece, start, stop)
        if found < 0:
            return False
        start = found + len(piece)
    return True

"""Numbers of an article: rounded in integers, half away from zero, and printed as each language writes them."""

from typing import Final

from tables.model import Lang

MINUS: Final = "\N{MINUS SIGN}"
_MARKS: Final = {"da": str.maketrans(",.", ".,"), "en": str.maketrans("", "")}  # thousands and decimals


def rounded(value: int, step: int) -> int:
    """To the nearest multiple, half away from zero."""
    amount: int = (2 * abs(value) + step) // (2 * step) * step
    return -amount if value < 0 else amount


def per_cent(new: int, old: int, decimals: int) -> int:
    """The change in per cent of the old, scaled by 10^decimals; `old` is not 0."""
    factor, below = 100 * 10**decimals, abs(old)
    amount: int = (2 * factor * abs(new - old) + below) // (2 * below)
    return -amount if new < old else amount


def printed(value: int, decimals: int, lang: Lang, *, sign: bool = False) -> str:
    """1234 with two decimals is 12,34 in Danish; with `sign` a rise has a +."""
    whole, rest = divmod(abs(value), 10**decimals)
    text = f"{whole:,}" + (f".{rest:0{decimals}}" if decimals else "")
    mark = MINUS if value < 0 else "+" if sign and value > 0 else ""
    return mark + text.translate(_MARKS[lang])

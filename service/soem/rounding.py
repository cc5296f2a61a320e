"""Figures as a reader sees them: kroner without decimals, estimates with three digits (som.md §10)."""

from decimal import ROUND_HALF_UP, Decimal

from service.formats.table import digits
from service.soem.base import Base
from tables.model import Lang

NONE = "\N{EN DASH}"


def label(base: Base, outcome: str, lang: Lang) -> str:
    dimension = base.table.dimension("KONSEKVENS")
    return dimension.values[dimension.index[outcome]].text[lang]


def money(amount: float, lang: Lang) -> str:
    """Whole kroner, half up."""
    return digits(str(Decimal(repr(amount)).quantize(Decimal(1), ROUND_HALF_UP) + 0), lang)


def significant(value: float | None, lang: Lang) -> str:
    """Three significant digits."""
    if value is None:
        return NONE
    if not value:
        return "0"
    exact = Decimal(repr(value))
    return digits(format(exact.quantize(Decimal(1).scaleb(min(exact.adjusted() - 2, 0)), ROUND_HALF_UP), "f"), lang)


def probability(p: float | None, lang: Lang) -> str:
    if p is None:
        return NONE
    return f"< {digits('0.001', lang)}" if p < 0.001 else digits(f"{p:.3f}", lang)


def typed(value: float, lang: Lang) -> str:
    """A number as one types it."""
    text = f"{value:.10g}" if abs(value) < 1e9 else str(int(value))
    return text.replace(".", ",") if lang == "da" else text

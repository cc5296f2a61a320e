"""Compare shown cells: difference, product, quotient, share, change, index; hidden if a side is (disclosure §8)."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tables.derive.exact import exactly, half_up, largest, quotient
from tables.derive.sums import Numbers, along
from tables.model import Derive, Operation, Status

QUOTIENT: Final = 2  # decimals of divide (dst-api §7.3)
# What decides in a comparison: 5, else 4, else a cell that cannot occur, else provisional; revised is not inherited.
_RANK: Final = np.array([0, 1, 0, 2, 3, 4], dtype=np.uint8)  # by Status
_STATUS: Final = np.array([0, 1, 3, 4, 5], dtype=np.uint8)  # by rank


Decimals: TypeAlias = int | NDArray[np.int64]  # the same everywhere, or what broadcasts to the numbers


@dataclass(frozen=True, slots=True)
class Pairs:
    """Along one axis: where each line's operand stands, and its second one (the same where it has none)."""

    ops: tuple[Operation, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]


def arithmetic(numbers: Numbers, decimals: Decimals, axis: int, pairs: Pairs) -> tuple[Numbers, Decimals]:
    """The axis made from operands to lines; `decimals` broadcasts to the numbers and has one place along the axis."""
    values, status = numbers[0].take(pairs.left, axis), numbers[1].take(pairs.left, axis)
    others, states = numbers[0].take(pairs.right, axis), numbers[1].take(pairs.right, axis)
    for op in ("subtract", "multiply", "divide"):
        lines = [line for line, known in enumerate(pairs.ops) if known == op]
        if lines:
            at = along(axis, lines)
            second = others[at]
            found = _reckoned(op, values[at], second, decimals)
            values[at], status[at] = settled(found, compared(status[at], states[at], zero=op == "divide", base=second))
    if "divide" in pairs.ops:
        quotients = np.array([op == "divide" for op in pairs.ops]).reshape(-1, *(1,) * (values.ndim - axis - 1))
        decimals = np.where(quotients, QUOTIENT, decimals).astype(np.int64)
    return (values, status), decimals


def derived(numbers: Numbers, base: Numbers, derive: Derive) -> Numbers:
    """Every cell against its base; the two broadcast."""
    values, status = numbers
    against, states = np.broadcast_to(base[0], values.shape), np.broadcast_to(base[1], values.shape)
    found = compared(status, states, zero=derive.kind != "change", base=against)
    top = largest(values) + largest(against)
    if derive.kind == "change":
        return settled(exactly(lambda n, b: n - b, top, values, against), found)
    factor = derive.factor * 10**derive.decimals
    moved = derive.kind == "pct"
    return settled(
        exactly(lambda n, b: quotient(n - b if moved else n, b, factor), 2 * top * (factor + 1), values, against), found
    )


def compared(
    status: NDArray[np.uint8], states: NDArray[np.uint8], *, zero: bool, base: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """The status of a comparison; with `zero` a shown base of 0 cannot be divided by."""
    if zero:
        nothing = (base == 0) & (states <= Status.REVISED)
        states = np.where(nothing, np.uint8(Status.NOT_APPLICABLE), states)
    found: NDArray[np.uint8] = _STATUS[np.maximum(_RANK[status], _RANK[states])]
    return found


def settled(values: NDArray[np.int64], status: NDArray[np.uint8]) -> Numbers:
    """No number under a status that has none."""
    return np.where(status <= Status.REVISED, values, 0), status


def _reckoned(
    op: Operation, first: NDArray[np.int64], second: NDArray[np.int64], decimals: Decimals
) -> NDArray[np.int64]:
    if op == "subtract":
        return exactly(lambda n, d: n - d, largest(first) + largest(second), first, second)
    if op == "divide":
        factor = 10**QUOTIENT
        bound = 2 * (largest(first) + largest(second)) * (factor + 1)
        return exactly(lambda n, d: quotient(n, d, factor), bound, first, second)
    scale = np.asarray(10**decimals, dtype=np.int64)
    bound = 2 * largest(first) * largest(second) + 2 * largest(scale)
    return exactly(lambda n, m, s: half_up(n * m, s), bound, first, second, scale)

"""What hiding a cell costs (disclosure §5.8).

    weight = (1 + log₂(1 + v)) · 3^height        height summed over the dimensions, 0 at a leaf

times ¼ if the same cell was hidden in the period before, times 10 for what the table's `weights` keep, 0.1 for what
they prefer to give up. Keeping dimensions means keeping the table over just them: every other dimension at its total.
What lines of the next period read is ten times as dear, too: to hide it takes hiding there as well, year after year.
"""

from collections.abc import Sequence

import numpy as np

from tables.disclosure.frame import Frame, Layer
from tables.disclosure.moves import Flags, Floats, Ints
from tables.model import Dimension

_PER_LEVEL = 3.0
_READ = 10.0


def weights(frame: Frame, hidden_before: Flags | None = None, read: Sequence[int] = ()) -> Floats:
    """Of every cell; `read`: those that lines of the next period read."""
    weight: Floats = 1 + np.log2(1 + frame.value.astype(float))
    for layer in frame.layers:
        here = slice(layer.start, layer.start + len(layer.places))
        weight[here] *= (_PER_LEVEL ** _heights(layer)).reshape(-1) * _wishes(layer).reshape(-1)
    if hidden_before is not None:
        weight[hidden_before] /= 4
    weight[np.unique(np.array(read, dtype=np.int64))] *= _READ
    return weight


def heights(dimension: Dimension) -> Ints:
    """How many levels stand below each value."""
    height = np.zeros(len(dimension.values), dtype=np.int64)
    above = [dimension.index.get(value.parent, -1) if value.parent else -1 for value in dimension.values]
    for place in range(len(above)):
        steps, here = 0, place
        while above[here] >= 0 and steps <= len(above):
            steps, here = steps + 1, above[here]
            height[here] = max(height[here], steps)
    return height


def _heights(layer: Layer) -> Ints:
    total = np.zeros(layer.shape, dtype=np.int64)
    for axis, dimension in enumerate(layer.dimensions):
        total += heights(dimension).reshape([-1 if other == axis else 1 for other in range(total.ndim)])
    return total


def _wishes(layer: Layer) -> Floats:
    wish, told = np.ones(layer.shape), layer.table.weights
    if told.keep:
        kept = np.ones(layer.shape, dtype=np.bool_)
        for axis, dimension in enumerate(layer.dimensions):
            if dimension.code not in told.keep:
                kept &= _stretch(np.array([code == dimension.elimination for code in dimension.codes]), axis, wish.ndim)
        wish[kept] *= 10
    if told.prefer:
        given = np.ones(layer.shape, dtype=np.bool_)
        for axis, dimension in enumerate(layer.dimensions):
            codes = told.prefer.get(dimension.code, ("*",))
            given &= _stretch(np.array([code in codes or "*" in codes for code in dimension.codes]), axis, wish.ndim)
        wish[given] *= 0.1
    return wish


def _stretch(flags: Flags, axis: int, dimensions: int) -> Flags:
    return flags.reshape([-1 if other == axis else 1 for other in range(dimensions)])

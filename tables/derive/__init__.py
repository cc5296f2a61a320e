"""From a Query to its Answer through either engine: blocks of shown cells and what is reckoned from them."""

from tables.derive.blocks import read
from tables.derive.sums import Gather, Indices

__all__ = ["Gather", "Indices", "read"]

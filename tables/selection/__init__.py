"""From what a client wrote to a Query: two grammars, one result."""

from tables.selection.calculation import calculation
from tables.selection.entries import Chosen, Grammar, split
from tables.selection.layout import default
from tables.selection.resolve import Limit, Order, resolve
from tables.selection.site import codes, variable

__all__ = ["Chosen", "Grammar", "Limit", "Order", "calculation", "codes", "default", "resolve", "split", "variable"]

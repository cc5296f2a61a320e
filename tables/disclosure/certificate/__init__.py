"""Finds alternative tables for what is hidden, from public lines alone, with no code of those who chose the mask."""

from tables.disclosure.certificate.piece import AT_LEAST, EQUAL, HELD, Piece
from tables.disclosure.certificate.search import Found, alternatives

__all__ = ["AT_LEAST", "EQUAL", "HELD", "Found", "Piece", "alternatives"]

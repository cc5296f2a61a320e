"""The library side: what is published, and the guard of its numbers."""

from tables.bank import Bank

__all__ = ["Bank"]

"""The demo bank: a synthetic register, real figures, and the acts that published them."""

from tables.demo.making import demo

__all__ = ["demo"]

"""DST v1: the StatBank API as its clients know it, at /v1."""

from service.dst.views import BLUEPRINT

__all__ = ["BLUEPRINT"]

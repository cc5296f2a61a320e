"""The description of everything public for programs: OpenAPI 3.1, and the console that reads it."""

from service.openapi.views import BLUEPRINT

__all__ = ["BLUEPRINT"]

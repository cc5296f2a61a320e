"""The calculator of the investment model: page, data and spreadsheet of one address (som.md §10)."""

from service.soem.views import BLUEPRINT

__all__ = ["BLUEPRINT"]

"""What people read in a browser: a file for each kind of page, all on one blueprint."""

from service.pages import api, area, classification, describe, front, office, search, subject, table, whole
from service.pages.room import BLUEPRINT
from service.pages.wrong import word

__all__ = [
    "BLUEPRINT",
    "api",
    "area",
    "classification",
    "describe",
    "front",
    "office",
    "search",
    "subject",
    "table",
    "whole",
    "word",
]

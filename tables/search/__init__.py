"""Words to tables: an index per catalogue, asked in the reader's own words."""

from tables.search.ask import Found, Hit, search
from tables.search.index import build

__all__ = ["Found", "Hit", "build", "search"]

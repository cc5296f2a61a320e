"""Folders people write → frozen tables, groups and the site, with all faults told at once."""

from tables.catalog.classification import Classification, read_classification
from tables.catalog.library import Library, read_group, read_library, read_site, read_table, site_of
from tables.catalog.site import copenhagen

__all__ = [
    "Classification",
    "Library",
    "copenhagen",
    "read_classification",
    "read_group",
    "read_library",
    "read_site",
    "read_table",
    "site_of",
]

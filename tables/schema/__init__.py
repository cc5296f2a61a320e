"""The shapes of all files people write: which keys there are, and of what type each is."""

from tables.schema.classification import ClassificationSchema
from tables.schema.documentation import DocumentationSchema
from tables.schema.group import GroupSchema
from tables.schema.news import FenceSchema, FrontSchema
from tables.schema.shape import shaped
from tables.schema.site import CalendarSchema, SiteSchema, SubjectSchema, SynonymsSchema
from tables.schema.table import TableSchema

__all__ = [
    "CalendarSchema",
    "ClassificationSchema",
    "DocumentationSchema",
    "FenceSchema",
    "FrontSchema",
    "GroupSchema",
    "SiteSchema",
    "SubjectSchema",
    "SynonymsSchema",
    "TableSchema",
    "shaped",
]

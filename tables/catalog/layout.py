"""`default:`, the first view of a table everywhere: it names what exists, and its selection can be answered."""

from tables.catalog.place import Dimensions
from tables.catalog.reading import Reading
from tables.errors import InvalidQuery
from tables.model import CONTENTS, Layout, Table
from tables.selection import split
from tables.selection.sheet import sheet
from tables.selection.site import picks


def layout(reading: Reading, dimensions: Dimensions) -> Layout | None:
    shape = reading.shape.get("default")
    if not isinstance(shape, Layout):
        return None
    for axis in ("rows", "columns"):
        for at, code in enumerate(getattr(shape, axis)):
            reading.known(("default", axis, at), code, (*dimensions.codes, CONTENTS), "a dimension of the table")
    for code in sorted(set(shape.rows) & set(shape.columns)):
        reading.refuse(("default", "columns"), f"{code} is in rows too; keep it in one of them")
    for code in shape.select:
        reading.known(("default", "select", code), code, (*dimensions.codes, CONTENTS), "a dimension of the table")
    for built in dimensions.built:
        if built and not built.time and built.elimination is None and built.code not in shape.select:
            reading.refuse(("default", "select"), f"{built.code} has no elimination value; choose its values here")
    return shape


def selected(reading: Reading, table: Table) -> None:
    """The texts of the selection in the site grammar, judged by the grammar itself."""
    if table.default is None:
        return
    lines = sheet(table).lines
    for code, text in table.default.select.items():
        try:
            picks(lines[code], split(text))
        except InvalidQuery as error:
            reading.refuse(("default", "select", code), error.text.en)

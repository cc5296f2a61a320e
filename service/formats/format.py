"""The shape of a format and of the options protocols may give it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from service.formats.head import Presentation
from tables.model import Answer, Lang, Text

WRITING = "5"  # raised when a writer's bytes change: it is part of every ETag
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Sort:
    """The column of numbers to sort rows by, as its codes in column order, or `text`."""

    by: tuple[str, ...]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """Plain values only: their repr is part of the ETag.

    `columns` are the last axes of the answer, those that stand across the page; `decimal` is the sign in text files;
    `dialect` says whose signs stand in for numbers; `excel` makes a text file Excel in Denmark opens; `ascii` folds the
    ids of variables; `address` is the public base address of links; `name` is what a computed value is called; `sort`
    orders the rows for a reader's eye, so no file for machines follows it; `view` and `colours` are of charts, `title`
    is theirs where it is not the table's; `subject` is the id and the text of the area a PX file is filed under.
    """

    presentation: Presentation = "text"
    names: Literal["code", "text"] = "code"
    delimiter: str = ";"
    decimal: str = ","
    columns: tuple[str, ...] = ()
    dialect: Literal["dst", "site"] = "site"
    excel: bool = False
    ascii: bool = False
    address: str = ""
    name: str = ""
    sort: Sort | None = None
    view: str = "table"
    colours: tuple[str, ...] = ()
    title: str = ""
    subject: tuple[str, Text] | None = None


class Write(Protocol):
    def __call__(self, answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Format:
    """`max_cells` is None for a stream: no limit, and the first bytes leave before the last are read."""

    name: str
    media_type: str
    extension: str
    max_cells: int | None
    write: Write

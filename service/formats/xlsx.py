"""XLSX: a sheet of figures, numbers as numbers and codes as text, and a sheet about the table (ux §9)."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from service.formats import sorting
from service.formats.format import Format, Options
from service.formats.head import Axis, documentation, notes, title, units, updated, variables
from service.formats.html import SOURCE, UNIT, UPDATED, legend
from service.formats.signs import BY_BYTE, DST, DST_TEXT
from tables.model import Answer, Block, Lang, Text

MOST = 200_000
TITLE_ROWS = 2  # title and unit; readers of the original skip two rows
DATA = Text("Tal", "Figures")
ABOUT = Text("Om", "About")
RELEASE = Text("Udgivelse", "Release")
STRINGS = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False, "in_memory": True}


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where things stand: the axes down the page, those across it, and the place of each row where they are sorted."""

    down: tuple[Axis, ...]
    across: tuple[Axis, ...]
    places: tuple[int, ...] = ()

    def row(self, number: int) -> int:
        return self.top + (self.places[number] if self.places else number)

    @property
    def top(self) -> int:
        return TITLE_ROWS + max(len(self.across), 1)

    @property
    def left(self) -> int:
        return len(self.down)

    @property
    def width(self) -> int:
        return prod(len(axis.lines) for axis in self.across)


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, STRINGS)
    instant = answer.release.updated.replace(tzinfo=None)
    book.set_properties({"title": title(answer, lang), "created": instant})
    used = _figures(book, answer, lang, options)
    _about(book, answer, lang, options, used)
    book.close()
    yield file.getvalue()


def _figures(book: Workbook, answer: Answer, lang: Lang, options: Options) -> set[int]:
    page = book.add_worksheet(DATA[lang])
    shown = variables(answer, lang)
    across = tuple(axis for axis in shown if axis.code in options.columns)
    order = sorting.order(answer, lang, options) or ()
    places = tuple(place for _, place in sorted(zip(order, range(len(order)), strict=True)))
    sheet = Sheet(tuple(axis for axis in shown if axis not in across), across, places)
    page.write_string(0, 0, title(answer, lang), book.add_format({"bold": True}))
    page.write_string(1, 0, f"{UNIT[lang]}: {units(answer, lang)}")
    _heads(page, sheet, options)
    page.freeze_panes(sheet.top, sheet.left)
    return _cells(book, page, sheet, answer, lang, options)


def _heads(page: Worksheet, sheet: Sheet, options: Options) -> None:
    for place, axis in enumerate(sheet.down):
        page.write_string(sheet.top - 1, place, axis.text)
    page.set_column(0, max(sheet.left - 1, 0), 24)
    for level, axis in enumerate(sheet.across):
        below = prod(len(inner.lines) for inner in sheet.across[level + 1 :])
        for place in range(sheet.width):
            line = axis.lines[place // below % len(axis.lines)]
            page.write_string(TITLE_ROWS + level, sheet.left + place, line.shown(options.presentation))
    labels = product(*([line.shown(options.presentation) for line in axis.lines] for axis in sheet.down))
    for row, combined in enumerate(labels):
        for column, label in enumerate(combined):
            page.write_string(sheet.row(row), column, label)


def _cells(book: Workbook, page: Worksheet, sheet: Sheet, answer: Answer, lang: Lang, options: Options) -> set[int]:
    used: set[int] = set()
    right = book.add_format({"align": "right"})
    formats = {0: book.add_format({"num_format": "#,##0"})}
    start = 0
    for block in answer.blocks():
        used.update(block.status.tolist())
        for place, (value, decimals, status) in enumerate(_triples(block), start):
            row, column = sheet.row(place // sheet.width), sheet.left + place % sheet.width
            sign = BY_BYTE[status]
            if not sign.number:
                mark, told = (DST, DST_TEXT) if options.dialect == "dst" else (sign.mark, sign.text)
                page.write_string(row, column, mark, right)
                page.write_comment(row, column, told[lang])
                continue
            if decimals not in formats:
                formats[decimals] = book.add_format({"num_format": "#,##0." + "0" * decimals})
            page.write_number(row, column, value / 10**decimals, formats[decimals])
            if sign.mark and options.dialect != "dst":
                page.write_comment(row, column, sign.text[lang])
        start += len(block.values)
    return used


def _triples(block: Block) -> Iterator[tuple[int, int, int]]:
    if isinstance(block.decimals, int):
        for value, status in zip(block.values.tolist(), block.status.tolist(), strict=True):
            yield value, block.decimals, status
    else:
        yield from zip(block.values.tolist(), block.decimals.tolist(), block.status.tolist(), strict=True)


def _about(book: Workbook, answer: Answer, lang: Lang, options: Options, used: set[int]) -> None:
    page = book.add_worksheet(ABOUT[lang])
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 100)
    lines = [
        (answer.table.id, title(answer, lang)),
        (UNIT[lang], units(answer, lang)),
        (SOURCE[lang], answer.table.source[lang]),
        (UPDATED[lang], updated(answer, "date")),
        (RELEASE[lang], answer.release.id),
    ]
    if address := documentation(answer.table, options.address, lang):
        lines.append(("", address))
    if options.dialect != "dst":
        lines += legend(used, lang)
    lines += [("", note.text[lang]) for note in notes(answer)]
    for row, (head, text) in enumerate(lines):
        page.write_string(row, 0, head)
        page.write_string(row, 1, text)


FORMAT = Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", MOST, write)

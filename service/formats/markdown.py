"""Markdown: the table as the page shows it, for texts, wikis and assistants; numbers in the reader's language."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Final

from service.formats import numbers, sorting
from service.formats.format import Format, Options
from service.formats.head import calculated, notes, title, told_units, updated
from service.formats.headers import Grid, grid, headed
from service.formats.html import NOTES, SOURCE, UPDATED
from service.formats.signs import BY_BYTE
from service.formats.table import UNIT, digits, legend
from tables.model import Answer, Lang

MOST: Final = 20_000  # cells, as on a page: more is for programs, and they have better files
SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|#~&])")


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    parted = grid(answer, lang, options)
    used: set[int] = set()
    facts = [calculated(answer.query, lang), f"{UNIT[lang]}: {told_units(answer, lang)}"]
    facts += [f"{headed(axis)}: {axis.lines[0].text}" for axis in parted.alone]
    lines = [f"**{plain(title(answer, lang))}**", "", plain(" · ".join(fact for fact in facts if fact)), ""]
    lines += _table(answer, parted, lang, options, used)
    if signs := legend(used, lang):
        lines += ["", *(f"- {plain(mark)} {words}" for mark, words in signs)]
    if told := [note.text[lang] for note in notes(answer)]:
        lines += ["", f"{NOTES[lang]}:", "", *(f"- {plain(each)}" for each in told)]
    source = plain(f"{SOURCE[lang]}: {answer.table.source[lang]} · {answer.table.id}")
    lines += ["", f"{source} · {UPDATED[lang]} {updated(answer, 'date')}", ""]
    yield "\n".join(lines).encode()


def plain(text: str) -> str:
    """On one line, and nothing in it means anything to Markdown."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _table(answer: Answer, parted: Grid, lang: Lang, options: Options, used: set[int]) -> Iterator[str]:
    """One row of heads, as Markdown has no more: the values across stand together in it."""
    across = [plain(" · ".join(line.text for line in lines)) for lines in product(*(a.lines for a in parted.across))]
    unit = plain(told_units(answer, lang))
    yield _row([*(plain(headed(axis)) for axis in parted.down), *(each or unit for each in across)])
    yield _row([*(":--" for _ in parted.down), *("--:" for _ in across)])
    heads = [[plain(line.text) for line in lines] for lines in product(*(axis.lines for axis in parted.down))]
    cells = list(_cells(answer, lang, used))
    order = sorting.order(answer, lang, options)
    for place in range(len(heads)) if order is None else order:
        yield _row([*heads[place], *cells[place * parted.width : (place + 1) * parted.width]])


def _cells(answer: Answer, lang: Lang, used: set[int]) -> Iterator[str]:
    for block in answer.blocks():
        for text, status in zip(numbers.texts(block), block.status.tolist(), strict=True):
            used.add(status)
            sign = BY_BYTE[status]
            yield f"{digits(text, lang) if sign.number else ''}{plain(sign.mark)}"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


FORMAT = Format("markdown", "text/markdown; charset=utf-8", "md", MOST, write)

"""The calculator as a workbook whose formulas answer what if; a scenario beside the first has its own sheets (som §10).

Every cell with a formula also carries its value, so a reader that does not reckon shows the same.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell as cell
from xlsxwriter.worksheet import Worksheet

from service.soem.base import Base
from service.soem.bookwords import ACCUMULATED, ESTIMATES, INPUT, PRICES, README, RESULT, SHEETS
from service.soem.page import named, paid_by
from service.soem.reckoned import NOBODY, Reckoned, net_if_paid_by
from service.soem.rounding import label
from service.soem.words import HOSTED, WORDS
from tables.model import Lang, Text
from tables.soem.prices import PAYERS
from tables.soem.reasons import texts

CREATED: Final = datetime(2018, 10, 31)  # noqa: DTZ001  # the same book the same bytes; a workbook knows no zones
NAMES: Final = ("deltagere", "effekt", "indsatspris", "rente")
FIRST: Final = 1  # row of the first line under the headings
GRID: Final = 7  # row of Input where the cost by year and payer begins
BEARERS: Final = (*PAYERS, NOBODY)
OWN, USED = 9, 12  # columns of Priser


@dataclass(frozen=True, slots=True)
class Book:
    """`ending` is hung on the names of the sheets and cells of a scenario beside the first."""

    work: xlsxwriter.Workbook
    done: Reckoned
    base: Base
    lang: Lang
    number: int
    looks: dict[str, Format]

    def sheet(self, name: str, heads: Sequence[Text] = ()) -> Worksheet:
        added = self.work.add_worksheet(self.called(name))
        for column, head in enumerate(heads):
            added.write_string(0, column, head[self.lang], self.looks["head"])
        added.set_column(0, 0, 44)
        added.set_column(1, len(heads) or 4, 15)
        added.freeze_panes(1 if heads else 0, 1 if heads else 0)
        return added

    def called(self, name: str) -> str:
        return name if self.number == 1 else f"{name} {self.number}"

    def at(self, name: str, place: str) -> str:
        return f"'{self.called(name)}'!{place}"

    def name(self, word: str) -> str:
        return word if self.number == 1 else f"{word}_{self.number}"


def write(all_done: Sequence[Reckoned], base: Base, lang: Lang) -> bytes:
    out = io.BytesIO()
    work = xlsxwriter.Workbook(out, {"in_memory": True})
    work.set_properties({"title": WORDS["heading"][lang], "created": CREATED})
    looks = {
        "head": work.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": work.add_format({"text_wrap": True, "valign": "top"}),
        "money": work.add_format({"num_format": "#,##0.00"}),
        "own": work.add_format({"bg_color": "#fff5d9", "border": 1, "border_color": "#8593a0"}),
    }
    _read_me(Book(work, all_done[0], base, lang, 1, looks), all_done)
    for number, done in enumerate(all_done, 1):
        book = Book(work, done, base, lang, number, looks)
        _input(book)
        _prices(book)
        _estimates(book)
        _result(book)
    work.close()
    return out.getvalue()


def _read_me(book: Book, all_done: Sequence[Reckoned]) -> None:
    sheet = book.sheet(SHEETS["readme"])
    sheet.set_column(0, 0, 110)
    lines = [texts()[key][book.lang] for key in ("ikke_aarsag", "vejledende", "umaalt", "flytning", "negativt")]
    lines += [texts()["syntetisk"][book.lang]] if HOSTED in book.base.table.source.da.casefold() else []
    lines += [text[book.lang] for text in README]
    lines.append(f"{WORDS['releases'][book.lang]}: {book.base.estimates.id}, {book.base.priced.id}")
    for number, done in enumerate(all_done, 1):
        lines.append(
            f"{WORDS['scenario'][book.lang].format(number=number)}: {named(done.wish.group, book.base, book.lang)}"
        )
        for code in done.result.without_price:
            lines.append(WORDS["no_price"][book.lang].format(outcome=label(book.base, code, book.lang)))
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, book.looks["text"])


def _input(book: Book) -> None:
    """A cost by year and payer is the present value of the table below it."""
    sheet = book.sheet(SHEETS["input"], INPUT[:2])
    scenario, lang = book.done.scenario, book.lang
    values = (scenario.participants, scenario.effect, scenario.price, scenario.rate)
    for row, (name, text, value) in enumerate(zip(NAMES, INPUT[2:6], values, strict=True), FIRST):
        sheet.write_string(row, 0, text[lang])
        sheet.write_number(row, 1, value, book.looks["own"])
        place = cell(row, 1, row_abs=True, col_abs=True)
        book.work.define_name(book.name(name), f"={book.at(SHEETS['input'], place)}")
    if not book.done.wish.spread:
        return
    for column, head in enumerate(INPUT[6:]):
        sheet.write_string(GRID - 1, column, head[lang], book.looks["head"])
    for t in range(book.done.horizon + 1):
        sheet.write_number(GRID + t, 0, t)
        for at, bearer in enumerate(BEARERS, 1):
            kroner = sum(k for year, who, k in scenario.cost if year == t and (who or NOBODY) == bearer)
            if kroner:
                sheet.write_number(GRID + t, at, kroner, book.looks["own"])
            else:
                sheet.write_blank(GRID + t, at, None, book.looks["own"])
    sheet.write_formula(FIRST + 2, 1, f"={_spent(book, BEARERS)}", book.looks["money"], scenario.price)


def _spent(book: Book, bearers: Sequence[str]) -> str:
    """The present value of what these bear of a cost by year and payer."""
    last = GRID + book.done.horizon
    years = book.at(SHEETS["input"], f"{cell(GRID, 0, True, True)}:{cell(last, 0, True, True)}")
    left, right = (BEARERS.index(bearers[end]) + 1 for end in (0, -1))
    paid = book.at(SHEETS["input"], f"{cell(GRID, left, True, True)}:{cell(last, right, True, True)}")
    return f"SUMPRODUCT({paid}/(1+{book.name('rente')})^{years})"


def _prices(book: Book) -> None:
    """Beside each published price a blank one of one's own, filled where the address brought it."""
    sheet = book.sheet(SHEETS["prices"], PRICES)
    published = book.base.prices_of(book.done.wish.group[0])
    for row, code in enumerate(book.done.priced, FIRST):
        price = published[code]
        sheet.write_string(row, 0, label(book.base, code, book.lang))
        sheet.write_string(row, 1, book.base.units.get(code, Text("", ""))[book.lang])
        sheet.write_string(row, 2, price.kind)
        for at, payer in enumerate(PAYERS):
            sheet.write_number(row, 3 + at, price.by_payer[payer])
            own = book.done.wish.prices.get((code, payer))
            if own is None:
                sheet.write_blank(row, OWN + at, None, book.looks["own"])
            else:
                sheet.write_number(row, OWN + at, own, book.looks["own"])
            blank, used = cell(row, OWN + at), book.done.prices[code].by_payer[payer]
            sheet.write_formula(row, USED + at, f"=IF(ISNUMBER({blank}),{blank},{cell(row, 3 + at)})", None, used)
        sheet.write_number(row, 6, price.index_from)
        sheet.write_number(row, 7, price.index_to)
        sheet.write_formula(row, 8, f"={cell(row, 7)}/{cell(row, 6)}", None, price.index)


def _estimates(book: Book) -> None:
    """Δ a success child by payer, the present value of a participant, and what a row adds to the uncertainty."""
    sheet = book.sheet(SHEETS["estimates"], ESTIMATES)
    there = {code: row for row, code in enumerate(book.done.priced, FIRST)}
    money = {(line.outcome, line.t, line.payer): line for line in book.done.result.lines}
    rows = [each for each in book.done.counted if each.outcome in there]
    factor, effect = f"(1+{book.name('rente')})", book.name("effekt")
    for row, each in enumerate(rows, FIRST):
        sheet.write_string(row, 0, label(book.base, each.outcome, book.lang))
        for column, figure in enumerate((each.t, each.beta, each.se), 1):
            sheet.write_number(row, column, figure)
        line, price = there[each.outcome], book.done.prices[each.outcome]
        index = book.at(SHEETS["prices"], cell(line, 8))
        sign = f'IF({book.at(SHEETS["prices"], cell(line, 2))}="udgift",1,-1)'
        for at, payer in enumerate(PAYERS):
            told = money[each.outcome, each.t, payer]
            used = book.at(SHEETS["prices"], cell(line, USED + at))
            product = f"={sign}*{cell(row, 2)}*{used}*{index}"
            sheet.write_formula(row, 4 + at, product, book.looks["money"], told.success)
            present = f"={effect}*{cell(row, 4 + at)}/{factor}^{cell(row, 1)}"
            sheet.write_formula(row, 8 + at, present, book.looks["money"], told.present)
        success = sum(money[each.outcome, each.t, payer].success for payer in PAYERS)
        sheet.write_formula(row, 7, f"=SUM({cell(row, 4)}:{cell(row, 6)})", book.looks["money"], success)
        used = f"SUM({book.at(SHEETS['prices'], f'{cell(line, USED)}:{cell(line, USED + 2)}')})*{index}"
        term = each.se * price.total() * price.index / book.done.scenario.factor(each.t)
        sheet.write_formula(row, 11, f"={cell(row, 3)}*{used}/{factor}^{cell(row, 1)}", book.looks["money"], term)


def _result(book: Book) -> None:
    sheet = book.sheet(SHEETS["result"])
    sheet.set_column(2, 2, 60)
    result, spans = book.done.result, [_span(book, column) for column in range(12)]
    cost, people = book.name("indsatspris"), book.name("deltagere")
    saving = f"-SUMPRODUCT({spans[7]}/(1+{book.name('rente')})^{spans[1]})"
    lines: list[tuple[str, str, float | str]] = [
        (f"konsekvens_pr_deltager_{payer}", f"=-SUM({spans[8 + at]})", result.by_payer[payer])
        for at, payer in enumerate(PAYERS)
    ]
    lines += [
        ("konsekvens_i_alt_pr_deltager", "=SUM(B1:B3)", result.consequence),
        ("nettoresultat_pr_deltager", f"=B4-{cost}", result.net),
        ("nettoresultat", f"={people}*B5", result.net_total),
    ]
    for at, (payer, kroner) in enumerate(net_if_paid_by(book.done).items(), 1):
        paid = _spent(book, (payer,)) if book.done.wish.spread else cost
        lines.append((f"nettoresultat_hvis_{payer}_betaler", f"={people}*(B{at}-{paid})", kroner))
    balance = "" if result.balance is None else result.balance
    lines += [
        ("effekt_balance", f'=IF({saving}>0,{cost}/({saving}),"")', balance),
        ("usikkerhed_se_pr_deltager", f"=ABS({book.name('effekt')})*SQRT(SUMSQ({spans[11]}))", result.uncertainty),
    ]
    said = [text[book.lang] for text in RESULT]
    for row, ((name, formula, value), text) in enumerate(
        zip(lines, [*said[:6], *paid_by(book.done, book.lang), *said[6:]], strict=True)
    ):
        sheet.write_string(row, 0, name)
        look = None if name == "effekt_balance" else book.looks["money"]
        sheet.write_formula(row, 1, formula, look, value)
        sheet.write_string(row, 2, text)
    _accumulated(book, sheet, len(lines) + 1, spans)


def _accumulated(book: Book, sheet: Worksheet, start: int, spans: Sequence[str]) -> None:
    """A_t of all, and of each payer what it bears itself."""
    series = [book.done.result.accumulated, *book.done.result.accumulated_by_payer.values()]
    for column, head in enumerate(ACCUMULATED):
        sheet.write_string(start, column, head[book.lang], book.looks["head"])
    for t in range(len(series[0])):
        row = start + 1 + t
        sheet.write_number(row, 0, t)
        moves = [f"SUMIF({spans[1]},{t},{spans[8 + at]})" for at in range(len(PAYERS))]
        for column, amounts in enumerate(series, 1):
            mine = moves if column == 1 else [moves[column - 2]]
            before = cell(row - 1, column) if t else "0"
            formula = f"={before}-({_paid(book, t, column)})-({'+'.join(mine)})"
            sheet.write_formula(row, column, formula, book.looks["money"], amounts[t])


def _paid(book: Book, t: int, column: int) -> str:
    """What the measure costs in a year: all of it, or (from the second column on) what one payer bears."""
    if not book.done.wish.spread:
        return book.name("indsatspris") if column == 1 and t == 0 else "0"
    left, right = (1, len(BEARERS)) if column == 1 else (column - 1, column - 1)
    paid = book.at(SHEETS["input"], f"{cell(GRID + t, left, True, True)}:{cell(GRID + t, right, True, True)}")
    return f"SUM({paid})/(1+{book.name('rente')})^{t}"


def _span(book: Book, column: int) -> str:
    last = FIRST + max(len(book.done.result.lines) // len(PAYERS), 1) - 1
    return book.at(SHEETS["estimates"], f"{cell(FIRST, column, True, True)}:{cell(last, column, True, True)}")

"""The calculator as a workbook: five sheets whose formulas answer what if (som.md §10).

Every cell with a formula also carries its value, so a reader that does not reckon shows the same.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell as cell

from service.soem.base import Base
from service.soem.reckoned import Reckoned
from service.soem.rounding import label
from tables.model import Lang, Text
from tables.soem.prices import PAYERS
from tables.soem.reasons import texts

CREATED: Final = datetime(2018, 10, 31)  # noqa: DTZ001  # the same book the same bytes; a workbook knows no zones
READ_ME: Final = "Læs mig"
NAMES: Final = ("deltagere", "effekt", "indsatspris", "rente")
INPUT: Final = (
    Text("Deltagere", "Participants"),
    Text("Effekt (andel, 0,15 = 15 procentpoint)", "Effect (share, 0.15 = 15 percentage points)"),
    Text("Indsatspris pr. deltager, kr.", "Cost of the measure per participant, DKK"),
    Text("Rente (0,035 = 3,5 pct.)", "Discount rate (0.035 = 3.5 per cent)"),
)
HEADS: Final = {
    "Priser": "konsekvens enhed type kommune region stat npi_fra npi_til npi egen_kommune egen_region egen_stat "
    "brugt_kommune brugt_region brugt_stat",
    "Estimater": "konsekvens t beta se kommune region stat i_alt nutidsvaerdi_kommune nutidsvaerdi_region "
    "nutidsvaerdi_stat usikkerhed",
}
FIRST: Final = 1  # row of the first line under the headings


@dataclass(frozen=True, slots=True)
class Book:
    work: xlsxwriter.Workbook
    done: Reckoned
    base: Base
    lang: Lang

    def sheet(self, name: str) -> xlsxwriter.worksheet.Worksheet:
        added = self.work.add_worksheet(name)
        for column, head in enumerate(HEADS.get(name, "").split()):
            added.write_string(0, column, head)
        added.set_column(0, 0, 44)
        return added


def write(done: Reckoned, base: Base, lang: Lang) -> bytes:
    out = io.BytesIO()
    work = xlsxwriter.Workbook(out, {"in_memory": True})
    work.set_properties({"title": "soem", "created": CREATED})
    book = Book(work, done, base, lang)
    _read_me(book)
    _input(book)
    _prices(book)
    _estimates(book)
    _result(book)
    work.close()
    return out.getvalue()


def _read_me(book: Book) -> None:
    sheet = book.sheet(READ_ME)
    sheet.set_column(0, 0, 110)
    lines = [texts()[key][book.lang] for key in ("ikke_aarsag", "vejledende", "umaalt", "flytning", "negativt")]
    lines += [texts()["syntetisk"][book.lang]] if "syntetisk" in book.base.table.source.da.casefold() else []
    lines += [f"{book.base.estimates.id}, {book.base.priced.id}", ", ".join(book.done.wish.group)]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line)


def _input(book: Book) -> None:
    sheet = book.sheet("Input")
    scenario = book.done.scenario
    values = (scenario.participants, scenario.effect, scenario.price, scenario.rate)
    for row, (name, text, value) in enumerate(zip(NAMES, INPUT, values, strict=True)):
        sheet.write_string(row, 0, text[book.lang])
        sheet.write_number(row, 1, value)
        book.work.define_name(name, f"=Input!{cell(row, 1, row_abs=True, col_abs=True)}")


def _priced(book: Book) -> list[str]:
    return [code for code in dict.fromkeys(each.outcome for each in book.done.counted) if code in book.done.prices]


def _prices(book: Book) -> None:
    """Beside each published price a blank one of one's own, filled where the address brought it."""
    sheet = book.sheet("Priser")
    published = book.base.prices_of(book.done.wish.group[0])
    for row, code in enumerate(_priced(book), FIRST):
        price = published[code]
        sheet.write_string(row, 0, label(book.base, code, book.lang))
        sheet.write_string(row, 1, price.unit)
        sheet.write_string(row, 2, price.kind)
        for at, payer in enumerate(PAYERS):
            sheet.write_number(row, 3 + at, price.by_payer[payer])
            own = book.done.wish.prices.get((code, payer))
            if own is not None:
                sheet.write_number(row, 9 + at, own)
            blank, used = cell(row, 9 + at), book.done.prices[code].by_payer[payer]
            sheet.write_formula(row, 12 + at, f"=IF(ISNUMBER({blank}),{blank},{cell(row, 3 + at)})", None, used)
        sheet.write_number(row, 6, price.index_from)
        sheet.write_number(row, 7, price.index_to)
        sheet.write_formula(row, 8, f"={cell(row, 7)}/{cell(row, 6)}", None, price.index)


def _estimates(book: Book) -> None:
    """Δ a success child by payer, the present value of a participant, and what a row adds to the uncertainty."""
    sheet = book.sheet("Estimater")
    lines = {code: row for row, code in enumerate(_priced(book), FIRST)}
    money = {(line.outcome, line.t, line.payer): line for line in book.done.result.lines}
    rows = [each for each in book.done.counted if each.outcome in lines]
    for row, each in enumerate(rows, FIRST):
        sheet.write_string(row, 0, label(book.base, each.outcome, book.lang))
        sheet.write_number(row, 1, each.t)
        sheet.write_number(row, 2, each.beta)
        sheet.write_number(row, 3, each.se)
        there, price = lines[each.outcome], book.done.prices[each.outcome]
        factor = f"(1+rente)^{cell(row, 1)}"
        for at, payer in enumerate(PAYERS):
            line = money[each.outcome, each.t, payer]
            sign = f'IF(Priser!{cell(there, 2)}="udgift",1,-1)'
            product = f"={sign}*{cell(row, 2)}*Priser!{cell(there, 12 + at)}*Priser!{cell(there, 8)}"
            sheet.write_formula(row, 4 + at, product, None, line.success)
            sheet.write_formula(row, 8 + at, f"=effekt*{cell(row, 4 + at)}/{factor}", None, line.present)
        success = sum(money[each.outcome, each.t, payer].success for payer in PAYERS)
        sheet.write_formula(row, 7, f"=SUM({cell(row, 4)}:{cell(row, 6)})", None, success)
        used = f"SUM(Priser!{cell(there, 12)}:{cell(there, 14)})*Priser!{cell(there, 8)}"
        term = each.se * price.total() * price.index / book.done.scenario.factor(each.t)
        sheet.write_formula(row, 11, f"={cell(row, 3)}*{used}/{factor}", None, term)


def _result(book: Book) -> None:
    sheet = book.sheet("Resultat")
    result, scenario = book.done.result, book.done.scenario
    last = FIRST + max(len(result.lines) // len(PAYERS), 1) - 1
    spans = [_span(column, last) for column in range(12)]
    lines: list[tuple[str, str, float | str]] = [
        (f"konsekvens_pr_deltager_{payer}", f"=-SUM({spans[8 + at]})", result.by_payer[payer])
        for at, payer in enumerate(PAYERS)
    ]
    lines += [
        ("konsekvens_i_alt_pr_deltager", "=SUM(B1:B3)", result.consequence),
        ("nettoresultat_pr_deltager", "=B4-indsatspris", result.net),
        ("nettoresultat", "=deltagere*B5", result.net_total),
    ]
    lines += [
        (f"nettoresultat_hvis_{payer}_betaler", f"=deltagere*(B{at}-indsatspris)", result.net_if_paid_by[payer])
        for at, payer in enumerate(PAYERS, 1)
    ]
    saving = f"-SUMPRODUCT({spans[7]}/(1+rente)^{spans[1]})"
    balance = "" if result.balance is None else result.balance
    lines += [
        ("effekt_balance", f'=IF({saving}>0,indsatspris/({saving}),"")', balance),
        ("usikkerhed_se_pr_deltager", f"=ABS(effekt)*SQRT(SUMSQ({spans[11]}))", result.uncertainty),
    ]
    for row, (name, formula, value) in enumerate(lines):
        sheet.write_string(row, 0, name)
        sheet.write_formula(row, 1, formula, None, value)
    _accumulated(sheet, len(lines) + 1, result.accumulated, spans, scenario.cost)


def _accumulated(
    sheet: xlsxwriter.worksheet.Worksheet,
    start: int,
    series: Sequence[float],
    spans: Sequence[str],
    cost: Sequence[tuple[int, str | None, float]],
) -> None:
    """A_t; cost that falls in later years keeps its share of what the measure costs in all."""
    shares = [sum(kroner for t, _, kroner in cost if t == year) for year in range(len(series))]
    sheet.write_row(start, 0, ("akkumuleret_pr_deltager, t", "kr.", "indsats, kr. i året"))
    spread = any(shares[1:])
    for t, amount in enumerate(series):
        row = start + 1 + t
        sheet.write_number(row, 0, t)
        moves = "+".join(f"SUMIF({spans[1]},{t},{spans[8 + at]})" for at in range(len(PAYERS)))
        before = f"{cell(row - 1, 1)}" if t else "0"
        if spread:
            sheet.write_number(row, 2, shares[t])
            paid = f"{cell(row, 2)}/(1+rente)^{t}"
        else:
            paid = "0" if t else "indsatspris"
        sheet.write_formula(row, 1, f"={before}-({paid})-({moves})", None, amount)


def _span(column: int, last: int) -> str:
    return f"Estimater!{cell(FIRST, column, True, True)}:{cell(last, column, True, True)}"

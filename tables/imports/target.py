"""A file laid over a table that exists: its labels become the table's codes, and what differs is told."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from tables.errors import CatalogError, Fault
from tables.imports.nouns import Column, Facts, Finding, Label, shortened
from tables.model import LANGUAGES, Dimension, Measure, Status, Table, Text


def fit(facts: Facts, table: Table) -> tuple[Facts, tuple[Finding, ...]]:
    """The same rows in the codes and the order of the table. Raises CatalogError for what finds no place in it."""
    findings: list[Finding] = []
    columns = {column.code.casefold(): column for column in facts.columns}
    faults: list[Fault] = []
    fitted = []
    for dimension in table.dimensions:
        column = columns.pop("tid" if dimension.time else dimension.code.casefold(), None)
        if column is None:
            what = f"the file has no column {dimension.code}; {table.id} needs it"
            faults.append(Fault(facts.file, 1, dimension.code, what))
            continue
        found, wrong = _matched(facts, column, dimension)
        faults += wrong
        fitted.append(found)
        findings += _differences(column, dimension)
    faults += [fault for column in columns.values() for fault in _beyond(facts, column, table.id)]
    findings += [_left_out(column) for column in columns.values()]
    measure = _only_measure(facts, table, faults)
    if faults:
        raise CatalogError(shortened(faults))
    figures = replace(facts.figures, name=measure.code)
    return replace(facts, columns=tuple(fitted), figures=figures), tuple(findings)


def refuse_below(facts: Facts, minimum: int | None) -> None:
    """Numbers too small for the table, each with its line."""
    if minimum is None:
        return
    scale = 10**facts.figures.decimals
    low = (facts.figures.signs == Status.OK) & (facts.figures.numbers < minimum * scale)
    faults = [
        Fault(
            facts.file,
            int(facts.lines[row]),
            facts.figures.column,
            f"{facts.figures.numbers[row] / scale:g} is below the minimum {minimum}; mend it, or, if that is right, "
            "write a table.yaml without minimum: first and import into it",
        )
        for row in np.flatnonzero(low)
    ]
    if faults:
        raise CatalogError(shortened(faults))


def _matched(facts: Facts, column: Column, dimension: Dimension) -> tuple[Column, list[Fault]]:
    texts = _by_text(dimension)
    places = np.array([_place(label, column, dimension, texts) for label in column.labels], dtype=np.int64)
    labels = tuple(Label(value.code, value.text.da) for value in dimension.values)
    wrong = []
    for place in np.flatnonzero(places < 0):
        label = column.labels[place]
        line = int(facts.lines[np.flatnonzero(column.rows == place)[0]])
        written = label.text if label.text == label.code or column.form == "texts" else f"{label.code} {label.text}"
        cure = "add it to time:" if dimension.time else "add it to the table, or take the rows out"
        wrong.append(Fault(facts.file, line, column.code, f"'{written}' is not a value of {dimension.code}; {cure}"))
    return Column(dimension.code, labels, places[column.rows], column.form), shortened(wrong)


def _by_text(dimension: Dimension) -> dict[str, int]:
    """Text in either language → place; one that two values share names neither."""
    found: dict[str, set[int]] = {}
    for place, value in enumerate(dimension.values):
        for language in LANGUAGES:
            found.setdefault(value.text[language].casefold(), set()).add(place)
    return {text: places.pop() for text, places in found.items() if len(places) == 1}


def _place(label: Label, column: Column, dimension: Dimension, texts: Mapping[str, int]) -> int:
    """By code where the file writes codes, else by text: a code made here would only match by accident."""
    if column.form == "texts":
        return texts.get(label.text.casefold(), -1)
    return dimension.index.get(label.code, -1)


def _differences(column: Column, dimension: Dimension) -> list[Finding]:
    texts = _by_text(dimension)
    used = {_place(label, column, dimension, texts) for label in column.labels}
    absent = [value.code for place, value in enumerate(dimension.values) if place not in used]
    found = []
    if absent:
        listed = ", ".join(absent[:10]) + (" …" if len(absent) > 10 else "")
        da, en = f"filen mangler {len(absent)}: {listed}", f"the file lacks {len(absent)}: {listed}"
        found.append(Finding(dimension.code, Text(da, en)))
    for label in column.labels if column.form == "both" else ():
        value = dimension.values[dimension.index[label.code]] if label.code in dimension.index else None
        if value and label.text.casefold() not in (value.text.da.casefold(), value.text.en.casefold()):
            da = f"{label.code} hedder «{label.text}» i filen, «{value.text.da}» i tabellen"
            en = f"{label.code} is '{label.text}' in the file, '{value.text.da}' in the table"
            found.append(Finding(dimension.code, Text(da, en)))
    return found


def _beyond(facts: Facts, column: Column, table: str) -> list[Fault]:
    if len(column.labels) == 1:
        return []
    what = f"{table} has no such dimension, and the file {len(column.labels)} values of it; export its total only"
    return [Fault(facts.file, 1, column.code, what)]


def _left_out(column: Column) -> Finding:
    text = column.labels[0].text
    da, en = f"kolonnen er udeladt; den har kun «{text}»", f"the column is left out; it has only '{text}'"
    return Finding(column.code, Text(da, en))


def _only_measure(facts: Facts, table: Table, faults: list[Fault]) -> Measure:
    measure = table.measures[0]
    if len(table.measures) > 1 or measure.kind == "ratio":
        what = f"{table.id} needs more than one column of figures; this file has one, so build its cube another way"
        faults.append(Fault(facts.file, 1, facts.figures.column, what))
    elif facts.figures.decimals > measure.decimals:
        what = f"{facts.figures.decimals} decimals, and {table.id} keeps {measure.decimals}; round, or set decimals:"
        faults.append(Fault(facts.file, 1, facts.figures.column, what))
    return measure

"""The report as a page: figures, and a heat map of what is hidden that is readable at 99 by 55."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tables.disclosure.protection import PRIMARY, SHOWN
from tables.disclosure.report import Report, numbered
from tables.grid import Grid
from tables.model import Dimension, Lang, Text

_SIDE: Final = 9
_MARGIN: Final = 96
_MOST: Final = 200  # columns of a picture; a wider table is shown at the totals of its smallest dimensions
_STYLE: Final = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem;color:#1b1b1b}table{border-collapse:collapse}"
    "td,th{padding:.15rem .8rem .15rem 0;text-align:right}td:first-child,th:first-child{text-align:left}"
    "svg{display:block;max-width:100%;height:auto;margin:.5rem 0}text{font:8px system-ui,sans-serif;fill:#444}"
    ".b{fill:#f1f1f1}.n{fill:#cfcfcf}.p{fill:#a50f15}.s{fill:#fc9272}.k{display:inline-block;width:1em;height:1em}"
)
_WORDS: Final[Mapping[str, Text]] = {
    "title": Text("Diskretionering", "Disclosure control"),
    "secret": Text(
        "Kun for kontoret: bygger på tal, der ikke vises.", "For the office only: made of figures that are not shown."
    ),
    "head": Text("Niveau|Celler|Af en regel|Til beskyttelse|Skjult", "Level|Cells|By a rule|To protect|Hidden"),
    "total": Text("I alt", "Total"),
    "of_total": Text("Skjult af det, de mindste celler tæller", "Hidden of what the smallest cells count"),
    "useless": Text("Mere end halvdelen er skjult", "More than half is hidden"),
    "rules": Text("Celler, som reglerne skjuler", "Cells that the rules hide"),
    "rules_head": Text("Hvis|Celler", "If|Cells"),
    "no leaves": Text("uden de mindste", "without the smallest"),
    "left out": Text("udeladt", "left out"),
    "stability": Text("Skjult igen fra periode til periode", "Hidden again from period to period"),
    "stability_head": Text(
        "Periode|Til beskyttelse, skjult før|Skiftede tilstand", "Period|To protect, hidden before|Changed state"
    ),
    "minimality": Text(
        "Af {0} sammenhængende dele er der {1}, hvor alle mulige tabeller har et lille tal",
        "Of {0} connected parts there are {1} in which all possible tables have a small number",
    ),
    "dearest": Text("De dyreste celler og dem, de beskytter", "The dearest cells, and those they protect"),
    "dearest_head": Text("Celle|Vægt|Beskytter", "Cell|Weight|Protects"),
    "legend": Text(
        "vises|skjult af en regel|skjult til beskyttelse|intet tal",
        "shown|hidden by a rule|hidden to protect|no number",
    ),
    "picture": Text("Hvad der er skjult i {0} {1}: rækker er {2}", "What is hidden in {0} {1}: rows are {2}"),
}


def html(grids: Mapping[str, Grid], masks: Mapping[str, NDArray[np.uint8]], told: Report, lang: Lang) -> str:
    words = {key: text[lang] for key, text in _WORDS.items()}
    head = f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>{words["title"]}</title>'
    parts = [
        head,
        f"<style>{_STYLE}</style>",
        f"<h1>{words['title']}</h1><p>{words['secret']}</p>",
        *(f"<p>{escape(one)}</p>" for one in told.warnings),
    ]
    for table, counts in told.tables.items():
        parts.append(f"<h2>{escape(table)}</h2>")
        parts += [_picture(grids[table], masks[table], words), *_figures(counts, words)]
    if told.minimality:
        parts.append(f"<p>{words['minimality'].format(*told.minimality.values())}.</p>")
    if told.dearest:
        rows = [(one["cell"], one["weight"], ", ".join(one["protects"])) for one in told.dearest]
        parts.append(f"<h2>{words['dearest']}</h2>{_table(words['dearest_head'], rows)}")
    return "\n".join([*parts, "</html>"])


def _figures(counts: Mapping[str, Any], words: Mapping[str, str]) -> list[str]:
    levels = [(words["total"], counts), *((level, one) for level, one in counts["levels"].items())]
    told = [
        _table(
            words["head"], [(name, c["cells"], c["primary"], c["secondary"], f"{c['share']:.1%}") for name, c in levels]
        ),
        f"<p>{words['of_total']}: {counts['of_total']:.1%}</p>",
    ]
    if counts["useless"]:
        told.append(f"<p>{words['useless']}: {escape(', '.join(counts['useless']))}</p>")
    rules = [(_named(name, words), count) for name, count in counts["rules"].items()]
    told.append(f"<h3>{words['rules']}</h3>{_table(words['rules_head'], rules)}")
    rows = [(period, f"{one['hidden_before']:.0%}", one["changed"]) for period, one in counts["stability"].items()]
    return [*told, f"<h3>{words['stability']}</h3>{_table(words['stability_head'], rows)}" if rows else ""]


def _named(rule: str, words: Mapping[str, str]) -> str:
    dimension, _, change = rule.partition(": ")
    return f"{dimension} {words[change]}" if change else rule


def _table(head: str, rows: Sequence[Sequence[object]]) -> str:
    heads = "".join(f"<th>{name}</th>" for name in head.split("|"))
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{heads}</tr>{body}</table>"


def _picture(grid: Grid, mask: NDArray[np.uint8], words: Mapping[str, str]) -> str:
    """The newest period: rows are codes of the longest dimension, columns all the others; tooltips name the cells."""
    table = grid.table
    time = next(axis for axis, dimension in enumerate(table.dimensions) if dimension.time)
    state = np.where(numbered(grid), mask, 3).reshape(table.shape)
    cells, others = np.take(state, -1, axis=time), [dimension for dimension in table.dimensions if not dimension.time]
    cells, others = _narrowed(cells, others)
    longest = max(range(len(others)), key=lambda axis: len(others[axis].values))
    rows, rest = others[longest], [one for axis, one in enumerate(others) if axis != longest]
    turned = np.moveaxis(cells, longest, 0).reshape(len(rows.values), -1)
    shape = tuple(len(one.values) for one in rest)
    columns = [
        " ".join(one.codes[int(at)] for one, at in zip(rest, np.unravel_index(column, shape), strict=True))
        if rest
        else ""
        for column in range(turned.shape[1])
    ]
    legend = zip("bpsn", words["legend"].split("|"), strict=True)
    key = " · ".join(
        f'<svg class="k" viewBox="0 0 9 9"><rect class="{k}" width="9" height="9"/></svg> {text}' for k, text in legend
    )
    name = words["picture"].format(table.id, table.time.codes[-1], rows.code)
    return f"<figure>{_svg(turned, rows.codes, columns, name)}<figcaption>{escape(name)}. {key}</figcaption></figure>"


def _narrowed(cells: NDArray[np.int64], others: list[Dimension]) -> tuple[NDArray[np.int64], list[Dimension]]:
    """At the totals of the smallest dimensions, until the picture is narrow enough."""
    while len(others) > 2 and cells.size // max(cells.shape) > _MOST:
        axis = min(range(len(others)), key=lambda at: len(others[at].values))
        total = others[axis].index.get(str(others[axis].elimination), 0)
        cells, others = np.take(cells, total, axis), [one for at, one in enumerate(others) if at != axis]
    return cells, others


def _svg(turned: NDArray[np.int64], rows: Sequence[str], columns: Sequence[str], name: str) -> str:
    width, height = _MARGIN + turned.shape[1] * _SIDE, _MARGIN + turned.shape[0] * _SIDE
    drawn = [f'<rect class="b" x="{_MARGIN}" y="{_MARGIN}" width="{width - _MARGIN}" height="{height - _MARGIN}"/>']
    for row, code in enumerate(rows):
        drawn.append(f'<text x="{_MARGIN - 4}" y="{_MARGIN + row * _SIDE + 7}" text-anchor="end">{escape(code)}</text>')
    for column, code in enumerate(columns):
        x = _MARGIN + column * _SIDE + 7
        drawn.append(f'<text transform="translate({x} {_MARGIN - 4}) rotate(-90)">{escape(code)}</text>')
    for row, column in zip(*np.nonzero(turned != SHOWN), strict=True):
        kind = {PRIMARY: "p", 3: "n"}.get(int(turned[row, column]), "s")
        x, y = _MARGIN + int(column) * _SIDE, _MARGIN + int(row) * _SIDE
        title = escape(f"{rows[int(row)]} {columns[int(column)]}".strip())
        place = f'x="{x}" y="{y}" width="{_SIDE - 1}" height="{_SIDE - 1}"'
        drawn.append(f'<rect class="{kind}" {place}><title>{title}</title></rect>')
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'<svg role="img" aria-label="{escape(name)}" {size}>{"".join(drawn)}</svg>'

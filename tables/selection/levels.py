"""Code lists of a question: the values of one level of a classification (pxwebapi2 §2.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Final

from tables.errors import InvalidQuery
from tables.model import Dimension, Table
from tables.selection.refusals import shown, unknown_variable
from tables.selection.sheet import fold, lines_of, sheet
from tables.selection.site import picks

_KINDS: Final = ("vs", "agg")  # a subset; groups. Groups are read where the table publishes them, and never added up


def levels(dimension: Dimension) -> Mapping[str, str]:
    """The lists of a dimension by their id, `vs_OMRAADE_KOMMUNE`, each with its level."""
    if dimension.classification is None:
        return {}
    here = dict.fromkeys(value.level for value in dimension.values if value.level)
    name = fold(dimension.classification).upper()
    return {f"{kind}_{name}_{fold(level).upper()}": level for kind in _KINDS for level in here}


def of_level(table: Table, code: str, name: str, texts: Sequence[str]) -> tuple[str, ...]:
    """The codes that texts choose in a code list, in table order; `top(3)` counts inside it. Raises InvalidQuery."""
    known = sheet(table)
    if code not in known.lines:
        raise unknown_variable(known, code)
    dimension = known.lines[code].dimension
    offered = levels(dimension)
    level = {each.casefold(): of for each, of in offered.items()}.get(name.strip().casefold())
    if level is None:
        listed = ", ".join(offered)
        da = f" Den har {listed}." if offered else " Den har ingen kodelister."
        en = f" It has {listed}." if offered else " It has no code lists."
        raise InvalidQuery(
            f"{code} har ingen kodeliste {shown(name)}.{da}",
            f"{code} has no code list {shown(name)}.{en}",
            reason="key",
            dimension=f"codelist[{code}]",
            value=shown(name),
            near=tuple(get_close_matches(name, offered, 3)) or tuple(offered),
        )
    inside = replace(dimension, values=tuple(value for value in dimension.values if value.level == level))
    return tuple(pick.code for pick in picks(lines_of(inside), texts))

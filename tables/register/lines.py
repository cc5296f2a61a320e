"""Which lines of a table a reported code counts in; the counting rules of domain §5 that are not about days."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tables.model import Table
from tables.register.codes import SUPPORT, Codes, Leaf
from tables.register.plan import Plan

EVERY: Final = "*"


@dataclass(frozen=True, slots=True)
class Line:
    """A line with a rule of its own: measures of a direction (or EVERY), placements, and what is counted."""

    code: str
    measures: str | None
    placements: bool = False
    by_measures: bool = False


NET: Final = (  # domain §5, BU04A
    Line("1", EVERY, placements=True),
    Line("2", EVERY),
    Line("3", EVERY, by_measures=True),
    Line("4", "P", by_measures=True),
    Line("5", "P"),
    Line("6", "F", by_measures=True),
    Line("7", "F"),
    Line("8", "P", placements=True),
    Line("9", None, placements=True),
)
SHARES: Final = (Line("IALT", EVERY, placements=True), Line("FORB", EVERY), Line("ANBR", None, placements=True))  # BU43
OWN: Final = {"BU04A": NET, "BU43": SHARES}
BY_MEASURES: Final = ("ISBU01", "ISBU03", "ISBU04", "BUFF01")


def lines_of(plan: Plan, table: Table, leaf: Leaf, *, placement: bool) -> tuple[str, ...]:
    """The lines in table order, also those that do not exist in every period."""
    dimension = table.dimension(plan.line)
    if plan.table in OWN:
        rules = [line.code for line in OWN[plan.table] if _counts(line, leaf, placement=placement)]
        wanted = {*rules, leaf.code}
    elif placement or (plan.table == "BUFF01" and SUPPORT not in leaf.above):
        wanted = set()
    else:
        wanted = {leaf.code, *leaf.above} | ({dimension.elimination} if dimension.elimination else set())
    return tuple(code for code in dimension.codes if code in wanted)


def by_measures(plan: Plan, line: str) -> bool:
    """Whether the line counts measures; else it counts children."""
    own = {rule.code: rule.by_measures for rule in OWN.get(plan.table, ())}
    return own.get(line, plan.table in BY_MEASURES)


def uncounted(plan: Plan, table: Table, codes: Codes) -> Iterator[str]:
    """Codes of the table that nothing in the registers could ever count in."""
    reachable = {line for leaf in codes.measures.values() for line in lines_of(plan, table, leaf, placement=False)}
    reachable |= {line for leaf in codes.bases.values() for line in lines_of(plan, table, leaf, placement=True)}
    yield from (code for code in table.dimension(plan.line).codes if code not in reachable)


def _counts(line: Line, leaf: Leaf, *, placement: bool) -> bool:
    return line.placements if placement else line.measures in (EVERY, leaf.direction)

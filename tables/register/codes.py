"""The reported codes and what the rules need of them, from the library's classifications (domain §2.2 and §4.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tables.catalog import Classification
from tables.errors import CatalogError, Fault

MEASURES: Final = "indsatser"  # the classifications, by their ids
LINES: Final = "foranstaltninger"
AREAS: Final = "omraade"

EARLY, SUPPORT, YOUTH_CRIME = "5", "6", "7"  # the three groups of measures (domain §2.2)
LBU_FROM: Final = 2020  # domain §4.4 E5: the youth crime act is in force from this year
OLD_BASES: Final = 2011  # domain §4.4 E5: bases with a later first year are new decisions


@dataclass(frozen=True, slots=True)
class Leaf:
    """A code that may be reported; years as numbers.

    `lawful` is the first year a report may start in, `until` the last. `above` are the codes it lies in, nearest first.
    """

    code: str
    above: tuple[str, ...]
    since: int | None = None
    until: int | None = None
    lawful: int | None = None
    successor: str | None = None
    direction: str | None = None
    unborn: bool = False


@dataclass(frozen=True, slots=True)
class Codes:
    """What the registers may report, and every area with those it lies in."""

    measures: Mapping[str, Leaf]
    bases: Mapping[str, Leaf]
    areas: Mapping[str, tuple[str, ...]]

    def counted_as(self, code: str, year: int) -> Leaf:
        """The measure a report counts under in a year: after its last year the successor, and so on (domain §4.4.7)."""
        leaf = self.measures[code]
        seen = {code}
        while leaf.successor and leaf.until is not None and year > leaf.until and leaf.successor not in seen:
            seen.add(leaf.successor)
            leaf = self.measures[leaf.successor]
        return leaf


def read_codes(classifications: Mapping[str, Classification]) -> Codes:
    """Raises CatalogError when a classification is not there, lacks a column the rules need, or contradicts itself."""
    absent = [name for name in (MEASURES, LINES, AREAS) if name not in classifications]
    if absent:
        what = "is missing; the counting of the registers needs it"
        raise CatalogError([Fault(f"classifications/{name}.yaml", 0, "", what) for name in absent])
    measures, lines, areas = (classifications[name] for name in (MEASURES, LINES, AREAS))
    faults = _lacking(measures, ("sel", "bl", "lbu", "successor", "direction")) + _lacking(lines, ("unborn",))
    if faults:
        raise CatalogError(faults)
    leaves = {code: _measure(measures, code) for code in measures.codes("paragraf")}
    faults = [
        _fault(measures, f"the successor of {leaf.code} is '{leaf.successor}', which is not a paragraph; mend it")
        for leaf in leaves.values()
        if leaf.successor and leaf.successor not in leaves
    ]
    faults += [
        _fault(measures, f"the direction of {leaf.code} is '{leaf.direction}'; write P, F or nothing")
        for leaf in leaves.values()
        if leaf.direction not in (None, "P", "F")
    ]
    if faults:
        raise CatalogError(faults)
    bases = {code: _basis(lines, code) for code in lines.codes("grundlag")}
    return Codes(leaves, bases, {code: areas.ancestors(code) for code in areas.codes()})


def _fault(used: Classification, what: str) -> Fault:
    return Fault(f"classifications/{used.id}.yaml", 0, "values", what)


def _lacking(used: Classification, columns: tuple[str, ...]) -> list[Fault]:
    return [
        _fault(used, f"the column {column} is missing; the counting of the registers needs it")
        for column in columns
        if used.rows and column not in used.rows[0]
    ]


def _measure(used: Classification, code: str) -> Leaf:
    row = used.row(code)
    since = _year(row["since"])
    lawful = LBU_FROM if row["lbu"] else since if row["bl"] and not row["sel"] else None
    return Leaf(
        code,
        used.ancestors(code),
        since=since,
        until=_year(row["until"]),
        lawful=lawful,
        successor=row["successor"] or None,
        direction=row["direction"] or None,
    )


def _basis(used: Classification, code: str) -> Leaf:
    row = used.row(code)
    since = _year(row["since"])
    lawful = since if since is not None and since > OLD_BASES else None
    unborn = row["unborn"] == "1"
    return Leaf(code, used.ancestors(code), since=since, until=_year(row["until"]), lawful=lawful, unborn=unborn)


def _year(period: str) -> int | None:
    return int(period[:4]) if period else None

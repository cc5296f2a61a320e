"""The rows between tables, from the group file (disclosure §3 and §4).

    at_most   Σ right − (left − less) ≥ 0          equal   the same, = 0
    at_least  left + plus − Σ right ≥ 0            with `gap: rare` the difference is granted to the attacker

A cell that is zero by definition or missing counts nothing in a sum and drops the pair where it stands alone. The cell
`plus … before` is one of the period before: `reach` has it, and in the row it is a constant. Of a pair that does not
hold the public is told so: that left + plus − Σ right ≤ −1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tables.disclosure.frame import NUMBER, Frame, Layer
from tables.disclosure.pairing import Cells, Relation, pairs, sides, speaks_of, standing_at
from tables.disclosure.rows import AT_LEAST, EQUAL, HELD, Collector
from tables.periods import before as period_before


@dataclass(frozen=True, slots=True)
class Dropped:
    """A pair (or, with no codes, a whole relation) that does not hold in a period."""

    relation: int
    period: str
    codes: tuple[str, ...] = ()


@dataclass(slots=True)
class Between:
    """What the group file says of a period. `alike`: cells hidden together; `floors`: (persons, their measures).

    `reach`: (row, factor, cell of the period before) of the rows that count one; `read`: the cells of this period that
    such rows of the next will count.
    """

    alike: list[tuple[int, int]] = field(default_factory=list)
    twins: list[tuple[int, int]] = field(default_factory=list)
    floors: list[tuple[int, int]] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    reach: list[tuple[int, int, int]] = field(default_factory=list)
    read: list[int] = field(default_factory=list)


def between(
    collector: Collector, relations: tuple[Relation, ...], before: Frame | None, *, dropped: frozenset[Dropped]
) -> Between:
    """Adds the rows of every relation, and tells the pairs that are more than a row."""
    frame, found = collector.frame, Between()
    for number, relation in enumerate(relations):
        _, left, right = sides(relation)
        layers = frame.layer(left), frame.layer(right)
        if layers[0] is None or layers[1] is None or Dropped(number, frame.period) in dropped:
            continue
        if speaks_of(relation, layers[0], frame.period):
            for cells in pairs(relation, layers[0], layers[1]):
                _pair(collector, found, number, relation, cells, (layers[0], layers[1]), before)
    return found


def _pair(
    collector: Collector,
    found: Between,
    number: int,
    relation: Relation,
    cells: Cells,
    layers: tuple[Layer, Layer],
    before: Frame | None,
) -> None:
    frame = collector.frame
    left, less, right = (_counting(frame, side) for side in (cells.left, cells.less, cells.right))
    found.read += _read(frame, relation, cells, layers[0])
    added = _added(frame, relation, cells, layers[0], before)
    if not left or not right or added is None:
        return
    plus, past = added
    constant = sum(int(before.value[place]) for place in past) if before is not None else 0
    kind = sides(relation)[0]
    sign = 1 if kind == "at_least" else -1
    terms = [*left, *less, *plus, *right]
    factors = [sign] * len(left) + [-sign] * len(less) + [sign] * len(plus) + [-sign] * len(right)
    source = f"relation {number + 1} ({kind} {layers[0].table.id} {layers[1].table.id})"
    if "gap" in relation:
        level = sum(factor * int(frame.value[cell]) for factor, cell in zip(factors, terms, strict=True)) + constant
        found.reach += [(collector.size, 1 if level >= 0 else -1, place) for place in past]
        if level < 0:
            codes = tuple("+".join(pick.left) for pick in cells.picks)
            found.dropped.append(Dropped(number, frame.period, codes))
            collector.row(terms, [-factor for factor in factors], AT_LEAST, source, constant=-constant - 1)
        else:
            collector.row(terms, factors, HELD, source, constant=constant)
        return
    found.reach += [(collector.size, 1, place) for place in past]
    collector.row(terms, factors, EQUAL if kind == "equal" else AT_LEAST, source, constant=constant)
    if cells.alone and len(cells.left) == len(cells.right) == 1:
        _more(found, relation, kind, (cells.left[0], cells.right[0]), layers)


def _more(found: Between, relation: Relation, kind: str, pair: tuple[int, int], layers: tuple[Layer, Layer]) -> None:
    if relation.get("twins"):
        found.twins.append(pair)
    if relation.get("twins") or kind == "equal":
        found.alike.append(pair)
    counts_persons = layers[0].measure.kind in ("distinct", "ratio")
    if kind == "at_most" and counts_persons and layers[1].counted is not None:
        found.floors.append(pair)


def _counting(frame: Frame, cells: tuple[int, ...]) -> list[int]:
    return [cell for cell in cells if frame.state[cell] == NUMBER]


def _added(
    frame: Frame, relation: Relation, cells: Cells, left: Layer, before: Frame | None
) -> tuple[list[int], list[int]] | None:
    """The cells of `plus` in this period, and in the period before; None drops the pair."""
    if "plus" not in relation:
        return [], []
    [(table, how)] = relation["plus"].items()
    source = before if how.get("before") else frame
    if source is None or (how.get("before") and source.period != period_before(frame.period)):
        return None
    layer = source.layer(table)
    place = None if layer is None else _place(relation, how, cells, left, layer)
    if place is None:
        return None
    if source.state[place] != NUMBER:
        return [], []
    return ([], [place]) if how.get("before") else ([place], [])


def _read(frame: Frame, relation: Relation, cells: Cells, left: Layer) -> list[int]:
    """The cell of this period that the same pair counts in the next."""
    for table, how in relation.get("plus", {}).items():
        layer = frame.layer(table) if how.get("before") else None
        place = _place(relation, how, cells, left, layer) if layer is not None else None
        if place is not None:
            return [place]
    return []


def _place(relation: Relation, how: Mapping[str, object], cells: Cells, left: Layer, layer: Layer) -> int | None:
    """The cell of the plus table that stands beside the left cell; None where it lacks the code."""
    renamed = how.get("codes")
    names = renamed if isinstance(renamed, Mapping) else {}
    own = {d.code: pick.left[0] for d, pick in zip(left.dimensions, cells.picks, strict=True)}
    offset = 0
    for dimension in layer.dimensions:
        if dimension.code in own:
            code = own[dimension.code]
            code = names.get(dimension.code, {}).get(code, code)
        else:
            code = standing_at(relation, dimension, layer)
        if code not in dimension.index:
            return None
        offset = offset * len(dimension.values) + dimension.index[code]
    return layer.start + offset

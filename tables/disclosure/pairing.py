"""Which cells of two tables a relation of the group file pairs (disclosure §4): the keys read as picks.

Along every dimension of the left table a pick says which of its codes go together (`together`; else one at a time),
which code is taken away first (`less`), and the codes of the partner dimension whose sum stands on the other side. A
relation pairs the cells of every combination of picks; a code that one side lacks gives no pick.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from tables.disclosure.frame import Layer
from tables.errors import Refused
from tables.model import SUM, Dimension
from tables.periods import expand

Relation = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pick:
    """`alone`: one code faces one code, nothing taken away; the pair may be the same cell, or the same persons."""

    left: tuple[str, ...]
    less: str | None
    right: tuple[str, ...]
    alone: bool


@dataclass(frozen=True, slots=True)
class Cells:
    """One pair, as places in the frame: left − less against right; `picks` in the order of the left dimensions."""

    left: tuple[int, ...]
    less: tuple[int, ...]
    right: tuple[int, ...]
    picks: tuple[Pick, ...]

    @property
    def alone(self) -> bool:
        return all(pick.alone for pick in self.picks)


def sides(relation: Relation) -> tuple[str, str, str]:
    """The kind of the relation and the tables on its sides."""
    kind = next(kind for kind in ("at_most", "equal", "at_least") if kind in relation)
    left, right = relation[kind]
    return kind, left, right


def speaks_of(relation: Relation, layer: Layer, period: str) -> bool:
    """Whether `only` lets the relation speak of this period."""
    only = relation.get("only", {}).get(layer.table.time.code)
    if only is None:
        return True
    return period in (expand(only) if isinstance(only, str) else [p for part in only for p in expand(part)])


def pairs(relation: Relation, left: Layer, right: Layer) -> Iterator[Cells]:
    """Every pair of one period."""
    partners = {dimension.code: _partner(relation, dimension, right) for dimension in left.dimensions}
    unknown = set(relation.get("pair", {})) - set(partners)
    _known(not unknown, relation, f"pair: {left.table.id} has no dimension {', '.join(sorted(unknown))}")
    taken = {partner.code for partner in partners.values() if partner is not None}
    standing: dict[str, tuple[str, ...]] = {
        d.code: (standing_at(relation, d, right),) for d in right.dimensions if d.code not in taken
    }
    choices = [list(_picks(relation, dimension, partners[dimension.code], left)) for dimension in left.dimensions]
    for picks in product(*choices):
        theirs = dict(standing)
        for dimension, pick in zip(left.dimensions, picks, strict=True):
            partner = partners[dimension.code]
            if partner is not None:
                theirs[partner.code] = pick.right
        yield Cells(
            _cells(left, [pick.left for pick in picks]),
            _less(left, picks),
            _cells(right, [theirs[dimension.code] for dimension in right.dimensions]),
            picks,
        )


def _partner(relation: Relation, dimension: Dimension, right: Layer) -> Dimension | None:
    named = relation.get("pair", {}).get(dimension.code)
    axis = right.axis(named or dimension.code)
    _known(axis is not None or named is None, relation, f"pair: {right.table.id} has no dimension {named}")
    return None if axis is None else right.dimensions[axis]


def standing_at(relation: Relation, dimension: Dimension, layer: Layer) -> str:
    """The code at which a dimension without a partner stands."""
    stored = dimension.elimination is not None and dimension.elimination != SUM
    _known(stored, relation, f"{layer.table.id} {dimension.code} has no partner and no stored total")
    return str(dimension.elimination)


def _picks(relation: Relation, dimension: Dimension, partner: Dimension | None, layer: Layer) -> Iterator[Pick]:
    code = dimension.code
    if partner is None:
        yield Pick((standing_at(relation, dimension, layer),), None, (), True)
        return
    chosen = _chosen(relation, dimension)
    together = relation.get("together", {}).get(code)
    if together is not None:
        yield Pick(chosen, None, _named(relation, partner, together), False)
        return
    less = relation.get("less", {}).get(code, {})
    _in(relation, dimension, [*less, *less.values()], "less")
    for own in chosen:
        right = _opposite(relation, dimension, partner, own)
        if right:
            named = relation.get("codes", {}).get(code, {}).get(own, own)
            alone = own not in less and code not in relation.get("each", {}) and right in ((named,), named)
            yield Pick((own,), less.get(own), right, alone and len(right) == 1)


def _chosen(relation: Relation, dimension: Dimension) -> tuple[str, ...]:
    only = relation.get("only", {}).get(dimension.code)
    if only is None:
        return dimension.codes
    if isinstance(only, Mapping):
        found = tuple(value.code for value in dimension.values if value.level == only["level"])
        _known(bool(found), relation, f"only: {dimension.code} has no level {only['level']}")
        return found
    listed = (only,) if isinstance(only, str) else tuple(only)
    _in(relation, dimension, listed, "only")
    return listed


def _opposite(relation: Relation, dimension: Dimension, partner: Dimension, own: str) -> tuple[str, ...]:
    """The codes of the partner that face one code; none where it is lacking there."""
    each = relation.get("each", {}).get(dimension.code)
    if each is not None:
        return _named(relation, partner, each)
    named = relation.get("codes", {}).get(dimension.code, {})
    _in(relation, dimension, named, "codes")
    if own in named:
        return _named(relation, partner, named[own])
    if own in partner.index:
        return (own,)
    if relation.get("within") == dimension.code:
        ancestors = dimension.values[dimension.index[own]].ancestors
        return tuple(code for code in ancestors if code in partner.index)[:1]
    if relation.get("sum") == partner.code:
        return tuple(value.code for value in partner.values if own in value.ancestors)
    return ()


def _named(relation: Relation, partner: Dimension, codes: str | Iterable[str]) -> tuple[str, ...]:
    listed = (codes,) if isinstance(codes, str) else tuple(codes)
    _in(relation, partner, listed, "codes")
    return listed


def _in(relation: Relation, dimension: Dimension, codes: Iterable[str], key: str) -> None:
    strange = [code for code in codes if code not in dimension.index]
    _known(not strange, relation, f"{key}: {', '.join(strange)} is no value of {dimension.code}")


def _cells(layer: Layer, codes: list[tuple[str, ...]]) -> tuple[int, ...]:
    places = [
        [dimension.index[code] for code in chosen] for dimension, chosen in zip(layer.dimensions, codes, strict=True)
    ]
    found = []
    for place in product(*places):
        offset = 0
        for size, step in zip(layer.shape, place, strict=True):
            offset = offset * size + step
        found.append(layer.start + offset)
    return tuple(found)


def _less(layer: Layer, picks: tuple[Pick, ...]) -> tuple[int, ...]:
    if all(pick.less is None for pick in picks):
        return ()
    return _cells(layer, [pick.left if pick.less is None else (pick.less,) for pick in picks])


def _known(good: bool, relation: Relation, what: str) -> None:
    if not good:
        kind, left, right = sides(relation)
        said = f"{kind}: [{left}, {right}]"
        raise Refused("relations", f"Relationen {said} kan ikke bruges: {what}.", f"{said} cannot be mapped: {what}.")

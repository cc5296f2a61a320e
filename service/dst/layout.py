"""Which order the columns of an answer of DST v1 stand in, and which of them stand across the page (DST §7.5)."""

from dataclasses import dataclass
from typing import Literal

from service.dst.question import Variable
from tables.model import CONTENTS

Kind = Literal["rows", "statistic", "page"]


@dataclass(frozen=True, slots=True)
class Arranged:
    """`axes` in answer order; `columns` are the last of them."""

    axes: tuple[str, ...]
    columns: tuple[str, ...] = ()


def arrange(kind: Kind, chosen: tuple[Variable, ...], time: str) -> Arranged:
    """`chosen` in the table's spelling and the caller's order; time among them, or appended last."""
    codes = [variable.code for variable in chosen]
    placed = {variable.code: variable.placement for variable in chosen if variable.placement}
    if time not in codes:
        codes.append(time)
    if kind == "statistic":
        return Arranged((*(code for code in codes if code not in {CONTENTS, time}), CONTENTS, time))
    if kind == "page":
        across = [code for code in codes if placed.get(code) == "head"]
        if time not in placed:
            across.append(time)
        down = [code for code in codes if code not in across]
        return Arranged((*_with_contents(down, across), *across), tuple(across))
    if placed:  # DST §7.5: stub, then head, then a time that was placed nowhere
        last = [time] if time not in placed else []
        head = [code for code in codes if placed.get(code) == "head"]
        codes = [code for code in codes if code not in (*head, *last)] + head + last
    return Arranged(_with_contents(codes, []))


def _with_contents(down: list[str], across: list[str]) -> tuple[str, ...]:
    """A lone measure is an axis of one, put where it does not show: first."""
    return (*down,) if CONTENTS in (*down, *across) else (CONTENTS, *down)

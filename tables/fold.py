"""What is in force when: acts are deltas, and the bank at an instant is their fold."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from tables.acts import History, public_id
from tables.errors import Refused
from tables.model import Act

SITE_ROOMS: Final = ("site", "documentation", "news")


def thing(path: str) -> str | None:
    """What a file outside the tables belongs to: itself, or its article. None for files of tables and groups."""
    room, _, rest = path.partition("/")
    if room not in SITE_ROOMS or not rest:
        return None
    return "/".join(path.split("/")[:2]) if room == "news" else path


def touches(act: Act) -> frozenset[str]:
    """The tables, site files, documents and articles an act replaces."""
    return frozenset(act.tables) | {named for path in act.files if (named := thing(path))}


def line(acts: Iterable[Act]) -> tuple[Act, ...]:
    """The acts that count, in the order in which they come into force."""
    every = tuple(acts)
    cancelled = {act.cancel for act in every if act.kind == "cancel"}
    standing = (act for act in every if act.kind != "cancel" and act.seq not in cancelled)
    return tuple(sorted(standing, key=lambda act: (act.effective_at, act.seq)))


def fold(acts: Iterable[Act]) -> dict[str, Act]:
    """Who holds what after these acts, given in order of force."""
    holders: dict[str, Act] = {}
    for act in acts:
        for named in touches(act):
            holders[named] = act
    return holders


def before(acts: Iterable[Act], effective_at: datetime) -> dict[str, Act]:
    """Who holds what for an act that is added last at this instant."""
    return fold(act for act in line(acts) if act.effective_at <= effective_at)


def home(act: Act, table: str, history: History) -> Act:
    """The act whose folder has the files of a table that `act` holds: itself, or what it was rolled back to."""
    source = act.tables[table].get("from")
    return act if source is None else history.act(int(source))


def check_lineage(acts: Iterable[Act], added: Act) -> None:
    """Raises Refused unless every act, and the new one, still follows what it was made from.

    Just before an act, each of its parents must be in force; two acts of one instant never touch the same thing.
    """
    holders: dict[str, Act] = {}
    for act in line((*acts, added)):
        if act.kind != "rollback" and act.effective_at >= added.effective_at:
            _check_parents(act, holders, added)
        for named in touches(act):
            holder = holders.get(named)
            if holder and holder.effective_at == act.effective_at:
                raise _refused(named, holder if act is added else act)
            holders[named] = act


def _check_parents(act: Act, holders: Mapping[str, Act], added: Act) -> None:
    for named, parent in act.parents.items():
        holder = holders.get(named)
        if (holder.seq if holder else None) == parent:
            continue
        other = holder if act is added else act
        if other is None:
            raise Refused("lineage", f"{named} er ikke udgivet på det tidspunkt.", f"{named} is not released by then.")
        raise _refused(named, other)


def _refused(named: str, other: Act) -> Refused:
    instant = public_id(other.effective_at)
    return Refused(
        "lineage",
        f"{named} indgår også i udgivelsen {instant}, og de to passer ikke sammen. Annuller den, ret, og planlæg den "
        "igen.",
        f"{named} is also part of the act of {instant}, and the two do not fit together. Cancel it, correct, and plan "
        "it again.",
    )

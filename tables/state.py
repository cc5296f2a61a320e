"""Everything a server knows of the bank at one moment, built aside and then put in place by one assignment."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from tables.acts import History
from tables.catalogue import Catalogue, Reader
from tables.fold import line
from tables.model import Act


@dataclass(frozen=True, slots=True)
class State:
    """`order`: the acts in order of force; `keys[p]`: names the catalogue of its first p acts.

    `taken`: the acts among them that take back. `ready`: the catalogue in force when the state was built, and all later
    ones, by position and withdrawals.
    """

    history: History
    order: tuple[Act, ...]
    instants: tuple[datetime, ...]
    keys: tuple[str, ...]
    taken: tuple[Act, ...]
    ready: Mapping[tuple[int, int], Catalogue]

    def position(self, instant: datetime) -> int:
        """How many acts are in force at the instant."""
        return bisect_right(self.instants, instant)

    def withdrawals(self, now: datetime) -> tuple[Act, ...]:
        """What has been taken back by now: it is gone from the past too."""
        return self.taken[: bisect_right(self.taken, now, key=lambda act: act.effective_at)]

    def key(self, position: int, withdrawals: Sequence[Act]) -> str:
        return sha256(f"{self.keys[position]}{len(withdrawals)}".encode()).hexdigest()

    def catalogue(self, position: int, withdrawals: Sequence[Act], reader: Reader) -> Catalogue:
        key = self.key(position, withdrawals)
        return reader.catalogue(self.order[:position], self.history, key, withdrawals)


def build(history: History, now: datetime, reader: Reader) -> State:
    """Raises BankDamaged if a catalogue that is in force, or will be, cannot be read."""
    order = line(history.acts)
    instants = tuple(act.effective_at for act in order)
    taken = tuple(act for act in order if act.kind == "withdraw")
    bare = State(history, order, instants, _keys(history, order), taken, {})
    first = bare.position(now)
    ready: dict[tuple[int, int], Catalogue] = {}
    for position in range(first, len(order) + 1):
        instant = order[position - 1].effective_at if position > first else now
        if position < len(order) and order[position].effective_at == instant and position > first:
            continue  # acts of one instant come together: what lies between them is never seen
        gone = bare.withdrawals(max(now, instant))
        ready[position, len(gone)] = bare.catalogue(position, gone, reader)
    return replace(bare, ready=ready)


def _keys(history: History, order: Sequence[Act]) -> tuple[str, ...]:
    """Each names all acts before it, so that equal beginnings share a key."""
    running = sha256()
    keys = [running.hexdigest()]
    for act in order:
        running.update(history.hashes[act.seq - 1].encode())
        keys.append(running.hexdigest())
    return tuple(keys)

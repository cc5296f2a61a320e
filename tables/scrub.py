"""Everything in the bank hashed again: what `statbank verify` does, each week by a timer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tables.acts import RECORD, History, check_format, digest_file, public_id, read_history
from tables.errors import Refused
from tables.fold import check_lineage
from tables.model import Act, Text
from tables.proof import faults, unproven
from tables.staged import check_future, planned
from tables.workshop import DIGEST, PLANNED, VAULT


@dataclass(frozen=True, slots=True)
class Verdict:
    """`files` were hashed; `wrong` says what is not as it was, `unproven` what no certificate speaks of."""

    acts: int
    files: int
    wrong: tuple[Text, ...]
    unproven: tuple[Text, ...]


def scrub(bank: Path, named: Sequence[str], now: datetime) -> Verdict:
    """The chain and lineage of all acts, and every file and certificate of those named (none: of all).

    Raises BankDamaged where the chain is broken, NewerFormat, and Refused for an act that is not there.
    """
    check_format(bank)
    history = read_history(bank / "releases")
    chosen = _chosen(history, named)
    withdrawn = _withdrawn(history, now)
    wrong = [text for act in chosen for text in (*_record(act, history, bank), *_files(act, withdrawn))]
    wrong += list(_lineage(history, bank))
    if not wrong:  # a judge of damaged files has nothing to say
        wrong += [text for act in chosen for text in faults(act, history)]
    loose = tuple(text for act in chosen for text in unproven(act))
    return Verdict(len(chosen), sum(len(act.files) for act in chosen), tuple(wrong), loose)


def _chosen(history: History, named: Sequence[str]) -> tuple[Act, ...]:
    found: list[Act] = []
    for name in named:
        mine = [act for act in history.acts if name in (act.folder.name, public_id(act.effective_at))]
        if not mine:
            raise Refused("act", f"Der er ingen udgivelse {name}.", f"There is no act {name}.")
        found += mine
    return tuple(found) if named else history.acts


def _withdrawn(history: History, now: datetime) -> frozenset[tuple[int, str]]:
    gone = (each for act in history.acts if act.kind == "withdraw" and act.effective_at <= now for each in act.withdraw)
    return frozenset((each["act"], path) for each in gone for path in each["files"])


def _record(act: Act, history: History, bank: Path) -> Iterator[Text]:
    """The record against the vault's word for it, for whoever may look there: no later act speaks for the newest."""
    try:
        kept = (bank / VAULT / act.folder.name / DIGEST).read_text()
    except OSError:
        return
    if kept != history.hashes[act.seq - 1]:
        where = f"{act.folder.name}/{RECORD}"
        yield Text(f"{where} er beskadiget", f"{where} is damaged")


def _files(act: Act, withdrawn: frozenset[tuple[int, str]]) -> Iterator[Text]:
    there = {path.relative_to(act.folder).as_posix() for path in act.folder.rglob("*") if path.is_file()}
    for path in sorted(there - set(act.files) - {RECORD}):
        where = f"{act.folder.name}/{path}"
        yield Text(f"{where} står ikke i release.json", f"{where} is not in release.json")
    for path, file in sorted(act.files.items()):
        where = f"{act.folder.name}/{path}"
        if path not in there:
            if (act.seq, path) not in withdrawn:
                yield Text(f"{where} mangler", f"{where} is missing")
        elif digest_file(act.folder / path) != file.sha256:
            yield Text(f"{where} er beskadiget", f"{where} is damaged")


def _lineage(history: History, bank: Path) -> Iterator[Text]:
    """Every act on what it was made from, as at its commit; and the planned ones on what will stand."""
    for place, act in enumerate(history.acts):
        try:
            check_lineage(history.acts[:place], act)
        except Refused as error:
            yield Text(f"{act.folder.name}: {error.text.da}", f"{act.folder.name}: {error.text.en}")
    waiting = planned(bank) if (bank / "staging" / PLANNED).is_dir() else ()
    for staged in waiting:
        try:
            check_future(history, (), staged.act)
        except Refused as error:
            yield Text(f"{staged.folder.name}: {error.text.da}", f"{staged.folder.name}: {error.text.en}")

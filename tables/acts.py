"""Acts on disk: the canonical release.json, its hash, and the chain that every act hangs in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from tables.errors import BankDamaged, NewerFormat
from tables.model import Act, File, Text

KINDS: Final = ("release", "correction", "rollback", "cancel", "withdraw")
FORMAT: Final = 1  # of the whole bank; older ones are read, newer ones refused
RECORD: Final = "release.json"
ZONE: Final = ZoneInfo("Europe/Copenhagen")

_STAMP: Final = "%Y%m%dT%H%M%SZ"
_ISO: Final = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class History:
    """All committed acts in order of their numbers, each with the hash of its release.json."""

    acts: tuple[Act, ...] = ()
    hashes: tuple[str, ...] = ()

    @property
    def head(self) -> str | None:
        return self.hashes[-1] if self.hashes else None

    def act(self, seq: int) -> Act:
        return self.acts[seq - 1]


NOTHING: Final = History()


def canonical(data: Mapping[str, Any]) -> bytes:
    """UTF-8, sorted keys, no spaces, no NaN, no line feed at the end: one text for one meaning."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def digest_file(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def folder_name(seq: int, effective_at: datetime) -> str:
    return f"{seq:06}-{effective_at.astimezone(UTC):{_STAMP}}"


def public_id(instant: datetime) -> str:
    """What the public calls an instant: 2023-06-08T0600Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H%MZ")


def record(act: Act, *, prev: str | None, actor: str, committed_at: datetime) -> bytes:
    """The release.json of an act."""
    wall = act.effective_at.astimezone(ZONE)
    return canonical(
        {
            "format": FORMAT,
            "seq": act.seq,
            "prev": prev,
            "kind": act.kind,
            "effective_at": act.effective_at.strftime(_ISO),
            "local": wall.strftime("%Y-%m-%d %H:%M"),
            "zone": ZONE.key,
            "title": _both(act.title),
            "notice": _both(act.notice) if act.notice else None,
            "actor": actor,
            "committed_at": committed_at.astimezone(UTC).strftime(_ISO),
            "files": [_file(file) for _, file in sorted(act.files.items())],
            "tables": act.tables,
            "groups": act.groups,
            "parents": act.parents,
            "cancel": act.cancel,
            "withdraw": list(act.withdraw),
        }
    )


def _both(text: Text) -> dict[str, str]:
    return {"da": text.da, "en": text.en}


def _file(file: File) -> dict[str, Any]:
    told = {"path": file.path, "role": file.role, "bytes": file.bytes, "sha256": file.sha256}
    return told if file.rows is None else told | {"rows": file.rows}


def parse(data: bytes, folder: Path) -> tuple[Act, str | None]:
    """An act and its `prev` from the bytes that were hashed; raises BankDamaged if they are not a release.json."""
    try:
        told = json.loads(data)
        act, prev = _act(told, folder), told["prev"]
        exact = canonical(told) == data and (prev is None or isinstance(prev, str))
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(folder, "release.json kan ikke læses", "release.json cannot be read") from error
    if not exact:
        raise _damaged(folder, "release.json er ikke kanonisk", "release.json is not canonical")
    return act, prev


def _act(told: Mapping[str, Any], folder: Path) -> Act:
    if told["format"] > FORMAT:
        raise newer(told["format"])
    if told["kind"] not in KINDS:
        raise ValueError(told["kind"])
    files = {each["path"]: File(**each) for each in told["files"]}
    if any(path.startswith("/") or ".." in path.split("/") for path in files):
        raise ValueError("a path leads out of the act")
    return Act(
        seq=int(told["seq"]),
        kind=told["kind"],
        effective_at=datetime.strptime(told["effective_at"], _ISO).replace(tzinfo=UTC),
        folder=folder,
        title=Text(**told["title"]),
        files=files,
        tables=told["tables"],
        groups=told["groups"],
        parents=told["parents"],
        notice=Text(**told["notice"]) if told["notice"] else None,
        cancel=told["cancel"],
        withdraw=tuple(told["withdraw"]),
    )


def newer(found: int) -> NewerFormat:
    return NewerFormat(
        f"Banken har format {found}; dette program læser til og med {FORMAT}. Opgrader programmet.",
        f"The bank has format {found}; this program reads up to {FORMAT}. Upgrade the program.",
    )


def _damaged(folder: Path, da: str, en: str) -> BankDamaged:
    return BankDamaged(f"{folder.name}: {da}.", f"{folder.name}: {en}.")


def check_format(bank: Path) -> None:
    """Raises NewerFormat if the bank is ahead of this program, BankDamaged if it says nothing."""
    try:
        found = int(json.loads((bank / "FORMAT").read_bytes())["format"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BankDamaged(f"{bank.name}/FORMAT kan ikke læses.", f"{bank.name}/FORMAT cannot be read.") from error
    if found > FORMAT:
        raise newer(found)


def names(releases: Path) -> tuple[str, ...]:
    """The acts that are there, by number; a bank that is not there yet has none."""
    if not releases.is_dir():
        return ()
    return tuple(sorted(entry.name for entry in releases.iterdir() if not entry.name.startswith(".")))


def read_history(releases: Path, known: History = NOTHING, *, last: int | None = None) -> History:
    """What is known and all newer acts (up to the number `last`), hashes and chain verified.

    Raises BankDamaged for a gap, for a rewritten act, and for fewer acts than were known (an old copy put back).
    """
    found = names(releases)[:last]
    _check_known(found, known)
    acts, hashes = list(known.acts), list(known.hashes)
    for name in found[len(acts) :]:
        folder = releases / name
        try:
            data = (folder / RECORD).read_bytes()
        except OSError as error:
            raise _damaged(folder, "release.json mangler", "release.json is missing") from error
        act, prev = parse(data, folder)
        if act.seq != len(acts) + 1 or name != folder_name(act.seq, act.effective_at):
            raise _damaged(folder, "nummeret passer ikke i rækken", "its number does not fit into the row")
        if prev != (hashes[-1] if hashes else None):
            link = acts[-1].folder.name if acts else RECORD
            raise _damaged(folder, f"kæden er brudt ved {link}", f"the chain is broken at {link}")
        acts.append(act)
        hashes.append(digest(data))
    return History(tuple(acts), tuple(hashes))


def with_staged(history: History, folder: Path) -> History:
    """The history as it will be once the act staged in this folder is committed."""
    data = (folder / RECORD).read_bytes()
    act, prev = parse(data, folder)
    if act.seq != len(history.acts) + 1 or prev != history.head:
        raise _damaged(folder, "er klargjort til en anden plads i rækken", "was staged for another place in the row")
    return History((*history.acts, act), (*history.hashes, digest(data)))


def rewritten(act: Act) -> BankDamaged:
    return _damaged(act.folder, "rækken er skrevet om", "the history was rewritten")


def fewer() -> BankDamaged:
    return BankDamaged(
        "Banken har færre udgivelser end før; er en gammel kopi lagt tilbage?",
        "The bank has fewer acts than before; was an old copy put back?",
    )


def _check_known(found: Sequence[str], known: History) -> None:
    if len(found) < len(known.acts):
        raise fewer()
    for name, act in zip(found, known.acts, strict=False):
        if name != act.folder.name:
            raise rewritten(act)

"""The environment → one frozen Settings; nothing else reads it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal, Self, get_args

import tables
from tables.errors import Refused

Engine = Literal["auto", "array", "duckdb"]
PREFIX = "STATBANK_"


def told(sentence: str, shown: str = "") -> dict[str, str]:
    """What the README says of a setting; `shown` where the default depends on the machine."""
    return {"sentence": sentence, "shown": shown}


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with a default that suits a laptop; `STATBANK_` and the name in capitals sets it."""

    bank: Path = field(
        default=Path(".demo/bank"), metadata=told("The bank folder; the server needs it read-only.", ".demo/bank")
    )
    library: Path = field(
        default=Path(tables.__file__).parent / "library",
        metadata=told("The library folder; only the publisher's side reads it.", "the one in the package"),
    )
    cache: Path = field(
        default=Path(".demo/cache"),
        metadata=told("What a host derives from a catalogue; may be deleted at any time.", ".demo/cache"),
    )
    url: str = field(
        default="http://127.0.0.1:8000", metadata=told("Public base address of links, feeds and frames, no slash last.")
    )
    internal: str = field(
        default="",
        metadata=told("Where the server listens for `/metrics`, as 127.0.0.1:8001; never open to readers.", "nowhere"),
    )
    clock: str = field(
        default="",
        metadata=told("File that `chronyc -c tracking` wrote; a wrong clock is not ready.", "none"),
    )
    engine: Engine = field(
        default="auto", metadata=told("`auto`, `array` or `duckdb`: force one engine behind the door.")
    )
    max_cells: int = field(default=1_000_000, metadata=told("Most cells of an answer that is not streamed."))
    max_page_cells: int = field(default=20_000, metadata=told("Most cells of a page or a frame."))
    max_body: int = field(default=262_144, metadata=told("Most bytes in the body of a request."))
    heavy_slots: int = field(
        default=os.cpu_count() or 1,
        metadata=told("Heavy questions (over 20,000 cells) answered at once on the host.", "CPUs"),
    )
    streams: int = field(default=6, metadata=told("Heavy answers a worker makes or sends at once: threads less two."))
    query_seconds: int = field(
        default=15, metadata=told("Seconds for an answer that is not streamed; a piece of a stream gets 2.")
    )
    correction_days: int = field(
        default=90, metadata=told("Days for which the answers of a corrected table lead to what was wrong.")
    )
    max_arm_lead: int = field(
        default=15, metadata=told("Minutes before its instant an act may be committed; the publisher's side only.")
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        given = {
            setting.name: _read(setting.name, setting.default, environment[PREFIX + setting.name.upper()])
            for setting in fields(cls)
            if environment.get(PREFIX + setting.name.upper(), "").strip()
        }
        return cls(**given)  # type: ignore[arg-type]  # each was read as the type of its default


def _read(name: str, default: object, raw: str) -> Path | int | str:
    written = raw.strip()
    if isinstance(default, Path):
        return Path(written)
    if isinstance(default, int):
        if not written.isdecimal() or not int(written):
            raise _refused(name, written, "et helt tal over 0", "a whole number above 0")
        return int(written)
    if name == "engine" and written not in get_args(Engine):
        raise _refused(name, written, "auto, array eller duckdb", "auto, array or duckdb")
    return written.rstrip("/") if name == "url" else written


def _refused(name: str, written: str, da: str, en: str) -> Refused:
    variable = PREFIX + name.upper()
    return Refused("settings", f"{variable}: «{written}» er ikke {da}", f"{variable}: «{written}» is not {en}")


def documented() -> list[tuple[str, str, str]]:
    """Variable, default and sentence of every setting, for the README."""
    return [
        (PREFIX + setting.name.upper(), setting.metadata["shown"] or str(setting.default), setting.metadata["sentence"])
        for setting in fields(Settings)
    ]

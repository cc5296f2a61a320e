"""What a reader takes along: files, links that follow or keep the figures, code to embed, a citation."""

from dataclasses import dataclass
from typing import Final

from service import files, http, texts
from service.charts.fit import fit
from service.formats import PICTURES
from service.keys import written
from service.pages.room import address, phrase
from service.paste import Paste, paste
from service.sitekeys import View
from tables.errors import InvalidQuery
from tables.model import Lang

FIRST: Final = ("csv", "dk.csv", "xlsx", "json")  # the endings most people want


@dataclass(frozen=True, slots=True)
class File:
    ending: str
    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The same selection as it goes on: `text` says what happens when a new period comes."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Reuse:
    files: tuple[File, ...]
    live: str
    frozen: str
    modes: tuple[Kept, ...]
    embed: Paste
    embed_frozen: Paste
    citation: str


def reuse(asked: View, lang: Lang, title: str) -> Reuse:
    url = http.counter().settings.url
    path = address(lang, "table", asked.table.id)
    locked = written({**asked.keys, http.AS_OF_KEY: asked.release.instant})
    return Reuse(
        files=tuple(_file(asked, lang, ending) for ending in _endings(asked)),
        live=_whole(url + path, asked.selection),
        frozen=_whole(url + path, locked),
        modes=tuple(_modes(asked, lang, url + path)),
        embed=_paste(asked, asked.selection, lang, title),
        embed_frozen=_paste(asked, locked, lang, title),
        citation=_citation(asked, lang, url),
    )


def _whole(path: str, keys: str) -> str:
    return f"{path}?{keys}" if keys else path


def _endings(asked: View) -> tuple[str, ...]:
    """Those that have an answer: not every question can be drawn."""
    try:
        fit(asked.query, asked.columns, asked.shape)
    except InvalidQuery:
        return tuple(name for name, ending in files.ENDINGS.items() if ending.format not in PICTURES)
    return tuple(files.ENDINGS)


def _file(asked: View, lang: Lang, ending: str) -> File:
    known = ending.replace(".", "_")
    path = f"{address(lang, 'table', asked.table.id)}.{ending}"
    return File(ending, phrase(f"file_{known}", lang), _whole(path, asked.frozen))


def _modes(asked: View, lang: Lang, path: str) -> list[Kept]:
    """The three ways periods go on that people know from PxWeb; each is only what the address says of time."""
    time = asked.table.time.code
    chosen = [pick.code for pick in asked.query.picks.get(time, ())]
    base = dict(asked.keys)
    if not any(axis in base for axis in asked.query.picks):
        base |= {axis: ",".join(pick.code for pick in picks) for axis, picks in asked.query.picks.items()}
        for axis, picks in asked.query.picks.items():
            if len(picks) == len(asked.table.dimension(axis).values):
                base[axis] = "*"
        base |= {"columns": ",".join(asked.columns)}
    ways = (
        ("mode_fixed", ",".join(chosen)),
        ("mode_from", f"from({chosen[0]})"),
        ("mode_top", f"top({len(chosen)})"),
    )
    return [Kept(phrase(key, lang), f"{path}?{written({**base, time: text})}") for key, text in ways]


def _paste(asked: View, keys: str, lang: Lang, title: str) -> Paste:
    framed = "&".join(part for part in (keys, "lang=en" if lang == "en" else "") if part)
    frame = f"/embed/{asked.table.id}"
    return paste(
        _whole(frame, framed),
        _whole(address(lang, "table", asked.table.id), keys),
        _whole(f"{frame}.png", framed),
        title,
    )


def _citation(asked: View, lang: Lang, url: str) -> str:
    site = asked.pin.catalogue.site
    text = site.citation[lang] if site.citation else "{publisher}, {table}, {release}"
    filled = {
        "publisher": site.publisher[lang],
        "table": f"{asked.table.id} {asked.table.title[lang]}",
        "release": texts.date(asked.release.updated, lang),
    }
    for key, value in filled.items():
        text = text.replace("{" + key + "}", value)
    return f"{text}. {_whole(url + address(lang, 'table', asked.table.id), asked.selection)}"

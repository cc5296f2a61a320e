"""A table of figures as pages and frames show it: the rows, the signs that occur, the notes that concern them."""

from dataclasses import dataclass

from service.formats import Options, html
from service.formats.head import notes, title
from tables.model import Answer, Lang


@dataclass(frozen=True, slots=True)
class Shown:
    title: str
    table: str  # escaped HTML
    signs: tuple[tuple[str, str], ...]
    important: tuple[str, ...]
    notes: tuple[str, ...]


def shown(answer: Answer, lang: Lang, options: Options) -> Shown:
    used: set[int] = set()
    table = "".join(html.table(answer, lang, options, used))
    concerning = tuple(notes(answer))
    return Shown(
        title=title(answer, lang),
        table=table,
        signs=tuple(html.legend(used, lang)),
        important=tuple(note.text[lang] for note in concerning if note.mandatory),
        notes=tuple(note.text[lang] for note in concerning if not note.mandatory),
    )

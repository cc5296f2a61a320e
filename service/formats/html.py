"""HTML: the table as a document of its own."""

from collections.abc import Iterator
from html import escape

from service.formats.format import MILLION, Format, Options
from service.formats.head import notes, title, updated
from service.formats.table import UNIT, legend, table
from tables.model import Answer, Lang, Text

NOTES = Text("Noter", "Notes")
SIGNS = Text("Tegn i tabellen", "Signs in the table")
SOURCE = Text("Kilde", "Source")
UPDATED = Text("Opdateret", "Updated")
__all__ = ["FORMAT", "NOTES", "SIGNS", "SOURCE", "UNIT", "UPDATED", "document", "legend", "table"]


def document(answer: Answer, lang: Lang, options: Options, *, told: bool) -> Iterator[bytes]:
    """A page of its own; `told`: with notes and signs."""
    used: set[int] = set()
    name = escape(title(answer, lang))
    head = f'<head><meta charset="utf-8"><title>{name}</title></head>'
    yield f'<!DOCTYPE html>\n<html lang="{lang}">{head}<body>'.encode()
    for piece in table(answer, lang, options, used):
        yield piece.encode()
    if told:
        yield from (piece.encode() for piece in _told(answer, lang, options, used))
    source = escape(answer.table.source[lang])
    yield f"<p>{SOURCE[lang]}: {source} · {UPDATED[lang]} {updated(answer, 'date')}</p></body></html>\n".encode()


def _told(answer: Answer, lang: Lang, options: Options, used: set[int]) -> Iterator[str]:
    if signs := legend(used, lang) if options.dialect != "dst" else []:
        listed_signs = "".join(f"<dt>{escape(mark)}</dt><dd>{escape(words)}</dd>" for mark, words in signs)
        yield f"<h2>{SIGNS[lang]}</h2><dl>{listed_signs}</dl>"
    if lines := "".join(f"<li>{escape(note.text[lang])}</li>" for note in notes(answer)):
        yield f"<h2>{NOTES[lang]}</h2><ul>{lines}</ul>"


def write(answer: Answer, lang: Lang, options: Options) -> Iterator[bytes]:
    return document(answer, lang, options, told=False)


FORMAT = Format("html", "text/html; charset=utf-8", "html", MILLION, write)

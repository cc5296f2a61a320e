"""How words become comparable: folding, stems and synonyms, the same on both sides of the search."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, Protocol

import snowballstemmer

from tables.model import Lang, Synonyms

LONGEST: Final = 200  # characters of a search that are read (operations §8)
_WORD: Final = re.compile(r"[^\W_]+")
_FOLDED: Final = (("aa", "å"), ("ae", "æ"), ("oe", "ø"), ("ö", "ø"), ("ä", "æ"))
_ALGORITHM: Final[Mapping[Lang, str]] = {"da": "danish", "en": "english"}


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # the library's name


@cache
def _stemmer(lang: Lang) -> _Stemmer:
    stemmer: _Stemmer = snowballstemmer.stemmer(_ALGORITHM[lang])
    return stemmer


def fold(text: str) -> str:
    """Lower case with one spelling of æ, ø and å: «Aarhus» and «Århus» are the same word."""
    text = text.casefold()
    for written, read in _FOLDED:
        text = text.replace(written, read)
    return text


def tokens(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _WORD.findall(fold(text))


@cache
def stem(word: str, lang: Lang) -> str:
    return _stemmer(lang).stemWord(word)


def stems(text: str, lang: Lang) -> str:
    """The text as stems parted by blanks, as the index holds it."""
    return " ".join(stem(word, lang) for word in tokens(text))


def synonyms(sets: Iterable[Synonyms], lang: Lang) -> dict[str, tuple[str, ...]]:
    """From the stems of a word or phrase to the stems of all words that say the same, itself first."""
    found: dict[str, list[str]] = {}
    for words in sets:
        phrases = [stems(word, lang) for word in words[lang]]
        for phrase in phrases:
            mates = found.setdefault(phrase, [phrase])
            mates.extend(mate for mate in phrases if mate not in mates)
    return {phrase: tuple(mates) for phrase, mates in found.items()}

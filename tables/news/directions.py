"""Words that say which way a figure went, and digits that somebody typed."""

import re
from typing import Final, Literal

from tables.model import Lang

Direction = Literal["rise", "fall"]
# A word that ends in - stands for all that begin so (ux §7).
_WORDS: Final[dict[Lang, dict[Direction, str]]] = {
    "da": {
        "rise": "stig- steg flere højere øge- vokse- mere",
        "fall": "fald- faldt færre lavere mindre reduc-",
    },
    "en": {
        "rise": "rise rises rising risen rose increas- more higher grew up",
        "fall": "fall falls falling fallen fell decreas- fewer less lower declin- down",
    },
}
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[A-ZÆØÅ:])")
_MONTHS: Final = (
    "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december|january|february|march|may|"
    "june|july|october"
)
_DATES: Final = re.compile(
    rf"\b\d{{1,2}}\.?\s+(?:{_MONTHS})(?:\s+\d{{4}})?|\b(?:{_MONTHS})\s+\d{{1,2}}\b|kl\.\s*\d{{1,2}}(?:[.:]\d\d)?"
    r"|\bat\s+\d{1,2}:\d\d",
    re.IGNORECASE,
)
_LAWS: Final = re.compile(
    r"(?:§§?|sections?|stk\.|nr\.)\s*\d+\s*[a-z]?(?:\s*(?:,|og|and|-|–)\s*\d+\s*[a-z]?\b)*", re.IGNORECASE
)
_AGES: Final = re.compile(r"\b\d+-\d+(?:-år\w*|\s+år\b|-year-olds?\b|\s+years?\b)")
_NAMES: Final = re.compile(r"https?://\S+|\b[A-ZÆØÅ]{2,}\d\w*|\b\d{4}:\d+\b|\b\d{4}-\d+\b|\b\d+-(?=[a-zæøå])")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_DIGITS: Final = re.compile(r"\d+(?:[.,]\d+)*")


def sentences(text: str) -> list[str]:
    return _SENTENCE.split(" ".join(text.split()))


def directions(sentence: str, lang: Lang) -> frozenset[Direction]:
    """The ways the words of a sentence go."""
    words = re.findall(r"[^\W\d_]+", sentence.casefold())
    return frozenset(way for way, listed in _WORDS[lang].items() if any(_is(word, listed) for word in words))


def _is(word: str, listed: str) -> bool:
    return any(word.startswith(each[:-1]) if each.endswith("-") else word == each for each in listed.split())


def typed(text: str) -> list[str]:
    """Numbers in a text that are no years, dates, sections of an act, groups of age, or parts of a name."""
    for pattern in (_AGES, _NAMES, _DATES, _LAWS):
        text = pattern.sub(" ", text)
    return [found for found in _DIGITS.findall(text) if not _YEAR.fullmatch(found)]

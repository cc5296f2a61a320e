"""Interface words in Danish and English, dates and numbers; a word without one of them does not pass the type check."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from tables.model import Lang, Text

COPENHAGEN: Final = ZoneInfo("Europe/Copenhagen")
MONTHS: Final = (
    Text("januar", "January"),
    Text("februar", "February"),
    Text("marts", "March"),
    Text("april", "April"),
    Text("maj", "May"),
    Text("juni", "June"),
    Text("juli", "July"),
    Text("august", "August"),
    Text("september", "September"),
    Text("oktober", "October"),
    Text("november", "November"),
    Text("december", "December"),
)
WORDS: Final[Mapping[str, Text]] = {
    "about_signs": Text("Tegn i tabellen", "Signs in the table"),
    "closed": Text("Afsluttet", "Closed"),
    "closed_without": Text(
        "Tabellen er afsluttet og bliver ikke længere opdateret.", "The table is closed and no longer updated."
    ),
    "csv": Text("Hent CSV", "Get CSV"),
    "error": Text("Det gik ikke", "That did not work"),
    "figures_as_of": Text("Tallene, som de blev udgivet", "Figures as released"),
    "front": Text("Alle tabeller", "All tables"),
    "json": Text("Hent JSON", "Get JSON"),
    "licence": Text("Licens", "Licence"),
    "mandatory_notes": Text("Vigtigt om tallene", "Important about the figures"),
    "newer": Text("Der findes nyere tal", "Newer figures exist"),
    "no_figures": Text("Tabellen har ingen tal endnu.", "The table has no figures yet."),
    "notes": Text("Noter", "Notes"),
    "other_language": Text("English", "Dansk"),
    "period": Text("Periode", "Period"),
    "replaced_by": Text("Nærmeste afløser er", "Nearest replacement is"),
    "see_table": Text("Se tabellen", "See the table"),
    "skip": Text("Gå til indholdet", "Skip to content"),
    "source": Text("Kilde", "Source"),
    "table": Text("Tabel", "Table"),
    "unit": Text("Enhed", "Unit"),
    "updated": Text("Opdateret", "Updated"),
}
STATUS: Final[Mapping[int, Text]] = {
    400: Text("Forespørgslen kan ikke læses.", "The request cannot be read."),
    404: Text("Siden findes ikke.", "The page does not exist."),
    405: Text("Metoden kan ikke bruges her.", "The method cannot be used here."),
    413: Text("Forespørgslen er for stor.", "The request is too large."),
    415: Text("Forespørgslen må ikke være komprimeret.", "The body of the request must not be compressed."),
    500: Text("Der er sket en fejl hos os.", "An error has happened on our side."),
    501: Text("Formatet findes ikke her; brug json.", "The format does not exist here; use json."),
    503: Text(
        "Banken kan ikke læses lige nu. Prøv igen om lidt.", "The bank cannot be read now. Try again in a moment."
    ),
}


def word(key: str, lang: Lang) -> str:
    return WORDS[key][lang]


def date(instant: datetime, lang: Lang) -> str:
    """8. juni 2023 · 8 June 2023, in Danish time."""
    local = instant.astimezone(COPENHAGEN)
    month = MONTHS[local.month - 1][lang]
    return f"{local.day}. {month} {local.year}" if lang == "da" else f"{local.day} {month} {local.year}"


def moment(instant: datetime, lang: Lang) -> str:
    """8. juni 2023 kl. 08.00 · 8 June 2023 at 08:00, in Danish time."""
    local = instant.astimezone(COPENHAGEN)
    clock = f"kl. {local:%H.%M}" if lang == "da" else f"at {local:%H:%M}"
    return f"{date(instant, lang)} {clock}"

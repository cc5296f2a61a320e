"""The words of charts, and the sentence that tells a reader who cannot see one what is in it."""

from collections.abc import Mapping
from typing import Final

from service.formats.table import digits
from tables.model import Text

VIEWS: Final[Mapping[str, Text]] = {
    "line": Text("linjer", "lines"),
    "bar": Text("søjler", "bars"),
    "stacked": Text("stablede søjler", "stacked bars"),
    "pyramid": Text("pyramide", "pyramid"),
    "multiples": Text("små diagrammer", "small charts"),
    "map": Text("kort", "map"),
    "tiles": Text("feltkort", "tile map"),
}
KINDS: Final[Mapping[str, Text]] = {
    "line": Text("Linjediagram", "Line chart"),
    "bar": Text("Søjlediagram", "Bar chart"),
    "stacked": Text("Stablet søjlediagram", "Stacked bar chart"),
    "pyramid": Text("Pyramide", "Pyramid"),
    "multiples": Text("Små linjediagrammer", "Small line charts"),
    "tiles": Text("Feltkort", "Tile map"),
}
NOT_SHOWN: Final = Text("vises ikke", "not shown")
WHY: Final = Text("af hensyn til fortrolighed eller usikkerhed", "for confidentiality or uncertainty")
BREAK: Final = Text("Databrud", "Break in series")
SOURCE: Final = Text("Kilde", "Source")
UPDATED: Final = Text("opdateret", "updated")
TABLE: Final = Text("tabel", "table")
RANGE: Final = Text(
    "De viste tal går fra {least} ({least_at}) til {most} ({most_at}).",
    "The shown figures range from {least} ({least_at}) to {most} ({most_at}).",
)
NOTHING: Final = Text("Ingen tal vises.", "No figures are shown.")
BUSY: Final = Text(
    "Diagrammet kunne ikke tegnes lige nu. Prøv igen om lidt, eller hent tallene som .csv.",
    "The chart could not be drawn now. Try again in a moment, or get the figures as .csv.",
)
REASONS: Final[Mapping[str, Text]] = {
    "unknown": Text("Den visning findes ikke", "There is no such view"),
    "units": Text(
        "Et diagram kan kun have én enhed: vælg ét indhold",
        "A chart has one unit: choose one of the contents",
    ),
    "periods": Text("Visningen kræver mindst to perioder", "The view needs at least two periods"),
    "lines": Text(
        "Der kan højst tegnes seks linjer: vælg færre værdier",
        "At most six lines can be drawn: choose fewer values",
    ),
    "panels": Text(
        "Små diagrammer kræver en variabel ud over tid, med højst 30 værdier, og højst seks linjer i hvert",
        "Small charts need a variable besides time, of at most 30 values, and at most six lines in each",
    ),
    "bars": Text(
        "Søjler kan højst vise to variable, den ene med højst seks værdier og den anden med højst 120",
        "Bars show at most two variables, one of at most six values, the other of at most 120",
    ),
    "stack": Text(
        "Stablede søjler kræver to variable, hvoraf den ene har højst seks værdier",
        "Stacked bars need two variables, one of them of at most six values",
    ),
    "sums": Text(
        "Tallene kan ikke lægges sammen, så de kan ikke stables",
        "The figures do not add up, so they cannot be stacked",
    ),
    "total": Text(
        "En total kan ikke stables sammen med sine dele: udelad totalen",
        "A total cannot be stacked with its parts: leave out the total",
    ),
    "pair": Text(
        "En pyramide kræver én rækkevariabel og en kolonnevariabel med to valgte værdier",
        "A pyramid needs one row variable and a column variable with two chosen values",
    ),
    "signs": Text("Ændringer kan ikke vises som pyramide", "Changes cannot be shown as a pyramid"),
    "areas": Text(
        "Kortet kræver én variabel med kommuner eller landsdele og én værdi af de øvrige",
        "The map needs one variable of municipalities or provinces, and one value of the others",
    ),
}


def hidden(count: int) -> Text:
    """How many cells are hidden, worded for one and for more."""
    if count == 1:
        return Text("1 værdi vises ikke", "1 value is not shown")
    return Text(f"{digits(str(count), 'da')} værdier vises ikke", f"{digits(str(count), 'en')} values are not shown")

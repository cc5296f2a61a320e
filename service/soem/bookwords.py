"""The words of the workbook: its sheets, the heads of their columns, and what its results are called."""

from collections.abc import Mapping
from typing import Final

from tables.model import Text

SHEETS: Final[Mapping[str, str]] = {
    "readme": "Læs mig",
    "input": "Input",
    "prices": "Priser",
    "estimates": "Estimater",
    "result": "Resultat",
}
README: Final = (
    Text(
        "Gule felter kan ændres: tallene i Input og de egne priser i Priser. Alt andet regnes ud af dem.",
        "Yellow cells may be changed: the figures in Input and the own prices in Priser. All else follows from them.",
    ),
    Text(
        "Positivt = besparelse, negativt = udgift; i Estimater er lavere udgift negativ. Beløb er i kr.",
        "Positive = saving, negative = expenditure; in Estimater lower expenditure is negative. Amounts are in DKK.",
    ),
)
INPUT: Final = (
    Text("Din indsats", "Your measure"),
    Text("Værdi", "Value"),
    Text("Deltagere", "Participants"),
    Text("Effekt (andel, 0,15 = 15 procentpoint)", "Effect (share, 0.15 = 15 percentage points)"),
    Text("Indsatspris pr. deltager, kr.", "Cost of the measure per participant, DKK"),
    Text("Rente (0,035 = 3,5 pct.)", "Discount rate (0.035 = 3.5 per cent)"),
    Text("Indsatspris efter år og aktør, kr. pr. deltager", "Cost by year and payer, DKK per participant"),
    Text("Kommune", "Municipality"),
    Text("Region", "Region"),
    Text("Stat", "State"),
    Text("Ikke fordelt", "Not shared out"),
)
PRICES: Final = (
    Text("Konsekvens", "Consequence"),
    Text("Enhed", "Unit"),
    Text("Type", "Type"),
    Text("Kommune, kr.", "Municipality, DKK"),
    Text("Region, kr.", "Region, DKK"),
    Text("Stat, kr.", "State, DKK"),
    Text("Nettoprisindeks, prisår", "Net price index, price year"),
    Text("Nettoprisindeks, nu", "Net price index, now"),
    Text("Forhold", "Ratio"),
    Text("Egen pris, kommune", "Own price, municipality"),
    Text("Egen pris, region", "Own price, region"),
    Text("Egen pris, stat", "Own price, state"),
    Text("Brugt, kommune", "Used, municipality"),
    Text("Brugt, region", "Used, region"),
    Text("Brugt, stat", "Used, state"),
)
ESTIMATES: Final = (
    Text("Konsekvens", "Consequence"),
    Text("År efter", "Years after"),
    Text("Estimat", "Estimate"),
    Text("Standardfejl", "Standard error"),
    Text("Pr. succesborger, kommune", "Per success child, municipality"),
    Text("Pr. succesborger, region", "Per success child, region"),
    Text("Pr. succesborger, stat", "Per success child, state"),
    Text("Pr. succesborger, i alt", "Per success child, total"),
    Text("Nutidsværdi pr. deltager, kommune", "Present value per participant, municipality"),
    Text("Nutidsværdi pr. deltager, region", "Present value per participant, region"),
    Text("Nutidsværdi pr. deltager, stat", "Present value per participant, state"),
    Text("Usikkerhed", "Uncertainty"),
)
RESULT: Final = (  # line by line, but for those of the payers
    Text("Konsekvenser pr. deltager, kommune", "Consequences per participant, municipality"),
    Text("Konsekvenser pr. deltager, region", "Consequences per participant, region"),
    Text("Konsekvenser pr. deltager, stat", "Consequences per participant, state"),
    Text("Konsekvenser pr. deltager, i alt", "Consequences per participant, total"),
    Text("Nettoresultat pr. deltager", "Net result per participant"),
    Text("Nettoresultat, alle deltagere", "Net result, all participants"),
    Text("Effekt, hvor det går i nul (andel)", "Effect that breaks even (share)"),
    Text("Standardfejl pr. deltager", "Standard error per participant"),
)
ACCUMULATED: Final = (
    Text("Akkumuleret resultat pr. deltager, år efter", "Accumulated result per participant, years after"),
    Text("I alt, kr.", "Total, DKK"),
    Text("Kommune, kr.", "Municipality, DKK"),
    Text("Region, kr.", "Region, DKK"),
    Text("Stat, kr.", "State, DKK"),
)

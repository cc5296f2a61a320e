"""The words of the calculator that are not among the public texts."""

from collections.abc import Mapping
from typing import Final

from tables.model import Text

HOSTED: Final = "syntetisk"  # what a source of invented figures says
WORDS: Final[Mapping[str, Text]] = {
    "heading": Text("Beregn en indsats' nettoresultat", "Reckon the net result of a measure"),
    "lead": Text(
        "Skriv, hvem indsatsen er for, hvor mange den når, hvad den virker og koster. Beregneren svarer med det, der "
        "spares og bruges hos kommune, region og stat i årene efter.",
        "Say whom the measure is for, how many it reaches, what it does and costs. The calculator answers with what is "
        "saved and spent by municipality, region and state in the years after.",
    ),
    "inputs": Text("Din indsats", "Your measure"),
    "group": Text("Målgruppe", "Target group"),
    "age": Text("Aldersgruppe", "Age group"),
    "people": Text("Deltagere", "Participants"),
    "effect": Text("Effekt i procentpoint", "Effect in percentage points"),
    "effect_hint": Text(
        "Hvor mange flere af 100 deltagere når succesmålet. Skriv 15, ikke 0,15.",
        "How many more of 100 participants reach the success measure. Write 15, not 0.15.",
    ),
    "price": Text("Indsatsens pris pr. deltager, kr.", "Cost of the measure per participant, DKK"),
    "rate": Text("Diskonteringsrente (3,5 pct. = 0,035)", "Discount rate (3.5 per cent = 0.035)"),
    "start": Text("Startår", "First year"),
    "own": Text("Egne priser og estimater", "Own prices and estimates"),
    "own_hint": Text(
        "Lad et felt stå tomt for at bruge det udgivne tal.", "Leave a field empty to use the published figure."
    ),
    "second": Text("Et scenarie ved siden af", "A scenario beside it"),
    "second_hint": Text("Udfyld kun det, der er anderledes.", "Fill in only what is different."),
    "reckon": Text("Beregn", "Reckon"),
    "result": Text("Resultat", "Result"),
    "scenario": Text("Scenarie {number}", "Scenario {number}"),
    "net_total": Text("Nettoresultat, alle deltagere", "Net result, all participants"),
    "net_each": Text("Nettoresultat pr. deltager", "Net result per participant"),
    "saved_each": Text("Konsekvenser pr. deltager, i alt", "Consequences per participant, total"),
    "cost_each": Text("Indsatsens pris pr. deltager", "Cost of the measure per participant"),
    "paid_by": Text("Nettoresultat, hvis {payer} betaler", "Net result if paid by the {payer}"),
    "saved_by": Text("Konsekvenser pr. deltager, {payer}", "Consequences per participant, {payer}"),
    "balance": Text("Effekt, hvor det går i nul (procentpoint)", "Effect that breaks even (percentage points)"),
    "first": Text("Første år med overskud (år efter start)", "First year with a surplus (years after start)"),
    "falls": Text("Overskuddet falder bort igen senere.", "The surplus falls away again later."),
    "error": Text(
        "Statistisk usikkerhed (standardfejl) pr. deltager", "Statistical uncertainty (standard error) per participant"
    ),
    "none": Text("ingen", "none"),
    "positive": Text("Positivt = besparelse, negativt = udgift. Kr.", "Positive = saving, negative = expenditure. DKK"),
    "budget": Text("Budgettet år for år", "The budget year by year"),
    "budget_hint": Text(
        "Udgift er positiv, lavere udgift negativ; alle deltagere, ikke diskonteret. Kr.",
        "Expenditure is positive, lower expenditure negative; all participants, not discounted. DKK",
    ),
    "year": Text("År", "Year"),
    "first_years": Text("De første {years} år", "The first {years} years"),
    "first_year": Text("Det første år", "The first year"),
    "unshared": Text("Ikke fordelt", "Not shared out"),
    "total": Text("I alt", "Total"),
    "accumulated": Text(
        "Akkumuleret resultat pr. deltager, nutidsværdi", "Accumulated result per participant, present value"
    ),
    "bar": Text("Størrelse", "Size"),
    "counted": Text("Medregnede konsekvenser", "Counted consequences"),
    "consequence": Text("Konsekvens", "Consequence"),
    "after": Text("År efter", "Years after"),
    "estimate": Text("Estimat", "Estimate"),
    "p": Text("p-værdi", "p-value"),
    "kroner": Text("Kr. pr. deltager", "DKK per participant"),
    "left_out": Text("Ikke medregnet, og hvorfor", "Not counted, and why"),
    "overwritten": Text("Egne tal i stedet for udgivne", "Own figures in place of published ones"),
    "published": Text("Udgivet", "Published"),
    "yours": Text("Dit tal", "Your figure"),
    "warnings": Text("Bemærk", "Take note"),
    "no_price": Text("{outcome}: ingen pris, og derfor ingen kroner.", "{outcome}: no price, and so no money."),
    "negative_effect": Text("Effekten er negativ.", "The effect is negative."),
    "compare": Text("Sammenlign med din egen gruppe", "Compare with your own group"),
    "compare_hint": Text(
        "Gennemsnit før målgruppen for børn med og uden succes. Skriv din egen gruppes ved siden af.",
        "Means before the target group of children with and without success. Write your own group's beside them.",
    ),
    "with_success": Text("Med succes", "With success"),
    "without_success": Text("Uden succes", "Without success"),
    "variable": Text("Baggrund", "Background"),
    "hidden": Text("vises ikke", "not shown"),
    "about": Text("Om tallene", "About the figures"),
    "releases": Text("Udgivelser", "Releases"),
    "price_years": Text("Prisår", "Price years"),
    "as_json": Text("Hent som JSON", "Get as JSON"),
    "as_book": Text("Hent regneark med formler", "Get a spreadsheet with formulas"),
    "kommune": Text("kommune", "municipality"),
    "region": Text("region", "region"),
    "stat": Text("stat", "state"),
    "link": Text(
        "Adressen på denne side er et link til netop dette resultat.",
        "The address of this page links to just this result.",
    ),
}

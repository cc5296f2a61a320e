"""The words of the calculator that are not among the public texts."""

from collections.abc import Mapping
from typing import Final

from tables.model import Text

HOSTED: Final = "syntetisk"  # what a source of invented figures says
WORDS: Final[Mapping[str, Text]] = {
    "heading": Text("Beregn nettoresultatet af en indsats", "Calculate the net result of a measure"),
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
    "rate": Text("Diskonteringsrente", "Discount rate"),
    "rate_hint": Text("3,5 pct. skrives 0,035.", "3.5 per cent is written 0.035."),
    "start": Text("Startår", "First year"),
    "own": Text("Egne priser og estimater", "Own prices and estimates"),
    "own_prices": Text("Egne priser pr. enhed, kr.", "Own prices per unit, DKK"),
    "own_betas": Text("Egne estimater", "Own estimates"),
    "own_hint": Text(
        "Lad et felt stå tomt for at bruge det udgivne tal.", "Leave a field empty to use the published figure."
    ),
    "beside_2": Text("Et scenarie ved siden af", "A scenario beside it"),
    "beside_3": Text("Endnu et scenarie", "One more scenario"),
    "beside_hint": Text("Udfyld kun det, der er anderledes.", "Fill in only what is different."),
    "spread": Text("Fordel prisen på år og aktører", "Share out the cost over years and payers"),
    "spread_hint": Text(
        "Kr. pr. deltager. Lad da feltet med indsatsens pris stå tomt.",
        "DKK per participant. Then leave the field with the cost of the measure empty.",
    ),
    "year_after": Text("År {t}", "Year {t}"),
    "reckon": Text("Beregn", "Calculate"),
    "result": Text("Resultat", "Result"),
    "scenario": Text("Scenarie {number}", "Scenario {number}"),
    "net_total": Text("Nettoresultat, alle deltagere", "Net result, all participants"),
    "net_each": Text("Nettoresultat pr. deltager", "Net result per participant"),
    "saved_each": Text("Konsekvenser pr. deltager, i alt", "Consequences per participant, total"),
    "cost_each": Text("Indsatsens pris pr. deltager", "Cost of the measure per participant"),
    "paid_by": Text("Nettoresultat, hvis {payer} betaler indsatsen", "Net result if the {payer} pays for the measure"),
    "own_by": Text("Nettoresultat for {payer}", "Net result for the {payer}"),
    "saved_by": Text("Konsekvenser pr. deltager, {payer}", "Consequences per participant, {payer}"),
    "who": Text("Hvem sparer, og hvem betaler", "Who saves, and who pays"),
    "each": Text("{amount} kr. pr. deltager.", "DKK {amount} per participant."),
    "unit": Text("kr.", "DKK"),
    "cost": Text(
        "Indsatsens pris pr. deltager, kr. (år, aktør)", "Cost of the measure per participant, DKK (year, payer)"
    ),
    "balance": Text("Effekt, hvor det går i nul (procentpoint)", "Effect that breaks even (percentage points)"),
    "first": Text("Første år med overskud (år efter start)", "First year with a surplus (years after start)"),
    "falls": Text("Overskuddet falder bort igen senere.", "The surplus falls away again later."),
    "error": Text("Standardfejl pr. deltager", "Standard error per participant"),
    "none": Text("ingen", "none"),
    "positive": Text("Positivt = besparelse, negativt = udgift. Kr.", "Positive = saving, negative = expenditure. DKK"),
    "budget": Text("Budgettet år for år", "The budget year by year"),
    "budget_hint": Text(
        "Udgift er positiv, lavere udgift negativ; alle deltagere, ikke diskonteret. Kr.",
        "Expenditure is positive, lower expenditure negative; all participants, not discounted. DKK",
    ),
    "budget_sums": Text("Budgettet de første år", "The budget of the first years"),
    "year": Text("År", "Year"),
    "first_years": Text("De første {years} år", "The first {years} years"),
    "first_year": Text("Det første år", "The first year"),
    "unshared": Text("Ikke fordelt", "Not shared out"),
    "total": Text("I alt", "Total"),
    "accumulated": Text(
        "Akkumuleret resultat pr. deltager, nutidsværdi", "Accumulated result per participant, present value"
    ),
    "graph_told": Text(
        "fra {start} kr. ved start til {end} kr. efter {last} år.",
        "from DKK {start} at the start to DKK {end} after {last} years.",
    ),
    "graph_first": Text("Overskud fra år {t} efter start.", "A surplus from year {t} after the start."),
    "graph_never": Text("Intet overskud i perioden.", "No surplus in the period."),
    "graph_point": Text("{title}, år {t}: {amount} kr.", "{title}, year {t}: DKK {amount}"),
    "as_table": Text("Se tallene som tabel", "See the figures as a table"),
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
    "high_rate": Text(
        "Renten er {rate} pct. om året. 3,5 pct. skrives 0,035.",
        "The rate is {rate} per cent a year. 3.5 per cent is written 0.035.",
    ),
    "nothing_counted": Text(
        "Ingen konsekvenser medregnes for denne målgruppe; resultatet er indsatsens pris.",
        "No consequences are counted for this target group; the result is the cost of the measure.",
    ),
    "refused": Text("Ret ét felt, og beregn igen", "Correct one field, and calculate again"),
    "kept": Text("Det, du skrev, står i felterne.", "What you typed is in the fields."),
    "note": Text("Bemærkning", "Remark"),
    "compare": Text("Sammenlign med din egen gruppe", "Compare with your own group"),
    "compare_hint": Text(
        "Gennemsnit før målgruppen for børn med og uden succes. Skriv din egen gruppes ved siden af.",
        "Means before the target group of children with and without success. Write your own group's beside them.",
    ),
    "compare_open": Text("Se gennemsnittene", "See the means"),
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
    "the_kommune": Text("kommunen", "municipality"),
    "the_region": Text("regionen", "region"),
    "the_stat": Text("staten", "state"),
    "link": Text(
        "Adressen på denne side er et link til netop dette resultat.",
        "The address of this page links to just this result.",
    ),
}

"""Words of the pages around the tables, in Danish and English: front page, search, lists, house, errors."""

from collections.abc import Mapping
from typing import Final

from tables.model import Text

SAYINGS: Final[Mapping[str, Text]] = {
    "about": Text("Om Statistikbanken", "About the StatBank"),
    "about_figures": Text("Om tallene", "About the figures"),
    "about_figures_1": Text(
        "Tal udgives kl. 8.00 på den dag, som står i udgivelseskalenderen, og alle får dem samtidig. Det "
        "gælder på siderne, i filerne og i alle programmeringsgrænseflader.",
        "Figures are released at 8:00 on the day announced in the release calendar, and everybody gets them "
        "at the same time: on the pages, in the files and through every API.",
    ),
    "about_figures_2": Text(
        "En udgivelse ændres aldrig bagefter. Rettes et tal, sker det med en ny udgivelse, der siger "
        "hvorfor, og de tidligere tal kan stadig ses.",
        "A release is never changed afterwards. A figure is corrected by a new release that says why, and "
        "the earlier figures can still be seen.",
    ),
    "about_lead": Text(
        "{name} er {publisher}s samling af offentlige tal: {n} tabeller, som alle frit kan se, hente og bruge.",
        "{name} is the public collection of figures of {publisher}: {n} tables that anybody may see, download and use.",
    ),
    "about_privacy": Text("Privatliv", "Privacy"),
    "about_privacy_1": Text(
        "Vi gemmer ikke, hvem der læser hvad. Det, du vælger, står kun i adressen.",
        "We do not keep who reads what. What you choose is in the address only.",
    ),
    "accessibility": Text("Tilgængelighed", "Accessibility"),
    "all_news": Text("Alle nyheder", "All news"),
    "also": Text("Andre veje til tallene", "Other ways to the figures"),
    "also_called": Text("Kaldes også", "Also called"),
    "api": Text("API og programmering", "API and programming"),
    "api_console": Text("Prøv API i konsollen", "Try the API in the console"),
    "api_changes": Text("Ændringer i API", "API changes"),
    "api_changes_lead": Text(
        "Hvad der er ændret i grænsefladerne, hvornår, og hvem det berører.",
        "What has changed in the interfaces, when, and whom it affects.",
    ),
    "api_dst": Text(
        "Samme spørgsmål og svar som Danmarks Statistiks API: subjects, tables, tableinfo og data.",
        "The same questions and answers as the API of Statistics Denmark: subjects, tables, tableinfo and data.",
    ),
    "api_files": Text("En side som fil", "A page as a file"),
    "api_files_text": Text(
        "Sæt en endelse på tabellens adresse, så får du præcis de tal, siden viser.",
        "Put an ending on the address of a table, and you get exactly the figures the page shows.",
    ),
    "api_lead": Text(
        "Hent tallene direkte i Python, R, Excel eller dit eget program. Der kræves ingen nøgle.",
        "Get the figures straight into Python, R, Excel or a program of your own. No key is needed.",
    ),
    "api_rule_1": Text(
        "En celle uden tal har en status. Den er aldrig 0 og aldrig tom uden grund.",
        "A cell without a number has a status. It is never 0 and never empty without a reason.",
    ),
    "api_rule_2": Text(
        "Alle svar har ETag. Send den med i If-None-Match, så får du 304, når intet er nyt.",
        "Every answer has an ETag. Send it in If-None-Match, and you get 304 when nothing is new.",
    ),
    "api_rule_3": Text(
        "x-asof=2023-06-08T0600Z giver tallene, som de stod dengang.",
        "x-asof=2023-06-08T0600Z gives the figures as they stood then.",
    ),
    "api_rule_4": Text(
        "Koder er tekst: 084 er ikke 84. Sæt kolonnerne til tekst, når du læser en fil.",
        "Codes are text: 084 is not 84. Read those columns as text.",
    ),
    "api_rules": Text("Godt at vide", "Good to know"),
    "area_caption": Text("Nyeste tal for {area}", "Newest figures of {area}"),
    "area_note": Text(
        "Rækkerne viser totalen af tabellens øvrige variable. Ændringen er fra perioden før. Følg et navn "
        "for at se mere.",
        "The rows show the total of the other variables of each table. The change is since the period "
        "before. Follow a name to see more.",
    ),
    "area_kommune": Text("Kommuner", "Municipalities"),
    "areas": Text("Din kommune i tal", "Your municipality in figures"),
    "areas_lead": Text(
        "Én side pr. kommune med de nyeste tal fra alle tabeller ved siden af hele landet.",
        "One page for each municipality with the newest figures of all tables beside the whole country.",
    ),
    "calendar": Text("Kalender", "Calendar"),
    "change_since": Text("Ændring", "Change"),
    "cite": Text("Sådan henviser du", "How to cite"),
    "cite_how": Text(
        "Nævn kilden, tabellen og dagen for udgivelsen. Under hver tabel står en færdig henvisning.",
        "Name the source, the table and the day of the release. A ready citation is below every table.",
    ),
    "cite_release": Text("8. juni 2023", "8 June 2023"),
    "cite_table": Text("ISBU04 Aktive indsatser", "ISBU04 Active measures"),
    "classifications": Text("Klassifikationer", "Classifications"),
    "classifications_lead": Text(
        "De kodelister, tabellerne er delt op efter, med gyldighed. Kan hentes som CSV og JSON.",
        "The lists of codes that tables are divided by, with their validity. Download as CSV or JSON.",
    ),
    "closed_tables": Text("Afsluttede tabeller ({n})", "Closed tables ({n})"),
    "code": Text("Kode", "Code"),
    "codes_of": Text("Koder i {text}", "Codes of {text}"),
    "contact": Text("Kontakt", "Contact"),
    "contains": Text("Indeholder", "Contains"),
    "corrections": Text("Rettelser", "Corrections"),
    "did_you_mean": Text("Mente du", "Did you mean"),
    "did_you_mean_table": Text("Leder du efter en af disse tabeller?", "Are you looking for one of these tables?"),
    "documentation": Text("Dokumentation", "Documentation"),
    "figures_of": Text("Tal fra", "Figures from"),
    "files_alive": Text("Hele tabeller kan stadig hentes:", "Whole tables can still be downloaded:"),
    "filter_area": Text("Områder", "Areas"),
    "filter_frequency": Text("Hvor tit", "How often"),
    "filter_state": Text("Tilstand", "State"),
    "filter_subject": Text("Emne", "Subject"),
    "find_tables": Text("Find tabeller", "Find tables"),
    "footer": Text("Om banken", "About the bank"),
    "free_use": Text("Tallene kan frit bruges ({licence}).", "The figures are free to use ({licence})."),
    "frequency_A": Text("Hvert år", "Every year"),
    "frequency_D": Text("Hver dag", "Every day"),
    "frequency_H": Text("Hvert halvår", "Every half-year"),
    "frequency_K": Text("Hvert kvartal", "Every quarter"),
    "frequency_M": Text("Hver måned", "Every month"),
    "frequency_U": Text("Hver uge", "Every week"),
    "front": Text("Forside", "Front page"),
    "front_lead": Text(
        "{n} tabeller med offentlige tal. Skriv, hvad du leder efter, med dine egne ord.",
        "{n} tables of public figures. Write what you are looking for in your own words.",
    ),
    "get_csv": Text("Hent som CSV", "Get as CSV"),
    "get_json": Text("Hent som JSON", "Get as JSON"),
    "glossary": Text("Ordliste", "Glossary"),
    "glossary_lead": Text(
        "Ord, der bruges i tabellerne, forklaret kort.", "Words used in the tables, explained briefly."
    ),
    "go_front": Text("Begynd på forsiden", "Begin at the front page"),
    "go_search": Text("Søg efter en tabel", "Search for a table"),
    "go_whole": Text("Hent hele tabeller som filer", "Download whole tables as files"),
    "hit_one": Text("1 tabel fundet", "1 table found"),
    "hits": Text("{n} tabeller fundet", "{n} tables found"),
    "id": Text("Id", "Id"),
    "latest_updated": Text("Senest opdateret", "Latest updates"),
    "level": Text("Niveau", "Level"),
    "licence": Text("Licens", "Licence"),
    "licence_lead": Text(
        "Alle tal må bruges, deles og sælges videre, når kilden nævnes. Licensen er {licence}.",
        "All figures may be used, shared and sold on when the source is named. The licence is {licence}.",
    ),
    "licence_text": Text("Læs licensen", "Read the licence"),
    "menu": Text("Menu", "Menu"),
    "n_codes": Text("{n} koder", "{n} codes"),
    "n_tables": Text("{n} tabeller", "{n} tables"),
    "narrow": Text("Afgræns", "Narrow"),
    "news": Text("Nyt", "News"),
    "next_releases": Text("Næste udgivelser", "Next releases"),
    "no_cookies": Text("Vi bruger ikke cookies.", "We use no cookies."),
    "no_tables": Text("Her er ingen tabeller endnu.", "There are no tables here yet."),
    "one_table": Text("1 tabel", "1 table"),
    "open_table": Text("Vælg i tabellen", "Choose in the table"),
    "search": Text("Søg", "Search"),
    "search_for": Text("Søgning: {words}", "Search: {words}"),
    "search_help": Text("Sådan finder du en tabel", "How to find a table"),
    "search_help_1": Text(
        "Brug hverdagsord: «børn på institution», «kommunens udgifter».",
        "Use everyday words: “children in institutions”, “municipal expenditure”.",
    ),
    "search_help_2": Text(
        "Skriv navnet på en kommune eller en indsats, så findes tabeller, der har den.",
        "Write the name of a municipality or a measure to find tables that have it.",
    ),
    "search_help_3": Text("Kender du tabellens id, kan du skrive det.", "If you know the id of a table, write it."),
    "search_help_4": Text("Eller gå ind gennem et emne:", "Or go in through a subject:"),
    "search_hint": Text("fx børn forebyggende", "as in children preventive"),
    "search_label": Text("Søg efter tabeller", "Search for tables"),
    "sign": Text("Tegn", "Sign"),
    "sign_confidential": Text(
        "Tallet kan røbe noget om enkelte personer, eller det er for usikkert til at vises.",
        "The number could tell something about single persons, or is too uncertain to be shown.",
    ),
    "sign_not_applicable": Text(
        "Kombinationen findes ikke, for eksempel en indsats før loven trådte i kraft.",
        "The combination does not exist, as a measure before its act came into force.",
    ),
    "sign_not_available": Text(
        "Tallet er ikke indsamlet eller ikke godkendt.", "The number was not collected or not approved."
    ),
    "sign_provisional": Text(
        "Tallet kan ændre sig i en senere udgivelse, eller det er anslået.",
        "The number may change in a later release, or it is estimated.",
    ),
    "sign_revised": Text(
        "Den forrige udgivelse havde et andet tal her.", "The previous release had another number here."
    ),
    "signs": Text("Tegn og tal", "Signs and numbers"),
    "signs_caption": Text("Tegn i tabellerne", "Signs in the tables"),
    "signs_lead": Text(
        "Et tegn står der, hvor der ikke er et tal, eller efter et tal, der skal læses med forbehold.",
        "A sign stands where there is no number, or after a number that should be read with care.",
    ),
    "since": Text("Gyldig fra", "Valid from"),
    "site": Text("Statistikbanken", "StatBank"),
    "skip": Text("Gå til indholdet", "Skip to content"),
    "standing_releases": Text("Se de udgivelser, der gælder", "See the releases that stand"),
    "state_active": Text("Opdateres", "Updated"),
    "state_closed": Text("Afsluttet", "Closed"),
    "subjects": Text("Emner", "Subjects"),
    "table": Text("Tabel", "Table"),
    "tables_head": Text("Tabeller", "Tables"),
    "take_away": Text("fjern", "remove"),
    "text": Text("Tekst", "Text"),
    "unfilter": Text("Vis alle", "Show all"),
    "until": Text("Gyldig til", "Valid until"),
    "used_in": Text("Bruges i", "Used in"),
    "used_in_tables": Text("Tabeller, der bruger den", "Tables that use it"),
    "valid_from": Text("Gyldig fra", "Valid from"),
    "what_now": Text("Hvad nu?", "What now?"),
    "when": Text("Hvornår", "When"),
    "meaning": Text("Betydning", "Meaning"),
    "whole": Text("Hent hele tabeller", "Download whole tables"),
    "whole_calendar": Text("Hele kalenderen", "The whole calendar"),
    "whole_caption": Text("Hele tabeller som filer", "Whole tables as files"),
    "whole_country": Text("Hele landet", "The whole country"),
    "whole_lead": Text(
        "Hver tabel som én fil med alle celler, i Parquet eller CSV.",
        "Each table as one file with every cell, as Parquet or CSV.",
    ),
    "whole_machine": Text(
        "Listen til maskiner, med udgivelse og kontrolsum:", "The list for machines, with release and hash:"
    ),
    "why_hidden": Text("Hvorfor vises nogle tal ikke?", "Why are some numbers not shown?"),
    "why_hidden_1": Text(
        "Et lille tal kan røbe noget om en bestemt person. Derfor vises det ikke. Nogle gange må også et "
        "større tal skjules, fordi det lille ellers kunne regnes ud.",
        "A small number could tell something about a particular person, so it is not shown. Sometimes a "
        "larger number must be hidden too, as the small one could be worked out from it.",
    ),
    "why_hidden_2": Text(
        "Det ses ikke, hvilken af grundene der gælder for en celle. Et skjult tal er skjult alle steder: på "
        "siderne, i filerne og i alle grænseflader.",
        "Which of the reasons applies to a cell cannot be seen. A hidden number is hidden everywhere: on the "
        "pages, in the files and through every interface.",
    ),
    "you_are_here": Text("Du er her", "You are here"),
    "zero": Text("Nul", "Zero"),
    "zero_when": Text("Der er ingen, eller tallet rundes til nul.", "There are none, or the number rounds to zero."),
}

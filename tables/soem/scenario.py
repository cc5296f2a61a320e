"""The files of `soem net`: counted estimates, the scenario, and the two answers (som.md §13)."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tables.soem.estimate import HEADER, LEAD
from tables.soem.files import Cell, Faults, number, read_sheet, whole
from tables.soem.net import Counted, Result, Scenario
from tables.soem.prices import PAYERS

ECONOMY: Final = ("outcome", "t", "aktoer", "pr_succesborger", "pr_deltager", "nutidsvaerdi_pr_deltager")
SHOWN: Final = 40  # characters of a wrong value that are told
KEYS: Final = ("deltagere", "effekt", "indsatspris", "rente")


@dataclass(frozen=True, slots=True)
class Estimates:
    """Counted rows of each group in the file's order, the group's largest t, and all consequences there are."""

    grouped: bool
    outcomes: frozenset[str]
    counted: Mapping[tuple[str, str], tuple[Counted, ...]]
    horizon: Mapping[tuple[str, str], int]


def read_estimates(path: Path) -> Estimates:
    """`medregnet` is trusted; a counted row without β or se is refused."""
    sheet = read_sheet(path)
    faults = Faults(sheet.name)
    grouped = sheet.header[:2] == LEAD
    for name in ("outcome", "t", "beta", "se", "medregnet"):
        if name not in sheet.header:
            faults.add(1, name, f"kolonnen mangler; filen skal være skrevet af soem estimate ({','.join(HEADER)})")
    faults.tell()
    counted: dict[tuple[str, str], list[Counted]] = {}
    horizon: dict[tuple[str, str], int] = {}
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        cells = dict(zip(sheet.header, row, strict=True))
        group = (cells["maalgruppe"], cells["aldersgruppe"]) if grouped else ("", "")
        t = whole(cells["t"])
        if t is None or t < 0:
            faults.add(line, "t", f"'{cells['t']}' er ikke et helt tal fra 0 og op")
            continue
        horizon[group] = max(t, horizon.get(group, 0))
        counted.setdefault(group, [])
        if cells["medregnet"] not in ("True", "False"):
            faults.add(line, "medregnet", f"'{cells['medregnet']}' er hverken True eller False")
        if cells["medregnet"] == "True":
            beta, se = number(cells["beta"]), number(cells["se"])
            for name, value in (("beta", beta), ("se", se)):
                if value is None:
                    faults.add(line, name, f"rækken er medregnet, men har {cells[name] or 'intet'} som {name}")
            counted[group].append(Counted(cells["outcome"], t, beta or 0.0, se or 0.0))
    faults.tell()
    outcomes = frozenset(sheet.column("outcome"))
    return Estimates(grouped, outcomes, {group: tuple(rows) for group, rows in counted.items()}, horizon)


def read_scenario(path: Path, *, grouped: bool) -> tuple[dict[str, Any], Scenario]:
    """The scenario as written and as a Scenario; raises BadInput naming the key."""
    faults = Faults(path.name)
    try:
        text = path.read_text(encoding="utf-8-sig")
        data = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        faults.add(0, "", f"filen er ikke gyldig JSON: {error}")
        faults.tell()
    if not isinstance(data, dict):
        faults.add(0, "", "filen skal være ét JSON-objekt")
        faults.tell()
    wanted = (*KEYS, *LEAD) if grouped else KEYS
    for key in data:
        if key not in wanted:
            faults.add(0, str(key), f"ukendt nøgle; kendte er {', '.join(wanted)}")
    for key in wanted:
        if key not in data:
            faults.add(0, key, "nøglen mangler")
    faults.tell()
    for key, wrong in check_numbers(data):
        faults.add(0, key, wrong)
    for key in LEAD if grouped else ():
        if not isinstance(data[key], str):
            faults.add(0, key, "skal være en tekst")
    faults.tell()
    cost = ((0, None, float(data["indsatspris"])),)
    return data, Scenario(int(data["deltagere"]), float(data["effekt"]), float(data["rente"]), cost)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("en nøgle står to gange; slet den ene")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} er ikke et tal")


def check_numbers(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is wrong with the four numbers of a scenario: (key, sentence)."""
    wrong: list[tuple[str, str]] = []
    for key in KEYS:
        value = data[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= sys.float_info.max:
            wrong.append((key, f"{json.dumps(value, ensure_ascii=False)[:SHOWN]} er ikke et endeligt tal"))
    if wrong:
        return wrong
    if data["deltagere"] < 0 or data["deltagere"] != int(data["deltagere"]):
        wrong.append(("deltagere", f"{data['deltagere']} skal være et helt tal fra 0 og op"))
    if not -1 <= data["effekt"] <= 1:
        wrong.append(("effekt", f"effekt skal være en andel mellem -1 og 1; mente du {_share(data['effekt'])}?"))
    if data["indsatspris"] < 0:
        wrong.append(("indsatspris", f"{data['indsatspris']} skal være 0 eller mere"))
    if data["rente"] <= -1:
        wrong.append(("rente", f"{data['rente']} skal være større end -1; skriv 3,5 pct. som 0.035"))
    return wrong


def _share(effect: float) -> str:
    """15 was meant as 0,15: the number a hundredth as large, in Danish."""
    return f"{effect / 100:.10g}".replace(".", ",")


def economy_rows(result: Result) -> list[list[Cell]]:
    return [[line.outcome, line.t, line.payer, line.success, line.participant, line.present] for line in result.lines]


def net_json(data: Mapping[str, Any], result: Result, effect: float) -> dict[str, Any]:
    """The answer of `soem net`, keys in the order of the contract."""
    warnings = [f"{outcome}: ingen pris" for outcome in result.without_price]
    if effect < 0:
        warnings.append("effekt er negativ")
    return {
        **data,
        "konsekvens_pr_deltager": {payer: result.by_payer[payer] for payer in PAYERS},
        "konsekvens_i_alt_pr_deltager": result.consequence,
        "nettoresultat_pr_deltager": result.net,
        "nettoresultat": result.net_total,
        "nettoresultat_hvis_aktoer_betaler": {payer: result.net_if_paid_by[payer] for payer in PAYERS},
        "effekt_balance": result.balance,
        "foerste_positive_aar": result.first_positive,
        "falder_igen": result.falls_again,
        "akkumuleret_pr_deltager": list(result.accumulated),
        "usikkerhed_se_pr_deltager": result.uncertainty,
        "advarsler": warnings,
    }


def json_bytes(data: Mapping[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def group_of(estimates: Estimates, data: Mapping[str, Any], name: str) -> tuple[str, str]:
    """The group a scenario asks for; raises BadInput where the estimates have no such group."""
    group = (data["maalgruppe"], data["aldersgruppe"]) if estimates.grouped else ("", "")
    if group not in estimates.horizon:
        faults = Faults(name)
        known: Sequence[str] = [" ".join(pair) for pair in estimates.horizon]
        faults.add(0, "maalgruppe", f"{' '.join(group)} er ikke i estimaterne; kendte er {', '.join(known)}")
        faults.tell()
    return group

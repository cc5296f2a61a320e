"""The four published tables of the knowledge base: their cubes, and the years in their table.yaml (som.md §10)."""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from tables.catalog import Classification, read_classification
from tables.errors import BadInput, Fault
from tables.model import Status
from tables.soem.cells import background_rows, estimate_rows, impossible, mean_rows, price_rows, told_beside
from tables.soem.estimate import Estimate
from tables.soem.panel import Panel
from tables.soem.prices import Price
from tables.soem.settings import PACKAGED, Settings
from tables.yamlfile import parse, read

TABLES: Final = ("SOEM01", "SOEM02", "SOEM03", "SOEM04")
LISTS: Final = {"maalgrupper": "maalgruppe", "konsekvenser": "konsekvens", "soembaggrund": "variabel"}
TIME: Final = re.compile(r"(\btime:\s*)[^}#]*?(\s*(?:[}#].*)?)$")
_YEAR: Final = re.compile(r"[12]\d{3}")

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Results:
    """All that is published of one estimation; `source` names the panel's file, `adult`: by the rules of adults."""

    source: str
    panel: Panel
    estimates: Sequence[Estimate]
    prices: Mapping[str, Price]
    settings: Settings
    adult: bool = False


def publish(library: Path, results: Results) -> dict[Path, bytes]:
    """The files of the four folders, with their cubes, as they are to stand in a library.

    What is hand-written there stays but for the years; a missing table.yaml or classification becomes ours.
    Raises BadInput for a panel without target groups, a code without a text or a price without a year.
    """
    if not results.panel.grouped:
        what = "kolonnen mangler; kun et panel, der begynder med den, kan udgives. Tilføj den, eller udelad --library"
        raise BadInput([Fault(results.source, 1, "maalgruppe", what)])
    lists = {name: read_classification(_source(library, f"classifications/{name}.yaml")) for name in LISTS}
    _check(results, lists)
    model = results.settings.model_year
    years = sorted({price.year for price in _used(results)})
    files = {
        library / "classifications" / f"{name}.yaml": (PACKAGED / "classifications" / f"{name}.yaml").read_bytes()
        for name in LISTS
        if not (library / "classifications" / f"{name}.yaml").is_file()
    }
    for table, rows in _cubes(results, lists, _below(_source(library, "SOEM01/table.yaml"))).items():
        periods = ", ".join(years) if table == "SOEM03" else model
        files[library / table / "table.yaml"] = _timed(_source(library, f"{table}/table.yaml"), periods)
        files[library / table / "cube.parquet"] = _parquet(rows)
    return files


def _source(library: Path, name: str) -> Path:
    own = library / name
    return own if own.is_file() else PACKAGED / name


def _below(path: Path) -> int:
    """The threshold that the rules of the table state."""
    data: Any = read(path, path.name).data
    return next(int(rule["below"]) for rule in data["disclosure"] if rule["method"] == "estimate")


def _cubes(results: Results, lists: Mapping[str, Classification], below: int) -> dict[str, list[Row]]:
    panel, settings = results.panel, results.settings
    groups = lists["maalgrupper"].codes("maalgruppe")
    questions = {row["code"]: row["question"] for row in lists["soembaggrund"].rows if row.get("question")}
    beside = told_beside(panel, below)
    outcomes = _named(panel, "konsekvens")
    background = _named(panel, "baggrund")
    years = [str(t) for t in range(2, settings.horizon + 1)]
    none = [
        {"MAALGRUPPE": group, "ALDERSGRUPPE": ages, "KONSEKVENS": outcome, "T": t}
        for group, ages in impossible(groups, settings)
        for outcome in outcomes
        for t in years
    ]
    without = [
        {"MAALGRUPPE": group, "ALDERSGRUPPE": ages, "VARIABEL": variable}
        for group, ages in impossible(groups, settings)
        for variable in background
    ]
    cubes = {
        "SOEM01": estimate_rows(results.estimates, beside, frozenset(results.prices), adult=results.adult)
        + _empty(none, "beta se p n n_succes medregnet grund"),
        "SOEM02": background_rows(panel, background, questions, below)
        + _empty(without, "gns_succes gns_ikke forskel p n_succes n_ikke mangler_succes mangler_ikke"),
        "SOEM04": mean_rows(results.estimates, beside) + _empty(none, "gns_succes gns_ikke k"),
    }
    dated = {table: [{**row, "Tid": settings.model_year} for row in rows] for table, rows in cubes.items()}
    return {**dated, "SOEM03": price_rows(_used(results))}


def _named(panel: Panel, role: str) -> list[str]:
    return [column.name for column in panel.catalogue if column.role == role]


def _used(results: Results) -> list[Price]:
    """Prices of what is estimated, in the order of the catalogue."""
    return [results.prices[name] for name in _named(results.panel, "konsekvens") if name in results.prices]


def _empty(places: Sequence[Mapping[str, object]], measures: str) -> list[Row]:
    """Cells that cannot be."""
    status = {f"{measure}.status": int(Status.NOT_APPLICABLE) for measure in measures.split()}
    return [{**place, **status} for place in places]


def _check(results: Results, lists: Mapping[str, Classification]) -> None:
    """Every code of the panel has a text in the library, and every price a year."""
    panel = results.panel
    used = {
        "maalgrupper": [group.target_group or "" for group in panel.groups],
        "konsekvenser": _named(panel, "konsekvens"),
        "soembaggrund": _named(panel, "baggrund"),
    }
    faults = [
        Fault(
            f"classifications/{name}.yaml", 0, LISTS[name], f"'{code}' i panelet mangler; skriv den ind med sin tekst"
        )
        for name, codes in used.items()
        for code in dict.fromkeys(codes)
        if code not in lists[name].codes(LISTS[name])
    ]
    faults += [
        Fault("priser", 0, "prisaar", f"'{price.year}' for {price.outcome} er ikke et årstal")
        for price in _used(results)
        if not _YEAR.fullmatch(price.year)
    ]
    if not _used(results):
        faults.append(Fault("priser", 0, "outcome", "ingen af panelets konsekvenser har en pris; skriv mindst én"))
    if faults:
        raise BadInput(faults)


def _timed(path: Path, periods: str) -> bytes:
    """table.yaml with these periods; nothing else of it changes."""
    text = path.read_text("utf-8")
    document = parse(text, path.name)
    dimensions = document.data["dimensions"] if isinstance(document.data, dict) else []
    place = next(at for at, dimension in enumerate(dimensions) if isinstance(dimension, dict) and "time" in dimension)
    line = document.line(("dimensions", place, "time")) - 1
    lines = text.splitlines(keepends=True)
    ending = lines[line][len(lines[line].rstrip("\r\n")) :]
    lines[line] = TIME.sub(rf'\g<1>"{periods}"\g<2>', lines[line].rstrip("\r\n"), count=1) + ending
    return "".join(lines).encode()


def _parquet(rows: Iterable[Row]) -> bytes:
    """Rows that lack a column have none there."""
    listed = list(rows)
    names = list(dict.fromkeys(name for row in listed for name in row))
    columns = {}
    for name in names:
        values = [row.get(name) for row in listed]
        if name.endswith(".status"):
            columns[name] = pa.array(values, pa.uint8())
        else:
            columns[name] = pa.array(values, None if any(value is not None for value in values) else pa.float64())
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, compression="zstd")
    return out.getvalue()

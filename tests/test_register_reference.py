"""Random registers full of dirt, counted by a plain loop over persons and by the build: no cell may differ."""

import csv
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tables.catalog import read_library
from tables.register import build

LIBRARY = Path(__file__).resolve().parents[1] / "tables" / "library"
KOMMUNER = ("101", "147", "270", "825", "813", "461", "411", "")
FOREVER = date(9999, 12, 31)
MEASURES = ("405", "408", "420", "213", "422", "217", "220", "499", "269", "231", "463", "6")
BASES = ("101", "104", "99", "114", "9")
APPROVED = {
    ("270", 2020): "fjernet",
    ("825", 2019): "indberetter via 813",
    ("825", 2020): "indberetter via 813",
    ("813", 2020): "fjernet",
    ("147", 2021): "indberetter via 101",
    ("461", 2021): "ikke godkendt",
}
Row = dict[str, str]
Cells = dict[tuple[str, ...], int]
Persons = dict[tuple[str, ...], set[str]]
Tally = Callable[[tuple[str, ...], str], None]


@dataclass(frozen=True)
class Episode:
    pid: str
    kommune: str
    code: str
    since: date
    until: date
    placement: bool


def written(day: date | None) -> str:
    return day.isoformat() if day else ""


def reports(rng: random.Random, *, placements: bool) -> Iterator[Row]:
    births = {pid: date(1996, 1, 1) + timedelta(rng.randrange(9500)) for pid in range(60)}
    for number in range(1, 400):
        pid = rng.randrange(60)
        start = date(2009, 6, 1) + timedelta(rng.randrange(5700))
        end = start + timedelta(rng.choice((-1, 0, 30, 200, 900))) if rng.random() < 0.8 else None
        parent = not placements and rng.random() < 0.1
        yield {
            "id": str(number),
            "pid": f"P{pid}",
            "cpr_gyldig": "1" if rng.random() < 0.97 else "",
            "foedselsdato": rng.choice((written(births[pid]),) * 12 + ("", "2010-02-30", "2003-07-01")),
            "koen": rng.choice("MMMKKK") if pid % 7 else "",
            "handlekommune": rng.choice(KOMMUNER),
            "indsats" if not placements else "grundlag": rng.choice(BASES if placements else MEASURES),
            "startdato": written(start) if rng.random() < 0.98 else "x",
            "slutdato": written(end),
            "paa_foraelder": str(int(parent)),
            "indberettet": rng.choice(("", "2024-01-01", written(start + timedelta(rng.randrange(99))))),
        }


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def turned_23(birth: date) -> date:
    return date(birth.year + 23, 3, 1) if (birth.month, birth.day) == (2, 29) else birth.replace(year=birth.year + 23)


class Reference:
    """Domain §4.4 and §5 as a loop, written from the text alone."""

    def __init__(self, measures: list[Row], placements: list[Row]) -> None:
        library = read_library(LIBRARY)
        self.measures, self.lines, self.areas = (
            library.classifications[name] for name in ("indsatser", "foranstaltninger", "omraade")
        )
        kept = [(row, False) for row in self.kept(measures, "indsats")]
        kept += [(row, True) for row in self.kept(placements, "grundlag")]
        self.sex, self.birth = self.told(kept, "koen"), self.told(kept, "foedselsdato")
        self.episodes = list(self.linked(kept))

    def rule(self, row: Row, column: str) -> bool:
        """Whether the row has an error."""
        start, end, birth = day(row["startdato"]), day(row["slutdato"]), day(row["foedselsdato"])
        code, parent = row[column], column == "indsats" and row["paa_foraelder"] == "1"
        if row["cpr_gyldig"] != "1" or start is None or (end and end < start):
            return True
        used, level = (self.measures, "paragraf") if column == "indsats" else (self.lines, "grundlag")
        if code not in used.codes(level):
            return True
        about = used.row(code)
        unborn = about.get("unborn") == "1"
        new = about["bl"] and not about["sel"] if column == "indsats" else int(about["since"]) > 2011
        if (about.get("lbu") and start < date(2020, 1, 1)) or (new and start < date(int(about["since"]), 1, 1)):
            return True
        if about["until"] and start > date(int(about["until"]), 12, 31):
            return True
        return bool(birth and not parent and ((start < birth and not unborn) or start >= turned_23(birth)))

    def kept(self, rows: list[Row], column: str) -> Iterable[Row]:
        latest: dict[tuple[str, ...], Row] = {}
        for row in sorted(rows, key=lambda row: (day(row["indberettet"]) or date.min, int(row["id"]))):
            if not self.rule(row, column):
                latest[row["pid"], row["handlekommune"], row[column], row["startdato"]] = row
        return latest.values()

    def told(self, kept: list[tuple[Row, bool]], column: str) -> Row:
        found: Row = {}
        order = sorted(kept, key=lambda it: (day(it[0]["indberettet"]) or date.min, not it[1], int(it[0]["id"])))
        for row, placement in order:
            filled = row[column] in ("M", "K") if column == "koen" else day(row[column]) is not None
            if filled and (placement or row["paa_foraelder"] != "1"):
                found[row["pid"]] = row[column]
        return found

    def linked(self, kept: list[tuple[Row, bool]]) -> Iterator[Episode]:
        apart: dict[tuple[object, ...], list[tuple[date, date]]] = defaultdict(list)
        for row, placement in kept:
            if placement or row["paa_foraelder"] != "1":
                code = row["grundlag" if placement else "indsats"]
                key = (row["pid"], row["handlekommune"], code, placement)
                apart[key].append((day(row["startdato"]) or FOREVER, day(row["slutdato"]) or FOREVER))
        for (pid, kommune, code, placement), spans in apart.items():
            joined: list[tuple[date, date]] = []
            for start, end in sorted(spans):
                if joined and (joined[-1][1] == FOREVER or start <= joined[-1][1] + timedelta(1)):
                    joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
                else:
                    joined.append((start, end))
            birth = day(self.birth.get(str(pid), ""))
            for start, end in joined:
                last = min(end, turned_23(birth) - timedelta(1)) if birth else end
                if start <= last:
                    yield Episode(str(pid), str(kommune), str(code), start, last, bool(placement))

    def under(self, kommune: str, year: int) -> str | None:
        if kommune not in self.areas.codes("kommune") or kommune == "411":
            return ""
        status = APPROVED.get((kommune, year), "")
        other = status.removeprefix("indberetter via ") if status.startswith("indberetter") else kommune
        return None if "fjernet" in (status, APPROVED.get((other, year))) else other

    def counted(self, code: str, year: int) -> str:
        row = self.measures.row(code)
        return row["successor"] if row["until"] and year > int(row["until"]) else code

    def age(self, pid: str, last: date) -> str:
        birth = day(self.birth.get(pid, ""))
        if birth is None:
            unborn = (it for it in self.episodes if it.pid == pid and it.placement and it.code in ("114", "115"))
            return "0005" if any(it.since <= last <= it.until for it in unborn) else "999"
        years = last.year - birth.year
        return "0005" if years < 6 else "0611" if years < 12 else "1217" if years < 18 else "1800"

    def cells(self) -> Cells:
        """Measures and children by cell; the children behind measures under the name of the table with a star."""
        found: Cells = defaultdict(int)
        persons: Persons = defaultdict(set)

        def tally(key: tuple[str, ...], pid: str) -> None:
            found[key] += 1
            persons[(f"{key[0]}*", *key[1:])].add(pid)

        for year in range(2011, 2025):
            first, last = date(year, 1, 1), date(year, 12, 31)
            for it in self.episodes:
                kommune = self.under(it.kommune, year)
                if it.since > last or it.until < first or kommune is None:
                    continue
                self.active(it, kommune, year, tally, persons)
                if it.until >= last:
                    self.standing(it, kommune, last, tally, persons)
        return dict(found) | {key: len(pids) for key, pids in persons.items()}

    def active(self, it: Episode, kommune: str, year: int, tally: Tally, persons: Persons) -> None:
        if it.placement or not kommune or year < 2015:
            return
        code = self.counted(it.code, year)
        group = self.measures.row(code)["parent"]
        for area in ("000", kommune):
            for line in (code, group, "3"):
                tally(("ISBU01", area, line, "", "", str(year)), it.pid)
                persons["ISBU02", area, "2" if line == "3" else line, "", "", str(year)].add(it.pid)
        if it.since.year == year:
            for area in ("000", self.areas.row(kommune)["parent"]):
                for line in (group, "4"):
                    tally(("ISBU03", area, line, "", "", str(year)), it.pid)

    def standing(self, it: Episode, kommune: str, last: date, tally: Tally, persons: Persons) -> None:
        year, age, sex = str(last.year), self.age(it.pid, last), self.sex.get(it.pid, "9")
        code = it.code if it.placement else self.counted(it.code, last.year)
        landsdel = self.areas.row(kommune)["parent"] if kommune else "99"
        early = last.year <= 2018
        if it.placement:
            children, measured = ["1", "9", code, *(["8"] if early else [])], []
        else:
            direction = self.measures.row(code)["direction"]
            leaf = [code] if code in self.lines.codes() else []
            children = ["1", "2", *leaf, *((["5", "8"] if direction == "P" else ["7"]) if early else [])]
            measured = ["3", *((["4"] if direction == "P" else ["6"]) if early else [])]
        for area in ("000", landsdel):
            for a in ("IALT", age):
                for s in ("TOT", sex):
                    for line in children:
                        persons["BU04A", area, line, a, s, year].add(it.pid)
                    for line in measured:
                        tally(("BU04A", area, line, a, s, year), it.pid)
                    if kommune and not it.placement and last.year >= 2015:
                        own = {"TOT": "0", "M": "D", "K": "P", "9": "9"}[s]
                        for line in ("3", self.measures.row(code)["parent"]):
                            tally(("ISBU04", area, line, a, own, year), it.pid)
        if kommune and last.year >= 2015 and age != "999":
            for area in ("000", kommune):
                for a in ("TOT22", "1822" if age == "1800" else "9917"):
                    for line in ("IALT", "ANBR" if it.placement else "FORB"):
                        persons["BU43", area, line, a, "", year].add(it.pid)


def built(folder: Path) -> Cells:
    found: Cells = {}
    axes = {
        "ISBU01": ("KOMMUNEDK", "INDSATSER", None, None),
        "ISBU02": ("KOMMUNEDK", "INDSATSER", None, None),
        "ISBU03": ("LANDSDEL", "INDSATSER", None, None),
        "ISBU04": ("LANDSDEL", "INDSATSER", "ALDER", "KØN"),
        "BU04A": ("OMRÅDE", "FORAN", "ALDER", "KØN"),
        "BU43": ("OMRÅDE", "FORANSTALT", "ALDER", None),
    }
    for table, names in axes.items():
        measure = {"ISBU02": "boern", "BU04A": "antal", "BU43": "boern"}.get(table, "indsatser")
        for row in pq.read_table(folder / table / "cube.parquet").to_pylist():
            if row[measure]:
                cell = (*(row[name] if name else "" for name in names), row["Tid"])
                found[(table, *cell)] = row[measure]
                if "personer" in row and not (table == "BU04A" and cell[1] not in ("3", "4", "6")):
                    found[(f"{table}*", *cell)] = row["personer"]
                elif "personer" in row:
                    assert row["personer"] == row[measure]
    return found


def write(path: Path, rows: list[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_the_build_counts_what_a_plain_loop_counts(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    measures, placements = list(reports(rng, placements=False)), list(reports(rng, placements=True))
    approvals = [{"kommune": kommune, "aar": str(year), "status": it} for (kommune, year), it in APPROVED.items()]
    areas = ["000", *(code for code in read_library(LIBRARY).classifications["omraade"].codes("kommune"))]
    population = [
        {"aar": str(year), "kode": code, "a9917": "900", "a1822": "100", "tot22": "1000"}
        for year in range(2015, 2025)
        for code in areas
    ]

    build(
        LIBRARY,
        register=write(tmp_path / "register.csv", measures),
        placements=write(tmp_path / "placements.csv", placements),
        approvals=write(tmp_path / "godkendelser.csv", approvals),
        population=write(tmp_path / "population.csv", population),
        out=tmp_path / "out",
    )

    expected = Reference(measures, placements).cells()
    assert len(expected) > 5000
    assert built(tmp_path / "out") == expected

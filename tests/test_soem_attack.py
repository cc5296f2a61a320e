"""What a reader can work out of the investment model's tables with their public answers alone (disclosure §2)."""

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from scipy.optimize import linprog
from scipy.special import betainc

import tables
from service import create_app
from service.cli import main
from service.settings import Settings
from tables.bank import Bank
from tables.release import release

OPENING = datetime(2025, 5, 28, 6, 0, tzinfo=UTC)
pytestmark = pytest.mark.slow  # three banks are made, released and asked
SOEM = ("SOEM01", "SOEM02", "SOEM03", "SOEM04")
SIDES = ("succes", "ikke")
AGES = range(6, 14)
WINDOWS = {"inst_dage": (0, 17), "loen_uger": (18, 99), "efterv_pleje": (18, 22), "prak_laege": (0, 99)}
QUESTIONS = (("mor_arbejdsloes", "mor_dagpenge", "mor_overfoersel"), ("far_videregaaende", "far_erhverv"))
BACKGROUND = ("alder", "mor_indkomst_ln", *QUESTIONS[0], *QUESTIONS[1])
BELOW = 5
Row = Mapping[str, str | float | None]


def panel() -> Iterator[list[object]]:
    """Traps: three of 12 with success, two of them gone from t = 6, two mothers in work, two fathers with a trade."""
    random = np.random.default_rng(11)
    for pid in range(120):
        d = pid % 2
        age = 12 if pid in (1, 3, 5) or (d == 0 and pid < 60) else 13
        mother = -1 if pid in (0, 2) else pid // 2 % 3  # without success only two are the reference: in work
        father = 1 if pid in (7, 9) else 0 if d else pid // 2 % 4 - 2  # with success nobody is the reference
        told = [age, "" if pid in (1, 3, 8) else round(float(random.normal(12, 0.5)), 4)]
        told += [int(mother == place) for place in range(3)] + [int(father == place) for place in range(2)]
        for t in range(11):
            if t > 5 and pid in (21, 23):
                continue
            figures = [max(0, round(float(random.normal(30 - 12 * d * (t > 1), 9)))) for _ in WINDOWS]
            yield ["M3", pid, t, 2006, d, *(told if t == 0 else [""] * len(told)), *figures]


def bank(folder: Path, changed: Callable[[str], str]) -> FlaskClient:
    """The four tables, released by their own rules, or by rules that are changed."""
    shutil.copytree(Path(tables.__file__).parent / "library", folder / "library")
    with (folder / "panel.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["maalgruppe", "pid", "t", "aar0", "d", *BACKGROUND, *WINDOWS])
        writer.writerows(panel())
    roles = [f"{name},baggrund,,\n" for name in BACKGROUND]
    roles += [f"{name},konsekvens,{low or ''},{high if high < 99 else ''}\n" for name, (low, high) in WINDOWS.items()]
    (folder / "katalog.csv").write_text("kolonne,rolle,alder_fra,alder_til\n" + "".join(roles), encoding="utf-8")
    prices = "".join(f"{name},udgift,x,100,0,0,2016,100,104\n" for name in WINDOWS)
    head = "outcome,type,enhed,kommune,region,stat,prisaar,npi_fra,npi_til\n"
    (folder / "priser.csv").write_text(head + prices, encoding="utf-8")
    words = ["soem", "estimate", folder / "panel.csv", "--catalogue", folder / "katalog.csv", "--out", folder / "e.csv"]
    words += ["--library", folder / "library", "--prices", folder / "priser.csv"]
    assert CliRunner().invoke(main, [str(word) for word in words]).exit_code == 0
    for table in SOEM:
        path = folder / "library" / table / "table.yaml"
        path.write_text(changed(path.read_text("utf-8")), "utf-8")
    before, after = OPENING - timedelta(hours=1), OPENING + timedelta(hours=1)
    release(
        folder / "library", folder / "bank", SOEM, at="2025-05-28 08:00", clock=lambda: before, rehearse=lambda *_: None
    )
    opened = Bank(folder / "bank", clock=lambda: after)
    opened.refresh()
    return create_app(opened, Settings(bank=folder / "bank")).test_client()


class Reader:
    """All cells of the target group, as anybody may ask for them; what has no number is None."""

    def __init__(self, client: FlaskClient) -> None:
        asked = "MAALGRUPPE=M3&ALDERSGRUPPE=6-13&ContentsCode=*"
        self.years = {(str(row["KONSEKVENS"]), int(str(row["T"]))): row for row in self._rows(client, "SOEM01", asked)}
        for row in self._rows(client, "SOEM04", asked):
            place = (str(row["KONSEKVENS"]), int(str(row["T"])))
            self.years[place] = {**row, **self.years[place]}
        self.background = {str(row["VARIABEL"]): row for row in self._rows(client, "SOEM02", asked)}
        self.all = {side: self._everyone(side) for side in SIDES}

    @staticmethod
    def _rows(client: FlaskClient, table: str, asked: str) -> Iterator[Row]:
        more = "KONSEKVENS=*&T=*" if table != "SOEM02" else "VARIABEL=*"
        lines = client.get(f"/en/table/{table}.ndjson?{asked}&{more}&Tid=*").text.splitlines()
        found: dict[tuple[str, ...], dict[str, str | float | None]] = {}
        for told in map(json.loads, lines):
            codes = {key: told[key] for key in ("KONSEKVENS", "T", "VARIABEL") if key in told}
            found.setdefault(tuple(codes.values()), dict(codes))[told["ContentsCode"]] = told["value"]
        yield from found.values()

    def _everyone(self, side: str) -> float:
        """Known and missing make up all children, for every characteristic."""
        pairs = ((row[f"n_{side}"], row[f"mangler_{side}"]) for row in self.background.values())
        return max(float(known) + float(missing) for known, missing in pairs if None not in (known, missing))  # type: ignore[arg-type]

    def count(self, outcome: str, t: int, side: str) -> float | None:
        row = self.years.get((outcome, t), {})
        n, success = row.get("n"), row.get("n_succes")
        if n is None or success is None:
            return None
        return float(success) if side == "succes" else float(n) - float(success)


def small(count: float | None) -> bool:
    return count is not None and 0 < round(count) < BELOW


def lost(reader: Reader) -> Iterator[str]:
    """All children less those who are counted."""
    for outcome, t in reader.years:
        for side in SIDES:
            counted = reader.count(outcome, t, side)
            if counted is not None and small(reader.all[side] - counted):
                yield f"{reader.all[side]} - n of {outcome}, t = {t}, {side}"


def ages(reader: Reader) -> Iterator[str]:
    """The least and the most that children of some ages can count, by all counts of the year."""
    for t in range(2, 11):
        for side in SIDES:
            known = {name: reader.count(name, t, side) for name in WINDOWS}
            shown = {name: count for name, count in known.items() if count is not None}
            lines = [[float(low <= age + t <= high) for age in AGES] for low, high in (WINDOWS[name] for name in shown)]
            sets = {
                tuple(float((low <= age + t <= high) != turned) for age in AGES)
                for low, high in (*WINDOWS.values(), (23, 99), (18, 99))
                for turned in (False, True)
            }
            for wanted in sets:
                least, most = (bound(wanted, lines, list(shown.values()), reader.all[side], way) for way in (1, -1))
                hidden = any(tuple(map(float, line(name, t))) == wanted and known[name] is None for name in WINDOWS)
                if 0 < most < BELOW and (least > 0 or hidden):
                    yield f"ages {wanted}, t = {t}, {side}: {least} to {most}"


def line(outcome: str, t: int) -> list[bool]:
    low, high = WINDOWS[outcome]
    return [low <= age + t <= high for age in AGES]


def bound(wanted: tuple[float, ...], lines: list[list[float]], counts: list[float], everyone: float, way: int) -> int:
    found = linprog(
        way * np.array(wanted),
        A_ub=[[1.0] * len(AGES)],
        b_ub=[everyone],
        A_eq=lines or None,
        b_eq=counts or None,
    )
    return round(way * float(found.fun))


def reference(reader: Reader) -> Iterator[str]:
    """What the shown answers to a question leave for those that are not shown."""
    for side in SIDES:
        for question in QUESTIONS:
            rows = [reader.background[name] for name in question]
            known = next((row[f"n_{side}"] for row in rows if row[f"n_{side}"] is not None), None)
            if known is None:
                continue
            means = [row[f"gns_{side}"] for row in rows]
            left = float(known) * (1 - sum(float(mean) for mean in means if mean is not None))
            hidden = means.count(None)
            if small(left - max(hidden - 1, 0)):
                yield f"{left} of {side} are left of {question}, {hidden} hidden"


def from_p(reader: Reader) -> Iterator[str]:
    """The numbers of children at which the estimate and its error give just this p."""
    for (outcome, t), row in reader.years.items():
        beta, se, p, k = (row.get(name) for name in ("beta", "se", "p", "k"))
        if row.get("n") is not None or None in (beta, se, p, k) or not 1e-5 < float(str(p)) < 0.99:
            continue
        ratio = float(str(beta)) / float(str(se))
        freedom = np.arange(10, 400)
        fits = np.abs(betainc(freedom / 2, 0.5, freedom / (freedom + ratio**2)) - float(str(p))) < 2e-6
        if fits.any() and np.ptp(freedom[fits]) < BELOW:
            yield f"n of {outcome}, t = {t} is near {freedom[fits][0] + float(str(k))}"


def beside(reader: Reader) -> Iterator[str]:
    """A mean from the other and the difference, or a number of children from a mean of few decimals."""
    for name, row in reader.background.items():
        parts = [row["gns_succes"], row["gns_ikke"], row["forskel"]]
        if parts.count(None) == 1:
            yield f"mean of {name}"
    for place, row in reader.years.items():
        if row["n"] is None and any(row.get(f"gns_{side}") is not None for side in SIDES):
            yield f"n from a mean of {place}"


ATTACKS = {"lost": lost, "ages": ages, "reference": reference, "from_p": from_p, "beside": beside}


def found(client: FlaskClient) -> dict[str, list[str]]:
    reader = Reader(client)
    return {name: list(attack(reader)) for name, attack in ATTACKS.items()}


def test_nothing_small_can_be_worked_out(tmp_path: Path) -> None:
    client = bank(tmp_path, lambda text: text)

    assert found(client) == {name: [] for name in ATTACKS}
    reader = Reader(client)
    shown = [reader.years[name, t].get("n") is not None for name in WINDOWS for t in range(2, 11)]
    assert sum(shown) >= len(shown) / 2
    assert sum(row["gns_succes"] is not None for row in reader.background.values()) >= len(BACKGROUND) - 4


def test_small_counts_hidden_alone_are_worked_out(tmp_path: Path) -> None:
    """The attack is worth its name: with the counts that are small themselves hidden, and no other, it finds all."""

    def primary(text: str) -> str:
        spare = re.search(r"code: (medregnet|k|forskel)\n", text)
        return re.sub(r"(count: (?:nabo|tabt_\w+|rest_\w+), hides: )\[.*?\]", rf"\1[{spare[1] if spare else ''}]", text)

    told = found(bank(tmp_path, primary))

    assert all(told[name] for name in ("lost", "ages", "reference"))


def test_counts_hidden_without_their_p_and_means_are_worked_out(tmp_path: Path) -> None:
    def without(text: str) -> str:
        return text.replace("[n, n_succes, p]", "[n, n_succes]").replace(
            "hides: [gns_succes, gns_ikke]", "hides: [gns_succes]"
        )

    told = found(bank(tmp_path, without))

    assert told["from_p"]
    assert told["beside"]

"""What a worker counts, and the sums over all workers of the host in the text Prometheus reads (operations §11).

A worker writes its counts to a file of its own each second, so that they outlive it. Nobody adds up gauges.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import Final, Literal

FOLDER: Final = "counts"
SECONDS: Final = (0.005, 0.02, 0.1, 0.5, 2.0, 10.0)
CELLS: Final = (1, 100, 1_000, 10_000, 100_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Metric:
    """`labels` by name, in the order they are counted with; `most`: of a gauge over workers the least or the most."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    about: str
    labels: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()
    over: Literal["least", "most", "sum"] = "sum"


METRICS: Final = (
    Metric("statbank_requests_total", "counter", "Requests answered.", ("route", "status")),
    Metric("statbank_answers_total", "counter", "Answers of figures.", ("table", "format", "route")),
    Metric("statbank_not_modified_total", "counter", "Answers the caller had already."),
    Metric("statbank_refusals_total", "counter", "Refusals by their reason; Busy and Timeout among them.", ("reason",)),
    Metric("statbank_sent_bytes_total", "counter", "Bytes of bodies."),
    Metric("statbank_seconds", "histogram", "Seconds from the request to the last byte.", bounds=SECONDS),
    Metric("statbank_cells", "histogram", "Cells of answers of figures.", bounds=CELLS),
    Metric("statbank_bank_errors_total", "counter", "Looks at the bank that failed."),
    Metric("statbank_applied_seq", "gauge", "Number of the newest act in force.", over="least"),
    Metric("statbank_polled", "gauge", "When the bank was last seen whole, by the host's own clock.", over="least"),
    Metric("statbank_flip_late_seconds", "gauge", "How late the newest act in force was learnt.", over="most"),
    Metric("statbank_worker_bytes", "gauge", "Memory of all workers."),
)
BY_NAME: Final = {metric.name: metric for metric in METRICS}
Labels = tuple[str, ...]
Series = Mapping[tuple[str, Labels], float]


class Counts:
    """Of one worker. `add` is cheap; `write` is called by whoever watches."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache / FOLDER
        self._found: dict[tuple[str, Labels], float] = {}
        self._lock = Lock()

    def add(self, name: str, labels: Labels = (), by: float = 1) -> None:
        with self._lock:
            self._found[name, labels] = self._found.get((name, labels), 0) + by

    def put(self, name: str, value: float) -> None:
        with self._lock:
            self._found[name, ()] = value

    def observe(self, name: str, value: float) -> None:
        """Of a histogram: the first bound that holds the value is counted, and the sum of values."""
        bound = next((f"{each:g}" for each in BY_NAME[name].bounds if value <= each), "+Inf")
        with self._lock:
            self._found[name, (bound,)] = self._found.get((name, (bound,)), 0) + 1
            self._found[name, ()] = self._found.get((name, ()), 0) + value

    def write(self) -> None:
        with self._lock:
            found = [[name, labels, value] for (name, labels), value in self._found.items()]
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = self._folder / f"{os.getpid()}.aside"
        aside.write_text(json.dumps(found), encoding="utf-8")
        aside.replace(aside.with_suffix(".json"))

    def text(self) -> str:
        """Of all workers; a gauge of one that has died is not told."""
        self.write()
        return exposed(_together(self._folder))


def clear(cache: Path) -> None:
    """Before the first worker starts: counts begin at nothing."""
    for path in (cache / FOLDER).glob("*.json"):
        path.unlink(missing_ok=True)


def exposed(series: Series) -> str:
    return "".join(f"{line}\n" for metric in METRICS for line in _metric(metric, series))


def written(value: float) -> str:
    """Every digit: a difference of two large counts must stay one."""
    return f"{value:.15g}"


def _metric(metric: Metric, series: Series) -> Iterator[str]:
    mine = {labels: value for (name, labels), value in sorted(series.items()) if name == metric.name}
    yield f"# HELP {metric.name} {metric.about}"
    yield f"# TYPE {metric.name} {metric.kind}"
    if metric.kind != "histogram":
        for labels, value in mine.items():
            yield f"{metric.name}{_labelled(zip(metric.labels, labels, strict=True))} {written(value)}"
        return
    bounds = [*(f"{bound:g}" for bound in metric.bounds), "+Inf"]
    counts = list(accumulate(mine.get((bound,), 0) for bound in bounds))
    for bound, count in zip(bounds, counts, strict=True):
        yield f'{metric.name}_bucket{{le="{bound}"}} {written(count)}'
    yield f"{metric.name}_sum {written(mine.get((), 0))}"
    yield f"{metric.name}_count {written(counts[-1])}"


def _labelled(pairs: Iterable[tuple[str, str]]) -> str:
    inside = ",".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in pairs)
    return f"{{{inside}}}" if inside else ""


def _together(folder: Path) -> Series:
    found: dict[tuple[str, Labels], float] = {}
    for path in sorted(folder.glob("*.json")):
        living = Path(f"/proc/{path.stem}").exists()
        for name, labels, value in json.loads(path.read_text(encoding="utf-8")):
            key = (name, tuple(labels))
            metric = BY_NAME[name]
            if metric.kind != "gauge" or metric.over == "sum":
                found[key] = found.get(key, 0) + (value if living or metric.kind != "gauge" else 0)
            elif living:
                found[key] = {"least": min, "most": max}[metric.over](found.get(key, value), value)
    return found

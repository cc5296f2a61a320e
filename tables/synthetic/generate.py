"""Plays the years and writes the register they leave behind."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from tables.synthetic.episodes import World, places, play
from tables.synthetic.files import Generated, write_approvals, write_measures, write_placements, write_population
from tables.synthetic.parameters import read_kommuner, read_model, read_population
from tables.synthetic.people import People, day
from tables.synthetic.reports import NO_DAY, Reports, collect, report

LAST = 2024  # the last year of the demo's figures
Progress = Callable[[str, float], None]  # what is being done, and the share done


def generate(
    out: Path,
    *,
    library: Path,
    last: int = LAST,
    seed: int | None = None,
    scale: float = 1.0,
    progress: Progress | None = None,
) -> Generated:
    """Writes register.csv, placements.csv, godkendelser.csv and population.csv; the same bytes from the same arguments.

    A year more adds reports and changes nothing that is counted of earlier years. `scale` is the share of starts made.
    """
    model, kommuner = read_model(seed), read_kommuner(library)
    seed = int(model["seed"])
    first = int(model["first"])
    people = People()
    world = World(model, places(np.random.default_rng([seed, 0]), model, kommuner), people, scale)
    measures: list[Reports] = []
    placements: list[Reports] = []
    for year in range(first, last + 1):
        rng = np.random.default_rng([seed, year])
        supported, placed = play(world, rng, year)
        measures.append(report(model, rng, people, supported, parents=True))
        placements.append(report(model, rng, people, placed, parents=False))
        if progress is not None:
            progress(f"register {year}", (year - first + 1) / (last - first + 1))
    made = Generated(*(out / name for name in ("register.csv", "placements.csv", "godkendelser.csv", "population.csv")))
    out.mkdir(parents=True, exist_ok=True)
    write_measures(made.register, model, kommuner, people, until(collect(measures), last))
    write_placements(made.placements, model, kommuner, people, until(collect(placements), last))
    write_approvals(made.approvals, model, (first, last))
    write_population(made.population, read_population(library), last)
    return made


def until(reports: Reports, last: int) -> Reports:
    """What has begun by the end of the last year; what ends after it is still running."""
    end = day(last + 1) - 1
    begun = reports.narrow(np.flatnonzero(reports.start <= end))
    return replace(begun, end=np.where(begun.end > end, NO_DAY, begun.end))

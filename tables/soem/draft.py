"""The four tables of the demo: a synthetic panel made, estimated and laid into a library."""

from pathlib import Path

from tables.soem.columns import read_catalogue
from tables.soem.estimate import Options, estimate
from tables.soem.files import write_all
from tables.soem.panel import read_panel
from tables.soem.prices import read_prices
from tables.soem.publish import Results, publish
from tables.soem.settings import settings
from tables.soem.synthetic import generate


def draft(library: Path, work: Path, *, scale: float = 1.0) -> None:
    """`work` is a folder for the panel; `scale`: how many children, 1 = as many as the model says."""
    made = generate(work, library, scale=scale)
    known = settings(library)
    panel = read_panel(made.panel, read_catalogue(made.catalogue), known)
    estimates = estimate(panel, known, Options())
    write_all(publish(library, Results(made.panel.name, panel, estimates, read_prices(made.prices), known)))

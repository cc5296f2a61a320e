"""Charts: medians of a specification, a tile map, a drawing and its PNG, and the memory of the process that draws."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from service import create_app
from service import http as counter
from service.charts import draw
from service.charts.renderer import Renderer
from service.settings import Settings
from service.sitekeys import laid
from tables.bank import Bank
from tables.model import Answer

ROUNDS = 15
CASES = (
    ("line, 3 lines", "ISBU04", {"LANDSDEL": "01,02,03", "Tid": "*", "view": "line"}),
    ("bar, 12 bars", "ISBU04", {"LANDSDEL": "*", "Tid": "top(1)", "view": "bar"}),
    ("multiples, 12", "ISBU04", {"LANDSDEL": "*", "Tid": "*", "view": "multiples"}),
    ("tiles, 98", "ISBU02", {"KOMMUNEDK": "*", "Tid": "top(1)", "view": "tiles"}),
)


def median(make: Callable[[int], object]) -> float:
    """Milliseconds; `make` gets a number that makes each round another picture."""
    times = []
    for turn in range(ROUNDS):
        start = time.perf_counter()
        make(turn)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def memory(pid: int | None) -> float:
    """MB of a process, where the system tells."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main(folder: Path) -> None:
    bank = Bank(folder)
    bank.refresh()
    app = create_app(bank, Settings(bank=folder, cache=Path(tempfile.mkdtemp())))
    renderer = Renderer()
    with app.test_request_context("/"):
        pin = counter.Pin(bank.catalogue(), bank.now())
        start = time.perf_counter()
        renderer.svg({"data": {"values": []}, "mark": "point"}, "da")
        print(f"first drawing, process started: {(time.perf_counter() - start) * 1000:8.0f} ms")
        print(f"{'':18}{'spec ms':>10}{'svg ms':>10}{'png ms':>10}{'kB':>8}")
        for name, table, keys in CASES:
            view = laid(pin, pin.release(table), keys, allowed=20_000)
            answer = bank.read(view.query)
            print(row(name, answer, view.columns, view.shape, renderer))
    print(f"memory of the process after {len(CASES) * ROUNDS * 2} drawings: {memory(renderer.pid):.0f} MB")
    renderer.close()


def row(name: str, answer: Answer, columns: tuple[str, ...], shape: str, renderer: Renderer) -> str:
    options = replace(draw.Options(), view=shape, columns=columns)

    def drawn(turn: int) -> bytes:
        colours = (f"#0050{turn:02x}",)  # another picture each time, so that none is taken from the shelf
        return draw.picture(answer, "da", replace(options, colours=colours), lambda: renderer)

    spec = median(lambda _: draw.spec(answer, "da", shape, options)) if shape != "tiles" else 0.0
    svg = median(drawn)
    pictures = [drawn(turn) for turn in range(ROUNDS)]
    png = median(lambda turn: renderer.png(pictures[turn].replace(b"<title", f"<!--{turn}--><title".encode(), 1)))
    return f"{name:18}{spec:10.2f}{svg:10.1f}{png:10.1f}{len(pictures[0]) / 1000:8.1f}"


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".demo/bank"))

"""Makes the synthetic register, counts it, and sets it beside the published figures; prints seconds and deviations."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import tables
from tables.register import build
from tables.synthetic import calibrate, generate

LIBRARY = Path(tables.__file__).parent / "library"


def main() -> None:
    with TemporaryDirectory() as folder:
        began = time.perf_counter()
        made = generate(Path(folder), library=LIBRARY)
        generated = time.perf_counter()
        build(
            LIBRARY,
            register=made.register,
            placements=made.placements,
            approvals=made.approvals,
            population=made.population,
            out=Path(folder) / "cubes",
        )
        print(f"generated in {generated - began:.1f} s, counted in {time.perf_counter() - generated:.1f} s")
        print(f"{'table':8} {'year':4} {'target':>8} {'got':>8} {'pct.':>6} {'at most':>7}  codes")
        for row in calibrate(Path(folder) / "cubes", made.placements):
            told = "" if row.within else f"  OUTSIDE: {row.reason}"
            line = f"{row.table:8} {row.year} {row.target:8} {row.got:8} {row.deviation:6} {row.tolerance:7}"
            print(f"{line}  {row.codes}{told}")


if __name__ == "__main__":
    main()

"""The process that draws: alone, by itself, so that a drawing never stops or hangs one that answers readers (ux §5).

Run as a file. It imports nothing of ours, reads one job a line and writes a head and the drawing; it ends when nobody
asks for a minute, after 500 drawings (memory), and when whoever started it is gone.
"""

import json
import os
import select
import sys
from typing import Any

IDLE_SECONDS = 60
MOST = 500


def drawn(job: dict[str, Any]) -> bytes:
    import vl_convert  # here and nowhere else: it may not be in a process that forks

    if job["kind"] == "png":
        png: bytes = vl_convert.svg_to_png(job["svg"], scale=job["scale"])
        return png
    svg: str = vl_convert.vegalite_to_svg(job["spec"], format_locale=job["locale"], allowed_base_urls=[])
    return svg.encode()


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    jobs = sys.stdin.buffer
    for _ in range(MOST):
        if not select.select([jobs], [], [], IDLE_SECONDS)[0]:
            return
        line = jobs.readline()
        if not line:
            return
        try:
            body, good = drawn(json.loads(line)), 1
        except (ValueError, KeyError) as error:  # what vl_convert raises for a specification it cannot draw
            body, good = str(error).encode(), 0
        answers.write(f"{good} {len(body)}\n".encode() + body)
        answers.flush()


if __name__ == "__main__":
    main()

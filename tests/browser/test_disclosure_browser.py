"""The picture of a mask in a browser."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from tables.disclosure.picture import html
from tables.disclosure.protection import Protection
from tables.disclosure.report import report
from tables.grid import Grid
from tables.model import Group, Status
from tests.browser.conftest import seen
from tests.cubes import added, dimension, table

pytestmark = pytest.mark.slow


def big() -> Grid:
    """99 by 55, as ISBU01."""
    rng = np.random.default_rng(8)
    rows, columns = ([f"{at + first}" for at in range(count)] for first, count in ((101, 98), (200, 54)))
    described = table("BIG", [dimension("KOM", {"000": rows}), dimension("I", {"3": columns})])
    one = added(described, rng.poisson(6.0, (98, 54)))
    status = one.status["n"].reshape(99, 55).copy()
    leaf = one.numbers["n"].reshape(99, 55)
    leaf[:, 0] -= leaf[:, 20]
    leaf[:, 20] = 0
    status[:, 20] = Status.NOT_APPLICABLE
    return replace(one, status={"n": status.reshape(-1)})


def test_the_picture_of_99_by_55_can_be_read(chromium: Browser, tmp_path: Path) -> None:
    one, rng = big(), np.random.default_rng(1)
    mask = (rng.random(99 * 55) < 0.2).astype(np.uint8) * (1 + (rng.random(99 * 55) < 0.3).astype(np.uint8))
    mask[one.status["n"] > 2] = 0
    told = report(Group("BIG", ("BIG",)), {"BIG": one}, Protection({"BIG": mask}))
    page = tmp_path / "mask.html"
    page.write_text(html({"BIG": one}, {"BIG": mask}, told, "da"), encoding="utf-8")

    opened = seen(chromium)
    opened.goto(page.as_uri())
    picture = opened.locator("svg[role=img]").first
    name, cell = picture.get_attribute("aria-label"), picture.locator("rect.p").first.bounding_box()
    drawn = picture.locator("rect.p, rect.s").count()
    wide = opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    opened.screenshot(path=str(tmp_path / "mask.png"), full_page=True)

    assert wide
    assert drawn == (mask > 0).sum()
    assert name == "Hvad der er skjult i BIG 2020: rækker er KOM"
    assert cell is not None
    assert cell["width"] >= 6

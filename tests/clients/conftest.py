"""One server for all clients: tables with and without a map, whole numbers and decimals, years and quarters."""

from collections.abc import Iterator

import pytest

from tests.conftest import write_library
from tests.test_dst import released
from tests.wire import serving


@pytest.fixture(scope="session")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """ISBU98, FLER98 and the closed KVART98 of test_dst, and TOY, which hides a cell."""
    folder = tmp_path_factory.mktemp("clients")
    write_library(folder / "library")
    with serving(released(folder, "TOY")) as port:
        yield port

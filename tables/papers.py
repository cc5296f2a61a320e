"""What people read beside the figures, out of acts: the documentation of statistics."""

from collections.abc import Iterable, Mapping

from tables.catalog.documentation import ROOM, Years, documentation
from tables.model import Act, Documentation
from tables.verify import Verified


class Papers:
    """Reads them once and keeps them, since many catalogues share them. A damaged file is not read: it is not there."""

    def __init__(self, verified: Verified) -> None:
        self._verified = verified
        self._documentation: dict[tuple[int, str], Documentation | None] = {}

    def documentation(self, files: Iterable[tuple[str, Act]]) -> Mapping[str, Years]:
        """By slug, then by reference year, the newest first."""
        found: dict[str, dict[str, Documentation]] = {}
        for path, act in sorted(files, key=lambda each: each[0], reverse=True):
            if path.startswith(f"{ROOM}/") and path.endswith(".yaml"):
                one = self._documented(path, act)
                if one is not None:
                    found.setdefault(one.slug, {})[one.year] = one
        return found

    def _documented(self, path: str, act: Act) -> Documentation | None:
        spot = (act.seq, path)
        if spot not in self._documentation:
            sound = self._verified.holds(act.folder / path, act.files[path])
            self._documentation[spot] = documentation(act.folder / path, path)[1] if sound else None
        return self._documentation[spot]

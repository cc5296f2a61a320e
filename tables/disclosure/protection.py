"""What goes into and comes out of the masking of a group: earlier releases, and the Protection of this one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tables.grid import Grid


SHOWN: Final = 0
PRIMARY: Final = 1
SECONDARY: Final = 2


@dataclass(frozen=True, slots=True)
class Past:
    """One earlier release of a table: its true numbers (from the vault) and the mask it was published with."""

    release: str
    grid: "Grid"
    mask: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Protection:
    """What the release stores.

    `masks`: per table, flat like the grid; 0 shown, 1 primary, 2 secondary. Only "above 0" may reach a released file.
    `files`: name to bytes, for `protection/<group>/` beside the group file; made from what is shown alone; empty where
    nothing is hidden.
    `summary`: the line `groups.<id>` of release.json. `vault`: name to bytes, for the vault only.
    `warnings`: sentences for the publisher.
    `hides`: per table and measure, what is hidden of that measure alone.
    """

    masks: Mapping[str, NDArray[np.uint8]]
    files: Mapping[str, bytes] = field(default_factory=dict)
    summary: Mapping[str, Any] = field(default_factory=dict)
    vault: Mapping[str, bytes] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    hides: Mapping[str, Mapping[str, NDArray[np.bool_]]] = field(default_factory=dict)

"""The smallest count of children that can be told from the counts of a group in one year.

Counts of one year speak of the same children: those under 18 and those of 18 and over are all of them. So a small
count is not hidden while a count that includes its children is shown; and where a window is another one and a few
children more, the two counts tell how many.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


def smallest(samples: Mapping[str, Flags], windows: Mapping[str, Flags]) -> dict[str, int]:
    """Per consequence the smallest count that its own count helps to tell; 0 where it counts nobody.

    `samples`: the children counted; `windows`: the children of its ages, whether or not their figure is missing. Both
    are of one side, those with success or those without.
    """
    distinct = {flags.tobytes(): flags for flags in windows.values()}
    found: dict[str, int] = {}
    for name, sample in samples.items():
        counts = [int(other.sum()) for other in samples.values() if (other & sample).any()]
        mine = windows[name]
        counts += [
            int((mine & ~other).sum()) for other in distinct.values() if other.any() and not (other & ~mine).any()
        ]
        found[name] = min((count for count in counts if count), default=0)
    return found

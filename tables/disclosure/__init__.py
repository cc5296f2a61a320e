"""What may be shown: the rules a table may name under `disclosure:`, one file each."""

from typing import Final

from tables.disclosure import estimate, hide, none, threshold
from tables.disclosure.method import Method

METHODS: Final[tuple[Method, ...]] = (threshold.METHOD, hide.METHOD, estimate.METHOD, none.METHOD)

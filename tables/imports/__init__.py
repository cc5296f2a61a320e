"""Foreign files come in here: each reader makes a draft of a table folder, and says what it guessed."""

from tables.imports import statbank

READERS = (statbank.READER,)

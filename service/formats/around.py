"""What stands around the numbers of an answer, kept while its Query is kept: the same for everyone who asks again."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, TypeAlias

from service.formats.format import Options
from service.formats.same import Same
from tables.model import Answer, Block, Lang, Query

MOST: Final = 500  # lines on all axes together; longer heads are made each time
Around: TypeAlias = Callable[[Answer, Lang, Options], tuple[bytes, bytes]]


def around(make: Around, answer: Answer, lang: Lang, options: Options) -> tuple[bytes, bytes]:
    """Head and tail by `make`, which must look at the question only, never at the numbers."""
    if sum(answer.query.shape) > MOST:
        return make(answer, lang, options)
    return _kept(make, Same(answer.query), lang, options)


@lru_cache(maxsize=512)
def _kept(make: Around, same: Same[Query], lang: Lang, options: Options) -> tuple[bytes, bytes]:
    return make(Answer(same.thing, _no_numbers), lang, options)


def _no_numbers() -> Iterator[Block]:
    raise AssertionError("a head was made from numbers")

"""Every character folds alike in memory and in the databases."""

import sys
import unicodedata

from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.specification.patterns import fold
from graphql_api.persistence.engine import reading
from graphql_api.persistence.folding import fold_case
from graphql_api.persistence.types import CodePointText
from tests.support.worlds import NEWER_LETTERS

# Those that the databases take, that mean something, and that every supported version of Unicode knows.
CHARACTERS = [
    character
    for character in map(chr, range(1, sys.maxunicode + 1))
    if unicodedata.category(character) not in {"Cn", "Co", "Cs"} and character not in NEWER_LETTERS
]


async def test_every_character_folds_as_it_does_in_memory(engine: AsyncEngine) -> None:
    everything = "".join(CHARACTERS)
    async with reading(engine) as connection:
        folded = await connection.scalar(select(fold_case(literal(everything, CodePointText))))
    assert folded == "".join(map(fold, CHARACTERS)) == fold(everything)

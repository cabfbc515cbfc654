"""What every part of the generation draws from, and the identities that it hands out."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from domain.kernel.entity import Entity
from domain.kernel.identity import derived_id
from graphql_api.seeding.generation.chance import Chance
from graphql_api.seeding.generation.grammar import Grammar
from graphql_api.seeding.generation.novelty import Novelty
from graphql_api.seeding.generation.vocabulary import Vocabulary

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ROOM_FOR_NUMBERS: Final = 48


class Numbering:
    """Identities that sort by the moment, then by the order in which they were asked for."""

    def __init__(self, kinds: tuple[type[Entity], ...]) -> None:
        """Hand out identities for these kinds of things; no two kinds share one."""
        self._next = {kind: place << _ROOM_FOR_NUMBERS for place, kind in enumerate(kinds)}

    def id(self, kind: type[Entity], moment: datetime) -> UUID:
        """Make the next identity of a kind for something that came to be at a moment."""
        number = self._next[kind]
        self._next[kind] = number + 1
        return derived_id((moment - _EPOCH) // timedelta(milliseconds=1), number)


@dataclass(frozen=True, slots=True)
class Supplies:
    """Words, chance, identities, and the memory of the names that were used in each role."""

    vocabulary: Vocabulary
    chance: Chance
    numbering: Numbering
    used: defaultdict[str, Novelty] = field(default_factory=lambda: defaultdict(Novelty))

    @property
    def grammar(self) -> Grammar:
        """The rules of names and titles."""
        return self.vocabulary.grammar

    def expand(self, rule: str, culture: str = "english", **given: str) -> str:
        """Make a text by a rule of the grammar."""
        return self.grammar.expand(rule, self.chance, culture, **given)

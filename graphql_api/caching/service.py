"""All that keeps answers in one process, put together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from domain.kernel.model import DomainModel
from graphql_api.caching.announcing import Announcer
from graphql_api.caching.answers import AnswerCache
from graphql_api.caching.config import CacheConfig
from graphql_api.caching.journal import Journal
from graphql_api.caching.memory import LRUMemoryCache
from graphql_api.caching.questions import Questions, RightsOf
from graphql_api.settings import CacheSettings


@dataclass(frozen=True, slots=True)
class AnswerKeeping:
    """What keeps answers, and what tells and hears of changes for it."""

    answers: AnswerCache
    announcer: Announcer
    journal: Journal
    memory: LRUMemoryCache

    @classmethod
    def of(cls, settings: CacheSettings, model: DomainModel, rights_of: RightsOf, wake: Callable[[], None]) -> Self:
        """Put it together for a model whose viewers have rights."""
        journal = Journal()
        memory = LRUMemoryCache(
            CacheConfig(ttl=settings.ttl, max_size=settings.max_entries, max_bytes=settings.max_bytes)
        )
        announcer = Announcer(model, journal, wake, settings.max_lag)
        answers = AnswerCache(Questions(model, rights_of), journal, memory, announcer.current, settings.ttl)
        return cls(answers, announcer, journal, memory)

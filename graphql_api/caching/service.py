"""All that keeps answers in one process, put together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

from domain.kernel.model import DomainModel
from graphql_api.caching.announcing import Announcer
from graphql_api.caching.answers import AnswerCache
from graphql_api.caching.breaker import Breaker
from graphql_api.caching.config import CacheConfig
from graphql_api.caching.guarded_redis import GuardedRedis
from graphql_api.caching.heard import HeardLog
from graphql_api.caching.journal import Journal
from graphql_api.caching.leases import LeasedValues
from graphql_api.caching.memory import LRUMemoryCache
from graphql_api.caching.parcels import Seals
from graphql_api.caching.questions import Questions, RightsOf
from graphql_api.caching.sharing import SharedAnswers
from graphql_api.settings import CacheSettings

REACH: Final = 1_000
"""How many events a process that shares answers reads again when it starts, to judge what others kept before."""


@dataclass(frozen=True, slots=True)
class SecondLevel:
    """Where answers are shared, under which prefix, and what seals them."""

    url: str
    prefix: str
    secret: bytes
    cluster: bool = False


@dataclass(frozen=True, slots=True)
class AnswerKeeping:
    """What keeps answers, and what tells and hears of changes for it; `shared` is what others hear of."""

    answers: AnswerCache
    announcer: Announcer
    journal: Journal
    memory: LRUMemoryCache
    shared: SharedAnswers | None

    @classmethod
    def of(
        cls,
        settings: CacheSettings,
        model: DomainModel,
        rights_of: RightsOf,
        wake: Callable[[], None],
        second: SecondLevel | None = None,
    ) -> Self:
        """Put it together for a model whose viewers have rights."""
        journal = Journal()
        memory = LRUMemoryCache(
            CacheConfig(ttl=settings.ttl, max_size=settings.max_entries, max_bytes=settings.max_bytes)
        )
        announcer = Announcer(model, journal, wake, settings.max_lag)
        shared = _shared(settings, second, journal, announcer.heard) if second else None
        answers = AnswerCache(
            Questions(model, rights_of), journal, memory, announcer.current, ttl=settings.ttl, shared=shared
        )
        return cls(answers, announcer, journal, memory, shared)

    @property
    def reach(self) -> int:
        """How many events are to be read again when the process starts."""
        return 0 if self.shared is None else REACH

    async def close(self) -> None:
        """Give up what is under way, and close every connection."""
        await self.answers.close()
        if self.shared is not None:
            await self.shared.close()


def _shared(settings: CacheSettings, second: SecondLevel, journal: Journal, heard: HeardLog) -> SharedAnswers:
    breaker = Breaker("shared answers", patience=settings.shared_failures, pause=settings.shared_pause)
    server = GuardedRedis(second.url, settings.shared_timeout, breaker, cluster=second.cluster)
    values = LeasedValues(server, second.prefix, settings.lease)
    return SharedAnswers(server, values, Seals(second.secret), journal, heard)

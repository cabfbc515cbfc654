"""Caches for tests: one of each kind, over a clock that tests move and over the session's real server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from graphql_api.caching.codec import TypedJson
from graphql_api.caching.config import CacheConfig
from graphql_api.caching.memory import LRUMemoryCache
from graphql_api.caching.multilevel import MultiLevelCache
from graphql_api.caching.redis_cache import RedisCache

PREFIX = "tests:cache:"
GENEROUS = 5.0  # seconds; a busy machine is no fault of the cache


@dataclass
class Clock:
    """A clock that stands still unless it is moved."""

    time: float = 0.0

    def __call__(self) -> float:
        return self.time


@dataclass
class Caches:
    """One cache of each kind."""

    memory: LRUMemoryCache
    redis: RedisCache
    both: MultiLevelCache
    clock: Clock = field(default_factory=Clock)

    @property
    def all(self) -> dict[str, Any]:
        return {"memory": self.memory, "redis": self.redis, "both": self.both}


@asynccontextmanager
async def caches(url: str, codec: TypedJson | None = None) -> AsyncIterator[Caches]:
    """Give one cache of each kind, the last one of two levels of its own."""
    clock = Clock()
    redis = RedisCache(url, CacheConfig(key_prefix=PREFIX), codec, timeout=GENEROUS)
    second = RedisCache(url, CacheConfig(key_prefix=f"{PREFIX}second:"), codec, timeout=GENEROUS)
    first = LRUMemoryCache(CacheConfig(), codec)
    try:
        yield Caches(LRUMemoryCache(CacheConfig(), codec, clock), redis, MultiLevelCache(first, second), clock)
    finally:
        await redis.clear()
        await redis.close()
        await second.close()

"""Two caches, one before the other: the memory of this process, and what all processes share."""

from collections.abc import Awaitable
from typing import Any, Protocol

from graphql_api.caching.config import CacheConfig, CacheEntry


class Level(Protocol):
    """A CacheProvider that tells how long an entry has left."""

    async def entry(self, key: str) -> CacheEntry | None:
        """Give an entry with the seconds that it has left."""
        ...

    def set(self, key: str, value: Any, ttl: float | None = None) -> Awaitable[Any]:
        """Keep a value, for `ttl` seconds where given."""
        ...

    def delete(self, key: str) -> Awaitable[Any]:
        """Forget a value."""
        ...

    def clear(self) -> Awaitable[Any]:
        """Forget every value of this level."""
        ...


class MultiLevelCache:
    """A CacheProvider whose first level is filled from the second, for no longer than an entry has left there."""

    def __init__(self, first: Level, second: Level, config: CacheConfig = CacheConfig()) -> None:  # noqa: B008  # it never changes
        self._first = first
        self._second = second
        self._config = config

    async def get(self, key: str) -> Any:
        """Give the value, or None where there is none or it has expired."""
        found = await self.entry(key)
        return None if found is None else found.value

    async def entry(self, key: str) -> CacheEntry | None:
        """Give an entry with the seconds that it has left."""
        found = await self._first.entry(key)
        if found is None:
            found = await self._second.entry(key)
            if found is not None:
                await self._first.set(key, found.value, found.ttl)
        return found

    async def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        """Keep a value in both, the one that others read first."""
        lifetime = self._config.lifetime(ttl)
        await self._second.set(key, value, lifetime)
        await self._first.set(key, value, lifetime)

    async def delete(self, key: str) -> None:
        """Forget a value in both, the one that the other is filled from first."""
        await self._second.delete(key)
        await self._first.delete(key)

    async def clear(self) -> None:
        """Forget everything in both."""
        await self._second.clear()
        await self._first.clear()

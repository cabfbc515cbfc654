"""A cache in the memory of one process, which gives up what was used least recently."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from aiocache.base import BaseCache

from graphql_api.caching.codec import TypedJson
from graphql_api.caching.config import CacheConfig, CacheEntry, Counts, Occasion


class LRUMemoryCache(BaseCache):  # type: ignore[misc]  # aiocache has no type hints
    """Holds encoded values, so that nobody can change what somebody else is given.

    Nothing is awaited between looking and changing, which makes it safe among the tasks of one loop.
    """

    NAME = "memory"

    def __init__(
        self,
        config: CacheConfig = CacheConfig(),  # noqa: B008  # it never changes
        codec: TypedJson | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        # Without a time limit of aiocache's own, which would make each call several times slower.
        super().__init__(serializer=codec or TypedJson(), timeout=None, namespace=config.key_prefix, ttl=config.ttl)
        self.counts = Counts()
        self._config = config
        self._now = now
        self._held: OrderedDict[str, tuple[Any, int, float | None]] = OrderedDict()
        self._weight = 0

    def __len__(self) -> int:
        return len(self._held)

    @property
    def weight(self) -> int:
        """The bytes of all values that are held."""
        return self._weight

    async def entry(self, key: str) -> CacheEntry | None:
        """Give an entry with the seconds that it has left."""
        found = self.look_up(self.build_key(key, namespace=self.namespace))
        if found is None:
            return None
        value, expires_at = found
        return CacheEntry(self.serializer.loads(value), None if expires_at is None else expires_at - self._now())

    def look_up(self, key: str) -> tuple[Any, float | None] | None:
        """Give what is held under a whole key as it is, and when it expires; counts as a use."""
        held = self._held.get(key)
        if held is None or (held[2] is not None and held[2] <= self._now()):
            self.drop(key)
            self.counts[Occasion.MISS] += 1
            return None
        self.counts[Occasion.HIT] += 1
        self._held.move_to_end(key)
        return held[0], held[2]

    def hold(self, key: str, value: Any, weight: int, ttl: float | None) -> bool:
        """Hold something as it is under a whole key, in the place of what was used least recently.

        Tells whether it could.
        """
        self.drop(key)
        if weight > self._config.max_bytes or (ttl is not None and ttl <= 0):
            return False
        self._held[key] = (value, weight, None if ttl is None else self._now() + ttl)
        self._weight += weight
        while len(self._held) > self._config.max_size or self._weight > self._config.max_bytes:
            _, (_, dropped, _) = self._held.popitem(last=False)
            self._weight -= dropped
            self.counts[Occasion.EVICTION] += 1
        return True

    def drop(self, key: str) -> bool:
        """Let go of a whole key, and tell whether it was there."""
        held = self._held.pop(key, None)
        if held is None:
            return False
        self._weight -= held[1]
        return True

    async def _get(self, key: str, **_options: Any) -> Any:
        found = self.look_up(key)
        return None if found is None else found[0]

    _gets = _get

    async def _multi_get(self, keys: list[str], **_options: Any) -> list[Any]:
        return [await self._get(key) for key in keys]

    async def _set(
        self, key: str, value: bytes, ttl: float | None = None, _cas_token: Any = None, _conn: Any = None
    ) -> bool:
        if _cas_token is not None and (key not in self._held or self._held[key][0] != _cas_token):
            return False
        self.hold(key, value, len(value), self._config.lifetime(ttl))
        return True

    async def _multi_set(self, pairs: list[tuple[str, bytes]], ttl: float | None = None, _conn: Any = None) -> bool:
        return all([await self._set(key, value, ttl) for key, value in pairs])

    async def _add(self, key: str, value: bytes, ttl: float | None = None, _conn: Any = None) -> bool:
        if await self._exists(key):
            raise ValueError(f"Key {key} already exists, use .set to update the value")
        return await self._set(key, value, ttl)

    async def _exists(self, key: str, _conn: Any = None) -> bool:
        held = self._held.get(key)
        return held is not None and (held[2] is None or held[2] > self._now())

    async def _expire(self, key: str, ttl: float, _conn: Any = None) -> bool:
        if not await self._exists(key):
            return False
        value, weight, _ = self._held[key]
        self.hold(key, value, weight, ttl or None)
        return True

    async def _delete(self, key: str, _conn: Any = None) -> int:
        return int(self.drop(key))

    async def _clear(self, namespace: str | None = None, _conn: Any = None) -> bool:
        for key in [key for key in self._held if key.startswith(namespace or self.namespace)]:
            self.drop(key)
        return True

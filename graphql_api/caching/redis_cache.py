"""A cache in Redis, one server or a cluster.

Whatever happens to the server, nobody who asks the cache fails: what cannot be read is absent, and what cannot be
stored is not stored. A server that does not answer is left alone for a while.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from aiocache.base import BaseCache

from graphql_api.caching.breaker import Breaker
from graphql_api.caching.codec import TypedJson
from graphql_api.caching.config import CacheConfig, CacheEntry, Occasion
from graphql_api.caching.guarded_redis import GuardedRedis
from graphql_api.caching.redis_client import places_of_keys

_MILLISECONDS: Final = 1_000
_AT_ONCE: Final = 500
_GONE: Final = -2
"""What PTTL says of a key that is not there, as one that ended after GET found it."""


class RedisCache(BaseCache):  # type: ignore[misc]  # aiocache has no type hints
    """Holds encoded values under keys that begin with a prefix; nothing else in the server is touched.

    A call takes `timeout` seconds at most, connecting included.
    """

    NAME = "redis"

    def __init__(
        self,
        url: str,
        config: CacheConfig = CacheConfig(key_prefix="graphql-api:"),  # noqa: B008  # it never changes
        codec: TypedJson | None = None,
        *,
        timeout: float = 0.25,
        breaker: Breaker | None = None,
        cluster: bool = False,
    ) -> None:
        if not config.key_prefix:
            raise ValueError("Keys in a server that others use too have to begin with a prefix.")
        super().__init__(serializer=codec or TypedJson(), timeout=None, namespace=config.key_prefix, ttl=config.ttl)
        self.breaker = breaker or Breaker(self.NAME)
        self._config = config
        self._server = GuardedRedis(url, timeout, self.breaker, cluster=cluster)
        self._guarded = self._server.attempt
        self._client = self._server.client
        self.counts = self._server.counts

    async def get(self, key: str, default: Any = None, **_options: Any) -> Any:
        """Give a value, or the default where there is none that can be read."""
        found = await self.entry(key)
        return default if found is None or found.value is None else found.value

    async def entry(self, key: str) -> CacheEntry | None:
        """Give an entry with the seconds that it has left."""
        whole = self.build_key(key, namespace=self.namespace)

        async def read() -> CacheEntry | None:
            async with self._client.pipeline(transaction=False) as pipeline:
                pipeline.get(whole)
                pipeline.pttl(whole)
                value, left = await pipeline.execute()
            if value is None or left == _GONE:
                return None
            return CacheEntry(self.serializer.loads(value), left / _MILLISECONDS if left >= 0 else None)

        found = await self._guarded(read, None)
        self.counts[Occasion.MISS if found is None else Occasion.HIT] += 1
        return found

    async def close(self) -> None:
        """Close the connections."""
        await self._server.close()

    async def _get(self, key: str, **_options: Any) -> Any:
        return await self._guarded(lambda: self._client.get(key), None)

    _gets = _get

    async def _multi_get(self, keys: list[str], **_options: Any) -> list[Any]:
        return [await self._get(key) for key in keys]

    async def _set(
        self, key: str, value: bytes, ttl: float | None = None, _cas_token: Any = None, _conn: Any = None
    ) -> bool:
        lifetime = self._config.lifetime(ttl)
        if lifetime is not None and lifetime <= 0:
            return bool(await self._delete(key))
        milliseconds = None if lifetime is None else max(1, int(lifetime * _MILLISECONDS))
        return bool(await self._guarded(lambda: self._client.set(key, value, px=milliseconds), None))

    async def _multi_set(self, pairs: list[tuple[str, bytes]], ttl: float | None = None, _conn: Any = None) -> bool:
        return all([await self._set(key, value, ttl) for key, value in pairs])

    async def _add(self, key: str, value: bytes, ttl: float | None = None, _conn: Any = None) -> bool:
        lifetime = self._config.lifetime(ttl)
        milliseconds = None if lifetime is None else max(1, int(lifetime * _MILLISECONDS))
        if not await self._guarded(lambda: self._client.set(key, value, px=milliseconds, nx=True), True):
            raise ValueError(f"Key {key} already exists, use .set to update the value")
        return True

    async def _exists(self, key: str, _conn: Any = None) -> bool:
        return bool(await self._guarded(lambda: self._client.exists(key), 0))

    async def _expire(self, key: str, ttl: float, _conn: Any = None) -> bool:
        if not ttl:
            return bool(await self._guarded(lambda: self._client.persist(key), 0))
        return bool(await self._guarded(lambda: self._client.pexpire(key, int(ttl * _MILLISECONDS)), 0))

    async def _delete(self, key: str, _conn: Any = None) -> int:
        return int(await self._guarded(lambda: self._client.unlink(key), 0))

    async def _clear(self, namespace: str | None = None, _conn: Any = None) -> bool:
        """Remove the keys of this cache. It looks at all keys of the server, a few at a time."""
        pattern = f"{_escaped(namespace or self.namespace)}*"
        places: Sequence[Mapping[str, Any]] = await self._guarded(partial(places_of_keys, self._client), ())
        for place in places:
            cursor = await self._guarded(partial(self._remove_some, pattern, place), 0)
            while cursor:
                cursor = await self._guarded(partial(self._remove_some, pattern, place, cursor), 0)
        return not self.breaker.failing

    async def _remove_some(self, pattern: str, place: Mapping[str, Any], cursor: int = 0) -> int:
        """Remove some of the keys that lie in one place, and give where to go on; 0 is the end."""
        following, keys = await self._client.scan(cursor, match=pattern, count=_AT_ONCE, **place)
        async with self._client.pipeline(transaction=False) as pipeline:
            for key in keys:
                # In the pipeline of a cluster the method of this name wants to be awaited.
                pipeline.execute_command("UNLINK", key)
            await pipeline.execute()
        # A cluster says it for each node that was asked, which is one.
        return max(following.values()) if isinstance(following, dict) else int(following)


def _escaped(prefix: str) -> str:
    """Take the characters of a prefix for themselves, where a pattern is read."""
    return "".join(f"\\{one}" if one in "*?[]\\" else one for one in prefix)

"""Documents that one process learned, where the others find them."""

import re
from typing import Any, Final

from graphql_api.caching.breaker import Breaker
from graphql_api.caching.config import Occasion
from graphql_api.caching.errands import Errands
from graphql_api.caching.guarded_redis import GuardedRedis
from graphql_api.execution.documents import id_of
from graphql_api.settings import GraphQLSettings, RedisSettings

LARGEST: Final = 16_384
"""Bytes of a document beyond which it is remembered by its own process alone."""
_MILLISECONDS: Final = 1_000
_HASH: Final = re.compile(r"sha256:([0-9a-f]{64})")


class SharedDocuments:
    """Documents in Redis, each in the one of `places` that its hash leads to, for `seconds`.

    The next one that is led there takes the place: so there are never more, without a list of what there is. What is
    found counts only if it has the hash that was asked for.
    """

    def __init__(self, server: GuardedRedis, prefix: str, *, places: int, seconds: float) -> None:
        self._server = server
        self._prefix = prefix
        self._places = places
        self._milliseconds = int(seconds * _MILLISECONDS)
        self._errands = Errands()

    @property
    def errors(self) -> int:
        """How often Redis failed since the start."""
        return self._server.counts[Occasion.ERROR]

    async def find(self, id: str) -> str | None:
        """Give the text with this id, or None where there is none."""
        if (key := self._key(id)) is None:
            return None
        # Whoever else writes there may have left anything, of any size.
        found: Any = await self._server.attempt(lambda: self._server.client.getrange(key, 0, LARGEST), None)
        if not isinstance(found, bytes) or not 0 < len(found) <= LARGEST:
            return None
        text = found.decode(errors="replace")
        return text if id_of(text) == id else None

    def keep(self, id: str, text: str) -> None:
        """Let others have a text, while this process goes on."""
        key, encoded = self._key(id), text.encode()
        if key is not None and len(encoded) <= LARGEST:
            self._errands.run(self._put(key, encoded))

    async def close(self) -> None:
        """Wait for what is under way, and close the connections."""
        await self._errands.finish()
        await self._server.close()

    async def _put(self, key: str, text: bytes) -> None:
        await self._server.attempt(lambda: self._server.client.set(key, text, px=self._milliseconds), None)

    def _key(self, id: str) -> str | None:
        hashed = _HASH.fullmatch(id)
        return f"{self._prefix}{int(hashed[1], 16) % self._places}" if hashed else None


def shared_documents(redis: RedisSettings, graphql: GraphQLSettings) -> SharedDocuments | None:
    """Make what the settings ask for."""
    if redis.url is None or not graphql.shared_documents:
        return None
    breaker = Breaker("shared documents")
    server = GuardedRedis(redis.url.get_secret_value(), redis.timeout, breaker, cluster=redis.cluster)
    prefix, seconds = f"{redis.key_prefix}:documents:", graphql.shared_documents_ttl
    return SharedDocuments(server, prefix, places=graphql.shared_documents, seconds=seconds)

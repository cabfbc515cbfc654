"""A Redis that may fail: each use takes a bounded time, and something stands for what it would have given."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from graphql_api.caching.breaker import Breaker
from graphql_api.caching.codec import UnreadableValue
from graphql_api.caching.config import Counts, Occasion
from graphql_api.caching.redis_client import FAILURES, leave_if_demoted, redis_client

T = TypeVar("T")


class GuardedRedis:
    """The connections to a server. A use takes `timeout` seconds at most, connecting included."""

    def __init__(self, url: str, timeout: float, breaker: Breaker, *, cluster: bool = False) -> None:
        self.counts = Counts()
        self.breaker = breaker
        self._limit = timeout
        self.client: Any = redis_client(url, cluster=cluster, connect_timeout=timeout, timeout=timeout)

    async def attempt(self, act: Callable[[], Awaitable[T]], otherwise: T) -> T:
        """Do something with the server, or give what stands for it where that is not to be had."""
        if not self.breaker.allows():
            return otherwise
        try:
            async with asyncio.timeout(self._limit):
                done = await act()
        except (*FAILURES, UnreadableValue, ValueError) as error:  # TimeoutError is an OSError
            self.counts[Occasion.ERROR] += 1
            self.breaker.failed(type(error).__name__)
            await leave_if_demoted(self.client, error)
            return otherwise
        self.breaker.succeeded()
        return done

    async def close(self) -> None:
        """Close the connections."""
        await self.client.aclose()

"""How many connections may be used at a time, and what becomes of those who come later."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from graphql_api.execution.time_limit import Patience, TimeLimit
from graphql_api.observability.limits import POOL
from graphql_api.observability.metrics import CONNECTIONS, MOST_CONNECTIONS, WAITING, Metric, Read, Reading
from graphql_api.observability.observation import note_limit, note_wait


class PoolUsage(NamedTuple):
    """What becomes of the connections of a pool at a moment."""

    used: int
    idle: int
    most: int
    waiting: int


def watch_pools(watch: Callable[[Metric, Read], None], pools: Mapping[str, Callable[[], PoolUsage]]) -> None:
    """Have pools measured, by their names."""

    def read(numbers: Callable[[PoolUsage], Iterable[Reading]]) -> Read:
        return lambda: [
            (number, (name, *values)) for name, usage in pools.items() for number, values in numbers(usage())
        ]

    watch(CONNECTIONS, read(lambda usage: [(usage.used, ("used",)), (usage.idle, ("idle",))]))
    watch(MOST_CONNECTIONS, read(lambda usage: [(usage.most, ())]))
    watch(WAITING, read(lambda usage: [(usage.waiting, ())]))


class Slots:
    """So many may use a connection at a time; who comes later waits, for so many seconds."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self.used = 0
        self.waiting = 0
        self._patience = Patience(seconds)
        self._free = asyncio.Semaphore(most)

    async def take(self) -> None:
        """Take one, which somebody has to release. Raises TimeoutError."""
        if self._free.locked():
            await self._wait()
        else:
            await self._free.acquire()
        self.used += 1

    def release(self) -> None:
        """Let the next one come."""
        self.used -= 1
        self._free.release()

    async def _wait(self) -> None:
        started = time.perf_counter()
        self.waiting += 1
        try:
            with TimeLimit(self._patience):
                await self._free.acquire()
        except TimeoutError:
            note_limit(POOL)
            raise
        finally:
            self.waiting -= 1
            note_wait(time.perf_counter() - started)

"""How many connections may be used at a time, and what becomes of those who come later."""

import asyncio
import time
from collections import deque
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
        self._patience = Patience(seconds)
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return len(self._waiting)

    async def take(self) -> None:
        """Take one, which somebody has to release. Raises TimeoutError."""
        # While somebody waits all are used, since one that is released goes to who has waited longest.
        if self.used < self.most:
            self.used += 1
        else:
            await self._wait()

    def release(self) -> None:
        """Let the next one come."""
        while self._waiting:
            next_one = self._waiting.popleft()
            if not next_one.done():
                next_one.set_result(None)
                return
        self.used -= 1

    async def _wait(self) -> None:
        started = time.perf_counter()
        try:
            with TimeLimit(self._patience):
                await self._turn()
        except TimeoutError:
            note_limit(POOL)
            raise
        finally:
            note_wait(time.perf_counter() - started)

    async def _turn(self) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self.release()  # it came just before the one who waited for it was cancelled
            elif turn in self._waiting:
                self._waiting.remove(turn)
            raise

"""The middleware that carries a command out again when others came in between."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from domain.kernel.bus import Dispatch, Next
from domain.kernel.messages import Command


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a command is tried, how long it waits in between, and after how many seconds no more.

    The pauses grow twofold up to a cap. Each is a random part of its length, so that those who collided do not again.
    """

    attempts: int = 5
    first_pause: float = 0.01
    longest_pause: float = 0.5
    seconds: float = 5.0

    def pauses(self) -> Iterator[float]:
        """Yield the longest pause after each attempt but the last."""
        for attempt in range(self.attempts - 1):
            yield min(self.first_pause * 2**attempt, self.longest_pause)


class Retry:
    """Tries again, from the start, what failed only because of what others did at the same time."""

    def __init__(
        self,
        was_overtaken: Callable[[Exception], bool],
        patience: Patience = Patience(),
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what tells such a failure from others. Nothing of a failed attempt may be left when it is raised."""
        self._was_overtaken = was_overtaken
        self._seconds = patience.seconds
        self._pauses = tuple(patience.pauses())
        self._sleep = sleep
        self._clock = clock

    async def __call__(self, dispatch: Dispatch[Command[Any]], call_next: Next) -> Any:
        """Surround the transaction."""
        give_up_at = self._clock() + self._seconds
        for longest in self._pauses:
            try:
                return await call_next(dispatch)
            except Exception as error:
                if not self._was_overtaken(error) or self._clock() >= give_up_at:
                    raise
            await self._sleep(longest * random.random())  # noqa: S311  # nobody gains by guessing it
        return await call_next(dispatch)

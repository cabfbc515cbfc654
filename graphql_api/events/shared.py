"""One piece of work for all who ask for it at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Does its work anew for whoever asks, but once for all who wait while it is busy: it begins after they came."""

    def __init__(self, work: Callable[[], Awaitable[T]]) -> None:
        self._work = work
        self._busy = asyncio.Lock()
        self._next: asyncio.Task[T] | None = None

    async def __call__(self) -> T:
        """Give what the work gives. Raises what it raises."""
        if self._next is None:
            self._next = asyncio.create_task(self._do())
        # Whoever leaves early must not cancel it for the others.
        return await asyncio.shield(self._next)

    async def _do(self) -> T:
        async with self._busy:
            self._next = None
            return await self._work()

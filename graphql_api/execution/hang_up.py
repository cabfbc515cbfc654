"""Work that stops when nobody waits for it any more, or when its time is over."""

import asyncio
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Final, TypeAlias

from graphql_api.execution.time_limit import Patience, TimeLimit

Leaving: TypeAlias = Callable[[], Coroutine[Any, Any, None]]
"""Returns when the client has left."""

UNHEARD: Final = 0.02
"""Seconds before anybody listens. Most operations are done by then, and are spared the task that does."""


class ClientLeft(Exception):
    """The client closed the connection; nobody is there to read an answer."""


class Attention:
    """So many seconds for a block. From a little while after it began somebody listens whether its client leaves."""

    def __init__(self, seconds: float) -> None:
        self.unheard = Patience(min(seconds, UNHEARD))
        self.heard = Patience(seconds - self.unheard.seconds)


class AttentiveLimit(TimeLimit):
    """A limit for a block that also ends when its client leaves: it is cancelled, and raises ClientLeft."""

    _has_left = False
    _listener: asyncio.Task[None] | None = None

    def __init__(self, attention: Attention, leaving: Leaving) -> None:
        self._line = attention.unheard.line()
        self._attention = attention
        self._leaving = leaving

    def expire(self) -> None:
        """Listen, now that the block takes a while; and when its time is over, end it."""
        if self._listener is not None:
            super().expire()
            return
        self._listener = asyncio.create_task(self._listen())
        self._line = self._attention.heard.line()
        self._line.add(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        listener, self._listener = self._listener, None
        if listener is None:
            self._line.remove(self)
            return
        # What it is cancelled with refers to this block, and so to all that a request holds.
        listener.cancel()
        super().__exit__(kind, error, traceback)
        if self._has_left and self._is_cancelled(kind):
            raise ClientLeft from error

    async def _listen(self) -> None:
        await self._leaving()
        self._has_left = True
        self._task.cancel()

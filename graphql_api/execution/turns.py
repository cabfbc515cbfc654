"""Large answers take turns, so that many of them at once do not take all memory."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

_LARGE: Final = 50
"""The part of the budget from which on an operation is large."""


class Turns:
    """Lets operations run together that cost no more than a budget; one that costs more runs alone.

    Small ones never wait. Large ones do so in the order in which they came.
    """

    def __init__(self, budget: int) -> None:
        """Take what may be under way at once, as costs are estimated: about a value each."""
        self._budget = budget
        self._under_way = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    def is_large(self, cost: int) -> bool:
        """Tell whether an operation has to take its turn."""
        return cost * _LARGE > self._budget

    @asynccontextmanager
    async def of(self, cost: int) -> AsyncIterator[None]:
        """Wait until it is the turn of a large operation."""
        part = min(cost, self._budget)
        if self._waiting or self._under_way + part > self._budget:
            await self._wait(part)
        else:
            self._under_way += part
        try:
            yield
        finally:
            self._under_way -= part
            self._let_in()

    async def _wait(self, part: int) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((part, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # It had its turn already, and gives it to the next.
                self._under_way -= part
            self._let_in()
            raise

    def _let_in(self) -> None:
        while self._waiting:
            part, turn = self._waiting[0]
            if turn.done():
                self._waiting.popleft()
                continue
            if self._under_way + part > self._budget:
                return
            self._waiting.popleft()
            self._under_way += part
            turn.set_result(None)

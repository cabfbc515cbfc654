"""One who follows events: what it was told and has not heard yet, up to a bound."""

import asyncio
from collections import deque
from collections.abc import Collection
from uuid import UUID

from domain.kernel.event_log import FellBehind, Occurrence


class Follower:
    """A bounded buffer. One that is full is given up, since whoever reads it could not know what is missing."""

    def __init__(self, size: int, after: int = 0, passed: Collection[UUID] = ()) -> None:
        """Begin after a position, and without the events that are passed over."""
        self._size = size
        self._after = after
        self._passed = passed
        self._told: deque[Occurrence] = deque()
        self._news = asyncio.Event()
        self._behind = False

    def tell(self, occurrence: Occurrence) -> None:
        """Take an event, unless too many wait already."""
        if occurrence.position <= self._after or occurrence.event.event_id in self._passed:
            return
        self._behind = self._behind or len(self._told) >= self._size
        if not self._behind:
            self._told.append(occurrence)
        self._news.set()

    async def next(self) -> Occurrence:
        """Give the next event. Raises FellBehind once all that came before the gap was given."""
        while not self._told:
            if self._behind:
                raise FellBehind
            self._news.clear()
            await self._news.wait()
        return self._told.popleft()

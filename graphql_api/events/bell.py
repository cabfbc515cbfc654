"""Waking those who wait, without losing a ring that comes while they are busy."""

import asyncio
from contextlib import suppress


class Bell:
    """Rings for everybody who waits; how often it rang tells whether one was missed.

    Once it is silenced nobody waits any more. Whoever works in a loop ends there, and not in the middle of a statement.
    """

    def __init__(self) -> None:
        self.rung = 0
        self.silenced = False
        self._next: asyncio.Event | None = None
        self._silence = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits."""
        self.rung += 1
        waited_for, self._next = self._next, None
        if waited_for is not None:
            waited_for.set()

    def silence(self) -> None:
        """Wake everybody for the last time."""
        self.silenced = True
        self._silence.set()
        self.ring()

    async def wait(self, heard: int, seconds: float) -> None:
        """Wait until it has rung more than `heard` times, or for so many seconds."""
        if self.rung == heard and not self.silenced:
            if self._next is None:
                self._next = asyncio.Event()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._next.wait(), seconds)

    async def pause(self, seconds: float) -> None:
        """Wait so many seconds, whatever rings, unless it is silenced."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._silence.wait(), seconds)

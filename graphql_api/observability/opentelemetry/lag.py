"""How late the event loop is."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

SECONDS: Final = 0.5
"""How often it is asked."""


@contextmanager
def measuring_lag(record: Callable[[float], None]) -> Iterator[None]:
    """Ask the running event loop again and again to be back in time, as long as the block lasts."""
    asking = _Asking(asyncio.get_running_loop(), record)
    try:
        yield
    finally:
        asking.asked.cancel()


class _Asking:
    def __init__(self, loop: asyncio.AbstractEventLoop, record: Callable[[float], None]) -> None:
        self._loop = loop
        self._record = record
        self.asked = self._ask()

    def _ask(self) -> asyncio.TimerHandle:
        due = self._loop.time() + SECONDS
        return self._loop.call_at(due, self._woken, due)

    def _woken(self, due: float) -> None:
        self._record(max(0.0, self._loop.time() - due))
        self.asked = self._ask()

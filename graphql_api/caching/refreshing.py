"""Answers that are worked out anew in the background, while those who ask are still given the old ones."""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, Final

import structlog

MOST_AT_ONCE: Final = 32
LONGEST: Final = 30.0  # seconds

_log = structlog.stdlib.get_logger(__name__)


class Refreshes:
    """What is worked out in the background, a bounded number at a time."""

    def __init__(self) -> None:
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def sees_to(self, key: str, work: Callable[[], Coroutine[Any, Any, Any]]) -> bool:
        """Have something worked out, and tell whether it is under way."""
        if key in self._under_way:
            return True
        if len(self._under_way) >= MOST_AT_ONCE:
            return False
        # In no context: the request that gave rise to it neither waits for it nor tells of it.
        task = asyncio.get_running_loop().create_task(self._run(key, work), context=Context())
        self._under_way[key] = task
        task.add_done_callback(lambda _: self._under_way.pop(key, None))
        return True

    async def close(self) -> None:
        """Give up whatever is under way."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, key: str, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        try:
            async with asyncio.timeout(LONGEST):
                await work()
        except Exception as error:  # noqa: BLE001  # whoever asks once it is too old hears of it
            _log.warning("cache.not_refreshed", key=key, error=type(error).__name__)

"""Work for a server that may fail, which nobody waits for."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

MOST_AT_ONCE: Final = 100


class Errands:
    """What is under way, a bounded number at once; what is beyond that is not done."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[Any]] = set()

    def run(self, work: Coroutine[Any, Any, object]) -> None:
        """Have something done while others go on."""
        if len(self._under_way) >= MOST_AT_ONCE:
            work.close()
            return
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def finish(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

"""Work that is cancelled at each place where it waits, one after the other."""

import asyncio
from collections.abc import Coroutine, Generator, Iterator
from typing import Any, Final

_MOST_WAITS: Final = 100


def waits() -> Iterator[int]:
    """Count the waits of some work until the caller breaks off, which it does once the work has no more of them."""
    yield from range(1, _MOST_WAITS)
    raise AssertionError(f"It waits {_MOST_WAITS} times or more.")


async def cancelled_at_wait(nth: int, work: Coroutine[Any, Any, object]) -> bool:
    """Cancel work when it waits for the nth time, and tell whether it ended before."""
    cancelling = _CancelledAtWait(work, nth)
    task = asyncio.create_task(_awaiting(cancelling))
    await asyncio.wait([task])
    if cancelling.ended_before:
        task.result()
    else:
        assert task.cancelled(), "The work hides that it was cancelled."
    return cancelling.ended_before


async def _awaiting(work: "_CancelledAtWait") -> None:
    await work


class _CancelledAtWait:
    """Runs a coroutine in the task that awaits this, and cancels that task when it waits for the nth time."""

    def __init__(self, coroutine: Coroutine[Any, Any, object], nth: int) -> None:
        self._coroutine = coroutine
        self._left = nth

    @property
    def ended_before(self) -> bool:
        """Tell whether the coroutine did not wait that often."""
        return self._left > 0

    def __await__(self) -> Generator[Any, Any, None]:
        thrown: BaseException | None = None
        while True:
            try:
                awaited = self._coroutine.throw(thrown) if thrown else self._coroutine.send(None)
            except StopIteration:
                return
            thrown = None
            self._left -= 1
            if self._left == 0 and (task := asyncio.current_task()):
                task.cancel()
            try:
                yield awaited
            except BaseException as error:  # noqa: BLE001  # The coroutine is told of it.
                thrown = error
